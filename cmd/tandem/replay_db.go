package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"tandem/billing"
	"tandem/db"
	"tandem/routing"
	"tandem/routing/replay"
)

// pastCalls gives the outgoing calls of a time.
func pastCalls(database *db.DB, span replaySpan) replay.Source {
	return func(ctx context.Context, do func(*replay.Call) error) error {
		var c replay.Call
		return database.EachCall(ctx, span.from, span.to, func(r db.CallRow) error {
			c = replay.Call{
				ID: r.CallID, Server: r.Server, AccountID: r.AccountID, SubscriberID: r.SubscriberID, CLI: r.CLI, BNumber: r.BNumber,
				Routing: r.RoutingNumber, StartedAt: r.StartedAt, InProgress: r.Disposition == billing.InProgress,
				Answered: r.Disposition == billing.Answered, Talk: r.Talk, Route: r.Route, Attempts: r.Attempts,
			}
			return do(&c)
		})
	}
}

// replayWorld is what a replay runs on.
type replayWorld struct {
	before, after *routing.Snapshot
	options       replay.Options
	problems      []routing.Problem // of the draft alone
	head          replayHead
}

// replayHead says what is compared.
type replayHead struct {
	From, To, At time.Time
	Account      string
	Sample       int64
	Decks        []replayDeck
	Policy       *routing.Policy
}

// replayDeck is a deck of the after side.
type replayDeck struct {
	ID       int64
	Owner    string // provider and tier, or tariff
	Version  int
	Replaces int64 // 0: there was none
}

// read makes both sides.
func (x replayCmd) read(ctx context.Context, c config, database *db.DB, span replaySpan) (*replayWorld, error) {
	by, err := x.dimensions()
	if err != nil {
		return nil, err
	}
	if span.at.IsZero() {
		if span.at, err = database.Now(ctx); err != nil {
			return nil, err
		}
		span.at = span.at.Truncate(time.Second)
	}
	w := &replayWorld{
		options: replay.Options{As: span.at, Sample: x.Sample, By: by, Examples: x.Examples},
		head:    replayHead{From: span.from, To: span.to, At: span.at, Sample: x.Sample},
	}
	data, problems, err := database.LoadSnapshotDataAt(ctx, nil, span.at)
	if err != nil {
		return nil, err
	}
	if err := x.choose(w, &data); err != nil {
		return nil, err
	}
	options := routing.Options{BaseCurrency: c.Routing.BaseCurrency}
	before, more, err := routing.NewSnapshot(data, options, span.at)
	if err != nil {
		return nil, err
	}
	w.before, w.after = before, before
	if len(x.Deck) == 0 {
		return w, nil
	}
	known := append(problems, more...)
	draft, problems, err := database.LoadSnapshotDataAt(ctx, data.Rates, span.at, x.Deck...)
	if err != nil {
		return nil, fmt.Errorf("--deck: %w", err)
	}
	if w.after, more, err = routing.NewSnapshot(draft, options, span.at); err != nil {
		return nil, err
	}
	w.problems = slices.DeleteFunc(append(problems, more...), func(p routing.Problem) bool { return slices.Contains(known, p) })
	return w, x.useDecks(w, &data, &draft)
}

// choose reads the account and the policy.
func (x replayCmd) choose(w *replayWorld, data *routing.Data) error {
	if x.Account != "" {
		names := make([]named, 0, len(data.Accounts))
		for _, a := range data.Accounts {
			names = append(names, named{a.ID, a.Name})
		}
		i, err := findNamed("--account", x.Account, names)
		if err != nil {
			return err
		}
		w.options.Account, w.head.Account = names[i].id, names[i].name
	}
	if x.Policy == "" {
		return nil
	}
	policy, err := readPolicyFile(x.Policy, data.Providers)
	w.options.Policy, w.head.Policy = policy, policy
	return err
}

// useDecks makes sure that the decks asked for are really used, and names them.
func (x replayCmd) useDecks(w *replayWorld, before, after *routing.Data) error {
	for _, p := range w.problems {
		if p.Table == "decks" && slices.Contains(x.Deck, p.ID) {
			return fmt.Errorf("--deck %d: %s: %s", p.ID, p.Column, p.Detail)
		}
	}
	for _, id := range x.Deck {
		i := slices.IndexFunc(after.Decks, func(d routing.Deck) bool { return d.ID == id })
		if i < 0 {
			return fmt.Errorf("--deck %d: its provider or tariff cannot be used; tandem check says why", id)
		}
		d := after.Decks[i]
		v := replayDeck{ID: id, Owner: ownerOf(after, d), Version: d.Version}
		for _, old := range before.Decks {
			if old.ProviderID == d.ProviderID && old.TariffID == d.TariffID && old.Tier == d.Tier {
				v.Replaces = old.ID
			}
		}
		w.head.Decks = append(w.head.Decks, v)
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
