package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"tandem/archive"
)

// RecordMonth is what the tables hold of one month. Rows and bytes are MariaDB's
// estimates.
type RecordMonth struct {
	Month    int // as 202603; 0: call ids without a time, which stay
	Calls    int64
	Attempts int64
	Bytes    int64
}

// RecordMonths lists the months that have a partition, the oldest first.
func (d *DB) RecordMonths(ctx context.Context) ([]RecordMonth, error) {
	months := map[int]*RecordMonth{}
	for _, table := range recordTables() {
		list, err := readPartitions(ctx, d.bulk, table)
		if err != nil {
			return nil, wrap("partitions", err)
		}
		for _, p := range list {
			if p.Name == partitionLater {
				continue
			}
			m := months[p.Month]
			if m == nil {
				m = &RecordMonth{Month: p.Month}
				months[p.Month] = m
			}
			m.Bytes += p.Bytes
			if table == "calls" {
				m.Calls = p.Rows
			} else {
				m.Attempts = p.Rows
			}
		}
	}
	list := make([]RecordMonth, 0, len(months))
	for _, m := range months {
		list = append(list, *m)
	}
	slices.SortFunc(list, func(a, b RecordMonth) int { return a.Month - b.Month })
	return list, nil
}

// OldMonths lists the months that were over that long ago, the oldest first.
func (d *DB) OldMonths(ctx context.Context, keep time.Duration) ([]int, error) {
	now, err := d.Now(ctx)
	if err != nil {
		return nil, err
	}
	all, err := d.RecordMonths(ctx)
	var old []int
	for _, m := range all {
		if m.Month != 0 && !monthStart(m.Month).AddDate(0, 1, 0).After(now.Add(-keep)) {
			old = append(old, m.Month)
		}
	}
	return old, err
}

// KeptSince is until when records may have been forgotten; zero: none was.
func (d *DB) KeptSince(ctx context.Context) (time.Time, error) { return keptSince(ctx, d.calls) }

func keptSince(ctx context.Context, q querier) (time.Time, error) {
	var at sql.NullTime
	err := q.QueryRowContext(ctx, `SELECT done_to FROM jobs WHERE name = ?`, forgottenJob).Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	return at.Time, wrap("forgotten records", err)
}

// ForgetMonth removes the records of a month for good. archive.ErrTooYoung: not yet.
// archive.ErrUnsettled: calls of it are not over.
func (d *DB) ForgetMonth(ctx context.Context, month int) error {
	r := records{d}
	if err := archive.OldEnough(ctx, r, month); err != nil {
		return err
	}
	if n, err := r.Unsettled(ctx, month); err != nil {
		return err
	} else if n > 0 {
		return fmt.Errorf("%s: %w: %d", archive.MonthName(month), archive.ErrUnsettled, n)
	}
	if err := r.Forgotten(ctx, month); err != nil {
		return err
	}
	for _, table := range recordTables() {
		p, err := d.partition(ctx, table, month)
		if errors.Is(err, ErrNotFound) {
			continue // a run before came so far
		}
		if err == nil {
			err = d.patientlyChange(ctx, table, "DROP PARTITION "+p.Name)
		}
		if err != nil {
			return wrap("forget month", err)
		}
	}
	return nil
}

// DropEmptyMonth drops the partitions of a month that have no rows. ErrBusy: the
// tables were in use all the time.
func (d *DB) DropEmptyMonth(ctx context.Context, month int) (dropped bool, err error) {
	for _, table := range recordTables() {
		before, err := readPartitions(ctx, d.bulk, table)
		if err != nil {
			return dropped, wrap("partitions", err)
		}
		if err := d.dropEmpty(ctx, table, month); err != nil && !errors.Is(err, ErrNotFound) {
			return dropped, err
		}
		after, err := readPartitions(ctx, d.bulk, table)
		if err != nil {
			return dropped, wrap("partitions", err)
		}
		dropped = dropped || len(after) < len(before)
	}
	return dropped, nil
}
