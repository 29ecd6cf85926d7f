package callflow

import (
	"container/heap"
	"context"
	"errors"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"tandem/billing"
	"tandem/routing"
)

// Line is how the keeper reaches a call in progress, on the Asterisk that has it.
type Line interface {
	// Limit says when the talk limit strikes. ErrNoCall: the call is over.
	Limit(ctx context.Context, callID string) (Armed, error)
	// Arm lets the call talk for left from now, total since its answer, and then
	// plays a sound to the caller, unless it is empty.
	Arm(ctx context.Context, callID string, a Armed, left, total time.Duration, spent string) error
	// Warn whispers a sound to the caller.
	Warn(ctx context.Context, callID, sound string) error
}

// Armed is the talk limit of a call as Asterisk has it.
type Armed struct {
	Answered bool
	Called   string        // the called channel
	Left     time.Duration // until the limit strikes
	Talked   time.Duration // since the answer
	At       time.Time     // our time when that was so
}

// ErrNoCall says that Asterisk has no such call any more.
var ErrNoCall = errors.New("call is over")

// Keeper keeps calls in progress paid for: before the talk of a slice ends it
// sets the money of the next one aside and moves Asterisk's limit. The limit lies
// with Asterisk all the time, so a keeper that dies, hangs or loses its way can
// only let a call end early, never late.
//
//	check ──▶ Line.Limit ── far from its end ──▶ again shortly before
//	              │ near its end
//	              ▼
//	        HoldStore.Extend ── granted ──▶ Line.Arm ──▶ again before the new end
//	              │ no money
//	              ▼
//	        Line.Warn, and asked again until the limit strikes: a top-up goes on
//
// What is due is asked of Asterisk each time, nothing is remembered from events.
type Keeper struct {
	cfg KeeperConfig

	mu    sync.Mutex
	calls map[string]*kept
	due   dueHeap
	wake  chan struct{}

	whispers sync.WaitGroup
}

// KeeperConfig is what a keeper works with.
type KeeperConfig struct {
	Money    Money
	MaxTalk  time.Duration
	Holds    billing.HoldStore
	Line     func(server string) Line // nil: that server cannot be reached from here
	Snapshot func() *routing.Snapshot
	Sounds   map[Message]string
	Metrics  KeeperMetrics
	Now      func() time.Time
	Log      zerolog.Logger
}

// KeeperMetrics counts what the keeper does.
type KeeperMetrics interface {
	Extended(outcome string) // granted, refused, failed
	Warned()
}

// kept is one call in progress.
type kept struct {
	view

	next  time.Time // of the next check; zero: none
	busy  bool      // a check is at work
	gone  bool      // removed meanwhile
	index int       // in the heap; -1: not in it

	low        bool // the last check says that the caller is to be told; the worker's
	whispering bool // the caller is being told
}

// view is the part of it that Running shows.
type view struct {
	hold     billing.Hold // Amount and Paid grow
	account  int64        // whose call it is, whoever pays
	answered time.Time    // zero: not known to be answered
	warned   bool         // the caller was told that this slice is the last
}

// workers is how many calls are looked after at a time.
const workers = 32

// NewKeeper makes a keeper without calls.
func NewKeeper(c KeeperConfig) *Keeper {
	return &Keeper{cfg: c, calls: map[string]*kept{}, wake: make(chan struct{}, 1)}
}

// Add takes a call whose money is set aside. Added again, the hold that pays for
// more talk stands.
func (k *Keeper) Add(h billing.Hold, account int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	c := k.calls[h.CallID]
	if c == nil {
		c = &kept{view: view{hold: h, account: account}, index: -1}
		k.calls[h.CallID] = c
	} else if h.Paid > c.hold.Paid && !c.busy {
		c.hold = h
	}
	if h.Limited && !c.busy {
		k.schedule(c, k.firstCheck(c))
	}
}

// Kept is how many calls are kept paid for.
func (k *Keeper) Kept() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.calls)
}

// firstCheck is when a call that was just added is looked at. One that began a
// while ago is another node's, or from before a restart: the last of what is paid
// may not have reached Asterisk.
func (k *Keeper) firstCheck(c *kept) time.Time {
	if now := k.cfg.Now(); now.Sub(c.hold.BeganAt) > adopted {
		return now
	}
	return c.hold.BeganAt.Add(k.beforeEnd(c.hold.Paid))
}

