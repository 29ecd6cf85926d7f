package db

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
)

// DeleteAccount removes an account that nothing was ever booked for, with its own
// settings. see is shown the account as it is, within the transaction; its error
// ends everything. A ReferredError says what names it: postings and records of
// calls are never taken away, so an account that has any can only be disabled.
func (d *DB) DeleteAccount(ctx context.Context, id int64, see func(now Account) error) error {
	err := inTx(ctx, d.calls, recordOptions(), func(tx *sql.Tx) error {
		now, err := lockAccount(ctx, tx, id)
		if err != nil {
			return err
		}
		// What is posted or held meanwhile waits for the balance, and then finds none.
		if err := eachIn(ctx, tx, `SELECT account_id FROM balances WHERE account_id IN (?) FOR UPDATE`, []int64{id}, func(*sql.Rows) error { return nil }); err != nil {
			return err
		}
		if err := see(now); err != nil {
			return err
		}
		table := accountTable()
		if err := table.referred(ctx, tx, id, now.Name); err != nil {
			return err
		}
		for _, part := range table.owned {
			if _, err := tx.ExecContext(ctx, `DELETE FROM `+part+` WHERE account_id = ?`, id); err != nil { //nolint:gosec // G202: names are the program's own
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM accounts WHERE id = ?`, id); err != nil {
			return table.named(now.Name, err)
		}
		return audit(ctx, tx, Change{Action: "delete", Kind: "account", ID: strconv.FormatInt(id, 10), Name: now.Name, Before: now})
	})
	return wrap(fmt.Sprintf("delete account %d", id), err)
}

// accountTable knows what names an account besides what is part of it.
func accountTable() Table[Account] {
	return Table[Account]{
		name: "accounts", kind: "account", owned: []string{"allow_list", "block_list", "balances"},
		refers: map[string]string{
			"blocks of callers": `SELECT COUNT(*) FROM block_list WHERE account_id = ? AND side <> 'B'`,
		},
		kept: []keptKind{
			{"calls in progress", `SELECT 1 FROM holds WHERE account_id = ? LIMIT 1`},
			{"call records", `SELECT 1 FROM calls WHERE account_id = ? LIMIT 1`},
			{"postings", `SELECT 1 FROM ledger WHERE debit = 'customer' AND debit_id = ? LIMIT 1`},
			{"postings", `SELECT 1 FROM ledger WHERE credit = 'customer' AND credit_id = ? LIMIT 1`},
		},
	}
}
