package dbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/go-sql-driver/mysql"

	"tandem/play"
)

// Copy is DSN with a copy of a database that was filled before. fill runs once in a
// test binary for every kind; whatever it leaves there, each test of that kind begins
// with: tables with their rows and counters, views, triggers, procedures. It tells
// how it went instead of ending the test, because other tests wait for it.
//
// A hundred migrations take longer than most tests; a copy of what they made takes a
// fraction of that.
func Copy(tb testing.TB, kind string, fill func(ctx context.Context, dsn string) error) string {
	tb.Helper()
	m, err := server.get(tb.Context())
	if err != nil {
		tb.Fatalf("dbtest: %v", err)
	}
	t := server.template(kind)
	if err := t.make(tb.Context(), m, fill); err != nil {
		tb.Fatalf("dbtest: fill a database of kind %q: %v", kind, err)
	}
	name := create(tb, m)
	if err := run(tb.Context(), m, name, t.script); err != nil {
		tb.Fatalf("dbtest: copy a database of kind %q: %v", kind, err)
	}
	return m.DatabaseDSN(name)
}

// template is a database that tests get copies of.
type template struct {
	mu     sync.Mutex
	name   string // of the database; empty: not made yet
	script string // makes a copy in another database of the server; fixed once made
	err    error  // of the one attempt
}

func (s *shared) template(kind string) *template {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.templates == nil {
		s.templates = map[string]*template{}
	}
	if s.templates[kind] == nil {
		s.templates[kind] = &template{}
	}
	return s.templates[kind]
}

// make fills the database if nobody has; who comes meanwhile waits.
func (t *template) make(ctx context.Context, m *play.MariaDB, fill func(ctx context.Context, dsn string) error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.name != "" || t.err != nil {
		return t.err
	}
	if t.name, t.err = m.CreateDatabase(ctx); t.err != nil {
		return t.err
	}
	t.err = errors.New("the test that filled it was ended meanwhile")
	if t.err = fill(ctx, m.DatabaseDSN(t.name)); t.err == nil {
		t.script, t.err = scriptOf(ctx, m, t.name)
	}
	return t.err
}

// dropTemplates leaves nothing behind on a server that goes on.
func (s *shared) dropTemplates(ctx context.Context) error {
	var errs []error
	for _, t := range s.templates {
		if t.name != "" {
			errs = append(errs, s.mariadb.DropDatabase(ctx, t.name))
		}
	}
	s.templates = nil
	return errors.Join(errs...)
}

// run sends a script to a database, all statements at once.
func run(ctx context.Context, m *play.MariaDB, database, script string) error {
	config := m.Config()
	config.DBName, config.MultiStatements = database, true
	db, err := opened(config)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, script)
	return errors.Join(err, db.Close())
}

// opened is a pool whose sessions have the collation of package db's: MariaDB does not
// even show some views in another one.
func opened(config *mysql.Config) (*sql.DB, error) {
	if err := config.Apply(mysql.Charset("utf8mb4", "utf8mb4_unicode_520_ci")); err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	return sql.OpenDB(connector), nil
}
