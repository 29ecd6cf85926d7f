package db

import (
	"context"
	"database/sql"
	"time"

	"tandem/billing"
	"tandem/internal/money"
)

// AccountMoney is the money of an account at one moment, in the currency of its
// balance.
type AccountMoney struct {
	billing.Balance

	Currency  string             // ISO 4217
	Available *money.Amount      // what could be set aside now, below 0 when the floor was raised above it; nil: no limit
	Spent     money.Amount       // by calls that ended today, in the account's zone
	Holds     []billing.OpenHold // of calls in progress
	At        time.Time          // the moment, by MariaDB's clock
}

// AccountMoney reads the money of an account and of its calls in progress.
// ErrNotFound: it has no balance.
func (d *DB) AccountMoney(ctx context.Context, id int64) (AccountMoney, error) {
	var m AccountMoney
	err := inTx(ctx, d.calls, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, func(tx *sql.Tx) error {
		m = AccountMoney{Balance: billing.Balance{AccountID: id}}
		var zone, payment string
		var spentOn sql.NullTime
		var credit, daily sql.Null[money.Amount]
		row := tx.QueryRowContext(ctx, `SELECT b.currency_id, c.iso, b.balance, b.held, b.calls, b.spent_on, b.spent,
				a.time_zone, a.payment, a.credit_limit, a.daily_limit, UTC_TIMESTAMP(3)
			FROM balances b JOIN accounts a ON a.id = b.account_id JOIN currency c ON c.id = b.currency_id WHERE b.account_id = ?`, id)
		if err := row.Scan(&m.CurrencyID, &m.Currency, &m.Balance.Balance, &m.Held, &m.Calls, &spentOn, &m.Spent,
			&zone, &payment, &credit, &daily, &m.At); err != nil {
			return notFound(err)
		}
		if !spentOn.Valid || spentOn.Time.Format(time.DateOnly) < m.At.In(zoneOrUTC(zone)).Format(time.DateOnly) {
			m.Spent = 0
		}
		if credit.Valid || payment == Prepaid {
			m.Available = new(m.Balance.Balance + credit.V - m.Held)
		}
		if daily.Valid {
			left := daily.V - m.Spent - m.Held
			if m.Available == nil || left < *m.Available {
				m.Available = &left
			}
		}
		rows, err := tx.QueryContext(ctx, `SELECT `+holdColumns+` FROM holds WHERE account_id = ? ORDER BY began_at, call_id`, id)
		if err != nil {
			return err
		}
		m.Holds, err = d.scanHolds(rows)
		return err
	})
	return m, wrap("money of an account", err)
}
