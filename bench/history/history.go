package history

import (
	"cmp"
	"container/heap"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"tandem/billing"
	"tandem/callflow"
	"tandem/db"
	"tandem/internal/e164"
	"tandem/routing"
	"tandem/routing/capacity"
)

// Node is the name of the node that generated calls are kept under.
const Node = "demo-history"

// Spec says what to make.
type Spec struct {
	Seed     uint64
	From, To time.Time // calls begin and end between them
	Calls    int
	Limits   callflow.Limits
	Breaker  capacity.Config
	Open     func(ctx context.Context, at time.Time) (*db.DB, error) // whose clock stands at that time
	Log      zerolog.Logger
}

// Made is what became of it.
type Made struct {
	Calls, Answered, Attempts int
}

// Make makes the calls. The snapshot must hold the demo's subscribers.
func Make(ctx context.Context, s *routing.Snapshot, spec Spec) (Made, error) {
	if spec.Calls < 1 || !spec.From.Before(spec.To) {
		return Made{}, fmt.Errorf("history: %d calls from %s to %s: want at least one, and the end after the beginning", spec.Calls, spec.From, spec.To)
	}
	h := &maker{
		spec: spec, snapshot: s, now: spec.From,
		dice: rand.New(rand.NewPCG(spec.Seed, spec.Seed)), //nolint:gosec // a demo, the same each time
	}
	h.books = &books{open: spec.Open, now: h.clock, end: spec.To}
	pool, err := capacity.New(spec.Breaker, nil, spec.From)
	if err != nil {
		return Made{}, fmt.Errorf("history: %w", err)
	}
	h.flow = &callflow.Flow{
		Snapshot: func() *routing.Snapshot { return s }, Records: h.books, Agents: nobody{}, Metrics: &h.count, Limits: spec.Limits,
		Live: callflow.NewLive(spec.To.Sub(spec.From)), Capacity: pool, Holds: h.books, Tickets: &callflow.Tickets{}, Node: Node, Now: h.clock, Log: zerolog.Nop(),
		// One slice is a whole call: nobody is there to extend it.
		Money: callflow.Money{Slice: longest, Lead: time.Second, Warn: time.Second, Within: time.Minute},
	}
	h.flow.Keeper = callflow.NewKeeper(callflow.KeeperConfig{Money: h.flow.Money, Holds: h.books, Snapshot: h.flow.Snapshot, Now: h.clock, Log: zerolog.Nop()})
	err = h.run(ctx)
	return h.count.Made, errors.Join(err, h.books.close(ctx))
}

// maker plays the events of all calls in the order of their time.
type maker struct {
	spec     Spec
	snapshot *routing.Snapshot
	flow     *callflow.Flow
	books    *books
	dice     *rand.Rand
	now      time.Time
	events   queue
	count    count
}

func (h *maker) clock() time.Time { return h.now }

func (h *maker) run(ctx context.Context) error {
	t, err := h.newTraffic()
	if err != nil {
		return err
	}
	for n, at := range h.times() {
		h.at(at, func(ctx context.Context) error { return h.seize(ctx, t.call(n, at)) })
	}
	for n := 0; ; n++ {
		at := h.spec.From.Add(time.Duration(n) * payEvery)
		if !at.Before(h.spec.To) {
			break
		}
		h.at(at, func(ctx context.Context) error { return h.books.pay(ctx, n, at) })
	}
	for h.events.Len() > 0 && ctx.Err() == nil {
		e := heap.Pop(&h.events).(event) //nolint:forcetypeassert // nothing else is pushed
		h.now = e.at
		if err := e.do(ctx); err != nil {
			return fmt.Errorf("history at %s: %w", e.at.Format(time.DateTime), err)
		}
	}
	return context.Cause(ctx)
}

// times are when calls begin: many of them in the last day, most of them in the
// daytime.
func (h *maker) times() []time.Time {
	list := make([]time.Time, 0, h.spec.Calls)
	last := h.spec.To.Add(-settling)
	for len(list) < h.spec.Calls {
		span := last.Sub(h.spec.From)
		if h.dice.Float64() < 0.3 {
			span = min(span, 24*time.Hour)
		}
		at := last.Add(-time.Duration(h.dice.Int64N(int64(span)))).Truncate(time.Millisecond)
		if h.dice.Float64() < busy(at) {
			list = append(list, at)
		}
	}
	slices.SortFunc(list, time.Time.Compare)
	return list
}

// settling is what every call has at least before the history ends.
const settling = 90 * time.Second

// busy is how much is called at a time of the day, of 1: little at night, most at
// noon and in the afternoon.
func busy(at time.Time) float64 {
	hours := [24]float64{4, 3, 2, 2, 3, 6, 14, 34, 62, 84, 96, 92, 82, 88, 98, 100, 92, 78, 58, 44, 34, 24, 14, 8}
	return hours[at.UTC().Hour()] / 100
}

// at plans an event.
func (h *maker) at(at time.Time, do func(context.Context) error) {
	h.events.n++
	heap.Push(&h.events, event{at: at, n: h.events.n, do: do})
}

// event is something that happens at a time.
type event struct {
	at time.Time
	n  int // of two at the same time the first planned
	do func(context.Context) error
}

// queue is a heap of events.
type queue struct {
	list []event
	n    int
}

func (q *queue) Len() int { return len(q.list) }
func (q *queue) Less(i, j int) bool {
	return cmp.Or(q.list[i].at.Compare(q.list[j].at), cmp.Compare(q.list[i].n, q.list[j].n)) < 0
}
func (q *queue) Swap(i, j int) { q.list[i], q.list[j] = q.list[j], q.list[i] }

// Push implements heap.Interface.
func (q *queue) Push(e any) { q.list = append(q.list, e.(event)) } //nolint:forcetypeassert // see at

// Pop implements heap.Interface.
func (q *queue) Pop() any {
	last := len(q.list) - 1
	e := q.list[last]
	q.list = q.list[:last]
	return e
}

// nobody knows who called last.
type nobody struct{}

// LastAgent implements callflow.Agents.
func (nobody) LastAgent(context.Context, int64, e164.Number) (int64, bool, error) {
	return 0, false, nil
}

// count counts, in place of metrics.
type count struct{ Made }

// Decided implements callflow.Metrics.
func (c *count) Decided(billing.Direction, callflow.Action) { c.Calls++ }

// Attempted implements callflow.Metrics.
func (c *count) Attempted(*billing.Attempt, string) { c.Attempts++ }

// Heard implements callflow.Metrics.
func (*count) Heard(*billing.Media, string) {}

// Ended implements callflow.Metrics.
func (c *count) Ended(_ billing.Direction, d billing.Disposition) {
	if d == billing.Answered {
		c.Answered++
	}
}

// LeftOut implements callflow.Metrics.
func (*count) LeftOut(routing.Reason) {}

// RecordLost implements callflow.Metrics.
func (*count) RecordLost() {}
