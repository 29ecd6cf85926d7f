package play

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
)

const (
	mariadbStartTimeout = 60 * time.Second
	mariadbStopGrace    = 30 * time.Second

	errDropFolder = 1010 // ER_DB_DROP_RMDIR

	// mariadbUser is the account of a server of our own; it may do everything.
	mariadbUser = "tandem"
	// databasePrefix begins the name of every database we create, so that an
	// account on a shared server can be given no more than `tandem\_%`.*.
	databasePrefix = "tandem_"
)

// ErrForeignServer is returned when a server that is not ours is to be stopped
// or started.
var ErrForeignServer = errors.New("the MariaDB server of TANDEM_MARIADB_DSN is not ours to stop or start")

// MariaDB is a database to play with: on a server of our own, which listens on
// a unix socket only and can be stopped, killed and started again; or, with
// TANDEM_MARIADB_DSN, on a server that runs already.
//
// For a running server the account needs
//
//	GRANT ALL ON `tandem\_%`.* TO …
//
// Of it we use databases of our own, named tandem_ and 16 hexadecimal digits,
// and drop them.
//
// Stop, Kill, Restart and Close are for the one goroutine that runs the stack.
type MariaDB struct {
	config *mysql.Config  // the account, no database
	name   string         // our first database
	server *mariadbServer // nil: somebody else's
}

// StartMariaDB starts a server whose files are all under dir and waits until it
// accepts connections; data that dir holds from earlier is used again. With
// Tools.MariaDBDSN it starts nothing and creates a database on that server.
// Either way the database of DSN is there. End it with Close.
func StartMariaDB(ctx context.Context, tools Tools, dir string) (*MariaDB, error) {
	if tools.MariaDBDSN != "" {
		return borrowMariaDB(ctx, tools.MariaDBDSN)
	}
	server, err := newMariaDBServer(ctx, *tools.MariaDB, dir)
	if err != nil {
		return nil, err
	}
	m := &MariaDB{config: server.config(), name: "tandem", server: server}
	if err := m.server.start(ctx); err != nil {
		return nil, errors.Join(err, server.release())
	}
	return m, nil
}

// borrowMariaDB uses a server that runs already.
func borrowMariaDB(ctx context.Context, dsn string) (*MariaDB, error) {
	config, err := mysql.ParseDSN(dsn)
	if err != nil {
		return nil, fmt.Errorf("TANDEM_MARIADB_DSN: %w", err)
	}
	config.DBName = ""
	m := &MariaDB{config: config}
	if m.name, err = m.CreateDatabase(ctx); err != nil {
		return nil, fmt.Errorf("TANDEM_MARIADB_DSN (the account needs GRANT ALL ON `tandem\\_%%`.*): %w", err)
	}
	return m, nil
}

// DSN returns the data source name of our database, for the Go driver. It names
// the account and the password.
func (m *MariaDB) DSN() string { return m.DatabaseDSN(m.name) }

// DatabaseDSN is DSN for another database of this server.
func (m *MariaDB) DatabaseDSN(name string) string {
	config := m.Config()
	config.DBName = name
	return config.FormatDSN()
}

// Config returns what DSN says in parts: account, password, address, our database.
func (m *MariaDB) Config() *mysql.Config {
	config := m.config.Clone()
	config.DBName = m.name
	return config
}

// Socket returns the unix socket of the server, or "" where it has none for us.
func (m *MariaDB) Socket() string {
	if m.config.Net != "unix" {
		return ""
	}
	return m.config.Addr
}

// LogFile returns the server's log, or "" where the server is not ours.
func (m *MariaDB) LogFile() string {
	if m.server == nil {
		return ""
	}
	return m.server.logFile()
}

// CreateDatabase creates an empty database with a name nobody else uses.
func (m *MariaDB) CreateDatabase(ctx context.Context) (name string, err error) {
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails (crypto/rand)
	name = databasePrefix + hex.EncodeToString(random[:])
	if err := m.exec(ctx, "CREATE DATABASE "+name+" CHARACTER SET utf8mb4"); err != nil {
		return "", fmt.Errorf("create database: %w", err)
	}
	return name, nil
}

// DropDatabase removes a database that CreateDatabase made, with all in it. It tries
// until ctx ends while MariaDB itself still holds files there.
func (m *MariaDB) DropDatabase(ctx context.Context, name string) error {
	if !strings.HasPrefix(name, databasePrefix) {
		return fmt.Errorf("drop database: %q is not one of ours", name)
	}
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		err := m.exec(ctx, "DROP DATABASE IF EXISTS "+name)
		if err == nil {
			return nil
		}
		// MariaDB takes files of tables away in the background: the folder may not be
		// empty yet when its last table is gone.
		var refused *mysql.MySQLError
		if !errors.As(err, &refused) || refused.Number != errDropFolder {
			return fmt.Errorf("drop database: %w", err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("drop database: %w", err)
		case <-ticker.C:
		}
	}
}

// exec runs one statement over a connection of its own: nothing stays open
// between statements that a stopped server would break.
func (m *MariaDB) exec(ctx context.Context, statement string) error {
	db, err := openQuiet(m.config)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, statement)
	return err
}

// openQuiet opens a pool that keeps the driver's own remarks about broken
// connections to itself; the errors are returned anyway.
func openQuiet(config *mysql.Config) (*sql.DB, error) {
	config = config.Clone()
	config.Logger = &mysql.NopLogger{}
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}

