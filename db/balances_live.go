package db

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"tandem/billing"
)

// Balances reads the money of accounts, in no order; an account without a balance
// is left out.
func (d *DB) Balances(ctx context.Context, accountIDs []int64) ([]billing.Balance, error) {
	var list []billing.Balance
	for some := range slices.Chunk(accountIDs, 1000) {
		args := make([]any, len(some))
		for i, id := range some {
			args[i] = id
		}
		places := "?" + strings.Repeat(", ?", len(some)-1)
		rows, err := d.calls.QueryContext(ctx, `SELECT account_id, currency_id, balance, held, calls, spent_on, spent FROM balances WHERE account_id IN (`+places+`)`, args...)
		if err != nil {
			return nil, wrap("balances", err)
		}
		err = eachRow(rows, func(rows *sql.Rows) error {
			var b billing.Balance
			var spentOn sql.NullTime
			err := rows.Scan(&b.AccountID, &b.CurrencyID, &b.Balance, &b.Held, &b.Calls, &spentOn, &b.Spent)
			b.SpentOn = spentOn.Time
			list = append(list, b)
			return err
		})
		if err != nil {
			return nil, wrap("balances", err)
		}
	}
	return list, nil
}
