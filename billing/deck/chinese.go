package deck

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// headedInChinese says that a cell of the first lines, read as GB 18030, is a
// known name of a column. Nothing else tells these bytes from Cyrillic ones, but
// a known word of two signs and more does not come about by chance.
func headedInChinese(r io.ReaderAt, size int64) (bool, error) {
	head := make([]byte, min(size, guessHead))
	n, err := r.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(head[:n])
	if err != nil {
		return false, nil //nolint:nilerr // so it is not GB 18030
	}
	known := make(map[string]bool)
	for _, w := range headerWords() {
		if w.han && utf8.RuneCountInString(w.text) > 1 {
			known[w.text] = true
		}
	}
	for row := range bytes.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		for cell := range bytes.FieldsFuncSeq(row, func(r rune) bool { return strings.ContainsRune(delimiters+`"`, r) }) {
			if len(cell) <= longestHeader && known[plain(string(cell))] {
				return true, nil
			}
		}
	}
	return false, nil
}
