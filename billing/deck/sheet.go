package deck

import (
	"fmt"
	"time"
)

// Sheet is a rate sheet that was read and checked, and what was made of it.
type Sheet struct {
	Format    string    `json:"format"` // csv or xlsx
	Encoding  string    `json:"encoding,omitempty"`
	Delimiter string    `json:"delimiter,omitempty"`
	Worksheet string    `json:"worksheet,omitempty"`
	Header    int       `json:"header,omitempty"` // line; 0: the sheet has none
	Columns   []Column  `json:"columns"`
	Currency  string    `json:"currency,omitempty"` // as far as the sheet names it
	Dates     DateOrder `json:"dates,omitempty"`    // as far as it mattered
	Decimal   string    `json:"decimal,omitempty"`  // of the prices
	Lines     int       `json:"lines"`              // rows with something in them
	Rates     int       `json:"rates"`
	Earliest  time.Time `json:"earliest,omitzero"` // when the first row begins; zero: some have no beginning
	Latest    time.Time `json:"latest,omitzero"`   // when the last one does

	Sample []SampleRow `json:"sample,omitempty"` // first rows as they stand, when asked for

	Notes        []Note `json:"notes,omitempty"` // what was assumed or merged
	NotesTotal   int    `json:"notes_total"`
	Skipped      []Note `json:"skipped,omitempty"` // rows that are no rates
	SkippedTotal int    `json:"skipped_total"`

	table *table
}

// Note is a remark on a line of the sheet; line 0 is the sheet as a whole.
type Note struct {
	Line int    `json:"line,omitempty"`
	Text string `json:"text"`
}

func (n Note) String() string {
	if n.Line == 0 {
		return n.Text
	}
	return fmt.Sprintf("line %d: %s", n.Line, n.Text)
}

// notesMax is how many notes of a kind are kept; the others are counted.
const notesMax = 1000

func (s *Sheet) skip(line int, reason string) {
	if s.SkippedTotal++; s.SkippedTotal <= notesMax {
		s.Skipped = append(s.Skipped, Note{line, reason})
	}
}

func (s *Sheet) note(line int, text string) {
	if s.NotesTotal++; s.NotesTotal <= notesMax {
		s.Notes = append(s.Notes, Note{line, text})
	}
}

// All yields the rates, sorted by prefix, then by From. It can be ranged over
// again; a sheet with faults has none.
func (s *Sheet) All() Rates {
	return func(yield func(Rate, error) bool) {
		if s.table == nil {
			return
		}
		for _, r := range s.table.rows {
			if !yield(s.table.rate(r), nil) {
				return
			}
		}
	}
}
