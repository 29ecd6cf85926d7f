package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// Whatever is sent as a sheet: it is refused with a reason, or read; it changes
// nothing unless it is whole.
func TestBadSheets(t *testing.T) {
	config := seededOffice(t)
	before := must(t, config, "deck", "list", "--all", "--json")
	const header = "Code,Price USD,Effective\n"
	faults := func(n int) string {
		return header + strings.Repeat("44x,0.01,\n", n)
	}
	for name, c := range map[string]struct {
		text string
		args []string
		says []string
	}{
		"empty.csv":      {"", nil, []string{"the sheet is empty"}},
		"blank.csv":      {"\n\n  \n", nil, []string{"the sheet is empty"}},
		"header.csv":     {header, nil, []string{"no rates under the header"}},
		"prose.txt":      {"Dear customer,\nplease find our rates attached.\n", nil, []string{"--map"}},
		"duplicate.csv":  {header + "44,0.01,\n49,0.02,\n44,0.03,\n", nil, []string{`line 4, column A "Code": "44": the code stands in line 2 at 0.01`}},
		"overlap.csv":    {header + "44,0.01,2026-01-01\n44,0.03,2026-02-01\n", nil, []string{"line 3", "in force together with line 2", "--supersede"}},
		"negative.csv":   {header + "44,-0.01,\n", nil, []string{`line 2, column B "Price USD": "-0.01"`, "below zero"}},
		"absurd.csv":     {header + "44,12500,\n", nil, []string{`line 2, column B`, "above 100", "--max-price"}},
		"letters.csv":    {header + "44,0.01,\nUK,0.01,\n", nil, []string{`line 3, column A "Code": "UK"`}},
		"twenty.csv":     {header + "44,0.01,\n44123456789012345678,0.01,\n", nil, []string{`line 3, column A "Code"`, "20 digits", "at most 15"}},
		"euro.csv":       {"Code,Price EUR\n44,0.01\n", nil, []string{"EUR", "the deck is in USD"}},
		"two-prices.csv": {"Code,Price,Rate\n44,0.01,0.02\n", nil, []string{"may be per_minute", "--map"}},
		"dates.csv":      {header + "44,0.01,01/02/2027\n", nil, []string{"--dates"}},
		"old.xls":        {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + strings.Repeat("\x00", 600), nil, []string{"an old .xls file", "save it as .xlsx or CSV"}},
		"sheet.pdf":      {"%PDF-1.7\n%âãÏÓ\n", nil, []string{"a PDF file", ".xlsx or CSV"}},
		"sheet.html":     {"<!DOCTYPE html><html><body><table><tr><td>44</td></tr></table>", nil, []string{"a web page", ".xlsx or CSV"}},
		"sheet.gz":       {"\x1F\x8B\x08\x00" + strings.Repeat("x", 600), nil, []string{"a compressed file"}},
		"notes.zip":      {zipped(t, "readme.txt", []byte("rates follow")), nil, []string{"sheet"}},
		"broken.xlsx":    {zipped(t, "xl/workbook.xml", []byte("<workbook"))[:60], nil, []string{""}},
		"bomb.xlsx":      {bomb(t), []string{"--max-unzipped", "1000000"}, []string{"1000000", "--max-unzipped"}},
		"binary.csv":     {strings.Repeat("\x00\x01\x02\xff", 500), nil, []string{""}},
		"one-line.csv":   {header + "44," + strings.Repeat("9", 1<<20+10) + "\n", nil, []string{"--max-line"}},
		"many.csv":       {faults(60), nil, []string{"line 51", "and 10 more: --json has them all", "60 errors in the sheet; nothing was changed"}},
		"big.csv":        {header + strings.Repeat("44,0.01,\n", 10), []string{"--max-bytes", "100"}, []string{"--max-bytes"}},
		"rates.csv":      {header + "44,0.01,\n45,0.01,\n", []string{"--max-rates", "1"}, []string{"--max-rates"}},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := say(t, config, append([]string{"deck", "import", path, "--provider", "VoxBeam", "--tier", "cli"}, c.args...)...)
			if err == nil {
				t.Fatalf("was taken:\n%s", out)
			}
			if !errors.Is(err, errSaid) {
				out += err.Error()
			}
			for _, says := range append(c.says, "nothing was changed") {
				if !strings.Contains(out, says) {
					t.Errorf("no %q in\n%s", says, out)
				}
			}
		})
	}
	if after := must(t, config, "deck", "list", "--all", "--json"); after != before {
		t.Errorf("something was changed:\n%s", after)
	}
}

