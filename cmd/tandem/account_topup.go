package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"tandem/billing"
	"tandem/db"
	"tandem/internal/money"
	"tandem/view"
)

type accountTopupCmd struct {
	Name     beforeSum `arg:"" help:"Account, by name or id."`
	Sum      string    `arg:"" help:"What came in, e.g. 50.00."`
	Currency string    `help:"Of the sum. Another than that of the balance is converted by the exchange rate in force. Default: that of the balance." placeholder:"CODE"`
	postingFlags
}

// Run puts money on an account.
func (x accountTopupCmd) Run(ctx context.Context, e *env) error {
	sum, err := sumAboveZero(x.Sum)
	if err != nil {
		return err
	}
	m := mover{e: e, name: string(x.Name), flags: x.postingFlags, currency: x.Currency}
	return m.move(ctx, func(t db.TopUp) ([]billing.Posting, error) {
		t.Amount = sum
		return m.database.TopUp(ctx, t)
	})
}

type accountWithdrawCmd struct {
	Name     beforeSum `arg:"" help:"Account, by name or id."`
	Sum      string    `arg:"" help:"What goes out, e.g. 50.00."`
	Currency string    `help:"Of the sum. Another than that of the balance is converted by the exchange rate in force. Default: that of the balance." placeholder:"CODE"`
	Force    bool      `help:"Also more than there is without what is held for calls in progress."`
	postingFlags
}

// Run pays money out of an account.
func (x accountWithdrawCmd) Run(ctx context.Context, e *env) error {
	sum, err := sumAboveZero(x.Sum)
	if err != nil {
		return err
	}
	m := mover{e: e, name: string(x.Name), flags: x.postingFlags, currency: x.Currency}
	return m.move(ctx, func(t db.TopUp) ([]billing.Posting, error) {
		if x.Force {
			t.Amount = -sum
			return m.database.TopUp(ctx, t)
		}
		t.Amount = sum
		return m.database.Withdraw(ctx, t)
	})
}

type accountAdjustCmd struct {
	Name beforeSum `arg:"" help:"Account, by name or id."`
	Sum  string    `arg:"" help:"What the balance changes by, e.g. -1.50."`
	postingFlags
}

// Run corrects a balance by hand.
func (x accountAdjustCmd) Run(ctx context.Context, e *env) error {
	sum, err := readSum(x.Sum)
	if err == nil && sum == 0 {
		err = errors.New("sum 0: want what the balance changes by, such as -1.50")
	}
	if err == nil && x.Note == "" {
		err = errors.New("--note: an adjustment needs a reason; say why")
	}
	if err != nil {
		return err
	}
	m := mover{e: e, name: string(x.Name), flags: x.postingFlags}
	return m.move(ctx, func(t db.TopUp) ([]billing.Posting, error) {
		p := billing.Posting{
			Key: t.Key, At: t.At, Kind: billing.Adjust, Debit: billing.Party{Kind: billing.Adjustment}, Credit: billing.Party{Kind: billing.Customer, ID: t.AccountID},
			Amount: sum, CurrencyID: t.CurrencyID, Note: t.Note,
		}
		if sum < 0 {
			p.Debit, p.Credit, p.Amount = p.Credit, p.Debit, -sum
		}
		return m.database.Post(ctx, []billing.Posting{p})
	})
}

// moneyMoved is what a command did to a balance.
type moneyMoved struct {
	AccountID int64          `json:"account_id"`
	Account   string         `json:"account"`
	Currency  string         `json:"currency"`
	Key       string         `json:"key"`
	Repeated  bool           `json:"repeated"` // it had been posted before
	Before    money.Amount   `json:"before"`   // the balance
	After     money.Amount   `json:"after"`
	Available *money.Amount  `json:"available"` // null: no limit
	Postings  []view.Posting `json:"postings"`
}

// mover moves a balance and shows it before and after.
type mover struct {
	e        *env
	database *db.DB
	name     string
	currency string // of the sum; empty: that of the balance
	flags    postingFlags
}

func (m *mover) move(ctx context.Context, post func(t db.TopUp) ([]billing.Posting, error)) error {
	if err := m.flags.check(); err != nil {
		return err
	}
	return withDB(ctx, m.e, func(database *db.DB) error {
		m.database = database
		v, err := m.post(ctx, post)
		if err != nil {
			return err
		}
		if m.flags.JSON {
			return printJSON(m.e, v)
		}
		return v.print(m.e)
	})
}

func (m *mover) post(ctx context.Context, post func(t db.TopUp) ([]billing.Posting, error)) (moneyMoved, error) {
	a, err := findAccount(ctx, m.database, m.name)
	if err != nil {
		return moneyMoved{}, err
	}
	before, err := m.database.AccountMoney(ctx, a.ID)
	if errors.Is(err, db.ErrNotFound) {
		return moneyMoved{}, fmt.Errorf("account %s has no balance; tandem account set %s --currency CODE opens one", printable(a.Name), quoted(a.Name, a.ID))
	}
	if err != nil {
		return moneyMoved{}, err
	}
	t := db.TopUp{Key: m.flags.key(), AccountID: a.ID, CurrencyID: before.CurrencyID, At: before.At, Note: m.flags.Note}
	if m.currency != "" {
		if t.CurrencyID, err = findCurrency(ctx, m.database, m.currency); err != nil {
			return moneyMoved{}, err
		}
	}
	posted, err := post(t)
	if err != nil {
		return moneyMoved{}, postingTold(ctx, err, t.Key)
	}
	after, err := m.database.AccountMoney(ctx, a.ID)
	if err != nil {
		return moneyMoved{}, fmt.Errorf("posted, by key %s, but the balance cannot be read: %w", t.Key, err)
	}
	postings, err := view.NewBooks(m.database).Postings(ctx, posted...)
	return moneyMoved{
		AccountID: a.ID, Account: a.Name, Currency: after.Currency, Key: t.Key, Repeated: repeated(posted, t.At),
		Before: before.Balance.Balance, After: after.Balance.Balance, Available: after.Available, Postings: postings,
	}, err
}

// findCurrency is the id of a currency that accounts may be in.
func findCurrency(ctx context.Context, database *db.DB, code string) (int64, error) {
	list, err := database.Currencies(ctx)
	if err != nil {
		return 0, err
	}
	known := make([]string, 0, len(list))
	for _, c := range list {
		if strings.EqualFold(c.ISO, code) {
			return c.ID, nil
		}
		known = append(known, c.ISO)
	}
	return 0, fmt.Errorf("--currency %q: not known; there are %s", code, inOrder(known))
}

func (v moneyMoved) print(e *env) error {
	fmt.Fprintf(e.out, "account %d, %s\n", v.AccountID, printable(v.Account))
	available := "no limit"
	if v.Available != nil {
		available = shortPrice(*v.Available) + " " + v.Currency
	}
	if err := printSettings(e.out, []setting{
		{"balance before", shortPrice(v.Before) + " " + v.Currency},
		{"balance after", shortPrice(v.After) + " " + v.Currency},
		{"available", available},
		{"key", v.Key + repeatedText(v.Repeated)},
	}); err != nil {
		return err
	}
	fmt.Fprintln(e.out)
	return printPostings(e.out, v.Postings)
}
