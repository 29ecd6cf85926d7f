package fx

import (
	"fmt"
	"strconv"
	"strings"
)

// CellError is one fault of a file: where it is, what it says, how to mend it.
type CellError struct {
	Line    int    `json:"line"`             // 1 is the first
	Column  int    `json:"column,omitempty"` // 1 is the first; 0: the line as a whole
	Header  string `json:"header,omitempty"`
	Cell    string `json:"cell,omitempty"` // cut to 40 bytes
	Problem string `json:"problem"`
	Fix     string `json:"fix,omitempty"`
}

func (e *CellError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "line %d", e.Line)
	if e.Column > 0 {
		fmt.Fprintf(&b, ", column %d", e.Column)
		if e.Header != "" {
			fmt.Fprintf(&b, " %q", e.Header)
		}
	}
	b.WriteString(": ")
	if e.Cell != "" {
		fmt.Fprintf(&b, "%q: ", e.Cell)
	}
	b.WriteString(e.Problem)
	if e.Fix != "" {
		b.WriteString("; " + e.Fix)
	}
	return b.String()
}

// FileError is all that is wrong with a file.
type FileError struct {
	Faults []CellError `json:"faults"` // in their order; the first ones when there are too many
	Total  int         `json:"total"`
}

const (
	keptFaults  = 50 // in a FileError
	shownFaults = 10 // in its text
	shownCell   = 40 // bytes of a cell in an error
)

func (e *FileError) Error() string {
	if e.Total == 1 {
		return e.Faults[0].Error()
	}
	lines := []string{strconv.Itoa(e.Total) + " faults in the file"}
	for i := range e.Faults[:min(shownFaults, len(e.Faults))] {
		lines = append(lines, e.Faults[i].Error())
	}
	if more := e.Total - len(lines) + 1; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(lines, "\n")
}

func (e *FileError) add(fault CellError) {
	if e.Total++; len(e.Faults) < keptFaults {
		fault.Cell = cut(fault.Cell)
		fault.Header = cut(fault.Header)
		e.Faults = append(e.Faults, fault)
	}
}

// cut shortens what is shown of a cell.
func cut(cell string) string {
	if len(cell) <= shownCell {
		return strings.ToValidUTF8(cell, "?")
	}
	return strings.ToValidUTF8(cell[:shownCell], "?") + "..."
}
