package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"tandem/db"
	"tandem/desk"
	"tandem/view"
)

type fxListCmd struct {
	At   string `help:"In force at that moment, UTC. Default: now." placeholder:"TIME"`
	JSON bool   `help:"Print JSON."`
}

// Run lists what is in force.
func (x fxListCmd) Run(ctx context.Context, e *env) error {
	at, err := desk.ParseMoment("--at", x.At, time.UTC)
	if err != nil {
		return err
	}
	return withDB(ctx, e, func(database *db.DB) error {
		if at.IsZero() {
			if at, err = database.Now(ctx); err != nil {
				return err
			}
		}
		rates, err := database.FXRates(ctx)
		if err != nil {
			return err
		}
		currencies, err := database.Currencies(ctx)
		if err != nil {
			return err
		}
		list := view.FXInForce(currencies, rates, at)
		if x.JSON {
			return printJSON(e, list)
		}
		return printFX(e, list)
	})
}

func printFX(e *env, list []view.FXLine) error {
	w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "currency\tname\tper euro\tfrom, UTC\tage")
	for _, l := range list {
		age := "-"
		switch {
		case l.PerEUR == nil:
			age = "no rate: nothing in it can be reckoned"
		case l.Currency != "EUR":
			age = plural(l.Days, "day")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", l.Currency, printable(l.Name), fxText(l.PerEUR), dayOf(l.From), age)
	}
	return w.Flush()
}
