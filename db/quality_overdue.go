package db

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// How long marks of 5 minutes wait to be counted, where nodes count: see QualityRoll.
const (
	QualitySettle = time.Minute     // no transaction that writes records takes longer
	QualityLinger = 5 * time.Minute // most calls that end an hour late end together
)

// qualityGrace is how much later marks are counted at most, as a rule: a round of
// counting takes a while, and the next begins a while after it.
const qualityGrace = 90 * time.Second

// overdueQuality says how old the oldest 5 minutes of a time are that should have
// been counted by now and were not, see qualityRoller.ripe; 0: there are none. When
// nobody counts for half an hour it looks as if there were no calls.
func (d *DB) overdueQuality(ctx context.Context, from, to, now time.Time) (behind time.Duration, err error) {
	var oldest time.Time
	err = d.bulk.QueryRowContext(ctx, asking(`SELECT bucket FROM quality_dirty WHERE level = 0 AND bucket >= ? AND bucket < ?
		AND at <= UTC_TIMESTAMP(3) - INTERVAL ? + GREATEST(?, LEAST(?, TIMESTAMPDIFF(MICROSECOND, bucket, UTC_TIMESTAMP(3)) DIV 4)) MICROSECOND ORDER BY bucket LIMIT 1`),
		fiveMinutes.bucket(from), to, qualityGrace.Microseconds(), QualitySettle.Microseconds(), QualityLinger.Microseconds()).Scan(&oldest)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return now.Sub(oldest), err
}
