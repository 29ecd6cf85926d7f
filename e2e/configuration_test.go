//go:build e2e

package e2e_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/play"
)

// complaint is what Asterisk has against a configuration, or against the world.
var complaint = regexp.MustCompile(`WARNING|ERROR`)

// The rendered configuration loads without a word against it, the first time
// and again, and the gate with a login has registered by then.
func TestRenderedConfigurationLoadsClean(t *testing.T) {
	t.Parallel()
	x := own(t, nil)
	if _, err := x.Carrier("IPPort").WaitRegistration(soon(t), gateLogin); err != nil {
		t.Fatal(err)
	}
	x.noComplaints(t, "start")
	// A second rendering is the same, and Asterisk takes it while it runs.
	etc := filepath.Join(x.Asterisk.Dir(), "etc")
	before := files(t, etc)
	if _, err := x.Tandem(soon(t), "asterisk", "render", "--server", play.ServerName, "--out", etc); err != nil {
		t.Fatal(err)
	}
	for name, text := range files(t, etc) {
		if before[name] != text {
			t.Errorf("%s is not the same when it is rendered again", name)
		}
	}
	if _, err := x.Asterisk.RX(soon(t), "core reload"); err != nil {
		t.Fatal(err)
	}
	b := x.number("0486")
	refused(t, x.dial(t, moscow, national(b)), 486)
	x.noComplaints(t, "reload and a call")
	// What is loaded is what the file says, and nothing else.
	out, err := x.Asterisk.RX(soon(t), "module show")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(out, "\n") {
		if strings.HasSuffix(strings.Fields(line + " x")[0], ".so") && !strings.Contains(before["modules.conf"], strings.Fields(line)[0]) {
			t.Errorf("loaded, but not in modules.conf: %s", line)
		}
	}
}

// noComplaints reads the whole of Asterisk's log. Nothing is allowed there after
// a start: there is no line that a configuration of ours could not avoid.
func (x *exchange) noComplaints(t *testing.T, when string) {
	t.Helper()
	for _, name := range []string{"messages", "console"} {
		lines, err := complaints(x.Asterisk.LogFile(name), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range lines {
			t.Errorf("%s, after %s: %s", name, when, line)
		}
	}
}

// provoked are the complaints that the tests of the shared exchange ask for.
func provoked() []*regexp.Regexp {
	return []*regexp.Regexp{
		regexp.MustCompile(`invalid UTF-8 characters which were replaced`),                       // TestHostileCallersName
		regexp.MustCompile(`servers passed already, not redirected`),                             // TestHopLimit
		regexp.MustCompile(`Abnormal 'Gosub\(predial,s,1\([^)]*\)\)' exit`),                      // TestCalledPartyHangsUpAtOnce: it left before the bridge stood
		regexp.MustCompile(`Max retries exceeded to host 127\.\d+\.\d+\.9 on IAX2/macomnet-\d+`), // our neighbour hangs up without a word
		regexp.MustCompile(`Channel 'PJSIP/[^']*' not found! +Variable 'media' not set`),         // the caller left between the look and the word
		// Events of calls wait until we read them, on two cores with four exchanges at once.
		regexp.MustCompile(`Taskprocessor 'stasis/m:ari:application/tandem-[^']*' queue reached 500 scheduled tasks`),
		// So do those that AMI looks at to leave them out, while a hundred calls begin at once.
		regexp.MustCompile(`Taskprocessor 'stasis/m:manager:core-[0-9a-f]+' queue reached 3000 scheduled tasks`),
	}
}

// complaints are the warnings and errors in a log, but for those explained.
func complaints(path string, explained []*regexp.Regexp) ([]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if len(text) == 0 {
		return nil, fmt.Errorf("%s is empty", path)
	}
	var list []string
	for line := range strings.SplitSeq(string(text), "\n") {
		if complaint.MatchString(line) && !slices.ContainsFunc(explained, func(r *regexp.Regexp) bool { return r.MatchString(line) }) {
			list = append(list, line)
		}
	}
	return list, nil
}

// quiet says what is left over in Asterisk when all tests are through: calls
// that nobody ended, complaints that nobody expected.
func (x *exchange) quiet() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		err := x.channels(ctx)
		if err == nil {
			break
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return err
		}
	}
	lines, err := complaints(x.Asterisk.LogFile("messages"), provoked())
	if err == nil && len(lines) > 0 {
		err = fmt.Errorf("unexpected in Asterisk's log:\n%s", strings.Join(lines, "\n"))
	}
	return err
}

// channels is nil when Asterisk has no call.
func (x *exchange) channels(ctx context.Context) error {
	out, err := x.Asterisk.RX(ctx, "core show channels count")
	if err == nil && !strings.HasPrefix(out, "0 active channels") {
		err = fmt.Errorf("Asterisk: %s", strings.ReplaceAll(out, "\n", ", "))
	}
	return err
}

// files are the texts of a directory.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		texts[e.Name()] = string(text)
	}
	return texts
}
