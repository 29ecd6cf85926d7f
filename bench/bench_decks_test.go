package bench

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/play"
	"tandem/routing"
)

// tiny is how a bench runs in tests: nothing of what it finds means anything.
func tiny(t *testing.T) Options {
	t.Helper()
	tools, err := play.FindTools()
	if err != nil {
		t.Fatal(err)
	}
	return Options{Dir: t.TempDir(), Version: "test", Tools: tools, Progress: func(text string) { t.Log(text) }}
}

// TestDecide runs the bench: both sides agree on every route, a decision
// allocates nothing, and the figures fit together.
func TestDecide(t *testing.T) {
	report, err := Decide(t.Context(), tiny(t), DecideSpec{Rates: 20_000, Providers: 12, Each: time.Second, Slices: 1})
	if err != nil {
		t.Fatal(err)
	}
	if report.Tandem.Allocs != 0 {
		t.Errorf("%v allocations a decision", report.Tandem.Allocs)
	}
	if report.Check.Numbers != checkNumbers || report.Check.Routed < checkNumbers*8/10 {
		t.Errorf("checked: %+v", report.Check)
	}
	for name, side := range map[string]DecideSide{"tandem": report.Tandem, "SQL": report.SQL} {
		if side.Decisions == 0 || side.CPUSeconds <= 0 || side.P50 <= 0 || side.P99 < side.P50 || side.Routes < 5 || side.Routes > routing.MaxRoutes {
			t.Errorf("%s: %+v", name, side)
		}
		if product := side.Mean * side.PerCPUSecond; product < 999_999 || product > 1_000_001 {
			t.Errorf("%s: %v us of CPU each, %v a CPU second", name, side.Mean, side.PerCPUSecond)
		}
	}
	if want := report.Tandem.PerCPUSecond / report.SQL.PerCPUSecond; report.Ratio != (Ratio{want, want, want}) {
		t.Errorf("ratio %v of one slice each, want %v", report.Ratio, want)
	}
	if m := report.Snapshot; m.Bytes < 20_000*16 || m.IndexSeconds <= 0 || m.RSSPeak < m.RSSAfter {
		t.Errorf("snapshot: %+v", m)
	}
	if report.Prefixes < 20_000/12 || report.Prefixes > 20_000 || len(report.Goals) != 3 {
		t.Errorf("prefixes %d, goals %+v", report.Prefixes, report.Goals)
	}
	speaks(t, report, func(b *bytes.Buffer) error { return report.Print(b) }, "indexed SQL (anchor)", "allocations a decision  0", "reached")
}

// speaks holds what people read against what scripts get.
func speaks(t *testing.T, report any, print func(*bytes.Buffer) error, want ...string) {
	t.Helper()
	var text bytes.Buffer
	if err := print(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range want {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in\n%s", want, text.String())
		}
	}
	if _, err := json.Marshal(report); err != nil {
		t.Error(err)
	}
}

// TestSameRoutes: a bench whose sides differ fails.
func TestSameRoutes(t *testing.T) {
	t.Parallel()
	route := func(provider, cost int64) routing.Route {
		return routing.Route{Key: routing.Key{ProviderID: provider}, Cost: money.Amount(cost)}
	}
	number := e164.Number("442038070121")
	ours := []routing.Route{route(1, 10), route(2, 20), route(3, 20)}
	for name, c := range map[string]struct {
		theirs []sqlRoute
		same   bool
	}{
		"the same":         {[]sqlRoute{{1, 10}, {2, 20}, {3, 20}}, true},
		"equals exchanged": {[]sqlRoute{{1, 10}, {3, 20}, {2, 20}}, true},
		"another cost":     {[]sqlRoute{{1, 10}, {2, 20}, {3, 21}}, false},
		"another provider": {[]sqlRoute{{4, 10}, {2, 20}, {3, 20}}, false},
		"crossed":          {[]sqlRoute{{2, 10}, {1, 20}, {3, 20}}, false},
		"one less":         {[]sqlRoute{{1, 10}, {2, 20}}, false},
	} {
		if err := sameRoutes(number, ours, c.theirs); (err == nil) != c.same {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestParseStatus(t *testing.T) {
	t.Parallel()
	m, err := parseStatus([]byte("Name:\ttandem\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\nThreads:\t7\n"))
	if err != nil || m != (memory{now: 1 << 20, peak: 2 << 20}) {
		t.Error(m, err)
	}
	for _, text := range []string{"", "VmRSS:\t1 kB\n", "VmHWM:\tx kB\nVmRSS:\t1 kB\n"} {
		if _, err := parseStatus([]byte(text)); err == nil {
			t.Errorf("%q is a status", text)
		}
	}
}

func TestDeckSpecsAreBounded(t *testing.T) {
	t.Parallel()
	for _, s := range []DecideSpec{
		{Rates: 100, Providers: 5, Each: time.Second, Slices: 0},
		{Rates: 100, Providers: 5, Each: time.Second, Slices: 2},
		{Rates: 100, Providers: 5, Each: 2 * time.Hour, Slices: 5},
	} {
		if s.validate() == nil {
			t.Errorf("%+v is fine", s)
		}
	}
	for providers, goal := range map[int]float64{1: 2, 5: 2, 6: 5, 50: 5, 51: 0} {
		if got := (DecideSpec{Providers: providers}).goal(); got != goal {
			t.Errorf("goal for %d providers is %v, want %v", providers, got, goal)
		}
	}
}
