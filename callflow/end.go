package callflow

import (
	"context"
	"fmt"
	"time"

	"tandem/billing"
	"tandem/internal/e164"
	"tandem/internal/q850"
	"tandem/routing"
)

// Report is a call that is over, as its hang-up handler tells it. It holds the
// whole story, so it can make the record by itself.
type Report struct {
	Seizure     // identity, as at the start
	Direction   billing.Direction
	Origin      string // call id at the server where the call began; empty: here
	EndedAt     time.Time
	Log         string // every attempt, the last one included
	Action      Action // what Tandem had said; empty when no node answered
	DialStatus  string // of the last Dial; empty when there was none
	Cause       q850.Cause
	RejectCause q850.Cause // what the dialplan released the caller with
	Talk        time.Duration
	HungUp      billing.Side
	Cut         bool          // the talk limit ended it
	Media       billing.Media // of the answered leg, the last attempt's
}

// End makes the record of a call and returns once it is durable.
func (f *Flow) End(ctx context.Context, r Report) error {
	end, err := Conclude(f.Snapshot(), f.Limits, r, f.Now())
	if err != nil {
		return err
	}
	end.Start.Node = f.Node
	if err := f.Records.Put(ctx, billing.Record{End: &end}); err != nil {
		return fmt.Errorf("record of call %s: %w", end.Start.CallID, err)
	}
	f.Live.Remove(r.CallID)
	f.Keeper.Remove(r.CallID)
	f.release(r)
	for i := range end.Attempts {
		a := &end.Attempts[i]
		provider := f.providerName(a.ProviderID)
		f.Metrics.Attempted(a, provider)
		if a.Media != (billing.Media{}) {
			f.Metrics.Heard(&a.Media, provider)
		}
	}
	f.Metrics.Ended(end.Start.Direction, end.Disposition)
	f.Log.Info().EmbedObject(end).Msg("call")
	return nil
}

// release tells how the attempts went, those that no other exchange has told
// among them, and frees the call's channels.
func (f *Flow) release(r Report) {
	now := f.Now()
	attempts, err := ParseAttempts(r.Log)
	if err != nil {
		return // Conclude has read it a moment ago
	}
	for _, a := range attempts {
		f.Capacity.Report(r.CallID, a.Key, a.outcome(), a.StartedAt, now)
	}
	f.Capacity.Release(r.CallID, now)
	f.Lessons.end(f.Snapshot(), r.CallID, attempts)
}

// Conclude turns a report into the record; it is pure.
func Conclude(s *routing.Snapshot, limits Limits, r Report, now time.Time) (billing.End, error) {
	if err := r.validate(now); err != nil {
		return billing.End{}, err
	}
	if s.Server(r.Server) == nil {
		return billing.End{}, fmt.Errorf("%w: no server %q", ErrBadRequest, r.Server)
	}
	attempts, err := ParseAttempts(r.Log)
	if err != nil {
		return billing.End{}, err
	}
	start, leg := r.identity(s, limits)
	end := billing.End{Start: start, EndedAt: r.EndedAt, Talk: r.Talk, Source: billing.ByReport, Cut: r.Cut}
	for _, a := range attempts {
		end.Attempts = append(end.Attempts, a.record(r.CallID))
		if end.PDD == 0 && a.pdd() > 0 {
			end.PDD = max(0, a.StartedAt.Sub(r.At)) + a.pdd()
		}
		end.Route = a.Key.String()
	}
	if n := len(end.Attempts); n > 0 && end.Attempts[n-1].Result == billing.Answered {
		end.Attempts[n-1].Media = r.Media
	}
	end.Disposition = r.disposition(attempts)
	end.Cause = r.released(end.Disposition)
	end.SIPStatus = finalStatus(end.Disposition, end.Cause)
	end.HangupBy = r.side(end.Disposition)
	if leg != nil {
		end.Terms = lateTerms(s, leg, r.At, attempts)
		end.Limited = boundsOf(leg.account, r.At).Limited()
	}
	if end.Disposition == billing.Answered {
		end.AnsweredAt = r.EndedAt.Add(-r.Talk)
	} else {
		end.Talk = 0
	}
	return end, nil
}

