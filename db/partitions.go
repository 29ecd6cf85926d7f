package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Partition is the part of a table that holds the calls, or attempts, of a month.
type Partition struct {
	Name  string
	Month int   // as 202611; 0: call ids without a time
	Rows  int64 // about, as MariaDB estimates
	Bytes int64 // about, with indexes
}

// readPartitions lists the partitions of a table, the oldest first. None: the table
// is not partitioned.
func readPartitions(ctx context.Context, q querier, table string) ([]Partition, error) {
	rows, err := q.QueryContext(ctx, `SELECT PARTITION_NAME, COALESCE(TABLE_ROWS, 0), COALESCE(DATA_LENGTH, 0) + COALESCE(INDEX_LENGTH, 0)
		FROM information_schema.PARTITIONS
		WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND PARTITION_NAME IS NOT NULL ORDER BY PARTITION_ORDINAL_POSITION`, table)
	if err != nil {
		return nil, err
	}
	var list []Partition
	err = eachRow(rows, func(rows *sql.Rows) error {
		var p Partition
		err := rows.Scan(&p.Name, &p.Rows, &p.Bytes)
		p.Month, _ = strconv.Atoi(strings.TrimPrefix(p.Name, "p"))
		list = append(list, p)
		return err
	})
	return list, err
}

// recordTables are the tables that are partitioned by month, in the order in which
// rows leave them: attempts without a call mean nothing to anybody, a call without
// its attempts would seem to have cost nothing.
func recordTables() []string { return []string{"calls", "attempts"} }

// partitionWithin is how long a change of partitions waits for those that use the
// table. Whoever comes after it waits behind it, calls too, so it is short; a change
// that found no moment comes again with the next round.
const partitionWithin = time.Second

// MakePartitions makes the partitions of this month and those ahead that are not
// there, and returns how many it made. ErrBusy: another node is at it, or the table
// was in use all the time.
func (d *DB) MakePartitions(ctx context.Context) (made int, err error) {
	l, err := d.takeLease(ctx, "partitions", time.Minute)
	if err != nil {
		return 0, err
	}
	now, err := d.Now(ctx)
	for _, table := range recordTables() {
		if err == nil {
			var n int
			n, err = d.makePartitions(ctx, table, now)
			made += n
		}
	}
	return made, errors.Join(wrap("make partitions", err), l.release(context.WithoutCancel(ctx)))
}

func (d *DB) makePartitions(ctx context.Context, table string, now time.Time) (int, error) {
	there, err := readPartitions(ctx, d.bulk, table)
	if err != nil || len(there) == 0 {
		return 0, err
	}
	last := 0 // of the months that are there
	for _, p := range there {
		last = max(last, p.Month)
	}
	missing := slices.DeleteFunc(monthsBetween(monthStart(max(last, yearMonth(now)-1)), now), func(m int) bool { return m <= last })
	if len(missing) == 0 {
		return 0, nil
	}
	if err := d.changePartitions(ctx, table, "REORGANIZE PARTITION "+partitionLater+" INTO ("+strings.Join(laterPartitions(missing), ", ")+")"); err != nil {
		return 0, err
	}
	return len(missing), nil
}

// changePartitions alters a table if it finds a moment at which nobody uses it.
func (d *DB) changePartitions(ctx context.Context, table, change string) error {
	_, err := d.bulk.ExecContext(ctx, fmt.Sprintf("SET STATEMENT lock_wait_timeout=%d FOR ALTER TABLE %s %s", int(partitionWithin/time.Second), table, change))
	if hasNumber(err, errLockTimeout) {
		return fmt.Errorf("%s is in use: %w", table, ErrBusy)
	}
	return err
}
