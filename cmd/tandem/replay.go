package main

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"tandem/desk"
	"tandem/routing"
	"tandem/routing/replay"
)

// replayCmd runs past calls through a draft.
//
//	replay.go         the command
//	replay_policy.go  the policy file
//	replay_table.go   the report for people; replay_csv.go, replay_json.go: for programs
type replayCmd struct {
	From     string   `required:"" help:"First moment of the calls, as 2026-11-14 or 2026-11-14T08:00:00Z."`
	To       string   `required:"" help:"Their end, not included."`
	Deck     []int64  `help:"Deck, a draft as a rule, to use instead of the one in force of its owner and tier. May be repeated."`
	Policy   string   `help:"YAML file with the policy that orders all calls, instead of those that policy_rules pick." type:"path"`
	Account  string   `help:"Only the calls of this account, by name or id."`
	At       string   `help:"Decks, dates of rates and exchange rates of the week that begins then. Default: now."`
	By       []string `help:"What to tell by: destination, country, prefix, provider, account." default:"destination,provider"`
	Top      int      `help:"Rows of each table; 0: all. CSV and JSON have all." default:"20"`
	Sample   int64    `help:"Replay one call in so many. The sums are of those calls only." default:"1"`
	Examples int      `help:"Name so many single calls, those with the largest difference." default:"0"`
	CSV      bool     `help:"Print CSV." name:"csv" xor:"form"`
	JSON     bool     `help:"Print JSON." name:"json" xor:"form"`
}

// Help is what "tandem replay --help" says besides the flags.
func (replayCmd) Help() string {
	return `Runs the outgoing calls of a time through routing twice: "before" as it is, "after" with the decks and the policy given. Nothing is changed.

A call keeps its server, account, number shown, B-number, routing number and length. It is decided by the code of the live call, at its own time of day and on its own weekday (UTC), as if made in the week that begins at --at. Load is left out: no limit is full and no route rests. Policies that go by quality go by cost, those that share begin with their first ticket.

The first route carries the call. It costs the exact price of its talk and the fee of one attempt, which is due when nobody answers, too; failed attempts are not replayed. It is sold by the account's tariff, if it has one. A margin is told of calls that are sold; "gain" is what all calls bring more, or cost less, after. All sums are in the base currency, with the exchange rates of --at.

"as recorded" prices the same calls by the routes that really carried them, so that you see how far the replay is from what happened.

Calls whose account, server or number is gone or switched off, calls in progress and calls to subscribers of ours are skipped, and counted by reason.

A policy file looks like this; kind is least_cost, priority, share or band_share:

  name: mostly-beta
  kind: band_share      # priority: place instead of weight
  band_percent: 5.00    # of band_share: how much dearer than the cheapest
  min_tier: cli         # no route of a lower tier
  routes:
    - {provider: beta, weight: 3}
    - {provider: alpha, tier: premium, weight: 1}`
}

// Run replays and prints. What is interrupted prints nothing: a part of the
// calls would pass for all of them.
func (x replayCmd) Run(ctx context.Context, e *env) error {
	o, err := x.asked()
	if err != nil {
		return err
	}
	return withDesk(ctx, e, func(d *desk.Desk) error {
		r, err := d.NewReplay(ctx, o)
		if err != nil {
			return err
		}
		for _, p := range r.Problems {
			fmt.Fprintln(e.errOut, "note:", p.String()+"; left out of the draft")
		}
		total, err := r.Calls(ctx)
		if err != nil {
			return err
		}
		bar := newBar(e, "calls", total, false)
		report, err := r.Run(ctx, func(read int64) { bar.to(read, 0) })
		bar.end()
		if err != nil && ctx.Err() != nil {
			return fmt.Errorf("%w; nothing is printed, since a part of the calls would pass for all of them", err)
		}
		if err != nil {
			return err
		}
		return x.print(e, &r.ReplayHead, report)
	})
}

// print writes the report in one piece.
func (x replayCmd) print(e *env, h *desk.ReplayHead, r *replay.Report) error {
	var out bytes.Buffer
	var err error
	switch {
	case x.JSON:
		return printJSON(e, desk.ViewReplay(h, r))
	case x.CSV:
		err = printReplayCSV(&out, r)
	default:
		printReplay(&out, h, r, x.Top)
	}
	if err == nil {
		_, err = e.out.Write(out.Bytes())
	}
	return err
}

// asked is what the flags say.
func (x replayCmd) asked() (o desk.ReplayOptions, err error) {
	o = desk.ReplayOptions{Decks: x.Deck, Account: x.Account, Sample: x.Sample, Examples: x.Examples}
	if o.From, err = replayMoment("--from", x.From); err != nil {
		return o, err
	}
	if o.To, err = replayMoment("--to", x.To); err != nil {
		return o, err
	}
	if x.At != "" {
		if o.At, err = replayMoment("--at", x.At); err != nil {
			return o, err
		}
	}
	switch {
	case !o.From.Before(o.To):
		return o, fmt.Errorf("--from %s is not before --to %s", x.From, x.To)
	case x.Sample < 1:
		return o, fmt.Errorf("--sample %d: want 1, every call, or more", x.Sample)
	case x.Top < 0:
		return o, fmt.Errorf("--top %d: want 0, all rows, or more", x.Top)
	}
	for _, name := range x.By {
		by, err := desk.ParseDimension(name)
		if err != nil {
			return o, err
		}
		o.By = append(o.By, by)
	}
	if x.Policy != "" {
		o.Policy = func(providers []routing.Provider) (*routing.Policy, error) {
			return readPolicyFile(x.Policy, providers)
		}
	}
	return o, o.Validate()
}

// replayMoment reads a moment, or a day, which begins at midnight UTC.
func replayMoment(flag, text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%s %q: want a day such as 2026-11-14 or a moment such as 2026-11-14T08:00:00Z", flag, text)
}
