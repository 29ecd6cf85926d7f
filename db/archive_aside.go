package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tandem/archive"
)

// SetAside exchanges the partition of a month with an empty table, which MariaDB
// does at once, whatever their size.
func (r records) SetAside(ctx context.Context, p archive.Part) error {
	there, rows, err := r.aside(ctx, p)
	if err != nil || rows {
		return err // with rows: a run before has done it
	}
	if there { // of a schema that may be older
		if err := r.exec(ctx, "DROP TABLE "+asideTable(p)); err != nil {
			return err
		}
	}
	partition, err := r.db.partition(ctx, p.Table, p.Month)
	missing := errors.Is(err, ErrNotFound) // it left before: no rows
	if err != nil && !missing {
		return err
	}
	for _, statement := range []string{
		"CREATE TABLE " + asideTable(p) + " LIKE " + p.Table,
		"ALTER TABLE " + asideTable(p) + " REMOVE PARTITIONING",
	} {
		if err := r.exec(ctx, statement); err != nil {
			return err
		}
	}
	if missing {
		return nil
	}
	return wrap("set aside", r.db.patientlyChange(ctx, p.Table, exchange(partition, p)))
}

func exchange(partition Partition, p archive.Part) string {
	return "EXCHANGE PARTITION " + partition.Name + " WITH TABLE " + asideTable(p)
}

func (r records) exec(ctx context.Context, statement string) error {
	_, err := r.db.bulk.ExecContext(ctx, statement)
	return wrap("archive", err)
}

// aside says whether there is a table for a part that is set aside, and whether it
// has rows.
func (r records) aside(ctx context.Context, p archive.Part) (there, rows bool, err error) {
	all, err := r.AllAside(ctx)
	for _, a := range all {
		there = there || a.Table == p.Table && a.Month == p.Month
	}
	if err != nil || !there {
		return false, false, err
	}
	err = r.db.bulk.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM "+asideTable(p)+")").Scan(&rows)
	return true, rows, wrap("set aside", err)
}

func (r records) AllAside(ctx context.Context) ([]archive.Part, error) {
	var list []archive.Part
	for _, table := range recordTables() {
		rows, err := r.db.bulk.QueryContext(ctx, `SELECT TABLE_NAME FROM information_schema.TABLES
			WHERE TABLE_SCHEMA = DATABASE() AND LEFT(TABLE_NAME, ?) = ? ORDER BY TABLE_NAME`, len(asidePrefix(table)), asidePrefix(table))
		if err != nil {
			return nil, wrap("set aside", err)
		}
		if err := eachRow(rows, func(rows *sql.Rows) error {
			var name string
			if err := rows.Scan(&name); err != nil {
				return err
			}
			if month, err := strconv.Atoi(strings.TrimPrefix(name, asidePrefix(table))); err == nil {
				list = append(list, archive.Part{Table: table, Month: month, Aside: true})
			}
			return nil
		}); err != nil {
			return nil, wrap("set aside", err)
		}
	}
	return list, nil
}

// PutBack exchanges the partition with what is aside when nothing came into it, else
// it adds the rows again. They are of calls that are over, so they win over what a
// late report may have written meanwhile.
func (r records) PutBack(ctx context.Context, p archive.Part) error {
	p.Aside = true
	how := "REPLACE"
	if r.exchangeBack(ctx, p) {
		how = "INSERT IGNORE" // what is aside now came in that moment
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return r.addBack(ctx, p, how)
}

// exchangeBack says whether a part is in its table again. If not, for whatever
// reason, its rows can be added.
func (r records) exchangeBack(ctx context.Context, p archive.Part) bool {
	partition, err := r.db.partition(ctx, p.Table, p.Month)
	if err != nil {
		return false
	}
	if rows, err := r.db.hasRows(ctx, p.Table, partition); err != nil || rows {
		return false
	}
	return r.db.patientlyChange(ctx, p.Table, exchange(partition, p)) == nil
}

// hasRows says whether a partition has any.
func (d *DB) hasRows(ctx context.Context, table string, p Partition) (rows bool, err error) {
	err = d.bulk.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM "+table+" PARTITION ("+p.Name+"))").Scan(&rows)
	return rows, wrap("partitions", err)
}

// addBack adds what is aside in bites, then drops that.
func (r records) addBack(ctx context.Context, p archive.Part, how string) error {
	columns, err := r.Columns(ctx, asideTable(p))
	if err != nil {
		return err
	}
	for last, more := "", true; more; {
		var to string
		if to, more, err = r.bite(ctx, asideTable(p), last); err != nil {
			return wrap("put back", err)
		}
		if _, err := r.db.bulk.ExecContext(ctx, fmt.Sprintf("%s INTO %s (%s) SELECT %[3]s FROM %s WHERE call_id > ? AND call_id <= ?",
			how, p.Table, columnNames(columns), asideTable(p)), last, to); err != nil {
			return wrap("put back", err)
		}
		last = to
	}
	return r.exec(ctx, "DROP TABLE "+asideTable(p))
}

// Remove drops what was set aside, and its partition unless something has come
// into that: it goes with the next month then.
func (r records) Remove(ctx context.Context, p archive.Part) error {
	if err := r.exec(ctx, "DROP TABLE "+asideTable(p)); err != nil {
		return err
	}
	err := r.db.dropEmpty(ctx, p.Table, p.Month)
	if errors.Is(err, ErrBusy) || errors.Is(err, ErrNotFound) {
		return nil // ForgetMonths tries again
	}
	return err
}

// dropEmpty drops the partition of a month if it has no rows. The table is locked
// while that is seen to. ErrBusy: it was in use all the time.
func (d *DB) dropEmpty(ctx context.Context, table string, month int) error {
	partition, err := d.partition(ctx, table, month)
	if err != nil {
		return err
	}
	// Most months have rows, and a lock would hold up calls.
	if rows, err := d.hasRows(ctx, table, partition); err != nil || rows {
		return err
	}
	conn, err := d.bulk.own.Conn(ctx)
	if err != nil {
		return wrap("drop partition", err)
	}
	// A connection that ends gives its lock back; so it is not used again.
	defer conn.Close()
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	if _, err := conn.ExecContext(ctx, fmt.Sprintf("SET STATEMENT lock_wait_timeout=%d FOR LOCK TABLES %s WRITE", int(partitionWithin/time.Second), table)); err != nil {
		if hasNumber(err, errLockTimeout) {
			return fmt.Errorf("%s is in use: %w", table, ErrBusy)
		}
		return wrap("drop partition", err)
	}
	rows := false
	err = conn.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM "+table+" PARTITION ("+partition.Name+"))").Scan(&rows)
	if err == nil && !rows {
		_, err = conn.ExecContext(ctx, "ALTER TABLE "+table+" DROP PARTITION "+partition.Name)
	}
	_, unlock := conn.ExecContext(context.WithoutCancel(ctx), "UNLOCK TABLES")
	return wrap("drop partition", errors.Join(err, unlock))
}
