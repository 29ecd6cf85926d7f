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
	return Continue(f.Snapshot(), f.Limits, h, attempts)
}

// Tried records the attempt that a step followed.
func (f *Flow) Tried(s Step) {
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
		return Step{Refusal: stopped(verdict.Release)}, verdict.Rule, nil
	case last.Key.ServerID != 0:
		// The other server has hunted already: its answer is the answer.
		return Step{Refusal: passOn(outcome)}, "redirect failed", nil
	case len(attempts) >= routing.MaxRoutes:
		return Step{Refusal: routesExhausted}, "attempt limit", nil
	case h.At.Sub(h.StartedAt) > limits.HuntBudget:
		return Step{Refusal: budgetSpent}, "hunt budget", nil
	}
	next, err := nextRoute(s, h)
	if err != nil {
		return Step{}, "", err
	}
	if next == 0 && last.Key.SubscriberID != 0 {
		return Step{Refusal: nobodyToRing}, "nobody reached", nil
	}
	if next == 0 {
		return Step{Refusal: routesExhausted}, verdict.Rule, nil
	}
	return Step{Next: next}, verdict.Rule, nil
}

// nextRoute is the place of the first route left that is still usable: a
// provider switched off a second ago is not tried. 0 when none is.
func nextRoute(s *routing.Snapshot, h Hunt) (int, error) {
	if h.Place < 1 || h.Place+len(h.KeysLeft) > routing.MaxRoutes {
		return 0, fmt.Errorf("%w: %d routes left after place %d", ErrBadRequest, len(h.KeysLeft), h.Place)
	}
	for i, text := range h.KeysLeft {
		key, err := routing.ParseKey(text)
		if err != nil {
			return 0, fmt.Errorf("%w: %w", ErrBadRequest, err)
		}
		if s.Usable(key) {
			return h.Place + i + 1, nil
		}
	}
	return 0, nil
}

// passOn hands another server's answer to the caller.
func passOn(o routing.Outcome) Refusal {
	if _, mapped := o.OwnCause().SIP(); mapped {
		return stopped(o.OwnCause())
	}
	return Refusal{"redirect_failed", q850.NoCircuit, MessageAllBusy}
}
