package main

import (
	"context"
	"fmt"

	"tandem/billing"
	"tandem/db"
	"tandem/internal/money"
	"tandem/view"
)

type ledgerPayCmd struct {
	Provider beforeSum `arg:"" help:"Provider, by name or id."`
	Sum      string    `arg:"" help:"What was paid, in the provider's currency, e.g. 1200.00."`
	postingFlags
}

// ledgerPaid is what a payment has done.
type ledgerPaid struct {
	Provider   view.Party     `json:"provider"`
	Currency   string         `json:"currency"`
	Key        string         `json:"key"`
	Repeated   bool           `json:"repeated"` // it had been posted before
	OwedBefore money.Amount   `json:"owed_before"`
	OwedAfter  money.Amount   `json:"owed_after"`
	Postings   []view.Posting `json:"postings"`
}

// Run notes that we have paid a provider.
func (x ledgerPayCmd) Run(ctx context.Context, e *env) error {
	sum, err := sumAboveZero(x.Sum)
	if err != nil {
		return err
	}
	if err := x.check(); err != nil {
		return err
	}
	return withDB(ctx, e, func(database *db.DB) error {
		p, err := findProvider(ctx, database, "provider", string(x.Provider))
		if err != nil {
			return err
		}
		party := billing.Party{Kind: billing.Provider, ID: p.ID}
		v := ledgerPaid{Key: x.key()}
		_, owed, err := database.LastEntries(ctx, party, 1)
		if err != nil {
			return err
		}
		v.OwedBefore = owed[p.currency]
		now, err := database.Now(ctx)
		if err != nil {
			return err
		}
		posted, err := database.Post(ctx, []billing.Posting{{
			Key: v.Key, At: now, Kind: billing.Withdrawal, Debit: party, Credit: billing.Party{Kind: billing.Cash}, Amount: sum, CurrencyID: p.currency, Note: x.Note,
		}})
		if err != nil {
			return postingTold(ctx, err, v.Key)
		}
		if _, owed, err = database.LastEntries(ctx, party, 1); err != nil {
			return err
		}
		v.OwedAfter, v.Repeated = owed[p.currency], repeated(posted, now)
		if v.Postings, err = view.NewBooks(database).Postings(ctx, posted...); err != nil {
			return err
		}
		v.Provider, v.Currency = v.Postings[0].Debit, v.Postings[0].Currency
		if x.JSON {
			return printJSON(e, v)
		}
		return v.print(e)
	})
}

func (v ledgerPaid) print(e *env) error {
	owed := func(sum money.Amount) string {
		if sum < 0 {
			return "nothing: " + shortPrice(-sum) + " " + v.Currency + " are paid ahead"
		}
		return shortPrice(sum) + " " + v.Currency
	}
	if err := printSettings(e.out, []setting{
		{"provider", fmt.Sprintf("%d, %s", v.Provider.ID, printable(v.Provider.Name))},
		{"owed before", owed(v.OwedBefore)},
		{"owed after", owed(v.OwedAfter)},
		{"key", v.Key + repeatedText(v.Repeated)},
	}); err != nil {
		return err
	}
	fmt.Fprintln(e.out)
	return printPostings(e.out, v.Postings)
}

// sumAboveZero reads an argument that is a sum of money.
func sumAboveZero(text string) (money.Amount, error) {
	v, err := readSum(text)
	if err == nil && v <= 0 {
		return 0, fmt.Errorf("sum %q: want one above zero", text)
	}
	return v, err
}

func readSum(text string) (money.Amount, error) {
	v, err := money.ParseAmount(text)
	if err != nil || v > maxSum || v < -maxSum {
		return 0, fmt.Errorf("sum %q: want a decimal such as 50.00, with at most 6 digits after the point", text)
	}
	return v, nil
}
