package rate_test

import (
	"math/big"
	"time"

	"tandem/billing/rate"
	"tandem/internal/money"
)

// The model prices a call in the plainest way that can be thought of: it lays
// increment after increment, asks for each which rate is in force when it
// begins, and adds up fractions. It shares nothing with the package but types.

// modelPrice is the price in whole units of the card's currency.
func modelPrice(c rate.Card, answered time.Time, talk time.Duration) *big.Rat {
	seconds := int64(0)
	for time.Duration(seconds)*time.Second < talk {
		seconds += max(1, int64((talk-time.Duration(seconds)*time.Second)/time.Second))
	}
	opening := modelInForce(c, answered, 0)
	r := c.Rates[opening]
	if seconds == 0 || seconds <= int64(r.Grace) {
		return new(big.Rat)
	}
	start := answered.Add(time.Duration(r.Free) * time.Second)
	seconds -= int64(r.Free)
	at := map[money.Rate]int64{} // seconds by price per minute
	current := opening
	for billed := int64(0); billed < seconds; {
		current = modelInForce(c, start.Add(time.Duration(billed)*time.Second), current)
		v := &c.Rates[current]
		length := int64(v.Next)
		if billed == 0 {
			length = int64(v.First)
		}
		perMinute := v.PerMinute
		for _, s := range v.Steps {
			if s.After > 0 && billed >= int64(s.After) {
				perMinute = s.PerMinute
			}
		}
		at[perMinute] += length
		billed += length
	}
	price := new(big.Rat)
	for perMinute, seconds := range at {
		part := new(big.Rat).SetFrac64(int64(perMinute), 60*100_000_000)
		price.Add(price, part.Mul(part, new(big.Rat).SetInt64(seconds)))
	}
	price.Add(price, big.NewRat(int64(r.ConnectionFee), 1_000_000))
	if least := big.NewRat(int64(r.Minimum), 1_000_000); price.Cmp(least) < 0 {
		return least
	}
	return price
}

// modelInForce reads dates and windows off a calendar and a clock on the wall.
func modelInForce(c rate.Card, at time.Time, current int) int {
	zone := c.Zone
	if zone == nil {
		zone = time.UTC
	}
	wall := at.In(zone)
	minute := wall.Hour()*60 + wall.Minute()
	today := [7]int{time.Sunday: 6, time.Monday: 0, time.Tuesday: 1, time.Wednesday: 2, time.Thursday: 3, time.Friday: 4, time.Saturday: 5}[wall.Weekday()]
	yesterday := (today + 6) % 7
	for i := range c.Rates {
		r := &c.Rates[i]
		if !r.From.IsZero() && at.UnixNano() < r.From.UnixNano() || !r.To.IsZero() && at.UnixNano() >= r.To.UnixNano() {
			continue
		}
		on := func(day int) bool { return r.Window.Days == 0 || r.Window.Days>>day&1 == 1 }
		start, end := int(r.Window.Start), int(r.Window.End)
		var in bool
		switch {
		case start == 0 && (end == 0 || end == 1440): // the whole day
			in = on(today)
		case start < end:
			in = on(today) && start <= minute && minute < end
		default: // over midnight
			in = on(today) && minute >= start || on(yesterday) && minute < end
		}
		if in {
			return i
		}
	}
	return current
}

// modelCharge is the price in another currency, rounded half up; tooMuch says
// that it does not fit.
func modelCharge(price *big.Rat, from, to money.FX) (charge int64, tooMuch bool) {
	x := new(big.Rat).Mul(price, big.NewRat(1_000_000, 1))
	x.Mul(x, new(big.Rat).SetFrac64(int64(to), int64(from)))
	x.Add(x, big.NewRat(1, 2))
	v := new(big.Int).Div(x.Num(), x.Denom()) // Euclidean: down, as x is not below zero
	return v.Int64(), !v.IsInt64() || v.Int64() > 1<<63-2
}
