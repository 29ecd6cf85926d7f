//go:build e2e

package e2e_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem/billing"
	"tandem/internal/e164"
	"tandem/internal/q850"
	"tandem/play"
	"tandem/routing"
)

// record waits for the whole record of the one call in which a number was
// dialled.
func (x *exchange) record(t *testing.T, dialled string) billing.End {
	t.Helper()
	return x.recordWhere(t, "dialled = ?", dialled)
}

// recordWhere waits for the whole record of the one call that a condition
// finds. Finding two is an error, now and later.
func (x *exchange) recordWhere(t *testing.T, condition string, args ...any) billing.End {
	t.Helper()
	var call billing.End
	eventually(t, patience, func() error {
		ids, err := x.callsWhere(t, condition, args...)
		if err != nil {
			return err
		}
		if len(ids) != 1 {
			return fmt.Errorf("%d calls in the database where %s %v, want 1: %v", len(ids), condition, args, ids)
		}
		call, err = x.records.Call(soon(t), ids[0])
		if err == nil && call.EndedAt.IsZero() {
			err = fmt.Errorf("call %s has no end yet", ids[0])
		}
		return err
	})
	return call
}

// callsWhere are the ids of the calls that a condition finds.
func (x *exchange) callsWhere(t *testing.T, condition string, args ...any) ([]string, error) {
	t.Helper()
	rows, err := x.sql.QueryContext(soon(t), `SELECT call_id FROM calls WHERE `+condition+` ORDER BY started_at`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// wantNoRecord checks that a number was never dialled as far as the database
// knows.
func (x *exchange) wantNoRecord(t *testing.T, dialled string) {
	t.Helper()
	if ids, err := x.callsWhere(t, "dialled = ?", dialled); err != nil || len(ids) != 0 {
		t.Errorf("calls to %s: %v, %v; want none", dialled, ids, err)
	}
}

// check compares a record with the one that is wanted, field by field. What
// differs from run to run is left out of want and checked by what must hold of
// it.
func check(t *testing.T, got, want billing.End) {
	t.Helper()
	checkTimes(t, got)
	if !strings.HasPrefix(got.Start.CallID, play.ServerName+"-") {
		t.Errorf("call id %q is not of server %s", got.Start.CallID, play.ServerName)
	}
	if got.Start.Source == "" || got.Start.Snapshot == 0 {
		t.Errorf("source %q, snapshot %d: want both known", got.Start.Source, got.Start.Snapshot)
	}
	want.Start.Server = play.ServerName
	if want.Start.Node == "" {
		want.Start.Node = "tandem-1"
	}
	want.Source = billing.ByReport
	if diff := cmp.Diff(want, settled(got)); diff != "" {
		t.Errorf("record of %s (-want +got):\n%s", got.Start.CallID, diff)
	}
}

// settled is the record without what differs from run to run.
func settled(got billing.End) billing.End {
	s := &got.Start
	s.CallID, s.Source, s.StartedAt, s.Snapshot, s.Reasons = "", "", time.Time{}, 0, nil
	got.AnsweredAt, got.EndedAt, got.Talk, got.PDD = time.Time{}, time.Time{}, 0, 0
	attempts := make([]billing.Attempt, len(got.Attempts))
	for i, a := range got.Attempts {
		a.CallID, a.StartedAt, a.PDD, a.Elapsed, a.Talk = "", time.Time{}, 0, 0, 0
		a.Media = billing.Media{} // TestMedia looks at it
		attempts[i] = a
	}
	got.Attempts = attempts
	if len(attempts) == 0 {
		got.Attempts = nil
	}
	return got
}

// checkTimes holds the times of a record against each other.
func checkTimes(t *testing.T, c billing.End) {
	t.Helper()
	wrong := func(format string, args ...any) {
		t.Helper()
		t.Errorf("call %s: "+format, append([]any{c.Start.CallID}, args...)...)
	}
	start, now := c.Start.StartedAt, time.Now()
	if age := now.Sub(start); age < 0 || age > 5*time.Minute {
		wrong("started %v ago", age)
	}
	if c.EndedAt.Before(start) || c.EndedAt.After(now) {
		wrong("started %v, ended %v, now %v", start, c.EndedAt, now)
	}
	if c.Disposition == billing.Answered {
		if !c.AnsweredAt.Add(c.Talk).Equal(c.EndedAt) || c.AnsweredAt.Before(start) {
			wrong("started %v, answered %v, talked %v, ended %v", start, c.AnsweredAt, c.Talk, c.EndedAt)
		}
	} else if !c.AnsweredAt.IsZero() || c.Talk != 0 {
		wrong("%s, but answered %v and talked %v", c.Disposition, c.AnsweredAt, c.Talk)
	}
	heard, last := false, start
	for _, a := range c.Attempts {
		if a.CallID != c.Start.CallID {
			wrong("attempt %d belongs to %s", a.N, a.CallID)
		}
		if a.StartedAt.Before(last) || a.StartedAt.Add(a.Elapsed).After(c.EndedAt.Add(slack)) {
			wrong("attempt %d started %v and took %v, the one before started %v, the call ended %v", a.N, a.StartedAt, a.Elapsed, last, c.EndedAt)
		}
		if (a.PDD > 0) != (a.Rang || a.Progress) || a.PDD > a.Elapsed {
			wrong("attempt %d: rang %t, progress %t, post-dial delay %v of %v", a.N, a.Rang, a.Progress, a.PDD, a.Elapsed)
		}
		if (a.Talk > 0) != (a.Result == billing.Answered) || a.Talk > a.Elapsed {
			wrong("attempt %d is %s and talked %v of %v", a.N, a.Result, a.Talk, a.Elapsed)
		}
		heard, last = heard || a.PDD > 0, a.StartedAt
	}
	if (c.PDD > 0) != heard {
		wrong("post-dial delay %v, attempts heard something: %t", c.PDD, heard)
	}
}

// plan is the keys of a record's plan, and its dial strings.
func plan(t *testing.T, c billing.End) (keys, dial []string) {
	t.Helper()
	for _, r := range reasons(t, c).Routes {
		keys, dial = append(keys, r.Key.String()), append(dial, r.Dial)
	}
	return keys, dial
}

// reasons is what was kept of a record's decision.
func reasons(t *testing.T, c billing.End) routing.Reasons {
	t.Helper()
	r, err := routing.ParseReasons(c.Start.Reasons)
	if err != nil {
		t.Fatalf("call %s: %v", c.Start.CallID, err)
	}
	return r
}

// fromMoscow is the record of a call by moscow-101 that shows its account's
// default, as far as it is known before it ends.
func fromMoscow(b e164.Number) want {
	return want{Start: billing.Start{
		Direction: billing.Outgoing, Endpoint: moscow, AccountID: 1, SubscriberID: 1,
		Dialled: national(b), ANumber: "74951815000", BNumber: b, CLI: "74951815000",
		Reason: "shows 74951815000: the account's default",
	}}
}

// The routes of a call from Moscow to Moscow that shows 74951815000, in order.
// 74951815000 is bound to WestCall's gate; VoiceBuy and VoxBeam let us show it.
func westcall() billing.Attempt {
	return billing.Attempt{N: 1, Key: "7.c.g8", ProviderID: 7, Tier: "cli", GateID: 8}
}

func voicebuy(n int) billing.Attempt {
	return billing.Attempt{N: n, Key: "11.c.a35", ProviderID: 11, Tier: "cli", AddressID: 35}
}

func voxbeam(n int) billing.Attempt {
	return billing.Attempt{N: n, Key: "8.c.a1", ProviderID: 8, Tier: "cli", AddressID: 1}
}

func voicebuyPremium(n int) billing.Attempt {
	return billing.Attempt{N: n, Key: "11.p.a35", ProviderID: 11, Tier: "premium", AddressID: 35}
}

func voxbeamPremium(n int) billing.Attempt {
	return billing.Attempt{N: n, Key: "8.p.a1", ProviderID: 8, Tier: "premium", AddressID: 1}
}

// How attempts end.
func ok(a billing.Attempt) billing.Attempt {
	a.Result, a.DialStatus, a.SIPStatus, a.Cause, a.Rang = billing.Answered, "ANSWER", 200, q850.NormalClearing, true
	return a
}

func congested(a billing.Attempt) billing.Attempt {
	a.Result, a.DialStatus, a.SIPStatus, a.Cause, a.Blame = billing.Failed, "CONGESTION", 503, q850.NoCircuit, q850.BlameRoute
	return a
}

// silent: our own no-progress timer; the carrier had said 100 Trying.
func silent(a billing.Attempt) billing.Attempt {
	a.Result, a.DialStatus, a.SIPStatus, a.Blame = billing.Failed, "CHANUNAVAIL", 100, q850.BlameRoute
	return a
}

func busy(a billing.Attempt) billing.Attempt {
	a.Result, a.DialStatus, a.SIPStatus, a.Cause, a.Blame = billing.Busy, "BUSY", 486, q850.UserBusy, q850.BlameCalled
	return a
}

// rungOut: our own ring timer; the carrier had said 180 Ringing.
func rungOut(a billing.Attempt) billing.Attempt {
	a.Result, a.DialStatus, a.SIPStatus, a.Rang, a.Blame = billing.NoAnswer, "NOANSWER", 180, true, q850.BlameCalled
	return a
}

// cancelled: the caller gave up; the carrier had said 180 Ringing.
func cancelled(a billing.Attempt) billing.Attempt {
	a.Result, a.DialStatus, a.SIPStatus, a.Rang, a.Blame = billing.Cancelled, "CANCEL", 180, true, q850.BlameCaller
	return a
}

// How calls end.
func (w want) answered(by billing.Side, attempts ...billing.Attempt) billing.End {
	e := billing.End(w)
	e.Disposition, e.Cause, e.SIPStatus, e.HangupBy, e.Attempts = billing.Answered, q850.NormalClearing, 200, by, attempts
	e.Route = attempts[len(attempts)-1].Key
	return e
}

func (w want) failed(d billing.Disposition, cause q850.Cause, status int, attempts ...billing.Attempt) billing.End {
	e := billing.End(w)
	e.Disposition, e.Cause, e.SIPStatus, e.HangupBy, e.Attempts = d, cause, status, billing.SideUs, attempts
	if len(attempts) > 0 {
		e.Route = attempts[len(attempts)-1].Key
	}
	return e
}

// want is a record in the making.
type want billing.End
