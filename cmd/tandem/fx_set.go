package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tandem/billing/fx"
	"tandem/db"
	"tandem/desk"
	"tandem/internal/money"
	"tandem/view"
)

type fxSetCmd struct {
	Currency string `arg:"" help:"Currency, e.g. USD."`
	PerEUR   string `arg:"" name:"per-eur" help:"How many units of it one euro buys, e.g. 1.0834."`
	From     string `help:"In force from then on, UTC, as 2026-11-20 or \"2026-11-20 14:00\". Default: now." placeholder:"TIME"`
	Force    bool   `help:"Also a rate that moves by more than 20 percent."`
	JSON     bool   `help:"Print JSON."`
}

// Run sets one rate.
func (x fxSetCmd) Run(ctx context.Context, e *env) error {
	code := strings.ToUpper(x.Currency)
	perEUR, err := money.ParseFX(x.PerEUR)
	if err != nil {
		return fmt.Errorf("rate %q: want units of %s per euro, above zero, with at most 8 digits after the point", x.PerEUR, code)
	}
	if code == "EUR" {
		return errors.New("EUR: one euro is one euro; all rates are against it")
	}
	from, err := desk.ParseMoment("--from", x.From, time.UTC)
	if err != nil {
		return err
	}
	return withDB(ctx, e, func(database *db.DB) error {
		if err := knownCurrency(ctx, database, "currency", code); err != nil {
			return err
		}
		if from.IsZero() {
			if from, err = database.Now(ctx); err != nil {
				return err
			}
			from = from.Truncate(time.Second)
		}
		return x.set(ctx, e, database, fx.Rate{From: from, Currency: code, PerEUR: perEUR})
	})
}

func knownCurrency(ctx context.Context, database *db.DB, flag, code string) error {
	list, err := database.Currencies(ctx)
	if err != nil {
		return err
	}
	var known []string
	for _, c := range list {
		known = append(known, c.ISO)
	}
	if !slices.Contains(known, code) {
		return fmt.Errorf("%s %q: not known; there are %s; tandem fx import --add adds those of a file", flag, printable(code), inOrder(known))
	}
	return nil
}

func (x fxSetCmd) set(ctx context.Context, e *env, database *db.DB, r fx.Rate) error {
	was, err := database.FXRates(ctx)
	if err != nil {
		return err
	}
	changes := fx.Compare(was, []fx.Rate{r})
	if len(changes) == 0 {
		if x.JSON {
			return printJSON(e, view.FXChange{Currency: r.Currency, From: r.From, PerEUR: r.PerEUR, Before: &r.PerEUR})
		}
		_, err := fmt.Fprintln(e.out, "nothing to change: it is so already")
		return err
	}
	v := view.OfFXChange(changes[0])
	if changes[0].Far(view.FarPercent) && !x.Force {
		return fmt.Errorf("rate %s of %s: moves by %s against %s of %s; if it is right, say --force; nothing was changed",
			shortPrice(r.PerEUR), r.Currency, moveText(v), fxText(v.Last), dayOf(v.LastFrom))
	}
	if err := database.PutFX(ctx, []fx.Rate{r}); err != nil {
		return unchanged(ctx, err)
	}
	if x.JSON {
		return printJSON(e, v)
	}
	return printFXChanges(e.out, []view.FXChange{v}, 1)
}
