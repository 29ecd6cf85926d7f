package callflow

import (
	"sync"
	"time"

	"tandem/billing"
	"tandem/internal/e164"
	"tandem/internal/q850"
	"tandem/quality"
	"tandem/routing"
)

// Lessons tell the evidence of route quality what this node's calls meet. Of a
// call it remembers, while its hunt may go on, which number its routes are tried
// for, and whether that can still be a fair test. Attempts of a call that another
// node let in are that node's to tell.
type Lessons struct {
	evidence *quality.Evidence
	settle   *quality.Settle
	config   quality.Config
	hunts    time.Duration // no hunt goes on for longer

	mu    sync.Mutex
	calls map[string]lesson
	sweep time.Time // when calls that nobody ended are looked for next
}

// lesson is a call whose hunt may go on.
type lesson struct {
	b      e164.Number // by which its routes were chosen
	began  time.Time
	spoilt bool // an attempt has failed for the number's or the called party's sake
}

// NewLessons tells e, of calls within these limits.
func NewLessons(e *quality.Evidence, c quality.Config, l Limits) *Lessons {
	return &Lessons{
		evidence: e, settle: quality.NewSettle(e, l.Ring+ringSlack, bidsAtOnce), config: c, hunts: l.HuntBudget + l.Ring + ringSlack, calls: map[string]lesson{},
	}
}

const (
	ringSlack  = 5 * time.Second // Asterisk's timers and the way to us
	bidsAtOnce = 1 << 15         // bids of the last minute that may be waiting to be told
)

// Tick tells what is known by now; every second or so.
func (l *Lessons) Tick(now time.Time) {
	l.settle.Tick(now)
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Before(l.sweep) {
		return
	}
	l.sweep = now.Add(l.hunts / 4)
	for id, c := range l.calls {
		if now.Sub(c.began) > l.hunts {
			delete(l.calls, id)
		}
	}
}

// begin tells the first bid of a call.
func (l *Lessons) begin(d *Decision, now time.Time) {
	if l == nil || d.routed == "" || len(d.Offers) == 0 || d.Offers[0].Key.ProviderID == 0 {
		return
	}
	l.mu.Lock()
	l.calls[d.Record.CallID] = lesson{b: d.routed, began: now}
	l.mu.Unlock()
	l.settle.Offered(d.Record.CallID, 1, quality.Tried{Key: d.Offers[0].Key, B: d.routed, At: now})
}

// next tells a failed attempt and the bid after it. The bid's key is zero when
// the hunt is over; ended says that this attempt ended it, and not that there was
// no route left.
func (l *Lessons) next(failed *billing.Attempt, bid routing.Key, ended bool, now time.Time) {
	if l == nil {
		return
	}
	l.over(failed, ended)
	l.mu.Lock()
	c, known := l.calls[failed.CallID]
	c.spoilt = c.spoilt || quality.Spoils(failed.Blame)
	switch {
	case !known:
	case bid.ProviderID == 0:
		delete(l.calls, failed.CallID)
	default:
		l.calls[failed.CallID] = c
	}
	l.mu.Unlock()
	if known && bid.ProviderID != 0 {
		l.settle.Offered(failed.CallID, failed.N+1, quality.Tried{Key: bid, B: c.b, At: now, Spoilt: c.spoilt})
	}
}

// end tells all attempts of a call that is over; those that are known already
// change nothing.
func (l *Lessons) end(s *routing.Snapshot, call string, attempts []Attempt) {
	if l == nil {
		return
	}
	l.mu.Lock()
	delete(l.calls, call)
	l.mu.Unlock()
	for i := range attempts {
		a := attempts[i].record(call)
		l.over(&a, i == len(attempts)-1 && fatal(s, attempts))
	}
}

// fatal says that no route would have been tried after the last attempt, had
// there been any.
func fatal(s *routing.Snapshot, attempts []Attempt) bool {
	last := &attempts[len(attempts)-1]
	o := last.outcome()
	o.Agreeing = agreeing(attempts)
	return s.Judge(last.Key.ProviderID, o).Stop
}

// over tells how an attempt went. One that failed for our own sake never was.
func (l *Lessons) over(a *billing.Attempt, ended bool) {
	if a.ProviderID == 0 {
		return
	}
	if a.Blame == q850.BlameUs {
		l.settle.Forget(a.CallID, a.N)
		return
	}
	v := quality.AttemptOf(a)
	l.settle.Over(a.CallID, a.N, quality.Outcome{Seized: v.Seized(), Answered: l.config.Talked(&v), Ended: ended, Wait: v.Waited()})
}
