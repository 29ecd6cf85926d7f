package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"tandem/bench/history"
	"tandem/db"
	"tandem/internal/money"
	"tandem/routing/capacity"
)

// The demo's history: enough for every page, made in a few seconds.
const (
	historyDays  = 6
	historyCalls = 3600
	historySeed  = 20260101
)

// errHasCalls keeps invented calls away from real ones.
var errHasCalls = errors.New("--history: there are calls already; a history is for an empty database of the demo")

// history makes some days of calls through the code of real ones.
func (x seedCmd) history(ctx context.Context, e *env) error {
	c, err := loadConfig(e.config)
	if err != nil {
		return err
	}
	began := time.Now()
	to := began.UTC().Truncate(time.Second)
	from := to.AddDate(0, 0, -historyDays)
	open := func(ctx context.Context, at time.Time) (*db.DB, error) {
		return openDBAt(ctx, c, zerolog.Nop(), at)
	}
	database, err := open(ctx, from)
	if err != nil {
		return err
	}
	defer database.Close()
	calls, err := database.Calls(ctx, 1)
	if err != nil {
		return err
	}
	if len(calls) > 0 {
		return errHasCalls
	}
	if err := dressAccounts(ctx, database); err != nil {
		return err
	}
	if err := seedRules(ctx, database); err != nil {
		return err
	}
	snapshots := newSnapshots(c, database, zerolog.Nop())
	if err := snapshots.reload(ctx); err != nil {
		return err
	}
	v := c.Breaker
	made, err := history.Make(ctx, snapshots.get(), history.Spec{
		Seed: historySeed, From: from, To: to, Calls: historyCalls, Limits: c.limits(), Open: open,
		Breaker: capacity.Config{
			MaxAge: c.longestCall(), Silence: c.Limits.NoProgress + breakerMargin, Window: v.Window, MinFailures: v.MinFailures,
			FailurePercent: v.FailurePercent, OpenFor: v.OpenFor, OpenMax: v.OpenMax, JitterPercent: breakerJitter,
		},
	})
	if err != nil {
		return err
	}
	if err := countHistory(ctx, open); err != nil {
		return err
	}
	fmt.Fprintf(e.out, "history of %d days: %d calls, %d answered, %d attempts, generated in %.1f s (node %s)\n",
		historyDays, made.Calls, made.Answered, made.Attempts, time.Since(began).Seconds(), history.Node)
	return nil
}

// countHistory counts the quality of the routes, so that nodes that start then know
// them.
func countHistory(ctx context.Context, open func(ctx context.Context, at time.Time) (*db.DB, error)) error {
	database, err := open(ctx, time.Now())
	if err != nil {
		return err
	}
	defer database.Close()
	_, err = database.RollQuality(ctx, db.QualityRoll{Place: database.Atlas().Place}, nil)
	return err
}

// dressAccounts makes the demo's transit account one that pays afterwards, and
// gives both customers a number to show.
func dressAccounts(ctx context.Context, database *db.DB) error {
	credit, err := money.ParseAmount("250")
	if err != nil {
		return err
	}
	for id, change := range map[int64]func(*db.Account) error{
		3: func(a *db.Account) error {
			a.Payment, a.Tariff, a.Credit, a.DefaultCLI = db.Postpaid, "Retail", &credit, "442038070123"
			return nil
		},
		4: func(a *db.Account) error {
			a.DefaultCLI = "74951815002"
			return nil
		},
	} {
		if _, _, err := database.UpdateAccount(ctx, id, change); err != nil {
			return err
		}
	}
	return nil
}
