package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/rs/zerolog"

	"tandem/callflow"
	"tandem/db"
	"tandem/desk"
	"tandem/geo"
	"tandem/internal/e164"
	"tandem/quality"
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

// Run explains one call: as it was decided then, or as it would be now, which
// runs the code of the live call.
func (x explainCmd) Run(ctx context.Context, e *env) error {
	c, err := loadConfig(e.config)
	if err != nil {
		return err
	}
	return withDB(ctx, e, func(database *db.DB) error {
		d := newDesk(c, database)
		var out desk.Explanation
		if x.Call != "" {
			out, err = d.Then(ctx, x.Call)
		} else {
			out, err = x.now(ctx, c, d)
		}
		if err != nil {
			return err
		}
		if x.JSON {
			return printJSON(e, out)
		}
		return printExplanation(e.out, &out)
	})
}

// now asks with a dip for ported numbers, if the node would dip.
func (x explainCmd) now(ctx context.Context, c config, d *desk.Desk) (desk.Explanation, error) {
	q := desk.Question{To: x.To, From: x.From, Server: x.Server, Subscriber: x.Subscriber}
	if x.At != "" {
		var err error
		if q.At, err = time.Parse(time.RFC3339, x.At); err != nil {
			return desk.Explanation{}, fmt.Errorf("--at %q: want a time such as 2026-11-21T14:00:00Z", x.At)
		}
	}
	if x.Server == "" {
		s, err := d.Snapshot(ctx, q.At)
		if err != nil {
			return desk.Explanation{}, err
		}
		return desk.Explanation{}, desk.NoServer(s, x.Server)
	}
	dipper, err := newDipper(c, d.DB, zerolog.Nop(), nil)
	if err != nil {
		return desk.Explanation{}, err
	}
	defer dipper.Close()
	d.Ported = func(ctx context.Context, n e164.Number) e164.Number { return dipper.Dip(ctx, n).Routing }
	return d.Now(ctx, q)
}

// kindOf is the type of a number that has one.
func kindOf(p geo.Brief) string {
	if p.Type == geo.Unknown {
		return ""
	}
	return p.Type.String()
}

func printExplanation(out io.Writer, x *desk.Explanation) error {
	to := strings.TrimSpace(x.BNumber + " " + strings.Join(nonEmpty(x.To.Region, x.To.Country, kindOf(x.To)), ", "))
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
		fmt.Fprintln(out, "channels in use, routes that rest and what was learnt of their quality are known to running nodes only and not looked at")
	}
	if x.Sold != "" {
		fmt.Fprintf(out, "sold at %s, by what the route costs that carries the call\n", x.Sold)
	}
	return printPlan(out, x.Decision)
}

// printPlan writes the routes in order, then every other candidate with its
// reason.
func printPlan(out io.Writer, t callflow.Told) error {
	if len(t.Plan)+len(t.Dropped) > 0 || t.Refused != "" {
		fmt.Fprintf(out, "ordered by %s, expected lengths of %s%s\n", t.Policy, t.Lengths, saleOf(t))
	}
	if d := t.Destination; d != nil {
		fmt.Fprintf(out, "of all calls to %s, whatever the route, %s are answered\n", cmp.Or(d.Prefix, "any number"), quality.Share(d.Answered))
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
