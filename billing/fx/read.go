package fx

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"tandem/internal/money"
)

// Limits of a file. The whole history since 1999 has some 7,000 days of 42
// columns in 1.5 MB.
const (
	maxBytes   = 32 << 20
	maxColumns = 400
	maxDays    = 100_000
)

// Options say what a file may hold.
type Options struct {
	Name     string    // of the file, for messages
	Last     time.Time // days after this one are refused; zero: any
	MaxBytes int64     // packed and unpacked; 0: 32 MiB
}

// ErrForm is the answer to a file that is no table of rates.
var ErrForm = errors.New("not a table of rates as the European Central Bank publishes them (eurofxref.csv, eurofxref-hist.csv, or the .zip of one)")

// Read reads a whole file, plain or packed. A *FileError tells all that is wrong
// with it.
func Read(r io.Reader, o Options) (*File, error) {
	if o.MaxBytes <= 0 {
		o.MaxBytes = maxBytes
	}
	data, err := limited(r, o.MaxBytes)
	if err != nil {
		return nil, err
	}
	name := o.Name
	if packed(data) {
		if name, data, err = unpack(data, o.MaxBytes); err != nil {
			return nil, err
		}
	}
	t := table{o: o, file: File{Name: name}}
	if err := t.read(string(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))); err != nil {
		return nil, err
	}
	return &t.file, nil
}

// limited reads all, and no more than a file may have.
func limited(r io.Reader, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("%w: it has more than %d bytes", ErrForm, most)
	}
	return data, err
}

// table is a file at work.
type table struct {
	o      Options
	file   File
	closed bool // lines end with a comma
	seen   map[time.Time]int
	faults FileError
}

func (t *table) read(text string) error {
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimRight(line, "\r\n")
		switch {
		case strings.TrimSpace(line) == "":
		case t.file.Currencies == nil:
			if err := t.header(number, line); err != nil {
				return err
			}
		default:
			t.day(number, line)
		}
		if t.file.Days > maxDays {
			return fmt.Errorf("%w: line %d: more than %d days", ErrForm, number, maxDays)
		}
	}
	switch {
	case t.faults.Total > 0:
		return &t.faults
	case t.file.Currencies == nil:
		return fmt.Errorf("%w: it is empty", ErrForm)
	case t.file.Days == 0:
		return fmt.Errorf("%w: there is no line of rates below the header", ErrForm)
	}
	slices.SortFunc(t.file.Rates, order)
	return nil
}

// cells parts a line. The comma that closes each line of the bank's files is not
// a cell of its own.
func cells(line string) (list []string, closed bool) {
	list = strings.Split(line, ",")
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	if last := len(list) - 1; last > 0 && list[last] == "" {
		return list[:last], true
	}
	return list, false
}

// header reads the names of the columns.
func (t *table) header(number int, line string) error {
	list, closed := cells(line)
	if !strings.EqualFold(list[0], "Date") || len(list) < 2 {
		return fmt.Errorf("%w: line %d is %q; want \"Date, USD, JPY, ...\"", ErrForm, number, cut(line))
	}
	if len(list) > maxColumns {
		return fmt.Errorf("%w: line %d has %d columns, and at most %d are read", ErrForm, number, len(list), maxColumns)
	}
	t.closed, t.seen, t.file.Currencies = closed, map[time.Time]int{}, list[1:]
	for i, name := range t.file.Currencies {
		fault := CellError{Line: number, Column: i + 2, Cell: name}
		switch {
		case name == "":
			fault.Problem, fault.Fix = "a column without a name", "write the code of its currency, or take the column out"
		case !isCode(name):
			fault.Problem, fault.Fix = "not a currency code", "want three capital letters such as USD, or take the column out"
		case name == "EUR":
			fault.Problem, fault.Fix = "the euro cannot be quoted against itself", "take the column out"
		case slices.Index(t.file.Currencies, name) < i:
			fault.Problem, fault.Fix = "a second column of this currency", "leave one of them"
		default:
			continue
		}
		t.faults.add(fault)
	}
	return nil
}

func isCode(name string) bool {
	return len(name) == 3 && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// day reads one line of rates.
func (t *table) day(number int, line string) {
	t.file.Days++
	list, closed := cells(line)
	if want := len(t.file.Currencies) + 1; len(list) != want || closed != t.closed {
		t.faults.add(CellError{
			Line: number, Cell: line, Problem: fmt.Sprintf("%d cells, and the header has %d", ends(list, closed), ends(t.file.Currencies, t.closed)+1),
			Fix: "the line is cut off, or has a comma too many; download the file again",
		})
		return
	}
	date, ok := t.date(number, list[0])
	for i, cell := range list[1:] {
		if cell == "N/A" {
			t.file.Missing++
			continue
		}
		perEUR, err := money.ParseFX(cell)
		if err != nil {
			fault := CellError{Line: number, Column: i + 2, Header: t.file.Currencies[i], Cell: cell}
			fault.Problem, fault.Fix = wrongRate(cell, err)
			t.faults.add(fault)
			continue
		}
		if ok {
			t.file.Rates = append(t.file.Rates, Rate{From: date, Currency: t.file.Currencies[i], PerEUR: perEUR})
		}
	}
}

// ends counts the cells of a line with the empty one behind the last comma.
func ends(list []string, closed bool) int {
	if closed {
		return len(list) + 1
	}
	return len(list)
}

func wrongRate(cell string, err error) (problem, fix string) {
	switch {
	case cell == "":
		return "an empty cell", "write the rate, or N/A where there is none"
	case errors.Is(err, money.ErrDigits):
		return "more than 8 digits after the point", "round it"
	case errors.Is(err, money.ErrOverflow):
		return "out of range", "a rate is above 0 and below 92,000,000,000"
	}
	return "not a rate", "want units of the currency per euro, such as 1.0834, or N/A where there is none"
}

// first is the first day on which rates to the euro were published.
func first() time.Time { return time.Date(1999, time.January, 4, 0, 0, 0, 0, time.UTC) }

// date reads the day of a line; ok is false when there is a fault.
func (t *table) date(number int, cell string) (date time.Time, ok bool) {
	fault := CellError{Line: number, Column: 1, Header: "Date", Cell: cell}
	date, err := time.Parse(time.DateOnly, cell)
	if err != nil {
		date, err = time.Parse("2 January 2006", cell)
	}
	switch earlier, again := t.seen[date]; {
	case err != nil:
		fault.Problem, fault.Fix = "not a day", "want \"20 November 2026\" or 2026-11-20"
	case date.Before(first()):
		fault.Problem, fault.Fix = "before there was a euro", "the first rates are of 4 January 1999"
	case !t.o.Last.IsZero() && date.After(t.o.Last):
		fault.Problem, fault.Fix = "a day that has not come yet", "check the year, and this machine's clock"
	case again:
		fault.Problem, fault.Fix = fmt.Sprintf("the day of line %d again", earlier), "leave one of them"
	default:
		t.seen[date] = number
		if t.file.First.IsZero() || date.Before(t.file.First) {
			t.file.First = date
		}
		if date.After(t.file.Last) {
			t.file.Last = date
		}
		return date, true
	}
	t.faults.add(fault)
	return time.Time{}, false
}
