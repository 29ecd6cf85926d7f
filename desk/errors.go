package desk

import (
	"errors"
	"fmt"
	"strings"
)

// FieldError says what is wrong with one thing that was asked for. Its text calls
// it by the command-line flag; JSON by its name there.
type FieldError struct {
	Flag  string // "--time-zone"; a word without dashes is an argument or a key of a file
	Given string // as the text shows it: quoted or not; empty: nothing was given
	Text  string // what is wanted, and how to mend it
	Hint  string // which command helps; empty: none
}

func (e *FieldError) Error() string {
	text := e.Flag
	if e.Given != "" {
		text += " " + e.Given
	}
	text += ": " + e.Text
	if e.Hint != "" {
		text += "; " + e.Hint
	}
	return text
}

// JSON is the field's name in JSON, and what is wrong with it, in the words of JSON:
// no flags, no hint at a command.
func (e *FieldError) JSON() (name, text string) {
	if text = e.Text; e.Given != "" {
		text = e.Given + ": " + text
	}
	return strings.ReplaceAll(strings.TrimPrefix(e.Flag, "--"), "-", "_"), unflagged(text)
}

func wrong(flag, given, format string, args ...any) *FieldError {
	return &FieldError{Flag: flag, Given: given, Text: fmt.Sprintf(format, args...)}
}

// ErrMeanwhile says that another deck came in force since something was compared
// with the one before it.
var ErrMeanwhile = errors.New("compare anew")

// NoDeckError says that nothing is in force that could be shown or taken back.
type NoDeckError struct{ Owner string }

func (e *NoDeckError) Error() string {
	return e.Owner + " has no deck in force; tandem deck list shows those that there are"
}

// refused is an error in our own words, of a kind that callers tell apart.
type refused struct {
	text string
	kind error
}

func (e *refused) Error() string { return e.text }
func (e *refused) Unwrap() error { return e.kind }
