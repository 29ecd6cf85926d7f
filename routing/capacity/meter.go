package capacity

import (
	"sync/atomic"

	"tandem/routing"
)

// meter counts one subject.
type meter struct {
	Subject
	full, spent routing.Reason // why it has no room: channels, calls per second

	// Guarded by Pool.mu.
	limit    Limit
	channels int // this node's part of limit.Channels
	inUse    int
	bucket   bucket
	lanes    int // that lead to it

	// shut is until when there is no room: a moment when the bucket is spent,
	// never when the channels are all in use. Written under Pool.mu, read by all.
	shut atomic.Int64
}

func (m *meter) init(s Subject, count int) {
	m.Subject = s
	m.bucket.nodes = int64(count)
	switch s.Kind {
	case Provider:
		m.full, m.spent = routing.ReasonNoChannel, routing.ReasonNoCPS
	case Gate:
		m.full, m.spent = routing.ReasonGateFull, routing.ReasonGateCPS
	case Account:
		m.full, m.spent = routing.ReasonAccountFull, routing.ReasonAccountCPS
	}
}

// room is why one more call does not fit, or nothing.
func (m *meter) room(now tick) routing.Reason {
	switch shut := tick(m.shut.Load()); {
	case shut <= now:
		return ""
	case shut == never:
		return m.full
	default:
		return m.spent
	}
}

// publish tells the readers; it follows every change.
func (m *meter) publish() {
	shut := m.bucket.next()
	if m.limit.Channels > 0 && m.inUse >= m.channels {
		shut = never
	}
	m.shut.Store(int64(shut))
}

func (m *meter) set(l Limit, s share, now tick) {
	m.limit, m.channels = l, s.channels(l.Channels)
	m.bucket.set(int64(l.CPS), int64(s.count), now)
	m.publish()
}

// take is a new call; occupy is one that is up already and was paid for.
func (m *meter) take(now tick) {
	m.bucket.take(now)
	m.occupy()
}

func (m *meter) occupy() {
	m.inUse++
	m.publish()
}

// leave ends a call; undo one that was never made.
func (m *meter) leave() {
	m.inUse--
	m.publish()
}

func (m *meter) undo(now tick) {
	m.bucket.give(now)
	m.leave()
}

// idle meters need not be remembered.
func (m *meter) idle() bool { return m.inUse == 0 && m.lanes == 0 && m.limit == Limit{} }
