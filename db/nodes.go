package db

import (
	"context"
	"database/sql"
	"time"
)

// Heartbeat says that this node lives, by MariaDB's clock, and whether it has let
// calls in since the last time.
func (d *DB) Heartbeat(ctx context.Context, name string, busy bool) error {
	_, err := d.calls.ExecContext(ctx, `INSERT INTO nodes (name, seen_at, busy_at, started_at)
			VALUES (?, UTC_TIMESTAMP(3), IF(?, UTC_TIMESTAMP(3), NULL), UTC_TIMESTAMP(3) - INTERVAL ? MICROSECOND)
		ON DUPLICATE KEY UPDATE seen_at = VALUES(seen_at), busy_at = COALESCE(VALUES(busy_at), busy_at),
			started_at = IF(ABS(TIMESTAMPDIFF(SECOND, started_at, VALUES(started_at))) < 2, started_at, VALUES(started_at))`,
		name, busy, time.Since(d.opened).Microseconds())
	return wrap("heartbeat", err)
}

// Node is a Tandem that lives.
type Node struct {
	Name string
	Busy bool // it has let a call in lately
}

// Alive lists the nodes that have been heard of within that time, by name, and
// tells which have let calls in within lately.
func (d *DB) Alive(ctx context.Context, within, lately time.Duration) ([]Node, error) {
	rows, err := d.calls.QueryContext(ctx, `SELECT name, COALESCE(busy_at >= UTC_TIMESTAMP(3) - INTERVAL ? MICROSECOND, 0)
		FROM nodes WHERE seen_at >= UTC_TIMESTAMP(3) - INTERVAL ? MICROSECOND ORDER BY name`, lately.Microseconds(), within.Microseconds())
	if err != nil {
		return nil, wrap("list nodes", err)
	}
	var list []Node
	err = eachRow(rows, func(rows *sql.Rows) error {
		var n Node
		err := rows.Scan(&n.Name, &n.Busy)
		list = append(list, n)
		return err
	})
	return list, wrap("list nodes", err)
}

// CallNodes says which node decided each of these calls, as far as their
// records are written.
func (d *DB) CallNodes(ctx context.Context, callIDs []string) (map[string]string, error) {
	nodes := map[string]string{}
	err := eachOfCalls(ctx, d.calls, `SELECT call_id, COALESCE(node, '') FROM calls WHERE call_id IN (?)`, callIDs, func(rows *sql.Rows) error {
		var id, node string
		err := rows.Scan(&id, &node)
		nodes[id] = node
		return err
	})
	return nodes, wrap("nodes of calls", err)
}
