package capacity

import (
	"sync/atomic"
	"time"

	"tandem/routing"
)

// BreakerState is where a breaker stands.
type BreakerState uint8

// The states; see the package's diagram.
const (
	Closed BreakerState = iota
	Open
	HalfOpen
	Probing
	Unreachable
)

// BreakerStates lists the states.
func BreakerStates() []BreakerState {
	return []BreakerState{Closed, Open, HalfOpen, Probing, Unreachable}
}

// String is the state's word in the API and in metrics.
func (s BreakerState) String() string {
	switch s {
	case Closed:
		return "closed"
	case Open:
		return "open"
	case HalfOpen:
		return "half_open"
	case Probing:
		return "probing"
	case Unreachable:
		return "unreachable"
	default:
		return "unknown"
	}
}

// rules are the Config as the breaker uses it.
type rules struct {
	width       tick // of a slot of the window
	silence     tick
	minFailures int
	percent     int
	openFor     time.Duration
	openMax     time.Duration
	jitter      func() float64 // 0 to the configured part
}

// breaker keeps calls away from a way that fails. All of it but shut is guarded
// by Pool.mu.
type breaker struct {
	state  BreakerState
	since  tick          // when the state was entered
	until  tick          // Open: end of the rest. Probing: when the probe has outlived the silence limit
	rest   time.Duration // the last one, without jitter; 0 after a success
	opens  uint64
	era    uint64 // how often the state changed: what began in another era says nothing about this one
	probe  *hold  // Probing only
	recent window
	sight  []sight // what servers say of their OPTIONS

	// shut is until when no call may pass, two bits of why below it.
	shut atomic.Int64
}

// sight is whether one server reaches the way.
type sight struct {
	server  string
	reached bool
}

// Why no call may pass; the two low bits of shut.
const (
	whyOpen = iota + 1
	whyProbing
	whyUnreachable
)

// room is why no call may pass, or nothing.
func (b *breaker) room(now tick) routing.Reason {
	shut := b.shut.Load()
	if tick(shut>>2) <= now {
		return ""
	}
	switch shut & 3 {
	case whyProbing:
		return routing.ReasonProbing
	case whyUnreachable:
		return routing.ReasonUnreachable
	default:
		return routing.ReasonBreakerOpen
	}
}

// enter is the one place where the state changes.
func (b *breaker) enter(s BreakerState, now, until tick) {
	b.state, b.since, b.until, b.probe = s, now, until, nil
	b.era++
	b.recent.clear()
	shut := int64(0)
	switch s {
	case Open:
		shut = int64(until)<<2 | whyOpen
	case Probing:
		shut = int64(until)<<2 | whyProbing
	case Unreachable:
		shut = int64(until)<<2 | whyUnreachable
	case Closed, HalfOpen:
	}
	b.shut.Store(shut)
}

// settle makes the changes that the time alone has brought.
func (b *breaker) settle(now tick) {
	switch {
	case b.state == Open && now >= b.until:
		b.enter(HalfOpen, b.until, 0)
	case b.state == Probing && now >= b.until:
		b.close(b.until) // its probe did not fail in time
	}
}

func (b *breaker) close(now tick) {
	b.rest = 0
	b.enter(Closed, now, 0)
}

func (b *breaker) open(now tick, r *rules) {
	b.rest = max(r.openFor, min(2*b.rest, r.openMax))
	b.opens++
	b.enter(Open, now, now+tick(float64(b.rest)*(1+r.jitter())))
}

// bid begins an attempt of a call that room let pass.
func (b *breaker) bid(h *hold, now tick, r *rules) {
	b.settle(now)
	h.era = b.era
	switch b.state {
	case Closed:
		b.recent.bid(now, r.width)
	case HalfOpen:
		b.enter(Probing, now, now+r.silence)
		b.probe = h
	case Open, Probing, Unreachable:
	}
}

// unbid takes back a bid that was never made.
func (b *breaker) unbid(h *hold, r *rules) {
	if b.state == Closed && h.era == b.era {
		b.recent.unbid(h.bidAt, r.width)
	}
}

// leave ends a call's use of the way. A probe that leaves before anything was
// heard of it has shown nothing: the next call is the probe.
func (b *breaker) leave(h *hold, now tick) {
	b.settle(now)
	if b.probe == h {
		b.enter(HalfOpen, now, 0)
	}
}

// probed ends the probe.
func (b *breaker) probed(e Evidence, now tick, r *rules) {
	switch e {
	case Healthy:
		b.close(now)
	case Failed:
		b.open(now, r)
	case Unknown:
		b.enter(HalfOpen, now, 0)
	}
}

// failed counts a failed bid and opens when there are too many.
func (b *breaker) failed(bidAt, now tick, r *rules) {
	b.recent.fail(bidAt, r.width)
	all, settled := b.recent.count(now, r.width, r.silence)
	if r.tooMany(all) || r.tooMany(settled) {
		b.open(now, r)
	}
}

func (r *rules) tooMany(t tally) bool {
	return t.failed >= r.minFailures && t.failed*100 >= t.bids*r.percent
}

// counts says whether a bid begun then is part of the window.
func (b *breaker) counts(bidAt, now tick, r *rules) bool {
	return b.state == Closed && bidAt >= b.since && int64(bidAt/r.width) > int64(now/r.width)-windowSlots
}

// sees notes what a server says. The way is unreachable when every server that
// has a say does not reach it: one that has lost its own line must not take the
// way from the others.
func (b *breaker) sees(server string, reached bool, now tick) {
	known := false
	for i := range b.sight {
		if b.sight[i].server == server {
			b.sight[i].reached, known = reached, true
		}
	}
	if !known {
		b.sight = append(b.sight, sight{server, reached})
	}
	b.look(now)
}

// blind forgets what a server said.
func (b *breaker) blind(server string, now tick) {
	for i := range b.sight {
		if b.sight[i].server == server {
			b.sight = append(b.sight[:i], b.sight[i+1:]...)
			b.look(now)
			return
		}
	}
}

func (b *breaker) look(now tick) {
	b.settle(now)
	lost := len(b.sight) > 0
	for _, s := range b.sight {
		lost = lost && !s.reached
	}
	switch {
	case lost && b.state != Unreachable:
		b.opens++
		b.enter(Unreachable, now, never)
	case !lost && b.state == Unreachable:
		b.enter(HalfOpen, now, 0)
	}
}

// idle breakers need not be remembered.
func (b *breaker) idle(now tick, r *rules) bool {
	all, _ := b.recent.count(now, r.width, r.silence)
	return b.state == Closed && len(b.sight) == 0 && all == tally{}
}
