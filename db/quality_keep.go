package db

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// QualityKeep is how long rollups are kept; 0 is for good.
type QualityKeep struct{ FiveMinutes, Hours, Days time.Duration }

// qualityKeepJobs are the names under which it is written down from when on each
// level is there.
func qualityKeepJobs() [3]string { return [3]string{"quality 5m", "quality hours", "quality days"} }

// qualityKept is from when on the buckets of each level are there.
func qualityKept(ctx context.Context, q querier) (kept [3]time.Time, err error) {
	rows, err := q.QueryContext(ctx, `SELECT name, done_to FROM jobs WHERE name LIKE 'quality %' AND done_to IS NOT NULL`)
	if err != nil {
		return kept, err
	}
	return kept, eachRow(rows, func(rows *sql.Rows) error {
		var name string
		var at time.Time
		err := rows.Scan(&name, &at)
		for level, job := range qualityKeepJobs() {
			if name == job {
				kept[level] = at
			}
		}
		return err
	})
}

// ForgetQuality deletes rollups that are old enough, whole days of them. ErrBusy:
// another node is at it, or counts.
func (d *DB) ForgetQuality(ctx context.Context, keep QualityKeep) (forgotten int64, err error) {
	l, err := d.takeLease(ctx, qualityJob, qualityHold)
	if err != nil {
		return 0, err
	}
	now, err := d.Now(ctx)
	for level, age := range []time.Duration{keep.FiveMinutes, keep.Hours, keep.Days} {
		if age <= 0 || err != nil {
			continue
		}
		var n int64
		n, err = d.forgetQuality(ctx, l, qualityLevel(level), daily.bucket(now.Add(-age)))
		forgotten += n
	}
	return forgotten, errors.Join(wrap("forget quality", err), l.release(context.WithoutCancel(ctx)))
}

// forgetQuality writes down first that the buckets are gone: who reads does not
// rely on a part of them.
func (d *DB) forgetQuality(ctx context.Context, l lease, level qualityLevel, before time.Time) (forgotten int64, err error) {
	if err := inTx(ctx, d.bulk, nil, func(tx *sql.Tx) error {
		if err := l.keep(ctx, tx); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO jobs (name, owner, lease_until, done_to) VALUES (?, '', '2000-01-01', ?)
			ON DUPLICATE KEY UPDATE done_to = GREATEST(COALESCE(done_to, VALUES(done_to)), VALUES(done_to))`, qualityKeepJobs()[level], before)
		return err
	}); err != nil {
		return 0, err
	}
	for _, cube := range qualityTables() {
		for more := true; more; {
			n := int64(0)
			if err := inTx(ctx, d.bulk, recordOptions(), func(tx *sql.Tx) (err error) {
				if err := l.keep(ctx, tx); err != nil {
					return err
				}
				n, err = affected(tx.ExecContext(ctx, `DELETE FROM `+cube.table+` WHERE level = ? AND bucket < ? LIMIT ?`, int(level), before, forgetBite))
				return err
			}); err != nil {
				return forgotten, err
			}
			forgotten += n
			more = n == forgetBite
		}
	}
	return forgotten, nil
}

// RebuildQuality asks for everything since then to be counted anew from what is
// recorded, and says how many buckets wait for RollQuality now. What is older than
// the oldest attempt stays as it is: nothing is left to count it from.
func (d *DB) RebuildQuality(ctx context.Context, since time.Time) (buckets int64, err error) {
	since = fiveMinutes.bucket(since)
	err = inTx(ctx, d.bulk, recordOptions(), func(tx *sql.Tx) error {
		var first sql.NullTime
		if err := tx.QueryRowContext(ctx, `SELECT MIN(started_at) FROM attempts`).Scan(&first); err != nil || !first.Valid {
			return err
		}
		forgotten, err := keptSince(ctx, tx)
		if err != nil {
			return err
		}
		for _, from := range []time.Time{fiveMinutes.bucket(first.Time), forgotten.Add(lastBid)} {
			if since.Before(from) {
				since = from
			}
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO quality_dirty (level, bucket, mark, at)
			SELECT 0, b, 0, '2000-01-01' FROM (
				SELECT TIMESTAMP(DATE(started_at), MAKETIME(HOUR(started_at), MINUTE(started_at) DIV 5 * 5, 0)) AS b FROM attempts WHERE started_at >= ?
				UNION SELECT bucket FROM quality_providers WHERE level = 0 AND bucket >= ?) t
			ON DUPLICATE KEY UPDATE at = VALUES(at)`, since, since); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT COUNT(DISTINCT bucket) FROM quality_dirty WHERE level = 0`).Scan(&buckets)
	})
	return buckets, wrap("rebuild quality", err)
}
