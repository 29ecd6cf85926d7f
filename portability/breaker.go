package portability

import (
	"sync"
	"time"
)

const (
	failuresToRest = 3           // in a row
	firstRest      = time.Second // doubled by every probe that fails
	longestRest    = 30 * time.Second
)

// breaker leaves a failing source alone: after failures in a row it rests,
// then one dip, the probe, tries whether the source is back. So a dead source
// costs one call in a while its time, not every call.
type breaker struct {
	mu       sync.Mutex
	failures int
	rest     time.Duration // 0: the source is asked
	until    time.Time
	probing  bool
}

// change is what a result did to the breaker.
type change int

const (
	unchanged change = iota
	opened           // it was asked until now, and rests
	closed           // it was at rest, and is back
)

// allow reports whether the source may be asked now, and whether that is the
// probe. Every allowed question must be followed by done.
func (b *breaker) allow(now time.Time) (probe, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.rest == 0:
		return false, true
	case b.probing || now.Before(b.until):
		return false, false
	default:
		b.probing = true
		return true, true
	}
}

// done takes the result of a question. While the source is at rest only the
// probe counts: the other results belong to questions of before.
func (b *breaker) done(now time.Time, probe, failed bool) change {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case probe && !failed:
		b.failures, b.rest, b.probing = 0, 0, false
		return closed
	case probe:
		b.rest, b.probing = min(2*b.rest, longestRest), false
		b.until = now.Add(b.rest)
		return unchanged
	case b.rest > 0:
		return unchanged
	case !failed:
		b.failures = 0
		return unchanged
	}
	b.failures++
	if b.failures < failuresToRest {
		return unchanged
	}
	b.rest = firstRest
	b.until = now.Add(b.rest)
	return opened
}