// adopted is the age at which a call is no new one.
const adopted = 5 * time.Second

// Remove forgets a call that is over.
func (k *Keeper) Remove(callID string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if c := k.calls[callID]; c != nil {
		k.drop(c)
	}
}

// Gone forgets the calls of a server that began before asOf and are not up.
func (k *Keeper) Gone(server string, asOf time.Time, up map[string]struct{}) {
	k.dropWhere(func(c *kept) bool {
		_, is := up[c.hold.CallID]
		return !is && c.hold.Server == server && c.hold.BeganAt.Before(asOf)
	})
}

// Forget drops the calls that began before then: those of a server whose channels
// this node does not see. No call can be up for so long.
func (k *Keeper) Forget(before time.Time) {
	k.dropWhere(func(c *kept) bool { return c.hold.BeganAt.Before(before) })
}

func (k *Keeper) dropWhere(over func(*kept) bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, c := range k.calls {
		if over(c) {
			k.drop(c)
		}
	}
}

// drop is called with the lock held.
func (k *Keeper) drop(c *kept) {
	c.gone = true
	k.unschedule(c)
	delete(k.calls, c.hold.CallID)
}

// Answered tells when a call was seen answered; what was told first stands.
func (k *Keeper) Answered(callID string, at time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if c := k.calls[callID]; c != nil && c.answered.IsZero() {
		c.answered = at
	}
}

func (k *Keeper) answeredAt(c *kept) time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return c.answered
}

// Has says whether the keeper has a call.
func (k *Keeper) Has(callID string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.calls[callID] != nil
}

// beforeEnd is when a call with that much paid talk is looked at, from the moment
// of which its talk is counted.
func (k *Keeper) beforeEnd(left time.Duration) time.Duration {
	return max(left-k.cfg.Money.Lead, min(left/2, time.Second))
}

// Run looks after the calls until ctx ends.
func (k *Keeper) Run(ctx context.Context) {
	work := make(chan *kept)
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for c := range work {
				next := k.check(ctx, c)
				if c.low {
					k.warn(ctx, c)
				}
				k.done(c, next)
			}
		})
	}
	defer k.whispers.Wait()
	defer group.Wait()
	defer close(work)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-k.wake:
		case <-timer.C:
		}
		for {
			c, wait := k.take()
			if c == nil {
				timer.Reset(wait)
				break
			}
			select {
			case work <- c:
			case <-ctx.Done():
				return
			}
		}
	}
}

// idle is how long Run waits when nothing is due; a new call wakes it.
const idle = time.Minute

// take gives the call whose check is due, or how long to wait for one.
func (k *Keeper) take() (*kept, time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.due) == 0 {
		return nil, idle
	}
	c := k.due[0]
	if wait := c.next.Sub(k.cfg.Now()); wait > 0 {
		return nil, wait
	}
	k.unschedule(c)
	c.busy = true
	return c, 0
}

func (k *Keeper) done(c *kept, next time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	c.busy = false
	if !c.gone && !next.IsZero() {
		k.schedule(c, next)
	}
}

// schedule and unschedule are called with the lock held.
func (k *Keeper) schedule(c *kept, at time.Time) {
	k.unschedule(c)
	c.next = at
	heap.Push(&k.due, c)
	if k.due[0] == c {
		select {
		case k.wake <- struct{}{}:
		default:
		}
	}
}

func (k *Keeper) unschedule(c *kept) {
	if c.index >= 0 {
		heap.Remove(&k.due, c.index)
	}
	c.next = time.Time{}
}

// dueHeap has the call that is due first at its top.
type dueHeap []*kept

func (h dueHeap) Len() int           { return len(h) }
func (h dueHeap) Less(i, j int) bool { return h[i].next.Before(h[j].next) }
func (h dueHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i]; h[i].index, h[j].index = i, j }

// Push implements heap.Interface.
func (h *dueHeap) Push(x any) {
	c := x.(*kept) //nolint:forcetypeassert // the heap holds nothing else
	c.index = len(*h)
	*h = append(*h, c)
}

// Pop implements heap.Interface.
func (h *dueHeap) Pop() any {
	last := len(*h) - 1
	c := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	c.index = -1
	return c
}
