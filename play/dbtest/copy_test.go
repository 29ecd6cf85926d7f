package dbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/google/go-cmp/cmp"

	"tandem/db"
	"tandem/play"
)

var kinds atomic.Int32

// newKind is one that nothing was filled for, in the first run of a test or a later one.
func newKind() string { return fmt.Sprint("test ", kinds.Add(1)) }

// A copy is what migrations and seed made, to the last row and counter.
func TestCopyIsWhatWasMigrated(t *testing.T) {
	t.Parallel()
	var original string
	dsn := Copy(t, newKind(), func(ctx context.Context, dsn string) error {
		original = dsn
		c, err := mysql.ParseDSN(dsn)
		if err != nil {
			return err
		}
		d, err := db.Open(ctx, db.Config{Address: c.Addr, User: c.User, Password: c.Passwd, Database: c.DBName})
		if err != nil {
			return err
		}
		err = d.Migrate(ctx, nil)
		if err == nil {
			_, err = d.SeedArticle(ctx, false)
		}
		if err == nil {
			_, err = d.SeedDemo(ctx, false)
		}
		return errors.Join(err, d.Close())
	})
	want, got := described(t, original), described(t, dsn)
	for _, there := range []string{"TABLES", "COLUMNS", "STATISTICS", "REFERENTIAL_CONSTRAINTS", "CHECK_CONSTRAINTS", "PARTITIONS", "VIEWS", "ROUTINES", "PARAMETERS", "TRIGGERS", "rows of decks", "rows of goose_db_version"} {
		if len(want[there]) == 0 {
			t.Errorf("nothing of %s is compared", there)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("original and copy (-want +got):\n%s", diff)
	}
}

// What our schema has little of, or might have one day.
func TestCopyOfOddThings(t *testing.T) {
	t.Parallel()
	var original string
	dsn := Copy(t, newKind(), func(ctx context.Context, dsn string) error {
		original = dsn
		return script(ctx, t, dsn,
			"CREATE TABLE z (id INT AUTO_INCREMENT PRIMARY KEY, n INT NOT NULL DEFAULT 4, n2 INT AS (n * 2) PERSISTENT, at TIMESTAMP DEFAULT '2026-01-01') AUTO_INCREMENT = 77 COMMENT 'it''s; odd'",
			"SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'",
			"INSERT INTO z (id) VALUES (0), (5)",
			"CREATE TABLE a (z_id INT, n INT CHECK (n > 0), word VARCHAR(9) COLLATE ascii_bin DEFAULT (CONCAT('a', 'b')), KEY (n), FOREIGN KEY (z_id) REFERENCES z (id))",
			"INSERT INTO a (z_id, n) VALUES (0, 1), (5, 2), (NULL, 3)",
			"CREATE TABLE `we``ird name` (`co``lumn` INT)", "INSERT INTO `we``ird name` VALUES (1)",
			"CREATE TABLE log (what TEXT)",
			"CREATE TRIGGER second AFTER INSERT ON a FOR EACH ROW INSERT INTO log VALUES ('second')",
			"CREATE TRIGGER first AFTER INSERT ON a FOR EACH ROW PRECEDES second INSERT INTO log VALUES ('first')",
			"SET sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT'",
			`CREATE PROCEDURE p (IN v INT) BEGIN INSERT INTO "log" VALUES ('a' || v); -- it has
			SELECT 1; END`,
			"CREATE FUNCTION f () RETURNS INT DETERMINISTIC RETURN 7",
			"CREATE VIEW v2 AS SELECT id, n2 FROM z", "CREATE SQL SECURITY INVOKER VIEW v1 AS SELECT id FROM v2",
		)
	})
	if diff := cmp.Diff(described(t, original), described(t, dsn)); diff != "" {
		t.Errorf("original and copy (-want +got):\n%s", diff)
	}
	// It works, and works on itself.
	if err := script(t.Context(), t, dsn, "INSERT INTO a (z_id, n) VALUES (0, 9)", "CALL p(8)", "INSERT INTO z () VALUES ()"); err != nil {
		t.Fatal(err)
	}
	same := described(t, dsn)
	if diff := cmp.Diff([]string{"a8", "first", "second"}, same["rows of log"]); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
	if rows := same["rows of z"]; len(rows) != 3 || !strings.HasPrefix(rows[2], "77 4 8 ") {
		t.Errorf("%q", rows)
	}
	if n := len(described(t, original)["rows of log"]); n != 0 {
		t.Errorf("%d rows came to the original", n)
	}
}

func TestCopyIsFilledOnce(t *testing.T) {
	t.Parallel()
	var fills atomic.Int64
	kind := newKind()
	t.Run("group", func(t *testing.T) {
		for range 3 {
			t.Run("copy", func(t *testing.T) {
				t.Parallel()
				dsn := Copy(t, kind, func(ctx context.Context, dsn string) error {
					fills.Add(1)
					return script(ctx, t, dsn, "CREATE TABLE t (n INT)", "INSERT INTO t VALUES (1)")
				})
				if err := script(t.Context(), t, dsn, "INSERT INTO t VALUES (2)"); err != nil {
					t.Error(err)
				}
				if rows := described(t, dsn)["rows of t"]; !slices.Equal(rows, []string{"1", "2"}) {
					t.Errorf("a copy has %q", rows)
				}
			})
		}
	})
	if n := fills.Load(); n != 1 {
		t.Errorf("filled %d times", n)
	}
}

// Whoever asks after a failure hears of it too, and gets no half of a database.
func TestCopyThatCannotBeFilled(t *testing.T) {
	t.Parallel()
	m, err := server.get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	full := errors.New("no room")
	for name, fill := range map[string]func(context.Context, string) error{
		"fails":    func(context.Context, string) error { return full },
		"is ended": func(context.Context, string) error { panic(full) },
	} {
		made := server.template(name)
		for range 2 {
			if err := attempt(t, made, m, fill); err == nil || made.script != "" {
				t.Errorf("%s: %v, script %q", name, err, made.script)
			}
		}
	}
}

func attempt(t *testing.T, made *template, m *play.MariaDB, fill func(context.Context, string) error) (err error) {
	t.Helper()
	defer func() {
		if v := recover(); v != nil {
			err, _ = v.(error)
		}
	}()
	return made.make(t.Context(), m, fill)
}

// script runs statements one after the other in one session.
func script(ctx context.Context, t *testing.T, dsn string, statements ...string) error {
	t.Helper()
	pool, err := sql.Open("mysql", dsn)
	if err != nil {
		return err
	}
	pool.SetMaxOpenConns(1)
	for _, s := range statements {
		if _, err := pool.ExecContext(ctx, s); err != nil {
			return errors.Join(err, pool.Close())
		}
	}
	return pool.Close()
}
