package db

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// Bounds of one INSERT. Beyond some hundreds of rows MariaDB gains nothing; the
// bytes of text stay below max_allowed_packet (16 MiB unless set) even if
// quoting doubles them.
const (
	maxRows  = 200
	maxBytes = 4 << 20
)

// upsert is INSERT … ON DUPLICATE KEY UPDATE for one table. Columns and rules
// are written once, placeholders are counted by code. Without rules it is a plain
// INSERT.
type upsert struct {
	table   string
	columns []column
}

// column is one column and what happens to it when the row is there already.
type column struct {
	name  string
	merge string // an SQL expression; VALUES(name) is the arriving value; empty: the old value stays
}

// exec writes rows, each with a value for every column, in as few statements as
// the bounds allow.
func (u upsert) exec(ctx context.Context, tx *sql.Tx, rows [][]any) error {
	for len(rows) > 0 {
		n := fitting(rows)
		var args []any
		for _, row := range rows[:n] {
			if len(row) != len(u.columns) {
				return fmt.Errorf("%s: %d values for %d columns", u.table, len(row), len(u.columns))
			}
			args = append(args, row...)
		}
		if _, err := tx.ExecContext(ctx, u.statement(n), args...); err != nil {
			return fmt.Errorf("%s: %w", u.table, err)
		}
		rows = rows[n:]
	}
	return nil
}

// fitting is how many of the rows go into one statement, at least one.
func fitting(rows [][]any) int {
	bytes := 0
	for i, row := range rows[:min(len(rows), maxRows)] {
		for _, v := range row {
			switch v := v.(type) {
			case string:
				bytes += len(v)
			case []byte:
				bytes += len(v)
			}
		}
		if i > 0 && bytes > maxBytes {
			return i
		}
	}
	return min(len(rows), maxRows)
}

// statement builds the text for n rows. MariaDB carries out the assignments
// from left to right, and an expression sees what those before it have set: the
// order of columns matters where rules look at other columns.
func (u upsert) statement(n int) string {
	names := make([]string, len(u.columns))
	var sets []string
	for i, c := range u.columns {
		names[i] = c.name
		if c.merge != "" {
			sets = append(sets, c.name+" = "+c.merge)
		}
	}
	text := insertRows(u.table, strings.Join(names, ", "), len(names), n)
	if len(sets) == 0 {
		return text
	}
	return text + " ON DUPLICATE KEY UPDATE " + strings.Join(sets, ", ")
}

// insertInto is an INSERT without more: a row that is there already is an error.
func insertInto(table string, columns ...string) upsert {
	u := upsert{table: table}
	for _, c := range columns {
		u.columns = append(u.columns, column{c, ""})
	}
	return u
}

// insertRows is the text of an INSERT of n rows with that many columns each.
func insertRows(table, names string, columns, n int) string {
	row := "(" + strings.Repeat("?, ", columns-1) + "?)"
	return "INSERT INTO " + table + " (" + names + ") VALUES " + row + strings.Repeat(", "+row, n-1)
}
