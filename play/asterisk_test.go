package play

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestAsteriskBootsAnswersAndLeavesNothing(t *testing.T) {
	dir := writeInstance(t, t.TempDir())
	a := startAsterisk(t, dir)

	version, err := a.RX(t.Context(), "core show version")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(version, "Asterisk "+a.Version()) {
		t.Errorf("core show version: %q", version)
	}
	for _, command := range []string{"core frobnicate", "dialplan show nowhere"} {
		if _, err := a.RX(t.Context(), command); err == nil {
			t.Errorf("%q passed", command)
		}
	}
	settings, err := a.RX(t.Context(), "core show settings")
	if err != nil || !strings.Contains(settings, filepath.Join(dir, "run")) {
		t.Errorf("%v: its folders are not the instance's:\n%s", err, settings)
	}
	// A file of the English sounds, through the link that the packages lack.
	if _, err := os.Stat(filepath.Join(tools(t).Asterisk.Data, "sounds", "en", "hello-world.gsm")); err != nil {
		t.Error(err)
	}

	if err := a.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	assertNoProcess(t, dir)
	if _, err := a.RX(t.Context(), "core show version"); err == nil {
		t.Error("a stopped Asterisk answers")
	}
	if log, err := os.ReadFile(a.LogFile("messages")); err != nil || !strings.Contains(string(log), "Asterisk") {
		t.Errorf("log %q, %v", log, err)
	}
}

func TestAsteriskComesBackAfterKill(t *testing.T) {
	dir := writeInstance(t, t.TempDir())
	a := startAsterisk(t, dir)
	a.Kill()
	assertNoProcess(t, dir)
	if err := a.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := a.RX(t.Context(), "core show uptime"); err != nil {
		t.Error(err)
	}
}

func TestPausedAsteriskDoesNotHoldUpRX(t *testing.T) {
	a := startAsterisk(t, writeInstance(t, t.TempDir()))
	a.Process().Pause()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := a.RX(ctx, "core show version"); err == nil {
		t.Error("a paused Asterisk answers")
	}
	a.Process().Resume()
	if _, err := a.RX(t.Context(), "core show version"); err != nil {
		t.Error(err)
	}
}

func TestAsteriskRefusesAnInstanceThatIsNone(t *testing.T) {
	complete := func(dir string) string { return asteriskConf(t, dir) }
	for name, tc := range map[string]struct {
		conf func(dir string) string
		want string
	}{
		"system's spool": {func(dir string) string {
			return strings.ReplaceAll(complete(dir), filepath.Join(dir, "spool"), "/var/spool/asterisk")
		}, `astspooldir is "/var/spool/asterisk", not inside`},
		"no log directory": {func(dir string) string {
			return strings.ReplaceAll(complete(dir), "astlogdir", ";astlogdir")
		}, `astlogdir is "", not inside`},
		"other configuration": {func(dir string) string {
			return strings.ReplaceAll(complete(dir), filepath.Join(dir, "etc"), "/etc/asterisk")
		}, `astetcdir is "/etc/asterisk", not its own folder`},
		"long path": {func(dir string) string {
			long := filepath.Join(dir, strings.Repeat("x", maxSocketPath))
			return strings.ReplaceAll(complete(dir), filepath.Join(dir, "run"), long)
		}, "use a folder with a shorter path"},
		"unknown module": {func(dir string) string {
			writeFile(t, dir, "modules.conf", "[modules]\nautoload=no\nrequire=app_nowhere.so\n")
			return complete(dir)
		}, "it ended while starting"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			writeInstance(t, dir)
			writeFile(t, dir, "asterisk.conf", tc.conf(dir))
			if _, err := StartAsterisk(t.Context(), tools(t), dir); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
			assertNoProcess(t, dir)
		})
	}
	if _, err := StartAsterisk(t.Context(), tools(t), t.TempDir()); err == nil {
		t.Error("started without a configuration")
	}
}

func TestSlowHostNameSaysWhatToDo(t *testing.T) {
	silent := func(ctx context.Context, _ string) ([]string, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	unknown := func(context.Context, string) ([]string, error) {
		return nil, &net.DNSError{IsNotFound: true}
	}
	synctest.Test(t, func(t *testing.T) {
		err := checkHostName(t.Context(), "box", silent)
		if err == nil || !strings.Contains(err.Error(), `add the line "127.0.1.1 box" to /etc/hosts`) {
			t.Errorf("got %v", err)
		}
		if err := checkHostName(t.Context(), "box", unknown); err != nil {
			t.Errorf("a quick answer: %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := checkHostName(ctx, "box", silent); err == nil || strings.Contains(err.Error(), "hosts") {
			t.Errorf("cancelled: %v", err)
		}
	})
}

func startAsterisk(t *testing.T, dir string) *Asterisk {
	t.Helper()
	a, err := StartAsterisk(t.Context(), tools(t), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return a
}

// writeInstance writes a configuration with just enough to boot: no listener,
// a dialplan of one line.
func writeInstance(t *testing.T, dir string) string {
	t.Helper()
	writeFile(t, dir, "asterisk.conf", asteriskConf(t, dir))
	writeFile(t, dir, "modules.conf", "[modules]\nautoload=no\nload=pbx_config.so\nload=app_verbose.so\nload=func_strings.so\n")
	writeFile(t, dir, "logger.conf", "[general]\n[logfiles]\nmessages => notice,warning,error,verbose\n")
	writeFile(t, dir, "extensions.conf", "[public]\nexten => 100,1,NoOp(hello)\n")
	return dir
}

func asteriskConf(t *testing.T, dir string) string {
	t.Helper()
	tool := tools(t).Asterisk
	var conf strings.Builder
	fmt.Fprintf(&conf, "[directories]\nastmoddir => %s\nastdatadir => %s\nastetcdir => %s ; a comment\n", tool.Modules, tool.Data, filepath.Join(dir, "etc"))
	for key, name := range map[string]string{
		"astvarlibdir": "lib", "astdbdir": "db", "astkeydir": "keys",
		"astspooldir": "spool", "astrundir": "run", "astlogdir": "log",
	} {
		fmt.Fprintf(&conf, "%s = %s\n", key, filepath.Join(dir, name))
	}
	conf.WriteString("[options]\nverbose = 3\n")
	return conf.String()
}

func writeFile(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, "etc", name)
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
