//go:build e2e

package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tandem/play/sip"
)

// processes are those whose command line names a directory of ours.
func processes(dir string) ([]string, error) {
	paths, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		return nil, err
	}
	var found []string
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has just ended
		}
		if strings.Contains(string(text), dir) && !strings.HasPrefix(path, fmt.Sprintf("/proc/%d/", os.Getpid())) {
			found = append(found, filepath.Base(filepath.Dir(path))+" "+strings.ReplaceAll(string(text), "\x00", " "))
		}
	}
	return found, nil
}

// gone says what of an instance directory still runs.
func gone(dir string) error {
	found, err := processes(dir)
	if err == nil && len(found) > 0 {
		err = fmt.Errorf("still running: %q", found)
	}
	return err
}

// Down in the middle of calls ends them in order: each has its record, and then
// there is no process, no socket and no file that says otherwise.
func TestDownLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	x := own(t, nil)
	from := x.number("1111")
	echo := x.bring(t, "WestCall", "74951815099", from)
	answered(t, echo)
	b := x.number("9301")
	ringing := x.dial(t, moscow, national(b))
	if err := ringing.WaitRinging(soon(t)); err != nil {
		t.Fatal(err)
	}
	if found, err := processes(x.Dir); err != nil || len(found) < 3 {
		t.Errorf("running: %q, %v; want Tandem, Asterisk and MariaDB", found, err)
	}
	r, err := x.Describe()
	if err != nil {
		t.Fatal(err)
	}
	if err := x.closeDB(); err != nil {
		t.Fatal(err)
	}
	if err := x.Down(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}

	if err := gone(x.Dir); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(x.Dir), "run.json")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("run.json: %v", err)
	}
	var lc net.ListenConfig
	for _, address := range []string{r.Nodes[0].AGI, r.Nodes[0].HTTP, r.ARI.Address, r.AMI.Address} {
		l, err := lc.Listen(t.Context(), "tcp", address)
		if err != nil {
			t.Error(err)
			continue
		}
		_ = l.Close() // it was free
	}
	for _, address := range []string{r.SIP, r.IAX2, r.Carriers[0].Address} {
		conn, err := lc.ListenPacket(t.Context(), "udp", address)
		if err != nil {
			t.Error(err)
			continue
		}
		_ = conn.Close() // it was free
	}
	// The database is down, but the node has told its log what it recorded.
	for _, want := range []string{`"dialled":"74951815099"`, `"dialled":"` + national(b) + `"`} {
		if text := tail(x.Nodes[0].Log, 50); strings.Count(text, want) != 1 {
			t.Errorf("no record with %s before the end", want)
		}
	}
	for name, call := range map[string]*sip.Call{"echo": echo, "ringing": ringing} {
		if err := call.WaitEnded(soon(t)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Two exchanges on one machine know nothing of each other.
func TestTwoStacksAtOnce(t *testing.T) {
	t.Parallel()
	one, two := own(t, nil), own(t, nil)
	if one.Loopback.Prefix() == two.Loopback.Prefix() {
		t.Errorf("both have %v", one.Loopback.Prefix())
	}
	b := one.number("9307")
	first, second := one.dial(t, moscow, national(b)), two.dial(t, moscow, national(b))
	answered(t, first)
	answered(t, second)
	for x, call := range map[*exchange]*sip.Call{one: first, two: second} {
		talked(t, call)
		x.record(t, national(b)) // one, not two
		x.wantOffers(t, string(b), "WestCall "+string(b))
	}
}
