package capacity

import (
	"cmp"
	"slices"
	"time"
)

// State is what people see: the API, metrics and alarms.
type State struct {
	Calls    int    // that hold anything
	Opens    uint64 // of all breakers since the start
	Expired  uint64 // holds freed for their age since the start: each is a call whose end nobody heard
	Subjects []SubjectState
	Ways     []WayState
	Left     int // subjects and ways that were left out of too long a list
}

// SubjectState is a provider, gate or account that has a limit or calls.
type SubjectState struct {
	Subject

	Limit    Limit   // on all nodes together
	Channels int     // this node's part; 0 with a Limit.Channels: none
	CPS      float64 // this node's part
	InUse    int     // calls now, on this node
	Tokens   float64 // calls that may begin now, of CPS; 0 when there is no such limit
}

// WayState is a way that is in use or not well.
type WayState struct {
	Way

	State       BreakerState
	Since       time.Time // of the state; zero when it has never changed
	Until       time.Time // Open: end of the rest. Probing: latest end of the probe
	Opens       uint64    // how often it opened since the start, for whatever reason
	InUse       int       // calls now
	Bids        int       // in the window
	Failures    int       // of those bids
	Unreachable []string  // servers whose OPTIONS nobody answers
}

// State lists at most so many subjects and so many ways, those with the most
// calls first; ways that are not closed come before all others.
func (p *Pool) State(at time.Time, most int) State {
	now := p.tick(at)
	p.mu.Lock()
	p.expire(now)
	s := State{Calls: len(p.holds), Expired: p.expired, Opens: p.opened}
	p.mu.Unlock()
	for m := range p.meters.all() {
		if v, shown := p.subjectState(m, now); shown {
			s.Subjects = append(s.Subjects, v)
		}
	}
	for l := range p.lanes.all() {
		v, shown := p.wayState(l, now)
		s.Opens += v.Opens
		if shown {
			s.Ways = append(s.Ways, v)
		}
	}
	slices.SortFunc(s.Subjects, func(a, b SubjectState) int {
		return cmp.Or(cmp.Compare(b.InUse, a.InUse), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
	})
	slices.SortFunc(s.Ways, func(a, b WayState) int {
		return cmp.Or(well(a.State)-well(b.State), cmp.Compare(b.InUse, a.InUse),
			cmp.Compare(a.ProviderID, b.ProviderID), cmp.Compare(a.GateID, b.GateID), cmp.Compare(a.AddressID, b.AddressID))
	})
	s.Left = max(0, len(s.Subjects)-most) + max(0, len(s.Ways)-most)
	s.Subjects = s.Subjects[:min(len(s.Subjects), most)]
	s.Ways = s.Ways[:min(len(s.Ways), most)]
	return s
}

func well(s BreakerState) int {
	if s == Closed {
		return 1
	}
	return 0
}

func (p *Pool) subjectState(m *meter, now tick) (s SubjectState, shown bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if m.limit == (Limit{}) && m.inUse == 0 {
		return s, false
	}
	s = SubjectState{Subject: m.Subject, Limit: m.limit, Channels: m.channels, InUse: m.inUse}
	if m.limit.CPS > 0 {
		m.bucket.refill(now)
		s.CPS = float64(m.limit.CPS) / float64(m.bucket.nodes)
		s.Tokens = m.bucket.calls()
	}
	return s, true
}

func (p *Pool) wayState(l *lane, now tick) (s WayState, shown bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := &l.breaker
	b.settle(now)
	all, _ := b.recent.count(now, p.rules.width, p.rules.silence)
	s = WayState{Way: l.Way, State: b.state, Opens: b.opens, InUse: l.active, Bids: all.bids, Failures: all.failed}
	if b.since != 0 {
		s.Since = p.time(b.since)
	}
	if b.state == Open || b.state == Probing {
		s.Until = p.time(b.until)
	}
	for _, v := range b.sight {
		if !v.reached {
			s.Unreachable = append(s.Unreachable, v.server)
		}
	}
	return s, b.opens > 0 || l.active > 0 || all.bids > 0 || len(s.Unreachable) > 0
}
