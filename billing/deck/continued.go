package deck

import (
	"fmt"
	"strconv"
	"strings"
)

// continued counts the rows that have only codes and go on with the row above,
// for a note: nobody sees from a code alone that a price was meant for it.
type continued struct {
	total int
	lines []string // the first ones
}

// shownLines is how many lines a note names.
const shownLines = 5

func (c *continued) add(line int) {
	if c.total++; len(c.lines) < shownLines {
		c.lines = append(c.lines, strconv.Itoa(line))
	}
}

func (c *continued) note(s *Sheet) {
	more := ""
	if c.total > shownLines {
		more = ", ..."
	}
	switch c.total {
	case 0:
	case 1:
		s.note(0, "1 row has no price of its own and takes that of the row above: line "+c.lines[0])
	default:
		s.note(0, fmt.Sprintf("%d rows have no price of their own and take that of the row above: lines %s%s", c.total, strings.Join(c.lines, ", "), more))
	}
}

// cutOff says that a line of text ends before its price: one that was meant to
// have none has an empty cell for it. The last line of a file that broke off may
// end behind the delimiter. Workbooks leave empty cells out.
func (f rowFaults) cutOff() bool {
	p, r := f.p, f.r
	return r.numbers == nil && len(r.cell(p.at.price)) == 0 && (r.width <= p.at.price || r.unended)
}

func cutOffLine() *problem {
	return &problem{"no price: the line is cut off", "write the whole line, or send the whole file anew; a row that goes on with the price above has an empty cell for it"}
}
