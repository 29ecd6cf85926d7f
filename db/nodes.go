package db

import (
	"context"
	"database/sql"
	"time"
)

// Heartbeat says that this node lives, by MariaDB's clock.
func (d *DB) Heartbeat(ctx context.Context, name string) error {
	_, err := d.calls.ExecContext(ctx, `INSERT INTO nodes (name, seen_at, started_at)
			VALUES (?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) - INTERVAL ? MICROSECOND)
		ON DUPLICATE KEY UPDATE seen_at = VALUES(seen_at), started_at = IF(ABS(TIMESTAMPDIFF(SECOND, started_at, VALUES(started_at))) < 2, started_at, VALUES(started_at))`,
		name, time.Since(d.opened).Microseconds())
	return wrap("heartbeat", err)
}

// Alive lists the nodes that have been heard of within that time, by name.
func (d *DB) Alive(ctx context.Context, within time.Duration) ([]string, error) {
	rows, err := d.calls.QueryContext(ctx, `SELECT name FROM nodes WHERE seen_at >= UTC_TIMESTAMP(3) - INTERVAL ? MICROSECOND ORDER BY name`,
		within.Microseconds())
	if err != nil {
		return nil, wrap("list nodes", err)
	}
	var names []string
	err = eachRow(rows, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		names = append(names, name)
		return err
	})
	return names, wrap("list nodes", err)
}
