package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
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
	day           spentDay // the latest on which something was spent; zero: nothing was
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
func (c changes) post(p *billing.Posting, day spentDay) {
	for _, side := range []struct {
		party billing.Party
		sum   money.Amount
	}{{p.Debit, -p.Amount}, {p.Credit, p.Amount}} {
		if side.party.Kind != billing.Customer {
			continue
		}
		b := c.of(side.party.ID, p.CurrencyID)
		b.balance += side.sum
		if day.date == "" || day.date < b.day.date {
			continue
		}
		if day.date > b.day.date {
			b.day, b.spent = day, 0
		}
		b.spent -= side.sum
	}
}

// addChanges adds rows of changes, told as JSON, in their order: rows are locked
// by account, and no others: of few rows MariaDB would read, and lock, them all,
// and meet whoever has locked one of those before. Decimals are text there, and DECIMAL from the start. Of days only
// the latest is counted: what is spent on an earlier one bounds nothing any more.
// When the row is of a day that is yet to come, since a clock was wrong, what is
// spent today adds to it, and all of it counts as today's: the limit must not be
// off until that day.
const addChanges = `UPDATE JSON_TABLE(?, '$[*]' COLUMNS (
		account_id INT PATH '$.account', balance DECIMAL(19,6) PATH '$.balance', held DECIMAL(19,6) PATH '$.held', calls INT PATH '$.calls',
		spent DECIMAL(19,6) PATH '$.spent', day DATE PATH '$.day', today INT PATH '$.today')) AS c
	STRAIGHT_JOIN balances b FORCE INDEX (PRIMARY) ON b.account_id = c.account_id
	SET b.balance = b.balance + c.balance, b.held = b.held + c.held, b.calls = b.calls + c.calls,
		b.spent = IF(c.day IS NULL OR b.spent_on > c.day AND NOT c.today, b.spent, GREATEST(0, IF(b.spent_on >= c.day, b.spent, 0) + c.spent)),
		b.spent_on = IF(c.day IS NULL OR b.spent_on > c.day AND NOT c.today, b.spent_on, c.day)`

// changeJSON is a row of addChanges.
type changeJSON struct {
	Account int64        `json:"account"`
	Balance money.Amount `json:"balance"`
	Held    money.Amount `json:"held"`
	Calls   int          `json:"calls"`
	Spent   money.Amount `json:"spent"`
	Day     *string      `json:"day"` // nil: nothing was spent
	Today   int          `json:"today"`
}

// errBalanceGone: an account that paid a moment ago has no balance any more. Done
// again, the transaction finds out who pays.
var errBalanceGone = errors.New("the balance is gone")

// writeBalances is the last statement of its transaction: every call of an
// account wants its row. All that is posted must reach a balance, or nothing is.
func writeBalances(ctx context.Context, tx *sql.Tx, c changes) error {
	if len(c) == 0 {
		return nil
	}
	rows := make([]changeJSON, 0, len(c))
	for _, account := range slices.Sorted(maps.Keys(c)) {
		b := c[account]
		row := changeJSON{Account: account, Balance: b.balance, Held: b.held, Calls: b.calls, Spent: b.spent}
		if b.day.date != "" {
			row.Day = &b.day.date
		}
		if b.day.today {
			row.Today = 1
		}
		rows = append(rows, row)
	}
	text, err := json.Marshal(rows)
	if err != nil {
		return fmt.Errorf("balances: %w", err)
	}
	n, err := affected(tx.ExecContext(ctx, addChanges, string(text)))
	if err != nil {
		return fmt.Errorf("balances: %w", err)
	}
	if n != int64(len(rows)) {
		return fmt.Errorf("balances: %d of %d accounts %v: %w", n, len(rows), slices.Sorted(maps.Keys(c)), errBalanceGone)
	}
	return nil
}

// readAccounts reads what charges need of accounts that pay.
func (s *settlement) readAccounts(ids []int64) error {
	if s.accounts == nil {
		s.accounts = map[int64]payer{}
	}
	slices.Sort(ids)
	ids = slices.DeleteFunc(slices.Compact(ids), func(id int64) bool { _, known := s.accounts[id]; return known })
	return eachIn(s.ctx, s.tx, `SELECT a.id, a.time_zone, COALESCE(b.currency_id, 0), IF(a.tariff_id IS NULL, NULL, b.opened_at) FROM accounts a LEFT JOIN balances b ON b.account_id = a.id
		WHERE a.id IN (?)`, ids, func(rows *sql.Rows) error {
		var id int64
		var zone string
		var p payer
		var sold sql.NullTime
		if err := rows.Scan(&id, &zone, &p.currency, &sold); err != nil {
			return err
		}
		p.zone, p.sold = zoneOrUTC(zone), sold.Time
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
