package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"tandem/agi/agitest"
	"tandem/play/sip"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestParseStat(t *testing.T) {
	t.Parallel()
	const rest = " S 1 42 42 0 -1 4194560 100 200 0 0 150 25 7 8 20 0 1 0 100"
	for _, line := range []string{"42 (tandem)" + rest, "42 (a (b) c) d)" + rest} {
		if got, err := parseStat([]byte(line)); err != nil || got != 1750*time.Millisecond {
			t.Errorf("%q: %v, %v", line, got, err)
		}
	}
	for _, line := range []string{"", "42 (tandem) S 1", "42 (x) S 1 42 42 0 -1 0 0 0 0 0 x 25"} {
		if _, err := parseStat([]byte(line)); err == nil {
			t.Errorf("%q is no stat line", line)
		}
	}
}

func TestParseBusy(t *testing.T) {
	t.Parallel()
	got, err := parseBusy([]byte("cpu  100 20 30 4000 5 6 7 8 0 0\ncpu0 1 2 3\n"))
	if err != nil || got != 1580*time.Millisecond {
		t.Error(got, err)
	}
	for _, text := range []string{"", "cpu 1 2 3", "cpu0 1 2 3 4 5 6 7 8", "cpu a 2 3 4 5 6 7 8"} {
		if _, err := parseBusy([]byte(text)); err == nil {
			t.Errorf("%q is no first line of /proc/stat", text)
		}
	}
}

// TestMeter: our own CPU time is there and never falls; a process that is not
// ours to see has used none.
func TestMeter(t *testing.T) {
	t.Parallel()
	m := meter{os.Getpid(), 0}
	before, err := m.read()
	if err != nil {
		t.Fatal(err)
	}
	used, err := m.since(before)
	if err != nil || used[0] < 0 || used[1] != 0 {
		t.Fatal(used, err)
	}
	if _, err := (meter{-1}).read(); err == nil {
		t.Error("there is no process -1")
	}
}

func TestRatio(t *testing.T) {
	t.Parallel()
	got := ratioOf([]float64{8, 6, 5, 9}, []float64{10, 10, 10, 0})
	if got != (Ratio{Min: 0.5, Median: 0.6, Max: 0.8}) {
		t.Errorf("pairs: %+v", got)
	}
	if got := differenceOf([]float64{8, 6}, []float64{3, 4}); got != (Ratio{Min: 2, Median: 3.5, Max: 5}) {
		t.Errorf("differences: %+v", got)
	}
	if got := ratioOf(nil, nil); got != (Ratio{}) {
		t.Errorf("of nothing: %+v", got)
	}
	if got := (Ratio{0.5, 0.6, 0.8}).String(); got != "0.60 (0.50 to 0.80)" {
		t.Error(got)
	}
}

func TestParseMetrics(t *testing.T) {
	t.Parallel()
	m := parseMetrics(`# HELP tandem_agi_exchanges_total FastAGI exchanges that ended.
tandem_agi_exchanges_total{result="ok",script="route"} 7
tandem_agi_exchanges_total{result="peer",script="other"} 2
tandem_spool_records 3
tandem_spool_records_more 100
`)
	if m.count("tandem_agi_exchanges_total") != 9 || m.count("tandem_spool_records") != 3 || m.count("absent") != 0 {
		t.Error(m)
	}
}

