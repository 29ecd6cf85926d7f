package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"tandem/billing"
	"tandem/db"
	"tandem/internal/money"
)

type ledgerShowCmd struct {
	Call     string `help:"Postings of a call." xor:"whose" placeholder:"ID"`
	Account  string `help:"Last postings of an account, by name or id." xor:"whose" placeholder:"NAME"`
	Provider string `help:"Last postings of a provider, by name or id, and what we owe it." xor:"whose" placeholder:"NAME"`
	Last     int    `help:"How many of the last postings." default:"20"`
	JSON     bool   `help:"Print JSON."`
}

// ledgerShown is what is shown of a party, or of a call.
type ledgerShown struct {
	CallID   string        `json:"call_id,omitempty"`
	Party    *partyView    `json:"party,omitempty"`
	Sums     []partySum    `json:"sums"` // what all postings come to, above zero: we owe it
	Postings []postingView `json:"postings"`
}

// partySum is what the ledger comes to for a party, in one currency.
type partySum struct {
	Party    partyView    `json:"party"`
	Currency string       `json:"currency"`
	Sum      money.Amount `json:"sum"`
}

// Run shows postings.
func (x ledgerShowCmd) Run(ctx context.Context, e *env) error {
	if x.Last < 1 || x.Last > maxShown {
		return fmt.Errorf("--last %d: want 1 to %d; tandem account statement prints more", x.Last, maxShown)
	}
	return withDB(ctx, e, func(database *db.DB) error {
		names, err := readBookNames(ctx, database)
		if err != nil {
			return err
		}
		var v ledgerShown
		switch {
		case x.Call != "":
			v, err = x.ofCall(ctx, database, names)
		case x.Account != "" || x.Provider != "":
			v, err = x.ofParty(ctx, database, names)
		default:
			return errors.New("whose postings? Say --call ID, --account NAME or --provider NAME")
		}
		if err != nil {
			return err
		}
		if x.JSON {
			return printJSON(e, v)
		}
		return v.print(e)
	})
}

func (x ledgerShowCmd) ofCall(ctx context.Context, database *db.DB, names *bookNames) (ledgerShown, error) {
	list, err := database.PostingsOf(ctx, x.Call)
	if err != nil {
		return ledgerShown{}, err
	}
	if len(list) == 0 {
		if _, err := database.Call(ctx, x.Call); errors.Is(err, db.ErrNotFound) {
			return ledgerShown{}, fmt.Errorf("--call %q: no such call; its record may still wait in a spool", x.Call)
		}
	}
	v := ledgerShown{CallID: x.Call, Sums: []partySum{}, Postings: names.postings(list)}
	add := func(party billing.Party, currency int64, sum money.Amount) {
		if party.Kind != billing.Customer && party.Kind != billing.Provider {
			return
		}
		s := partySum{Party: names.party(party), Currency: names.currency(currency)}
		i := slices.IndexFunc(v.Sums, func(o partySum) bool { return o.Party == s.Party && o.Currency == s.Currency })
		if i < 0 {
			i, v.Sums = len(v.Sums), append(v.Sums, s)
		}
		v.Sums[i].Sum += sum
	}
	for _, p := range list {
		add(p.Debit, p.CurrencyID, -p.Amount)
		add(p.Credit, p.CurrencyID, p.Amount)
	}
	return v, nil
}

func (x ledgerShowCmd) ofParty(ctx context.Context, database *db.DB, names *bookNames) (ledgerShown, error) {
	party, err := x.party(ctx, database)
	if err != nil {
		return ledgerShown{}, err
	}
	list, sums, err := database.LastEntries(ctx, party, x.Last)
	if err != nil {
		return ledgerShown{}, err
	}
	who := names.party(party)
	v := ledgerShown{Party: &who, Sums: []partySum{}, Postings: []postingView{}}
	for currency, sum := range sums {
		v.Sums = append(v.Sums, partySum{who, names.currency(currency), sum})
	}
	slices.SortFunc(v.Sums, func(a, b partySum) int { return strings.Compare(a.Currency, b.Currency) })
	for _, entry := range list {
		v.Postings = append(v.Postings, names.entry(entry))
	}
	return v, nil
}

