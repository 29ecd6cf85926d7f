package plainjson

import (
	"encoding/json"
	"strconv"
)

// AppendText adds s as a JSON string.
func AppendText(dst []byte, s string) []byte {
	for i := range len(s) {
		if !plain(s[i]) {
			escaped, _ := json.Marshal(s) // a string always can be written
			return append(dst, escaped...)
		}
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}

// plain says whether encoding/json writes the byte as it is.
func plain(c byte) bool {
	return c >= ' ' && c < 0x7f && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&'
}

// AppendInt adds a whole number.
func AppendInt(dst []byte, v int64) []byte { return strconv.AppendInt(dst, v, 10) }

// Reader reads from the front of a text. The first thing that is not as wanted
// makes it fail for good; what was read so far is then worth nothing.
type Reader struct {
	rest   []byte
	failed bool
}

// NewReader makes a reader of a text.
func NewReader(text []byte) *Reader { return &Reader{rest: text} }

// Done says whether all of the text was read and was as wanted.
func (r *Reader) Done() bool { return !r.failed && len(r.rest) == 0 }

// Failed says whether something was not as wanted.
func (r *Reader) Failed() bool { return r.failed }

// Fail makes the reader fail.
func (r *Reader) Fail() { r.failed = true }

// Skip leaves out text when it comes next, and says whether it does.
func (r *Reader) Skip(text string) bool {
	if r.failed || len(r.rest) < len(text) || string(r.rest[:len(text)]) != text {
		return false
	}
	r.rest = r.rest[len(text):]
	return true
}

// Want fails unless text comes next.
func (r *Reader) Want(text string) {
	if !r.Skip(text) {
		r.failed = true
	}
}

// Text reads a string without escapes.
func (r *Reader) Text() []byte {
	r.Want(`"`)
	if r.failed {
		return nil
	}
	for i, c := range r.rest {
		switch {
		case c == '"':
			text := r.rest[:i]
			r.rest = r.rest[i+1:]
			return text
		case !plain(c):
			r.failed = true
			return nil
		}
	}
	r.failed = true
	return nil
}

// maxDigits always fit into 64 bits.
const maxDigits = 18

// Int reads a whole number between least and most.
func (r *Reader) Int(least, most int64) int64 {
	negative := r.Skip("-")
	var v int64
	n := 0
	for n < len(r.rest) && n <= maxDigits && r.rest[n] >= '0' && r.rest[n] <= '9' {
		v = v*10 + int64(r.rest[n]-'0')
		n++
	}
	if r.failed || n == 0 || n > maxDigits || n > 1 && r.rest[0] == '0' {
		r.failed = true
		return 0
	}
	r.rest = r.rest[n:]
	if negative {
		v = -v
	}
	if v < least || v > most {
		r.failed = true
		return 0
	}
	return v
}
