package db

import (
	"context"
	"database/sql"
	"fmt"
)

// AccountByID is one account. ErrNotFound: there is none with that id.
func (d *DB) AccountByID(ctx context.Context, id int64) (Account, error) {
	var a Account
	err := inTx(ctx, d.calls, &sql.TxOptions{ReadOnly: true}, func(tx *sql.Tx) (err error) {
		a, err = readAccount(ctx, tx, id)
		return err
	})
	return a, wrap(fmt.Sprintf("account %d", id), err)
}
