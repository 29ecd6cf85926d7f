package deck

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// csvSource splits text into records. It knows RFC 4180 and what sheets do
// beside it; unlike encoding/csv it bounds a record whose quote is never closed.
type csvSource struct {
	r          *bufio.Reader
	delimiter  byte
	newline    byte
	maxLine    int
	maxColumns int

	line    int  // lines read so far
	unended bool // the last of them has no end
	width   int  // its cells, with empty ones at the end
	long    []byte
	cells   [][]byte
	quote   quoted
}

func newCSVSource(r io.Reader, delimiter, newline byte, o Options) *csvSource {
	return &csvSource{r: bufio.NewReaderSize(r, blockSize), delimiter: delimiter, newline: newline, maxLine: o.MaxLine, maxColumns: o.MaxColumns}
}

func (s *csvSource) next() (record, error) {
	rec := record{}
	for {
		line, err := s.readLine()
		if err != nil {
			return record{}, err
		}
		rec.line = s.line
		if bytes.IndexByte(line, '"') < 0 {
			err = s.split(line)
		} else {
			err = s.splitQuoted(line)
		}
		if err != nil {
			return record{}, err
		}
		for _, c := range s.cells {
			if len(c) > 0 {
				rec.cells, rec.width, rec.unended = s.cells, s.width, s.unended
				return rec, nil
			}
		}
		rec.gap = true
	}
}

// readLine returns the next line without its end. The slice is the reader's.
func (s *csvSource) readLine() ([]byte, error) {
	line, err := s.r.ReadSlice(s.newline)
	if errors.Is(err, bufio.ErrBufferFull) {
		s.long = s.long[:0]
		for errors.Is(err, bufio.ErrBufferFull) {
			if s.long = append(s.long, line...); len(s.long) > s.maxLine {
				return nil, s.tooLong(s.line + 1)
			}
			line, err = s.r.ReadSlice(s.newline)
		}
		s.long = append(s.long, line...)
		line = s.long
	}
	if err != nil && (!errors.Is(err, io.EOF) || len(line) == 0) {
		return nil, err
	}
	s.line++
	s.unended = err != nil
	if len(line) > s.maxLine {
		return nil, s.tooLong(s.line)
	}
	line = bytes.TrimSuffix(line, []byte{s.newline})
	return bytes.TrimSuffix(line, []byte{'\r'}), nil
}

func (s *csvSource) tooLong(line int) error {
	return &LimitError{Line: line, What: "bytes in one row", Limit: int64(s.maxLine), Option: "--max-line"}
}

// split is the short way for lines without quotes.
func (s *csvSource) split(line []byte) error {
	s.cells = s.cells[:0]
	for {
		at := bytes.IndexByte(line, s.delimiter)
		if at < 0 {
			break
		}
		s.cells = append(s.cells, trim(line[:at]))
		line = line[at+1:]
	}
	s.cells = append(s.cells, trim(line))
	return s.checkColumns()
}

func (s *csvSource) checkColumns() error {
	s.width = len(s.cells)
	for len(s.cells) > 0 && len(s.cells[len(s.cells)-1]) == 0 {
		s.cells = s.cells[:len(s.cells)-1]
	}
	if len(s.cells) > s.maxColumns {
		return &LimitError{Line: s.line, What: "columns", Limit: int64(s.maxColumns), Option: "--max-columns"}
	}
	return nil
}

// splitQuoted takes further lines as long as a quote is open.
func (s *csvSource) splitQuoted(line []byte) error {
	first := s.line
	s.quote.reset()
	for {
		s.quote.feed(line, s.delimiter)
		if s.quote.stray > 0 {
			return &CellError{
				Line: s.line, Column: s.quote.stray, Letter: letter(s.quote.stray), Cell: cut(line),
				Problem: "text after a closing quote", Fix: `write a quote inside a quoted cell twice: ""`,
			}
		}
		if !s.quote.open {
			break
		}
		if len(s.quote.text) > s.maxLine {
			return s.unclosed(first)
		}
		s.quote.text = append(s.quote.text, '\n')
		var err error
		if line, err = s.readLine(); errors.Is(err, io.EOF) {
			return s.unclosed(first)
		} else if err != nil {
			return err
		}
	}
	s.cells = s.cells[:0]
	start := 0
	for _, end := range s.quote.ends {
		s.cells = append(s.cells, trim(s.quote.text[start:end]))
		start = end
	}
	return s.checkColumns()
}

// unclosed ends the sheet: what follows cannot be told from the cell.
func (s *csvSource) unclosed(line int) error {
	return &brokenError{CellError{Line: line, Problem: "a quote is opened and not closed", Fix: "close it, or remove it"}}
}

// brokenError is a fault after which nothing more can be read.
type brokenError struct{ fault CellError }

func (e *brokenError) Error() string { return e.fault.Error() }

// quoted is a record with quotes on its way: text of all cells in a row, and
// where each ends.
type quoted struct {
	text  []byte
	ends  []int
	open  bool // inside quotes
	stray int  // column with text after a closing quote
}

func (q *quoted) reset() {
	q.text, q.ends, q.open, q.stray = q.text[:0], q.ends[:0], false, 0
}

func (q *quoted) feed(line []byte, delimiter byte) {
	start, closed := !q.open, false // at the start of a cell; after its closing quote
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case q.open && c != '"':
			q.text = append(q.text, c)
		case q.open && i+1 < len(line) && line[i+1] == '"':
			q.text = append(q.text, c)
			i++
		case q.open:
			q.open, closed = false, true
		case c == delimiter:
			q.ends = append(q.ends, len(q.text))
			start, closed = true, false
		case c == '"' && start:
			q.open, start = true, false
		case closed && c != ' ' && c != '\t':
			q.stray = len(q.ends) + 1
			return
		case closed || start && (c == ' ' || c == '\t'):
			// Blanks around a quoted cell mean nothing.
		default:
			q.text, start = append(q.text, c), false
		}
	}
	if !q.open {
		q.ends = append(q.ends, len(q.text))
	}
}

// trim removes blanks, no-break ones too.
func trim(b []byte) []byte {
	for len(b) > 0 {
		switch last := b[len(b)-1]; {
		case last <= ' ' && last != 0:
			b = b[:len(b)-1]
		case last == 0xA0 && len(b) > 1 && b[len(b)-2] == 0xC2:
			b = b[:len(b)-2]
		default:
			return trimLeft(b)
		}
	}
	return b
}

func trimLeft(b []byte) []byte {
	for len(b) > 0 {
		switch {
		case b[0] <= ' ' && b[0] != 0:
			b = b[1:]
		case b[0] == 0xC2 && len(b) > 1 && b[1] == 0xA0:
			b = b[2:]
		default:
			return b
		}
	}
	return b
}

// letter is a column's name in spreadsheets; 1 is A.
func letter(column int) string {
	var b []byte
	for ; column > 0; column = (column - 1) / 26 {
		b = append([]byte{byte('A' + (column-1)%26)}, b...)
	}
	return string(b)
}
