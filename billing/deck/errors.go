package deck

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// CellError is one fault of a sheet: where it is, what it says, how to mend it.
type CellError struct {
	Line    int    `json:"line,omitempty"`   // 1 is the first; a workbook's row
	Column  int    `json:"column,omitempty"` // 1 is the first; 0: the row as a whole
	Letter  string `json:"letter,omitempty"` // the column as spreadsheets call it
	Header  string `json:"header,omitempty"`
	Cell    string `json:"cell,omitempty"` // cut to 60 characters
	Problem string `json:"problem"`
	Fix     string `json:"fix,omitempty"`
}

func (e *CellError) Error() string {
	var b strings.Builder
	if e.Line > 0 {
		fmt.Fprintf(&b, "line %d", e.Line)
	}
	if e.Column > 0 {
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString("column " + e.Letter)
		if e.Header != "" {
			fmt.Fprintf(&b, " %q", e.Header)
		}
	}
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	if e.Cell != "" {
		fmt.Fprintf(&b, "%q: ", e.Cell)
	}
	b.WriteString(e.Problem)
	if e.Fix != "" {
		b.WriteString("; " + e.Fix)
	}
	return b.String()
}

// SheetError is all that is wrong with a sheet.
type SheetError struct {
	Faults []CellError `json:"faults"` // by line; the first ones when there are too many
	Total  int         `json:"total"`
}

// shownFaults is how many faults the text of a SheetError tells.
const shownFaults = 10

func (e *SheetError) Error() string {
	if e.Total == 1 {
		return e.Faults[0].Error()
	}
	lines := []string{strconv.Itoa(e.Total) + " faults in the sheet"}
	for i := range e.Faults[:min(shownFaults, len(e.Faults))] {
		lines = append(lines, e.Faults[i].Error())
	}
	if more := e.Total - len(lines) + 1; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(lines, "\n")
}

// LimitError says that a sheet is bigger than it may be, and which option
// raises the limit.
type LimitError struct {
	Line   int // 0: the file as a whole
	What   string
	Limit  int64
	Option string
}

func (e *LimitError) Error() string {
	where := ""
	if e.Line > 0 {
		where = fmt.Sprintf("line %d: ", e.Line)
	}
	return fmt.Sprintf("%s%s: more than %d; raise %s if the sheet is meant to be so big", where, e.What, e.Limit, e.Option)
}

// problem is what is wrong with a cell and what to do about it.
type problem struct{ what, fix string }

// faults keeps the first max faults and counts the others.
type faults struct {
	list  []CellError
	total int
	max   int
}

func (f *faults) add(e *CellError) {
	f.total++
	if len(f.list) < f.max {
		f.list = append(f.list, *e)
	}
}

// err is nil when nothing is wrong.
func (f *faults) err() error {
	if f.total == 0 {
		return nil
	}
	slices.SortStableFunc(f.list, func(a, b CellError) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return &SheetError{Faults: f.list, Total: f.total}
}

// take keeps a fault of the sheet and hands back any other error.
func (f *faults) take(err error) error {
	if fault, ok := errors.AsType[*CellError](err); ok {
		f.add(fault)
		return nil
	}
	return err
}

// shownCell is how many characters of a cell an error repeats.
const shownCell = 60

// cut shortens a cell for a message, on a character's border.
func cut(cell []byte) string {
	text := strings.ToValidUTF8(string(cell[:min(len(cell), shownCell*utf8.UTFMax)]), "?")
	if utf8.RuneCountInString(text) <= shownCell {
		return text
	}
	return string([]rune(text)[:shownCell]) + "..."
}
