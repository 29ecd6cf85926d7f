package play

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

func (s *mariadbServer) data() string { return filepath.Join(s.dir, "data") }

// initialise makes the data directory where there is none: system tables, one
// account with a fresh password, our database. It takes a third of a second, so
// no template is kept. Everything happens in a folder beside, renamed at the
// end: an interrupted start leaves nothing half done.
func (s *mariadbServer) initialise(ctx context.Context) error {
	secret := filepath.Join(s.dir, "password")
	if _, err := os.Stat(s.data()); err == nil {
		text, err := os.ReadFile(secret)
		if err != nil {
			return fmt.Errorf("%s holds data but no password, remove it: %w", s.dir, err)
		}
		s.password = strings.TrimSpace(string(text))
		return nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}

	s.password = rand.Text()
	if err := os.WriteFile(secret, []byte(s.password+"\n"), 0o600); err != nil {
		return err
	}
	part := filepath.Join(s.dir, "data.part")
	if err := os.RemoveAll(part); err != nil {
		return err
	}
	if err := os.Mkdir(part, 0o700); err != nil {
		return err
	}
	if err := s.bootstrap(ctx, part); err != nil {
		return err
	}
	return os.Rename(part, s.data())
}

// bootstrap does what mariadb-install-db does, without its help texts and time
// zones: mariadbd reads SQL from stdin, one statement after another, and ends.
func (s *mariadbServer) bootstrap(ctx context.Context, data string) error {
	script, err := s.bootstrapSQL()
	if err != nil {
		return err
	}
	path := filepath.Join(s.dir, "bootstrap.sql")
	if err := os.WriteFile(path, []byte(script), 0o600); err != nil {
		return err
	}
	defer os.Remove(path) // it holds the password
	stdin, err := os.Open(path)
	if err != nil {
		return err
	}
	defer stdin.Close()

	ctx, cancel := context.WithTimeoutCause(ctx, mariadbStartTimeout,
		fmt.Errorf("not done after %v", mariadbStartTimeout))
	defer cancel()
	process, err := Start(ctx, Command{
		Name:  "MariaDB bootstrap",
		Argv:  s.argv(data, "--bootstrap"),
		Log:   filepath.Join(s.dir, "bootstrap.log"),
		Stdin: stdin,
	})
	if err != nil {
		return err
	}
	defer process.Kill()
	return process.Wait(ctx)
}

// bootstrapSQL joins the distribution's scripts and ours. In bootstrap mode a
// line ends a statement at its semicolon, so each of ours is one line.
func (s *mariadbServer) bootstrapSQL() (string, error) {
	var b strings.Builder
	b.WriteString("CREATE DATABASE mysql;\nUSE mysql;\n")
	// Not NULL: root then needs to be root, by the socket, rather than no password.
	b.WriteString("SET @auth_root_socket = 'root';\n")
	for _, name := range []string{"system_tables", "performance_tables", "system_tables_data"} {
		text, err := s.script(name)
		if err != nil {
			return "", err
		}
		b.Write(text)
		b.WriteString("\n")
	}
	// The grant tables are not loaded here, so GRANT does not work; all bits set is ALL.
	fmt.Fprintf(&b, `INSERT INTO global_priv VALUES ('localhost', '%s', CONCAT('{"access":18446744073709551615,"plugin":"mysql_native_password","authentication_string":"', PASSWORD('%s'), '"}'));`+"\n",
		mariadbUser, s.password) // the password is letters and digits
	b.WriteString("CREATE DATABASE tandem CHARACTER SET utf8mb4;\n")
	return b.String(), nil
}

// script reads one of the distribution's SQL files, under its name before
// MariaDB 11 or since.
func (s *mariadbServer) script(name string) ([]byte, error) {
	share := os.DirFS(s.tool.Share)
	text, err := fs.ReadFile(share, "mariadb_"+name+".sql")
	if errors.Is(err, fs.ErrNotExist) {
		text, err = fs.ReadFile(share, "mysql_"+name+".sql")
	}
	return text, err
}
