package quality

import (
	"time"

	"tandem/internal/e164"
	"tandem/routing"
)

// destination is what all routes together make of calls to a number, worked out
// once a call.
type destination struct {
	prefixes prefixes
	rates    [levels]float64 // answered, by prefix: each leans on the shorter ones that know more
	rate     float64         // of the longest
}

// destination asks what is known of a number's prefixes, whatever the route.
func (e *Evidence) destination(b e164.Number, now uint32) destination {
	d := destination{prefixes: prefixesOf(b), rate: float64(e.config.Belief) / float64(Whole)}
	k := float64(e.config.Borrowed) / destinationSooner
	var path [levels]memo
	for level := range d.prefixes.n {
		e.read(d.prefixes.id(everybody, level), now, &path[level])
	}
	for level := range d.prefixes.n {
		w := &path[level].long
		if level == d.prefixes.n-1 || knowsMore(w, &path[level+1].long, k) {
			d.rate = (float64(w.answered) + k*d.rate) / (float64(w.n) + k)
		}
		d.rates[level] = d.rate
	}
	return d
}

// destinationSooner is how much sooner a destination's rate is believed than a
// route's: all routes' calls are in it, and each call of a route is compared with
// it when it is learnt, the first ones, too.
const destinationSooner = 4

// knowsMore says that a prefix has enough calls besides those of the longer one
// below it: else they are the same calls again, and would count as often as there
// are prefixes.
func knowsMore(w, below *window, k float64) bool { return float64(w.n) >= float64(below.n)+k }

// estimate is what is believed of a route's next call to a destination.
type estimate struct {
	own       memo    // its calls to the longest prefix
	borrowed  float64 // answered, if it knew nothing of its own here
	lender    int     // level that the borrowed rate comes from; -1: the destination alone
	rate      float64 // answered: its own calls and the borrowed rate together
	low, high float64 // bounds of rate, each of which holds with Config.Sure
	ended     float64 // share of calls after which the hunt does not go on
	wait      float64 // seconds until something is heard or the attempt is over
}

// How far a borrowed rate may be from that of the destination, and what is
// believed of the rest where nothing is known.
const (
	mostTimes   = 4.0
	endedBelief = 0.9
	waitBelief  = 3.0
	waitCalls   = 2.0 // that the delay of the long memory counts as
)

// rate works out what a route's next call will do.
//
// A route with few calls to this prefix borrows: the destination's rate, times
// what the route does elsewhere compared with the other routes there. Elsewhere
// is the provider's tier everywhere, then the shorter prefixes, as far as they
// know more than the prefix below them.
func (e *Evidence) rate(s subject, d *destination, now uint32) estimate {
	k := float64(e.config.Borrowed)
	var path [levels]memo
	e.read(d.prefixes.id(s.provider, 0), now, &path[0])
	last := d.prefixes.n - 1
	for level := 1; level <= last; level++ {
		e.read(d.prefixes.id(s.own, level), now, &path[level])
		if path[level].samples == 0 {
			break // nor does it know a longer prefix
		}
		path[level].doubt(&path[0], float32(k))
	}
	times, ended, wait, lender := 1.0, endedBelief, waitBelief, -1
	for level := range last {
		w, below := &path[level].long, &path[level+1].long
		if !knowsMore(w, below, k) {
			continue
		}
		usual := k * d.rates[level]
		times = (float64(w.answered) + usual*times) / (float64(w.expected) + usual)
		ended = (float64(w.ended) + k*ended) / (float64(w.n) + k)
		wait = (float64(w.waited) + k*wait) / (float64(w.n) + k)
		lender = level
	}
	v := estimate{own: path[last], lender: lender}
	v.borrowed = min(d.rate*min(max(times, 1/mostTimes), mostTimes), 0.999)
	w := &v.own.long
	n := float64(w.n) + k
	v.rate = (float64(w.answered) + k*v.borrowed) / n
	v.low, v.high = wilson(v.rate, n, e.sigmas)
	v.ended = max((float64(w.ended)+k*ended)/n, v.rate, leastEnded)
	wait = (float64(w.waited) + k*wait) / n
	w = &v.own.short // a delay varies little: the last calls tell it
	v.wait = (float64(w.waited) + waitCalls*wait) / (float64(w.n) + waitCalls)
	return v
}

// leastEnded keeps a route that nearly always passes the call on from looking
// infinitely good on the rest.
const leastEnded = 0.02

// floored says which hard rule puts the route behind all others, and by what
// figure.
func (e *Evidence) floored(v *estimate, b e164.Number) (floor routing.Floor, below bool) {
	w := &v.own.long
	for i := range e.config.Floors {
		f := &e.config.Floors[i]
		if len(b) < len(f.Prefix) || string(b[:len(f.Prefix)]) != f.Prefix {
			continue
		}
		of := w.seized
		if f.Measure == MeasureABR {
			of = w.n
		}
		if of >= float32(f.Over) && float64(w.answered)*float64(Whole) < float64(f.Least)*float64(of) {
			return routing.Floor{
				ABR: f.Measure == MeasureABR, Prefix: f.Prefix, Least: int32(f.Least), Over: uint32(f.Over),
				Share: ppm(float64(w.answered / of)), Of: uint32(of + 0.5),
			}, true
		}
	}
	return routing.Floor{}, false
}

// idle is how long nothing was heard of the route at this destination.
func (v *estimate) idle(now uint32) time.Duration {
	return time.Duration(now-min(now, v.own.last)) * time.Second
}
