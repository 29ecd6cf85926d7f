package api

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// maxLine bounds what is read of a file at a time. Any line that makes sense is
// shorter: see maxReport and maxCDRLine.
const maxLine = 64 << 10

// stretch is a part of a file: bytes from to, that one excluded.
type stretch struct{ from, to int64 }

// lineReader reads a file line by line. Whatever the file holds, it keeps no more
// of it than one line that could make sense.
type lineReader struct {
	reader *bufio.Reader
	at     int64
}

func newLineReader(r io.Reader) *lineReader {
	return &lineReader{reader: bufio.NewReaderSize(r, maxLine)}
}

// next is the next line and where it is. errNonsense (wrapped): it is too long,
// and was passed over. io.EOF: there is none.
func (l *lineReader) next() (line string, at stretch, err error) {
	at = stretch{l.at, l.at}
	text, err := l.reader.ReadSlice('\n')
	at.to += int64(len(text))
	line = string(text)
	for errors.Is(err, bufio.ErrBufferFull) {
		line = ""
		text, err = l.reader.ReadSlice('\n')
		at.to += int64(len(text))
	}
	l.at = at.to
	length := at.to - at.from
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return "", at, err
	case length == 0:
		return "", at, io.EOF
	case length > maxLine:
		return "", at, fmt.Errorf("%w: %d bytes", errNonsense, length)
	}
	return line, at, nil
}

// joined adds a stretch to a list; one that follows the last is made one with it,
// so that a file of nothing but nonsense is one stretch.
func joined(list []stretch, s stretch) []stretch {
	if last := len(list) - 1; last >= 0 && list[last].to == s.from {
		list[last].to = s.to
		return list
	}
	return append(list, s)
}

// copyTo appends the lines of a stretch to a file, piece by piece, and ends the
// last of them if it has no end.
func (s stretch) copyTo(to io.Writer, from io.ReaderAt) error {
	if _, err := io.Copy(to, io.NewSectionReader(from, s.from, s.to-s.from)); err != nil {
		return err
	}
	var last [1]byte
	if _, err := from.ReadAt(last[:], s.to-1); err != nil {
		return err
	}
	if last[0] == '\n' {
		return nil
	}
	_, err := to.Write([]byte{'\n'})
	return err
}
