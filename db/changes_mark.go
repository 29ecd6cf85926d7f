package db

import (
	"context"
	"database/sql"
	"time"
)

// Mark is what the configuration looks like at one moment, seen from outside:
// two marks that are equal stand for the same configuration.
//
// Ids of change_log alone do not do: transactions commit out of the order of
// their ids, so a lower id may appear after a higher one; the count then
// differs. Counting a long log takes a while, so every look counts the last ids
// only, and the whole log is counted now and then: a transaction that commits
// behind thousands of later changes is seen some seconds late, never missed.
// Deleting old rows changes the counts, which costs a needless reload. An
// exchange rate or a deck that comes into force changes the configuration with
// no row changing.
type Mark struct {
	taken  bool // false: the zero Mark, before everything
	newest newest
	whole  whole
}

// newest is what every look sees.
type newest struct {
	last   uint64 // id
	recent uint64 // rows among the last recentIDs ids
	rates  uint64 // exchange rates in force or superseded
	decks  uint64 // decks likewise
}

// whole is what only counting all of the log tells.
type whole struct{ first, rows uint64 }

// recentIDs bounds what every look counts.
const recentIDs = 10_000

// Mark looks at the configuration. Taken before a load, it says from where Watch
// has to go on after it.
func (d *DB) Mark(ctx context.Context) (m Mark, err error) {
	ctx, cancel := context.WithTimeout(ctx, pollTimeout)
	defer cancel()
	m.taken = true
	// newest before whole: a change in between is loaded twice, never missed.
	if m.newest, err = d.newest(ctx); err != nil {
		return Mark{}, err
	}
	err = d.calls.QueryRowContext(ctx, `SELECT COALESCE(MIN(id), 0), COUNT(*) FROM change_log WHERE id <= ?`, m.newest.last).
		Scan(&m.whole.first, &m.whole.rows)
	return m, wrap("look for changes", err)
}

func (d *DB) newest(ctx context.Context) (n newest, err error) {
	ctx, cancel := context.WithTimeout(ctx, pollTimeout)
	defer cancel()
	err = d.calls.QueryRowContext(ctx, `SELECT
			(SELECT COALESCE(MAX(id), 0) FROM change_log),
			(SELECT COUNT(*) FROM change_log WHERE id > (SELECT IF(MAX(id) > ?, MAX(id) - ?, 0) FROM change_log)),
			(SELECT COUNT(*) FROM fx_rates WHERE valid_from <= UTC_TIMESTAMP(3)),
			(SELECT COUNT(*) FROM decks WHERE state = 'published' AND publish_at <= UTC_TIMESTAMP(3))`, recentIDs, recentIDs).
		Scan(&n.last, &n.recent, &n.rates, &n.decks)
	return n, wrap("look for changes", err)
}

// pruneBite bounds one transaction of PruneChanges.
const pruneBite = 10_000

// PruneChanges deletes rows of change_log that are older than age, one bite of
// them, and says whether there may be more. The newest row stays: its id is the
// configuration's version.
func (d *DB) PruneChanges(ctx context.Context, age time.Duration) (more bool, err error) {
	// The bite is chosen without locks, so that no change waits for the search.
	var n int
	var to sql.NullInt64
	before := int64(age / time.Second)
	err = d.calls.QueryRowContext(ctx, `SELECT COUNT(*), MAX(id) FROM (SELECT id FROM change_log
			WHERE at < UTC_TIMESTAMP(3) - INTERVAL ? SECOND AND id < (SELECT MAX(id) FROM change_log) ORDER BY id LIMIT ?) old`,
		before, pruneBite).Scan(&n, &to)
	if err != nil || n == 0 {
		return false, wrap("prune change_log", err)
	}
	err = inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM change_log WHERE id <= ? AND at < UTC_TIMESTAMP(3) - INTERVAL ? SECOND`, to, before)
		return err
	})
	return err == nil && n == pruneBite, wrap("prune change_log", err)
}