// A sheet of two gigabytes is refused by its size: nobody reads it first.
func TestHugeSheet(t *testing.T) {
	config := seededOffice(t)
	path := filepath.Join(t.TempDir(), "huge.csv")
	file, err := os.Create(path)
	if err == nil {
		err = errors.Join(file.Truncate(2<<30), file.Close()) // a hole: no bytes on the disk
	}
	if err != nil {
		t.Fatal(err)
	}
	_, err = say(t, config, "deck", "import", path, "--provider", "VoxBeam", "--tier", "cli")
	if err == nil || !strings.Contains(err.Error(), "--max-bytes") {
		t.Errorf("%v", err)
	}
}

// What a mark at the beginning says of the encoding is no part of the sheet.
func TestSheetWithMark(t *testing.T) {
	config := seededOffice(t)
	path := filepath.Join(t.TempDir(), "marked.csv")
	if err := os.WriteFile(path, []byte("\ufeffCode;Price\r\n44;0,01\r\n447;0,02\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out := must(t, config, "deck", "import", path, "--provider", "VoxBeam", "--tier", "cli")
	if !strings.Contains(out, "A       Code    prefix") || !strings.Contains(out, "2 rates") {
		t.Error(out)
	}
}

// Foreign text cannot play with the terminal that shows it.
func TestForeignTextIsHarmless(t *testing.T) {
	config := seededOffice(t)
	path := filepath.Join(t.TempDir(), "evil\x1b[2J.csv")
	if err := os.WriteFile(path, []byte("Code,Price USD,Destination,\x1b[2Jnote\n44,0.01,U\u202eK,x\n447,0.01,U\u202eK,x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"deck", "import", path, "--provider", "VoxBeam", "--tier", "cli", "--comment", "a\x1b[2Jb"}
	out := must(t, config, args...) + must(t, config, "deck", "list") + must(t, config, "deck", "show", "12")
	if strings.ContainsAny(out, "\x1b\u202e") {
		t.Errorf("%q", out)
	}
}

// Nor can the name of an owner.
func TestForeignNamesAreHarmless(t *testing.T) {
	config := seededOffice(t)
	c, err := loadConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	change(t, c, `UPDATE providers SET providername = CONCAT('Vox', CHAR(27), '[2J', CHAR(10), 'Beam') WHERE id = 8`)
	sheet := []string{"testdata/sheets/voxbeam-cli.csv", "--provider", "8"}
	var seen strings.Builder
	for _, args := range [][]string{
		append([]string{"deck", "import"}, sheet...),
		append([]string{"deck", "import", "--tier", "cli", "--publish", "--yes"}, sheet...),
		{"deck", "list"},
		{"deck", "show", "12"},
		{"deck", "diff", "4", "12"},
		{"deck", "export", "--provider", "Vox Beam", "--tier", "cli"},
		{"deck", "rollback", "--provider", "8", "--tier", "cli", "--yes"},
		{"deck", "rollback", "--provider", "8", "--tier", "cli", "--yes"},
	} {
		out, err := say(t, config, args...)
		seen.WriteString(out)
		if err != nil {
			seen.WriteString(err.Error() + "\n")
		}
	}
	text := seen.String()
	if strings.Contains(text, "\x1b") || strings.Contains(text, "\nBeam") {
		t.Errorf("%q", text)
	}
	if !strings.Contains(text, "Vox [2J Beam cli") || !strings.Contains(text, "--provider 8 --tier cli") {
		t.Error(text)
	}
}

// A comment is kept whole or refused, a long file name is cut in the list only.
func TestLongTexts(t *testing.T) {
	config := seededOffice(t)
	name := strings.Repeat("é", 41)
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte("Code,Price USD\n44,0.01\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"deck", "import", path, "--provider", "VoxBeam", "--tier", "cli", "--comment"}
	_, err := say(t, config, append(args, strings.Repeat("ж", 256))...)
	if err == nil || !strings.Contains(err.Error(), "--comment: 256 characters, and at most 255") {
		t.Errorf("%v", err)
	}
	must(t, config, append(args, strings.Repeat("ж", 255))...)
	if out := must(t, config, "deck", "list"); !strings.Contains(out, " "+strings.Repeat("é", 39)+"… ") {
		t.Error(out)
	}
	if out := must(t, config, "deck", "show", "12"); !strings.Contains(out, name) {
		t.Error(out)
	}
}

func zipped(t *testing.T, name string, content []byte) string {
	t.Helper()
	var text bytes.Buffer
	z := zip.NewWriter(&text)
	w, err := z.Create(name)
	if err == nil {
		_, err = w.Write(content)
	}
	if err := errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// bomb is a workbook of some kilobytes that unpacks to 30 MB.
func bomb(t *testing.T) string {
	t.Helper()
	sheet, err := os.ReadFile("testdata/sheets/voicebuy.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	from, err := zip.NewReader(bytes.NewReader(sheet), int64(len(sheet)))
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	z := zip.NewWriter(&text)
	for _, f := range from.File {
		if !strings.HasPrefix(f.Name, "xl/worksheets/") {
			if err := z.Copy(f); err != nil {
				t.Fatal(err)
			}
			continue
		}
		w, err := z.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		row := []byte(`<row><c t="inlineStr"><is><t>44</t></is></c><c><v>0.01</v></c></row>`)
		if _, err := w.Write([]byte(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` +
			`<row><c t="inlineStr"><is><t>Code</t></is></c><c t="inlineStr"><is><t>Price USD</t></is></c></row>`)); err != nil {
			t.Fatal(err)
		}
		for range 30_000_000 / len(row) {
			if _, err := w.Write(row); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// countdown ends when it has been asked so many times whether it has ended.
type countdown struct {
	context.Context
	left *atomic.Int64
	end  context.CancelFunc
}

func newCountdown(ctx context.Context, n int64) countdown {
	c := countdown{left: &atomic.Int64{}}
	c.left.Store(n)
	c.Context, c.end = context.WithCancel(ctx)
	return c
}

func (c countdown) Done() <-chan struct{} {
	if c.left.Add(-1) == 0 {
		c.end()
	}
	return c.Context.Done()
}

func (c countdown) Err() error {
	c.Done()
	return c.Context.Err()
}

// Wherever an import is interrupted: the live deck stays, and what is there of
// the new one is all or nothing.
func TestInterruptedAnywhere(t *testing.T) {
	config := seededOffice(t)
	sheet := filepath.Join(t.TempDir(), "sheet.csv")
	var text strings.Builder
	text.WriteString("Code,Price USD\n")
	for i := range 500 {
		fmt.Fprintf(&text, "49%03d,0.02\n", i)
	}
	if err := os.WriteFile(sheet, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	live := must(t, config, "deck", "export", "--provider", "VoxBeam", "--tier", "cli")
	decks := func() []string {
		return strings.Split(strings.TrimSpace(must(t, config, "deck", "list", "--provider", "VoxBeam", "--tier", "cli")), "\n")[1:]
	}
	finished, stopped := 0, 0
	for range 40 {
		before := len(decks())
		n := rand.Int64N(600) + 1
		ctx := newCountdown(t.Context(), n)
		var out, errOut bytes.Buffer
		err := run(ctx, []string{"deck", "import", sheet, "--provider", "VoxBeam", "--tier", "cli", "--partial", "--config", config}, &out, &errOut)
		ctx.end()
		list := decks()
		switch {
		case err == nil && len(list) == before+1, err != nil && strings.Contains(err.Error(), "stays a draft") && len(list) == before+1:
			if !strings.Contains(list[0], "draft") || !strings.Contains(list[0], " 506 ") {
				t.Fatalf("after %d: %s", n, list[0])
			}
			finished++
		case err != nil && len(list) == before:
			stopped++
		default:
			t.Fatalf("after %d: %v\n%s", n, err, strings.Join(list, "\n"))
		}
		if now := must(t, config, "deck", "export", "--provider", "VoxBeam", "--tier", "cli"); now != live {
			t.Fatalf("after %d the live deck is\n%s", n, now)
		}
	}
	if stopped == 0 {
		t.Error("nothing was interrupted")
	}
	t.Logf("%d finished, %d stopped", finished, stopped)
}
