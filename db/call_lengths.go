package db

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"time"
)

// Bounds of CallLengths.
const (
	lengthsJob     = "call lengths"
	lengthsHold    = 10 * time.Minute
	lengthDigits   = 7  // of the longest prefix
	lengthMinCalls = 30 // fewer say nothing of a prefix
	lengthMaxRows  = 200_000
	maxTalkSeconds = 7 * 24 * 60 * 60 // of a price, see billing/rate
)

// lengthBounds are the longest talks, in seconds, of the classes in which calls
// are counted; they are narrow where increments bite.
func lengthBounds() []int64 {
	return []int64{
		3, 6, 10, 15, 20, 30, 40, 50, 60, 75, 90, 120, 150, 180, 240, 300, 420, 600, 900, 1200, 1800, 2700, 3600, 7200, 86400,
	}
}

// LengthsResult says what CallLengths has made.
type LengthsResult struct {
	Calls    int64 // that were counted
	Prefixes int
	Rows     int
}

// CallLengths counts anew how long answered outgoing calls since then have
// talked, by the leading digits of the B-number. What there was before is
// replaced at once, and nobody sees a half of it. ErrBusy: another node is at it.
func (d *DB) CallLengths(ctx context.Context, since time.Time) (LengthsResult, error) {
	l, err := d.takeLease(ctx, lengthsJob, lengthsHold)
	if err != nil {
		return LengthsResult{}, err
	}
	counts := lengthCounts{bounds: lengthBounds(), of: map[lengthKey]talked{}, calls: map[prefixKey]int64{}}
	err = d.eachAnswered(ctx, since, func(c answeredCall) {
		counts.add(c.number, min(c.seconds, maxTalkSeconds))
	})
	var result LengthsResult
	if err == nil {
		rows, prefixes := counts.rows()
		result = LengthsResult{Calls: counts.calls[0], Prefixes: prefixes, Rows: len(rows)}
		err = d.replaceLengths(ctx, l, rows)
	}
	return result, errors.Join(wrap(lengthsJob, err), l.release(context.WithoutCancel(ctx)))
}

// lengthKey is a class of talks to a prefix.
type lengthKey struct {
	prefix prefixKey
	class  uint8
}

type lengthCounts struct {
	bounds []int64
	of     map[lengthKey]talked
	calls  map[prefixKey]int64
}

func (c *lengthCounts) add(number []byte, seconds int64) {
	class, _ := slices.BinarySearch(c.bounds, seconds)
	class = min(class, len(c.bounds)-1)
	k := packDigits(number)
	for digits := range min(len(number), lengthDigits) + 1 {
		prefix := k.first(digits)
		c.calls[prefix]++
		key := lengthKey{prefix, uint8(class)}
		old := c.of[key]
		c.of[key] = talked{old.calls + 1, old.seconds + seconds}
	}
}

// rows are those of prefixes with enough calls: each class with the mean of its
// talks, rounded up. Of too many rows the prefixes with the fewest calls go.
func (c *lengthCounts) rows() (rows [][]any, prefixes int) {
	classes := map[prefixKey]int{}
	for key := range c.of {
		classes[key.prefix]++
	}
	busiest := slices.SortedFunc(maps.Keys(c.calls), func(a, b prefixKey) int {
		return cmp.Or(cmp.Compare(c.calls[b], c.calls[a]), cmp.Compare(a, b))
	})
	for _, prefix := range busiest {
		if c.calls[prefix] < lengthMinCalls || len(rows)+classes[prefix] > lengthMaxRows {
			break
		}
		prefixes++
		for class := range c.bounds {
			if t, ok := c.of[lengthKey{prefix, uint8(class)}]; ok {
				rows = append(rows, []any{prefix.String(), (t.seconds + t.calls - 1) / t.calls, t.calls})
			}
		}
	}
	return rows, prefixes
}

// replaceLengths tells the change by one row of change_log, in the same
// transaction; the table has no triggers.
func (d *DB) replaceLengths(ctx context.Context, l lease, rows [][]any) error {
	return inTx(ctx, d.bulk, nil, func(tx *sql.Tx) error {
		if err := l.keep(ctx, tx); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM call_lengths`); err != nil {
			return err
		}
		for some := range slices.Chunk(rows, 1000) {
			var args []any
			for _, row := range some {
				args = append(args, row...)
			}
			if _, err := tx.ExecContext(ctx, insertRows("call_lengths", "prefix, seconds, calls", 3, len(some)), args...); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO change_log (topic, at) VALUES ('call_lengths', UTC_TIMESTAMP(3))`)
		return err
	})
}
