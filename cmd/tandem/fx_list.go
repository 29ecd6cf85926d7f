package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"tandem/db"
	"tandem/internal/money"
)

type fxListCmd struct {
	At   string `help:"In force at that moment, UTC. Default: now." placeholder:"TIME"`
	JSON bool   `help:"Print JSON."`
}

// fxLine is the rate of one currency.
type fxLine struct {
	Currency string    `json:"currency"`
	Name     string    `json:"name"`
	PerEUR   *money.FX `json:"per_eur"` // null: none is in force
	From     time.Time `json:"from,omitzero"`
	Days     int       `json:"days"` // that it is old
}

// Run lists what is in force.
func (x fxListCmd) Run(ctx context.Context, e *env) error {
	at, err := parseMoment("--at", x.At, time.UTC)
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
		inForce := inForceAt(rates, at)
		list := make([]fxLine, 0, len(currencies))
		for _, c := range currencies {
			l := fxLine{Currency: c.ISO, Name: c.Name}
			if r, ok := inForce[c.ISO]; ok {
				l.PerEUR, l.From, l.Days = &r.PerEUR, r.From, int(at.Sub(r.From)/(24*time.Hour))
			}
			list = append(list, l)
		}
		if x.JSON {
			return printJSON(e, list)
		}
		return printFX(e, list)
	})
}

func printFX(e *env, list []fxLine) error {
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
