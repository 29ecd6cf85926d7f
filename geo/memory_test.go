package geo_test

import (
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"testing"
	"time"

	"tandem/geo"
)

const inChild = "TANDEM_GEO_MEMORY"

// TestMemory measures in a process of its own, because the tables are loaded
// once in the life of one. It prints what doc.go says:
//
//	go test -run 'TestMemory$' -v ./geo
func TestMemory(t *testing.T) {
	t.Parallel()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMemoryOfAProcess$", "-test.v")
	child.Env = append(os.Environ(), inChild+"=1")
	text, err := child.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for what, most := range map[string]float64{
		"heap of the tables, MB":            17.5,
		"heap with every plan compiled, MB": 24, // a node that was called for numbers of every country
		"bytes a place in the cache":        300,
		"heap of all zones loaded, MB":      3,
	} {
		found := regexp.MustCompile(regexp.QuoteMeta(what) + `: ([0-9.]+)`).FindSubmatch(text)
		if found == nil {
			t.Fatalf("no %q in\n%s", what, text)
		}
		if got, _ := strconv.ParseFloat(string(found[1]), 64); got > most || got <= 0 {
			t.Errorf("%s: %v, want at most %v", what, got, most)
		}
	}
	t.Logf("\n%s", text)
}

func TestMemoryOfAProcess(t *testing.T) {
	if os.Getenv(inChild) == "" {
		t.Skip("run by TestMemory")
	}
	const mb, size = 1 << 20, 4096
	before := heap()
	start := time.Now()
	if err := geo.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Logf("warm-up (or a first call without it): %v", time.Since(start).Round(time.Millisecond))
	warm := heap()
	t.Logf("heap of the tables, MB: %.1f", (warm-before)/mb)

	a := atlas(t, size)
	start = time.Now()
	a.Place("442038070121")
	t.Logf("first call of a country after it: %v", time.Since(start).Round(10*time.Microsecond))
	numbers := examples(t)
	for _, number := range numbers {
		geo.Read(number)
	}
	compiled := heap()
	t.Logf("heap with every plan compiled, MB: %.1f", (compiled-before)/mb)

	fill(a, size)
	if a.Len() != size {
		t.Fatalf("%d places kept, want %d", a.Len(), size)
	}
	full := heap()
	t.Logf("bytes a place in the cache: %.0f (%d places)", (full-compiled)/size, a.Len())

	for _, number := range numbers {
		p := geo.Read(number)
		a.Locations(&p)
	}
	zoned := heap()
	t.Logf("heap of all zones loaded, MB: %.1f", (zoned-full)/mb)
	if _, err := geo.Name("74951234567", geo.Russian); err != nil {
		t.Fatal(err)
	}
	t.Logf("heap of Russian names, MB: %.2f", (heap()-zoned)/mb)
	runtime.KeepAlive(a)
}

func heap() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}
