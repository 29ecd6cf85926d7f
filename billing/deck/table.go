package deck

import (
	"math"
	"time"

	"tandem/billing/rate"
	"tandem/internal/money"
)

// row is a rate in 32 bytes. Whatever many rows share lies in terms and names.
type row struct {
	key   key
	price money.Rate
	terms uint32
	name  uint32
	line  uint32
	depth uint8 // digits of the code in the sheet; more than the key has: a range
}

// Ends of time in terms.
const (
	always = math.MinInt64 // from
	never  = math.MaxInt64 // to
)

// terms is a rate without its code, name and price.
type terms struct {
	connection, minimum, attempt money.Amount
	from, to                     int64 // seconds since 1970; ids of dates while the sheet is read
	first, next, grace, free     int16
	steps                        [rate.MaxSteps]rate.Step
	window                       rate.Window
	blocked                      bool
}

// table is a deck in memory: rows, and what they share.
type table struct {
	rows   []row
	terms  []terms
	names  []string
	termOf map[terms]uint32
	nameOf map[string]uint32
}

func newTable() *table {
	return &table{names: []string{""}, termOf: make(map[terms]uint32), nameOf: map[string]uint32{"": 0}}
}

func (t *table) term(x terms) uint32 {
	id, ok := t.termOf[x]
	if !ok {
		id = uint32(len(t.terms))
		t.terms = append(t.terms, x)
		t.termOf[x] = id
	}
	return id
}

func (t *table) name(b []byte) uint32 {
	id, ok := t.nameOf[string(b)]
	if !ok {
		id = uint32(len(t.names))
		name := string(b)
		t.names = append(t.names, name)
		t.nameOf[name] = id
	}
	return id
}

// unify makes one of terms that have become equal.
func (t *table) unify() {
	old := t.terms
	t.terms, t.termOf = nil, make(map[terms]uint32, len(old))
	renamed := make([]uint32, len(old))
	for i, x := range old {
		renamed[i] = t.term(x)
	}
	for i := range t.rows {
		t.rows[i].terms = renamed[t.rows[i].terms]
	}
}

// rate unpacks a row.
func (t *table) rate(r row) Rate {
	x := &t.terms[r.terms]
	return Rate{
		Prefix: r.key.String(), Destination: t.names[r.name], Blocked: x.blocked,
		Rate: rate.Rate{
			PerMinute: r.price, ConnectionFee: x.connection, Minimum: x.minimum, AttemptFee: x.attempt,
			First: int32(x.first), Next: int32(x.next), Grace: int32(x.grace), Free: int32(x.free), Steps: x.steps, From: moment(x.from), To: moment(x.to), Window: x.window,
		},
	}
}

func moment(at int64) time.Time {
	if at == always || at == never {
		return time.Time{}
	}
	return time.Unix(at, 0).UTC()
}

// meets says that two terms hold at one moment.
func (t *table) meets(a, b row) bool {
	x, y := &t.terms[a.terms], &t.terms[b.terms]
	return x.from < y.to && y.from < x.to && overlap(x.window, y.window)
}

// within says that a holds whenever b does.
func (t *table) within(b, a row) bool {
	x, y := &t.terms[a.terms], &t.terms[b.terms]
	return x.from <= y.from && y.to <= x.to && (x.window.IsZero() || x.window == y.window)
}
