package deck_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tandem/billing/deck"
)

func TestLimitsNameTheirOption(t *testing.T) {
	t.Parallel()
	const head = "Code,Destination,Rate\n"
	for name, c := range map[string]struct {
		data   string
		o      deck.Options
		option string
		line   int
	}{
		"file":              {head + "44,UK,0.01\n", deck.Options{MaxBytes: 10}, "--max-bytes", 0},
		"rates":             {head + "44,UK,0.01\n33,F,0.01\n", deck.Options{MaxRates: 1}, "--max-rates", 3},
		"rates of one row":  {head + "440001-449998,UK,0.01\n", deck.Options{MaxRates: 5}, "--max-rates", 2},
		"line":              {head + "44," + strings.Repeat("x", 70_000) + ",0.01\n", deck.Options{MaxLine: 66_000}, "--max-line", 2},
		"line, short":       {head + "44," + strings.Repeat("x", 700) + ",0.01\n", deck.Options{MaxLine: 500}, "--max-line", 2},
		"columns":           {head + "44,UK,0.01\n" + strings.Repeat("1,", 201) + "1\n", deck.Options{}, "--max-columns", 3},
		"columns in quotes": {head + strings.Repeat(`"1",`, 201) + "1\n", deck.Options{}, "--max-columns", 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := readBytes(t, []byte(c.data), c.o)
			var limit *deck.LimitError
			if !errors.As(err, &limit) || limit.Option != c.option || limit.Line != c.line {
				t.Fatalf("error %v, want %s in line %d", err, c.option, c.line)
			}
			if s.Rates != 0 {
				t.Fatal("a deck in spite of the limit")
			}
		})
	}
}

// Empty cells at the end of a row are no columns.
func TestTrailingDelimiters(t *testing.T) {
	t.Parallel()
	tail := strings.Repeat(",", 500) + "\n"
	s, err := readBytes(t, []byte("Code,Rate"+tail+"44,0.01"+tail+`"33",0.01`+tail), deck.Options{})
	if err != nil || s.Rates != 2 {
		t.Fatalf("%d rates, %v", s.Rates, err)
	}
}

// A quote that is never closed must not take the rest of the file for a cell.
func TestOpenQuoteIsBounded(t *testing.T) {
	t.Parallel()
	data := "Code,Rate\n44,0.01\n\"33,0.02\n" + strings.Repeat("34,0.03\n", 400_000)
	s, err := readBytes(t, []byte(data), deck.Options{})
	var faults *deck.SheetError
	if !errors.As(err, &faults) || faults.Faults[0].Line != 3 || s.Rates != 0 {
		t.Fatalf("%v, want line 3", err)
	}
}

func TestAllFaultsAreTold(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("Code,Rate,Increments\n")
	for i := range 1500 {
		fmt.Fprintf(&b, "%d,-1,0/0\n", 440_000+i)
	}
	_, err := readBytes(t, []byte(b.String()), deck.Options{})
	var faults *deck.SheetError
	if !errors.As(err, &faults) || faults.Total != 3000 || len(faults.Faults) != 1000 {
		t.Fatalf("%v", err)
	}
	last := faults.Faults[999]
	if want := (deck.CellError{Line: 501, Column: 3, Letter: "C", Header: "Increments", Cell: "0/0", Problem: last.Problem, Fix: last.Fix}); last != want {
		t.Errorf("%+v\nwant %+v", last, want)
	}
	if text := err.Error(); !strings.HasPrefix(text, "3000 faults in the sheet\nline 2, column B") || !strings.HasSuffix(text, "and 2990 more") {
		t.Errorf("%s", text)
	}
}

func TestLongCellIsCut(t *testing.T) {
	t.Parallel()
	_, err := readBytes(t, []byte("Code,Rate\n"+strings.Repeat("é", 200)+"1,0.01\n"), deck.Options{})
	var faults *deck.SheetError
	if !errors.As(err, &faults) || faults.Faults[0].Cell != strings.Repeat("é", 60)+"..." {
		t.Fatalf("%v", err)
	}
}

func TestProgressAndCancellation(t *testing.T) {
	t.Parallel()
	data := bigSheet(20_000)
	calls, last := 0, int64(0)
	o := deck.Options{Progress: func(done, total int64) {
		if total != int64(len(data)) || done < last || done > total {
			t.Errorf("%d of %d after %d", done, total, last)
		}
		calls, last = calls+1, done
	}}
	if _, err := readBytes(t, data, o); err != nil || last != int64(len(data)) || calls < len(data)/(128<<10) {
		t.Fatalf("%d calls, the last at %d of %d, %v", calls, last, len(data), err)
	}

	hangup := errors.New("hung up")
	ctx, cancel := context.WithCancelCause(t.Context())
	o.Progress = func(int64, int64) { cancel(hangup) }
	s, err := deck.Read(ctx, bytes.NewReader(data), int64(len(data)), o)
	if !errors.Is(err, hangup) || s.Rates != 0 || s.Lines > 10_000 {
		t.Fatalf("%d lines were read, %v", s.Lines, err)
	}
	if _, err := deck.Read(ctx, bytes.NewReader(data), int64(len(data)), deck.Options{}); !errors.Is(err, hangup) {
		t.Fatalf("read though cancelled: %v", err)
	}
}

func TestReadFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "acme.csv")
	check(t, os.WriteFile(path, []byte("Code,Rate\n44,0.01\n"), 0o600))
	if s, err := deck.ReadFile(t.Context(), path, deck.Options{}); err != nil || s.Rates != 1 {
		t.Fatalf("%v", err)
	}
	if _, err := deck.ReadFile(t.Context(), path+"x", deck.Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("%v", err)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	for flag, o := range map[string]deck.Options{
		"--currency": {Currency: "XXX"}, "--delimiter": {Delimiter: 'x'}, "--decimal": {Decimal: '\''},
		"--dates": {Dates: "ymd"}, "--first": {First: 3601}, "--encoding": {Encoding: "ebcdic"},
	} {
		if _, err := readBytes(t, []byte("Code,Rate\n44,0.01\n"), o); err == nil || !strings.Contains(err.Error(), flag) {
			t.Errorf("%s: %v", flag, err)
		}
	}
}

func TestParseMapping(t *testing.T) {
	t.Parallel()
	m, err := deck.ParseMapping("prefix=2, Per_Minute=Price, USD (a=b),first=F,ignore=1,ignore=3")
	want := deck.Mapping{{"prefix", "2"}, {"per_minute", "Price, USD (a=b)"}, {"first", "F"}, {"ignore", "1"}, {"ignore", "3"}}
	if err != nil || fmt.Sprint(m) != fmt.Sprint(want) {
		t.Errorf("%v, %v; want %v", m, err, want)
	}
	for _, bad := range []string{"prefix", "price=2", "prefix=1,prefix=2", "prefix="} {
		if m, err := deck.ParseMapping(bad); err == nil {
			t.Errorf("%q: %v", bad, m)
		}
	}
	for _, bad := range []string{"prefix=9,per_minute=2", "prefix=Nope,per_minute=2", "prefix=1,per_minute=1"} {
		m, err := deck.ParseMapping(bad)
		check(t, err)
		if _, err := readBytes(t, []byte("44,0.01\n"), deck.Options{Mapping: m}); err == nil || !strings.Contains(err.Error(), "--map") && !strings.Contains(err.Error(), "column") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// What encoding/csv writes is read cell by cell as it was, by any delimiter.
func TestQuotingAgainstEncodingCSV(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfN(rapid.StringMatching(`[a-zé",;|\t \n']{0,20}`), 1, 20).Draw(t, "names")
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		w.Comma = rapid.SampledFrom([]rune{',', ';', '\t', '|'}).Draw(t, "delimiter")
		w.UseCRLF = rapid.Bool().Draw(t, "crlf")
		err := w.Write([]string{"Code", "Destination", "Rate"})
		for i, name := range names {
			err = errors.Join(err, w.Write([]string{strconv.Itoa(1000 + i), "x" + name + "x", "0.01"}))
		}
		w.Flush()
		s, readErr := deck.Read(context.Background(), bytes.NewReader(b.Bytes()), int64(b.Len()), deck.Options{Delimiter: byte(w.Comma)})
		if err = errors.Join(err, readErr); err != nil {
			t.Fatal(err)
		}
		i := 0
		for _, r := range all(t, s.All()) {
			want := "x" + names[i] + "x"
			if strings.ContainsAny(want, "\n\t") {
				want = strings.Join(strings.Fields(want), " ")
			}
			if r.Destination != want {
				t.Fatalf("%q, want %q", r.Destination, want)
			}
			i++
		}
	})
}

// A range means the same as its codes one by one, for every number.
func TestRangesAgainstTheirCodes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.IntRange(0, 9999).Draw(t, "from")
		to := rapid.IntRange(from, 9999).Draw(t, "to")
		data := fmt.Sprintf("Code,Rate\n44%04d-44%04d,0.01\n", from, to)
		s, err := deck.Read(context.Background(), strings.NewReader(data), int64(len(data)), deck.Options{})
		if err != nil {
			t.Fatal(err)
		}
		codes := make(map[string]bool)
		for _, r := range all(t, s.All()) {
			codes[r.Prefix] = true
		}
		for n := range 10_000 {
			number, matches := fmt.Sprintf("44%04d", n), 0
			for i := 1; i <= len(number); i++ {
				if codes[number[:i]] {
					matches++
				}
			}
			if want := n >= from && n <= to; (matches == 1) != want || matches > 1 {
				t.Fatalf("%s is matched %d times by %v", number, matches, codes)
			}
		}
		if len(codes) > 2*9*4 {
			t.Fatalf("%d codes are not the fewest: %v", len(codes), codes)
		}
	})
}

func TestPrefixesInMemory(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.StringMatching(`[0-9]{1,15}`)
		a, b := digits.Draw(t, "a"), digits.Draw(t, "b")
		if rapid.Bool().Draw(t, "related") && len(a)+len(b) <= 15 {
			b = a + b
		}
		if got := deck.Pack([]byte(a)).String(); got != a {
			t.Fatalf("%s became %s", a, got)
		}
		if got, want := deck.Pack([]byte(a)) < deck.Pack([]byte(b)), a < b; got != want {
			t.Fatalf("%s before %s: %t", a, b, got)
		}
		if got, want := deck.Begins(a, b), strings.HasPrefix(b, a); got != want {
			t.Fatalf("%s begins %s: %t", a, b, got)
		}
	})
}
