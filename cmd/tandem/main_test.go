package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"

	"tandem/play/dbtest"
	schema "tandem/sql"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m).Run()) }

// office is a configuration over an empty database.
func office(t *testing.T) string {
	t.Helper()
	return officeOver(t, dbtest.DSN(t))
}

// migratedOffice is an office after "tandem migrate up".
func migratedOffice(t *testing.T) string {
	t.Helper()
	return officeAfter(t, "migrated", []string{"migrate", "up"})
}

// seededOffice is an office after "tandem migrate up" and "tandem seed".
func seededOffice(t *testing.T) string {
	t.Helper()
	return officeAfter(t, "seeded", []string{"migrate", "up"}, []string{"seed"})
}

// officeAfter is an office over a copy of a database on which those commands ran.
func officeAfter(t *testing.T, kind string, commands ...[]string) string {
	t.Helper()
	return officeOver(t, dbtest.Copy(t, kind, func(_ context.Context, dsn string) error {
		config := officeOver(t, dsn)
		for _, c := range commands {
			if out, err := say(t, config, c...); err != nil {
				return fmt.Errorf("tandem %v: %w\n%s", c, err, out)
			}
		}
		return nil
	}))
}

func officeOver(t *testing.T, source string) string {
	t.Helper()
	dsn, err := mysql.ParseDSN(source)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	password := filepath.Join(dir, "password")
	if err := os.WriteFile(password, []byte(dsn.Passwd), 0o600); err != nil {
		t.Fatal(err)
	}
	return writeConfig(t, fmt.Sprintf("node: test\ndatabase: {address: %q, user: %q, password_file: %q, name: %q}\nspool: {dir: %q}\nagi: {listen: '127.0.0.1:1'}\nhttp: {listen: '127.0.0.1:2'}\n",
		dsn.Addr, dsn.User, password, dsn.DBName, filepath.Join(dir, "spool")))
}

// say runs a command and returns what it printed.
func say(t *testing.T, config string, args ...string) (string, error) {
	t.Helper()
	var out, errOut bytes.Buffer
	err := run(t.Context(), append(args, "--config", config), &out, &errOut)
	return out.String() + errOut.String(), err
}

func must(t *testing.T, config string, args ...string) string {
	t.Helper()
	out, err := say(t, config, args...)
	if err != nil {
		t.Fatalf("tandem %v: %v\n%s", args, err, out)
	}
	return out
}

func TestFromEmptyDatabaseToARoute(t *testing.T) {
	config := office(t)
	if out, err := say(t, config, "serve"); err == nil || !strings.Contains(err.Error(), "migrate up") {
		t.Fatalf("serve on an empty database: %v\n%s", err, out)
	}
	if out, err := say(t, config, "check"); !errors.Is(err, errSaid) || !strings.Contains(out, "tandem migrate up") {
		t.Fatalf("check on an empty database: %v\n%s", err, out)
	}
	must(t, config, "migrate", "up")
	if out := must(t, config, "migrate", "up"); !strings.Contains(out, "up to date") {
		t.Fatalf("second time: %s", out)
	}
	if out := must(t, config, "migrate", "status"); strings.Contains(out, "missing") {
		t.Fatalf("status: %s", out)
	}
	must(t, config, "seed")
	must(t, config, "seed")
	if out, err := say(t, config, "check"); err != nil {
		t.Fatalf("check: %v\n%s", err, out)
	}
	if out := must(t, config, "call"); !strings.Contains(out, "no calls yet") {
		t.Fatalf("call: %s", out)
	}
	if _, err := say(t, config, "call", "nobody-1.1"); err == nil || !strings.Contains(err.Error(), "nobody-1.1") {
		t.Fatalf("unknown call: %v", err)
	}
}

