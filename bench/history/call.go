package history

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tandem/billing"
	"tandem/callflow"
	"tandem/internal/q850"
	"tandem/routing"
)

// call is one call on its way.
type call struct {
	in       callflow.Seizure
	incoming bool
	fate     routing.Result // where a route carries it to its end
	talk     time.Duration

	decision callflow.Decision
	log      []string // the attempts, as the dialplan keeps them
	place    int      // of the route that is tried, from 1
}

// attempt is what came of one bid.
type attempt struct {
	status         routing.Result
	cause          q850.Cause
	sip            int
	ring, progress time.Duration
	elapsed, talk  time.Duration
}

// seize lets the call in and begins its first attempt.
func (h *maker) seize(ctx context.Context, c *call) (err error) {
	decide := h.flow.Outgoing
	if c.incoming {
		decide = h.flow.Incoming
	}
	if c.decision, err = decide(ctx, c.in); err != nil {
		return err
	}
	h.flow.Seized(c.decision)
	switch c.decision.Action {
	case callflow.Reject:
		h.at(h.now.Add(300*time.Millisecond), func(ctx context.Context) error { return h.end(ctx, c, attempt{}, c.decision.Refusal.Cause) })
		return nil
	case callflow.Echo:
		h.at(h.now.Add(c.talk), func(ctx context.Context) error {
			return h.end(ctx, c, attempt{status: routing.ResultAnswer, talk: c.talk}, q850.None)
		})
		return nil
	default:
	}
	c.place = 1
	h.bid(c, 30*time.Millisecond)
	return nil
}

// bid offers the call to the route at its place, after a moment.
func (h *maker) bid(c *call, after time.Duration) {
	began := h.now.Add(after)
	a := h.draw(c, c.decision.Offers[c.place-1], began)
	h.at(began.Add(a.elapsed), func(ctx context.Context) error {
		c.log = append(c.log, fmt.Sprintf("%d:%s:%d:%s:%d:%d:%d:%d:%d:%d", len(c.log)+1, c.decision.Offers[c.place-1].Key, began.UnixMilli(), a.status,
			a.cause, a.sip, a.ring.Milliseconds(), a.progress.Milliseconds(), a.elapsed.Milliseconds(), a.talk.Milliseconds()))
		if a.status == routing.ResultAnswer || a.status == routing.ResultCancel {
			return h.end(ctx, c, a, q850.None)
		}
		return h.next(ctx, c, a)
	})
}

// next asks which route follows.
func (h *maker) next(ctx context.Context, c *call, failed attempt) error {
	hunt := callflow.Hunt{CallID: c.in.CallID, Server: server, StartedAt: c.in.At, Log: c.said(), Place: c.place, At: h.now}
	for _, o := range c.decision.Offers[c.place:] {
		hunt.KeysLeft = append(hunt.KeysLeft, o.Key.String())
	}
	step, err := h.flow.Next(ctx, hunt)
	if err != nil {
		return err
	}
	h.flow.Tried(step)
	if step.Next == 0 {
		return h.end(ctx, c, failed, step.Refusal.Cause)
	}
	c.place = step.Next
	h.bid(c, 20*time.Millisecond)
	return nil
}

// end tells how the call ended, as its hang-up handler would.
func (h *maker) end(ctx context.Context, c *call, last attempt, release q850.Cause) error {
	r := callflow.Report{
		Seizure: c.in, Direction: c.decision.Record.Direction, EndedAt: h.now, Log: c.said(), Action: c.decision.Action,
		DialStatus: string(last.status), Cause: last.cause, RejectCause: release, Talk: last.talk, HungUp: billing.SideUs,
	}
	switch {
	case last.status == routing.ResultCancel:
		r.HungUp = billing.SideCaller
	case last.status == routing.ResultAnswer && last.talk < c.talk:
		r.Cut = true // nothing is left to pay for more
	case last.status == routing.ResultAnswer:
		r.HungUp = []billing.Side{billing.SideCaller, billing.SideCalled}[h.dice.IntN(2)]
	}
	return h.flow.End(ctx, r)
}

func (c *call) said() string {
	if len(c.log) == 0 {
		return ""
	}
	return strings.Join(c.log, "/") + "/"
}

// draw draws what a route answers.
func (h *maker) draw(c *call, o callflow.Offer, began time.Time) attempt {
	if o.Key.ProviderID != 0 && h.dice.IntN(100) < h.failing(o.Key.ProviderID, began) {
		return h.failure()
	}
	a := attempt{status: c.fate, ring: h.between(700, 3600), sip: 180, cause: q850.NormalClearing}
	a.elapsed = a.ring + h.between(2500, 15000)
	switch c.fate {
	case routing.ResultAnswer:
		c.talk = max(time.Second, min(c.talk, h.spec.To.Sub(began.Add(a.elapsed))))
		a.sip, a.talk = 200, min(c.talk, c.decision.Talk(h.spec.Limits))
		a.elapsed += a.talk // Asterisk counts from the bid to the end
	case routing.ResultBusy:
		a.sip, a.cause, a.ring = 486, q850.UserBusy, 0
		a.elapsed = h.between(600, 2500)
	case routing.ResultNoAnswer:
		a.cause, a.elapsed = q850.NoAnswer, h.spec.Limits.Ring
	default: // the caller gives up
	}
	return a
}

// failing is how many of a hundred calls a provider does not carry. One has had a
// bad time some hours ago.
func (h *maker) failing(provider int64, at time.Time) int {
	p := h.snapshot.Provider(provider)
	if p == nil {
		return 0
	}
	ago := h.spec.To.Sub(at)
	switch p.Name {
	case "VoxBeam":
		if ago > 5*time.Hour && ago < 7*time.Hour {
			return 75
		}
		return 10
	case "VoiceBuy":
		return 16
	case "Multitel":
		return 11
	default:
		return 3
	}
}

func (h *maker) failure() attempt {
	list := []attempt{
		{status: routing.ResultCongestion, cause: q850.NoCircuit, sip: 503},
		{status: routing.ResultCongestion, cause: q850.NoCircuit, sip: 503},
		{status: routing.ResultCongestion, cause: q850.TemporaryFailure, sip: 500},
		{status: routing.ResultUnavailable, cause: q850.NoUserResponding, sip: 408},
	}
	a := list[h.dice.IntN(len(list))]
	a.elapsed = h.between(150, 1800)
	return a
}

// between draws a time of so many milliseconds.
func (h *maker) between(low, high int64) time.Duration {
	return time.Duration(low+h.dice.Int64N(high-low)) * time.Millisecond
}
