package dbtest

import (
	"database/sql"
	"slices"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
)

// described is all that MariaDB knows of a database: what its information_schema
// says, and the rows of every table, each as one line. The name of the database is
// taken out.
func described(t *testing.T, dsn string) map[string][]string {
	t.Helper()
	config, err := mysql.ParseDSN(dsn)
	if err != nil {
		t.Fatal(err)
	}
	pool, err := opened(config)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := pool.Close(); err != nil {
			t.Error(err)
		}
	}()
	all := map[string][]string{}
	for table, schema := range map[string]string{
		"TABLES": "TABLE_SCHEMA", "COLUMNS": "TABLE_SCHEMA", "STATISTICS": "TABLE_SCHEMA", "TABLE_CONSTRAINTS": "TABLE_SCHEMA", "KEY_COLUMN_USAGE": "TABLE_SCHEMA",
		"REFERENTIAL_CONSTRAINTS": "CONSTRAINT_SCHEMA", "CHECK_CONSTRAINTS": "CONSTRAINT_SCHEMA", "PARTITIONS": "TABLE_SCHEMA", "VIEWS": "TABLE_SCHEMA",
		"ROUTINES": "ROUTINE_SCHEMA", "PARAMETERS": "SPECIFIC_SCHEMA", "TRIGGERS": "TRIGGER_SCHEMA", "EVENTS": "EVENT_SCHEMA",
	} {
		all[table] = lines(t, pool, config.DBName, "SELECT * FROM information_schema."+table+" WHERE "+schema+" = DATABASE()")
	}
	w := writer{db: pool}
	tables, err := w.list(t.Context(), "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range tables {
		all["rows of "+name] = lines(t, pool, config.DBName, "SELECT * FROM "+quoted(name))
		all["text of "+name] = lines(t, pool, config.DBName, "SHOW CREATE TABLE "+quoted(name))
	}
	return all
}

// lines are the rows of a query as text, in the order of the alphabet, without what
// is estimated and when something was made.
func lines(t *testing.T, pool *sql.DB, database, query string) []string {
	t.Helper()
	rows, err := pool.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	list := []string{}
	for rows.Next() {
		cells, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		var words []string
		for i, c := range columns {
			switch c {
			case "CREATE_TIME", "UPDATE_TIME", "CHECK_TIME", "CREATED", "LAST_ALTERED",
				"TABLE_ROWS", "AVG_ROW_LENGTH", "DATA_LENGTH", "INDEX_LENGTH", "DATA_FREE", "CARDINALITY":
				continue
			}
			if !cells[i].Valid {
				cells[i].String = "NULL"
			}
			words = append(words, strings.ReplaceAll(cells[i].String, database, "(this)"))
		}
		list = append(list, strings.Join(words, " "))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	return list
}
