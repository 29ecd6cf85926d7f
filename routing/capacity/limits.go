package capacity

import (
	"errors"
	"time"
)

// SetLimits puts the limits of a snapshot in force; a subject that is not among
// them has none. The calls in progress stay counted: a limit lowered below them
// refuses until enough have ended. A limit that makes no sense is reported, and
// the subject keeps the one it had.
//
// Each subject changes by itself, so calls wait for one at most.
func (p *Pool) SetLimits(limits map[Subject]Limit, at time.Time) error {
	now := p.tick(at)
	p.setting.Lock()
	defer p.setting.Unlock()
	var problems []error
	for s, l := range limits {
		if err := validLimit(s, l); err != nil {
			problems = append(problems, err)
			continue
		}
		p.setLimit(s, l, now)
	}
	for m := range p.meters.all() {
		if _, given := limits[m.Subject]; !given {
			p.setLimit(m.Subject, Limit{}, now)
		}
	}
	p.prune(now)
	return errors.Join(problems...)
}

func (p *Pool) setLimit(s Subject, l Limit, now tick) {
	p.mu.Lock()
	defer p.mu.Unlock()
	m := p.meters.get(int64(s.Kind), s.ID)
	if m == nil {
		if l == (Limit{}) {
			return // nobody has to remember that
		}
		m = p.meter(s)
	}
	if m.limit != l {
		m.set(l, p.share, now)
	}
}

// SetShare makes this node the one of that index, from 0, among count nodes. It
// owns its part of every limit from now on.
func (p *Pool) SetShare(index, count int, at time.Time) error {
	s := share{index, count}
	if err := s.validate(); err != nil {
		return err
	}
	now := p.tick(at)
	p.setting.Lock()
	defer p.setting.Unlock()
	p.mu.Lock()
	same := p.share == s
	p.share = s
	p.mu.Unlock()
	if same {
		return nil
	}
	for m := range p.meters.all() {
		p.mu.Lock()
		m.set(m.limit, s, now)
		p.mu.Unlock()
	}
	return nil
}

// pruneFrom is how many entries are not worth looking through.
const pruneFrom = 4096

// prune forgets the ways and subjects that nothing is known of, when most of the
// index could be such: rows come and go, a node stays.
func (p *Pool) prune(now tick) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lanes.n > max(pruneFrom, p.lanesKept) {
		p.lanes.rebuild(func(l *lane) bool {
			if l.active > 0 || !l.breaker.idle(now, &p.rules) {
				return true
			}
			p.opened += l.breaker.opens
			l.provider.lanes--
			if l.gate != nil {
				l.gate.lanes--
			}
			return false
		})
		p.lanesKept = 2 * p.lanes.n
	}
	if p.meters.n > max(pruneFrom, p.metersKept) {
		p.meters.rebuild(func(m *meter) bool { return !m.idle() })
		p.metersKept = 2 * p.meters.n
	}
}
