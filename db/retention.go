package db

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Bounds of ForgetReasons.
const (
	forgetJob  = "forget reasons"
	forgetHold = 5 * time.Minute
	forgetBite = 5000 // calls of one transaction
)

// ForgetReasons empties the reasons of calls that began longer ago than that,
// and returns how many it has emptied. It goes on where it, or another node,
// has left off, so calls that are done are not read again. ErrBusy: another node
// is at it.
func (d *DB) ForgetReasons(ctx context.Context, olderThan time.Duration) (forgotten int64, err error) {
	l, err := d.takeLease(ctx, forgetJob, forgetHold)
	if err != nil {
		return 0, err
	}
	now, err := d.Now(ctx)
	before := now.Add(-olderThan).Truncate(time.Millisecond)
	for more := err == nil; more; {
		var n int64
		n, more, err = d.forgetBite(ctx, l, before)
		forgotten += n
	}
	return forgotten, errors.Join(wrap(forgetJob, err), l.release(context.WithoutCancel(ctx)))
}

// forgetBite empties the oldest calls that are not done and writes down how far
// it has come, in one transaction.
func (d *DB) forgetBite(ctx context.Context, l lease, before time.Time) (forgotten int64, more bool, err error) {
	err = inTx(ctx, d.bulk, nil, func(tx *sql.Tx) error {
		if err := l.keep(ctx, tx); err != nil {
			return err
		}
		var done time.Time
		if err := tx.QueryRowContext(ctx, `SELECT COALESCE(done_to, CAST('2000-01-01' AS DATETIME(3))) FROM jobs WHERE name = ?`, forgetJob).Scan(&done); err != nil {
			return err
		}
		to, err := biteEnd(ctx, tx, done, before)
		if err != nil || !to.After(done) {
			return err // all is done, or olderThan has grown
		}
		more = to.Before(before)
		if forgotten, err = affected(tx.ExecContext(ctx, `UPDATE calls SET reasons = '' WHERE started_at >= ? AND started_at < ? AND reasons <> ''`,
			done, to)); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE jobs SET done_to = ? WHERE name = ?`, to, forgetJob)
		return err
	})
	return forgotten, more && err == nil, err
}

// biteEnd is where a bite that begins at from ends: one that is not too large,
// but at least of a millisecond.
func biteEnd(ctx context.Context, tx *sql.Tx, from, before time.Time) (to time.Time, err error) {
	err = tx.QueryRowContext(ctx, `SELECT started_at FROM calls WHERE started_at >= ? AND started_at < ? ORDER BY started_at LIMIT 1 OFFSET ?`,
		from, before, forgetBite).Scan(&to)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return before, nil
	case err == nil && !to.After(from):
		return from.Add(time.Millisecond), nil
	}
	return to, err
}