func (x ledgerShowCmd) party(ctx context.Context, database *db.DB) (billing.Party, error) {
	if x.Account != "" {
		a, err := findAccount(ctx, database, x.Account)
		return billing.Party{Kind: billing.Customer, ID: a.ID}, err
	}
	p, err := findProvider(ctx, database, "--provider", x.Provider)
	return billing.Party{Kind: billing.Provider, ID: p.id}, err
}

// bookProvider is a provider as the books need it.
type bookProvider struct {
	named

	currency int64
}

func findProvider(ctx context.Context, database *db.DB, flag, name string) (bookProvider, error) {
	data, _, err := database.LoadSnapshotDataFor(ctx, time.Time{}) // without rates
	if err != nil {
		return bookProvider{}, err
	}
	names := make([]named, 0, len(data.Providers))
	for _, p := range data.Providers {
		names = append(names, named{p.ID, p.Name})
	}
	i, err := findNamed(flag, name, names)
	if err != nil {
		return bookProvider{}, err
	}
	return bookProvider{names[i], data.Providers[i].CurrencyID}, nil
}

func (v ledgerShown) print(e *env) error {
	for _, s := range v.Sums {
		fmt.Fprintln(e.out, s.text())
	}
	if v.Party != nil {
		if len(v.Postings) == 0 {
			_, err := fmt.Fprintf(e.out, "%s: no postings\n", v.Party)
			return err
		}
		fmt.Fprintln(e.out)
		return printEntries(e.out, v.Postings)
	}
	if len(v.Postings) == 0 {
		_, err := fmt.Fprintf(e.out, "call %s: nothing was posted\n", printable(v.CallID))
		return err
	}
	fmt.Fprintln(e.out)
	return printPostings(e.out, v.Postings)
}

// text says what a sum means for its party.
func (s partySum) text() string {
	switch {
	case s.Party.Kind == billing.Customer:
		return fmt.Sprintf("%s: %s %s", s.Party, shortPrice(s.Sum), s.Currency)
	case s.Sum < 0:
		return fmt.Sprintf("%s owes us %s %s", s.Party, shortPrice(-s.Sum), s.Currency)
	}
	return fmt.Sprintf("we owe %s %s %s", s.Party, shortPrice(s.Sum), s.Currency)
}

type ledgerOwedCmd struct {
	JSON bool `help:"Print JSON."`
}

// Run lists what we owe to providers, the most first within a currency.
func (x ledgerOwedCmd) Run(ctx context.Context, e *env) error {
	return withDB(ctx, e, func(database *db.DB) error {
		names, err := readBookNames(ctx, database)
		if err != nil {
			return err
		}
		sums, err := database.PartySums(ctx, billing.Provider)
		if err != nil {
			return err
		}
		list := make([]partySum, 0, len(sums))
		for _, s := range sums {
			list = append(list, partySum{names.party(s.Party), names.currency(s.CurrencyID), s.Sum})
		}
		slices.SortStableFunc(list, func(a, b partySum) int {
			if c := strings.Compare(a.Currency, b.Currency); c != 0 {
				return c
			}
			return int(min(1, max(-1, b.Sum-a.Sum)))
		})
		if x.JSON {
			return printJSON(e, list)
		}
		return printOwed(e.out, list)
	})
}

func printOwed(out io.Writer, list []partySum) error {
	if len(list) == 0 {
		_, err := fmt.Fprintln(out, "nothing was ever owed to a provider")
		return err
	}
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "provider\tname\twe owe\tcurrency")
	for _, s := range list {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\n", s.Party.ID, orDash(printable(s.Party.Name)), shortPrice(s.Sum), s.Currency)
	}
	return w.Flush()
}

// lastPostings are the last of a party, the newest first.
func lastPostings(ctx context.Context, database *db.DB, party billing.Party, limit int) ([]postingView, error) {
	names, err := readBookNames(ctx, database)
	if err != nil {
		return nil, err
	}
	list, _, err := database.LastEntries(ctx, party, limit)
	views := make([]postingView, 0, len(list))
	for _, entry := range list {
		views = append(views, names.entry(entry))
	}
	return views, err
}

// printLast ends the display of an account.
func printLast(out io.Writer, list []postingView) error {
	fmt.Fprintln(out)
	return printEntries(out, list)
}
