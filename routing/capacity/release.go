package capacity

import (
	"strings"
	"time"

	"tandem/routing"
)

// Release frees what a call holds, once; again, or for a call that this node
// does not know, it does nothing.
func (p *Pool) Release(callID string, at time.Time) {
	now := p.tick(at)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expire(now)
	if h := p.holds[callID]; h != nil {
		p.drop(h, now)
	}
}

// Restore takes up a call that Asterisk says is up, with the route it is on (the
// zero Key: none). It was let in before, so it costs no call per second and may
// exceed the limits, which then refuse until enough calls have ended. Of a call
// that is known only a missing account is filled in: what this node has heard
// since is newer than the list.
func (p *Pool) Restore(callID string, account int64, key routing.Key, startedAt, at time.Time) {
	now := p.tick(at)
	begun := min(p.tick(startedAt), now)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expire(now)
	if begun+p.maxAge <= now {
		return // no call is that old
	}
	h, isNew := p.find(callID, begun, now)
	if account != 0 && h.account == nil {
		h.account = p.meter(Subject{Account, account})
		h.account.occupy()
	}
	if !isNew {
		return
	}
	h.key = key
	if h.lane = p.lane(WayOf(key)); h.lane != nil {
		h.lane.active++
		h.lane.provider.occupy()
		if h.lane.gate != nil {
			h.lane.gate.occupy()
		}
	}
}

// Reconcile frees the holds of a server's calls that are not up any more: not in
// live, which the server was asked for at asOf, and held since before that. It
// returns how many there were. Calls of other servers stay as they are.
func (p *Pool) Reconcile(server string, live map[string]struct{}, asOf, at time.Time) int {
	asked, now := p.tick(asOf), p.tick(at)
	freed := 0
	for _, call := range p.heldBefore(server, asked) {
		if _, up := live[call]; up {
			continue
		}
		p.mu.Lock()
		// It may have ended meanwhile, and even come again.
		if h := p.holds[call]; h != nil && h.since < asked {
			p.drop(h, now)
			freed++
		}
		p.mu.Unlock()
	}
	return freed
}

// heldBefore copies the ids, so that calls wait for the copy only and not for
// the comparison.
func (p *Pool) heldBefore(server string, asked tick) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var calls []string
	for call, h := range p.holds {
		if h.since < asked && ownedBy(call, server) {
			calls = append(calls, call)
		}
	}
	return calls
}

// ownedBy says whether a call id was given by the server. An id is the server's
// name, a dash and a rest without one: alpha-2-1700000000.7 is of alpha-2, not of
// alpha.
func ownedBy(callID, server string) bool {
	dash := strings.LastIndexByte(callID, '-')
	return dash >= 0 && callID[:dash] == server
}
