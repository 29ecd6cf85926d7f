package callflow

import (
	"sync"
	"time"
)

// Live counts the calls that this node has let in and that are not over, so
// that a node going down knows how long it is needed. It decides nothing: a
// call whose end another node heard stays in it until it is too old.
type Live struct {
	mu     sync.Mutex
	calls  map[string]time.Time // when the entry is too old
	maxAge time.Duration
}

// NewLive makes an empty count; entries older than maxAge no longer matter.
func NewLive(maxAge time.Duration) *Live {
	return &Live{calls: map[string]time.Time{}, maxAge: maxAge}
}

// Add counts a call from that moment on.
func (l *Live) Add(id string, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls[id] = at.Add(l.maxAge)
}

// Remove forgets a call: it is over, or it was never let in.
func (l *Live) Remove(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.calls, id)
}

// Count is the number of calls in progress, without those that are too old.
func (l *Live) Count(now time.Time) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, until := range l.calls {
		if now.After(until) {
			delete(l.calls, id)
		}
	}
	return len(l.calls)
}
