package db

import (
	"context"
	"database/sql"
	"time"

	"github.com/rs/zerolog"
)

// Bounds of Watch.
const (
	pollTimeout   = 5 * time.Second  // one look at change_log
	reloadTimeout = 5 * time.Minute  // one load of everything
	reloadPause   = 30 * time.Second // longest pause between failed reloads
	pruneEvery    = time.Hour
	keepChanges   = 24 * time.Hour
)

// Watch calls reload at once and then whenever the configuration has changed,
// looking every interval, until ctx ends. A reload that fails is tried again,
// with growing pauses. Calls never wait for it: reload swaps in what it loaded.
// current is called after every look that finds the loaded configuration to be
// the newest.
func (d *DB) Watch(ctx context.Context, interval time.Duration, log zerolog.Logger, reload func(ctx context.Context) error, current func()) {
	w := watcher{db: d, interval: interval, log: log, reload: reload, current: current}
	pause := time.Duration(0)
	prune := time.Now().Add(pruneEvery)
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		pause = w.look(ctx)
		if time.Now().After(prune) {
			prune = time.Now().Add(pruneEvery)
			if err := d.PruneChanges(ctx, keepChanges); err != nil {
				log.Warn().Err(err).Msg("old rows of change_log could not be deleted")
			}
		}
	}
}

// watcher belongs to the one goroutine that runs Watch.
type watcher struct {
	db       *DB
	interval time.Duration
	log      zerolog.Logger
	reload   func(ctx context.Context) error
	current  func()
	loaded   *mark // what the last good reload saw at least; nil before the first
	failures int   // reloads failed in a row
	blind    bool  // the last look failed
}

// look reloads when something is new and says how long to wait before the next
// look.
func (w *watcher) look(ctx context.Context) time.Duration {
	// The mark is read before the reload: a change in between is loaded twice,
	// never missed.
	now, err := w.db.mark(ctx)
	if err != nil {
		if !w.blind && ctx.Err() == nil {
			w.log.Warn().Err(err).Msg("configuration changes cannot be seen; the last configuration stays in force")
		}
		w.blind = true
		return w.interval
	}
	if w.blind {
		w.log.Info().Msg("configuration changes are seen again")
		w.blind = false
	}
	if w.loaded != nil && *w.loaded == now {
		w.current()
		return w.interval
	}
	bounded, cancel := context.WithTimeout(ctx, reloadTimeout)
	defer cancel()
	if err := w.reload(bounded); err != nil {
		if ctx.Err() == nil {
			w.log.Error().Err(err).Msg("configuration could not be loaded; the last one stays in force")
		}
		w.failures++
		return min(w.interval<<min(w.failures, 16), reloadPause)
	}
	w.failures = 0
	w.loaded = &now
	return w.interval
}

// mark is what change_log looks like at one moment. Ids alone do not do:
// transactions commit out of the order of their ids, so a lower id may appear
// after a higher one; the count then differs. Deleting old rows moves the first
// id, which costs one needless reload. An exchange rate that comes into force
// changes the configuration with no row changing.
type mark struct {
	first, last, rows uint64
	ratesInForce      uint64
}

func (d *DB) mark(ctx context.Context) (m mark, err error) {
	ctx, cancel := context.WithTimeout(ctx, pollTimeout)
	defer cancel()
	err = d.calls.QueryRowContext(ctx, `SELECT COALESCE(MIN(id), 0), COALESCE(MAX(id), 0), COUNT(*),
			(SELECT COUNT(*) FROM fx_rates WHERE valid_from <= UTC_TIMESTAMP(3))
		FROM change_log`).Scan(&m.first, &m.last, &m.rows, &m.ratesInForce)
	return m, wrap("look for changes", err)
}

// PruneChanges deletes rows of change_log that are older than age. The newest
// stays: its id is the configuration's version.
func (d *DB) PruneChanges(ctx context.Context, age time.Duration) error {
	err := inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		var last uint64
		if err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(id), 0) FROM change_log`).Scan(&last); err != nil {
			return err
		}
		// A bounded bite: a large import is forgotten over several hours, not in
		// one long transaction.
		_, err := tx.ExecContext(ctx, `DELETE FROM change_log WHERE at < UTC_TIMESTAMP(3) - INTERVAL ? SECOND AND id < ? ORDER BY id LIMIT 10000`,
			int64(age/time.Second), last)
		return err
	})
	return wrap("prune change_log", err)
}
