package agitest

import (
	"errors"
	"strings"
)

// maxArgs is MAX_ARGS of Asterisk's res_agi.c; one place is for the end mark.
const maxArgs = 128

// ErrArgsOverflow marks a line with more quoted words than Asterisk has room
// for: there it writes beyond its table and crashes (asterisk issue 2069).
var ErrArgsOverflow = errors.New("agitest: more than 127 words, Asterisk would crash")

// SplitArgs cuts a command into words as Asterisk's parse_args does:
//
//   - spaces and tabs part words, except between quotes or after a backslash;
//   - a quote is dropped and switches quoting on or off, in the middle of a
//     word too; at the start of one it makes an empty word possible;
//   - a backslash is dropped and the byte after it taken as it is;
//   - from the 128th word on unquoted bytes are dropped.
func SplitArgs(line string) ([]string, error) {
	var (
		words            []string
		word             strings.Builder
		inWord           bool
		isQuoted, escape bool
	)
	for i := range len(line) {
		c := line[i]
		switch {
		case c == '"' && !escape:
			isQuoted = !isQuoted
			if isQuoted && !inWord {
				if len(words) >= maxArgs-1 {
					return nil, ErrArgsOverflow
				}
				inWord = true
			}
			continue
		case c == '\\' && !escape:
			escape = true
			continue
		case (c == ' ' || c == '\t') && !isQuoted && !escape:
			if inWord {
				words = append(words, word.String())
				word.Reset()
				inWord = false
			}
			continue
		}
		if !inWord && len(words) >= maxArgs-1 {
			continue
		}
		inWord = true
		word.WriteByte(c)
		escape = false
	}
	if inWord {
		words = append(words, word.String())
	}
	return words, nil
}
