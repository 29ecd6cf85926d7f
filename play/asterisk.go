package play

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const (
	asteriskStartTimeout = 60 * time.Second
	asteriskStopGrace    = 30 * time.Second
)

// Asterisk is a running Asterisk with a configuration and directories of its own.
type Asterisk struct {
	tool    AsteriskTool
	dir     string
	dirs    map[string]string // asterisk.conf's [directories]
	process *Process
}

// StartAsterisk starts an Asterisk over an instance folder and waits until it
// is fully booted. The folder holds a complete configuration under etc/, whose
// asterisk.conf points every directory that is written to into the folder;
// they are created here. It refuses a machine where each call would wait for
// the resolver, see CheckHostName.
func StartAsterisk(ctx context.Context, tools Tools, dir string) (*Asterisk, error) {
	a, err := newAsterisk(tools.Asterisk, dir)
	if err != nil {
		return nil, fmt.Errorf("start Asterisk: %w", err)
	}
	if err := CheckHostName(ctx); err != nil {
		return nil, fmt.Errorf("start Asterisk: %w", err)
	}
	if err := a.Restart(ctx); err != nil {
		return nil, err
	}
	return a, nil
}

func newAsterisk(tool AsteriskTool, dir string) (*Asterisk, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	a := &Asterisk{tool: tool, dir: dir}
	if a.dirs, err = readDirectories(a.config()); err != nil {
		return nil, err
	}
	return a, a.makeDirectories()
}

func (a *Asterisk) config() string { return filepath.Join(a.dir, "etc", "asterisk.conf") }

// command returns the command line of Asterisk with arguments. -C makes a
// remote console find the same instance.
func (a *Asterisk) command(arguments ...string) []string {
	argv := append([]string{}, a.tool.Argv...)
	return append(append(argv, "-C", a.config()), arguments...)
}

// Restart starts Asterisk again over the same folder, stopping it first where
// it runs, and waits until it is fully booted.
func (a *Asterisk) Restart(ctx context.Context) error {
	if err := a.Stop(ctx); err != nil {
		return err
	}
	// A killed Asterisk leaves its socket, which would look like a running one.
	if err := os.Remove(a.ControlSocket()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("start Asterisk: %w", err)
	}
	process, err := Start(ctx, Command{
		Name: "Asterisk",
		Argv: a.command("-f", "-n"),
		Dir:  a.dir,
		Log:  filepath.Join(a.dirs["astlogdir"], "console"),
	})
	if err != nil {
		return err
	}
	a.process = process
	if err := a.booted(ctx); err != nil {
		process.Kill()
		return fmt.Errorf("start Asterisk: %w\n%s", err, process.LogTail(15))
	}
	return nil
}

// booted waits for the control socket, then lets Asterisk itself say that every
// module is up.
func (a *Asterisk) booted(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, asteriskStartTimeout,
		fmt.Errorf("it is not fully booted after %v", asteriskStartTimeout))
	defer cancel()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		if _, err := os.Stat(a.ControlSocket()); err == nil {
			// Refused between bind and listen; cut short without an error when Asterisk ends.
			if out, err := a.RX(ctx, "core waitfullybooted"); err == nil && strings.Contains(out, "fully booted") {
				return nil
			}
		}
		select {
		case <-ticker.C:
		case <-a.process.Done():
			return errors.New("it ended while starting")
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// RX runs one command of Asterisk's command line (asterisk -rx) and returns
// what it printed. A command that is unknown or failed is an error; Asterisk
// itself exits with 0 then, so its words are read.
func (a *Asterisk) RX(ctx context.Context, command string) (string, error) {
	argv := a.command("-rx", command)
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...) //nolint:gosec // G204: the Asterisk of the set-up
	cmd.Env = childEnv()
	cmd.WaitDelay = time.Second
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return "", fmt.Errorf("asterisk -rx %q: %w: %s", command, err, strings.TrimSpace(out.String()))
	}
	text := out.String()
	if strings.HasPrefix(text, "No such command '") || strings.HasSuffix(text, fmt.Sprintf("Command '%s' failed.\n", command)) {
		return "", fmt.Errorf("asterisk -rx %q: %s", command, strings.TrimSpace(text))
	}
	return text, nil
}

// Stop ends Asterisk in order: hang-up handlers of running calls are run. Its
// files stay for Restart.
func (a *Asterisk) Stop(ctx context.Context) error {
	if a.process == nil {
		return nil
	}
	return a.process.Stop(ctx, asteriskStopGrace)
}

// Kill ends Asterisk at once, as a power cut would.
func (a *Asterisk) Kill() { a.process.Kill() }

// Process returns the process, to pause and resume it. Restart makes a new one.
func (a *Asterisk) Process() *Process { return a.process }

// Dir returns the instance folder.
func (a *Asterisk) Dir() string { return a.dir }

// Version returns Asterisk's version: "22.10.1".
func (a *Asterisk) Version() string { return a.tool.Version }

// LogFile returns a file of Asterisk's log directory: "console" for what it
// wrote to stdout and stderr, else a name from its logger.conf.
func (a *Asterisk) LogFile(name string) string { return filepath.Join(a.dirs["astlogdir"], name) }

// ControlSocket returns the socket that asterisk -r connects to.
func (a *Asterisk) ControlSocket() string { return filepath.Join(a.dirs["astrundir"], "asterisk.ctl") }
