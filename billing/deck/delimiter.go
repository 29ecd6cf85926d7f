package deck

import (
	"bytes"
	"errors"
	"io"
)

// delimiters in the order in which equals are decided: a comma may be part of
// anything.
const delimiters = "\t;|,"

// guessHead is how much of the file the delimiter is guessed from.
const guessHead = 64 << 10

// guessDelimiter looks at the first lines. A first line "sep=;" decides, as it
// does in Excel; else the delimiter that splits most lines into a code and a
// price does, then the one that gives the same number of cells most often.
func guessDelimiter(r io.Reader, newline byte, o Options) (delimiter byte, err error) {
	head := make([]byte, guessHead)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return 0, err
	}
	head = head[:n]
	if o.Delimiter != 0 {
		return o.Delimiter, nil
	}
	if d, ok := declared(head); ok {
		return d, nil
	}
	var best split
	for i := range len(delimiters) {
		if s := trySplit(head, delimiters[i], newline, o); s.betterThan(best) {
			best = s
		}
	}
	if best.delimiter == 0 {
		return ',', nil
	}
	return best.delimiter, nil
}

// declared reads Excel's "sep=;".
func declared(head []byte) (byte, bool) {
	if len(head) < 5 || !bytes.EqualFold(head[:4], []byte("sep=")) || bytes.IndexByte([]byte(delimiters), head[4]) < 0 {
		return 0, false
	}
	rest := head[5:]
	return head[4], len(rest) == 0 || rest[0] == '\r' || rest[0] == '\n'
}

// split is how well a delimiter does.
type split struct {
	delimiter byte
	rates     int // rows with a code in one cell and a price in another
	usual     int // rows with the most common number of cells
	columns   int // that number
}

func (s split) betterThan(o split) bool {
	switch {
	case s.columns < 2:
		return false
	case s.rates != o.rates:
		return s.rates > o.rates
	case 10*s.usual > 11*o.usual || 11*s.usual < 10*o.usual:
		return s.usual > o.usual
	}
	return s.columns > o.columns
}

func trySplit(head []byte, delimiter, newline byte, o Options) split {
	o.MaxLine, o.MaxColumns = guessHead, guessHead
	source := newCSVSource(bytes.NewReader(head), delimiter, newline, o)
	s := split{delimiter: delimiter}
	count := make(map[int]int)
	for range 200 {
		r, err := source.next()
		if _, fault := errors.AsType[*CellError](err); fault {
			continue
		}
		if err != nil {
			break
		}
		count[len(r.cells)]++
		if hasCodeAndPrice(r) {
			s.rates++
		}
	}
	for columns, rows := range count {
		if columns >= 2 && (rows > s.usual || rows == s.usual && columns > s.columns) {
			s.usual, s.columns = rows, columns
		}
	}
	return s
}

func hasCodeAndPrice(r record) bool {
	code, price := false, false
	for _, c := range r.cells {
		switch {
		case looksPrice(c):
			price = true
		case looksCodes(c):
			code = true
		}
	}
	return code && price
}