// TestSearchFindsTheLimit, wherever it is, to within a twentieth.
func TestSearchFindsTheLimit(t *testing.T) {
	t.Parallel()
	for _, limit := range []float64{0.5, 3, 37, 40, 150, 399} {
		s := newSearch(40, 400)
		steps := 0
		for cps, more := s.next(); more; cps, more = s.next() {
			s.tell(cps, cps <= limit)
			if steps++; steps > 25 {
				t.Fatalf("limit %g: still searching after %d steps: %+v", limit, steps, s)
			}
		}
		if s.low > limit || s.low < limit-max(searchEnd*limit*1.1, 1) {
			t.Errorf("limit %g: found %g in %d steps", limit, s.low, steps)
		}
	}
	all := newSearch(40, 400)
	for cps, more := all.next(); more; cps, more = all.next() {
		all.tell(cps, true)
	}
	if all.low != 400 {
		t.Errorf("everything passes: found %g, want the end", all.low)
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	good := sip.LoadResult{Offered: 200, Answered: 198, Failed: 2, Setup: sip.Spread{P99: 20}, Late: sip.Spread{P99: 1}}
	if why := judge(good); why != "" {
		t.Error(why)
	}
	for name, spoil := range map[string]func(*sip.LoadResult){
		"failed":  func(l *sip.LoadResult) { l.Failed = 3 },
		"skipped": func(l *sip.LoadResult) { l.Skipped = 1 },
		"dropped": func(l *sip.LoadResult) { l.Dropped = 1 },
		"BYE":     func(l *sip.LoadResult) { l.LostBye = 1 },
		"slow":    func(l *sip.LoadResult) { l.Setup.P99 = 1001 },
		"late":    func(l *sip.LoadResult) { l.Late.P99 = 101 },
		"none":    func(l *sip.LoadResult) { *l = sip.LoadResult{} },
	} {
		bad := good
		spoil(&bad)
		if judge(bad) == "" {
			t.Errorf("%s: %+v passed", name, bad)
		}
	}
}

func TestSpecsAreBounded(t *testing.T) {
	t.Parallel()
	for _, s := range []AGISpec{
		{Each: time.Second, Slices: 5, Concurrency: 16},
		{Each: time.Minute, Slices: 0, Concurrency: 16},
		{Each: time.Minute, Slices: 5, Concurrency: 0},
		{Each: 2 * time.Hour, Slices: 5, Concurrency: 16},
	} {
		if s.validate() == nil {
			t.Errorf("%+v is fine", s)
		}
	}
	for _, s := range []CallsSpec{
		{Each: time.Minute, CPS: 0, Slices: 6}, {Each: time.Minute, CPS: 40, Slices: 6, MaxCPS: -1}, {Each: time.Second, CPS: 40, Slices: 6},
	} {
		if s.validate() == nil {
			t.Errorf("%+v is fine", s)
		}
	}
}

// TestEcho: the anchor gives everyone the file's commands, the sentinel last.
func TestEcho(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "commands")
	if err := os.WriteFile(file, []byte("EXEC MSet \"T_ACTION=dial\"\nSET VARIABLE \"T_OK\" \"1\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- echoOn(ctx, ln, file) }()
	var a agitest.Asterisk
	out, err := a.AGI(t.Context(), ln.Addr().String(), script, question(1)...)
	if err != nil || len(out.Commands) != 2 || a.Vars["T_OK"] != "1" || a.Vars["T_ACTION"] != "dial" {
		t.Error(err, out, a.Vars)
	}
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// TestReportsSpeak: people see anchor, figure, ratio and verdict; scripts the
// same in one object.
func TestReportsSpeak(t *testing.T) {
	t.Parallel()
	agi := AGIReport{Bench: "agi", Slices: 5, Seconds: 20, Ratio: Ratio{0.6, 0.72, 0.8}, Goal: AGIGoal, Reached: true}
	calls := CallsReport{
		Bench: "calls", BareDial: "PJSIP/1@trunk", Note: "too small",
		Rates:     []RateFound{{CPS: 100, Slices: 6, Goal: &Goal{AddedP99: 10}}, {CPS: 40, Slices: 6}},
		Sustained: Sustained{Steps: []Step{{Side: "tandem", CPS: 90, Why: "late"}}},
	}
	for _, c := range []struct {
		print func(*bytes.Buffer) error
		json  any
		want  []string
	}{
		{func(b *bytes.Buffer) error { return agi.Print(b) }, agi, []string{"raw echo (anchor)", "0.72 (0.60 to 0.80), goal 0.70: reached"}},
		{func(b *bytes.Buffer) error { return calls.Print(b) }, calls, []string{"bare Dial (anchor)", "goal 10: missed", "failed: late", "note: too small"}},
	} {
		var text bytes.Buffer
		if err := c.print(&text); err != nil {
			t.Fatal(err)
		}
		for _, want := range c.want {
			if !strings.Contains(text.String(), want) {
				t.Errorf("no %q in\n%s", want, text.String())
			}
		}
		if _, err := json.Marshal(c.json); err != nil {
			t.Error(err)
		}
	}
}

// TestDecisions: both functions find their way through the demo data.
func TestDecisions(t *testing.T) {
	t.Parallel()
	list, err := decisions()
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	for _, d := range list {
		if d.P50 <= 0 || d.P99 < d.P50 {
			t.Errorf("%+v", d)
		}
	}
}
