package deck_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tandem/billing/deck"
)

// Whatever a carrier sends, it is refused, or becomes rates that are valid,
// sorted, and never two at a time for one code; and these are written and read
// again unchanged.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/sheets/*.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(text), "-- sheet --\n")
		sheet, _, _ := strings.Cut(rest, "-- want --\n")
		f.Add([]byte(sheet), "")
	}
	f.Add(bigWorkbook(f, 3), "")
	f.Add([]byte("1;44;0,01;60\n2;45;0,02;60\n"), "prefix=2,per_minute=C,first=4,next=4")
	f.Fuzz(func(t *testing.T, data []byte, mapping string) {
		if len(data) > 64<<10 {
			return
		}
		m, err := deck.ParseMapping(mapping)
		if err != nil {
			return
		}
		o := deck.Options{Mapping: m, MaxRates: 20_000, MaxUnzipped: 1 << 20, MaxLine: 16 << 10}
		s, err := deck.Read(context.Background(), bytes.NewReader(data), int64(len(data)), o)
		if err != nil {
			if s != nil && s.Rates != 0 {
				t.Fatalf("rates in spite of %v", err)
			}
			return
		}
		rates := all(t, s.All())
		if len(rates) == 0 || len(rates) != s.Rates {
			t.Fatalf("%d rates, %d said", len(rates), s.Rates)
		}
		for i, r := range rates {
			if err := r.Validate(); err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				continue
			}
			if last := rates[i-1]; r.Prefix < last.Prefix || r.Prefix == last.Prefix && meets(last, r) {
				t.Fatalf("%+v after %+v", r, last)
			}
		}
		var b bytes.Buffer
		if err := deck.WriteCSV(&b, s.All()); err != nil {
			t.Fatal(err)
		}
		again, err := deck.Read(context.Background(), bytes.NewReader(b.Bytes()), int64(b.Len()), deck.Options{})
		if err != nil || again.Rates != s.Rates {
			t.Fatalf("written and read again: %d of %d rates, %v\n%s", again.Rates, s.Rates, err, b.String())
		}
	})
}

func meets(a, b deck.Rate) bool {
	return (a.To.IsZero() || b.From.Before(a.To)) && (b.To.IsZero() || a.From.Before(b.To)) && deck.Overlap(a.Window, b.Window)
}

// The same for the inside of a workbook, which no fuzzer finds behind a checksum.
func FuzzWorksheet(f *testing.F) {
	f.Add(sheetOf(header+`<row r="2"><c r="A2"><v>44</v></c><c r="B2" t="s"><v>0</v></c></row>`), `<si><t>0.01</t></si>`)
	f.Add(sheetOf(header+`<row><c t="str"><v>447-449</v></c><c><v>1E-2</v></c></row>`), `<si><r><t>x</t></r><rPh><t>y</t></rPh></si>`)
	f.Fuzz(func(t *testing.T, sheet, texts string) {
		data := parts(t, sheet, texts, "0")
		o := deck.Options{MaxRates: 20_000, MaxUnzipped: 1 << 20, MaxLine: 16 << 10}
		s, err := deck.Read(context.Background(), bytes.NewReader(data), int64(len(data)), o)
		if err != nil {
			return
		}
		for _, r := range all(t, s.All()) {
			if err := r.Validate(); err != nil {
				t.Fatal(err)
			}
		}
	})
}
