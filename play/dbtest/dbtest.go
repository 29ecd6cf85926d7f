package dbtest

import (
	"context"
	"database/sql"
	"errors"
	"flag"
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

	templates map[string]*template // by kind, see Copy
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
	return m.DatabaseDSN(create(tb, m))
}

// create makes an empty database and has it dropped when the test ends.
func create(tb testing.TB, m *play.MariaDB) (name string) {
	tb.Helper()
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
	return name
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
	tools = careless(tools)
	m, err := play.StartMariaDB(ctx, tools, dir)
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(dir))
	}
	return m, func() error { return os.RemoveAll(dir) }, nil
}

// careless are the tools with a MariaDB whose data nobody needs after a power cut: it
// waits for the disk neither at a commit nor at a new table, and has no file for every
// table. What tests see is the same.
func careless(tools play.Tools) play.Tools {
	if tools.MariaDB == nil {
		return tools // somebody else's server
	}
	own := *tools.MariaDB
	own.Options = []string{"--innodb-flush-log-at-trx-commit=0", "--skip-innodb-doublewrite", "--innodb-file-per-table=0"}
	if !benchmarks() {
		own.Options = append(own.Options, "--debug-no-sync")
	}
	tools.MariaDB = &own
	return tools
}

// benchmarks tells whether some are asked for: those of durable commits wait for the
// disk.
func benchmarks() bool {
	bench := flag.Lookup("test.bench")
	return bench != nil && bench.Value.String() != ""
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
	err := errors.Join(s.dropTemplates(ctx), s.mariadb.Close(ctx), s.release())
	s.mariadb = nil
	return err
}
