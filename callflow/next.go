package callflow

import (
	"context"
	"fmt"
	"time"

	"tandem/billing"
	"tandem/internal/q850"
	"tandem/routing"
)

// Hunt is a call whose last attempt failed.
type Hunt struct {
	CallID    string
	Server    string
	StartedAt time.Time // of the call
	Log       string    // every attempt so far, see ParseAttempts
	Place     int       // of the last route in the plan, from 1
	KeysLeft  []string  // the plan after that place
	At        time.Time
}

// Step is what follows: the route to try by its place in the plan, from 1, or a
// refusal.
type Step struct {
	Next    int // 0: stop
	Refusal Refusal
	Tried   billing.Attempt // the attempt that failed
	Rule    string          // which rule spoke

	left  []place     // the routes that may follow, Next first
	bid   routing.Key // of Next
	ended bool        // the attempt ended the hunt, and not that no route was left
}

// place is a route of the plan that is still to be tried.
type place struct {
	n   int
	key routing.Key
}

// Next judges the last attempt and names the route to try now. Tried must follow
// once the answer is taken.
func (f *Flow) Next(_ context.Context, h Hunt) (Step, error) {
	if err := (Seizure{CallID: h.CallID, Server: h.Server}).validate(); err != nil {
		return Step{}, err
	}
	attempts, err := ParseAttempts(h.Log)
	if err != nil {
		return Step{}, err
	}
	if len(attempts) == 0 {
		return Step{}, fmt.Errorf("%w: no attempt in the log", ErrBadRequest)
	}
	step, err := Continue(f.Snapshot(), f.Limits, h, attempts)
	if err != nil {
		return Step{}, err
	}
	return f.move(step, h, attempts[len(attempts)-1]), nil
}

// move gives back the way that failed and takes the first of those left that
// has room now.
func (f *Flow) move(step Step, h Hunt, failed Attempt) Step {
	now := f.Now()
	f.Capacity.Report(h.CallID, failed.Key, failed.outcome(), failed.StartedAt, now)
	keys := make([]routing.Key, len(step.left))
	for i, p := range step.left {
		keys[i] = p.key
	}
	grant := f.Capacity.Move(h.CallID, keys, now)
	for _, reason := range grant.Skipped {
		if reason != "" {
			f.Metrics.LeftOut(reason)
		}
	}
	switch {
	case step.Next == 0:
	case grant.Place == 0:
		step.Next, step.Refusal = 0, routesExhausted
	default:
		step.Next, step.bid = step.left[grant.Place-1].n, step.left[grant.Place-1].key
	}
	return step
}

// Tried records the attempt that a step followed.
func (f *Flow) Tried(s Step) {
	f.Lessons.next(&s.Tried, s.bid, s.ended, f.Now())
	if !f.Records.Queue(billing.Record{Attempt: &s.Tried}) {
		f.Metrics.RecordLost()
	}
	f.Log.Debug().Str("call_id", s.Tried.CallID).Int("attempt", s.Tried.N).Str("route", s.Tried.Key).
		Str("rule", s.Rule).Int("next", s.Next).Msg("attempt failed")
}

// Continue decides after a failed attempt; it is pure.
func Continue(s *routing.Snapshot, limits Limits, h Hunt, attempts []Attempt) (Step, error) {
	step, rule, err := follow(s, limits, h, attempts)
	step.Rule, step.Tried = rule, attempts[len(attempts)-1].record(h.CallID)
	return step, err
}

func follow(s *routing.Snapshot, limits Limits, h Hunt, attempts []Attempt) (step Step, rule string, err error) {
	last := attempts[len(attempts)-1]
	outcome := last.outcome()
	outcome.Agreeing = agreeing(attempts)
	verdict := s.Judge(last.Key.ProviderID, outcome)
	switch {
	case verdict.Stop:
		return Step{Refusal: stopped(verdict.Release), ended: true}, verdict.Rule, nil
	case last.Key.ServerID != 0:
		// The other server has hunted already: its answer is the answer.
		return Step{Refusal: passOn(outcome)}, "redirect failed", nil
	case len(attempts) >= routing.MaxRoutes:
		return Step{Refusal: routesExhausted}, "attempt limit", nil
	case h.At.Sub(h.StartedAt) > limits.HuntBudget:
		return Step{Refusal: budgetSpent, ended: true}, "hunt budget", nil
	}
	left, err := routesLeft(s, h)
	if err != nil {
		return Step{}, "", err
	}
	if len(left) == 0 && last.Key.SubscriberID != 0 {
		return Step{Refusal: nobodyToRing}, "nobody reached", nil
	}
	if len(left) == 0 {
		return Step{Refusal: routesExhausted}, verdict.Rule, nil
	}
	return Step{Next: left[0].n, left: left}, verdict.Rule, nil
}

// routesLeft are the routes of the plan that are still usable: a provider
// switched off a second ago is not tried.
func routesLeft(s *routing.Snapshot, h Hunt) ([]place, error) {
	if h.Place < 1 || h.Place+len(h.KeysLeft) > routing.MaxRoutes {
		return nil, fmt.Errorf("%w: %d routes left after place %d", ErrBadRequest, len(h.KeysLeft), h.Place)
	}
	var left []place
	for i, text := range h.KeysLeft {
		key, err := routing.ParseKey(text)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrBadRequest, err)
		}
		if s.Usable(key) {
			left = append(left, place{h.Place + i + 1, key})
		}
	}
	return left, nil
}

// passOn hands another server's answer to the caller.
func passOn(o routing.Outcome) Refusal {
	if _, mapped := o.OwnCause().SIP(); mapped {
		return stopped(o.OwnCause())
	}
	return Refusal{"redirect_failed", q850.NoCircuit, MessageAllBusy}
}
