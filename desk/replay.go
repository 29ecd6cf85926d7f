package desk

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"tandem/billing"
	"tandem/db"
	"tandem/routing"
	"tandem/routing/replay"
)

// ReplayOptions say which calls to run through which draft.
type ReplayOptions struct {
	From, To  time.Time                                         // of the calls; To is not included
	At        time.Time                                         // decks, dates of rates and exchange rates of the week from then on; zero: now
	Decks     []int64                                           // instead of those in force of their owners
	Policy    func([]routing.Provider) (*routing.Policy, error) // that orders all calls; nil: those that rules pick
	PolicyID  int64                                             // the same, one that is there; 0: none
	Account   string                                            // only its calls, by name or id
	AccountID int64                                             // by id alone
	By        []replay.Dimension
	Sample    int64 // one call in so many; 0 and 1: every one
	Examples  int   // single calls that are named
}

// maxExamples bounds what is kept in order.
const maxExamples = 1000

// Validate names what makes no sense.
func (o *ReplayOptions) Validate() error {
	o.Sample = max(o.Sample, 1)
	switch {
	case !o.From.Before(o.To):
		return wrong("--to", "", "want a moment after --from")
	case o.Examples < 0 || o.Examples > maxExamples:
		return wrong("--examples", strconv.Itoa(o.Examples), "want 0 to %d", maxExamples)
	}
	return nil
}

// ParseDimension reads what a table of the report is by.
func ParseDimension(name string) (replay.Dimension, error) {
	if !slices.Contains(replay.Dimensions(), replay.Dimension(name)) {
		return "", wrong("--by", strconv.Quote(name), "want some of %q", replay.Dimensions())
	}
	return replay.Dimension(name), nil
}

// Replay is past calls on their way through a draft.
type Replay struct {
	ReplayHead
	Problems []routing.Problem // of the draft alone: what was left out of it

	desk          *Desk
	before, after *routing.Snapshot
	options       replay.Options
}

// ReplayHead says what is compared.
type ReplayHead struct {
	From, To, At time.Time
	Account      string
	Sample       int64
	Decks        []ReplayDeck
	Policy       *routing.Policy
}

// NewReplay makes both sides.
func (d *Desk) NewReplay(ctx context.Context, o ReplayOptions) (*Replay, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	if o.At.IsZero() {
		now, err := d.DB.Now(ctx)
		if err != nil {
			return nil, err
		}
		o.At = now.Truncate(time.Second)
	}
	r := &Replay{
		desk: d, options: replay.Options{As: o.At, Sample: o.Sample, By: o.By, Examples: o.Examples, Place: d.place()},
		ReplayHead: ReplayHead{From: o.From, To: o.To, At: o.At, Sample: o.Sample},
	}
	data, problems, err := d.DB.LoadSnapshotDataAt(ctx, nil, o.At)
	if err != nil {
		return nil, err
	}
	if err := r.choose(&o, &data); err != nil {
		return nil, err
	}
	options := routing.Options{BaseCurrency: d.BaseCurrency, Places: d.DB.Atlas()}
	before, more, err := routing.NewSnapshot(data, options, o.At)
	if err != nil {
		return nil, err
	}
	r.before, r.after = before, before
	if len(o.Decks) > 0 {
		err = r.useDecks(ctx, o.Decks, &data, append(problems, more...))
	}
	return r, err
}

// goodPolicy tells what is wrong with a policy before anything is run.
func (d *Desk) goodPolicy(ctx context.Context, read func([]routing.Provider) (*routing.Policy, error)) error {
	data, _, err := d.DB.LoadSnapshotDataFor(ctx, time.Time{})
	if err == nil {
		_, err = read(data.Providers)
	}
	return err
}

