package db

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"
)

// qualityMark is a row of quality_dirty, without its level.
type qualityMark struct {
	bucket time.Time
	mark   uint64
}

// ripe is the condition for marks that have waited long enough, and its arguments.
func (r *qualityRoller) ripe(level qualityLevel) (condition string, args []any) {
	if level > fiveMinutes {
		return `at <= UTC_TIMESTAMP(3) - INTERVAL ? MICROSECOND`, []any{r.config.Gather.Microseconds()}
	}
	return `at <= UTC_TIMESTAMP(3) - INTERVAL GREATEST(?, LEAST(?, TIMESTAMPDIFF(MICROSECOND, bucket, UTC_TIMESTAMP(3)) DIV 4)) MICROSECOND`,
		[]any{r.config.Settle.Microseconds(), r.config.Linger.Microseconds()}
}

// marks are those of a level that the work is done for and that have waited long
// enough.
func (r *qualityRoller) marks(ctx context.Context, tx *sql.Tx, level qualityLevel, w qualityWork) ([]qualityMark, error) {
	ripe, args := r.ripe(level)
	rows, err := tx.QueryContext(ctx, `SELECT bucket, mark FROM quality_dirty WHERE level = ? AND bucket >= ? AND bucket < ? AND `+ripe, //nolint:gosec // G202: text of the program's own
		slices.Concat([]any{int(level), w.from, w.to}, args)...)
	if err != nil {
		return nil, err
	}
	var marks []qualityMark
	return marks, eachRow(rows, func(rows *sql.Rows) error {
		var m qualityMark
		err := rows.Scan(&m.bucket, &m.mark)
		marks = append(marks, m)
		return err
	})
}

// forgetMarks takes away exactly the marks that were seen, by their keys: other
// rows, which others are writing, are not even looked at.
func forgetMarks(ctx context.Context, tx *sql.Tx, level qualityLevel, marks []qualityMark) error {
	for some := range slices.Chunk(marks, maxRows) {
		args := []any{int(level)}
		for _, m := range some {
			args = append(args, m.bucket, m.mark)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM quality_dirty WHERE level = ? AND (bucket, mark) IN ((?, ?)`+strings.Repeat(", (?, ?)", len(some)-1)+`)`, args...); err != nil { //nolint:gosec // G202: placeholders only
			return err
		}
	}
	return nil
}
