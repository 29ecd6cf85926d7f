package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tandem/billing/fx"
	"tandem/internal/money"
)

// fxCmd is everything about exchange rates. They are dated: of a currency's rows
// the latest that is not in the future is in force.
//
//	fx_import.go  a file of the European Central Bank
//	fx_set.go     one rate by hand
//	fx_list.go    what is in force
type fxCmd struct {
	Import fxImportCmd `cmd:"" help:"Read exchange rates from a file of the European Central Bank: eurofxref.csv, eurofxref-hist.csv, or the .zip of one."`
	Set    fxSetCmd    `cmd:"" help:"Set one exchange rate by hand."`
	List   fxListCmd   `cmd:"" help:"List the exchange rates in force, now or at a moment."`
}

// oneEuro is the euro's own rate.
const oneEuro = money.FX(100_000_000)

// inForceAt is the rate of each currency at a moment.
func inForceAt(rates []fx.Rate, at time.Time) map[string]fx.Rate {
	list := map[string]fx.Rate{}
	for _, r := range rates {
		if old, ok := list[r.Currency]; !r.From.After(at) && (!ok || r.From.After(old.From)) {
			list[r.Currency] = r
		}
	}
	return list
}

// inOrder is a list of words for people.
func inOrder(words []string) string {
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(slices.Sorted(slices.Values(words)), ", ")
}

// plural counts things.
func plural[N int | int64](n N, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// dayOf writes a time shortly: of midnight the day alone.
func dayOf(t time.Time) string {
	return strings.TrimSuffix(moment(t), " 00:00:00")
}
