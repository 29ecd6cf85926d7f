package fx

import (
	"slices"
	"time"

	"tandem/billing/rate"
	"tandem/internal/money"
)

// Change is a rate that comes in, and what is there already.
type Change struct {
	Rate
	Before   money.FX      // of that very day; 0: none
	Last     money.FX      // the rate that it follows or, without one, the next; 0: it is the only one
	LastFrom time.Time     // of Last
	Move     *rate.Percent // against Last; nil: there is none, or it cannot be told
}

// Compare lists what rates change in a table: new days, and days with another
// rate. A rate that is there already is left out.
func Compare(was, rates []Rate) []Change {
	merged := merge(was, rates)
	old := slices.SortedFunc(slices.Values(was), order)
	var list []Change
	for i, r := range merged {
		if !r.comes {
			continue
		}
		c := Change{Rate: r.Rate}
		if at, ok := slices.BinarySearchFunc(old, r.Rate, order); ok {
			if c.Before = old[at].PerEUR; c.Before == c.PerEUR {
				continue
			}
		}
		switch {
		case i > 0 && merged[i-1].Currency == r.Currency:
			c.Last, c.LastFrom = merged[i-1].PerEUR, merged[i-1].From
		case i+1 < len(merged) && merged[i+1].Currency == r.Currency:
			c.Last, c.LastFrom = merged[i+1].PerEUR, merged[i+1].From
		}
		c.Move = move(c.Last, c.PerEUR)
		list = append(list, c)
	}
	return list
}

type merged struct {
	Rate
	comes bool
}

// merge is the table as it will be, by currency and time.
func merge(was, rates []Rate) []merged {
	list := make([]merged, 0, len(was)+len(rates))
	for _, r := range rates {
		list = append(list, merged{r, true})
	}
	for _, r := range was {
		list = append(list, merged{r, false})
	}
	slices.SortStableFunc(list, func(a, b merged) int { return order(a.Rate, b.Rate) })
	// What comes in stands before what it takes the place of.
	return slices.CompactFunc(list, func(a, b merged) bool { return order(a.Rate, b.Rate) == 0 })
}

// move is the change of a rate in percent.
func move(from, to money.FX) *rate.Percent {
	if from <= 0 {
		return nil
	}
	const hundred = 100_0000 // percent, with the digits of rate.Percent
	v, err := money.MulDiv(int64(to-from), hundred, int64(from))
	p := rate.Percent(v)
	if err != nil || p > rate.MaxPercent || p < -rate.MaxPercent {
		return nil
	}
	return &p
}

// Far says whether a rate moves by more than so many percent. A move that is too
// great to be told is one.
func (c Change) Far(percent int64) bool {
	if c.Last == 0 {
		return false
	}
	const onePercent = 10_000
	return c.Move == nil || *c.Move > rate.Percent(percent*onePercent) || *c.Move < -rate.Percent(percent*onePercent)
}
