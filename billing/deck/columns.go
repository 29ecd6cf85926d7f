package deck

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// headerRows is how far down the header may stand.
const headerRows = 100

// layout is which column holds what.
type layout struct {
	columns []Column
	at      map[Field]int // 0 is the first column
	header  int           // line of the header; 0: there is none
	notes   []string      // on columns that were passed over
}

// index is -1 for a field without a column.
func (l *layout) index(f Field) int {
	if at, ok := l.at[f]; ok {
		return at
	}
	return -1
}

// headerOf is the text above a column.
func (l *layout) headerOf(column int) string {
	if column >= 0 && column < len(l.columns) {
		return l.columns[column].Header
	}
	return ""
}

// fault speaks of a column.
func (l *layout) fault(line, column int, cell []byte, p problem) *CellError {
	e := &CellError{Line: line, Cell: cut(cell), Problem: p.what, Fix: p.fix}
	if column >= 0 {
		e.Column, e.Letter, e.Header = column+1, letter(column+1), cut([]byte(l.headerOf(column)))
	}
	return e
}

// findLayout guesses the columns from the sample; what the mapping says wins.
func findLayout(sample []record, o Options) (*layout, error) {
	mapping := o.Mapping
	row, guesses, err := findHeader(sample, mapping)
	if err != nil {
		return nil, err
	}
	l := &layout{at: make(map[Field]int)}
	below := sample
	if row >= 0 {
		l.header, below = sample[row].line, sample[row+1:]
	}
	width := len(guesses)
	for _, r := range below {
		width = max(width, len(r.cells))
	}
	for i := range width {
		c := Column{Index: i + 1, Letter: letter(i + 1), Field: FieldIgnore, Why: unrecognised}
		if row >= 0 {
			c.Header = string(sample[row].cell(i))
		}
		l.columns = append(l.columns, c)
	}
	if row >= 0 {
		l.fromHeader(guesses, below)
		l.fromUnrecognised(below, mapping)
		l.doubtMinimum(below)
	} else {
		l.fromCells(below, mapping)
	}
	if err := l.assign(mapping); err != nil {
		return l, err
	}
	if err := l.settle(row >= 0); err != nil {
		return l, err
	}
	if err := l.bothOfStep(); err != nil {
		return l, err
	}
	l.notes = l.passedOver(below)
	return l, l.bothIncrements(o)
}

// findHeader returns the row of the sample that names most fields, a code and a
// price among them, and what its cells name; -1 when there is none.
func findHeader(sample []record, mapping Mapping) (int, []guess, error) {
	h := newHeaders()
	best, bestScore, bestGuesses := -1, 0, []guess(nil)
	partial, partialScore, partialGuesses := -1, 1, []guess(nil)
	for i, r := range sample[:min(headerRows, len(sample))] {
		guesses := make([]guess, len(r.cells))
		named := make(map[Field]bool)
		sure := 0
		for k, c := range r.cells {
			if !hasLetter(c) || len(c) > 3*longestHeader {
				continue
			}
			if guesses[k] = h.match(c); guesses[k].field != "" && guesses[k].field != FieldIgnore {
				named[guesses[k].field] = true
				if guesses[k].confidence == exactName {
					sure++
				}
			}
		}
		byText := 0
		for _, a := range mapping {
			at := columnOf(a.Column, r.cells)
			// A cell with digits is no header: the row is one of rates.
			if at < 0 || at >= len(r.cells) || hasDigit(r.cells[at]) && !hasLetter(r.cells[at]) {
				continue
			}
			named[a.Field] = true
			if textColumn(a.Column, r.cells) == at {
				byText++
			}
		}
		code := named[FieldPrefix] || named[FieldCountryCode]
		price := named[FieldPerMinute] || named[FieldPerSecond]
		if score := len(named) + sure + 2*byText; code && price && (sure > 0 || byText > 0) && score > bestScore {
			best, bestScore, bestGuesses = i, score, guesses
		}
		if code != price && sure > partialScore {
			partial, partialScore, partialGuesses = i, sure, guesses
		}
	}
	if best < 0 {
		// Better than nothing: it lets the message name the columns.
		best, bestGuesses = partial, partialGuesses
	}
	if best >= 0 {
		return best, bestGuesses, nil
	}
	for _, a := range mapping {
		if _, number := columnNumber(a.Column); !number && columnOf(a.Column, nil) < 0 {
			return -1, nil, &CellError{
				Problem: fmt.Sprintf("no column is headed %q in the first %d rows", a.Column, headerRows),
				Fix:     fmt.Sprintf(`name it by number or letter: --map "%s=2"`, a.Field),
			}
		}
	}
	return -1, nil, nil
}

