package fx_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem/billing/fx"
	"tandem/internal/money"
)

func day(text string) time.Time {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return at
}

func per(t *testing.T, text string) money.FX {
	t.Helper()
	v, err := money.ParseFX(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func sample(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// show writes rates as people would.
func show(rates []fx.Rate) string {
	var b strings.Builder
	for _, r := range rates {
		fmt.Fprintln(&b, r.From.Format(time.DateTime), r.Currency, r.PerEUR)
	}
	return b.String()
}

const daily = `2026-11-20 00:00:00 CZK 24.31800000
2026-11-20 00:00:00 GBP 0.85713000
2026-11-20 00:00:00 JPY 162.45000000
2026-11-20 00:00:00 USD 1.08340000
`

func TestDailyFile(t *testing.T) {
	f, err := fx.Read(bytes.NewReader(sample(t, "eurofxref.csv")), fx.Options{Name: "eurofxref.csv", Last: day("2026-11-20")})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(daily, show(f.Rates)); diff != "" {
		t.Error(diff)
	}
	if f.Name != "eurofxref.csv" || f.Days != 1 || f.Missing != 1 || !f.First.Equal(day("2026-11-20")) || !f.Last.Equal(f.First) || !slices.Equal(f.Currencies, []string{"USD", "JPY", "CZK", "GBP", "RUB"}) {
		t.Errorf("%+v", f)
	}
}

func TestHistory(t *testing.T) {
	f, err := fx.Read(bytes.NewReader(sample(t, "eurofxref-hist.csv")), fx.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if f.Days != 5 || f.Missing != 2 || len(f.Rates) != 23 || !f.First.Equal(day("1999-01-04")) || !f.Last.Equal(day("2026-11-20")) {
		t.Errorf("%+v", f)
	}
	rub := slices.DeleteFunc(slices.Clone(f.Rates), func(r fx.Rate) bool { return r.Currency != "RUB" })
	if want := "1999-01-04 00:00:00 RUB 25.28750000\n2022-02-28 00:00:00 RUB 115.48420000\n2022-03-01 00:00:00 RUB 117.20100000\n"; show(rub) != want {
		t.Error(show(rub))
	}
}

// Archives, marks of encoding, line ends and blank lines change nothing.
func TestSameFileOtherwise(t *testing.T) {
	text := sample(t, "eurofxref.csv")
	for name, data := range map[string][]byte{
		"mark":    append([]byte("\xef\xbb\xbf"), text...),
		"CRLF":    bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")),
		"blank":   append([]byte("\n\n"), append(text, "\n \n"...)...),
		"no end":  bytes.TrimRight(text, "\n"),
		"archive": archive(t, "readme.txt", "no", "eurofxref.csv", string(text)),
		"plain":   bytes.ReplaceAll(bytes.ReplaceAll(text, []byte(", \n"), []byte("\n")), []byte(", "), []byte(",")),
	} {
		f, err := fx.Read(bytes.NewReader(data), fx.Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(daily, show(f.Rates)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// archive packs files, given as name and text.
func archive(tb testing.TB, files ...string) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, err := w.Create(files[i])
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := io.WriteString(f, files[i+1]); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func TestFaults(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty cell", "Date,USD,JPY,\n2026-11-20,1.08,,\n", `line 2, column 3 "JPY": an empty cell; write the rate, or N/A where there is none`},
		{"cut off", "Date,USD,JPY,\n2026-11-20,1.08,16", `line 2: "2026-11-20,1.08,16": 3 cells, and the header has 4; the line is cut off, or has a comma too many; download the file again`},
		{"cut off in the last cell", "Date, USD, JPY, \n20 November 2026, 1.0", `line 2: "20 November 2026, 1.0": 2 cells, and the header has 4; the line is cut off, or has a comma too many; download the file again`},
		{"without the last comma", "Date, USD, \n20 November 2026, 1.0", `line 2: "20 November 2026, 1.0": 2 cells, and the header has 3; the line is cut off, or has a comma too many; download the file again`},
		{"decimal comma", "Date,USD\n2026-11-20,1,08\n", `line 2: "2026-11-20,1,08": 3 cells, and the header has 2; the line is cut off, or has a comma too many; download the file again`},
		{"word", "Date,USD\n2026-11-20,one\n", `line 2, column 2 "USD": "one": not a rate; want units of the currency per euro, such as 1.0834, or N/A where there is none`},
		{"zero", "Date,USD\n2026-11-20,0\n", `line 2, column 2 "USD": "0": out of range; a rate is above 0 and below 92,000,000,000`},
		{"negative", "Date,USD\n2026-11-20,-1.2\n", `line 2, column 2 "USD": "-1.2": out of range; a rate is above 0 and below 92,000,000,000`},
		{"too fine", "Date,USD\n2026-11-20,1.123456789\n", `line 2, column 2 "USD": "1.123456789": more than 8 digits after the point; round it`},
		{"day", "Date,USD\n20/11/2026,1.1\n", `line 2, column 1 "Date": "20/11/2026": not a day; want "20 November 2026" or 2026-11-20`},
		{"no such day", "Date,USD\n2026-02-30,1.1\n", `line 2, column 1 "Date": "2026-02-30": not a day; want "20 November 2026" or 2026-11-20`},
		{"before the euro", "Date,USD\n1998-12-31,1.1\n", `line 2, column 1 "Date": "1998-12-31": before there was a euro; the first rates are of 4 January 1999`},
		{"to come", "Date,USD\n2027-11-20,1.1\n", `line 2, column 1 "Date": "2027-11-20": a day that has not come yet; check the year, and this machine's clock`},
		{"twice", "Date,USD\n2026-11-20,1.1\n\n20 November 2026,1.1\n", `line 4, column 1 "Date": "20 November 2026": the day of line 2 again; leave one of them`},
		{"column twice", "Date,USD,USD\n2026-11-20,1.1,1.2\n", `line 1, column 3: "USD": a second column of this currency; leave one of them`},
		{"unknown column", "Date,USD,Note\n2026-11-20,1.1,1.2\n", `line 1, column 3: "Note": not a currency code; want three capital letters such as USD, or take the column out`},
		{"column without name", "Date,,USD\n2026-11-20,1.1,1.2\n", `line 1, column 2: a column without a name; write the code of its currency, or take the column out`},
		{"the euro", "Date,EUR\n2026-11-20,1\n", `line 1, column 2: "EUR": the euro cannot be quoted against itself; take the column out`},
		{"several", "Date,USD\n2026-11-20,x\nyesterday,1.1\n", "2 faults in the file\nline 2, column 2 \"USD\": \"x\": not a rate; want units of the currency per euro, such as 1.0834, or N/A where there is none\n" +
			"line 3, column 1 \"Date\": \"yesterday\": not a day; want \"20 November 2026\" or 2026-11-20"},
	} {
		f, err := fx.Read(strings.NewReader(c.text), fx.Options{Last: day("2026-11-21")})
		if f != nil || err == nil || err.Error() != c.want {
			t.Errorf("%s:\n%v\nwant\n%s", c.name, err, c.want)
		}
		if _, ok := errors.AsType[*fx.FileError](err); !ok {
			t.Errorf("%s: %T", c.name, err)
		}
	}
}

func TestManyFaults(t *testing.T) {
	_, err := fx.Read(strings.NewReader("Date,USD\n"+strings.Repeat("x,y\n", 1000)), fx.Options{})
	faults, ok := errors.AsType[*fx.FileError](err)
	if !ok || faults.Total != 2000 || len(faults.Faults) != 50 || !strings.HasSuffix(err.Error(), "\nand 1990 more") {
		t.Errorf("%v", err)
	}
}

func TestNoTable(t *testing.T) {
	text := string(sample(t, "eurofxref.csv"))
	for _, c := range []struct{ name, text, says string }{
		{"nothing", "", "it is empty"},
		{"header alone", "Date, USD, \n", "no line of rates"},
		{"a web page", "<!DOCTYPE html>\n", `line 1 is "<!DOCTYPE html>"`},
		{"semicolons", "Date;USD\n2026-11-20;1.08\n", `line 1 is "Date;USD"`},
		{"no currency", "Date\n2026-11-20\n", `line 1 is "Date"`},
		{"wide", "Date" + strings.Repeat(",USD", 500), "at most 400 are read"},
		{"long", "Date,USD\n" + strings.Repeat("x,1\n", 100_002), "more than 100000 days"},
		{"broken archive", "PK\x03\x04 and no more", "the archive cannot be read"},
		{"archive without a table", string(archive(t, "readme.txt", text)), "no .csv in it"},
		{"archive of two", string(archive(t, "a.csv", text, "b.csv", text)), `"a.csv" and "b.csv"`},
		{"bomb", string(archive(t, "a.csv", strings.Repeat("Date,USD\n", 1<<18))), "more than 2097152 bytes"},
		{"big", strings.Repeat("\n", 1<<21+1), "more than 2097152 bytes"},
	} {
		if f, err := fx.Read(strings.NewReader(c.text), fx.Options{MaxBytes: 1 << 21}); f != nil || !errors.Is(err, fx.ErrForm) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// Whatever is read, it is refused, or becomes sorted rates above zero, never two
// of a currency and day, that are written and read again unchanged.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"eurofxref.csv", "eurofxref-hist.csv"} {
		data, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		f.Add(archive(f, name, string(data)))
	}
	f.Add([]byte("Date,USD\n2026-11-20,1.1\n2026-11-20,1.2\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 64<<10 {
			return
		}
		last := day("2030-01-01")
		file, err := fx.Read(bytes.NewReader(data), fx.Options{Last: last})
		if err != nil {
			if file != nil || err.Error() == "" {
				t.Fatalf("%v and %v", file, err)
			}
			return
		}
		for i, r := range file.Rates {
			if r.PerEUR <= 0 || r.From.After(last) || r.From.Before(file.First) || r.From.After(file.Last) || !slices.Contains(file.Currencies, r.Currency) {
				t.Fatalf("%+v", r)
			}
			if i > 0 && file.Rates[i-1].Currency+file.Rates[i-1].From.Format(time.DateOnly) >= r.Currency+r.From.Format(time.DateOnly) {
				t.Fatalf("%+v after %+v", r, file.Rates[i-1])
			}
		}
		if len(file.Rates)+file.Missing != file.Days*len(file.Currencies) {
			t.Fatalf("%d rates and %d missing of %d days", len(file.Rates), file.Missing, file.Days)
		}
		again, err := fx.Read(strings.NewReader(write(file)), fx.Options{Last: last})
		if err != nil || show(again.Rates) != show(file.Rates) {
			t.Fatalf("%v\n%s", err, write(file))
		}
	})
}

// write makes a file of the history's form.
func write(f *fx.File) string {
	var b strings.Builder
	b.WriteString("Date," + strings.Join(f.Currencies, ",") + ",\n")
	of := map[time.Time]map[string]money.FX{}
	for _, r := range f.Rates {
		if of[r.From] == nil {
			of[r.From] = map[string]money.FX{}
		}
		of[r.From][r.Currency] = r.PerEUR
	}
	free := f.First
	for range f.Days - len(of) { // days without any rate
		for of[free] != nil {
			free = free.AddDate(0, 0, 1)
		}
		of[free] = map[string]money.FX{}
	}
	for at, rates := range of {
		b.WriteString(at.Format(time.DateOnly))
		for _, c := range f.Currencies {
			if v, ok := rates[c]; ok {
				b.WriteString("," + v.String())
			} else {
				b.WriteString(",N/A")
			}
		}
		b.WriteString(",\n")
	}
	return b.String()
}

func TestCurrencies(t *testing.T) {
	for code, want := range map[string]string{"USD": "840 US Dollar", "AUD": "36 Australian Dollar", "ZAR": "710 Rand", "XXX": "0 ", "us": "0 ", "": "0 ", "036": "0 "} {
		number, name, ok := fx.Currency(code)
		if got := fmt.Sprint(number, " ", name); got != want || ok != (number != 0) {
			t.Errorf("%s: %s, %v", code, got, ok)
		}
	}
}
