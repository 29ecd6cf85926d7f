package db

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"tandem/archive"
)

// RestoredRecords takes archived records back.
func (d *DB) RestoredRecords() archive.Target { return records{d} }

// restoredTable is where a month is restored to beside the table.
func restoredTable(p archive.Part) string { return fmt.Sprintf("%s_restored_%d", p.Table, p.Month) }

// Prepare makes a table beside the table of records, when that is wanted. Rows that
// go into the table itself need nothing: those of a month without a partition lie in
// the oldest one, and leave with it.
func (r records) Prepare(ctx context.Context, p archive.Part, beside bool) (string, error) {
	if !slices.Contains(recordTables(), p.Table) { // the manifest names it
		return "", fmt.Errorf("restore %q: %w: it is no table of records", p.Table, archive.ErrDamaged)
	}
	if !beside {
		return p.Table, nil
	}
	name := restoredTable(p)
	if err := r.exec(ctx, "CREATE TABLE IF NOT EXISTS "+name+" LIKE "+p.Table); err != nil {
		return "", err
	}
	parts, err := readPartitions(ctx, r.db.bulk, name)
	if err != nil || len(parts) == 0 {
		return name, wrap("restore", err)
	}
	return name, r.exec(ctx, "ALTER TABLE "+name+" REMOVE PARTITIONING")
}

// Add adds rows that are not there; strictly: what does not fit is an error. A file
// may say what it likes, so that rows of calls of a later month, which may be settled
// and in the tables, are refused. Those of earlier ones lie in the oldest partition
// there is, and leave with it.
func (r records) Add(ctx context.Context, p archive.Part, table string, columns []archive.Column, rows [][]any) (added int64, err error) {
	if len(columns) == 0 || columns[0].Name != "call_id" {
		return 0, fmt.Errorf("restore %s: %w: the first column is not call_id", table, archive.ErrDamaged)
	}
	u := upsert{table: table}
	for _, c := range columns {
		u.columns = append(u.columns, column{name: "`" + c.Name + "`"})
	}
	u.columns[0].merge = u.columns[0].name
	ids := make([]string, len(rows))
	for i, row := range rows {
		id, is := row[0].(string)
		if m := callMonth(id); !is || m == 0 || m > p.Month {
			return 0, fmt.Errorf("restore %s: %w: call %q is not of %s", table, archive.ErrDamaged, row[0], archive.MonthName(p.Month))
		}
		ids[i] = id
	}
	err = inTx(ctx, r.db.bulk, recordOptions(), func(tx *sql.Tx) error {
		before, err := countRows(ctx, tx, table, ids)
		if err != nil {
			return err
		}
		if err := u.exec(ctx, tx, rows); err != nil {
			return err
		}
		after, err := countRows(ctx, tx, table, ids)
		added = after - before
		return err
	})
	return added, wrap("restore "+table, err)
}

// countRows counts the rows of some calls.
func countRows(ctx context.Context, tx *sql.Tx, table string, callIDs []string) (n int64, err error) {
	err = eachOfCalls(ctx, tx, `SELECT COUNT(*) FROM `+table+` WHERE call_id IN (?)`, callIDs, func(rows *sql.Rows) error {
		var some int64
		err := rows.Scan(&some)
		n += some
		return err
	})
	return n, err
}
