package db

import (
	"context"
	"database/sql"
	"errors"

	"tandem/internal/e164"
)

// RoutingNumber is what a call to a ported number is routed by. It is asked
// while a caller waits: ctx bounds it.
func (d *DB) RoutingNumber(ctx context.Context, number e164.Number) (routing e164.Number, ported bool, err error) {
	err = d.calls.QueryRowContext(ctx, `SELECT routing_number FROM ported_numbers WHERE number = ?`, string(number)).Scan(&routing)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, wrap("routing number", err)
	}
	return routing, true, nil
}
