package agi

import (
	"sync"
	"time"
)

const (
	logBurst = 10          // lines of one kind at once
	logEvery = time.Second // and one more each
)

// limiter keeps a hostile peer from filling the disk with our complaints
// about it: what it holds back is counted and told with the next line.
type limiter struct {
	mu         sync.Mutex
	credit     time.Duration // saved up, at most logBurst lines' worth
	last       time.Time
	suppressed int
}

// allow reports whether a line may be written now, and how many were held
// back since the one before it.
func (l *limiter) allow(now time.Time) (suppressed int, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.last.IsZero() {
		l.credit = logBurst * logEvery
	} else {
		l.credit = min(l.credit+now.Sub(l.last), logBurst*logEvery)
	}
	l.last = now
	if l.credit < logEvery {
		l.suppressed++
		return 0, false
	}
	l.credit -= logEvery
	suppressed, l.suppressed = l.suppressed, 0
	return suppressed, true
}
