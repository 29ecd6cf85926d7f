package deck

import (
	"bytes"
	"errors"
	"io"
	"slices"
)

// record is one row of a sheet that has something in it.
type record struct {
	line    int
	cells   [][]byte // trimmed; valid until the next record is read
	numbers []bool   // of a workbook: the cell is stored as a number; nil: all text
	gap     bool     // blank lines before it
	width   int      // of text: the cells of the line, with empty ones at its end
	unended bool     // of text: the last line of a file that has no end of its own
}

// cell is empty for columns that the row does not reach.
func (r record) cell(column int) []byte {
	if column < 0 || column >= len(r.cells) {
		return nil
	}
	return r.cells[column]
}

func (r record) number(column int) bool {
	return column >= 0 && column < len(r.numbers) && r.numbers[column]
}

func (r record) filled() int {
	n := 0
	for _, c := range r.cells {
		if len(c) > 0 {
			n++
		}
	}
	return n
}

func (r record) clone() record {
	cells := make([][]byte, len(r.cells))
	for i, c := range r.cells {
		cells[i] = bytes.Clone(c)
	}
	r.cells, r.numbers = cells, slices.Clone(r.numbers)
	return r
}

// source hands out the records of a sheet. A *CellError spoils one record, any
// other error but io.EOF the sheet.
type source interface {
	next() (record, error)
}

// The sample is what columns are guessed from.
const (
	sampleRecords = 1000
	sampleBytes   = 1 << 20
)

// sampled keeps the first records and hands them out again.
type sampled struct {
	source
	sample []record
	faults []error // of the sample's lines, told in their turn
	again  int
	end    error // what ended the sample early
}

func takeSample(s source) *sampled {
	t := &sampled{source: s}
	size := 0
	for len(t.sample) < sampleRecords && size < sampleBytes {
		r, err := s.next()
		_, fault := errors.AsType[*CellError](err)
		switch {
		case fault:
			t.faults = append(t.faults, err)
			if len(t.faults) == sampleRecords {
				return t
			}
			continue
		case err != nil:
			t.end = err
			return t
		}
		t.sample = append(t.sample, r.clone())
		for _, c := range r.cells {
			size += len(c)
		}
	}
	return t
}

func (t *sampled) next() (record, error) {
	if len(t.faults) > 0 {
		err := t.faults[0]
		t.faults = t.faults[1:]
		return record{}, err
	}
	if t.again < len(t.sample) {
		r := t.sample[t.again]
		t.sample[t.again] = record{} // let the copy go
		t.again++
		return r, nil
	}
	if t.end != nil {
		return record{}, t.end
	}
	return t.source.next()
}

// meter counts the bytes that were read from the file.
type meter struct {
	r    io.Reader
	done int64
}

func (m *meter) Read(b []byte) (int, error) {
	n, err := m.r.Read(b)
	m.done += int64(n)
	return n, err
}
