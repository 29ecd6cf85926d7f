package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"tandem/billing/rate"
	"tandem/db"
	"tandem/desk"
	"tandem/internal/money"
)

// tariffCmd is everything about what we sell by. The prices of a tariff are
// decks, see deckCmd; a cost-plus tariff has none.
type tariffCmd struct {
	Create tariffCreateCmd `cmd:"" help:"Make a tariff. Its prices come with tandem deck import --tariff, or are cost plus."`
	List   tariffListCmd   `cmd:"" help:"List the tariffs."`
	Show   tariffShowCmd   `cmd:"" help:"Show one tariff: its deck, and the accounts that have it."`
}

// tariffView is a tariff as people and scripts read it.
type tariffView struct {
	ID               int64         `json:"id"`
	Name             string        `json:"name"`
	Currency         string        `json:"currency"`
	CostPlus         *rate.Percent `json:"cost_plus_percent,omitempty"` // none: it sells by a deck
	PlusPerMinute    *money.Rate   `json:"plus_per_minute,omitempty"`
	Deck             *desk.Deck    `json:"deck"` // in force; null: none
	Accounts         int           `json:"accounts"`
	AccountNames     []string      `json:"account_names,omitempty"`
	OtherDecks       []desk.Deck   `json:"other_decks,omitempty"` // scheduled, and drafts
	withoutAnyPrices bool
}

func viewTariff(t db.Tariff, decks []db.Deck) tariffView {
	v := tariffView{ID: t.ID, Name: t.Name, Currency: t.Currency, Accounts: t.Accounts}
	if t.CostPlus {
		v.CostPlus, v.PlusPerMinute = &t.Percent, &t.PerMinute
	}
	for _, d := range decks {
		if d.Owner.TariffID != t.ID {
			continue
		}
		view := desk.ViewDeck(d)
		switch d.Status {
		case db.DeckPublished:
			v.Deck = &view
		case db.DeckScheduled, db.DeckDraft:
			v.OtherDecks = append(v.OtherDecks, view)
		case db.DeckLoading, db.DeckSuperseded, db.DeckRolledBack:
		}
	}
	v.withoutAnyPrices = !t.CostPlus && v.Deck == nil
	return v
}

// prices says in a few words what a tariff sells by.
func (v tariffView) prices() string {
	switch {
	case v.CostPlus != nil && *v.PlusPerMinute == 0:
		return "cost " + plusText(*v.CostPlus) + " %"
	case v.CostPlus != nil:
		return "cost " + plusText(*v.CostPlus) + " % " + plusText(*v.PlusPerMinute) + " a minute"
	case v.Deck == nil:
		return "no deck in force: nothing can be sold by it"
	}
	return fmt.Sprintf("deck %d, version %d, %d rates", v.Deck.ID, v.Deck.Version, v.Deck.Rates)
}

// plusText is what is put on a price, or taken off.
func plusText(v interface{ String() string }) string {
	text := strings.TrimRight(v.String(), "0")
	if !strings.Contains(text, ".") {
		text = v.String()
	}
	text = strings.TrimSuffix(text, ".")
	if rest, below := strings.CutPrefix(text, "-"); below {
		return "- " + rest
	}
	return "+ " + text
}

type tariffCreateCmd struct {
	Name          string `arg:"" help:"How the tariff is called, at most 64 characters."`
	Currency      string `help:"Of its prices, e.g. USD. A cost-plus tariff is in those of the providers; this is then that of new accounts." placeholder:"CODE" required:""`
	CostPlus      given  `help:"Sell at what each provider charges and so many percent more, e.g. 10%." placeholder:"PERCENT"`
	PlusPerMinute given  `help:"With --cost-plus: and so much a minute on top, in the provider's currency." placeholder:"PRICE"`
	JSON          bool   `help:"Print JSON."`
}

// Run makes a tariff.
func (x tariffCreateCmd) Run(ctx context.Context, e *env) error {
	t := db.Tariff{Name: x.Name, Currency: strings.ToUpper(x.Currency)}
	if err := x.markup(&t); err != nil {
		return err
	}
	return withDB(ctx, e, func(database *db.DB) error {
		if err := knownCurrency(ctx, database, "--currency", t.Currency); err != nil {
			return err
		}
		t, err := database.CreateTariff(ctx, t)
		if err != nil {
			return accountTold(err)
		}
		v := viewTariff(t, nil)
		if x.JSON {
			return printJSON(e, v)
		}
		fmt.Fprintf(e.out, "tariff %d, %s: made, in %s\n", v.ID, printable(v.Name), v.Currency)
		next := "tandem deck import FILE --tariff " + quoted(v.Name, v.ID) + " gives it prices"
		if v.CostPlus != nil {
			next = "it sells at " + v.prices() + "; tandem account set NAME --tariff " + quoted(v.Name, v.ID) + " gives it to an account"
		}
		_, err = fmt.Fprintln(e.out, next)
		return err
	})
}

