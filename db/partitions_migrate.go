package db

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
)

// Partitions of calls and attempts.
const (
	partitionOther = "p_other" // month 0
	partitionLater = "p_later" // months that have no partition yet
	// monthsAhead is how many months after this one have a partition: a node that
	// makes them may be away for that long.
	monthsAhead = 2
)

// partitionedKeys are the keys of a table that is partitioned by month. MariaDB does
// not order rows of several partitions by the columns of the primary key that InnoDB
// adds to every index, so they are named.
func partitionedKeys(table string) string {
	if table == "attempts" {
		return `DROP PRIMARY KEY, ADD PRIMARY KEY (call_id, month, n),
			DROP KEY IF EXISTS attempts_started,  ADD KEY attempts_started (started_at, call_id, n),
			DROP KEY IF EXISTS attempts_provider, ADD KEY attempts_provider (provider_id, started_at, call_id, n)`
	}
	return `DROP PRIMARY KEY, ADD PRIMARY KEY (call_id, month),
		DROP KEY IF EXISTS calls_started,             ADD KEY calls_started (started_at, call_id),
		DROP KEY IF EXISTS calls_account,             ADD KEY calls_account (account_id, started_at, call_id),
		DROP KEY IF EXISTS calls_disposition,         ADD KEY calls_disposition (disposition, started_at, call_id),
		DROP KEY IF EXISTS calls_account_disposition, ADD KEY calls_account_disposition (account_id, disposition, started_at, call_id),
		DROP KEY IF EXISTS calls_b_number,            ADD KEY calls_b_number (b_number, started_at, call_id, direction, subscriber_id),
		DROP KEY IF EXISTS calls_a_number,            ADD KEY calls_a_number (a_number, started_at, call_id),
		DROP KEY IF EXISTS calls_subscriber,          ADD KEY calls_subscriber (subscriber_id, started_at, call_id),
		DROP KEY IF EXISTS calls_provider,            ADD KEY calls_provider (provider_id, started_at, call_id)`
}

// partitionByMonth gives a table its column month and a partition for every month
// that it has rows of, this one and those ahead. It is one statement that copies the
// table: it has happened, or it has not. A table that has partitions is left as it
// is.
//
// While it runs the table can be read; records wait in the spools of the nodes.
func partitionByMonth(table string) func(ctx context.Context, pool *sql.DB) error {
	return func(ctx context.Context, pool *sql.DB) error {
		there, err := readPartitions(ctx, pool, table)
		if err != nil || len(there) > 0 {
			return err
		}
		var first sql.NullTime
		var now time.Time
		if err := pool.QueryRowContext(ctx, `SELECT MIN(started_at), UTC_TIMESTAMP(3) FROM `+table).Scan(&first, &now); err != nil {
			return err
		}
		from := now
		if first.Valid && first.Time.Before(now) {
			from = first.Time
		}
		list := monthsBetween(firstOfMonth(from).AddDate(0, -1, 0), now) // one more: a call id may be a little older than its call
		_, err = pool.ExecContext(ctx, fmt.Sprintf(`ALTER TABLE %s
			ADD COLUMN IF NOT EXISTS month MEDIUMINT UNSIGNED NOT NULL DEFAULT (%s) AFTER call_id,
			%s
			PARTITION BY RANGE (month) (%s)`, table, monthExpression("call_id"), partitionedKeys(table), partitionList(list)))
		return err
	}
}

// partitionList is what stands between the brackets of PARTITION BY.
func partitionList(months []int) string {
	parts := []string{"PARTITION " + partitionOther + " VALUES LESS THAN (1)"}
	return strings.Join(append(parts, laterPartitions(months)...), ", ")
}

// laterPartitions are the partitions of those months and of what comes after.
func laterPartitions(months []int) []string {
	var parts []string
	for _, m := range months {
		parts = append(parts, fmt.Sprintf("PARTITION %s VALUES LESS THAN (%d)", monthPartition(m), m+1))
	}
	return append(parts, "PARTITION "+partitionLater+" VALUES LESS THAN MAXVALUE")
}

func monthPartition(month int) string { return fmt.Sprintf("p%06d", month) }

// monthsBetween are the months of two moments and those between them, and those
// ahead of the second.
func monthsBetween(from, to time.Time) []int {
	var list []int
	last := yearMonth(firstOfMonth(to).AddDate(0, monthsAhead, 0))
	for at := firstOfMonth(from); yearMonth(at) <= last; at = at.AddDate(0, 1, 0) {
		list = append(list, yearMonth(at))
	}
	return list
}

// monthStart is the first moment of a month as 202611.
func monthStart(month int) time.Time {
	return time.Date(month/100, time.Month(month%100), 1, 0, 0, 0, 0, time.UTC)
}

func firstOfMonth(t time.Time) time.Time {
	year, month, _ := t.UTC().Date()
	return time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
}
