//go:build e2e

package e2e_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tandem/play"
)

// Tests wait far more than they work, so more of them run at once than there
// are cores; stacks are another matter.
//
// What bounds them is places of our own, taken for a whole test with its subtests.
// go test's own bound is no use here: a test that waits for a stack would count,
// and the subtests of those that have one could not begin.
const (
	parallelTests  = "1000"
	parallelShared = 9
	parallelStacks = 4
)

// house is what the tests of this binary share.
type house struct {
	dir    string // everything is below it
	tools  play.Tools
	binary string        // the program under test
	slots  chan struct{} // of stacks
	places chan struct{} // at the shared one
	opened atomic.Int32

	once   sync.Once
	common *exchange
	err    error
}

var home house

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	// A program with the race detector would sleep for a second at its end.
	if err := os.Setenv("GORACE", strings.TrimSpace(os.Getenv("GORACE")+" atexit_sleep_ms=0")); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	if err := home.build(); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	if err := manyAtOnce(); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	code := m.Run()
	if home.common != nil {
		if err := errors.Join(home.common.quiet(), home.common.end()); err != nil {
			fmt.Fprintf(os.Stderr, "e2e: the shared exchange: %v\n", err)
			code = 1
		}
	}
	if code != 0 {
		fmt.Fprintln(os.Stderr, "e2e: logs and data of the exchanges stay in", home.dir)
		return code
	}
	if err := os.RemoveAll(home.dir); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	return 0
}

// manyAtOnce raises -parallel unless the command line says it.
func manyAtOnce() error {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if given {
		return nil
	}
	return flag.Set("test.parallel", parallelTests)
}

// build makes the program under test, with the race detector where there is a C
// compiler: what it finds is in the node's log, see logFaults.
func (h *house) build() error {
	var err error
	if h.tools, err = play.FindTools(); err != nil {
		return err
	}
	// Short: the path of a unix socket may have 107 bytes.
	if h.dir, err = os.MkdirTemp("", "tandem-e2e-"); err != nil {
		return err
	}
	root, err := play.Root()
	if err != nil {
		return err
	}
	h.slots, h.places = make(chan struct{}, parallelStacks), make(chan struct{}, parallelShared)
	h.binary = filepath.Join(h.dir, "tandem")
	var failures error
	for _, mode := range []struct{ cgo, flag string }{{"1", "-race"}, {"0", "-race=false"}} {
		command := exec.CommandContext(context.Background(), "go", "build", mode.flag, "-o", h.binary, "./cmd/tandem")
		command.Dir = root
		command.Env = append(os.Environ(), "CGO_ENABLED="+mode.cgo)
		out, err := command.CombinedOutput()
		if err == nil {
			return nil
		}
		failures = errors.Join(failures, fmt.Errorf("go build %s: %w\n%s", mode.flag, err, out))
	}
	return failures
}

// open starts an exchange in a directory of its own.
func (h *house) open(change func(*play.Options)) (*exchange, error) {
	o := play.Options{
		Dir:    filepath.Join(h.dir, fmt.Sprintf("%02d", h.opened.Add(1)), "play"),
		Binary: h.binary, Tools: h.tools, Nodes: 1, Media: true,
		Settings: func(s *play.NodeSettings) {
			s.Ring, s.NoProgress, s.HuntBudget, s.Drain = ringTime, silenceTime, 30*time.Second, 15*time.Second
			s.HoldWithin = 1500 * time.Millisecond // disks of busy machines take their time
			s.MinFailures = 1_000_000              // carriers fail here by order; TestBreaker has a node of its own
		},
	}
	if change != nil {
		change(&o)
	}
	return openExchange(o)
}

// shared is the exchange of all tests that leave it as they found it.
func shared(t *testing.T) *exchange {
	t.Helper()
	home.places <- struct{}{}
	t.Cleanup(func() { <-home.places })
	home.once.Do(func() { home.common, home.err = home.open(nil) })
	if home.err != nil {
		t.Fatal("shared exchange:", home.err)
	}
	home.common.tellOnFailure(t)
	return home.common
}

// own starts an exchange for one test, which may break it as it likes.
func own(t *testing.T, change func(*play.Options)) *exchange {
	t.Helper()
	home.slots <- struct{}{}
	t.Cleanup(func() { <-home.slots })
	x, err := home.open(change)
	if err != nil {
		t.Fatal("exchange:", err)
	}
	t.Cleanup(func() {
		if err := x.end(); err != nil {
			t.Error(err)
		}
	})
	x.tellOnFailure(t)
	return x
}

// with is an exchange whose nodes have some settings of their own.
func with(change func(*play.NodeSettings)) func(*play.Options) {
	return func(o *play.Options) {
		settings := o.Settings
		o.Settings = func(s *play.NodeSettings) {
			settings(s)
			change(s)
		}
	}
}

// twoNodes is an exchange with a second Tandem to fall back on.
func twoNodes(o *play.Options) { o.Nodes = 2 }