func hasLetter(c []byte) bool { return bytes.ContainsFunc(c, unicode.IsLetter) }

func hasDigit(c []byte) bool { return bytes.ContainsAny(c, "0123456789") }

// columnOf finds the column that an assignment names: a number, a header, or a
// letter; -1 when there is none.
func columnOf(name string, header [][]byte) int {
	if n, ok := columnNumber(name); ok {
		return n - 1
	}
	if at := textColumn(name, header); at >= 0 {
		return at
	}
	if len(name) > 2 || name == "" {
		return -1
	}
	n := 0
	for _, c := range []byte(strings.ToUpper(name)) {
		if c < 'A' || c > 'Z' {
			return -1
		}
		n = 26*n + int(c-'A') + 1
	}
	return n - 1
}

func columnNumber(name string) (int, bool) {
	n, err := strconv.Atoi(name)
	return n, err == nil && n > 0
}

func textColumn(name string, header [][]byte) int {
	return slices.IndexFunc(header, func(c []byte) bool {
		return len(c) > 0 && strings.EqualFold(string(c), name)
	})
}

// fromHeader takes what the header names, as far as the cells below agree.
func (l *layout) fromHeader(guesses []guess, below []record) {
	agree := make([]bool, len(guesses))
	for i, g := range guesses {
		if g.field != "" {
			c := &l.columns[i]
			c.Field, c.Confidence, c.Why = g.field, g.confidence, g.why
			looks := looksLike(g.field)
			agree[i] = looks == nil || mostly(below, i, looks)
		}
	}
	for i, g := range guesses {
		if g.field == "" || agree[i] {
			continue
		}
		other := slices.ContainsFunc(l.columns[:len(guesses)], func(c Column) bool {
			return c.Field == g.field && agree[c.Index-1]
		})
		if mayDrop(g, other, mostly(below, i, looksAmount)) {
			l.columns[i].Confidence = 0
			l.become(i, FieldIgnore, fmt.Sprintf("headed like %s, but most cells are something else", g.field))
		}
	}
}

// mayDrop says that a column whose cells do not fit its header is not what the
// header says. In doubt it is, and its cells are faults: what blocks a code or
// makes it dearer must not be passed over.
func mayDrop(g guess, other, amounts bool) bool {
	switch g.field {
	case FieldCountryCode: // GB, not 44
		return true
	case FieldStatus: // "change" is often that of the price
		return amounts
	case FieldPrefix, FieldPerMinute, FieldPerSecond, FieldDestination, FieldCountry:
		return other
	default:
		return g.confidence < exactName
	}
}

// mostly says that at least half of the cells that are filled look so.
func mostly(rows []record, column int, looks func([]byte) bool) bool {
	yes, filled := 0, 0
	for _, r := range rows {
		if c := r.cell(column); len(c) > 0 {
			filled++
			if looks(c) {
				yes++
			}
		}
	}
	return 2*yes >= filled
}

// mappedWhy is said of columns that the mapping names.
const mappedWhy = "mapped"

// assign carries out the mapping.
func (l *layout) assign(mapping Mapping) error {
	header := make([][]byte, len(l.columns))
	for i := range l.columns {
		header[i] = []byte(l.columns[i].Header)
	}
	taken := make(map[int]Field)
	for _, a := range mapping {
		at := columnOf(a.Column, header)
		if at < 0 || at >= len(l.columns) {
			return &CellError{Line: l.header, Problem: fmt.Sprintf("--map %s=%s: the sheet has no such column", a.Field, a.Column), Fix: "its columns are " + l.list()}
		}
		if other, ok := taken[at]; ok {
			return &CellError{Line: l.header, Problem: fmt.Sprintf("--map: column %s cannot be %s and %s", letter(at+1), other, a.Field), Fix: "name another column for one of them"}
		}
		taken[at] = a.Field
		for i := range l.columns {
			if c := &l.columns[i]; c.Field == a.Field && a.Field != FieldIgnore {
				c.Field, c.Confidence, c.Why = FieldIgnore, 0, "another column is mapped to "+string(a.Field)
			}
		}
	}
	for at, f := range taken {
		c := &l.columns[at]
		c.Field, c.Confidence, c.Why = f, exactName, mappedWhy
	}
	// A price is per minute or per second, not both; the mapping knows which.
	for i := range l.columns {
		c := &l.columns[i]
		for _, a := range mapping {
			if a.Field == FieldPerMinute && c.Field == FieldPerSecond || a.Field == FieldPerSecond && c.Field == FieldPerMinute {
				c.Field, c.Confidence, c.Why = FieldIgnore, 0, "another column is mapped to "+string(a.Field)
			}
		}
	}
	return nil
}

