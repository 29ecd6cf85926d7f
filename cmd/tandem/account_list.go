package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"tandem/billing/fx"
	"tandem/db"
	"tandem/internal/money"
	"tandem/view"
)

type accountListCmd struct {
	Low  bool `help:"Only those whose balance is low."`
	JSON bool `help:"Print JSON."`
}

// accountLine is an account in the list.
type accountLine struct{ view.AccountLine }

// Run lists the accounts, the lowest balance first.
func (x accountListCmd) Run(ctx context.Context, e *env) error {
	return withDB(ctx, e, func(database *db.DB) error {
		list, err := database.Accounts(ctx)
		if err != nil {
			return err
		}
		now, err := database.Now(ctx)
		if err != nil {
			return err
		}
		rates, err := database.FXRates(ctx)
		if err != nil {
			return err
		}
		spent, err := database.SpentToday(ctx)
		if err != nil {
			return err
		}
		lines := make([]accountLine, 0, len(list))
		for _, a := range list {
			if l := (accountLine{view.LineOfAccount(a, spent[a.ID])}); l.BelowLow || !x.Low {
				lines = append(lines, l)
			}
		}
		sortAccounts(lines, inForceAt(rates, now))
		if x.JSON {
			return printJSON(e, lines)
		}
		return printAccounts(e, lines)
	})
}

// sortAccounts puts the lowest balance first, as far as exchange rates tell, and
// accounts without one last.
func sortAccounts(lines []accountLine, rates map[string]fx.Rate) {
	worth := func(l accountLine) money.Amount {
		r, ok := rates[l.Currency]
		if !ok {
			return *l.Balance
		}
		v, err := money.Convert(*l.Balance, r.PerEUR, oneEuro)
		if err != nil {
			return *l.Balance
		}
		return v
	}
	slices.SortStableFunc(lines, func(a, b accountLine) int {
		switch {
		case a.Balance == nil || b.Balance == nil:
			return cmp.Or(cmp.Compare(boolRank(a.Balance == nil), boolRank(b.Balance == nil)), strings.Compare(a.Name, b.Name))
		default:
			return cmp.Or(cmp.Compare(worth(a), worth(b)), strings.Compare(a.Name, b.Name))
		}
	})
}

func boolRank(v bool) int {
	if v {
		return 1
	}
	return 0
}

func printAccounts(e *env, lines []accountLine) error {
	if len(lines) == 0 {
		_, err := fmt.Fprintln(e.out, "no accounts")
		return err
	}
	w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "account\tname\tpayment\ttariff\tcurrency\tbalance\theld\tavailable\tspent today\tcalls\tnote")
	for _, l := range lines {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\n", l.ID, shortened(printable(l.Name)), l.Payment, orDash(printable(l.Tariff)), orDash(l.Currency),
			limitText(l.Balance, "-"), limitText(l.Held, "-"), l.availableText(), limitText(l.Spent, "-"), l.Calls, orDash(l.note()))
	}
	return w.Flush()
}

func (l accountLine) availableText() string {
	if l.Balance == nil {
		return "-"
	}
	return limitText(l.Available, "no limit")
}

func (l accountLine) note() string {
	var words []string
	if !l.Enabled {
		words = append(words, "disabled")
	}
	if l.BelowLow {
		words = append(words, "LOW, below "+shortPrice(*l.LowBalance))
	}
	if l.Available != nil && *l.Available <= 0 && l.Tariff != "" {
		words = append(words, "cannot call")
	}
	return strings.Join(words, ", ")
}
