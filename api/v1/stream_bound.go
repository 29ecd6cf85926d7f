package v1

import "sync"

// streamsEach is how many streams one user may have: one a tab, and some to spare.
// topicsEach is how many topics they may have together: each may ask MariaDB once
// a second.
const (
	streamsEach = 24
	topicsEach  = 64
)

// perUser bounds how much of a thing each user has at a time, so that nobody takes
// it from the others.
type perUser struct {
	mu  sync.Mutex
	has map[int64]int
}

// take says whether the user may have n more. give must follow if so.
func (p *perUser) take(user int64, n, most int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.has[user]+n > most {
		return false
	}
	if p.has == nil {
		p.has = map[int64]int{}
	}
	p.has[user] += n
	return true
}

func (p *perUser) give(user int64, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.has[user] -= n; p.has[user] <= 0 {
		delete(p.has, user)
	}
}
