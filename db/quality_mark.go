package db

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/binary"
	"maps"
	"slices"
	"time"
)

// qualityLevel is how long the buckets of rollups are.
type qualityLevel int

const (
	fiveMinutes qualityLevel = iota
	hourly
	daily
)

// length is how long a bucket is.
func (l qualityLevel) length() time.Duration {
	switch l {
	case fiveMinutes:
		return 5 * time.Minute
	case hourly:
		return time.Hour
	case daily:
	}
	return 24 * time.Hour
}

// grain is that of rows of such buckets.
func (l qualityLevel) grain() QualityGrain {
	switch l {
	case fiveMinutes:
		return GrainFiveMinutes
	case hourly:
		return GrainHour
	case daily:
	}
	return GrainDay
}

// bucket is the one that a moment lies in, in UTC.
func (l qualityLevel) bucket(at time.Time) time.Time { return at.UTC().Truncate(l.length()) }

// dirty lists the 5 minutes whose quality a batch changes: those of attempts that
// it brings, and those where attempts of its calls are now. A record may move an
// attempt to another time, or its call to another account.
//
// An attempt that another node writes at the same time is not seen here. The mark
// of that node is not looked at before this transaction is over, see QualityRoll.
func (b *batch) dirty(ctx context.Context, tx *sql.Tx) (map[time.Time]bool, error) {
	calls, buckets := map[string]bool{}, map[time.Time]bool{}
	for _, row := range slices.Concat(b.starts, b.attempts) {
		calls[row[0].(string)] = true //nolint:forcetypeassert // the call id
	}
	for i := range b.attemptTimes {
		buckets[fiveMinutes.bucket(b.attemptTimes[i])] = true
	}
	for _, e := range b.ends {
		calls[e.Start.CallID] = true
		for i := range e.Attempts {
			buckets[fiveMinutes.bucket(e.Attempts[i].StartedAt)] = true
		}
	}
	err := eachOfCalls(ctx, tx, `SELECT started_at FROM attempts WHERE call_id IN (?)`, slices.Sorted(maps.Keys(calls)), func(rows *sql.Rows) error {
		var at time.Time
		err := rows.Scan(&at)
		buckets[fiveMinutes.bucket(at)] = true
		return err
	})
	return buckets, err
}

// markDirty asks for these 5 minutes to be counted anew. Each transaction has rows
// of its own, so it waits for nobody.
func markDirty(ctx context.Context, tx *sql.Tx, buckets map[time.Time]bool) error {
	if len(buckets) == 0 {
		return nil
	}
	var drawn [8]byte
	if _, err := rand.Read(drawn[:]); err != nil {
		return err
	}
	mark := binary.BigEndian.Uint64(drawn[:])
	rows := make([][]any, 0, len(buckets))
	for at := range buckets {
		if !at.IsZero() {
			rows = append(rows, []any{int(fiveMinutes), at, mark})
		}
	}
	return insertInto("quality_dirty", "level", "bucket", "mark").exec(ctx, tx, rows)
}
