package db

import (
	"context"
	"time"
)

// Now is the time by MariaDB's clock, in UTC.
func (d *DB) Now(ctx context.Context) (time.Time, error) {
	var now time.Time
	err := d.calls.QueryRowContext(ctx, `SELECT UTC_TIMESTAMP(6)`).Scan(&now)
	return now, wrap("clock", err)
}
