package callflow

import (
	"context"
	"fmt"
	"slices"
	"time"

	"tandem/billing"
	"tandem/internal/q850"
	"tandem/routing"
)

// close writes the ends of calls that are over.
func (r *Reconciler) close(ctx context.Context, server string, calls []openCall) error {
	calls, err := r.whole(ctx, calls)
	if err != nil || len(calls) == 0 {
		return err
	}
	slices.SortFunc(calls, func(a, b openCall) int { return a.began().Compare(b.began()) })
	ids := make([]string, len(calls))
	for i, c := range calls {
		ids[i] = c.id
	}
	records, err := r.Books.AsteriskCDRs(ctx, ids)
	if err != nil {
		return err
	}
	attempts, err := r.Books.FinishedAttempts(ctx, ids)
	if err != nil {
		return err
	}
	last, err := r.Books.LastSeen(ctx, server)
	if err != nil {
		return err
	}
	for _, c := range calls {
		end := c.end(server, records[c.id], attempts[c.id], last)
		noLonger(&end, r.Longest)
		if err := r.Records.Put(ctx, billing.Record{End: &end}); err != nil {
			return fmt.Errorf("call %s: %w", c.id, err)
		}
		r.Keeper.Remove(c.id)
		r.Closed(end.Source)
		r.Log.Warn().Str("call_id", c.id).Str("by", string(end.Source)).Dur("talk", end.Talk).Msg("call closed without an end report")
	}
	return nil
}

// end makes the end of a call that nobody reported. lastSeen is when its server
// was seen for the last time; it bounds a call that nobody saw go.
func (c openCall) end(server string, records []billing.AsteriskCDR, attempts []billing.Attempt, lastSeen time.Time) billing.End {
	start := billing.Start{CallID: c.id, Server: server, Direction: billing.Outgoing}
	if c.record != nil {
		start = *c.record
		start.Hold, start.Reasons, start.Reason, start.Snapshot = nil, nil, "", 0
	}
	if c.hold != nil {
		start.StartedAt, start.AccountID = c.hold.BeganAt, max(start.AccountID, c.hold.AccountID)
	}
	end := billing.End{Start: start, Source: billing.ByEstimate, EndedAt: start.StartedAt, Disposition: billing.Failed, Attempts: attempts}
	answered, talk, up := billing.Talk(records)
	// A killed Asterisk has records of the attempts that failed, none of the one
	// that was talking: then who saw the call answered knows better.
	if len(records) > 0 && (up || c.hold == nil || c.hold.AnsweredAt.IsZero()) {
		end.Source = billing.ByCDR
		for _, v := range records {
			if v.End.After(end.EndedAt) {
				end.EndedAt = v.End
			}
		}
	} else if c.hold != nil {
		seen := c.hold.SeenAt
		if seen.IsZero() {
			seen = lastSeen
		}
		if seen.After(end.EndedAt) {
			end.EndedAt = seen
		}
		if answered = c.hold.AnsweredAt; !answered.IsZero() {
			talk = max(0, seen.Sub(answered))
		}
	}
	if answered.IsZero() {
		return end
	}
	if c.hold != nil {
		talk = min(talk, c.hold.Paid)
	}
	end.Disposition, end.Cause, end.SIPStatus = billing.Answered, q850.NormalClearing, 200
	end.AnsweredAt, end.Talk, end.EndedAt = answered, talk, answered.Add(talk)
	if c.hold != nil {
		carried(&end, c.hold)
	}
	return end
}

// noLonger bounds the talk of a call that nobody reported: Asterisk's limit ends
// every call, but a clock that jumps makes records that say otherwise.
func noLonger(end *billing.End, longest time.Duration) {
	if end.Talk <= longest {
		return
	}
	end.Talk, end.EndedAt = longest, end.AnsweredAt.Add(longest)
	if last := len(end.Attempts) - 1; last >= 0 && end.Attempts[last].Result == billing.Answered {
		a := &end.Attempts[last]
		a.Talk, a.Elapsed = min(a.Talk, longest), min(a.Elapsed, longest)
	}
}

// carried adds the attempt that carried the call: the route that was seen in use,
// else the first of the plan.
func carried(end *billing.End, hold *billing.OpenHold) {
	failed := len(end.Attempts)
	if failed > 0 {
		failed = end.Attempts[failed-1].N
	}
	key := hold.Route
	if key == "" && len(hold.Terms.Routes) > 0 {
		key = hold.Terms.Routes[min(failed, len(hold.Terms.Routes)-1)].Key
	}
	parsed, err := routing.ParseKey(key)
	if err != nil {
		return
	}
	a := Attempt{N: failed + 1, Key: parsed, StartedAt: end.AnsweredAt, DialStatus: "ANSWER", Elapsed: end.Talk, Talk: end.Talk}
	end.Route = key
	end.Attempts = append(end.Attempts, a.record(end.Start.CallID))
}
