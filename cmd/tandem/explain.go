package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/rs/zerolog"

	"tandem/billing"
	"tandem/callflow"
	"tandem/db"
	"tandem/internal/e164"
	"tandem/routing"
)

type explainCmd struct {
	Call       string `help:"What happened then: the id of a call." xor:"what" required:""`
	To         string `help:"What would happen now: what the caller dials." xor:"what" required:""`
	Server     string `help:"With --to: server that the call is made on (servers.servername)."`
	From       string `help:"With --to: number that the caller asks to show; empty: none."`
	Subscriber string `help:"With --to: who calls, by login. Default: the first subscriber of that server who may show --from."`
	At         string `help:"With --to: when, as 2026-11-21T14:00:00Z, with the decks of that moment. Default: now."`
	JSON       bool   `help:"Print JSON."`
}

// explanation is what explain prints.
type explanation struct {
	Call     string            `json:"call,omitempty"` // of a call that was made
	Snapshot uint64            `json:"snapshot"`       // version of the configuration that decided
	Caller   string            `json:"caller"`
	Server   string            `json:"server"`
	At       time.Time         `json:"at"`
	To       e164.Description  `json:"to"`
	BNumber  string            `json:"b_number"`
	Routing  string            `json:"routing_number,omitempty"`
	CLI      string            `json:"cli"`
	Action   callflow.Action   `json:"action,omitempty"`
	Reason   string            `json:"reason"`
	Refusal  *callflow.Refusal `json:"refusal,omitempty"`
	Sold     string            `json:"sold,omitempty"` // how, where each route has a price of its own: "cost + 10 %"
	Decision callflow.Told     `json:"decision"`
}

// Run explains one call: as it was decided then, or as it would be now, which
// runs the code of the live call.
func (x explainCmd) Run(ctx context.Context, e *env) error {
	c, err := loadConfig(e.config)
	if err != nil {
		return err
	}
	return withDB(ctx, e, func(database *db.DB) error {
		var out explanation
		if x.Call != "" {
			out, err = explainThen(ctx, c, database, x.Call)
		} else {
			out, err = x.now(ctx, c, database)
		}
		if err != nil {
			return err
		}
		if x.JSON {
			return printJSON(e, out)
		}
		return out.print(e.out)
	})
}

// explainThen reads what was kept with a call.
func explainThen(ctx context.Context, c config, database *db.DB, id string) (explanation, error) {
	call, err := database.Call(ctx, id)
	if errors.Is(err, db.ErrNotFound) {
		return explanation{}, fmt.Errorf("--call %q: no such call; its record may still wait in a spool", id)
	}
	if err != nil {
		return explanation{}, err
	}
	if len(call.Start.Reasons) == 0 {
		return explanation{}, fmt.Errorf("--call %q: its reasons are not kept: it is older than routing.keep_reasons, or no node of ours decided it", id)
	}
	s, err := snapshotFor(ctx, c, database, time.Time{})
	if err != nil {
		return explanation{}, err
	}
	told, err := callflow.Tell(s, call.Start.Reasons)
	if err != nil {
		return explanation{}, fmt.Errorf("--call %q: %w", id, err)
	}
	out := describeStart(call.Start, told)
	out.Call = id
	out.Sold, err = soldAt(call.Start.Reasons)
	return out, err
}

// now asks the code of the live call what it would do.
func (x explainCmd) now(ctx context.Context, c config, database *db.DB) (explanation, error) {
	at := time.Now().UTC()
	if x.At != "" {
		var err error
		if at, err = time.Parse(time.RFC3339, x.At); err != nil {
			return explanation{}, fmt.Errorf("--at %q: want a time such as 2026-11-21T14:00:00Z", x.At)
		}
	}
	s, err := snapshotFor(ctx, c, database, at)
	if err != nil {
		return explanation{}, err
	}
	if x.Server == "" || s.Server(x.Server) == nil {
		return explanation{}, fmt.Errorf("--server %q: want one of %s", x.Server, strings.Join(serverNames(s), ", "))
	}
	caller, err := x.caller(s)
	if err != nil {
		return explanation{}, err
	}
	in := callflow.Seizure{
		CallID: x.Server + "-explain", Server: x.Server, Endpoint: caller.Login, Dialled: digits(x.To), CLI: digits(x.From), At: at,
	}
	// Asked without rates, the decision tells the number; its rates alone are loaded then.
	number := callflow.Outbound(s, c.limits(), in, callflow.World{}).Record.BNumber
	w, routed, err := portedWorld(ctx, c, database, number)
	if err != nil {
		return explanation{}, err
	}
	if s, err = snapshotFor(ctx, c, database, at, routed); err != nil {
		return explanation{}, err
	}
	d := callflow.Outbound(s, c.limits(), in, w)
	told, err := callflow.Tell(s, d.Reasons())
	if err != nil {
		return explanation{}, err
	}
	out := describeStart(d.Record, told)
	if out.Sold, err = soldAt(d.Reasons()); err != nil {
		return explanation{}, err
	}
	out.Action = d.Action
	if d.Action == callflow.Reject {
		out.Refusal = &d.Refusal
	}
	return out, nil
}

func serverNames(s *routing.Snapshot) []string {
	var names []string
	for _, v := range s.Servers() {
		names = append(names, v.Name)
	}
	return names
}

