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

	"tandem/archive"
)

// Records are the calls and attempts by month, as package archive moves them to
// files.
func (d *DB) Records() archive.Store { return records{d} }

// records is the archive.Store of calls and attempts.
type records struct{ db *DB }

// notArchived are columns that are made anew: the month is a function of the call
// id, and places are numbered by each database for itself.
func notArchived() []string { return []string{"month", "a_place_id", "b_place_id"} }

// archiveBite is how many rows are read at a time.
const archiveBite = 20_000

func (records) Tables() []string { return recordTables() }

func (r records) Schema(ctx context.Context) (int64, error) {
	applied, err := r.db.applied(ctx)
	last := int64(0)
	for version := range applied {
		last = max(last, version)
	}
	return last, err
}

func (r records) Columns(ctx context.Context, table string) ([]archive.Column, error) {
	rows, err := r.db.bulk.QueryContext(ctx, `SELECT COLUMN_NAME, DATA_TYPE FROM information_schema.COLUMNS
		WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION`, table)
	if err != nil {
		return nil, wrap("columns", err)
	}
	var list []archive.Column
	err = eachRow(rows, func(rows *sql.Rows) error {
		var name, kind string
		err := rows.Scan(&name, &kind)
		if !slices.Contains(notArchived(), name) {
			list = append(list, archive.Column{Name: name, Kind: columnKind(kind)})
		}
		return err
	})
	return list, wrap("columns", err)
}

func (r records) PartColumns(ctx context.Context, p archive.Part) ([]archive.Column, error) {
	if p.Aside {
		return r.Columns(ctx, asideTable(p))
	}
	return r.Columns(ctx, p.Table)
}

func columnKind(dataType string) archive.Kind {
	switch {
	case strings.HasSuffix(dataType, "int"):
		return archive.Integer
	case dataType == "datetime" || dataType == "date":
		return archive.Time
	case strings.HasSuffix(dataType, "blob") || strings.HasSuffix(dataType, "binary"):
		return archive.Binary
	default: // decimals too: a string says them exactly
		return archive.Text
	}
}

func (r records) Ended(ctx context.Context, month int) (time.Duration, error) {
	now, err := r.db.Now(ctx)
	return now.Sub(monthStart(month).AddDate(0, 1, 0)), err
}

// Unsettled looks at holds, too, when the calls left before the attempts did.
// ErrNotFound: nothing is there of the month.
func (r records) Unsettled(ctx context.Context, month int) (n int64, err error) {
	open := "0"
	from, err := r.from(ctx, archive.Part{Table: "calls", Month: month})
	switch {
	case err == nil:
		open = "(SELECT COUNT(*) FROM " + from + " WHERE disposition = 'in_progress' AND ended_at IS NULL)"
	case errors.Is(err, ErrNotFound):
		if _, err := r.from(ctx, archive.Part{Table: "attempts", Month: month}); err != nil {
			return 0, err
		}
	default:
		return 0, err
	}
	err = r.db.bulk.QueryRowContext(ctx, `SELECT `+open+` + (SELECT COUNT(*) FROM holds WHERE `+monthExpression("call_id")+` = ?)`, month).Scan(&n)
	return n, wrap("unsettled calls", err)
}

// from is what to read a part from. ErrNotFound: it has no partition.
func (r records) from(ctx context.Context, p archive.Part) (string, error) {
	if p.Aside {
		return asideTable(p), nil
	}
	partition, err := r.db.partition(ctx, p.Table, p.Month)
	return p.Table + " PARTITION (" + partition.Name + ")", err
}

// Rows reads in bites, so that no statement lasts and no view of the database is
// held for long.
func (r records) Rows(ctx context.Context, p archive.Part, columns []archive.Column, one func(values [][]byte) error) error {
	from, err := r.from(ctx, p)
	if errors.Is(err, ErrNotFound) {
		return nil // it left before others of its month
	}
	if err != nil {
		return err
	}
	for last, more := "", true; more; {
		var to string
		if to, more, err = r.bite(ctx, from, last); err != nil {
			return wrap("read records", err)
		}
		if err := r.rows(ctx, p.Table, from, columns, last, to, one); err != nil {
			return err
		}
		last = to
	}
	return nil
}

// bite is the call id at which a bite behind last ends.
func (r records) bite(ctx context.Context, from, last string) (to string, more bool, err error) {
	err = r.db.bulk.QueryRowContext(ctx, `SELECT call_id FROM `+from+` WHERE call_id > ? ORDER BY call_id LIMIT 1 OFFSET ?`, last, archiveBite).Scan(&to)
	if errors.Is(err, sql.ErrNoRows) {
		return "\x7f", false, nil // ASCII ends there
	}
	return to, true, err
}

func (r records) rows(ctx context.Context, table, from string, columns []archive.Column, last, to string, one func(values [][]byte) error) error {
	order := "call_id"
	if table == "attempts" {
		order = "call_id, n"
	}
	rows, err := r.db.bulk.QueryContext(ctx, `SELECT `+columnNames(columns)+` FROM `+from+` WHERE call_id > ? AND call_id <= ? ORDER BY `+order, last, to)
	if err != nil {
		return wrap("read records", err)
	}
	raw, dest, values := make([]sql.RawBytes, len(columns)), make([]any, len(columns)), make([][]byte, len(columns))
	for i := range raw {
		dest[i] = &raw[i]
	}
	return eachRow(rows, func(rows *sql.Rows) error {
		if err := rows.Scan(dest...); err != nil {
			return wrap("read records", err)
		}
		for i := range raw {
			values[i] = raw[i]
		}
		return one(values)
	})
}

func columnNames(columns []archive.Column) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = "`" + c.Name + "`"
	}
	return strings.Join(names, ", ")
}

// Forgotten writes down that calls of a month, and of those before it, may be gone:
// their postings then have no call, and their quality is not counted anew.
func (r records) Forgotten(ctx context.Context, month int) error {
	_, err := r.db.bulk.ExecContext(ctx, `INSERT INTO jobs (name, owner, lease_until, done_to) VALUES (?, '', '2000-01-01', ?)
		ON DUPLICATE KEY UPDATE done_to = GREATEST(COALESCE(done_to, VALUES(done_to)), VALUES(done_to))`, forgottenJob, monthStart(month).AddDate(0, 1, 0))
	return wrap("forgotten month", err)
}

// forgottenJob is the row of jobs that says until when records may be gone.
const forgottenJob = "forget records"

// partition finds the partition of a month. ErrNotFound: there is none.
func (d *DB) partition(ctx context.Context, table string, month int) (Partition, error) {
	list, err := readPartitions(ctx, d.bulk, table)
	if err != nil {
		return Partition{}, wrap("partitions", err)
	}
	for _, p := range list {
		if month != 0 && p.Month == month {
			return p, nil
		}
	}
	return Partition{}, fmt.Errorf("month %s of %s: %w", archive.MonthName(month), table, ErrNotFound)
}

// asideTable is where a part is when it was set aside.
func asideTable(p archive.Part) string { return asidePrefix(p.Table) + strconv.Itoa(p.Month) }

func asidePrefix(table string) string { return table + "_aside_" }
