package quality

import (
	"time"

	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/routing"
)

// Call is a call whose routes are weighed. Of any 100 tickets in a row, two
// explore when Config.Explore is 2 %.
type Call = routing.Weighing

// Offer is a route that may carry the call.
type Offer = routing.Weighed

// Weigh sets the Worth and Weight of each offer, with every figure that went into
// it, and the call's Destination; equals are the caller's to order, by cost.
// One call in many explores: then a route that is not the best as far as is
// known comes first, and explored is its place in offers. It is -1 otherwise.
func (e *Evidence) Weigh(c *Call, offers []Offer) (explored int) {
	now := seconds(c.At)
	d := e.destination(c.B, now)
	c.Destination = routing.Destination{Prefix: d.prefixes.text(c.B, d.prefixes.n-1), Answered: ppm(d.rate)}
	all := e.stake(c, &d, offers)
	best := 0
	for i := range offers {
		o := &offers[i]
		s := e.subjects.find(o.Key)
		v := e.rate(s, &d, now)
		stake := all.of(o)
		e.worth(&v, stake, c.B, o)
		if b := &offers[best]; o.Worth > b.Worth || o.Worth == b.Worth && o.Cost < b.Cost {
			best = i
		}
	}
	if len(offers) < 2 || !e.explores(c.Ticket, e.config.Trial) {
		return -1
	}
	explored = e.explore(c, &d, offers, best)
	if explored >= 0 {
		offers[explored].Worth, offers[explored].Weight.Exploring = firstRank, true
	}
	return explored
}

// worth is how the route stands among the others: by the worth that it has at
// least, behind all when a floor says so.
func (e *Evidence) worth(v *estimate, s stake, b e164.Number, o *Offer) {
	o.Worth = s.index(v.low, v.ended, v.wait)
	own := &v.own.long
	w := &o.Weight
	*w = routing.Weight{
		Worth: money.Amount(o.Worth), Low: ppm(v.low), Samples: uint32(own.n + 0.5), Demoted: v.own.worse,
		Borrowed: ppm(v.borrowed), Lender: lender(v.lender), Expected: ppm(v.rate), Ended: ppm(v.ended),
		Gain: money.Amount(s.gain), Fee: money.Amount(s.fee), Wait: uint32(v.wait * 1000), Delay: money.Amount(s.waiting(v.wait)),
	}
	if own.n > 0 {
		w.Own = ppm(float64(own.answered / own.n))
	}
	if w.Floor, w.Floored = e.floored(v, b); w.Floored {
		o.Worth -= floorRank
	}
}

// lender is the level that a rate is borrowed from as routing keeps it: so many
// digits of the destination's prefix.
func lender(level int) int8 {
	if level < 0 {
		return routing.LentByDestination
	}
	return int8(depthOf(level))
}

// explores spreads a share of the calls evenly over the tickets. The tickets of
// a share are among those of its multiples.
func (e *Evidence) explores(ticket uint64, share Share) bool {
	t, s := ticket%uint64(Whole), uint64(share)
	return (t+1)*s/uint64(Whole) > t*s/uint64(Whole)
}

// explore picks a route to try: the one that has waited longest of those whose
// test is due. Where there is none, it is the one with the highest worth that it
// may have, if that is more than the best is known to have. A route that would
// not be the best if every call were answered is never tried.
//
// A route that is expected to be the best, and is only not known well enough, may
// have the larger share, Trial: that costs nothing on average.
func (e *Evidence) explore(c *Call, d *destination, offers []Offer, best int) (chosen int) {
	now := seconds(c.At)
	all := e.stake(c, d, offers)
	first := e.rate(e.subjects.find(offers[best].Key), d, now)
	stake := all.of(&offers[best])
	usual := stake.index(first.rate, first.ended, first.wait)
	earns := stake.gain
	test := e.explores(c.Ticket, e.config.Explore)
	hopeful, waiting := -1, -1
	hope := offers[best].Worth
	var waited time.Duration
	for i := range offers {
		v := e.rate(e.subjects.find(offers[i].Key), d, now)
		stake := all.of(&offers[i])
		if i == best || stake.gain <= 0 || stake.index(1, 1, 0) <= offers[best].Worth {
			continue
		}
		if !test && stake.index(v.rate, v.ended, v.wait) < usual {
			continue
		}
		may := stake.index(v.high, v.ended, v.wait)
		if may > hope {
			hopeful, hope = i, may
		}
		rest := e.config.Retest
		switch {
		case stake.gain <= earns:
			rest *= dearerRests
		case may > offers[best].Worth || v.own.worse != 0:
			rest = time.Duration(float64(rest) * max(0, 1-v.good(d)))
		}
		if idle := v.idle(now); test && idle > waited && idle >= rest {
			waiting, waited = i, idle
		}
	}
	if waiting >= 0 {
		return waiting
	}
	return hopeful
}

// dearerRests is how much longer a route waits that would not be the best if it
// were as good as the best is.
const dearerRests = 6

// good is how the last tests went, compared with what all routes do: 1 is as
// well.
func (v *estimate) good(d *destination) float64 {
	w := &v.own.short
	return float64(w.answered) / (float64(w.n) + 0.1) / d.rate
}
