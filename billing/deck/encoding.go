package deck

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// The encodings a sheet may have. GB 18030 is taken when named, or when the
// header is Chinese in it: else its bytes cannot be told from Cyrillic.
const (
	utf8Name    = "utf-8"
	utf16LEName = "utf-16le"
	utf16BEName = "utf-16be"
	cyrillic    = "windows-1251"
	western     = "windows-1252"
	chinese     = "gb18030"
)

// survey is what one quick pass over all bytes tells of a text file.
type survey struct {
	encoding string
	guessed  bool // by the letters alone
	newline  byte // \n, or \r in files of an old Mac
	skip     int64
}

// letters counts what tells encodings apart.
type letters struct {
	valid, invalid int // characters of UTF-8 beyond ASCII; bytes that are none
	invalidLine    int
	runs, alone    int // high bytes next to another one; between ASCII letters
	newlines       int
	returns        int
	nulLine        int
}

// blockSize is how much is read at a time, and how often progress is told.
const blockSize = 64 << 10

// look decides the encoding of the whole file before the first cell is read, so
// that a letter far down cannot turn out to be something else.
func look(ctx context.Context, r io.ReaderAt, size int64, forced string) (survey, error) {
	head := make([]byte, min(size, 4))
	if _, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return survey{}, err
	}
	s := survey{newline: '\n'}
	switch {
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		s.encoding, s.skip = utf8Name, 3
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		s.encoding, s.skip = utf16LEName, 2
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		s.encoding, s.skip = utf16BEName, 2
	}
	if forced != "" {
		name, err := encodingName(forced)
		if err != nil {
			return survey{}, err
		}
		if s.encoding != name {
			s.encoding, s.skip = name, 0
		}
	}
	if s.encoding == utf16LEName || s.encoding == utf16BEName {
		return s, nil
	}
	var l letters
	if err := l.count(ctx, io.NewSectionReader(r, s.skip, size-s.skip)); err != nil {
		return survey{}, err
	}
	if l.nulLine > 0 {
		return survey{}, &CellError{Line: l.nulLine, Problem: "a NUL byte: not a text file", Fix: "save the sheet as CSV in UTF-8, or say --encoding utf-16le or utf-16be"}
	}
	if l.newlines == 0 && l.returns > 0 {
		s.newline = '\r'
	}
	var err error
	switch {
	case s.encoding == utf8Name && l.invalid > 0:
		return s, l.notUTF8()
	case s.encoding != "":
		return s, nil
	case l.invalid > 0:
		if han, err := headedInChinese(r, size); han || err != nil {
			s.encoding = chinese
			return s, err
		}
	}
	s.encoding, err = l.guess()
	s.guessed = s.encoding != utf8Name
	return s, err
}

func (l *letters) guess() (string, error) {
	switch {
	case l.invalid == 0:
		return utf8Name, nil
	case l.valid > 4*l.invalid:
		// Text in an 8-bit encoding hits upon valid UTF-8 once in a while, not mostly.
		return "", l.notUTF8()
	case l.runs > l.alone:
		// Russian words are high bytes throughout; in western words they stand alone.
		return cyrillic, nil
	}
	return western, nil
}

func (l *letters) notUTF8() error {
	return &CellError{Line: l.invalidLine, Problem: "a byte that is not UTF-8, while the rest of the file is", Fix: "mend the line, or say --encoding"}
}

// count reads all blocks; a character may lie across two of them.
func (l *letters) count(ctx context.Context, r io.Reader) error {
	buffer := make([]byte, 1<<20)
	kept, line := 0, 1
	for {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		n, err := io.ReadFull(r, buffer[kept:])
		block := buffer[:kept+n]
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return err
		}
		whole := len(block)
		if !last {
			whole = completeRunes(block)
		}
		line = l.block(block[:whole], line)
		if last {
			return nil
		}
		kept = copy(buffer, block[whole:])
	}
}

// completeRunes is how much of the block holds whole characters.
func completeRunes(block []byte) int {
	for back := 1; back < utf8.UTFMax && back <= len(block); back++ {
		at := len(block) - back
		if utf8.RuneStart(block[at]) {
			if utf8.FullRune(block[at:]) {
				return len(block)
			}
			return at
		}
	}
	return len(block)
}

func (l *letters) block(b []byte, line int) int {
	l.returns += bytes.Count(b, []byte{'\r'})
	if l.nulLine == 0 {
		if before, _, found := bytes.Cut(b, []byte{0}); found {
			l.nulLine = line + bytes.Count(before, []byte{'\n'})
		}
	}
	for i := 0; i < len(b); {
		c := b[i]
		if c < utf8.RuneSelf {
			i++
			continue
		}
		_, size := utf8.DecodeRune(b[i:])
		if size > 1 {
			l.valid++
		} else {
			if l.invalid == 0 {
				l.invalidLine = line + bytes.Count(b[:i], []byte{'\n'})
			}
			l.invalid++
		}
		for _, high := range b[i : i+size] {
			l.neighbours(b, i, high)
			i++
		}
	}
	lines := bytes.Count(b, []byte{'\n'})
	l.newlines += lines
	return line + lines
}

func (l *letters) neighbours(b []byte, i int, c byte) {
	if c < 0xC0 && c != 0xA8 && c != 0xB8 { // Ё and ё lie apart from the other letters
		return
	}
	if i > 0 && b[i-1] >= 0xC0 || i+1 < len(b) && b[i+1] >= 0xC0 {
		l.runs++
	} else {
		l.alone++
	}
}

func encodingName(s string) (string, error) {
	switch name := strings.ToLower(s); name {
	case utf8Name, utf16LEName, utf16BEName, cyrillic, western, chinese:
		return name, nil
	case "utf8":
		return utf8Name, nil
	case "cp1251":
		return cyrillic, nil
	case "cp1252", "latin1", "iso-8859-1":
		return western, nil
	case "gbk", "gb2312":
		return chinese, nil
	}
	return "", fmt.Errorf("--encoding %q: want utf-8, utf-16le, utf-16be, windows-1251, windows-1252 or gb18030", s)
}

// doubt adds to an error about the header that its letters may be others.
func (s survey) doubt(err error) error {
	if fault, ok := errors.AsType[*CellError](err); ok && s.guessed {
		fault.Fix += "; or say --encoding, such as gb18030: " + s.encoding + " is a guess"
	}
	return err
}

// decoded turns the bytes after the byte order mark into UTF-8.
func (s survey) decoded(r io.Reader) io.Reader {
	var e encoding.Encoding
	switch s.encoding {
	case utf16LEName:
		e = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case utf16BEName:
		e = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case cyrillic:
		e = charmap.Windows1251
	case western:
		e = charmap.Windows1252
	case chinese:
		e = simplifiedchinese.GB18030
	default:
		return r
	}
	return e.NewDecoder().Reader(r)
}

// hasControl finds what no name contains: control characters, and the mark that
// stands for bytes that could not be decoded.
func hasControl(b []byte) bool {
	for i, c := range b {
		switch {
		case c < ' ', c == 0x7F:
			return true
		case c == 0xC2 && i+1 < len(b) && b[i+1] >= 0x80 && b[i+1] < 0xA0:
			return true
		case c == 0xEF && bytes.HasPrefix(b[i:], []byte("\uFFFD")):
			return true
		}
	}
	return false
}
