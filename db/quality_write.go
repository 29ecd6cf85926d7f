package db

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"
)

// writeQuality replaces the rows of some buckets, also of those that nothing was
// counted in.
func writeQuality(ctx context.Context, tx *sql.Tx, level qualityLevel, buckets []time.Time, counts map[time.Time]*qualityCounts) error {
	if err := clearQuality(ctx, tx, level, buckets); err != nil {
		return err
	}
	inserts := qualityInserts(tx)
	for _, at := range buckets {
		if c := counts[at]; c != nil {
			if err := c.write(ctx, inserts, level, at); err != nil {
				return err
			}
		}
	}
	for _, w := range inserts {
		if err := w.flush(ctx); err != nil {
			return err
		}
	}
	return nil
}

// addUp replaces the rows of a bucket by the sums of the smaller ones in it.
func addUp(ctx context.Context, tx *sql.Tx, level qualityLevel, at time.Time) error {
	if err := clearQuality(ctx, tx, level, []time.Time{at}); err != nil {
		return err
	}
	for _, cube := range qualityCubes() {
		keys := strings.Join(cube.keyColumns(), ", ")
		if _, err := tx.ExecContext(ctx, `INSERT INTO `+cube.table+ //nolint:gosec // G202: names of the program's own
			` (level, bucket, `+keys+`, `+strings.Join(measureColumns(), ", ")+`)
			SELECT ?, ?, `+keys+`, `+measureSums()+` FROM `+cube.table+` WHERE level = ? AND bucket >= ? AND bucket < ? GROUP BY `+keys,
			int(level), at, int(level-1), at, at.Add(level.length())); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, addUpCauses, int(level), at, maxCauses, maxCauses, int(level-1), at, at.Add(level.length()))
	return err
}

// clearQuality deletes the rows of some buckets, of the tables that have any:
// most buckets are counted for the first time.
func clearQuality(ctx context.Context, tx *sql.Tx, level qualityLevel, buckets []time.Time) error {
	tables := qualityTables()
	pick := `level = ? AND bucket IN (?` + strings.Repeat(", ?", len(buckets)-1) + `)`
	args := []any{int(level)}
	for _, at := range buckets {
		args = append(args, at)
	}
	var looks []string
	has := make([]bool, len(tables))
	into := make([]any, len(tables))
	for i := range tables {
		looks = append(looks, `EXISTS (SELECT 1 FROM `+tables[i].table+` WHERE `+pick+`)`)
		into[i] = &has[i]
	}
	if err := tx.QueryRowContext(ctx, `SELECT `+strings.Join(looks, ", "), slices.Repeat(args, len(tables))...).Scan(into...); err != nil {
		return err
	}
	for i := range tables {
		if !has[i] {
			continue
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM `+tables[i].table+` WHERE `+pick, args...); err != nil { //nolint:gosec // G202: names of the program's own
			return err
		}
	}
	return nil
}
