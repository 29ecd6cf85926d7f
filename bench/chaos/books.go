package chaos

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"tandem/internal/money"
)

// books are the tables as an auditor copies them: plain rows, summed up by nobody.
type books struct {
	Accounts []account
	Calls    []callRow
	Attempts []attemptRow
	Ledger   []entry
	Holds    []holdRow
	CDRs     []cdr // that were collected
}

type account struct {
	ID         int64
	Name       string
	Sold       bool          // it has a tariff
	Floor      *money.Amount // least that the balance may be; nil: none
	Daily      *money.Amount
	CallMost   *money.Amount
	HasMoney   bool // it has a balance
	Balance    money.Amount
	Held       money.Amount
	OpenCalls  int64 // as the balance counts them
	Spent      money.Amount
	SpentOn    string // day, empty: none
	CurrencyID int64
}

type callRow struct {
	ID          string
	AccountID   int64
	Dialled     string
	Disposition string
	Started     time.Time
	Ended       time.Time // zero: open
	Talk        time.Duration
	Sale        *money.Amount
	Held        *money.Amount
	ClosedBy    string
	Error       string // why it could not be charged
	Cut         bool   // the limit of its money ended it
}

type attemptRow struct {
	CallID     string
	N          int
	ProviderID int64
	Result     string
	Cost       *money.Amount
	CurrencyID int64
}

type entry struct {
	ID                int64
	Key, Kind         string
	Debit, Credit     string
	DebitID, CreditID int64
	Amount            money.Amount
	CurrencyID        int64
	CallID            string
}

type holdRow struct {
	CallID    string
	AccountID int64
	Amount    money.Amount
	PaidS     int64
}

// readBooks copies everything in one consistent look.
func readBooks(ctx context.Context, db *sql.DB) (*books, error) {
	tx, err := db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return nil, fmt.Errorf("read the books: %w", err)
	}
	defer tx.Rollback()
	return copyBooks(ctx, tx)
}

func copyBooks(ctx context.Context, tx *sql.Tx) (*books, error) {
	b := &books{}
	for _, read := range []func(context.Context, *sql.Tx) error{
		b.readAccounts, b.readCalls, b.readAttempts, b.readLedger, b.readHolds, b.readCDRs,
	} {
		if err := read(ctx, tx); err != nil {
			return nil, fmt.Errorf("read the books: %w", err)
		}
	}
	return b, nil
}

func (b *books) readAccounts(ctx context.Context, tx *sql.Tx) error {
	return each(ctx, tx, `SELECT a.id, a.name, a.tariff_id IS NOT NULL,
			CASE WHEN a.tariff_id IS NULL OR (a.payment = 'postpaid' AND a.credit_limit IS NULL) THEN NULL
				ELSE -COALESCE(a.credit_limit, 0) END,
			a.daily_limit, a.call_limit,
			m.account_id IS NOT NULL, COALESCE(m.balance, 0), COALESCE(m.held, 0), COALESCE(m.calls, 0),
			COALESCE(m.spent, 0), COALESCE(DATE_FORMAT(m.spent_on, '%Y-%m-%d'), ''), COALESCE(m.currency_id, 0)
		FROM accounts a LEFT JOIN balances m ON m.account_id = a.id ORDER BY a.id`, func(scan func(...any) error) error {
		var a account
		err := scan(&a.ID, &a.Name, &a.Sold, &a.Floor, &a.Daily, &a.CallMost, &a.HasMoney, &a.Balance, &a.Held, &a.OpenCalls, &a.Spent, &a.SpentOn, &a.CurrencyID)
		b.Accounts = append(b.Accounts, a)
		return err
	})
}

func (b *books) readCalls(ctx context.Context, tx *sql.Tx) error {
	return each(ctx, tx, `SELECT call_id, COALESCE(account_id, 0), COALESCE(dialled, ''), disposition, started_at, ended_at, talk_ms,
			sale, held, COALESCE(closed_by, ''), COALESCE(charge_error, ''), cut <> 0
		FROM calls ORDER BY started_at, call_id`, func(scan func(...any) error) error {
		var c callRow
		var ended sql.NullTime
		var talk int64
		err := scan(&c.ID, &c.AccountID, &c.Dialled, &c.Disposition, &c.Started, &ended, &talk, &c.Sale, &c.Held, &c.ClosedBy, &c.Error, &c.Cut)
		c.Ended, c.Talk = ended.Time, time.Duration(talk)*time.Millisecond
		b.Calls = append(b.Calls, c)
		return err
	})
}

func (b *books) readAttempts(ctx context.Context, tx *sql.Tx) error {
	return each(ctx, tx, `SELECT call_id, n, COALESCE(provider_id, 0), result, cost, COALESCE(cost_currency_id, 0)
		FROM attempts ORDER BY call_id, n`, func(scan func(...any) error) error {
		var a attemptRow
		err := scan(&a.CallID, &a.N, &a.ProviderID, &a.Result, &a.Cost, &a.CurrencyID)
		b.Attempts = append(b.Attempts, a)
		return err
	})
}

func (b *books) readLedger(ctx context.Context, tx *sql.Tx) error {
	return each(ctx, tx, `SELECT id, posting_key, kind, debit, COALESCE(debit_id, 0), credit, COALESCE(credit_id, 0),
			amount, currency_id, COALESCE(call_id, '')
		FROM ledger ORDER BY id`, func(scan func(...any) error) error {
		var e entry
		err := scan(&e.ID, &e.Key, &e.Kind, &e.Debit, &e.DebitID, &e.Credit, &e.CreditID, &e.Amount, &e.CurrencyID, &e.CallID)
		b.Ledger = append(b.Ledger, e)
		return err
	})
}

func (b *books) readHolds(ctx context.Context, tx *sql.Tx) error {
	return each(ctx, tx, `SELECT call_id, COALESCE(account_id, 0), amount, paid_s FROM holds ORDER BY call_id`, func(scan func(...any) error) error {
		var h holdRow
		err := scan(&h.CallID, &h.AccountID, &h.Amount, &h.PaidS)
		b.Holds = append(b.Holds, h)
		return err
	})
}

func (b *books) readCDRs(ctx context.Context, tx *sql.Tx) error {
	return each(ctx, tx, `SELECT uniqueid, sequence, channel, dest_channel, disposition,
			COALESCE(TIMESTAMPDIFF(MICROSECOND, answered_at, ended_at), 0) DIV 1000000
		FROM asterisk_cdrs ORDER BY uniqueid, sequence`, func(scan func(...any) error) error {
		var c cdr
		err := scan(&c.UniqueID, &c.Sequence, &c.Channel, &c.DestChannel, &c.Disposition, &c.BillSec)
		if c.ours() {
			b.CDRs = append(b.CDRs, c)
		}
		return err
	})
}

// each reads the rows of a query.
func each(ctx context.Context, tx *sql.Tx, query string, row func(scan func(...any) error) error) error {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
