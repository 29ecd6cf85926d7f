package rate

import (
	"cmp"
	"errors"
	"fmt"
	"sort"
	"time"

	"tandem/internal/money"
)

// Card is all that a call is priced by: the rates of one number in one deck, and
// the time zone of their windows. Of Rates the first that is valid at a moment
// is in force; where none is, the one before goes on, at the beginning of a call
// the first of the list.
//
// A card is not changed once it is made, so copies may share Rates.
type Card struct {
	Zone  *time.Location // nil: UTC
	Rates []Rate
}

// ErrNoRate is the answer of a card without rates.
var ErrNoRate = errors.New("card without rates")

// Validate names the field that makes the card unusable.
func (c *Card) Validate() error {
	if len(c.Rates) == 0 {
		return ErrNoRate
	}
	for i := range c.Rates {
		if err := c.Rates[i].Validate(); err != nil {
			return fmt.Errorf("rate %d: %w", i+1, err)
		}
	}
	return nil
}

// At is the rate in force at a moment.
func (c *Card) At(t time.Time) Rate {
	if len(c.Rates) == 0 {
		return Rate{}
	}
	return c.Rates[c.at(t, 0)]
}

// at is the place of the rate in force; current goes on where none is valid.
func (c *Card) at(t time.Time, current int) int {
	if len(c.Rates) == 1 {
		return 0
	}
	t = t.In(c.zone())
	for i := range c.Rates {
		if c.Rates[i].validAt(t) {
			return i
		}
	}
	return current
}

func (c *Card) zone() *time.Location { return cmp.Or(c.Zone, time.UTC) }

// AttemptFee is what an attempt at that moment costs, answered or not.
func (c *Card) AttemptFee(at time.Time) money.Amount {
	if len(c.Rates) == 0 {
		return 0
	}
	return c.Rates[c.at(at, 0)].AttemptFee
}

// Price is the exact price of an answered call, without the attempt fee. Grace,
// free seconds, connection fee and minimum are those of the rate in force at the
// answer, the first increment that of the rate in force when the clock of the
// charge starts. An increment belongs wholly to the rate and step in force at
// its beginning. Talk 0 costs nothing.
//
// It takes one step for each border of a window, date or price step that the
// call crosses, however long it is.
func (c *Card) Price(answered time.Time, talk time.Duration) (Exact, error) {
	switch {
	case len(c.Rates) == 0:
		return Exact{}, ErrNoRate
	case talk < 0 || talk > MaxTalk:
		return Exact{}, ErrTalk
	}
	return c.exact(answered, started(talk)).times(Weight), nil
}

// exact is Price in 1/6000 of 1e-6.
func (c *Card) exact(answered time.Time, seconds int64) Exact {
	current := c.at(answered, 0)
	opening := &c.Rates[current]
	if len(c.Rates) == 1 {
		return opening.exact(seconds)
	}
	if seconds <= int64(opening.Grace) || seconds <= 0 {
		return Exact{}
	}
	seconds -= int64(opening.Free)
	start := answered.Add(time.Duration(opening.Free) * time.Second) // of the charge
	var sum Exact
	for billed := int64(0); billed < seconds; {
		now := start.Add(time.Duration(billed) * time.Second)
		current = c.at(now, current)
		r := &c.Rates[current]
		perMinute, step := r.at(billed)
		increments := int64(1)
		length := int64(r.First)
		if billed > 0 {
			length = int64(r.Next)
			// As many as begin before the talk ends, the next step or another rate.
			increments = ceil(seconds-billed, length)
			if step > 0 {
				increments = min(increments, ceil(step, length))
			}
			if holds, ends := c.holds(now, current); ends {
				increments = min(increments, ceil(int64(holds), length*int64(time.Second)))
			}
		}
		sum = sum.add(uint64(perMinute), uint64(increments*length))
		billed += increments * length
	}
	return opening.fees(sum)
}

func ceil(a, b int64) int64 { return (a + b - 1) / b }

// Afford is the longest talk in whole seconds, at most most, whose price is
// within the budget once it is converted and rounded: normally the end of an
// increment. It is 0 when not even the first second is.
func (c *Card) Afford(answered time.Time, budget money.Amount, from, to money.FX, most time.Duration) time.Duration {
	if len(c.Rates) == 0 || budget < 0 {
		return 0
	}
	// The price never falls with the talk, so the first second too many can be
	// searched for.
	longest := int(min(most, MaxTalk) / time.Second)
	return time.Duration(sort.Search(longest, func(i int) bool {
		price, err := c.exact(answered, int64(i)+1).times(Weight).In(from, to)
		return err != nil || price.Nearest > budget
	})) * time.Second
}
