package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"

	"tandem/billing"
	"tandem/callflow"
	"tandem/db"
	"tandem/internal/money"
	"tandem/view"
)

type accountShowCmd struct {
	Name string `arg:"" help:"Account, by name or id."`
	Last int    `help:"How many of the last postings to show." default:"10"`
	JSON bool   `help:"Print JSON."`
}

// accountShown is all that is shown of an account.
type accountShown struct{ view.AccountShown }

// Run shows one account.
func (x accountShowCmd) Run(ctx context.Context, e *env) error {
	if x.Last < 0 || x.Last > maxShown {
		return fmt.Errorf("--last %d: want 0 to %d; tandem account statement prints more", x.Last, maxShown)
	}
	return withDB(ctx, e, func(database *db.DB) error {
		v, err := x.read(ctx, database)
		if err != nil {
			return err
		}
		if x.JSON {
			return printJSON(e, v)
		}
		return v.print(e)
	})
}

// maxShown bounds the postings of one answer that is kept whole.
const maxShown = 1000

func (x accountShowCmd) read(ctx context.Context, database *db.DB) (accountShown, error) {
	a, err := findAccount(ctx, database, x.Name)
	if err != nil {
		return accountShown{}, err
	}
	v := accountShown{view.AccountShown{Account: view.OfAccount(a), Calls: []callflow.Running{}, Postings: []view.Posting{}}}
	m, err := database.AccountMoney(ctx, a.ID)
	if errors.Is(err, db.ErrNotFound) {
		return v, nil
	}
	if err != nil {
		return v, err
	}
	v.Money = new(view.MoneyOf(m, a.LowBalance))
	for i := range m.Holds {
		v.Calls = append(v.Calls, view.RunningOf(&m.Holds[i], m.At))
	}
	if x.Last > 0 {
		v.Postings, err = lastPostings(ctx, database, billing.Party{Kind: billing.Customer, ID: a.ID}, x.Last)
	}
	return v, err
}

func (v accountShown) print(e *env) error {
	fmt.Fprintf(e.out, "account %d\n", v.ID)
	if err := printSettings(e.out, accountView{v.Account}.settings()); err != nil {
		return err
	}
	if v.Money == nil {
		return nil
	}
	fmt.Fprintln(e.out)
	if err := printSettings(e.out, moneyLines(v.Money, v.Account)); err != nil {
		return err
	}
	if err := v.printCalls(e); err != nil {
		return err
	}
	return printLast(e.out, v.Postings)
}

func moneyLines(m *view.AccountMoney, v view.Account) []setting {
	sum := func(a money.Amount) string { return shortPrice(a) + " " + v.Currency }
	balance := sum(m.Balance)
	if m.Low {
		balance += ", LOW: below " + shortPrice(*v.LowBalance)
	}
	available := "no limit"
	if m.Available != nil {
		available = sum(*m.Available)
	}
	spent := sum(m.Spent)
	if v.DailyLimit != nil {
		spent += " of " + shortPrice(*v.DailyLimit)
	}
	return []setting{{"balance", balance}, {"held for calls", sum(m.Held)}, {"available", available}, {"spent today", spent}}
}

func (v accountShown) printCalls(e *env) error {
	if len(v.Calls) == 0 {
		_, err := fmt.Fprintln(e.out, "\nno calls in progress")
		return err
	}
	w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "\ncall\tserver\tbegan, UTC\tanswered, UTC\ttalk\tcost so far\theld\tpaid talk left")
	for _, c := range v.Calls {
		answered := "not yet"
		if c.AnsweredAt != nil {
			answered = moment(*c.AnsweredAt)
		}
		left := fmt.Sprintf("%d s", c.LeftS)
		if c.Limited {
			left += ", then more is asked for"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d s\t%s\t%s\t%s\n", printable(c.CallID), printable(c.Server), moment(c.BeganAt), answered, c.TalkS,
			shortPrice(c.Cost), shortPrice(c.Held), left)
	}
	return w.Flush()
}