// choose reads the account and the policy.
func (r *Replay) choose(o *ReplayOptions, data *routing.Data) error {
	if o.Account != "" || o.AccountID != 0 {
		names := make([]Named, 0, len(data.Accounts))
		for _, a := range data.Accounts {
			names = append(names, Named{a.ID, a.Name})
		}
		i, err := find("--account", o.Account, o.AccountID, names)
		if err != nil {
			return err
		}
		r.options.Account, r.Account = names[i].ID, names[i].Name
	}
	var err error
	switch {
	case o.PolicyID != 0:
		at := slices.IndexFunc(data.Policies, func(p routing.Policy) bool { return p.ID == o.PolicyID })
		if at < 0 {
			return wrong("--policy-id", "", "there is none with the id %d", o.PolicyID)
		}
		r.Policy = &data.Policies[at]
		if r.Policy.Kind == routing.Quality {
			return wrong("--policy-id", "", "%s", errQuality)
		}
	case o.Policy != nil:
		r.Policy, err = o.Policy(data.Providers)
	}
	r.options.Policy = r.Policy
	return err
}

// useDecks makes the after side, and makes sure that the decks asked for are
// really used.
func (r *Replay) useDecks(ctx context.Context, decks []int64, before *routing.Data, known []routing.Problem) error {
	draft, problems, err := r.desk.DB.LoadSnapshotDataAt(ctx, before.Rates, r.At, decks...)
	if err != nil {
		return fmt.Errorf("--deck: %w", err)
	}
	after, more, err := routing.NewSnapshot(draft, r.before.Options, r.At)
	if err != nil {
		return err
	}
	r.after = after
	r.Problems = slices.DeleteFunc(append(problems, more...), func(p routing.Problem) bool { return slices.Contains(known, p) })
	for _, p := range r.Problems {
		if p.Table == "decks" && slices.Contains(decks, p.ID) {
			return wrong("--deck", strconv.FormatInt(p.ID, 10), "%s: %s", p.Column, p.Detail)
		}
	}
	for _, id := range decks {
		i := slices.IndexFunc(draft.Decks, func(d routing.Deck) bool { return d.ID == id })
		if i < 0 {
			return &FieldError{
				Flag: "--deck", Given: strconv.FormatInt(id, 10), Text: "its provider or tariff cannot be used", Hint: "tandem check says why",
			}
		}
		d := draft.Decks[i]
		v := ReplayDeck{ID: id, Owner: ownerOf(&draft, d), Version: d.Version}
		for _, old := range before.Decks {
			if old.ProviderID == d.ProviderID && old.TariffID == d.TariffID && old.Tier == d.Tier {
				v.Replaces = old.ID
			}
		}
		r.Decks = append(r.Decks, v)
	}
	return nil
}

func ownerOf(data *routing.Data, d routing.Deck) string {
	for _, t := range data.Tariffs {
		if t.ID == d.TariffID {
			return "tariff " + t.Name
		}
	}
	for _, p := range data.Providers {
		if p.ID == d.ProviderID {
			return p.Name + " " + d.Tier.String()
		}
	}
	return ""
}

// Calls is how many calls there are to replay.
func (r *Replay) Calls(ctx context.Context) (int64, error) {
	return r.desk.DB.CountCalls(ctx, r.From, r.To)
}

// Run replays. What is interrupted has no report: a part of the calls would pass
// for all of them.
func (r *Replay) Run(ctx context.Context, told func(calls int64)) (*replay.Report, error) {
	return replay.Run(ctx, r.before, r.after, r.options, r.past, told)
}

// past gives the outgoing calls of the time.
func (r *Replay) past(ctx context.Context, do func(*replay.Call) error) error {
	var c replay.Call
	return r.desk.DB.EachCall(ctx, r.From, r.To, func(row db.CallRow) error {
		c = replay.Call{
			ID: row.CallID, Server: row.Server, AccountID: row.AccountID, SubscriberID: row.SubscriberID, CLI: row.CLI, BNumber: row.BNumber,
			Routing: row.RoutingNumber, StartedAt: row.StartedAt, InProgress: row.Disposition == billing.InProgress,
			Answered: row.Disposition == billing.Answered, Talk: row.Talk, Route: row.Route, Attempts: row.Attempts,
		}
		return do(&c)
	})
}
