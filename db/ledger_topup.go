package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"tandem/billing"
	"tandem/internal/money"
)

// TopUp is money that an account brings in or, below zero, gets back.
type TopUp struct {
	Key        string // the same top-up is made once
	AccountID  int64
	Amount     money.Amount
	CurrencyID int64 // of Amount; 0: that of the account's balance
	At         time.Time
	Note       string
}

// exchangeKey is added to the key of a conversion, for its other half.
const exchangeKey = ":exchange"

// TopUp posts money that came in, or went out. In another currency than the
// balance's it is converted by the exchange rates in force at that time: one
// posting brings the foreign money to the exchange, one gives the account what
// that came to, and records both rates. Made once by its key: again, it answers
// with what was posted then, whatever the rates are now.
func (d *DB) TopUp(ctx context.Context, t TopUp) ([]billing.Posting, error) {
	var posted []billing.Posting
	err := d.posting(ctx, func(tx *sql.Tx) error {
		postings, err := topUp(ctx, tx, t)
		if err == nil {
			posted, err = post(ctx, tx, postings)
		}
		return err
	})
	return posted, wrap("top up", err)
}

func topUp(ctx context.Context, tx *sql.Tx, t TopUp) ([]billing.Posting, error) {
	if t.Amount == 0 || t.Amount == -t.Amount {
		return nil, fmt.Errorf("%w: a top-up of nothing", billing.ErrPosting)
	}
	var currency int64
	if err := tx.QueryRowContext(ctx, `SELECT currency_id FROM balances WHERE account_id = ?`, t.AccountID).Scan(&currency); err != nil {
		return nil, fmt.Errorf("balance of account %d: %w", t.AccountID, notFound(err))
	}
	if t.CurrencyID == 0 {
		t.CurrencyID = currency
	}
	account, cash := billing.Party{Kind: billing.Customer, ID: t.AccountID}, billing.Party{Kind: billing.Cash}
	p := billing.Posting{
		Key: t.Key, At: t.At, Kind: billing.TopUp, Debit: cash, Credit: account, Amount: t.Amount, CurrencyID: currency, Note: t.Note,
	}
	if t.CurrencyID == currency {
		return checked(turned(p))
	}
	was, err := postingsByKey(ctx, tx, []billing.Posting{p})
	if err != nil {
		return nil, err
	}
	exchange := billing.Party{Kind: billing.Exchange}
	other := p
	other.Key, other.Kind, other.CurrencyID, other.Credit = t.Key+exchangeKey, billing.Conversion, t.CurrencyID, exchange
	p.Debit = exchange
	if old, is := was[t.Key]; is && old.Foreign != nil && old.Foreign.CurrencyID == t.CurrencyID && old.Foreign.Amount == max(t.Amount, -t.Amount) {
		// Made before, by the rates of then.
		p.Foreign = old.Foreign
		p.Amount = old.Amount
		if t.Amount < 0 {
			p.Amount = -p.Amount
		}
		return checked(turned(p), turned(other))
	}
	f := billing.Foreign{Amount: max(t.Amount, -t.Amount), CurrencyID: t.CurrencyID}
	if f.From, err = fxAt(ctx, tx, t.CurrencyID, t.At); err != nil {
		return nil, err
	}
	if f.To, err = fxAt(ctx, tx, currency, t.At); err != nil {
		return nil, err
	}
	if p.Amount, err = money.Convert(t.Amount, f.From, f.To); err != nil {
		return nil, err
	}
	p.Foreign = &f
	return checked(turned(p), turned(other))
}

// turned is a posting of a sum above zero: one below goes the other way round.
func turned(p billing.Posting) billing.Posting {
	if p.Amount < 0 {
		p.Amount, p.Debit, p.Credit = -p.Amount, p.Credit, p.Debit
		if p.Kind == billing.TopUp {
			p.Kind = billing.Withdrawal
		}
	}
	return p
}

func checked(list ...billing.Posting) ([]billing.Posting, error) {
	for _, p := range list {
		if err := p.Validate(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// ErrReversed says that a posting was taken back before, by another key.
var ErrReversed = errors.New("the posting was reversed before")

// Reverse takes a posting back, by one the other way round; of a conversion, or
// of what took one back, both halves, whichever is named. A posting is taken back
// once; the same reversal, told by its key again, is answered with what was posted.
func (d *DB) Reverse(ctx context.Context, id int64, key, note string, at time.Time) ([]billing.Posting, error) {
	var posted []billing.Posting
	err := d.posting(ctx, func(tx *sql.Tx) error {
		list, err := halves(ctx, tx, id)
		if err != nil {
			return err
		}
		reversals := make([]billing.Posting, len(list))
		for i, p := range list {
			reversals[i] = billing.Posting{
				Key: key, At: at, Kind: billing.Reversal, Debit: p.Credit, Credit: p.Debit, Amount: p.Amount, CurrencyID: p.CurrencyID,
				CallID: p.CallID, Note: note, Reverses: p.ID,
			}
			if i > 0 {
				reversals[i].Key += exchangeKey
			}
			if err := notReversed(ctx, tx, reversals[i]); err != nil {
				return err
			}
		}
		if reversals, err = checked(reversals...); err != nil {
			return err
		}
		posted, err = post(ctx, tx, reversals)
		return err
	})
	return posted, wrap("reverse", err)
}

// halves are a posting and, when it is half of a conversion, the other half. The
// half at the exchange comes last.
func halves(ctx context.Context, tx *sql.Tx, id int64) ([]billing.Posting, error) {
	var p billing.Posting
	err := scanPosting(&p, tx.QueryRowContext(ctx, `SELECT `+postingColumns+` FROM ledger WHERE id = ?`, id).Scan)
	if err != nil {
		return nil, fmt.Errorf("posting %d: %w", id, notFound(err))
	}
	key, isExchange := strings.CutSuffix(p.Key, exchangeKey)
	if !isExchange {
		key += exchangeKey
	}
	there, err := postingsByKey(ctx, tx, []billing.Posting{{Key: key}})
	if err != nil {
		return nil, err
	}
	other, is := there[key]
	switch {
	case !is:
		return []billing.Posting{p}, nil
	case isExchange:
		return []billing.Posting{other, p}, nil
	}
	return []billing.Posting{p, other}, nil
}

// notReversed refuses a second reversal, by another key.
func notReversed(ctx context.Context, tx *sql.Tx, r billing.Posting) error {
	var key string
	err := tx.QueryRowContext(ctx, `SELECT posting_key FROM ledger WHERE reverses = ?`, r.Reverses).Scan(&key)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err == nil && key != r.Key:
		return fmt.Errorf("posting %d: %w, by key %q", r.Reverses, ErrReversed, key)
	}
	return err
}