// list names the columns for a message.
func (l *layout) list() string {
	names := make([]string, 0, len(l.columns))
	for i, c := range l.columns {
		if i == 20 {
			names = append(names, "...")
			break
		}
		if c.Header == "" {
			names = append(names, c.Letter)
		} else {
			names = append(names, fmt.Sprintf("%s %q", c.Letter, cut([]byte(c.Header))))
		}
	}
	return strings.Join(names, ", ")
}

// settle gives every field one column at most, and makes sure of a code and a
// price.
func (l *layout) settle(header bool) error {
	for _, f := range Fields() {
		if f == FieldIgnore {
			continue
		}
		if err := l.choose(f); err != nil {
			return err
		}
	}
	if at, ok := l.at[FieldCountryCode]; ok && l.index(FieldPrefix) < 0 {
		l.become(at, FieldPrefix, "the only column with codes")
		delete(l.at, FieldCountryCode)
		l.at[FieldPrefix] = at
	}
	_, second := l.at[FieldPerSecond]
	_, minute := l.at[FieldPerMinute]
	what, example := "", ""
	switch {
	case minute && second:
		return l.twice(l.at[FieldPerMinute], l.at[FieldPerSecond], FieldPerMinute)
	case l.index(FieldPrefix) < 0 && !minute && !second:
		what, example = "no column with codes and none with prices", "prefix=A,per_minute=B"
	case l.index(FieldPrefix) < 0:
		what, example = "no column with codes", "prefix=A"
	case !minute && !second:
		what, example = "no column with prices", "per_minute=B"
	}
	if what != "" {
		if !header {
			what += ", and no header that names one"
		}
		return &CellError{Line: l.header, Problem: what, Fix: fmt.Sprintf(`say which it is, such as --map "%s"; the columns are %s`, example, l.list())}
	}
	l.oneIncrement()
	return l.mustMap()
}

// bothIncrements refuses one increment without the other.
func (l *layout) bothIncrements(o Options) error {
	for _, f := range [2]Field{FieldFirst, FieldNext} {
		other, given := FieldNext, o.Next
		if f == FieldNext {
			other, given = FieldFirst, o.First
		}
		if at := l.index(f); at >= 0 && l.index(other) < 0 && given == 0 {
			return l.fault(l.header, at, nil, problem{
				fmt.Sprintf("a column for the %s increment and none for the %s one", f, other),
				fmt.Sprintf(`say --%s 60, or map a column: --map "%s=%s"`, other, other, letter(at+1)),
			})
		}
	}
	return nil
}

// choose picks the surest column for a field.
func (l *layout) choose(f Field) error {
	best, second := -1, -1
	for i, c := range l.columns {
		switch {
		case c.Field != f:
		case best < 0 || c.Confidence > l.columns[best].Confidence:
			best, second = i, best
		case second < 0 || c.Confidence > l.columns[second].Confidence:
			second = i
		}
	}
	if best < 0 {
		return nil
	}
	names := f == FieldDestination || f == FieldCountry
	// Prices at other times, or of another day, are never left out in silence.
	price := f == FieldPerMinute || f == FieldPerSecond
	if second >= 0 && !names && (price || l.columns[best].Confidence-l.columns[second].Confidence < 10) {
		return l.twice(best, second, f)
	}
	l.at[f] = best
	for i := range l.columns {
		if l.columns[i].Field == f && i != best {
			l.become(i, FieldIgnore, fmt.Sprintf("column %s is %s", letter(best+1), f))
		}
	}
	return nil
}

func (l *layout) twice(a, b int, f Field) error {
	a, b = min(a, b), max(a, b)
	return &CellError{
		Line: l.header, Column: a + 1, Letter: letter(a + 1), Header: l.columns[a].Header,
		Problem: fmt.Sprintf("may be %s, and so may column %s %q", l.columns[a].Field, letter(b+1), cut([]byte(l.columns[b].Header))),
		Fix:     fmt.Sprintf(`say which: --map "%s=%s"`, f, letter(a+1)),
	}
}

func (l *layout) become(column int, f Field, why string) {
	l.columns[column].Field, l.columns[column].Why = f, why
}

// oneIncrement keeps one of the two ways to write increments.
func (l *layout) oneIncrement() {
	first, next, both := l.index(FieldFirst), l.index(FieldNext), l.index(FieldIncrements)
	switch {
	case both < 0:
	case first >= 0 && next >= 0:
		l.become(both, FieldIgnore, "the first and next increment have columns of their own")
		delete(l.at, FieldIncrements)
	default:
		for _, f := range []Field{FieldFirst, FieldNext} {
			if at, ok := l.at[f]; ok {
				l.become(at, FieldIgnore, "the increments have a column of their own")
				delete(l.at, f)
			}
		}
	}
}
