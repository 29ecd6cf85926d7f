package capacity

import (
	"slices"
	"time"

	"tandem/routing"
)

// Grant is the answer to Seize and Move.
type Grant struct {
	Place  int            // of the way taken among those asked for, from 1; 0: none
	Reason routing.Reason // why none was: the account's reason, else the first way's
	// Skipped says of each way asked for, from the first, why it was passed over.
	Skipped [routing.MaxRoutes]routing.Reason
}

// Seize takes, for a call that begins, a channel and a call per second of its
// account (0: none is counted) and the first of its ways that has room: both or
// nothing. Ways beyond routing.MaxRoutes are not looked at.
//
// A call that holds something already has asked before and did not get the
// answer: what it had is given back first, and its account is not charged twice.
func (p *Pool) Seize(callID string, account int64, routes []routing.Key, at time.Time) Grant {
	now := p.tick(at)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expire(now)
	h := p.holds[callID]
	if h != nil {
		p.unbid(h, now)
		if h.account != nil && h.account.ID != account {
			h.account.undo(now)
			h.account = nil
		}
	}
	var payer *meter // who still has to be charged
	if account != 0 && (h == nil || h.account == nil) {
		payer = p.meter(Subject{Account, account})
		if reason := payer.room(now); reason != "" {
			if h != nil {
				p.drop(h, now)
			}
			return Grant{Reason: reason}
		}
	}
	grant, way := p.choose(routes, now)
	if grant.Place == 0 {
		if h != nil {
			p.refund(h, now)
			p.drop(h, now)
		}
		return grant
	}
	if h == nil {
		h, _ = p.find(callID, now, now)
	}
	if payer != nil {
		payer.take(now)
		h.account = payer
	}
	p.bid(h, routes[grant.Place-1], way, now)
	return grant
}

// refund takes back the account's call per second of a call that is turned away
// after all.
func (p *Pool) refund(h *hold, now tick) {
	if h.account != nil {
		h.account.undo(now)
		h.account = nil
	}
}

// Move takes, after a failed attempt, the next way that has room out of those
// left, and frees the one that failed. With none left, or none with room, the
// call keeps only its account's channel, for it is still up until it is told why.
//
// A call that this node has not heard of, because another let it in, gets its
// way too; its account is that node's matter.
func (p *Pool) Move(callID string, left []routing.Key, at time.Time) Grant {
	now := p.tick(at)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expire(now)
	h := p.holds[callID]
	switch {
	case h == nil:
	case slices.Contains(left, h.key):
		p.unbid(h, now) // granted before, and the answer was lost
	default:
		p.leave(h, now)
	}
	grant, way := p.choose(left, now)
	if grant.Place == 0 {
		return grant
	}
	if h == nil {
		h, _ = p.find(callID, now, now)
	}
	p.bid(h, left[grant.Place-1], way, now)
	return grant
}

// choose finds the first way that has room; nil with a place is a route without
// a provider.
func (p *Pool) choose(routes []routing.Key, now tick) (grant Grant, way *lane) {
	for i, key := range routes[:min(len(routes), routing.MaxRoutes)] {
		way = p.lane(WayOf(key))
		if way != nil {
			grant.Skipped[i] = p.room(way, now)
		}
		if grant.Skipped[i] == "" {
			grant.Place = i + 1
			return grant, way
		}
	}
	grant.Reason = grant.Skipped[0]
	return grant, nil
}
