//go:build e2e

package e2e_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tandem/bench/chaos"
)

// chaosSeed fixes what is tried. `make chaos` tries others.
const chaosSeed = 20261

// A minute of calls on few accounts while Tandem, MariaDB and Asterisk are killed,
// stopped and restarted in turn: afterwards the money is right to the last
// millionth and no call is without its record.
func TestChaos(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it takes two minutes")
	}
	home.slots <- struct{}{}
	defer func() { <-home.slots }()
	began := time.Now()
	var told strings.Builder
	report, err := chaos.Run(context.Background(), chaos.Options{
		Dir: filepath.Join(home.dir, "chaos"), Binary: home.binary, Tools: home.tools, Length: time.Minute, Seed: chaosSeed,
		Progress: func(text string) { fmt.Fprintf(&told, "%6.1fs  %s\n", time.Since(began).Seconds(), text) },
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, told.String())
	}
	if report.Calls < 50 || report.Kills < 4 {
		t.Errorf("%d calls, %d kills: that proves little", report.Calls, report.Kills)
	}
	if report.Failed() {
		t.Errorf("seed %d, in %s: %+v\n%s\n%s\n%s", report.Seed, report.Dir, report,
			told.String(), strings.Join(report.Stories, "\n"), strings.Join(report.Wrong, "\n"))
	}
}
