package api_test

import (
	"os"
	"runtime"
	"strings"
	"testing"
)

// collectWith lets the collector bring in a file with this text.
func collectWith(t *testing.T, text string) (read int, rejected string) {
	t.Helper()
	c, file := cdrCollector(t, &shelf{})
	write(t, file, text)
	for range 2 {
		n, err := c.Collect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		read += n
	}
	aside, err := os.ReadFile(file + ".rejected")
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return read, string(aside)
}

// Lines that are too long, torn or empty are kept aside as they are, those around
// them are read.
func TestCollectedLinesOfAnyLength(t *testing.T) {
	t.Parallel()
	long := func(n int) string { return strings.Repeat("x", n) }
	for name, c := range map[string]struct {
		text, rejected string
		read           int
	}{
		"fits the reader":      {cdrLine(1) + "\n" + long(64<<10-1) + "\n" + cdrLine(2) + "\n", long(64<<10-1) + "\n", 2},
		"one more":             {cdrLine(1) + "\n" + long(64<<10) + "\n" + cdrLine(2) + "\n", long(64<<10) + "\n", 2},
		"far more":             {long(1<<20) + "\n" + cdrLine(2), long(1<<20) + "\n", 1},
		"one that never ends":  {cdrLine(1) + "\n" + long(1<<20), long(1<<20) + "\n", 1},
		"exactly two readers":  {long(128 << 10), long(128<<10) + "\n", 0},
		"apart":                {"a\n\n" + cdrLine(1) + "\nb\nc", "a\nb\nc\n", 1},
		"nothing but newlines": {"\n\n \n", "", 0},
		"a good one, torn off": {cdrLine(1), "", 1},
	} {
		if read, rejected := collectWith(t, c.text); read != c.read || rejected != c.rejected {
			t.Errorf("%s: %d read, want %d; %d bytes put aside, want %d", name, read, c.read, len(rejected), len(c.rejected))
		}
	}
}

// A file without a newline takes no more memory than a line.
func TestCollectedFileWithoutLinesTakesNoMemory(t *testing.T) {
	const size = 32 << 20
	c, file := cdrCollector(t, &shelf{})
	write(t, file, strings.Repeat("\x00", size))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 2 {
		if _, err := c.Collect(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > size/8 {
		t.Errorf("a file of %d bytes took %d", size, took)
	}
	if aside, err := os.Stat(file + ".rejected"); err != nil || aside.Size() != size+1 {
		t.Errorf("put aside: %v, %v", aside, err)
	}
}
