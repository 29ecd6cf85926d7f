package dbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"tandem/play"
)

// scriptOf writes the statements that make, in an empty database, what another one
// of the same server has: MariaDB's own SHOW CREATE for everything, and rows from
// table to table. Triggers come after the rows, which must not pull them.
func scriptOf(ctx context.Context, m *play.MariaDB, database string) (_ string, err error) {
	config := m.Config()
	config.DBName = database
	db, err := opened(config)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	w := writer{db: db, from: database}
	// Some rows have id 0; the tables come in the order of their names.
	w.add("SET foreign_key_checks = 0, unique_checks = 0, sql_mode = 'NO_AUTO_VALUE_ON_ZERO'")
	for _, part := range []func(context.Context) error{w.tables, w.views, w.routines, w.triggers} {
		if err := part(ctx); err != nil {
			return "", err
		}
	}
	return w.text.String(), nil
}

type writer struct {
	db   *sql.DB
	from string // the database that is copied
	text strings.Builder
	set  string // what the session was told last, see session
}

func (w *writer) add(statement string) {
	w.text.WriteString(statement)
	w.text.WriteString("\n;\n") // its last line may be a comment
}

func (w *writer) tables(ctx context.Context) error {
	names, err := w.list(ctx, "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE <> 'VIEW' ORDER BY 1")
	if err != nil {
		return err
	}
	for _, name := range names {
		shown, err := w.show(ctx, "SHOW CREATE TABLE "+quoted(name))
		if err != nil {
			return err
		}
		w.add(shown["Create Table"])
		if err := w.rows(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// rows copies what a table has, except what MariaDB computes itself.
func (w *writer) rows(ctx context.Context, table string) error {
	var some bool
	if err := w.db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM "+quoted(table)+")").Scan(&some); err != nil || !some {
		return err
	}
	columns, err := w.list(ctx, "SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND IS_GENERATED = 'NEVER' ORDER BY ORDINAL_POSITION", table)
	if err != nil {
		return err
	}
	for i, c := range columns {
		columns[i] = quoted(c)
	}
	these := strings.Join(columns, ", ")
	w.add(fmt.Sprintf("INSERT INTO %[1]s (%[2]s) SELECT %[2]s FROM %[3]s.%[1]s", quoted(table), these, quoted(w.from)))
	return nil
}

// views come in the order in which they can be made: one that reads another after it.
func (w *writer) views(ctx context.Context) error {
	names, err := w.list(ctx, "SELECT TABLE_NAME FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1")
	if err != nil {
		return err
	}
	var shown []map[string]string
	for _, name := range names {
		s, err := w.show(ctx, "SHOW CREATE VIEW "+quoted(name))
		if err != nil {
			return err
		}
		shown = append(shown, s)
	}
	for len(shown) > 0 {
		var later []map[string]string
		for _, s := range shown {
			if mentions(s["Create View"], s["View"], shown) {
				later = append(later, s)
				continue
			}
			w.session(s)
			w.add(s["Create View"])
		}
		if len(later) == len(shown) {
			return fmt.Errorf("views of %s read each other in a circle", w.from)
		}
		shown = later
	}
	return nil
}

// mentions tells whether the text of a view has the name of another one.
func mentions(text, own string, views []map[string]string) bool {
	for _, v := range views {
		if v["View"] != own && strings.Contains(text, quoted(v["View"])) {
			return true
		}
	}
	return false
}

func (w *writer) routines(ctx context.Context) error {
	for _, kind := range []string{"Procedure", "Function"} {
		names, err := w.list(ctx, "SELECT ROUTINE_NAME FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE() AND ROUTINE_TYPE = ? ORDER BY 1", kind)
		if err != nil {
			return err
		}
		for _, name := range names {
			s, err := w.show(ctx, "SHOW CREATE "+kind+" "+quoted(name))
			if err != nil {
				return err
			}
			w.session(s)
			w.add(s["Create "+kind])
		}
	}
	return nil
}

func (w *writer) triggers(ctx context.Context) error {
	names, err := w.list(ctx, "SELECT TRIGGER_NAME FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() ORDER BY EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER")
	if err != nil {
		return err
	}
	for _, name := range names {
		s, err := w.show(ctx, "SHOW CREATE TRIGGER "+quoted(name))
		if err != nil {
			return err
		}
		w.session(s)
		w.add(s["SQL Original Statement"])
	}
	return nil
}

// session sets what MariaDB keeps of the session in which something was made.
func (w *writer) session(shown map[string]string) {
	set := fmt.Sprintf("SET character_set_client = %s, collation_connection = %s", shown["character_set_client"], shown["collation_connection"])
	if mode, has := shown["sql_mode"]; has {
		set += ", sql_mode = '" + mode + "'"
	}
	if set != w.set {
		w.add(set)
		w.set = set
	}
}

// show reads the one row of a SHOW statement.
func (w *writer) show(ctx context.Context, statement string) (_ map[string]string, err error) {
	rows, err := w.db.QueryContext(ctx, statement)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", statement, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	if !rows.Next() {
		return nil, errors.Join(fmt.Errorf("%s: no row", statement), rows.Err())
	}
	cells := make([]sql.NullString, len(columns))
	into := make([]any, len(columns))
	for i := range cells {
		into[i] = &cells[i]
	}
	if err := rows.Scan(into...); err != nil {
		return nil, fmt.Errorf("%s: %w", statement, err)
	}
	shown := map[string]string{}
	for i, c := range columns {
		shown[c] = cells[i].String
	}
	return shown, nil
}

// list reads one column.
func (w *writer) list(ctx context.Context, query string, args ...any) (_ []string, err error) {
	rows, err := w.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var list []string
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

// quoted is a name as SHOW CREATE writes it.
func quoted(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }
