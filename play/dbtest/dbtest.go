package dbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	_ "github.com/go-sql-driver/mysql" // the driver that Open asks for

	"tandem/play"
)

// endTimeout bounds the end of the server, and each test's dropping of its database.
const endTimeout = time.Minute

// server is shared by all tests of the binary; they reach it through functions
// that are given nothing but a testing.TB.
var server shared //nolint:gochecknoglobals // see above; ended by Tests.Run

type shared struct {
	mu      sync.Mutex
	running bool // between the begin and the end of Tests.Run
	mariadb *play.MariaDB
	release func() error
	err     error // of the one attempt to start
}

// Tests runs the tests of a binary and ends the server after them.
type Tests struct{ m *testing.M }

// Main wraps the tests of a binary for TestMain.
func Main(m *testing.M) Tests { return Tests{m} }

// Run runs the tests, ends the server, and returns the exit code.
func (t Tests) Run() int {
	server.mu.Lock()
	server.running = true
	server.mu.Unlock()

	code := t.m.Run()
	if err := server.end(); err != nil {
		fmt.Fprintln(os.Stderr, "dbtest:", err)
		code = max(code, 1)
	}
	return code
}

// DSN creates an empty database for this test and returns its data source name
// for the Go driver. The database is dropped when the test ends; what the test
// opened on it should be closed by then.
func DSN(tb testing.TB) string {
	tb.Helper()
	m, err := server.get(tb.Context())
	if err != nil {
		tb.Fatalf("dbtest: %v", err)
	}
	name, err := m.CreateDatabase(tb.Context())
	if err != nil {
		tb.Fatalf("dbtest: %v", err)
	}
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(tb.Context()), endTimeout)
		defer cancel()
		if err := m.DropDatabase(ctx, name); err != nil {
			tb.Errorf("dbtest: %v", err)
		}
	})
	return m.DatabaseDSN(name)
}

// Open is DSN with a pool opened over it, closed when the test ends.
func Open(tb testing.TB) *sql.DB {
	tb.Helper()
	db, err := sql.Open("mysql", DSN(tb))
	if err != nil {
		tb.Fatalf("dbtest: %v", err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Errorf("dbtest: %v", err)
		}
	})
	return db
}

// get returns the server, started by the first call.
func (s *shared) get(ctx context.Context) (*play.MariaDB, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.running {
		return nil, errors.New("TestMain of this package does not run dbtest.Main, see package dbtest")
	}
	if s.mariadb == nil && s.err == nil {
		s.mariadb, s.release, s.err = startServer(ctx)
	}
	return s.mariadb, s.err
}

// startServer starts a server in a folder of its own, or joins the one of
// TANDEM_MARIADB_DSN. release takes the folder away.
func startServer(ctx context.Context) (_ *play.MariaDB, release func() error, err error) {
	tools, err := play.FindTools()
	if err != nil {
		return nil, nil, err
	}
	if err := sweep(os.TempDir()); err != nil {
		return nil, nil, err
	}
	dir, err := os.MkdirTemp("", folderPrefix)
	if err != nil {
		return nil, nil, err
	}
	m, err := play.StartMariaDB(ctx, tools, dir)
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := hurry(ctx, m); err != nil {
		return nil, nil, errors.Join(err, m.Close(ctx), os.RemoveAll(dir))
	}
	return m, func() error { return os.RemoveAll(dir) }, nil
}

// hurry spares a server of our own the disk at every commit, and a file for
// every table: nobody needs its data after a power cut. What tests see is the
// same.
func hurry(ctx context.Context, m *play.MariaDB) error {
	if m.LogFile() == "" {
		return nil // somebody else's
	}
	db, err := sql.Open("mysql", m.DSN())
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "SET GLOBAL innodb_flush_log_at_trx_commit = 0, sync_frm = 0, innodb_file_per_table = 0")
	return errors.Join(err, db.Close())
}

func (s *shared) end() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = false
	if s.mariadb == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), endTimeout) //nolint:forbidigo // after the tests there is no context left
	defer cancel()
	err := errors.Join(s.mariadb.Close(ctx), s.release())
	s.mariadb = nil
	return err
}
