package play

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
)

func TestMariaDBKeepsWhatWasCommitted(t *testing.T) {
	dir := t.TempDir()
	m := startMariaDB(t, dir)
	db := open(t, m.DSN())
	mustExec(t, db, "CREATE TABLE kept (n INT PRIMARY KEY)")
	mustExec(t, db, "INSERT INTO kept VALUES (1)")

	if err := m.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := db.PingContext(t.Context()); err == nil {
		t.Fatal("a killed server answers")
	}
	if err := m.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	mustExec(t, db, "INSERT INTO kept VALUES (2)") // the same DSN, the same pool

	if err := m.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	assertNoProcess(t, dir)
	if err := m.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := m.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	assertNoProcess(t, dir)

	// Another run over the same folder finds data and account again.
	m = startMariaDB(t, dir)
	var n int
	if err := open(t, m.DSN()).QueryRowContext(t.Context(), "SELECT COUNT(*) FROM kept").Scan(&n); err != nil || n != 2 {
		t.Errorf("%d rows, %v", n, err)
	}
}

func TestMariaDBIsPrivate(t *testing.T) {
	dir := t.TempDir()
	m := startMariaDB(t, dir)
	config := m.Config()
	if config.Net != "unix" || config.Addr != m.Socket() || config.DBName != "tandem" {
		t.Errorf("config %+v", config)
	}
	var tcp, durable string
	if err := open(t, m.DSN()).QueryRowContext(t.Context(),
		"SELECT @@skip_networking, @@innodb_flush_log_at_trx_commit").Scan(&tcp, &durable); err != nil {
		t.Fatal(err)
	}
	if tcp != "1" || durable != "1" {
		t.Errorf("skip_networking=%s innodb_flush_log_at_trx_commit=%s", tcp, durable)
	}

	for _, user := range []string{"tandem", ""} {
		config.User, config.Passwd = user, ""
		if err := open(t, config.FormatDSN()).PingContext(t.Context()); err == nil {
			t.Errorf("%q came in without a password", user)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "bootstrap.sql")); err == nil {
		t.Error("the password lies about in bootstrap.sql")
	}
	if _, err := StartMariaDB(t.Context(), tools(t), dir); !errors.Is(err, ErrInUse) {
		t.Errorf("started twice in one folder: %v", err)
	}
}

func TestMariaDBInADeepFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("deep/", 20))
	m := startMariaDB(t, dir)
	if err := open(t, m.DSN()).PingContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Dir(m.Socket())
	if err := m.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is left behind", folder)
	}
}

func TestMariaDBThatCannotStartSaysWhy(t *testing.T) {
	dir := t.TempDir()
	m := startMariaDB(t, dir)
	if err := m.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "data", "ibdata1"), []byte("not a tablespace"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := m.Restart(t.Context())
	if err == nil || !strings.Contains(err.Error(), "ended while starting") || !strings.Contains(err.Error(), "InnoDB") {
		t.Errorf("got %v", err)
	}
	assertNoProcess(t, dir)
}

// The account has what the documentation asks for and no more.
func TestMariaDBOfSomebodyElse(t *testing.T) {
	theirs := startMariaDB(t, t.TempDir())
	root := open(t, theirs.DSN())
	mustExec(t, root, "CREATE USER guest@localhost IDENTIFIED BY 'geheim'")
	mustExec(t, root, "GRANT ALL ON `tandem\\_%`.* TO guest@localhost")
	config := theirs.Config()
	config.User, config.Passwd, config.DBName = "guest", "geheim", ""

	m, err := StartMariaDB(t.Context(), Tools{MariaDBDSN: config.FormatDSN()}, "/nowhere")
	if err != nil {
		t.Fatal(err)
	}
	db := open(t, m.DSN())
	mustExec(t, db, "CREATE TABLE t (n INT)")
	if m.Socket() != theirs.Socket() || m.LogFile() != "" || m.Process() != nil {
		t.Errorf("socket %q, log %q, process %v", m.Socket(), m.LogFile(), m.Process())
	}
	for name, err := range map[string]error{
		"stop": m.Stop(t.Context()), "kill": m.Kill(), "restart": m.Restart(t.Context()),
	} {
		if !errors.Is(err, ErrForeignServer) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if err := m.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	var unknown *mysql.MySQLError
	if err := db.PingContext(t.Context()); err == nil {
		if _, err = db.ExecContext(t.Context(), "SELECT 1 FROM t"); !errors.As(err, &unknown) {
			t.Errorf("the database is still there: %v", err)
		}
	}

	if err := m.DropDatabase(t.Context(), "mysql"); err == nil {
		t.Error("dropped a database that is not ours")
	}
	config.User, config.Passwd = "stranger", ""
	if _, err := StartMariaDB(t.Context(), Tools{MariaDBDSN: config.FormatDSN()}, "/nowhere"); err == nil ||
		!strings.Contains(err.Error(), "TANDEM_MARIADB_DSN") {
		t.Errorf("got %v", err)
	}
}

func startMariaDB(t *testing.T, dir string) *MariaDB {
	t.Helper()
	found := tools(t)
	if found.MariaDB == nil {
		t.Fatal("these tests need a MariaDB of their own: run scripts/setup.sh test without TANDEM_MARIADB_DSN")
	}
	found.MariaDBDSN = ""
	m, err := StartMariaDB(t.Context(), found, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return m
}

func open(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	config, err := mysql.ParseDSN(dsn)
	if err != nil {
		t.Fatal(err)
	}
	db, err := openQuiet(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // the server may be gone
	return db
}

func mustExec(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}
