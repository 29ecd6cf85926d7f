package db_test

import (
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"go.uber.org/goleak"

	"tandem/db"
	"tandem/play/dbtest"
	"tandem/play/dbtest/filled"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(dbtest.Main(m)) }

// bundle is a migrated database of the test's own: our door to it, and one for
// SQL by hand.
type bundle struct {
	*db.DB
	t      *testing.T
	config db.Config
	hand   *sql.DB
}

// setup makes an empty database.
func setup(t *testing.T) bundle {
	t.Helper()
	return opened(t, dbtest.DSN(t))
}

// opened uses a database that is there.
func opened(t *testing.T, dsn string) bundle {
	t.Helper()
	c, err := mysql.ParseDSN(dsn)
	if err != nil {
		t.Fatal(err)
	}
	c.ParseTime = true
	connector, err := mysql.NewConnector(c)
	if err != nil {
		t.Fatal(err)
	}
	b := bundle{t: t, config: filled.ConfigOf(c), hand: sql.OpenDB(connector)}
	b.DB, err = db.Open(t.Context(), b.config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(b.Close(), b.hand.Close()); err != nil {
			t.Error(err)
		}
	})
	return b
}

// migrated makes a database with the schema of today.
func migrated(t *testing.T) bundle {
	t.Helper()
	return opened(t, filled.Migrated(t))
}

// seeded makes a database with the article's data and the demo's.
func seeded(t *testing.T) bundle {
	t.Helper()
	return opened(t, filled.Seeded(t))
}

func (b bundle) seed() {
	b.t.Helper()
	if err := filled.Seed(b.t.Context(), b.DB); err != nil {
		b.t.Fatal(err)
	}
}

// in is the same database inside a subtest.
func (b bundle) in(t *testing.T) bundle {
	t.Helper()
	b.t = t
	return b
}

// exec runs SQL as a person would, outside of package db.
func (b bundle) exec(statement string, args ...any) {
	b.t.Helper()
	if _, err := b.hand.ExecContext(b.t.Context(), statement, args...); err != nil {
		b.t.Fatalf("%s: %v", statement, err)
	}
}

// table reads a query's rows as text, NULL as "NULL".
func (b bundle) table(query string, args ...any) [][]string {
	b.t.Helper()
	rows, err := b.hand.QueryContext(b.t.Context(), query, args...)
	if err != nil {
		b.t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		b.t.Fatal(err)
	}
	var all [][]string
	for rows.Next() {
		cells := make([]sql.NullString, len(columns))
		into := make([]any, len(columns))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			b.t.Fatal(err)
		}
		row := make([]string, len(columns))
		for i, c := range cells {
			if row[i] = c.String; !c.Valid {
				row[i] = "NULL"
			}
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		b.t.Fatal(err)
	}
	return all
}

func (b bundle) one(query string, args ...any) string {
	b.t.Helper()
	rows := b.table(query, args...)
	if len(rows) != 1 {
		b.t.Fatalf("%s: %d rows", query, len(rows))
	}
	return rows[0][0]
}

func at(text string) time.Time {
	v, err := time.Parse(time.DateTime, text)
	if err != nil {
		panic(err)
	}
	return v
}
