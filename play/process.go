package play

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Command says how to start a child program.
type Command struct {
	Name  string   // for messages: "asterisk"
	Argv  []string // program and arguments
	Env   []string // "KEY=value" added to a small environment of our own
	Dir   string   // working directory; empty: ours
	Log   string   // file that gets stdout and stderr, appended
	Stdin *os.File // nil: /dev/null
}

// Process is a running child: leader of a process group of its own, so that
// Ctrl-C at the terminal reaches us alone and we end our children in order.
// All methods may be called from several goroutines.
type Process struct {
	name string
	pid  int
	log  string
	done chan struct{} // closed when the child is reaped

	mu    sync.Mutex // held while signalling and reaping, so that no signal reaches a reused pid
	ended bool
	err   error // how it ended, after done
}

// Start starts the child. It outlives ctx: end it with Stop or Kill. When this
// program dies, however it dies, the kernel kills the child.
func Start(ctx context.Context, command Command) (*Process, error) {
	if len(command.Argv) == 0 {
		return nil, fmt.Errorf("start %s: no program", command.Name)
	}
	if err := os.MkdirAll(filepath.Dir(command.Log), 0o750); err != nil {
		return nil, fmt.Errorf("start %s: %w", command.Name, err)
	}
	log, err := os.OpenFile(command.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", command.Name, err)
	}
	defer log.Close() // the child has its own

	// WithoutCancel: a cancelled start must not shoot down a server that runs.
	cmd := exec.CommandContext(context.WithoutCancel(ctx), command.Argv[0], command.Argv[1:]...) //nolint:gosec // G204: starting the programs of the set-up is what this does
	cmd.Dir = command.Dir
	cmd.Env = append(childEnv(), command.Env...)
	if command.Stdin != nil {
		cmd.Stdin = command.Stdin
	}
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}

	p := &Process{name: command.Name, log: command.Log, done: make(chan struct{})}
	started := make(chan error)
	go p.run(cmd, started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", command.Name, err)
	}
	return p, nil
}

// run starts the child and waits for its end. Pdeathsig fires when the *thread*
// that forked the child ends, so the goroutine keeps its thread until then
// (golang.org/issue/27505).
func (p *Process) run(cmd *exec.Cmd, started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	if err := cmd.Start(); err != nil {
		started <- err
		return
	}
	p.pid = cmd.Process.Pid
	started <- nil

	// See the end without reaping: until then the pid, and with it the group, cannot be reused.
	for {
		err := unix.Waitid(unix.P_PID, p.pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	p.mu.Lock()
	_ = syscall.Kill(-p.pid, syscall.SIGKILL) // what the child started and left behind
	p.err = cmd.Wait()
	p.ended = true
	p.mu.Unlock()
	close(p.done)
}

// childEnv is what a server needs from our environment. The rest (NOTIFY_SOCKET
// of a systemd unit, MYSQL_* of a shell) would change how it behaves. GORACE is for programs
// with the race detector.
func childEnv() []string {
	env := []string{"LANG=C.UTF-8", "TERM=dumb"}
	for _, key := range []string{"PATH", "HOME", "USER", "TMPDIR", "TZ", "GORACE"} {
		if value, ok := os.LookupEnv(key); ok {
			env = append(env, key+"="+value)
		}
	}
	return env
}

// PID returns the child's process id, which is also its group's.
func (p *Process) PID() int { return p.pid }

// LogFile returns the file with the child's stdout and stderr.
func (p *Process) LogFile() string { return p.log }

// Done is closed when the child has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Wait waits until the child ends by itself and returns how: nil for exit
// status 0, else an error with the last lines of its log.
func (p *Process) Wait(ctx context.Context) error {
	select {
	case <-p.done:
		if p.err != nil {
			return fmt.Errorf("%s: %w\n%s", p.name, p.err, p.LogTail(10))
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for %s: %w", p.name, context.Cause(ctx))
	}
}

// Stop asks the child to end (SIGTERM) and kills it when it has not after grace
// or when ctx is done; then the error says so. It is nil for a child that has
// ended already.
func (p *Process) Stop(ctx context.Context, grace time.Duration) error {
	select {
	case <-p.done:
		return nil
	default:
	}
	p.signal(syscall.SIGTERM)
	p.signal(syscall.SIGCONT) // a paused child cannot hear
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-p.done:
		return nil
	case <-timer.C:
	case <-ctx.Done():
	}
	p.Kill()
	return fmt.Errorf("%s (pid %d) did not end within %v and was killed", p.name, p.pid, grace)
}

// Kill ends the child and all it started at once (SIGKILL), and waits.
func (p *Process) Kill() {
	p.signal(syscall.SIGKILL)
	<-p.done
}

// Interrupt asks the child to end as Ctrl-C does (SIGINT) and does not wait.
// Unlike at a terminal, what the child started is not told.
func (p *Process) Interrupt() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ended {
		_ = syscall.Kill(p.pid, syscall.SIGINT) // cannot fail: not yet reaped
	}
}

// Pause stops the child as it stands (SIGSTOP) and waits until it has: its
// sockets stay open and nobody answers, the worst way for a server to fail. Undo
// with Resume.
func (p *Process) Pause() {
	p.signal(syscall.SIGSTOP)
	for {
		// An ended child is no child any more, which is an error, and fine.
		err := unix.Waitid(unix.P_PID, p.pid, nil, unix.WSTOPPED|unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			return
		}
	}
}

// Resume lets a paused child go on (SIGCONT).
func (p *Process) Resume() { p.signal(syscall.SIGCONT) }

// signal reaches the child and all it started; an ended child gets none.
func (p *Process) signal(sig syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ended {
		_ = syscall.Kill(-p.pid, sig) // cannot fail: the group is ours and not yet reaped
	}
}

// LogTail returns the last n lines the child wrote, for messages.
func (p *Process) LogTail(n int) string { return tail(p.log, n) }

func tail(path string, n int) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// Teardown ends what was started, in reverse order, so that nothing loses what
// it stands on. The zero value is ready.
type Teardown struct {
	mu   sync.Mutex
	ends []ending
}

type ending struct {
	name string
	end  func(context.Context) error
}

// Add registers how to end something that was just started.
func (t *Teardown) Add(name string, end func(context.Context) error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ends = append(t.ends, ending{name, end})
}

// Run ends everything once, the last started first. It goes on after an error
// and returns all of them. ctx bounds the whole; give it one that is not
// cancelled yet.
func (t *Teardown) Run(ctx context.Context) error {
	t.mu.Lock()
	ends := t.ends
	t.ends = nil
	t.mu.Unlock()

	var errs []error
	for _, e := range slices.Backward(ends) {
		if err := e.end(ctx); err != nil {
			errs = append(errs, fmt.Errorf("end %s: %w", e.name, err))
		}
	}
	return errors.Join(errs...)
}
