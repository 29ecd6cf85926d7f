package capacity

import "time"

// tick is a moment in nanoseconds on the pool's own scale; never is later than
// all others, even with two bits beside it (see breaker.shut).
type tick int64

const never = tick(1)<<61 - 1

// bucket is a token bucket in whole numbers, so that no rate, however odd its
// share, gains or loses a call over time. A node owns cps/nodes calls per
// second: each nanosecond brings cps units, and a call costs nodes × 10⁹.
type bucket struct {
	cps   int64 // of all nodes; 0: no limit
	nodes int64
	level int64 // units in it at the moment at
	at    tick
}

func (b *bucket) cost() int64 { return b.nodes * int64(time.Second) }

// full is one second's worth, and never less than one call.
func (b *bucket) full() int64 { return max(b.cost(), b.cps*int64(time.Second)) }

// refill brings the level up to now. Questions may overtake each other on their
// way to the lock, so an earlier now is no news.
func (b *bucket) refill(now tick) {
	if now <= b.at {
		return
	}
	elapsed := int64(now - b.at)
	b.at = now
	if b.cps == 0 {
		return
	}
	if missing := b.full() - b.level; elapsed > missing/b.cps {
		b.level = b.full()
	} else {
		b.level += elapsed * b.cps
	}
}

// take spends one call; the caller has looked before.
func (b *bucket) take(now tick) {
	b.refill(now)
	if b.cps > 0 {
		b.level -= b.cost()
	}
}

// give takes a call back that was not made.
func (b *bucket) give(now tick) {
	b.refill(now)
	if b.cps > 0 {
		b.level = min(b.level+b.cost(), b.full())
	}
}

// next is when there is one call in it; 0 when there is now.
func (b *bucket) next() tick {
	missing := b.cost() - b.level
	if b.cps == 0 || missing <= 0 {
		return 0
	}
	return b.at + tick((missing+b.cps-1)/b.cps)
}

// set changes the rate and keeps the calls that are in it. What had no limit
// before begins full.
func (b *bucket) set(cps, nodes int64, now tick) {
	b.refill(now)
	was, unlimited := b.nodes, b.cps == 0
	b.cps, b.nodes = cps, nodes
	switch {
	case cps == 0:
		b.level = 0
	case unlimited:
		b.level = b.full()
	default:
		b.level = min(b.level*nodes/was, b.full()) // the bounds of both keep it below 2⁶³
	}
}

// calls is the level in calls, for people.
func (b *bucket) calls() float64 { return float64(b.level) / float64(b.cost()) }
