package sip

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"
)

const (
	// setupLimit is how long a call of a load may ring before it is given up.
	setupLimit = time.Minute
	// activeLimit bounds the calls of a load that exist at the same time.
	activeLimit = 20_000
)

// LoadSpec is a stream of calls at a steady rate.
type LoadSpec struct {
	// Call is what each call looks like.
	Call CallSpec
	// Number gives the B-number of call n, from 0; nil always takes Call.To.
	Number func(n int) string
	// CPS is how many calls a second are placed, at even distances. A placer that
	// comes late catches up.
	CPS float64
	// Duration and Count end the stream, whichever comes first; 0 is no bound.
	// One of them must be given.
	Duration time.Duration
	Count    int
	// Hold is the talk time after which we hang up; 0 at once.
	Hold time.Duration
	// SetupLimit gives a call up that is not answered by then; 0 is a minute.
	SetupLimit time.Duration
	// MaxActive bounds the calls at the same time; 0 is 20 000. A call over it is
	// counted as skipped, not delayed.
	MaxActive int
}

// LoadResult is what became of a load.
type LoadResult struct {
	Offered  int `json:"offered"`  // calls due by rate and duration
	Skipped  int `json:"skipped"`  // not placed: MaxActive
	Answered int `json:"answered"` // got 200
	Failed   int `json:"failed"`   // placed, not answered
	// Dropped are answered calls that the other side ended before Hold was over.
	Dropped int `json:"dropped"`
	// LostBye are calls whose BYE got no answer.
	LostBye int `json:"lost_bye"`
	// ByStatus counts final responses; "none" is a call that got none, "given up"
	// one that was cancelled after SetupLimit.
	ByStatus map[string]int `json:"by_status"`
	// PDD is INVITE to first 18x or 2xx, Setup INVITE to 200, Refusal INVITE to
	// any other final response.
	PDD     Spread `json:"pdd_ms"`
	Setup   Spread `json:"setup_ms"`
	Refusal Spread `json:"refusal_ms"`
	// Late is how far behind its time a call was placed: large values say that
	// the generator, not the switch, was the limit.
	Late      Spread  `json:"late_ms"`
	MaxActive int     `json:"max_active"` // calls at the same time
	Seconds   float64 `json:"seconds"`    // first to last call placed
	CPS       float64 `json:"cps"`        // placed calls a second
}

// load is a LoadSpec on its way; mu guards result and samples.
type load struct {
	agent *agent
	spec  LoadSpec

	mu                       sync.Mutex
	result                   LoadResult
	active                   int
	pdd, setup, refuse, late samples
}

// load places the calls and waits for the last of them to end. When ctx ends no
// more calls are placed and those in progress are hung up at once.
func (a *agent) load(ctx context.Context, spec LoadSpec) (LoadResult, error) {
	if spec.CPS <= 0 || (spec.Duration <= 0 && spec.Count <= 0) {
		return LoadResult{}, errors.New("sip: load needs a rate and an end")
	}
	if !a.enter() {
		return LoadResult{}, fmt.Errorf("sip: load: %w", ErrClosed)
	}
	defer a.busy.Done()
	if spec.SetupLimit <= 0 {
		spec.SetupLimit = setupLimit
	}
	if spec.MaxActive <= 0 {
		spec.MaxActive = activeLimit
	}
	l := &load{agent: a, spec: spec, result: LoadResult{ByStatus: make(map[string]int)}}
	start := time.Now()
	last, err := l.place(ctx, start)
	l.result.PDD, l.result.Setup = l.pdd.spread(), l.setup.spread()
	l.result.Refusal, l.result.Late = l.refuse.spread(), l.late.spread()
	l.result.Seconds = last.Sub(start).Seconds()
	if l.result.Seconds > 0 {
		l.result.CPS = float64(l.result.Offered-l.result.Skipped) / l.result.Seconds
	}
	return l.result, err
}

