package db

import (
	"context"
	"database/sql"
	"time"

	"github.com/rs/zerolog"
)

// Pool lets tests look at a session as calls get it.
func (d *DB) Pool() *sql.DB { return d.calls }

// WatchCounting is Watch that counts the whole log at every look, or never.
func (d *DB) WatchCounting(ctx context.Context, since Mark, always bool, reload func(ctx context.Context) error, current func()) {
	every := time.Duration(0)
	if !always {
		every = time.Hour
	}
	w := watcher{db: d, interval: time.Millisecond, countEvery: every, log: zerolog.Nop(), reload: reload, current: current, loaded: since, counted: time.Now()}
	w.run(ctx)
}
