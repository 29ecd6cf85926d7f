package deck_test

import (
	"bytes"
	"cmp"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"tandem/billing/deck"
	"tandem/billing/rate"
	"tandem/internal/money"
)

var update = flag.Bool("update", false, "write what the sheets give into their files; then read every change")

// Every file of testdata/sheets is a sheet as a carrier sends it, between how it
// is encoded and read, and what must come of it:
//
//	as windows-1251
//	currency USD
//	-- sheet --
//	Код;Цена
//	44;0,01
//	-- want --
//	csv windows-1251 ";" header 1
//	...
func TestSheets(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/sheets/*.txt")
	if err != nil || len(files) < 25 {
		t.Fatalf("%d sheets, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			head, rest, _ := strings.Cut(string(text), "-- sheet --\n")
			sheet, want, _ := strings.Cut(rest, "-- want --\n")
			data, o := prepare(t, head, sheet)
			got := tell(deck.Read(t.Context(), bytes.NewReader(data), int64(len(data)), o))
			if *update {
				if err := os.WriteFile(file, []byte(head+"-- sheet --\n"+sheet+"-- want --\n"+got), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != want {
				t.Errorf("%s:\n%s\nwant:\n%s", file, got, want)
			}
		})
	}
}

// prepare encodes the sheet and reads the options.
func prepare(t *testing.T, head, sheet string) ([]byte, deck.Options) {
	t.Helper()
	o := deck.Options{}
	as := "utf-8"
	for line := range strings.Lines(head) {
		line, _, _ = strings.Cut(line, "#")
		word, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		var err error
		switch word {
		case "":
		case "as":
			as = value
		case "currency":
			o.Currency = value
		case "worksheet":
			o.Worksheet = value
		case "encoding":
			o.Encoding = value
		case "delimiter":
			o.Delimiter = value[0]
		case "map":
			o.Mapping, err = deck.ParseMapping(value)
		case "dates":
			o.Dates = deck.DateOrder(value)
		case "decimal":
			o.Decimal = value[0]
		case "time-zone":
			o.TimeZone, err = time.LoadLocation(value)
		case "effective":
			o.Effective, err = time.Parse(time.DateOnly, value)
		case "supersede":
			o.Supersede = true
		case "max-price":
			o.MaxPrice, err = money.ParseRate(value)
		case "first", "next":
			var seconds int
			seconds, err = strconv.Atoi(value)
			if word == "first" {
				o.First = int32(seconds)
			} else {
				o.Next = int32(seconds)
			}
		default:
			t.Fatalf("%q is no option", line)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return encode(t, as, sheet), o
}

func encode(t *testing.T, as, sheet string) []byte {
	t.Helper()
	var e encoding.Encoding
	switch as {
	case "utf-8":
		return []byte(sheet)
	case "utf-8-bom":
		return []byte("\ufeff" + sheet)
	case "crlf":
		return []byte(strings.ReplaceAll(sheet, "\n", "\r\n"))
	case "cr":
		return []byte(strings.ReplaceAll(sheet, "\n", "\r"))
	case "bytes": // with \x00 for bytes that no editor shows
		text, err := strconv.Unquote("\"" + strings.ReplaceAll(strings.ReplaceAll(sheet, "\n", `\n`), `"`, `\"`) + "\"")
		if err != nil {
			t.Fatal(err)
		}
		return []byte(text)
	case "xlsx":
		return workbook(t, sheet)
	case "utf-16le":
		e = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case "utf-16be":
		e = unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	case "utf-16le-no-bom":
		e = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case "windows-1251":
		e = charmap.Windows1251
	case "windows-1252":
		e = charmap.Windows1252
	case "gb18030":
		e = simplifiedchinese.GB18030
	default:
		t.Fatalf("%q is no encoding", as)
	}
	b, err := e.NewEncoder().Bytes([]byte(sheet))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// workbook writes cells divided by bars; a cell with = before it is stored as a
// number, one with @ as a date, and "sheet NAME" begins a worksheet.
func workbook(t *testing.T, text string) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	name, row := "Sheet1", 0
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if next, ok := strings.CutPrefix(line, "sheet "); ok {
			if row == 0 && name == "Sheet1" {
				check(t, f.SetSheetName(name, next))
			} else if _, err := f.NewSheet(next); err != nil {
				t.Fatal(err)
			}
			name, row = next, 0
			continue
		}
		row++
		for i, cell := range strings.Split(line, "|") {
			at, err := excelize.CoordinatesToCellName(i+1, row)
			check(t, err)
			cell = strings.TrimSpace(cell)
			switch {
			case cell == "":
			case cell[0] == '=':
				number, err := strconv.ParseFloat(cell[1:], 64)
				check(t, err)
				check(t, f.SetCellFloat(name, at, number, -1, 64))
			case cell[0] == '@':
				date, err := time.Parse(time.DateOnly, cell[1:])
				check(t, err)
				check(t, f.SetCellValue(name, at, date))
			default:
				check(t, f.SetCellStr(name, at, cell))
			}
		}
	}
	var b bytes.Buffer
	check(t, f.Write(&b))
	return b.Bytes()
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// tell writes all that came of a sheet.
func tell(s *deck.Sheet, err error) string {
	var b strings.Builder
	if s != nil {
		tellSheet(&b, s)
		for r, err := range s.All() {
			if err != nil {
				fmt.Fprintln(&b, err)
				break
			}
			fmt.Fprintln(&b, showRate(r))
		}
	}
	var faults *deck.SheetError
	switch {
	case errors.As(err, &faults):
		for i := range faults.Faults {
			fmt.Fprintln(&b, "fault", faults.Faults[i].Error())
		}
		if more := faults.Total - len(faults.Faults); more > 0 {
			fmt.Fprintln(&b, "faults beside", more)
		}
	case err != nil:
		fmt.Fprintln(&b, "error", err)
	}
	return b.String()
}

func tellSheet(b *strings.Builder, s *deck.Sheet) {
	fmt.Fprintf(b, "%s %s%s", s.Format, s.Encoding, s.Worksheet)
	if s.Delimiter != "" {
		fmt.Fprintf(b, " %q", s.Delimiter)
	}
	fmt.Fprintf(b, " header %d", s.Header)
	for _, more := range []struct{ name, value string }{{"currency", s.Currency}, {"dates", string(s.Dates)}, {"decimal", s.Decimal}} {
		if more.value != "" {
			fmt.Fprintf(b, " %s %s", more.name, more.value)
		}
	}
	fmt.Fprintln(b)
	for _, c := range s.Columns {
		fmt.Fprintf(b, "column %s %q %s: %s\n", c.Letter, c.Header, c.Field, c.Why)
	}
	for _, n := range s.Skipped {
		fmt.Fprintln(b, "skipped", n)
	}
	for _, n := range s.Notes {
		fmt.Fprintln(b, "note", n)
	}
}

func showRate(r deck.Rate) string {
	parts := []string{r.Prefix, cmp.Or(r.Destination, "-"), strings.TrimRight(r.PerMinute.String(), "0"), fmt.Sprintf("%d/%d", r.First, r.Next)}
	for _, fee := range []struct {
		name  string
		value money.Amount
	}{{"connection", r.ConnectionFee}, {"minimum", r.Minimum}, {"attempt", r.AttemptFee}} {
		if fee.value != 0 {
			parts = append(parts, fee.name+" "+fee.value.String())
		}
	}
	for _, v := range []struct {
		name    string
		seconds int32
	}{{"grace", r.Grace}, {"free", r.Free}} {
		if v.seconds != 0 {
			parts = append(parts, fmt.Sprint(v.name, " ", v.seconds))
		}
	}
	if steps := rate.AppendSteps(nil, r.Steps); len(steps) > 0 {
		parts = append(parts, "steps "+string(steps))
	}
	if !r.From.IsZero() {
		parts = append(parts, "from "+r.From.Format(time.RFC3339))
	}
	if !r.To.IsZero() {
		parts = append(parts, "to "+r.To.Format(time.RFC3339))
	}
	if !r.Window.IsZero() {
		parts = append(parts, fmt.Sprintf("days %07b %d-%d", r.Window.Days, r.Window.Start, r.Window.End))
	}
	if r.Blocked {
		parts = append(parts, "blocked")
	}
	return "rate " + strings.Join(parts, " | ")
}
