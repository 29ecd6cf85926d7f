package main

import (
	"context"
	"encoding/json"
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
	Server     string `required:"" help:"Server that the call is made on (servers.servername)."`
	From       string `help:"Number that the caller asks to show; empty: none."`
	To         string `required:"" help:"What the caller dials."`
	Subscriber string `help:"Who calls, by login. Default: the first subscriber of that server who may show --from."`
	At         string `help:"When, as 2026-11-21T14:00:00Z. Default: now."`
	JSON       bool   `help:"Print JSON."`
}

// explanation is what explain prints.
type explanation struct {
	Caller  string            `json:"caller"`
	To      e164.Description  `json:"to"`
	Action  callflow.Action   `json:"action"`
	Refusal *callflow.Refusal `json:"refusal,omitempty"`
	Record  billing.Start     `json:"decision"`
}

// Run explains one call. It runs the code of the live call.
func (x explainCmd) Run(ctx context.Context, e *env) error {
	at := time.Now().UTC()
	if x.At != "" {
		var err error
		if at, err = time.Parse(time.RFC3339, x.At); err != nil {
			return fmt.Errorf("--at %q: want a time such as 2026-11-21T14:00:00Z", x.At)
		}
	}
	c, err := loadConfig(e.config)
	if err != nil {
		return err
	}
	return withDB(ctx, e, func(database *db.DB) error {
		snapshots := newSnapshots(c, database, zerolog.Nop())
		if err := snapshots.reload(ctx); err != nil {
			return err
		}
		s := snapshots.get()
		if s.Server(x.Server) == nil {
			return fmt.Errorf("--server %q: not in servers", x.Server)
		}
		caller, err := x.caller(s)
		if err != nil {
			return err
		}
		d := callflow.Outbound(s, c.limits(), callflow.Seizure{
			CallID: x.Server + "-explain", Server: x.Server, Endpoint: caller.Login, Dialled: digits(x.To), CLI: digits(x.From), At: at,
		})
		out := explanation{Caller: caller.Login, Action: d.Action, Record: d.Record}
		if d.Action == callflow.Reject {
			out.Refusal = &d.Refusal
		}
		if d.Record.BNumber != "" {
			out.To = e164.Describe(d.Record.BNumber)
		}
		if x.JSON {
			enc := json.NewEncoder(e.out)
			enc.SetIndent("", "  ")
			return enc.Encode(out)
		}
		return out.print(e.out)
	})
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
	d := x.Record
	to := d.Dialled
	if d.BNumber != "" {
		to = strings.TrimSpace(string(d.BNumber) + " " + strings.Join(nonEmpty(x.To.Place, x.To.Country), ", "))
	}
	fmt.Fprintf(out, "%s calls %s on %s, showing %s\n", x.Caller, to, d.Server, orDash(string(d.CLI)))
	fmt.Fprintf(out, "%s: %s\n", x.Action, d.Reason)
	if x.Refusal != nil {
		status, _ := x.Refusal.Cause.SIP()
		fmt.Fprintf(out, "the caller gets cause %s, SIP %d\n", x.Refusal.Cause, status)
	}
	return printPlan(out, d.Plan, d.Dropped)
}

func printPlan(out io.Writer, plan []billing.PlannedRoute, dropped []billing.DroppedRoute) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	if len(plan) > 0 {
		fmt.Fprintln(w, "\nroute\tkey\tprovider\ttier\tdial string\tshows\twhy")
	}
	for _, r := range plan {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", r.N, r.Key, orDash(r.Provider), orDash(r.Tier), r.Dial, orDash(string(r.CLI)), r.Reason)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(dropped) > 0 {
		fmt.Fprintln(w, "\nleft out\tprovider\ttier\treason\tdetail")
	}
	for _, r := range dropped {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", r.Key, r.Provider, r.Tier, r.Reason, r.Detail)
	}
	return w.Flush()
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
