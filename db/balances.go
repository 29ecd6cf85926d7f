package db

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tandem/billing"
	"tandem/internal/money"
)

// balanceChange is what one transaction does to one account.
type balanceChange struct {
	currency      int64
	balance, held money.Amount
	calls         int
	day           string // the latest on which something was spent; empty: nothing was
	spent         money.Amount
}

// changes are those of one transaction, by account.
type changes map[int64]*balanceChange

func (c changes) of(account, currency int64) *balanceChange {
	b := c[account]
	if b == nil {
		b = &balanceChange{}
		c[account] = b
	}
	if currency != 0 {
		b.currency = currency
	}
	return b
}

// post notes what a posting does. A sum of a day, one that has a day, counts as
// spent on it.
func (c changes) post(p *billing.Posting, day string) {
	for _, side := range []struct {
		party billing.Party
		sum   money.Amount
	}{{p.Debit, -p.Amount}, {p.Credit, p.Amount}} {
		if side.party.Kind != billing.Customer {
			continue
		}
		b := c.of(side.party.ID, p.CurrencyID)
		b.balance += side.sum
		if day == "" || day < b.day {
			continue
		}
		if day > b.day {
			b.day, b.spent = day, 0
		}
		b.spent -= side.sum
	}
}

// One row of changes, and how they are added. The casts keep decimals decimal:
// text in a sum would be taken for a floating point number. Of days only the
// latest is counted: what is spent on an earlier one bounds nothing any more.
const (
	changeRow = `SELECT ? AS account_id, CAST(? AS DECIMAL(19,6)) AS balance, CAST(? AS DECIMAL(19,6)) AS held, ? AS calls,
		CAST(? AS DECIMAL(19,6)) AS spent, CAST(? AS DATE) AS day`
	addChanges = `) AS c STRAIGHT_JOIN balances b ON b.account_id = c.account_id
		SET b.balance = b.balance + c.balance, b.held = b.held + c.held, b.calls = b.calls + c.calls,
			b.spent = IF(c.day IS NULL OR b.spent_on > c.day, b.spent, GREATEST(0, IF(b.spent_on = c.day, b.spent, 0) + c.spent)),
			b.spent_on = IF(c.day IS NULL OR b.spent_on > c.day, b.spent_on, c.day)`
)

// writeBalances is the last statement of its transaction: every call of an
// account wants its row.
func writeBalances(ctx context.Context, tx *sql.Tx, c changes) error {
	for some := range slices.Chunk(slices.Sorted(maps.Keys(c)), maxRows) {
		var args []any
		for _, account := range some {
			b := c[account]
			args = append(args, account, b.balance, b.held, b.calls, b.spent, known(b.day))
		}
		// In the order of the changes: rows are locked by account.
		statement := `UPDATE (` + changeRow + strings.Repeat(` UNION ALL `+changeRow, len(some)-1) + addChanges
		if _, err := tx.ExecContext(ctx, statement, args...); err != nil {
			return fmt.Errorf("balances: %w", err)
		}
	}
	return nil
}

// readAccounts reads the zones and the currencies of accounts that pay.
func (s *settlement) readAccounts(ids []int64) error {
	if s.accounts == nil {
		s.accounts = map[int64]payer{}
	}
	slices.Sort(ids)
	ids = slices.DeleteFunc(slices.Compact(ids), func(id int64) bool { _, known := s.accounts[id]; return known })
	return eachIn(s.ctx, s.tx, `SELECT a.id, a.time_zone, COALESCE(b.currency_id, 0) FROM accounts a LEFT JOIN balances b ON b.account_id = a.id
		WHERE a.id IN (?)`, ids, func(rows *sql.Rows) error {
		var id int64
		var zone string
		var p payer
		if err := rows.Scan(&id, &zone, &p.currency); err != nil {
			return err
		}
		p.zone = zoneOrUTC(zone)
		s.accounts[id] = p
		return nil
	})
}

// zoneOrUTC is the zone of an account's days. The snapshot tells a name that is
// none as a problem; calls are charged all the same.
func zoneOrUTC(name string) *time.Location {
	if zone, err := time.LoadLocation(name); err == nil && name != "" && name != "Local" {
		return zone
	}
	return time.UTC
}

// execIn runs a statement whose one (?) is a list of keys, in pieces.
func execIn[K any](ctx context.Context, tx *sql.Tx, statement string, keys []K) error {
	for some := range slices.Chunk(keys, maxKeys) {
		args := make([]any, len(some))
		for i, k := range some {
			args[i] = k
		}
		if _, err := tx.ExecContext(ctx, strings.Replace(statement, "(?)", "(?"+strings.Repeat(", ?", len(some)-1)+")", 1), args...); err != nil {
			return fmt.Errorf("%.40s…: %w", statement, err)
		}
	}
	return nil
}
