package db

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"tandem/geo"
)

// QualityRoll says how quality is counted.
type QualityRoll struct {
	Place func(number string) geo.Place // of a number

	// Settle is how long marks wait: longer than any transaction that writes
	// records, so that what ran beside the one that marked is over by then.
	Settle time.Duration
	// Gather is how long an hour waits for more of its 5 minutes, and a day for
	// more of its hours. Reports do not: until then they read the smaller ones.
	Gather time.Duration
	// Linger is how long 5 minutes that are long over wait at most, for more of the
	// calls of then that end only now: else all would be counted again whenever one
	// does. They wait for a quarter of their age, beyond Settle.
	Linger time.Duration
}

// QualityRolled says what RollQuality has done.
type QualityRolled struct {
	Buckets  int // of 5 minutes that were counted anew
	Hours    int
	Days     int
	Attempts int64 // that were counted
}

// Bounds of RollQuality.
const (
	qualityJob  = "quality"
	qualityHold = 5 * time.Minute
	qualityBite = 500 // buckets that are listed at a time
)

// RollQuality counts anew what has changed: 5 minutes from attempts, hours from 5
// minutes, days from hours. Each bucket is one transaction, which takes its marks
// away and replaces its rows; it may be done again at any time, with the same
// outcome. The newest come first. ErrBusy: another node is at it.
//
//	record ──▶ attempts, mark ──▶ 5 minutes, mark ──▶ hour, mark ──▶ day
//	one transaction each
func (d *DB) RollQuality(ctx context.Context, c QualityRoll, progress func(done QualityRolled)) (done QualityRolled, err error) {
	l, err := d.takeLease(ctx, qualityJob, qualityHold)
	if err != nil {
		return done, err
	}
	r := qualityRoller{db: d, lease: l, config: c, done: &done}
	for level := fiveMinutes; level <= daily && err == nil; level++ {
		err = r.level(ctx, level, progress)
	}
	return done, errors.Join(wrap(qualityJob, err), l.release(context.WithoutCancel(ctx)))
}

type qualityRoller struct {
	db     *DB
	lease  lease
	config QualityRoll
	done   *QualityRolled
}

// level counts the dirty buckets of a level.
func (r *qualityRoller) level(ctx context.Context, level qualityLevel, progress func(QualityRolled)) error {
	for {
		buckets, err := r.dirty(ctx, level)
		if err != nil || len(buckets) == 0 {
			return err
		}
		var done time.Time // from when on all was counted along with another one
		for _, at := range buckets {
			if level == fiveMinutes && hourly.bucket(at).Equal(done) {
				continue
			}
			done = hourly.bucket(at)
			if err := r.bucket(ctx, level, at); err != nil {
				return err
			}
			if progress != nil {
				progress(*r.done)
			}
		}
		if len(buckets) < qualityBite {
			return nil // what became ripe meanwhile waits for the next round: under traffic there is always something
		}
	}
}

// dirty lists buckets that wait to be counted, the newest first.
func (r *qualityRoller) dirty(ctx context.Context, level qualityLevel) ([]time.Time, error) {
	ripe, args := r.ripe(level)
	rows, err := r.db.bulk.QueryContext(ctx, `SELECT DISTINCT bucket FROM quality_dirty WHERE level = ? AND `+ripe+` ORDER BY bucket DESC LIMIT ?`,
		slices.Concat([]any{int(level)}, args, []any{qualityBite})...)
	if err != nil {
		return nil, err
	}
	var list []time.Time
	return list, eachRow(rows, func(rows *sql.Rows) error {
		var at time.Time
		err := rows.Scan(&at)
		list = append(list, at)
		return err
	})
}

