package desk

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"tandem/billing"
	"tandem/callflow"
	"tandem/db"
	"tandem/geo"
	"tandem/internal/e164"
	"tandem/routing"
)

// Explanation is why a call took its routes, or would.
type Explanation struct {
	Call     string            `json:"call,omitempty"` // of a call that was made
	Snapshot uint64            `json:"snapshot"`       // version of the configuration that decided
	Caller   string            `json:"caller"`
	Server   string            `json:"server"`
	At       time.Time         `json:"at"`
	To       geo.Brief         `json:"to"`
	BNumber  string            `json:"b_number"`
	Routing  string            `json:"routing_number,omitempty"`
	CLI      string            `json:"cli"`
	Action   callflow.Action   `json:"action,omitempty"`
	Reason   string            `json:"reason"`
	Refusal  *callflow.Refusal `json:"refusal,omitempty"`
	Sold     string            `json:"sold,omitempty"` // how, where each route has a price of its own: "cost + 10 %"
	Decision callflow.Told     `json:"decision"`
}

// Snapshot is the configuration of a moment, the zero time for now, with the
// rates of these numbers only.
func (d *Desk) Snapshot(ctx context.Context, at time.Time, numbers ...e164.Number) (*routing.Snapshot, error) {
	data, _, err := d.DB.LoadSnapshotDataFor(ctx, at, numbers...)
	if err != nil {
		return nil, err
	}
	s, _, err := routing.NewSnapshot(data, routing.Options{BaseCurrency: d.BaseCurrency, Places: d.DB.Atlas()}, time.Now())
	return s, err
}

// Then reads what was kept with a call.
func (d *Desk) Then(ctx context.Context, id string) (Explanation, error) {
	call, err := d.DB.Call(ctx, id)
	if errors.Is(err, db.ErrNotFound) {
		return Explanation{}, wrong("--call", strconv.Quote(id), "no such call; its record may still wait in a spool")
	}
	if err != nil {
		return Explanation{}, err
	}
	if len(call.Start.Reasons) == 0 {
		return Explanation{}, wrong("--call", strconv.Quote(id), "its reasons are not kept: it is older than routing.keep_reasons, or no node of ours decided it")
	}
	s, err := d.Snapshot(ctx, time.Time{})
	if err != nil {
		return Explanation{}, err
	}
	told, err := callflow.Tell(s, call.Start.Reasons)
	if err != nil {
		return Explanation{}, wrong("--call", strconv.Quote(id), "%s", err)
	}
	out := d.describeStart(call.Start, told)
	out.Call = id
	out.Sold, err = soldAt(call.Start.Reasons)
	return out, err
}

// Now asks the code of the live call what it would do.
func (d *Desk) Now(ctx context.Context, q Question) (Explanation, error) {
	at := q.At
	if at.IsZero() {
		at = time.Now().UTC()
	}
	s, err := d.Snapshot(ctx, at)
	if err != nil {
		return Explanation{}, err
	}
	// Asked without rates, the decision tells the number; its rates alone are loaded then.
	return d.would(ctx, q, at, s, func(routed e164.Number) (*routing.Snapshot, error) { return d.Snapshot(ctx, at, routed) })
}

// NowBy is Now by a configuration that is loaded as a whole.
func (d *Desk) NowBy(ctx context.Context, s *routing.Snapshot, q Question) (Explanation, error) {
	return d.would(ctx, q, time.Now().UTC(), s, func(e164.Number) (*routing.Snapshot, error) { return s, nil })
}

// would finds out which number it is, and asks again with its rates.
func (d *Desk) would(ctx context.Context, q Question, at time.Time, s *routing.Snapshot, rates func(e164.Number) (*routing.Snapshot, error)) (Explanation, error) {
	caller, server, err := q.caller(s)
	if err != nil {
		return Explanation{}, err
	}
	in := callflow.Seizure{
		CallID: server.Name + "-explain", Server: server.Name, Endpoint: caller.Login, Dialled: digits(q.To), CLI: digits(q.From), At: at,
	}
	number := callflow.Outbound(s, d.Limits, in, callflow.World{}).Record.BNumber
	routed := number
	if d.Ported != nil {
		routed = d.Ported(ctx, number)
	}
	if s, err = rates(routed); err != nil {
		return Explanation{}, err
	}
	w := callflow.World{Ported: func(e164.Number) e164.Number { return routed }}
	if time.Since(at).Abs() < time.Minute {
		w.Quality = d.Quality // it knows nothing of other times
	}
	decision := callflow.Outbound(s, d.Limits, in, w)
	told, err := callflow.Tell(s, decision.Reasons())
	if err != nil {
		return Explanation{}, err
	}
	out := d.describeStart(decision.Record, told)
	if out.Sold, err = soldAt(decision.Reasons()); err != nil {
		return Explanation{}, err
	}
	out.Action = decision.Action
	if decision.Action == callflow.Reject {
		out.Refusal = &decision.Refusal
	}
	return out, nil
}

func (d *Desk) describeStart(s billing.Start, told callflow.Told) Explanation {
	out := Explanation{
		Snapshot: s.Snapshot, Caller: s.Endpoint, Server: s.Server, At: s.StartedAt, BNumber: cmp.Or(string(s.BNumber), s.Dialled),
		Routing: string(s.RoutingNumber), CLI: string(s.CLI), Reason: s.Reason, Decision: told,
	}
	if atlas := d.DB.Atlas(); atlas != nil {
		p := atlas.Place(string(s.BNumber))
		out.To = p.Brief()
	}
	return out
}

// soldAt says how a cost-plus tariff sells; empty: there is none.
func soldAt(stored []byte) (string, error) {
	r, err := routing.ParseReasons(stored)
	if err != nil || r.Markup == nil {
		return "", err
	}
	return r.Markup.String(), nil
}

// digits takes the spaces and brackets out of a number as people write it.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" ()-.", r) {
			return -1
		}
		return r
	}, s)
}

// place says where numbers are from; nil: nobody knows.
func (d *Desk) place() func(number string) geo.Place {
	if atlas := d.DB.Atlas(); atlas != nil {
		return atlas.Place
	}
	return nil
}