// Stop shuts the server down in order; its data stay for Restart.
func (m *MariaDB) Stop(ctx context.Context) error {
	if m.server == nil {
		return ErrForeignServer
	}
	return m.server.stop(ctx)
}

// Kill ends the server at once, as a power cut would; its data stay for Restart.
func (m *MariaDB) Kill() error {
	if m.server == nil {
		return ErrForeignServer
	}
	m.server.process.Kill()
	return nil
}

// Restart starts the server again over the same data and socket, stopping it
// first where it runs, and waits until it accepts connections.
func (m *MariaDB) Restart(ctx context.Context) error {
	if m.server == nil {
		return ErrForeignServer
	}
	if err := m.server.stop(ctx); err != nil {
		return err
	}
	return m.server.start(ctx)
}

// Process returns the server's process, to pause and resume it, or nil where
// the server is not ours. Restart makes a new one.
func (m *MariaDB) Process() *Process {
	if m.server == nil {
		return nil
	}
	return m.server.process
}

// Close ends the server of our own, leaving its data, or drops our database on
// somebody else's. A second Close does nothing.
func (m *MariaDB) Close(ctx context.Context) error {
	if m.server == nil {
		return m.DropDatabase(ctx, m.name)
	}
	return errors.Join(m.server.stop(ctx), m.server.release())
}

// mariadbServer is a mariadbd of our own.
type mariadbServer struct {
	tool     MariaDBTool
	dir      string
	socket   string
	password string
	process  *Process // nil before the first start
	unlock   func() error
	remove   func() error // of a socket's folder outside dir
}

func newMariaDBServer(ctx context.Context, tool MariaDBTool, dir string) (_ *mariadbServer, err error) {
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, fmt.Errorf("start MariaDB: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("start MariaDB: %w", err)
	}
	unlock, err := Lock(dir)
	if err != nil {
		return nil, fmt.Errorf("start MariaDB: %w", err)
	}
	s := &mariadbServer{tool: tool, dir: dir, unlock: unlock}
	s.socket, s.remove, err = socketPath(dir, "mariadb.sock")
	if err == nil {
		err = s.initialise(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start MariaDB: %w", err), s.release())
	}
	return s, nil
}

// config returns the account that may do everything.
func (s *mariadbServer) config() *mysql.Config {
	config := mysql.NewConfig()
	config.User, config.Passwd = mariadbUser, s.password
	config.Net, config.Addr = "unix", s.socket
	return config
}

func (s *mariadbServer) logFile() string { return filepath.Join(s.dir, "mariadb.log") }

// argv returns the command line of the server, for bootstrap and for service:
// InnoDB wants the same log size in both.
func (s *mariadbServer) argv(data string, more ...string) []string {
	argv := append([]string{}, s.tool.Argv...)
	argv = append(
		argv,
		"--no-defaults", // the machine's my.cnf is about the machine's server
		"--datadir="+data,
		"--tmpdir="+s.dir,
		"--lc-messages-dir="+s.tool.Share,
		"--character-sets-dir="+filepath.Join(s.tool.Share, "charsets"),
		"--skip-networking",
		"--skip-log-bin",
		"--character-set-server=utf8mb4",
		"--default-time-zone=+00:00",
		"--log-warnings=2",
		"--innodb-buffer-pool-size=128M",
		"--innodb-log-file-size=64M",
		"--innodb-flush-log-at-trx-commit=1",
		"--aria-pagecache-buffer-size=8M",
		"--key-buffer-size=1M",
	)
	if os.Geteuid() == 0 {
		argv = append(argv, "--user=root") // it refuses to run as root unless told
	}
	return append(append(argv, s.tool.Options...), more...)
}

// start starts the server and waits until it accepts connections.
func (s *mariadbServer) start(ctx context.Context) error {
	process, err := Start(ctx, Command{
		Name: "MariaDB",
		Argv: s.argv(s.data(), "--socket="+s.socket, "--pid-file="+filepath.Join(s.dir, "mariadb.pid")),
		Log:  s.logFile(),
	})
	if err != nil {
		return err
	}
	s.process = process
	if err := s.accepts(ctx); err != nil {
		process.Kill()
		return fmt.Errorf("start MariaDB: %w\n%s", err, process.LogTail(15))
	}
	return nil
}

// accepts waits until a connection succeeds. There is nothing to be told by, so
// it tries.
func (s *mariadbServer) accepts(ctx context.Context) error {
	db, err := openQuiet(s.config())
	if err != nil {
		return err
	}
	defer db.Close()
	ctx, cancel := context.WithTimeoutCause(ctx, mariadbStartTimeout,
		fmt.Errorf("it accepts no connections after %v", mariadbStartTimeout))
	defer cancel()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		if db.PingContext(ctx) == nil {
			return nil
		}
		select {
		case <-ticker.C:
		case <-s.process.Done():
			return errors.New("it ended while starting")
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (s *mariadbServer) stop(ctx context.Context) error {
	if s.process == nil {
		return nil
	}
	return s.process.Stop(ctx, mariadbStopGrace)
}

// release gives back, once, what is held outside the data: the socket's folder
// and the lock.
func (s *mariadbServer) release() error {
	var errs []error
	if s.remove != nil {
		errs = append(errs, s.remove())
	}
	if s.unlock != nil {
		errs = append(errs, s.unlock())
	}
	s.remove, s.unlock = nil, nil
	return errors.Join(errs...)
}