// bucket counts one bucket anew, and with 5 minutes all others of their hour that
// wait, unless that was done with another one.
func (r *qualityRoller) bucket(ctx context.Context, level qualityLevel, at time.Time) error {
	var done QualityRolled
	err := inTx(ctx, r.db.bulk, recordOptions(), func(tx *sql.Tx) error {
		done = QualityRolled{}
		if err := r.lease.keep(ctx, tx); err != nil {
			return err
		}
		kept, err := qualityKept(ctx, tx)
		if err != nil {
			return err
		}
		work := qualityWorkOf(level, at, kept)
		// What is marked from here on is counted another time: only marks that are
		// seen before the attempts are read go away.
		marks, err := r.marks(ctx, tx, level, work)
		if err != nil || len(marks) == 0 {
			return err
		}
		if done, err = r.count(ctx, tx, work, marks); err != nil {
			return err
		}
		if above := work.level + 1; above <= daily {
			if _, err := tx.ExecContext(ctx, `INSERT IGNORE INTO quality_dirty (level, bucket, mark) VALUES (?, ?, 0)`, int(above), above.bucket(at)); err != nil {
				return err
			}
		}
		return forgetMarks(ctx, tx, level, marks)
	})
	if err == nil {
		r.done.add(done)
	}
	return err
}

func (q *QualityRolled) add(o QualityRolled) {
	q.Buckets += o.Buckets
	q.Hours += o.Hours
	q.Days += o.Days
	q.Attempts += o.Attempts
}

// rolled is so many buckets of a level.
func rolled(level qualityLevel, buckets int, attempts int64) QualityRolled {
	q := QualityRolled{Attempts: attempts}
	switch level {
	case fiveMinutes:
		q.Buckets = buckets
	case hourly:
		q.Hours = buckets
	case daily:
		q.Days = buckets
	}
	return q
}

// qualityWork is a time whose buckets of a level are counted, from attempts or
// from smaller ones: one bucket, or those of 5 minutes that are in one hour.
type qualityWork struct {
	timeSpan

	level qualityLevel
	raw   bool // from attempts
}

// qualityWorkOf is what there is to do for a mark. Where the smaller buckets are
// forgotten already, a late record makes the larger one be counted from attempts.
func qualityWorkOf(level qualityLevel, at time.Time, kept [3]time.Time) qualityWork {
	for level < daily && at.Before(kept[level]) {
		level++
		at = level.bucket(at)
	}
	span := max(level, hourly)
	from := span.bucket(at)
	return qualityWork{timeSpan{from, from.Add(span.length())}, level, level == fiveMinutes || at.Before(kept[level-1])}
}

// count replaces the rows of the buckets that marks are of.
func (r *qualityRoller) count(ctx context.Context, tx *sql.Tx, w qualityWork, marks []qualityMark) (QualityRolled, error) {
	if !w.raw {
		return rolled(w.level, 1, 0), addUp(ctx, tx, w.level, w.from)
	}
	forgotten, err := keptSince(ctx, tx)
	if err != nil {
		return QualityRolled{}, err
	}
	var buckets []time.Time
	for _, m := range marks {
		// Of a time whose records are gone, what was counted stays: a record that
		// comes so late would be all there is. Months are those of call ids, so
		// attempts of the last calls lie behind their end.
		if at := w.level.bucket(m.bucket); !at.Before(forgotten.Add(lastBid)) {
			buckets = append(buckets, at)
		}
	}
	if len(buckets) == 0 {
		return QualityRolled{}, nil
	}
	slices.SortFunc(buckets, time.Time.Compare)
	buckets = slices.CompactFunc(buckets, time.Time.Equal)
	counts, attempts, err := countAttempts(ctx, tx, w.level, spansOf(w.level, buckets), r.config.Place)
	if err != nil {
		return QualityRolled{}, err
	}
	return rolled(w.level, len(buckets), attempts), writeQuality(ctx, tx, w.level, buckets, counts)
}

// spansOf joins buckets that follow each other.
func spansOf(level qualityLevel, buckets []time.Time) (spans []timeSpan) {
	for _, at := range buckets {
		end := at.Add(level.length())
		if n := len(spans); n > 0 && spans[n-1].to.Equal(at) {
			spans[n-1].to = end
		} else {
			spans = append(spans, timeSpan{at, end})
		}
	}
	return spans
}
