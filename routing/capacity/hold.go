package capacity

import "tandem/routing"

// hold is what one call has taken.
type hold struct {
	call    string
	account *meter // nil: none
	key     routing.Key
	lane    *lane  // nil: the route has no provider, or there is no route
	bidAt   tick   // when the bid on lane was counted; 0: it was not, the call was restored
	era     uint64 // of the lane's breaker when the bid began
	ended   bool   // the attempt on lane is known to have been made, and how it ended
	since   tick   // when this node heard of the call
	until   tick   // when it is too old
	place   int    // in ages
}

// find is the call's hold, begun now if it has none.
func (p *Pool) find(call string, begun, now tick) (h *hold, isNew bool) {
	if h := p.holds[call]; h != nil {
		return h, false
	}
	if last := len(p.spare) - 1; last >= 0 {
		h, p.spare = p.spare[last], p.spare[:last]
	} else {
		h = &hold{}
	}
	h.call, h.since, h.until = call, now, begun+p.maxAge
	p.holds[call] = h
	p.ages.add(h)
	return h, true
}

// drop ends a hold and everything in it.
func (p *Pool) drop(h *hold, now tick) {
	p.leave(h, now)
	if h.account != nil {
		h.account.leave()
	}
	p.ages.remove(h)
	delete(p.holds, h.call)
	*h = hold{}
	p.spare = append(p.spare, h)
}

// expire drops what is too old to be a call.
func (p *Pool) expire(now tick) {
	for h := p.ages.due(now); h != nil; h = p.ages.due(now) {
		p.drop(h, now)
		p.expired++
	}
}

// bid takes a way that has room.
func (p *Pool) bid(h *hold, key routing.Key, l *lane, now tick) {
	h.key, h.lane, h.bidAt, h.ended = key, l, now, false
	if l == nil {
		return
	}
	l.active++
	l.provider.take(now)
	if l.gate != nil {
		l.gate.take(now)
	}
	l.breaker.bid(h, now, &p.rules)
}

// unbid takes back a bid that was granted and, as the call asks again, never
// made.
func (p *Pool) unbid(h *hold, now tick) {
	if l := h.lane; l != nil && h.bidAt != 0 && !h.ended {
		l.provider.bucket.give(now)
		if l.gate != nil {
			l.gate.bucket.give(now)
		}
		l.breaker.unbid(h, &p.rules)
	}
	p.leave(h, now)
}

// leave gives the way back.
func (p *Pool) leave(h *hold, now tick) {
	if l := h.lane; l != nil {
		l.active--
		l.provider.leave()
		if l.gate != nil {
			l.gate.leave()
		}
		l.breaker.leave(h, now)
	}
	h.key, h.lane, h.bidAt, h.era, h.ended = routing.Key{}, nil, 0, 0, false
}