// markup reads the flags of a cost-plus tariff.
func (x tariffCreateCmd) markup(t *db.Tariff) error {
	if !x.CostPlus.set {
		if x.PlusPerMinute.set {
			return errors.New("--plus-per-minute: counts with --cost-plus only; say --cost-plus 0% for the sum alone")
		}
		return nil
	}
	t.CostPlus = true
	var err error
	if t.Percent, err = rate.ParsePercent(strings.TrimSpace(strings.TrimSuffix(x.CostPlus.text, "%"))); err != nil || t.Percent <= -maxDiscount {
		return fmt.Errorf("--cost-plus %q: want percent such as 10%% or 7.5%%, above -100%%, with at most 4 digits after the point", x.CostPlus.text)
	}
	if x.PlusPerMinute.set {
		if t.PerMinute, err = money.ParseRate(x.PlusPerMinute.text); err != nil {
			return fmt.Errorf("--plus-per-minute %q: want a price such as 0.001, with at most 8 digits after the point", x.PlusPerMinute.text)
		}
	}
	return nil
}

// maxDiscount is 100 percent.
const maxDiscount rate.Percent = 100_0000

type tariffListCmd struct {
	JSON bool `help:"Print JSON."`
}

// Run lists the tariffs.
func (x tariffListCmd) Run(ctx context.Context, e *env) error {
	return withDB(ctx, e, func(database *db.DB) error {
		list, err := database.Tariffs(ctx)
		if err != nil {
			return err
		}
		decks, err := database.ListDecks(ctx, db.DeckFilter{})
		if err != nil {
			return err
		}
		views := make([]tariffView, 0, len(list))
		for _, t := range list {
			views = append(views, viewTariff(t, decks))
		}
		if x.JSON {
			return printJSON(e, views)
		}
		if len(views) == 0 {
			_, err := fmt.Fprintln(e.out, "no tariffs; tandem tariff create makes one")
			return err
		}
		w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "tariff\tname\tcurrency\taccounts\tprices")
		for _, v := range views {
			fmt.Fprintf(w, "%d\t%s\t%s\t%d\t%s\n", v.ID, shortened(printable(v.Name)), v.Currency, v.Accounts, v.prices())
		}
		return w.Flush()
	})
}

type tariffShowCmd struct {
	Name string `arg:"" help:"Tariff, by name or id."`
	JSON bool   `help:"Print JSON."`
}

// Run shows one tariff.
func (x tariffShowCmd) Run(ctx context.Context, e *env) error {
	return withDB(ctx, e, func(database *db.DB) error {
		t, err := findTariff(ctx, database, "tariff", x.Name)
		if err != nil {
			return err
		}
		decks, err := database.ListDecks(ctx, db.DeckFilter{TariffID: t.ID})
		if err != nil {
			return err
		}
		accounts, err := database.Accounts(ctx)
		if err != nil {
			return err
		}
		v := viewTariff(t, decks)
		for _, a := range accounts {
			if a.TariffID == t.ID {
				v.AccountNames = append(v.AccountNames, a.Name)
			}
		}
		if x.JSON {
			return printJSON(e, v)
		}
		return v.print(e)
	})
}

// findTariff is the tariff that is meant. The error of one that is not there
// names those that are, and the nearest.
func findTariff(ctx context.Context, database *db.DB, flag, name string) (db.Tariff, error) {
	t, err := database.Tariff(ctx, name)
	if !errors.Is(err, db.ErrNotFound) {
		return t, err
	}
	list, err := database.Tariffs(ctx)
	if err != nil {
		return db.Tariff{}, err
	}
	names := make([]desk.Named, 0, len(list))
	for _, t := range list {
		names = append(names, desk.Named{ID: t.ID, Name: t.Name})
	}
	i, err := desk.FindNamed(flag, name, names)
	if err != nil {
		return db.Tariff{}, err
	}
	return list[i], nil
}

func (v tariffView) print(e *env) error {
	const few = 20
	names := make([]string, 0, few+1)
	for i, name := range v.AccountNames {
		if i == few {
			names = append(names, "…")
			break
		}
		names = append(names, printable(name))
	}
	if err := printSettings(e.out, []setting{
		{"tariff", fmt.Sprintf("%d, %s", v.ID, printable(v.Name))},
		{"currency", v.Currency},
		{"prices", v.prices()},
		{"accounts", fmt.Sprintf("%d: %s", v.Accounts, orDash(strings.Join(names, ", ")))},
	}); err != nil {
		return err
	}
	if len(v.OtherDecks) > 0 {
		fmt.Fprintln(e.out)
		return printDecks(e, v.OtherDecks)
	}
	if v.withoutAnyPrices {
		_, err := fmt.Fprintf(e.out, "tandem deck import FILE --tariff %s gives it prices\n", quoted(v.Name, v.ID))
		return err
	}
	return nil
}
