package db

import (
	"context"
	"time"

	"github.com/rs/zerolog"
)

// Bounds of Watch.
const (
	pollTimeout   = 5 * time.Second  // one look at change_log
	countEvery    = 30 * time.Second // between counts of all of it
	reloadTimeout = 5 * time.Minute  // one load of everything
	reloadPause   = 30 * time.Second // longest pause between failed reloads
	pruneEvery    = time.Hour
	keepChanges   = 24 * time.Hour
)

// Watch calls reload whenever the configuration has changed since the mark,
// looking every interval, until ctx ends. The zero Mark is older than any
// configuration: reload is called at once. A reload that fails is tried again,
// with growing pauses. Calls never wait for it: reload swaps in what it loaded.
// current is called after every look that finds the loaded configuration to be
// the newest.
func (d *DB) Watch(ctx context.Context, since Mark, interval time.Duration, log zerolog.Logger, reload func(ctx context.Context) error, current func()) {
	w := watcher{db: d, interval: interval, countEvery: countEvery, log: log, reload: reload, current: current, loaded: since}
	w.run(ctx)
}

// watcher belongs to the one goroutine that runs Watch.
type watcher struct {
	db         *DB
	interval   time.Duration
	countEvery time.Duration
	log        zerolog.Logger
	reload     func(ctx context.Context) error
	current    func()
	loaded     Mark      // what the last good reload saw at least
	counted    time.Time // when the whole log was counted last
	failures   int       // reloads failed in a row
	blind      bool      // the last look failed
}

func (w *watcher) run(ctx context.Context) {
	pause := time.Duration(0)
	prune := time.Now().Add(pruneEvery)
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		pause = w.look(ctx)
		if time.Now().After(prune) && !w.prune(ctx) {
			prune = time.Now().Add(pruneEvery)
		}
	}
}

// prune forgets a bite of old changes and says whether there is more of them.
func (w *watcher) prune(ctx context.Context) (more bool) {
	more, err := w.db.PruneChanges(ctx, keepChanges)
	if err != nil && ctx.Err() == nil {
		w.log.Warn().Err(err).Msg("old rows of change_log could not be deleted")
	}
	return more
}

// look reloads when something is new and says how long to wait before the next
// look.
func (w *watcher) look(ctx context.Context) time.Duration {
	// The mark is read before the reload: a change in between is loaded twice,
	// never missed.
	now, err := w.mark(ctx)
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
	if w.loaded == now {
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
	w.loaded = now
	return w.interval
}

// mark looks at the newest part of the log, and counts the whole of it when that
// has changed or when it is time to.
func (w *watcher) mark(ctx context.Context) (Mark, error) {
	if time.Since(w.counted) < w.countEvery {
		newest, err := w.db.newest(ctx)
		if err != nil || newest == w.loaded.newest {
			return Mark{taken: true, newest: newest, whole: w.loaded.whole}, err
		}
	}
	m, err := w.db.Mark(ctx)
	if err == nil {
		w.counted = time.Now()
	}
	return m, err
}
