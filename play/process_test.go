package play

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"
)

// asParent makes the test binary start a child and wait to be killed, see
// TestChildDiesWithItsParent.
const asParent = "TANDEM_TEST_AS_PARENT"

func TestMain(m *testing.M) {
	if log := os.Getenv(asParent); log != "" {
		p, err := Start(context.Background(), Command{Name: "child", Argv: []string{"sleep", "1000"}, Log: log})
		fmt.Println(p.PID(), err)
		<-p.Done()
		return
	}
	goleak.VerifyTestMain(m)
}

func TestWaitTellsHowTheChildEnded(t *testing.T) {
	for _, tc := range []struct{ script, want string }{
		{"exit 0", ""},
		{"echo no disk >&2; exit 3", "child: exit status 3\nno disk"},
	} {
		p := startShell(t, tc.script)
		err := p.Wait(t.Context())
		if got := fmt.Sprint(err); tc.want == "" && err != nil || tc.want != "" && got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.script, got, tc.want)
		}
	}
}

func TestStartOfNothing(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	if _, err := Start(t.Context(), Command{Name: "ghost", Argv: []string{"/nowhere/ghost"}, Log: log}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if _, err := Start(t.Context(), Command{Name: "ghost", Log: log}); err == nil {
		t.Error("started a command without words")
	}
}

func TestChildOutlivesTheContextOfItsStart(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	ready := newGate(t)
	p := start(t, ctx, "read line; "+ready.open()+"; exec sleep 1000")
	cancel()
	ready.wait(t) // alive after the cancel
	if err := p.Stop(t.Context(), time.Minute); err != nil {
		t.Error(err)
	}
}

func TestStopKillsTheStubborn(t *testing.T) {
	ready := newGate(t)
	p := startShell(t, "trap '' TERM; "+ready.open()+"; exec sleep 1000")
	ready.wait(t)
	err := p.Stop(t.Context(), 10*time.Millisecond)
	if err == nil || !strings.Contains(err.Error(), "was killed") {
		t.Errorf("got %v", err)
	}
	if err := p.Stop(t.Context(), 0); err != nil {
		t.Errorf("stopping it again: %v", err)
	}
}

func TestStopReachesThePaused(t *testing.T) {
	p := startShell(t, "exec sleep 1000")
	p.Pause()
	if err := p.Stop(t.Context(), time.Minute); err != nil {
		t.Error(err)
	}
}

func TestPausedChildStandsStill(t *testing.T) {
	p := startShell(t, "exec sleep 1000")
	p.Pause()
	awaitState(t, p.PID(), unix.WSTOPPED)
	p.Resume()
	awaitState(t, p.PID(), unix.WCONTINUED)
}

func TestWhatTheChildStartedEndsWithIt(t *testing.T) {
	ready := newGate(t)
	p := startShell(t, "sleep 1000 & echo $! > grandchild; "+ready.open())
	ready.wait(t)
	if err := p.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(filepath.Dir(p.LogFile()), "grandchild"))
	if err != nil {
		t.Fatal(err)
	}
	awaitGone(t, strings.TrimSpace(string(text)))
}

func TestChildDiesWithItsParent(t *testing.T) {
	parent := exec.CommandContext(t.Context(), os.Args[0])
	parent.Env = append(os.Environ(), asParent+"="+filepath.Join(t.TempDir(), "log"))
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	pid, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
	if rest != "<nil>" {
		t.Fatalf("the parent says %q", line)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait() // "signal: killed"
	awaitGone(t, pid)
}

func TestTeardownGoesBackwardsAndOn(t *testing.T) {
	var order []string
	var teardown Teardown
	broken := errors.New("broken")
	for _, name := range []string{"database", "asterisk", "tandem"} {
		teardown.Add(name, func(context.Context) error {
			order = append(order, name)
			if name == "asterisk" {
				return broken
			}
			return nil
		})
	}
	if err := teardown.Run(t.Context()); !errors.Is(err, broken) || err.Error() != "end asterisk: broken" {
		t.Errorf("got %v", err)
	}
	if want := []string{"tandem", "asterisk", "database"}; !slices.Equal(order, want) {
		t.Errorf("order %v", order)
	}
	if err := teardown.Run(t.Context()); err != nil || len(order) != 3 {
		t.Errorf("a second run ended something again: %v, %v", order, err)
	}
}

func startShell(t *testing.T, script string) *Process {
	t.Helper()
	return start(t, t.Context(), script)
}

// start runs a shell in a folder of its own.
func start(t *testing.T, ctx context.Context, script string) *Process { //nolint:revive // context-as-argument: t first, as everywhere in tests
	t.Helper()
	dir := t.TempDir()
	p, err := Start(ctx, Command{Name: "child", Argv: []string{"sh", "-c", script}, Dir: dir, Log: filepath.Join(dir, "log")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	return p
}

// gate lets a shell tell the test how far it is, through a FIFO: opening one
// waits for the other side.
type gate string

func newGate(t *testing.T) gate {
	t.Helper()
	path := filepath.Join(t.TempDir(), "gate")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return gate(path)
}

func (g gate) open() string { return "echo > " + string(g) }

func (g gate) wait(t *testing.T) {
	t.Helper()
	if _, err := os.ReadFile(string(g)); err != nil {
		t.Fatal(err)
	}
}

// awaitState waits until a child of ours is stopped or goes on.
func awaitState(t *testing.T, pid, state int) {
	t.Helper()
	if err := unix.Waitid(unix.P_PID, pid, nil, state, nil); err != nil {
		t.Fatal(err)
	}
}

// awaitGone waits until a process that is no child of ours has ended.
func awaitGone(t *testing.T, pid string) {
	t.Helper()
	n, err := strconv.Atoi(pid)
	if err != nil {
		t.Fatal(err)
	}
	fd, err := unix.PidfdOpen(n, 0)
	if errors.Is(err, unix.ESRCH) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	for {
		ready, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 60_000)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil || ready == 0 {
			t.Fatalf("process %d is still there: %v", n, err)
		}
		return
	}
}

// assertNoProcess fails when a process has dir in its command line.
func assertNoProcess(t *testing.T, dir string) {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if text, err := os.ReadFile(file); err == nil && strings.Contains(string(text), dir) {
			t.Errorf("left behind: %s: %s", file, strings.ReplaceAll(string(text), "\x00", " "))
		}
	}
}
