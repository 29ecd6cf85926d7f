package deck

import (
	"bytes"
	"fmt"
	"strings"
)

// mapped says that the mapping names the column by number or letter.
func mapped(mapping Mapping, column int) bool {
	for _, a := range mapping {
		if columnOf(a.Column, nil) == column {
			return true
		}
	}
	return false
}

// enough is the share, in percent, of cells that must look alike where no
// header helps.
const enough = 80

// kind is what the cells of a column look like.
type kind int

const (
	kindEmpty kind = iota
	kindText
	kindInteger
	kindStep // a whole number that is a usual increment
	kindPrice
	kindCodes
	kindDate
	kindIncrements
	kindStatus
)

// fromCells guesses the columns of a sheet without a header. What stays in
// doubt is left to settle, which then asks for a mapping.
func (l *layout) fromCells(rows []record, mapping Mapping) {
	kinds := make(map[kind][]int)
	for i := range l.columns {
		if mapped(mapping, i) {
			continue
		}
		k := kindOf(rows, i)
		kinds[k] = append(kinds[k], i)
	}
	has := func(f Field) bool {
		for _, a := range mapping {
			if a.Field == f {
				return true
			}
		}
		return false
	}
	take := func(f Field, k kind, why string) {
		if has(f) {
			return
		}
		for _, at := range kinds[k] {
			l.columns[at].Field, l.columns[at].Confidence, l.columns[at].Why = f, 70, why
		}
	}
	take(FieldPrefix, kindCodes, "cells are codes")
	if !has(FieldPerSecond) {
		take(FieldPerMinute, kindPrice, "cells are prices")
	}
	take(FieldEffectiveFrom, kindDate, "cells are dates")
	take(FieldIncrements, kindIncrements, "cells are increments")
	take(FieldStatus, kindStatus, "cells say open or blocked")
	if text := kinds[kindText]; len(text) > 0 && !has(FieldDestination) {
		l.columns[text[0]].Field, l.columns[text[0]].Confidence, l.columns[text[0]].Why = FieldDestination, 60, "cells are text"
	}
	if dates := kinds[kindDate]; len(dates) == 2 && !has(FieldEffectiveFrom) && !has(FieldEffectiveTo) {
		l.columns[dates[1]].Field, l.columns[dates[1]].Why = FieldEffectiveTo, "the second column of dates"
	}
	// Whole numbers may be increments, whole prices or anything: never dropped
	// in silence, and never taken for what they may not be.
	l.unsure(append(kinds[kindStep], kinds[kindInteger]...))
}

// unsure marks columns that mustMap asks about.
func (l *layout) unsure(columns []int) {
	for _, at := range columns {
		l.columns[at].Field, l.columns[at].Confidence = fieldUnsure, 50
		l.columns[at].Why = "whole numbers without a header"
	}
}

// fieldUnsure is a column that must be mapped before the sheet can be read.
const fieldUnsure Field = "unsure"

func (l *layout) mustMap() error {
	for i, c := range l.columns {
		if c.Field == fieldUnsure {
			what, fix := "whole numbers without a header: increments, prices, or something else", `--map "first=%s" or --map "ignore=%s"`
			if c.Header != "" {
				what, fix = "whole numbers: a charge, or seconds", `--map "minimum_charge=%s" or --map "first=%s"`
			}
			return &CellError{
				Column: i + 1, Letter: c.Letter, Header: c.Header, Problem: what, Fix: "say what they are: " + fmt.Sprintf(fix, c.Letter, c.Letter),
			}
		}
	}
	return nil
}

// kindOf looks at the rows with two cells or more; titles and notes have one.
func kindOf(rows []record, column int) kind {
	var count [kindStatus + 1]int
	filled, long, points := 0, 0, 0
	for _, r := range rows {
		c := r.cell(column)
		if len(c) == 0 || r.filled() < 2 {
			continue
		}
		filled++
		if len(c) > 3 || bytes.ContainsAny(c, "+-") {
			long++
		}
		k := kindOfCell(c, r.number(column))
		if k == kindPrice {
			points++
		}
		count[k]++
	}
	share := func(kinds ...kind) bool {
		n := 0
		for _, k := range kinds {
			n += count[k]
		}
		return 100*n >= enough*filled
	}
	switch {
	case filled == 0:
		return kindEmpty
	case share(kindStep):
		return kindStep
	case points > 0 && share(kindPrice, kindInteger, kindStep):
		return kindPrice
	case share(kindIncrements):
		return kindIncrements
	case share(kindDate):
		return kindDate
	case share(kindStatus):
		return kindStatus
	case (long > 0 || count[kindCodes] > 0) && share(kindCodes, kindInteger, kindStep):
		return kindCodes
	case share(kindInteger, kindStep):
		return kindInteger
	}
	return kindText
}

func kindOfCell(c []byte, number bool) kind {
	switch {
	case isStep(c):
		return kindStep
	case allDigits(c) && len(c) <= maxDigits:
		return kindInteger
	case looksIncrements(c):
		return kindIncrements
	case looksDate(c):
		return kindDate
	case looksPrice(c) || number:
		return kindPrice
	case looksCodes(c):
		return kindCodes
	case looksStatus(c):
		return kindStatus
	}
	return kindText
}

// isStep is a usual increment.
func isStep(c []byte) bool {
	return len(c) <= 2 && allDigits(c) && strings.Contains(" 1 5 6 10 12 15 18 20 30 36 45 60 ", " "+string(c)+" ")
}

func allDigits(c []byte) bool {
	for _, d := range c {
		if d < '0' || d > '9' {
			return false
		}
	}
	return len(c) > 0
}