// snapshotFor is the configuration with the rates of these numbers only.
func snapshotFor(ctx context.Context, c config, database *db.DB, at time.Time, numbers ...e164.Number) (*routing.Snapshot, error) {
	snapshots := newSnapshots(c, database, zerolog.Nop())
	snapshots.load = func(ctx context.Context, _ *routing.RateTable) (routing.Data, []routing.Problem, error) {
		return database.LoadSnapshotDataFor(ctx, at, numbers...)
	}
	err := snapshots.reload(ctx)
	return snapshots.get(), err
}

// portedWorld dips once, if the node would.
func portedWorld(ctx context.Context, c config, database *db.DB, number e164.Number) (callflow.World, e164.Number, error) {
	dipper, err := newDipper(c, database, zerolog.Nop(), nil)
	if err != nil {
		return callflow.World{}, "", err
	}
	defer dipper.Close()
	routed := dipper.Dip(ctx, number).Routing
	return callflow.World{Ported: func(e164.Number) e164.Number { return routed }}, routed, nil
}

func describeStart(s billing.Start, told callflow.Told) explanation {
	out := explanation{
		Snapshot: s.Snapshot, Caller: s.Endpoint, Server: s.Server, At: s.StartedAt, BNumber: cmp.Or(string(s.BNumber), s.Dialled),
		Routing: string(s.RoutingNumber), CLI: string(s.CLI), Reason: s.Reason, Decision: told,
	}
	if s.BNumber != "" {
		out.To = e164.Describe(s.BNumber)
	}
	return out
}

// caller finds the subscriber in whose place the call is explained.
func (x explainCmd) caller(s *routing.Snapshot) (*routing.Subscriber, error) {
	if x.Subscriber != "" {
		if v := s.Login(x.Subscriber); v != nil {
			return v, nil
		}
		return nil, fmt.Errorf("--subscriber %q: no such login", x.Subscriber)
	}
	server := s.Server(x.Server)
	var first *routing.Subscriber
	for _, v := range s.Subscribers() {
		here := v.Enabled && (v.ServerID == 0 || v.ServerID == server.ID)
		rules := s.Account(v.AccountID).Rules
		asked, err := rules.Normalise(digits(x.From))
		if x.From == "" && here && s.Account(v.AccountID).DefaultCLI == "" {
			return v, nil // nothing to show: someone who shows nothing
		}
		for _, n := range v.MayShow {
			if err == nil && n == asked && here {
				return v, nil
			}
			if err == nil && n == asked && first == nil {
				first = v
			}
		}
	}
	if first != nil {
		return first, nil
	}
	return nil, fmt.Errorf("--from %q: no subscriber may show it; name one with --subscriber to see what would be shown instead", x.From)
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

func (x explanation) print(out io.Writer) error {
	to := strings.TrimSpace(x.BNumber + " " + strings.Join(nonEmpty(x.To.Place, x.To.Country), ", "))
	fmt.Fprintf(out, "%s calls %s on %s, showing %s\n", x.Caller, to, x.Server, orDash(x.CLI))
	if x.Call != "" {
		fmt.Fprintf(out, "call %s at %s, decided with snapshot %d\n", x.Call, x.At.Format(time.RFC3339), x.Snapshot)
	}
	if x.Routing != "" {
		fmt.Fprintf(out, "ported: routed as %s\n", x.Routing)
	}
	fmt.Fprintln(out, strings.TrimPrefix(string(x.Action)+": "+x.Reason, ": "))
	if x.Refusal != nil {
		status, _ := x.Refusal.Cause.SIP()
		fmt.Fprintf(out, "the caller gets cause %s, SIP %d\n", x.Refusal.Cause, status)
	}
	if x.Call == "" {
		fmt.Fprintln(out, "channels in use and routes that rest are known to running nodes only and not looked at")
	}
	if x.Sold != "" {
		fmt.Fprintf(out, "sold at %s, by what the route costs that carries the call\n", x.Sold)
	}
	return printPlan(out, x.Decision)
}

// soldAt says how a cost-plus tariff sells; empty: there is none.
func soldAt(stored []byte) (string, error) {
	r, err := routing.ParseReasons(stored)
	if err != nil || r.Markup == nil {
		return "", err
	}
	return r.Markup.String(), nil
}

// printPlan writes the routes in order, then every other candidate with its
// reason.
func printPlan(out io.Writer, t callflow.Told) error {
	if len(t.Plan)+len(t.Dropped) > 0 || t.Refused != "" {
		fmt.Fprintf(out, "ordered by %s, expected lengths of %s%s\n", t.Policy, t.Lengths, saleOf(t))
	}
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	if len(t.Plan) > 0 {
		fmt.Fprintln(w, "\nroute\tkey\tprovider\ttier\tdial string\tshows\twhy")
	}
	for _, r := range t.Plan {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", r.N, r.Key, orDash(r.Provider), orDash(r.Tier), r.Dial, orDash(string(r.CLI)), r.Reason)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(t.Dropped) > 0 {
		fmt.Fprintln(w, "\nleft out\tprovider\ttier\treason\tcost\tdetail")
	}
	for _, r := range t.Dropped {
		cost := ""
		if r.Cost != nil {
			cost = r.Cost.String()
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", r.Key, r.Provider, r.Tier, r.Reason, orDash(cost), r.Detail)
	}
	if t.Cut > 0 {
		fmt.Fprintf(w, "and %d more that were not kept\n", t.Cut)
	}
	return w.Flush()
}

func saleOf(t callflow.Told) string {
	if t.Sale == nil {
		return ""
	}
	return ", sold for " + t.Sale.String()
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func nonEmpty(list ...string) []string {
	var out []string
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}
