package deck

import (
	"slices"
	"strings"
	"time"

	"tandem/billing/rate"
)

// ancestry holds the codes that the code at hand begins with, shortest first.
type ancestry []group

// enter makes room for a code: what does not begin it is over.
func (a *ancestry) enter(prefix string) {
	for n := len(*a); n > 0 && !strings.HasPrefix(prefix, (*a)[n-1].prefix); n = len(*a) {
		*a = (*a)[:n-1]
	}
}

// push keeps a copy, in the memory of a code that is over.
func (a *ancestry) push(prefix string, rates []Rate) {
	if len(rates) == 0 {
		return
	}
	n := len(*a)
	if n == cap(*a) {
		*a = append(*a, group{})
	}
	*a = (*a)[:n+1]
	last := &(*a)[n]
	last.prefix, last.rates = prefix, append(last.rates[:0], rates...)
}

// longest is the rate of the longest parent that has one in force; nil when none
// has.
func (a ancestry) longest(at time.Time, w rate.Window) *Rate {
	for _, parent := range slices.Backward(a) {
		if r := inForce(parent.rates, at, w); r != nil {
			return r
		}
	}
	return nil
}

// coming is the rate of the longest parent that has one in force then, or one
// that begins later: until then the old deck's rates go on.
func (a ancestry) coming(at time.Time, w rate.Window) *Rate {
	for _, parent := range slices.Backward(a) {
		if r := inForce(parent.rates, at, w); r != nil {
			return r
		}
		var next *Rate
		for i := range parent.rates {
			r := &parent.rates[i]
			if r.From.After(at) && overlap(r.Window, w) && (next == nil || r.From.Before(next.From)) {
				next = r
			}
		}
		if next != nil {
			return next
		}
	}
	return nil
}

// inForce is the rate in force then at hours of the window. A new window may lie
// over several old ones; the first of them stands for all.
func inForce(rates []Rate, at time.Time, w rate.Window) *Rate {
	for i := range rates {
		if r := &rates[i]; r.inForce(at) && overlap(r.Window, w) {
			return r
		}
	}
	return nil
}
