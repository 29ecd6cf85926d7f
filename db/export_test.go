package db

import (
	"context"
	"database/sql"
	"time"

	"github.com/rs/zerolog"
)

// Pool lets tests look at a session as calls get it.
func (d *DB) Pool() *sql.DB { return d.calls.own.DB }

// WatchCounting is Watch that counts the whole log at every look, or never.
func (d *DB) WatchCounting(ctx context.Context, since Mark, always bool, reload func(ctx context.Context) error, current func()) {
	every := time.Duration(0)
	if !always {
		every = time.Hour
	}
	w := watcher{db: d, interval: time.Millisecond, countEvery: every, log: zerolog.Nop(), reload: reload, current: current, loaded: since, counted: time.Now()}
	w.run(ctx)
}

// RefuseLocal is as if the server had refused LOAD DATA LOCAL before, or not.
func (d *DB) RefuseLocal(refused bool) { d.localRefused.Store(refused) }

// LocalRefused says whether the server has refused LOAD DATA LOCAL.
func (d *DB) LocalRefused() bool { return d.localRefused.Load() }

// TrafficWithin is Traffic with room for that many prefixes.
func (d *DB) TrafficWithin(ctx context.Context, since time.Time, room int) ([]Traffic, int, error) {
	return d.traffic(ctx, since, room)
}

// ParseFixed reads a DECIMAL column.
func ParseFixed(text []byte, digits int) (int64, bool) { return parseFixed(text, digits) }

// AppendFixed writes one.
func AppendFixed(to []byte, value int64, digits int) []byte { return appendFixed(to, value, digits) }

// Ask sends a query as all of the package does, and reads its one value.
func (d *DB) Ask(ctx context.Context, query string) (value string, err error) {
	rows, err := d.calls.QueryContext(ctx, query)
	if err != nil {
		return "", err
	}
	err = eachRow(rows, func(rows *sql.Rows) error { return rows.Scan(&value) })
	return value, err
}

// AskRow is Ask for one row.
func (d *DB) AskRow(ctx context.Context, query string) (value string, err error) {
	err = d.calls.QueryRowContext(ctx, query).Scan(&value)
	return value, err
}

// AskAsPeople sends a query to the pool of people, and waits as long as it takes.
func (d *DB) AskAsPeople(ctx context.Context, query string) error {
	_, err := d.calls.people.ExecContext(ctx, query)
	return err
}

// SetPatience says how long people wait for a connection.
func (d *DB) SetPatience(turn time.Duration) {
	d.calls.turn, d.bulk.turn, d.sums.turn = turn, turn, turn
}

// PeopleWaited is how often somebody has waited for a connection of people's.
func (d *DB) PeopleWaited() int64 { return d.calls.people.Stats().WaitCount }
