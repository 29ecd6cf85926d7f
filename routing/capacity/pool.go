package capacity

import (
	"sync"
	"time"

	"tandem/routing"
)

// Pool is what is in use and what is healthy, as far as this node knows.
type Pool struct {
	epoch  time.Time
	maxAge tick
	rules  rules

	meters index[meter] // by Subject
	lanes  index[lane]  // by Way

	setting sync.Mutex // before mu: one change of limits at a time
	mu      sync.Mutex
	share   share
	holds   map[string]*hold
	ages    ages
	spare   []*hold
	told    told
	expired uint64
	opened  uint64 // openings of breakers that were forgotten
	// Entries above which the indexes are looked through for what is idle.
	lanesKept, metersKept int
}

var _ routing.Room = (*Pool)(nil)

// lane is a way out with what it leads through. Only the breaker and active
// ever change.
type lane struct {
	Way
	provider *meter
	gate     *meter // nil by an address
	breaker  breaker
	active   int // holds on it; guarded by Pool.mu
}

// New makes an empty pool of a node that owns every limit whole. random is 0 to
// below 1 and is called by one goroutine at a time; nil: rests have no jitter.
func New(c Config, random func() float64, now time.Time) (*Pool, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	part := float64(c.JitterPercent) / 100
	jitter := func() float64 { return 0 }
	if random != nil {
		jitter = func() float64 { return part * random() }
	}
	p := &Pool{
		epoch:  now.Add(-scaleBegins),
		maxAge: tick(c.MaxAge),
		rules: rules{
			width: tick(c.Window / windowSlots), silence: tick(c.Silence), minFailures: c.MinFailures, percent: c.FailurePercent,
			openFor: c.OpenFor, openMax: c.OpenMax, jitter: jitter,
		},
		share: share{0, 1},
		holds: map[string]*hold{},
		told:  newTold(),
	}
	p.meters.init()
	p.lanes.init()
	p.ages.publish()
	return p, nil
}

// scaleBegins is how long before the pool its scale begins, so that calls that
// were up before it have their place on it.
const scaleBegins = 48 * time.Hour

func (p *Pool) tick(at time.Time) tick { return max(0, tick(at.Sub(p.epoch))) }

func (p *Pool) time(t tick) time.Time { return p.epoch.Add(time.Duration(t)) }

// Room is why a call that begins now has no room on a way out, or nothing. It
// changes nothing, takes no lock and may be a moment late; Seize decides.
func (p *Pool) Room(providerID, gateID, addressID int64, at time.Time) routing.Reason {
	now := p.tick(at)
	w := Way{ProviderID: providerID, GateID: gateID, AddressID: addressID}
	if l := p.lanes.get(w.words()); l != nil {
		return p.room(l, now)
	}
	if m := p.meters.get(int64(Provider), providerID); m != nil {
		if r := p.meterRoom(m, now); r != "" {
			return r
		}
	}
	if gateID != 0 {
		if m := p.meters.get(int64(Gate), gateID); m != nil {
			return p.meterRoom(m, now)
		}
	}
	return ""
}

// AccountRoom is why an account may not begin another call, or nothing; like
// Room.
func (p *Pool) AccountRoom(account int64, at time.Time) routing.Reason {
	if m := p.meters.get(int64(Account), account); m != nil {
		return p.meterRoom(m, p.tick(at))
	}
	return ""
}

// room asks the way's health first: it is what people want to know.
func (p *Pool) room(l *lane, now tick) routing.Reason {
	if r := l.breaker.room(now); r != "" {
		return r
	}
	if r := p.meterRoom(l.provider, now); r != "" {
		return r
	}
	if l.gate != nil {
		return p.meterRoom(l.gate, now)
	}
	return ""
}

// meterRoom lets a full meter pass while a hold is overdue somewhere: only
// Seize, which frees it first, can say.
func (p *Pool) meterRoom(m *meter, now tick) routing.Reason {
	r := m.room(now)
	if r != "" && p.ages.first.Load() <= int64(now) && r == m.full {
		return ""
	}
	return r
}

// meter finds or begins the count of a subject.
func (p *Pool) meter(s Subject) *meter {
	if m := p.meters.get(int64(s.Kind), s.ID); m != nil {
		return m
	}
	e := &entry[meter]{a: int64(s.Kind), b: s.ID}
	e.value.init(s, p.share.count)
	p.meters.put(e)
	return &e.value
}

// lane finds or begins a way; nil for a route without a provider.
func (p *Pool) lane(w Way) *lane {
	if w.ProviderID == 0 {
		return nil
	}
	a, b := w.words()
	if l := p.lanes.get(a, b); l != nil {
		return l
	}
	e := &entry[lane]{a: a, b: b}
	l := &e.value
	l.Way, l.provider = w, p.meter(Subject{Provider, w.ProviderID})
	l.provider.lanes++
	if w.GateID != 0 {
		l.gate = p.meter(Subject{Gate, w.GateID})
		l.gate.lanes++
	}
	p.lanes.put(e)
	return l
}
