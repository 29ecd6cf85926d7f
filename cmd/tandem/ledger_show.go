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
	"tandem/desk"
	"tandem/internal/money"
	"tandem/view"
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
	CallID   string          `json:"call_id,omitempty"`
	Party    *view.Party     `json:"party,omitempty"`
	Sums     []view.PartySum `json:"sums"` // what all postings come to, above zero: we owe it
	Postings []view.Posting  `json:"postings"`
}

// Run shows postings.
func (x ledgerShowCmd) Run(ctx context.Context, e *env) error {
	if x.Last < 1 || x.Last > maxShown {
		return fmt.Errorf("--last %d: want 1 to %d; tandem account statement prints more", x.Last, maxShown)
	}
	return withDB(ctx, e, func(database *db.DB) error {
		books := view.NewBooks(database)
		var v ledgerShown
		var err error
		switch {
		case x.Call != "":
			v, err = x.ofCall(ctx, database, books)
		case x.Account != "" || x.Provider != "":
			v, err = x.ofParty(ctx, database, books)
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

func (x ledgerShowCmd) ofCall(ctx context.Context, database *db.DB, books *view.Books) (ledgerShown, error) {
	list, err := database.PostingsOf(ctx, x.Call)
	if err != nil {
		return ledgerShown{}, err
	}
	if len(list) == 0 {
		if _, err := database.Call(ctx, x.Call); errors.Is(err, db.ErrNotFound) {
			return ledgerShown{}, fmt.Errorf("--call %q: no such call; its record may still wait in a spool", x.Call)
		}
	}
	v := ledgerShown{CallID: x.Call, Sums: []view.PartySum{}}
	v.Postings, err = books.Postings(ctx, list...)
	add := func(party view.Party, currency string, sum money.Amount) {
		if party.Kind != billing.Customer && party.Kind != billing.Provider {
			return
		}
		i := slices.IndexFunc(v.Sums, func(o view.PartySum) bool { return o.Party == party && o.Currency == currency })
		if i < 0 {
			i, v.Sums = len(v.Sums), append(v.Sums, view.PartySum{Party: party, Currency: currency})
		}
		v.Sums[i].Sum += sum
	}
	for _, p := range v.Postings {
		add(p.Debit, p.Currency, -p.Amount)
		add(p.Credit, p.Currency, p.Amount)
	}
	return v, err
}

func (x ledgerShowCmd) ofParty(ctx context.Context, database *db.DB, books *view.Books) (ledgerShown, error) {
	party, err := x.party(ctx, database)
	if err != nil {
		return ledgerShown{}, err
	}
	list, sums, err := database.LastEntries(ctx, party, x.Last)
	if err != nil {
		return ledgerShown{}, err
	}
	var of []db.PartySum
	for currency, sum := range sums {
		of = append(of, db.PartySum{Party: party, CurrencyID: currency, Sum: sum})
	}
	var v ledgerShown
	if v.Sums, err = books.Sums(ctx, of); err != nil {
		return ledgerShown{}, err
	}
	slices.SortFunc(v.Sums, func(a, b view.PartySum) int { return strings.Compare(a.Currency, b.Currency) })
	who, err := books.Party(ctx, party)
	if err != nil {
		return ledgerShown{}, err
	}
	v.Party = &who
	v.Postings, err = books.Entries(ctx, list)
	return v, err
}

func (x ledgerShowCmd) party(ctx context.Context, database *db.DB) (billing.Party, error) {
	if x.Account != "" {
		a, err := findAccount(ctx, database, x.Account)
		return billing.Party{Kind: billing.Customer, ID: a.ID}, err
	}
	p, err := findProvider(ctx, database, "--provider", x.Provider)
	return billing.Party{Kind: billing.Provider, ID: p.ID}, err
}

// bookProvider is a provider as the books need it.
type bookProvider struct {
	desk.Named

	currency int64
}

func findProvider(ctx context.Context, database *db.DB, flag, name string) (bookProvider, error) {
	data, _, err := database.LoadSnapshotDataFor(ctx, time.Time{}) // without rates
	if err != nil {
		return bookProvider{}, err
	}
	names := make([]desk.Named, 0, len(data.Providers))
	for _, p := range data.Providers {
		names = append(names, desk.Named{ID: p.ID, Name: p.Name})
	}
	i, err := desk.FindNamed(flag, name, names)
	if err != nil {
		return bookProvider{}, err
	}
	return bookProvider{names[i], data.Providers[i].CurrencyID}, nil
}

func (v ledgerShown) print(e *env) error {
	for _, s := range v.Sums {
		fmt.Fprintln(e.out, sumText(s))
	}
	if v.Party != nil {
		if len(v.Postings) == 0 {
			_, err := fmt.Fprintf(e.out, "%s: no postings\n", partyText(*v.Party))
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

// sumText says what a sum means for its party.
func sumText(s view.PartySum) string {
	switch {
	case s.Party.Kind == billing.Customer:
		return fmt.Sprintf("%s: %s %s", partyText(s.Party), shortPrice(s.Sum), s.Currency)
	case s.Sum < 0:
		return fmt.Sprintf("%s owes us %s %s", partyText(s.Party), shortPrice(-s.Sum), s.Currency)
	}
	return fmt.Sprintf("we owe %s %s %s", partyText(s.Party), shortPrice(s.Sum), s.Currency)
}

type ledgerOwedCmd struct {
	JSON bool `help:"Print JSON."`
}

// Run lists what we owe to providers, the most first within a currency.
func (x ledgerOwedCmd) Run(ctx context.Context, e *env) error {
	return withDB(ctx, e, func(database *db.DB) error {
		sums, err := database.PartySums(ctx, billing.Provider)
		if err != nil {
			return err
		}
		list, err := view.NewBooks(database).Sums(ctx, sums)
		if err != nil {
			return err
		}
		slices.SortStableFunc(list, func(a, b view.PartySum) int {
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

func printOwed(out io.Writer, list []view.PartySum) error {
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
func lastPostings(ctx context.Context, database *db.DB, party billing.Party, limit int) ([]view.Posting, error) {
	list, _, err := database.LastEntries(ctx, party, limit)
	if err != nil {
		return nil, err
	}
	return view.NewBooks(database).Entries(ctx, list)
}

// printLast ends the display of an account.
func printLast(out io.Writer, list []view.Posting) error {
	fmt.Fprintln(out)
	return printEntries(out, list)
}
