package quality

import (
	"sync"
	"time"
)

// Settle tells Evidence of attempts in the order in which they began.
//
// Ends come in another order: a refusal after milliseconds, an answer when the
// talk is over, perhaps after an hour. Told as they come, the first minute of a
// route's new traffic would be nothing but failures. So an attempt waits until
// all before it are known, and one that is still going on after the longest time
// it may ring has been answered. What fails at once is not for this to notice:
// that is what breakers are for.
type Settle struct {
	evidence *Evidence
	rings    time.Duration // no attempt rings longer

	mu    sync.Mutex
	queue []bid // a ring: from first on, count of them
	first int
	count int
	open  map[bidKey]int // places of bids that are not over
}

type bidKey struct {
	call string
	n    int
}

type bid struct {
	key   bidKey
	tried Tried
	over  bool
}

// NewSettle makes an empty queue for at most so many attempts; beyond that the
// oldest goes, without a word about it when its end is not known. rings is the
// longest time that an attempt may go on without an answer.
func NewSettle(e *Evidence, rings time.Duration, size int) *Settle {
	return &Settle{evidence: e, rings: rings, queue: make([]bid, max(1, size)), open: map[bidKey]int{}}
}

// Offered begins the n-th attempt of a call. Of t only Key, B, At and Spoilt
// count.
func (q *Settle) Offered(call string, n int, t Tried) {
	q.mu.Lock()
	defer q.mu.Unlock()
	key := bidKey{call, n}
	if _, twice := q.open[key]; twice {
		return
	}
	if q.count == len(q.queue) {
		q.take()
	}
	place := (q.first + q.count) % len(q.queue)
	q.queue[place] = bid{key: key, tried: t}
	q.open[key] = place
	q.count++
}

// Over ends an attempt. An attempt that was never offered here, or was taken for
// answered already, changes nothing.
func (q *Settle) Over(call string, n int, o Outcome) {
	q.mu.Lock()
	defer q.mu.Unlock()
	key := bidKey{call, n}
	place, ok := q.open[key]
	if !ok {
		return
	}
	delete(q.open, key)
	b := &q.queue[place]
	b.over, b.tried.Outcome = true, o
}

// Forget takes an attempt back: it never reached its route.
func (q *Settle) Forget(call string, n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	key := bidKey{call, n}
	if place, ok := q.open[key]; ok {
		delete(q.open, key)
		q.queue[place].over, q.queue[place].tried.Spoilt = true, true
	}
}

// Tick tells Evidence what is known by now. Call it every second or so.
func (q *Settle) Tick(now time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.count > 0 {
		b := &q.queue[q.first]
		if !b.over {
			if now.Sub(b.tried.At) < q.rings {
				return
			}
			b.over, b.tried.Outcome = true, Outcome{Seized: true, Answered: true, Ended: true, Wait: -1}
		}
		q.take()
	}
}

// take learns the oldest attempt and removes it.
func (q *Settle) take() {
	b := &q.queue[q.first]
	delete(q.open, b.key)
	if b.over {
		q.evidence.Learn(&b.tried)
	}
	*b = bid{}
	q.first = (q.first + 1) % len(q.queue)
	q.count--
}
