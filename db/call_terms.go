package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"tandem/billing"
)

// CallTerms are what a call that is over was charged by; nil: it was not charged,
// or there is no such call.
func (d *DB) CallTerms(ctx context.Context, callID string) (*billing.Terms, error) {
	var text []byte
	err := d.calls.QueryRowContext(ctx, `SELECT terms FROM calls WHERE call_id = ? AND month = ?`, callID, callMonth(callID)).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) || err == nil && len(text) == 0 {
		return nil, nil //nolint:nilnil // there are none
	}
	var t billing.Terms
	if err == nil {
		err = json.Unmarshal(text, &t)
	}
	return &t, wrap("terms of a call", err)
}
