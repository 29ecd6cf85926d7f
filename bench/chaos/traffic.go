package chaos

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"tandem/play/sip"
)

// Bounds of the traffic.
const (
	maxAtOnce  = 12
	hangupTime = 2 * time.Second // for the answer to a BYE or CANCEL
	lastTalk   = 12 * time.Second
)

// placed is an order that was carried out, as far as its phone could.
type placed struct {
	order
	call *sip.Call // nil: the phone could not even send it
}

// traffic has phones place calls until it is told to stop.
type traffic struct {
	phones []*sip.Phone // one for each subject

	active  atomic.Int64
	mu      sync.Mutex
	calls   []placed
	silence chan struct{} // closed when Asterisk has died; then a new one
}

// run places calls until ctx ends, lets those in progress talk for a moment more,
// and returns when every phone has hung up.
func (t *traffic) run(ctx context.Context, orders *orders) {
	free := make(chan struct{}, maxAtOnce)
	var calls sync.WaitGroup
	talking, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	for range maxOrders {
		next := orders.next()
		if !rest(ctx, next.Gap) {
			break
		}
		select {
		case free <- struct{}{}:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			break
		}
		calls.Go(func() {
			t.active.Add(1)
			t.place(talking, next)
			t.active.Add(-1)
			<-free
		})
	}
	last := time.AfterFunc(lastTalk, stop)
	defer last.Stop()
	calls.Wait()
}

// place is one call.
func (t *traffic) place(ctx context.Context, o order) {
	broken := t.broken()
	dialling, cancel := context.WithTimeout(context.WithoutCancel(ctx), hangupTime)
	call, err := t.phones[o.Subject].Dial(dialling, sip.CallSpec{To: o.dialled()})
	cancel()
	if err != nil {
		call = nil
	}
	t.mu.Lock()
	t.calls = append(t.calls, placed{o, call})
	t.mu.Unlock()
	if call == nil {
		return
	}
	patience, cancel := context.WithTimeout(ctx, o.Patience)
	answered := call.WaitAnswer(patience) == nil
	cancel()
	if answered {
		over := time.NewTimer(o.Talk)
		defer over.Stop()
		select {
		case <-over.C:
		case <-call.Done():
		case <-broken: // no sound any more
		case <-ctx.Done():
		}
	}
	// Refused already, or Asterisk is away: nothing more can be done either way.
	hangup, cancel := context.WithTimeout(context.WithoutCancel(ctx), hangupTime)
	_ = call.Hangup(hangup)
	cancel()
}

// broken is closed when Asterisk dies.
func (t *traffic) broken() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.silence == nil {
		t.silence = make(chan struct{})
	}
	return t.silence
}

// breakOff makes everybody hang up, as people do when the line is dead.
func (t *traffic) breakOff() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.silence != nil {
		close(t.silence)
	}
	t.silence = nil
}

// all are the calls so far.
func (t *traffic) all() []placed {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]placed(nil), t.calls...)
}