// Bounds of a report. A clock may step a little; a report may lie in a file for
// weeks; the handler that stamps the end runs a moment after it.
const (
	clockSlack = time.Minute
	oldest     = 60 * 24 * time.Hour
	talkSlack  = 5 * time.Second
)

func (r Report) validate(now time.Time) error {
	if err := r.Seizure.validate(); err != nil {
		return err
	}
	if r.Origin != "" {
		if err := validCallID(r.Origin); err != nil {
			return err
		}
	}
	switch {
	case r.Direction != billing.Outgoing && r.Direction != billing.Incoming && r.Direction != billing.Redirected:
		return fmt.Errorf("%w: direction %q", ErrBadRequest, r.Direction)
	case r.At.Before(now.Add(-oldest)) || r.EndedAt.After(now.Add(clockSlack)) || r.EndedAt.Before(r.At.Add(-clockSlack)):
		return fmt.Errorf("%w: started %s, ended %s, now %s", ErrBadRequest, r.At, r.EndedAt, now.UTC())
	case r.Talk < 0 || r.Talk > max(0, r.EndedAt.Sub(r.At))+talkSlack:
		return fmt.Errorf("%w: talk %s in a call of %s", ErrBadRequest, r.Talk, r.EndedAt.Sub(r.At))
	}
	return nil
}

// identity repeats who and whom. The same rules as at the start find them, but
// what was decided then (the plan, the reason, the snapshot) stays the start's.
//
// The leg is nil for a call that stayed with us.
func (r Report) identity(s *routing.Snapshot, limits Limits) (start billing.Start, out *leg) {
	if r.Direction == billing.Incoming {
		nobody := func(int64, e164.Number) *routing.Subscriber { return nil }
		d, leg := inbound(s, r.Seizure, nobody)
		start, out = d.Record, leg
	} else {
		d, leg := outbound(s, limits, r.Seizure)
		start, out = d.Record, leg
	}
	start.Direction, start.Origin = r.Direction, r.Origin
	start.Reasons, start.Reason, start.Snapshot = nil, "", 0
	return start, out
}

func (r Report) disposition(attempts []Attempt) billing.Disposition {
	switch {
	case r.Action == Echo:
		return billing.Answered
	case len(attempts) > 0:
		last := attempts[len(attempts)-1]
		if last.result() != billing.Answered && r.HungUp == billing.SideCaller && r.RejectCause == q850.None {
			// The caller left before anything was decided, maybe between two attempts.
			return billing.Cancelled
		}
		return last.result()
	case r.Action == Reject:
		return billing.Rejected
	case r.HungUp == billing.SideCaller:
		return billing.Cancelled
	}
	return billing.Failed
}

// released is the cause at the caller's side.
func (r Report) released(d billing.Disposition) q850.Cause {
	switch {
	case d == billing.Answered:
		return q850.NormalClearing
	case d == billing.Cancelled:
		return q850.NormalClearing
	case r.RejectCause != q850.None:
		return r.RejectCause
	}
	return r.Cause
}

// finalStatus is the final SIP answer that the caller got: 487 ends a cancelled
// INVITE (RFC 3261 §9.2).
func finalStatus(d billing.Disposition, cause q850.Cause) int {
	switch d {
	case billing.Answered:
		return 200
	case billing.Cancelled:
		return 487
	default:
		status, _ := cause.SIP()
		return status
	}
}

// side is who ended the call: nobody but the caller can cancel, and a call that
// was not answered is released by us.
func (r Report) side(d billing.Disposition) billing.Side {
	switch d {
	case billing.Answered:
		return r.HungUp
	case billing.Cancelled:
		return billing.SideCaller
	default:
		return billing.SideUs
	}
}
