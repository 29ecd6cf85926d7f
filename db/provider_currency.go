package db

import (
	"context"
	"fmt"
)

// ProviderCurrency is the id of the currency that a provider is paid in.
// ErrNotFound: there is no such provider.
func (d *DB) ProviderCurrency(ctx context.Context, id int64) (currency int64, err error) {
	err = notFound(d.calls.QueryRowContext(ctx, `SELECT currency_id FROM providers WHERE id = ?`, id).Scan(&currency))
	return currency, wrap(fmt.Sprintf("provider %d", id), err)
}
