package capacity

import (
	"time"

	"tandem/routing"
)

// Report tells how an attempt ended. It comes before the call moves on (Move) or
// ends (Release), and may be repeated, by the end report for instance, which
// holds the whole hunt again: an attempt counts once, and one that is too old for
// the window not at all. startedAt is the attempt's, as Asterisk stamped it.
func (p *Pool) Report(callID string, key routing.Key, o routing.Outcome, startedAt, at time.Time) {
	if key.ProviderID == 0 {
		return
	}
	evidence := Weigh(o)
	way, now, stamp := WayOf(key), p.tick(at), p.tick(startedAt)
	began := min(stamp, now)
	p.mu.Lock()
	defer p.mu.Unlock()
	b := &p.lane(way).breaker
	b.settle(now)
	h := p.holds[callID]
	ours := h != nil && h.key == key && h.bidAt != 0 // its bid is counted already
	if ours {
		if h.ended {
			return
		}
		h.ended, began = true, h.bidAt
		if b.probe == h {
			b.probed(evidence, now, &p.rules)
			return
		}
		if evidence != Failed || h.era != b.era {
			return
		}
	}
	if !b.counts(began, now, &p.rules) || !p.told.first(attempt{callID, way, stamp}) {
		return
	}
	if !ours {
		b.recent.bid(began, p.rules.width) // another node let it in
	}
	if evidence == Failed {
		b.failed(began, now, &p.rules)
	}
}

// SetReachable tells whether a server's OPTIONS reach a way (PJSIP's qualify). A
// way that no server reaches takes no calls; when one reaches it again, the next
// call tries it.
func (p *Pool) SetReachable(server string, w Way, reached bool, at time.Time) {
	now := p.tick(at)
	p.mu.Lock()
	defer p.mu.Unlock()
	if l := p.lane(w); l != nil {
		l.breaker.sees(server, reached, now)
	}
}

// ForgetServer drops what a server said of its ways: nobody listens to it any
// more.
func (p *Pool) ForgetServer(server string, at time.Time) {
	now := p.tick(at)
	for l := range p.lanes.all() {
		p.mu.Lock()
		l.breaker.blind(server, now)
		p.mu.Unlock()
	}
}

// told remembers the attempts that were counted last.
type told struct {
	known map[attempt]struct{}
	ring  []attempt
	next  int
}

type attempt struct {
	call  string
	way   Way
	began tick
}

// toldMost is how many. Only what counts is remembered, and a way that fails more
// often than it works stops counting.
const toldMost = 4096

func newTold() told { return told{known: map[attempt]struct{}{}} }

// first says whether the attempt was not counted yet, and remembers it.
func (t *told) first(a attempt) bool {
	if _, known := t.known[a]; known {
		return false
	}
	if len(t.ring) < toldMost {
		t.ring = append(t.ring, a)
	} else {
		delete(t.known, t.ring[t.next])
		t.ring[t.next] = a
		t.next = (t.next + 1) % toldMost
	}
	t.known[a] = struct{}{}
	return true
}
