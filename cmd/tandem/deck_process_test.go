package main

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"golang.org/x/sys/unix"
)

// asProcess makes TestAsProcess the program itself.
const asProcess = "TANDEM_TEST_AS_PROCESS"

// TestAsProcess is no test: it is the program, for tests that kill it.
func TestAsProcess(*testing.T) {
	args := os.Getenv(asProcess)
	if args == "" {
		return
	}
	os.Args = append([]string{"tandem"}, strings.Split(args, "\n")...)
	main()
	os.Exit(0)
}

// program is a tandem of its own process.
func program(t *testing.T, config string, args ...string) *exec.Cmd {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), binary, "-test.run=^TestAsProcess$")
	cmd.Env = append(os.Environ(), asProcess+"="+strings.Join(append(args, "--config", config), "\n"))
	return cmd
}

// Rates of the sheet that is interrupted: one chunk is written, and the import
// hangs in the second until the gate opens.
const (
	hangRates = 25_000
	hangAt    = 15_000
)

// hanging is an office whose imports hang in mid-load.
type hanging struct {
	t      *testing.T
	config string
	sheet  string
	hand   *sql.DB
	gate   *sql.Tx
}

func newHanging(t *testing.T) *hanging {
	t.Helper()
	h := &hanging{t: t, config: seededOffice(t), sheet: filepath.Join(t.TempDir(), "big.csv")}
	var text strings.Builder
	text.WriteString("Destination,Code,Price USD\n")
	for i := range hangRates {
		fmt.Fprintf(&text, "Germany,49%05d,0.02\n", i)
	}
	if err := os.WriteFile(h.sheet, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := loadConfig(h.config)
	if err != nil {
		t.Fatal(err)
	}
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
	h.hand = sql.OpenDB(connector)
	t.Cleanup(func() { _ = h.hand.Close() })
	h.sql(`CREATE TABLE gate (id INT PRIMARY KEY)`)
	h.sql(fmt.Sprintf(`CREATE TRIGGER hang BEFORE INSERT ON deck_rates FOR EACH ROW
		IF NEW.prefix = '49%05d' THEN INSERT IGNORE INTO gate VALUES (1); END IF`, hangAt))
	if h.gate, err = h.hand.BeginTx(context.WithoutCancel(t.Context()), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := h.gate.ExecContext(t.Context(), `INSERT INTO gate VALUES (1)`); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.gate.Rollback() })
	return h
}

func (h *hanging) sql(statement string) {
	h.t.Helper()
	if _, err := h.hand.ExecContext(h.t.Context(), statement); err != nil {
		h.t.Fatal(err)
	}
}