// place starts the calls, each on a goroutine of its own, and waits for them.
// It returns when the last one was placed.
func (l *load) place(ctx context.Context, start time.Time) (time.Time, error) {
	var calls sync.WaitGroup
	defer calls.Wait()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for n := 0; l.spec.Count <= 0 || n < l.spec.Count; n++ {
		due := start.Add(time.Duration(float64(n) / l.spec.CPS * float64(time.Second)))
		if l.spec.Duration > 0 && due.Sub(start) >= l.spec.Duration {
			return time.Now(), nil
		}
		if wait := time.Until(due); wait > 0 {
			timer.Reset(wait)
			select {
			case <-timer.C:
			case <-ctx.Done():
				return time.Now(), nil
			case <-l.agent.lifetime.Done():
				return time.Now(), ErrClosed
			}
		} else if ctx.Err() != nil {
			return time.Now(), nil
		}
		if !l.admit(time.Since(due)) {
			continue
		}
		if !l.agent.enter() {
			return time.Now(), fmt.Errorf("sip: load: %w", ErrClosed)
		}
		spec := l.spec.Call
		if l.spec.Number != nil {
			spec.To = l.spec.Number(n)
		}
		calls.Go(func() {
			defer l.agent.busy.Done()
			l.call(ctx, spec)
		})
	}
	return time.Now(), nil
}

// admit counts a call in, unless there are too many.
func (l *load) admit(late time.Duration) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.result.Offered++
	if l.active >= l.spec.MaxActive {
		l.result.Skipped++
		return false
	}
	l.active++
	l.result.MaxActive = max(l.result.MaxActive, l.active)
	l.late.add(late)
	return true
}

// call is one call of the load, from INVITE to BYE.
func (l *load) call(ctx context.Context, spec CallSpec) {
	c, err := l.agent.newCall(spec, false)
	if err != nil {
		l.failed(err.Error(), CallResult{})
		return
	}
	if err := c.send(ctx, nil); err != nil {
		c.fail(err)
		l.failed("none", c.Result())
		return
	}
	giveUp := func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), ackLimit)
		defer cancel()
		// What comes of it is read from the call.
		_ = c.Cancel(ctx)
	}
	limit := time.AfterFunc(l.spec.SetupLimit, giveUp)
	stop := context.AfterFunc(ctx, giveUp)
	c.run(context.WithoutCancel(ctx))
	limit.Stop()
	stop()

	switch r := c.Result(); {
	case r.Crossed:
		l.failed("given up", r)
	case r.Answered():
		l.talk(ctx, c, r)
	case r.EndedBy == Caller:
		l.failed("given up", r)
	case r.Status == 0:
		l.failed("none", r)
	default:
		l.failed(strconv.Itoa(r.Status), r)
	}
}

// talk holds an answered call for its time and hangs up.
func (l *load) talk(ctx context.Context, c *Call, r CallResult) {
	dropped := false
	if l.spec.Hold > 0 {
		hold := time.NewTimer(l.spec.Hold)
		defer hold.Stop()
		select {
		case <-hold.C:
		case <-c.Done():
			dropped = true
		case <-ctx.Done():
		case <-l.agent.lifetime.Done():
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), ackLimit)
	defer cancel()
	err := c.Hangup(ctx)

	l.mu.Lock()
	defer l.mu.Unlock()
	l.active--
	l.result.Answered++
	l.result.ByStatus[strconv.Itoa(r.Status)]++
	if dropped {
		l.result.Dropped++
	}
	if err != nil {
		l.result.LostBye++
	}
	l.pdd.add(r.PDD)
	l.setup.add(r.FinalAfter)
}

// failed counts a call that was not answered.
func (l *load) failed(why string, r CallResult) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.active--
	l.result.Failed++
	l.result.ByStatus[why]++
	if r.PDD > 0 {
		l.pdd.add(r.PDD)
	}
	if r.Status >= statusMultiple {
		l.refuse.add(r.FinalAfter)
	}
}