func TestExplainRunsTheLiveDecision(t *testing.T) {
	config := seededOffice(t)
	out := must(t, config, "explain", "--server", "asterisk-macomnet", "--from", "74951815000", "--to", "+7 495 777-77-77", "--at", "2026-06-01T12:00:00Z", "--json")
	var x struct {
		Action   string
		Decision struct {
			Plan    []struct{ Key, Dial string }
			Dropped []struct{ Key, Reason string }
		}
	}
	if err := json.Unmarshal([]byte(out), &x); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if x.Action != "dial" || len(x.Decision.Plan) < 3 || x.Decision.Plan[0].Dial != "PJSIP/74957777777@westcall" {
		t.Fatalf("%s", out)
	}
	for _, d := range x.Decision.Dropped {
		if d.Reason == "" {
			t.Fatalf("%s was left out without a reason", d.Key)
		}
	}
	text := must(t, config, "explain", "--server", "asterisk-macomnet", "--from", "74957952399", "--to", "+74957777777")
	if !strings.Contains(text, "IAX2/msm@msm/74957777777") || !strings.Contains(text, "bound to server asterisk-msm") {
		t.Fatalf("redirect: %s", text)
	}
	for _, c := range []struct{ server, from, at, says string }{
		{"nowhere", "74951815000", "", "--server"},
		{"asterisk-macomnet", "79990000000", "", "--from"},
		{"asterisk-macomnet", "74951815000", "yesterday", "--at"},
	} {
		args := []string{"explain", "--server", c.server, "--from", c.from, "--to", "74957777777"}
		if c.at != "" {
			args = append(args, "--at", c.at)
		}
		if _, err := say(t, config, args...); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestRenderSaysWhatIsMissing(t *testing.T) {
	config := seededOffice(t)
	if _, err := say(t, config, "asterisk", "render", "--server", "nowhere", "--out", t.TempDir()); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Fatalf("%v", err)
	}
	if _, err := say(t, config, "asterisk", "render", "--server", "asterisk-macomnet", "--out", t.TempDir()); err == nil || !strings.Contains(err.Error(), "asterisk.servers.asterisk-macomnet") {
		t.Fatalf("%v", err)
	}
}

// The article prints a dial string for each of five providers. Under chan_sip
// they come out of the article's own rows, but for two, where rows and print
// disagree and the rows win.
func TestPrintedDialStringsComeOut(t *testing.T) {
	config := seededOffice(t)
	c, err := loadConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	change(t, c, "UPDATE servers SET driver = 'chan_sip'")
	out := must(t, config, "explain", "--server", "asterisk-macomnet", "--subscriber", "transit-1", "--to", "74957777777", "--json")
	files, err := schema.Seed()
	if err != nil {
		t.Fatal(err)
	}
	printed, err := fs.ReadFile(files, "article/dial_strings_74957777777.csv")
	if err != nil {
		t.Fatal(err)
	}
	// provider → what the rows give instead of the print.
	disagree := map[string]string{
		"Zadarma":  "SIP/sip.zadarma.com/+74957777777", // its row says append_plus
		"WestCall": "SIP/195.94.225.2/74957777777",     // its address; the print has the gate's name
	}
	lines := strings.Split(strings.TrimSpace(string(printed)), "\n")[1:]
	if len(lines) != 5 {
		t.Fatalf("%d printed strings", len(lines))
	}
	for _, line := range lines {
		provider, want, _ := strings.Cut(strings.TrimSpace(line), ",")
		if rows, differs := disagree[provider]; differs {
			if rows == want {
				t.Errorf("%s: rows and print agree after all", provider)
			}
			want = rows
		}
		if !strings.Contains(out, `"`+want+`"`) {
			t.Errorf("%s: no %s in\n%s", provider, want, out)
		}
	}
}

// change runs one statement as an operator with a SQL prompt would.
func change(t *testing.T, c config, statement string) {
	t.Helper()
	if _, err := prompt(t, c).ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

// count is the one number that a query finds.
func count(t *testing.T, c config, query string) (n int) {
	t.Helper()
	if err := prompt(t, c).QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// prompt is the database, past our own code.
func prompt(t *testing.T, c config) *sql.DB {
	t.Helper()
	password, err := optionalSecret("password", c.Database.PasswordFile)
	if err != nil {
		t.Fatal(err)
	}
	dsn := mysql.NewConfig()
	dsn.User, dsn.Passwd, dsn.Net, dsn.Addr, dsn.DBName = c.Database.User, password, "unix", c.Database.Address, c.Database.Name
	if !strings.HasPrefix(dsn.Addr, "/") {
		dsn.Net = "tcp"
	}
	connector, err := mysql.NewConnector(dsn)
	if err != nil {
		t.Fatal(err)
	}
	database := sql.OpenDB(connector)
	database.SetMaxIdleConns(-1) // a story has hundreds of prompts
	t.Cleanup(func() { _ = database.Close() })
	return database
}
