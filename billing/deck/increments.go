package deck

import (
	"bytes"
	"fmt"
	"strconv"
)

// maxIncrement is an hour, as package rate has it.
const maxIncrement = 3600

func validIncrement(seconds int64) bool { return seconds >= 1 && seconds <= maxIncrement }

// lastIncrements spares parsing: most rows repeat the row above.
type lastIncrements struct {
	text        []byte
	first, next int32
}

func (l *lastIncrements) parse(cell []byte) (first, next int32, _ *problem) {
	if bytes.Equal(cell, l.text) {
		return l.first, l.next, nil
	}
	first, next, wrong := parseIncrements(cell)
	if wrong == nil {
		l.text, l.first, l.next = append(l.text[:0], cell...), first, next
	}
	return first, next, wrong
}

// parseIncrements reads "60/1", "30/6", "60+60", "1" for both, and the form in
// three parts, "0/60/1", whose first part is a time without charge: it must be 0.
func parseIncrements(cell []byte) (first, next int32, _ *problem) {
	values := make([]int32, 0, 3)
	for rest, more := cell, true; more; {
		// A sign leaves an empty part before it.
		part := rest
		at := bytes.IndexAny(rest, `/+:\-`)
		if more = at >= 0; more {
			part, rest = rest[:at], rest[at+1:]
		}
		v, ok := wholeSeconds(part)
		if !ok || len(values) == 3 {
			return 0, 0, badIncrements()
		}
		values = append(values, v)
	}
	switch {
	case len(values) == 1:
		first, next = values[0], values[0]
	case len(values) == 2:
		first, next = values[0], values[1]
	case len(values) == 3 && values[0] == 0:
		first, next = values[1], values[2]
	case len(values) == 3:
		return 0, 0, &problem{"increments with free seconds before them", "write them as first/next, such as 60/1, and the seconds in a column headed free or grace"}
	default:
		return 0, 0, badIncrements()
	}
	if !validIncrement(int64(first)) || !validIncrement(int64(next)) {
		return 0, 0, badIncrements()
	}
	return first, next, nil
}

func badIncrements() *problem {
	return &problem{"not increments", fmt.Sprintf("write first/next in seconds from 1 to %d, such as 60/1", maxIncrement)}
}

// parseIncrement reads one increment.
func parseIncrement(cell []byte) (int32, *problem) {
	if v, ok := wholeSeconds(cell); ok && validIncrement(int64(v)) {
		return v, nil
	}
	return 0, &problem{"not an increment", fmt.Sprintf("write whole seconds from 1 to %d", maxIncrement)}
}

// wholeSeconds reads "60", "60 s", "60 sec.", "60.0".
func wholeSeconds(part []byte) (int32, bool) {
	part = trim(part)
	n := 0
	for n < len(part) && isDigit(part[n]) {
		n++
	}
	rest := wholeNumber(part[n:])
	if n == 0 || n > 5 || len(rest) > 0 && !anyWord(plain(string(rest)), secondWords+" s с ") {
		return 0, false
	}
	v, err := strconv.ParseInt(string(part[:n]), 10, 32)
	return int32(v), err == nil
}

// looksIncrements is true of "60/1" and its kin, not of a single number.
func looksIncrements(c []byte) bool {
	if !bytes.ContainsAny(c, "/+:") || !isDigit(c[0]) {
		return false
	}
	_, _, p := parseIncrements(c)
	return p == nil
}

func looksIncrement(c []byte) bool {
	_, _, p := parseIncrements(c)
	return p == nil
}
