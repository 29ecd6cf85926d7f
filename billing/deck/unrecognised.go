package deck

import (
	"bytes"
	"fmt"
	"slices"
)

// unrecognised looks at the cells of columns whose header says nothing: a column
// of 60/1 can only be increments. Other numbers may cost money, so that a note
// tells of a column that is passed over.
const unrecognised = "not recognised"

// fromUnrecognised takes columns for increments when nothing else names them.
func (l *layout) fromUnrecognised(below []record, mapping Mapping) {
	steps := func(f Field) bool { return f == FieldIncrements || f == FieldFirst || f == FieldNext }
	if slices.ContainsFunc(l.columns, func(c Column) bool { return steps(c.Field) }) ||
		slices.ContainsFunc(mapping, func(a Assignment) bool { return steps(a.Field) }) {
		return
	}
	for i, c := range l.columns {
		if c.Why == unrecognised && every(below, i, looksStepPair) {
			l.columns[i].Confidence = partName
			l.become(i, FieldIncrements, "cells")
		}
	}
}

// looksStepPair is true of "60/1", not of "08:30", which may be a time.
func looksStepPair(c []byte) bool {
	return bytes.IndexByte(c, ':') < 0 && looksIncrements(c)
}

// doubtMinimum asks what a column is that is headed Minimum and no more, and
// holds usual increments: a charge of 60 would be taken for one of 60 seconds, or
// the other way round.
func (l *layout) doubtMinimum(below []record) {
	for i, c := range l.columns {
		if c.Field == FieldMinimumCharge && plain(c.Header) == "minimum" && every(below, i, isStep) {
			l.columns[i].Confidence = 0
			l.become(i, fieldUnsure, "whole numbers: a charge or seconds")
		}
	}
}

// every says that cells are filled, and that all of them look so.
func every(rows []record, column int, looks func([]byte) bool) bool {
	filled := 0
	for _, r := range rows {
		// Titles and notes have one cell.
		c := r.cell(column)
		if len(c) == 0 || r.filled() < 2 {
			continue
		}
		if filled++; !looks(c) {
			return false
		}
	}
	return filled > 0
}

// passedOver are notes on columns of numbers that nothing was made of.
func (l *layout) passedOver(below []record) []string {
	var notes []string
	for i, c := range l.columns {
		if c.Field != FieldIgnore || c.Why != unrecognised || !every(below, i, looksAmount) {
			continue
		}
		name := "column " + c.Letter
		if c.Header != "" {
			name += fmt.Sprintf(" %q", cut([]byte(c.Header)))
		}
		notes = append(notes, fmt.Sprintf("%s: numbers, not recognised and ignored; if they cost something, say --map minimum_charge=%s or what they are, else --map ignore=%s", name, c.Letter, c.Letter))
	}
	return notes
}