func (h *hanging) count(query string) (n int) {
	h.t.Helper()
	if err := h.hand.QueryRowContext(h.t.Context(), query).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// until waits for a count to be reached.
func (h *hanging) until(query string, want int) {
	h.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(time.Minute)
	for h.count(query) != want {
		select {
		case <-tick.C:
		case <-deadline:
			h.t.Fatalf("%s: never %d", query, want)
		}
	}
}

// midLoad starts an import and returns when it hangs.
func (h *hanging) midLoad(errOut io.Writer) *exec.Cmd {
	h.t.Helper()
	cmd := program(h.t, h.config, "deck", "import", h.sheet, "--provider", "VoxBeam", "--tier", "cli", "--publish", "--yes")
	cmd.Stderr = errOut
	if err := cmd.Start(); err != nil {
		h.t.Fatal(err)
	}
	h.until(`SELECT COUNT(*) FROM deck_rates WHERE deck_id = 12`, 10_000)
	return cmd
}

// live is what VoxBeam's live deck says, for comparing before and after.
func (h *hanging) live() string {
	h.t.Helper()
	return must(h.t, h.config, "deck", "list", "--provider", "VoxBeam", "--tier", "cli", "--json") +
		must(h.t, h.config, "deck", "export", "--provider", "VoxBeam", "--tier", "cli")
}

func TestKilledImportLeavesTheOldDeckLive(t *testing.T) {
	h := newHanging(t)
	before := must(t, h.config, "deck", "export", "--provider", "VoxBeam", "--tier", "cli")
	cmd := h.midLoad(nil)
	if err := cmd.Process.Kill(); err != nil { // SIGKILL: nothing of ours runs any more
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("a killed process ended well")
	}
	if err := h.gate.Rollback(); err != nil {
		t.Fatal(err)
	}
	list := must(t, h.config, "deck", "list", "--provider", "VoxBeam", "--tier", "cli")
	if !strings.Contains(list, "loading") || !strings.Contains(list, "the next import takes away") {
		t.Errorf("the leftover is not told:\n%s", list)
	}
	if after := must(t, h.config, "deck", "export", "--provider", "VoxBeam", "--tier", "cli"); after != before {
		t.Errorf("the live deck is another now:\n%s\nwas:\n%s", after, before)
	}
	for command, says := range map[string]string{"publish": "loading", "export": "not complete", "delete": "loading"} {
		args := []string{"deck", command, "12"}
		if command == "publish" {
			args = append(args, "--yes")
		}
		if out, err := say(t, h.config, args...); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v\n%s", command, err, out)
		}
	}
	// After the time in which a living import would have been heard of:
	h.sql(`DROP TRIGGER hang`)
	h.sql(`UPDATE jobs SET lease_until = '2020-01-01'`)
	h.sql(`UPDATE decks SET created_at = created_at - INTERVAL 1 HOUR WHERE id = 12`)
	must(t, h.config, "deck", "import", h.sheet, "--provider", "VoxBeam", "--tier", "cli", "--publish", "--yes")
	if n := h.count(`SELECT COUNT(*) FROM deck_rates WHERE deck_id = 12`) + h.count(`SELECT COUNT(*) FROM decks WHERE state = 'loading'`); n != 0 {
		t.Errorf("the next import left %d rows of the killed one", n)
	}
	if n := h.count(`SELECT rates FROM decks WHERE id = 13 AND state = 'published'`); n != hangRates {
		t.Errorf("%d rates came in", n)
	}
}

func TestInterruptedImportChangesNothing(t *testing.T) {
	h := newHanging(t)
	before := h.live()
	read, write := io.Pipe()
	cmd := h.midLoad(write)
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(read)
	for lines.Scan() && !strings.Contains(lines.Text(), "taking back") {
	}
	if err := h.gate.Rollback(); err != nil { // the server lets go of what it was told
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // its status says all
		_ = write.Close()
	}()
	lines.Scan()
	if got := lines.Text(); got != "tandem: interrupted: nothing was changed" {
		t.Errorf("said %q", got)
	}
	for lines.Scan() {
		t.Errorf("and said %q", lines.Text())
	}
	<-ended
	if code := cmd.ProcessState.ExitCode(); code != 1 {
		t.Errorf("exit status %d", code)
	}
	if after := h.live(); after != before {
		t.Errorf("now:\n%s\nbefore:\n%s", after, before)
	}
	if n := h.count(`SELECT COUNT(*) FROM deck_rates WHERE deck_id > 11`); n != 0 {
		t.Errorf("%d rows are left over", n)
	}
}

// Before anything is written there is nothing to take back.
func TestInterruptedBeforeWriting(t *testing.T) {
	h := newHanging(t)
	before := h.live()
	ctx, cancel := context.WithCancel(t.Context())
	var out, errOut bytes.Buffer
	cancel()
	err := run(ctx, []string{"deck", "import", h.sheet, "--provider", "VoxBeam", "--tier", "cli", "--config", h.config}, &out, &errOut)
	if err == nil {
		t.Fatal("went through")
	}
	if after := h.live(); after != before {
		t.Errorf("now:\n%s", after)
	}
}

