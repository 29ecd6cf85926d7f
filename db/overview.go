package db

import (
	"context"
	"database/sql"
	"time"

	"tandem/internal/money"
)

// CallBucket is what the calls that began within an interval came to.
type CallBucket struct {
	At       time.Time    `json:"at" doc:"Begin of the interval"`
	Calls    int64        `json:"calls" doc:"That began in it"`
	Ended    int64        `json:"ended" doc:"Of them, those that are over"`
	Answered int64        `json:"answered"`
	Rejected int64        `json:"rejected" doc:"By us, before any route was tried"`
	TalkS    int64        `json:"talk_s"`
	Sale     money.Amount `json:"sale" doc:"Charged to accounts, in the base currency"`
	Cost     money.Amount `json:"cost" doc:"Owed to providers, in the base currency"`
}

// CallBuckets counts the calls that began from then until before to, by intervals
// of that width. Intervals without calls are left out.
func (d *DB) CallBuckets(ctx context.Context, from, to time.Time, width time.Duration) ([]CallBucket, error) {
	s := int64(width / time.Second)
	rows, err := d.calls.QueryContext(ctx, `SELECT FLOOR(TIMESTAMPDIFF(SECOND, '1970-01-01', started_at) / ?) * ? AS bucket, COUNT(*), SUM(ended_at IS NOT NULL),
			SUM(disposition = 'answered'), SUM(disposition = 'rejected'), COALESCE(SUM(talk_ms), 0) DIV 1000, COALESCE(SUM(sale_base), 0), COALESCE(SUM(cost_base), 0)
		FROM calls WHERE started_at >= ? AND started_at < ? GROUP BY bucket ORDER BY bucket`, s, s, moment(from), moment(to))
	if err != nil {
		return nil, wrap("calls by interval", err)
	}
	var list []CallBucket
	err = eachRow(rows, func(rows *sql.Rows) error {
		var b CallBucket
		var at int64
		err := rows.Scan(&at, &b.Calls, &b.Ended, &b.Answered, &b.Rejected, &b.TalkS, &b.Sale, &b.Cost)
		b.At = time.Unix(at, 0).UTC()
		list = append(list, b)
		return err
	})
	return list, wrap("calls by interval", err)
}

// CallsBegun counts the calls that began from then on.
func (d *DB) CallsBegun(ctx context.Context, from time.Time) (n int64, err error) {
	err = d.calls.QueryRowContext(ctx, `SELECT COUNT(*) FROM calls WHERE started_at >= ?`, moment(from)).Scan(&n)
	return n, wrap("count calls", err)
}

// NodeLife is a Tandem with its last sign of life, by MariaDB's clock.
type NodeLife struct {
	Name      string
	StartedAt time.Time
	SeenAt    time.Time
	BusyAt    time.Time     // when it let a call in; zero: never
	Silent    time.Duration // since the last sign of life
}

// NodeLives lists every node that was heard of within that time, by name.
func (d *DB) NodeLives(ctx context.Context, within time.Duration) ([]NodeLife, error) {
	rows, err := d.calls.QueryContext(ctx, `SELECT name, started_at, seen_at, busy_at, TIMESTAMPDIFF(MICROSECOND, seen_at, UTC_TIMESTAMP(3))
		FROM nodes WHERE seen_at >= UTC_TIMESTAMP(3) - INTERVAL ? SECOND ORDER BY name`, int64(within/time.Second))
	if err != nil {
		return nil, wrap("list nodes", err)
	}
	var list []NodeLife
	err = eachRow(rows, func(rows *sql.Rows) error {
		var n NodeLife
		var busy sql.NullTime
		var silent int64
		err := rows.Scan(&n.Name, &n.StartedAt, &n.SeenAt, &busy, &silent)
		n.BusyAt, n.Silent = busy.Time, max(0, time.Duration(silent)*time.Microsecond)
		list = append(list, n)
		return err
	})
	return list, wrap("list nodes", err)
}

// ServersSeen is when each server has shown its channels for the last time.
func (d *DB) ServersSeen(ctx context.Context) (map[string]time.Time, error) {
	rows, err := d.calls.QueryContext(ctx, `SELECT server, seen_at FROM servers_seen`)
	if err != nil {
		return nil, wrap("servers seen", err)
	}
	seen := map[string]time.Time{}
	err = eachRow(rows, func(rows *sql.Rows) error {
		var name string
		var at time.Time
		err := rows.Scan(&name, &at)
		seen[name] = at
		return err
	})
	return seen, wrap("servers seen", err)
}
