package deck

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// readWorkbook reads the worksheet that is named, or the first visible one that
// looks like rates.
func readWorkbook(ctx context.Context, r io.ReaderAt, size int64, o Options, s *Sheet, f *faults) error {
	s.Format = "xlsx"
	book, err := openWorkbook(ctx, r, size, o)
	if err != nil {
		return err
	}
	var first error
	var empty bool // what first is about
	for _, sheet := range book.sheets {
		if o.Worksheet == "" && sheet.hidden || o.Worksheet != "" && !strings.EqualFold(sheet.name, o.Worksheet) {
			continue
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		source, err := book.openSheet(sheet, o)
		if err != nil {
			return err
		}
		sample := takeSample(source)
		rows := sampleOf(sample.sample, o.SampleRows)
		l, err := findLayout(sample.sample, o)
		if end := endOf(sample); end != nil {
			source.tokens.close()
			return end
		}
		if err != nil {
			source.tokens.close()
			if blank := sample.empty(); first == nil || empty && !blank {
				if empty, first = blank, err; blank {
					first = emptySheet()
				}
				s.Worksheet, s.Sample = sheet.name, rows
				if l != nil {
					s.Columns, s.Header = l.columns, l.header
				}
			}
			continue
		}
		defer source.tokens.close()
		s.Worksheet, s.Sample = sheet.name, rows
		total := max(1, int64(book.parts[sheet.part].UncompressedSize64))
		tell := func() (int64, int64) {
			return int64(float64(size) * min(1, float64(source.tokens.done)/float64(total))), size
		}
		return parseAll(ctx, sample, l, o, s, f, book.date1904, tell)
	}
	if first != nil {
		return first
	}
	names := make([]string, 0, len(book.sheets))
	for _, sheet := range book.sheets {
		names = append(names, strconv.Quote(sheet.name))
	}
	what := "the workbook has no worksheet"
	if o.Worksheet != "" {
		what = fmt.Sprintf("the workbook has no worksheet %q", o.Worksheet)
	}
	return &CellError{Problem: what, Fix: "say --worksheet with one of " + strings.Join(names, ", ")}
}

// xlsxSource hands out the rows of a worksheet as they are unpacked.
type xlsxSource struct {
	tokens     *tokens
	strings    []string
	maxColumns int
	maxLine    int

	line    int
	cells   [][]byte
	numbers []bool
	text    []byte // of all cells of the row
	spans   []extent
}

// extent is a cell's part of the row's text.
type extent struct{ from, to int }

func (w *workbook) openSheet(sheet worksheet, o Options) (*xlsxSource, error) {
	t, err := w.open(sheet.part)
	if err != nil {
		return nil, err
	}
	return &xlsxSource{tokens: t, strings: w.strings, maxColumns: o.MaxColumns, maxLine: o.MaxLine}, nil
}

func (s *xlsxSource) next() (record, error) {
	last := s.line
	for {
		token, err := s.tokens.next()
		if err != nil {
			return record{}, err // io.EOF only behind the last tag
		}
		e, ok := token.(xml.StartElement)
		if !ok || e.Name.Local != "row" {
			continue
		}
		if err := s.row(e); err != nil {
			return record{}, err
		}
		if len(s.cells) > 0 {
			return record{line: s.line, cells: s.cells, numbers: s.numbers, gap: s.line > last+1}, nil
		}
	}
}

func (s *xlsxSource) damaged(what string) error {
	return damaged(fmt.Sprintf("row %d", s.line), errors.New(what))
}

// row reads the cells of a row; without any when all are empty.
func (s *xlsxSource) row(e xml.StartElement) error {
	line := s.line + 1
	if r := attr(e, "r"); r != "" {
		n, err := strconv.Atoi(r)
		if err != nil || n < line {
			return s.damaged("rows are out of order")
		}
		line = n
	}
	s.line = line
	s.text, s.spans, s.numbers = s.text[:0], s.spans[:0], s.numbers[:0]
	column := 0
	for {
		token, err := s.tokens.next()
		if err != nil {
			return s.tokens.broken(err)
		}
		switch e := token.(type) {
		case xml.EndElement:
			if e.Name.Local == "row" {
				s.finish()
				return nil
			}
		case xml.StartElement:
			if e.Name.Local != "c" {
				continue
			}
			at := column
			if r := attr(e, "r"); r != "" {
				if at = columnOfCell(r); at < column {
					return s.damaged("cells are out of order")
				}
			}
			column = at + 1
			if err := s.cell(e, at); err != nil {
				return err
			}
		}
	}
}

// columnOfCell is the column of "AB12", from 0; -1 for no cell.
func columnOfCell(ref string) int {
	letters := strings.TrimRight(ref, "0123456789")
	if len(letters) == 0 || len(letters) > 3 {
		return -1
	}
	n := 0
	for _, c := range []byte(letters) {
		if c < 'A' || c > 'Z' {
			return -1
		}
		n = 26*n + int(c-'A') + 1
	}
	return n - 1
}

// cell adds a cell that is not empty to the row.
func (s *xlsxSource) cell(e xml.StartElement, at int) error {
	kind := attr(e, "t")
	from := len(s.text)
	for done := false; !done; {
		token, err := s.tokens.next()
		if err != nil {
			return s.tokens.broken(err)
		}
		switch e := token.(type) {
		case xml.EndElement:
			done = e.Name.Local == "c"
		case xml.StartElement:
			switch e.Name.Local {
			case "v":
				err = s.value(kind)
			case "is":
				var text string
				text, err = s.tokens.text("is")
				s.text = append(s.text, text...)
			}
			if err != nil {
				return err
			}
		}
	}
	value := trim(s.text[from:])
	if len(value) == 0 {
		s.text = s.text[:from]
		return nil
	}
	if at >= s.maxColumns {
		return &LimitError{Line: s.line, What: "columns", Limit: int64(s.maxColumns), Option: "--max-columns"}
	}
	if len(s.text) > s.maxLine {
		return &LimitError{Line: s.line, What: "bytes in one row", Limit: int64(s.maxLine), Option: "--max-line"}
	}
	for len(s.spans) < at {
		s.spans, s.numbers = append(s.spans, extent{}), append(s.numbers, false)
	}
	start := from + len(trimmedLeft(s.text[from:]))
	s.spans = append(s.spans, extent{start, start + len(value)})
	s.numbers = append(s.numbers, kind == "" || kind == "n")
	return nil
}

// trimmedLeft is what trim takes off the front.
func trimmedLeft(b []byte) []byte { return b[:len(b)-len(trimLeft(b))] }

// value reads <v>: a text's number, or the cell itself.
func (s *xlsxSource) value(kind string) error {
	from := len(s.text)
	for {
		token, err := s.tokens.next()
		if err != nil {
			return s.tokens.broken(err)
		}
		switch e := token.(type) {
		case xml.CharData:
			s.text = append(s.text, e...)
		case xml.EndElement:
			switch kind {
			case "s":
				n, err := strconv.Atoi(strings.TrimSpace(string(s.text[from:])))
				if err != nil || n < 0 || n >= len(s.strings) {
					return s.damaged("a cell refers to a text that is missing")
				}
				s.text = append(s.text[:from], s.strings[n]...)
			case "b":
				truth := "FALSE"
				if string(s.text[from:]) == "1" {
					truth = "TRUE"
				}
				s.text = append(s.text[:from], truth...)
			}
			return nil
		}
	}
}

func (s *xlsxSource) finish() {
	s.cells = s.cells[:0]
	for _, x := range s.spans {
		s.cells = append(s.cells, s.text[x.from:x.to])
	}
}