// terminal is a pseudo-terminal: what we hold, and what a program takes for a
// terminal.
func terminal(t *testing.T) (ours, theirs *os.File) {
	t.Helper()
	ours, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(ours.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(ours.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	theirs, err = os.OpenFile("/dev/pts/"+strconv.Itoa(n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ours.Close() })
	return ours, theirs
}

// converse runs a command on a terminal, answers its question, and returns all
// that was to be seen.
func converse(t *testing.T, config, answer string, args ...string) (seen string, status int) {
	t.Helper()
	return converseAfter(t, config, answer, func() {}, args...)
}

// converseAfter does something else before it answers.
func converseAfter(t *testing.T, config, answer string, first func(), args ...string) (seen string, status int) {
	t.Helper()
	ours, theirs := terminal(t)
	cmd := program(t, config, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = theirs, theirs, theirs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := theirs.Close(); err != nil {
		t.Fatal(err)
	}
	var screen bytes.Buffer
	asked := false
	buffer := make([]byte, 4096)
	for {
		n, err := ours.Read(buffer)
		screen.Write(buffer[:n])
		if !asked && strings.Contains(screen.String(), "[y/N]") {
			asked = true
			first()
			if answer == "^C" {
				err = errors.Join(err, cmd.Process.Signal(syscall.SIGINT))
			} else {
				_, err = io.WriteString(ours, answer+"\n")
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err != nil {
			break // EIO: the program is gone
		}
	}
	_ = cmd.Wait() // its status says all
	return screen.String(), cmd.ProcessState.ExitCode()
}

func TestPublishAsks(t *testing.T) {
	config := seededOffice(t)
	status := func() string {
		return must(t, config, "deck", "list", "--provider", "VoxBeam", "--tier", "cli", "--all")
	}
	sheet := []string{"deck", "import", "testdata/sheets/voxbeam-cli.csv", "--provider", "VoxBeam", "--tier", "cli", "--publish"}
	for _, c := range []struct {
		answer string
		args   []string
		says   string
		status int
		list   string
	}{
		{"n", sheet, "version 2 of VoxBeam cli, draft", 0, "draft"},
		{"^C", sheet, "interrupted: deck 13 stays a draft", 1, "draft"},
		{"", []string{"deck", "publish", "12"}, "nothing was changed", 0, "draft"},
		{"^C", []string{"deck", "publish", "12"}, "interrupted: nothing was changed", 1, "draft"},
		{"yes", []string{"deck", "publish", "12"}, "deck 12, version 2 of VoxBeam cli: in force", 0, "superseded"},
		{"no", []string{"deck", "rollback", "--provider", "VoxBeam", "--tier", "cli"}, "nothing was changed", 0, "superseded"},
		{"Y", []string{"deck", "rollback", "--provider", "VoxBeam", "--tier", "cli"}, "deck 4, version 1 of VoxBeam cli: in force", 0, "rolled_back"},
		{"y", sheet, "version 4 of VoxBeam cli, published", 0, "superseded"},
	} {
		seen, code := converse(t, config, c.answer, c.args...)
		if !strings.Contains(seen, c.says) || code != c.status {
			t.Errorf("%v, answered %q: status %d, wanted %q:\n%s", c.args, c.answer, code, c.says, seen)
		}
		if list := status(); !strings.Contains(list, c.list) {
			t.Errorf("%v, answered %q: no deck is %s:\n%s", c.args, c.answer, c.list, list)
		}
	}
}

// What was shown is what is done: a deck that came in force meanwhile is not
// overruled by a yes that did not know of it.
func TestPublishAsksAnew(t *testing.T) {
	config := seededOffice(t)
	sheet := []string{"deck", "import", "testdata/sheets/voxbeam-cli.csv", "--provider", "VoxBeam", "--tier", "cli"}
	must(t, config, sheet...)
	must(t, config, sheet...)
	seen, code := converseAfter(t, config, "y", func() { must(t, config, "deck", "publish", "12", "--yes") }, "deck", "publish", "13")
	if code != 1 || !strings.Contains(seen, "meanwhile deck 12 of VoxBeam cli has come in force") {
		t.Errorf("status %d:\n%s", code, seen)
	}
	seen, code = converseAfter(t, config, "y", func() { must(t, config, "deck", "rollback", "--provider", "VoxBeam", "--tier", "cli", "--yes") }, append(sheet, "--publish")...)
	if code != 1 || !strings.Contains(seen, "meanwhile deck 4 of VoxBeam cli has come in force") || !strings.Contains(seen, "deck 14 stays a draft") {
		t.Errorf("status %d:\n%s", code, seen)
	}
}

// On a terminal a long import shows how far it has come, and nothing of that is
// left when it is done.
func TestProgressIsShown(t *testing.T) {
	h := newHanging(t)
	h.sql(`DROP TRIGGER hang`)
	seen, code := converse(t, h.config, "y", "deck", "import", h.sheet, "--provider", "VoxBeam", "--tier", "cli", "--publish")
	if code != 0 {
		t.Fatalf("status %d:\n%s", code, seen)
	}
	if !strings.Contains(seen, "storing") || !strings.Contains(seen, "%") {
		t.Errorf("no bar in\n%q", seen)
	}
}
