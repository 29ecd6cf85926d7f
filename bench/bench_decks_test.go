package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tandem/agi/agitest"
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
	return Options{Dir: t.TempDir(), Version: "test", Tools: tools, HoldWithin: 1500 * time.Millisecond, Progress: func(text string) { t.Log(text) }}
}

// TestDecide runs the bench, alone because allocations are those of the whole
// process: both sides agree on every route, a decision
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
	speaks(t, report, "indexed SQL (anchor)", "allocations a decision  at most 0", "reached")
}

// speaks holds what people read against what scripts get.
func speaks(t *testing.T, report deckReport, want ...string) {
	t.Helper()
	var text bytes.Buffer
	if err := report.Print(&text); err != nil {
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
	rows := report.Rows()
	for _, line := range rows.Lines {
		if len(line) != len(rows.Header) {
			t.Errorf("%d cells under %d heads: %q", len(line), len(rows.Header), line)
		}
	}
	if len(rows.Lines) == 0 {
		t.Error("no raw figures")
	}
}

type deckReport interface {
	Print(out io.Writer) error
	Rows() Rows
}

// TestNodeBenches runs the benches that need the program itself, both over few
// rates.
func TestNodeBenches(t *testing.T) {
	t.Parallel()
	o := tiny(t)
	o.Binary = filepath.Join(t.TempDir(), "tandem")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", o.Binary, "tandem/cmd/tandem").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, bench := range map[string]func(*testing.T, Options){"import": testImport, "swap": testSwap} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			own := o
			own.Dir = t.TempDir()
			bench(t, own)
		})
	}
}

// testImport: the command brings in the very rows that are loaded raw, and the
// node, which answers all the while, routes by them.
func testImport(t *testing.T, o Options) {
	t.Helper()
	report, err := Import(t.Context(), o, ImportSpec{Rates: 3000, Rounds: 3})
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range report.Rounds {
		if v.Replace != (i == 2) || v.Live < v.Tandem.Seconds/2 || v.SheetMB <= 0 || v.RSSPeak <= 0 || v.Calls.Exchanges == 0 {
			t.Errorf("round %d: %+v", i, v)
		}
		for _, side := range []ImportSide{v.Raw, v.Tandem} {
			if got := side.RowsPerSecond * side.Seconds; got < 2999 || got > 3001 {
				t.Errorf("round %d: %v rows a second in %v s are not 3000", i, side.RowsPerSecond, side.Seconds)
			}
		}
	}
	if report.Failed != 0 || len(report.Rounds) != 3 {
		t.Errorf("%d failed in %d rounds", report.Failed, len(report.Rounds))
	}
	if r := report.Rounds[0]; report.Ratio.Max < r.Tandem.RowsPerSecond/r.Raw.RowsPerSecond || report.Ratio.Min <= 0 {
		t.Errorf("ratio %v", report.Ratio)
	}
	speaks(t, report, "raw LOAD DATA (anchor)", "compared with the one before", "failed exchanges  at most 0")
}

// testSwap: decks are exchanged under a node that answers everything.
func testSwap(t *testing.T, o Options) {
	t.Helper()
	report, err := Swap(t.Context(), o, SwapSpec{Rates: 6000, Providers: 3, PerSecond: 50, Steady: time.Second, Rounds: 2})
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range report.Rounds {
		if v.DeckRates != 2000 || v.InForce <= 0 || v.InForce > v.Swap.Seconds || v.RSSPeak < v.RSSBefore/2 || v.NodeCPU <= 0 {
			t.Errorf("round %d: %+v", i, v)
		}
		for _, part := range []StreamPart{v.Steady, v.Swap} {
			if part.Exchanges == 0 || part.Routed < part.Exchanges*8/10 || part.P99 < part.P50 || part.Max < part.P99 {
				t.Errorf("round %d: %+v", i, part)
			}
		}
	}
	if report.Failed != 0 || report.Records.Written < report.Records.Due || report.Load.RSS <= 0 {
		t.Errorf("failed %d, records %+v, load %+v", report.Failed, report.Records, report.Load)
	}
	if want := report.Rounds[0].Swap.P99 / report.Rounds[0].Steady.P99; report.Ratio.Min > want || report.Ratio.Max < want {
		t.Errorf("ratio %v without %v", report.Ratio, want)
	}
	speaks(t, report, "steady (anchor)", "in force after", "failed exchanges")
}

// TestStreamCountsWhatIsLate: a question that waits because nobody takes it, or
// that nobody answers, is neither left out nor good.
func TestStreamCountsWhatIsLate(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	list := []exchanged{{due: start.Add(-time.Second), took: time.Hour}}
	for i := range 100 {
		list = append(list, exchanged{due: start.Add(time.Duration(i) * time.Millisecond), took: time.Duration(i+1) * time.Millisecond, first: "8.c.a1"})
	}
	list[100].err, list[99].first = errNoAnswer, ""
	p := partOf(list, start, start.Add(time.Second))
	if p.Exchanges != 99 || p.Failed != 1 || p.Routed != 98 || p.FirstError == "" || p.Max != 99 || p.P50 != 50 || p.P99 != 99 {
		t.Errorf("%+v", p)
	}
	if p := partOf(nil, start, start); p.Exchanges != 0 || p.P99 != 0 {
		t.Errorf("of nothing: %+v", p)
	}
}

// TestInForce: a carrier that had some first routes before is in force when it has
// nearly all of them.
func TestInForce(t *testing.T) {
	t.Parallel()
	var list []exchanged
	for i := range 100 {
		e := exchanged{first: "1002.c.a1"}
		if i%3 == 0 || i >= 50 && i%20 != 7 {
			e.first = "1001.c.a1"
		}
		list = append(list, e)
	}
	if at := firstOfMany(list, "1001."); at < 48 || at > 50 {
		t.Errorf("in force from answer %d on, want about 50", at)
	}
	if at := firstOfMany(list[:50], "1001."); at != -1 {
		t.Errorf("in force from answer %d on before it was published", at)
	}
}

// TestStream asks a server that answers every question, and one that is not there.
func TestStream(t *testing.T) {
	t.Parallel()
	var lc net.ListenConfig
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	raw := agitest.RawServer{Commands: []string{`EXEC MSet "T_K1=8.c.a1"`, `SET VARIABLE "T_OK" "1"`}}
	go func() { served <- raw.Serve(ctx, ln) }()
	for name, c := range map[string]struct {
		addr string
		good bool
	}{"answers": {ln.Addr().String(), true}, "nobody": {"127.0.0.1:1", false}} {
		s := &stream{addr: netip.MustParseAddrPort(c.addr), every: 5 * time.Millisecond, args: question}
		asking, end := context.WithTimeout(t.Context(), time.Second)
		s.run(asking)
		end()
		if err := s.settle(t.Context()); err != nil {
			t.Error(err)
		}
		list := s.since(0)
		if len(list) < 10 || uint64(len(list)) != s.asked.Load() {
			t.Errorf("%s: %d of %d", name, len(list), s.asked.Load())
		}
		for _, e := range list {
			if (e.err == nil) != c.good || c.good && e.first != "8.c.a1" || e.took < e.late {
				t.Errorf("%s: %+v", name, e)
				break
			}
		}
	}
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// TestRawFigures: the header is written once, every line has its run.
func TestRawFigures(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "raw.csv")
	run := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for range 2 {
		if err := (Rows{Header: []string{"side", "us"}, Lines: [][]string{line("tandem", 1.23456789)}}).AppendTo(file, run); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	const want = "run,side,us\n2026-03-01T12:00:00Z,tandem,1.2346\n2026-03-01T12:00:00Z,tandem,1.2346\n"
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s", err, got)
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
	for _, s := range []SwapSpec{
		{PerSecond: 0, Steady: time.Second, Rounds: 1}, {PerSecond: 100, Steady: 0, Rounds: 1}, {PerSecond: 100, Steady: time.Second, Rounds: maxRounds + 1},
	} {
		if s.validate() == nil {
			t.Errorf("%+v is fine", s)
		}
	}
	for _, rounds := range []int{0, maxRounds + 1} {
		if (ImportSpec{Rates: 100, Rounds: rounds}).validate() == nil {
			t.Errorf("%d rounds are fine", rounds)
		}
	}
	for providers, goal := range map[int]float64{1: 2, 5: 2, 6: 5, 50: 5, 51: 0} {
		if got := (DecideSpec{Providers: providers}).goal(); got != goal {
			t.Errorf("goal for %d providers is %v, want %v", providers, got, goal)
		}
	}
}

// TestPublishedTables: what the documents say is what the raw figures say.
func TestPublishedTables(t *testing.T) {
	t.Parallel()
	const dir = "../docs/benchmarks"
	text, err := os.ReadFile(dir + ".md")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		t.Skip("nothing is published yet")
	}
	var tables bytes.Buffer
	if err := Tables(&tables, dir); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(tables.String()) {
		if !strings.Contains(string(text), line) {
			t.Errorf("docs/benchmarks.md lacks: %s", line)
		}
	}
}

// TestTables: medians over runs, least and greatest beside them, verdicts.
func TestTables(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	decide := DecideReport{Rates: 5_000_000, Providers: 50}
	decide.Snapshot.Bytes = 300e6
	importing := ImportReport{Rates: 1000, Rounds: []ImportRound{{
		Raw: ImportSide{RowsPerSecond: 20_000}, Tandem: ImportSide{RowsPerSecond: 10_000},
	}}}
	swap := SwapReport{Rates: 5_000_000, Providers: 5, PerSecond: 200, Rounds: []SwapRound{{
		Steady: StreamPart{P99: 2}, Swap: StreamPart{P99: 3}, InForce: 1.5,
	}}}
	for i, cpu := range []time.Duration{3 * time.Second, 4 * time.Second, 5 * time.Second} {
		decide.Tandem.slices = []decideSlice{{decisions: 1_000_000, cpu: cpu}}
		decide.SQL.slices = []decideSlice{{decisions: 10_000, cpu: time.Second}}
		for name, report := range map[string]deckReport{
			"decide.csv": decide, "import.csv": importing, "swap.csv": swap, "holds.csv": HoldsReport{}, "records.csv": RecordsReport{},
		} {
			if err := report.Rows().AppendTo(filepath.Join(dir, name), time.Unix(int64(i), 0)); err != nil {
				t.Fatal(err)
			}
		}
	}
	var text bytes.Buffer
	if err := Tables(&text, dir); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| 5 M × 50 | 4.00 (3.00–5.00) |", "| 100 | 25 (20–33) | 300 ·", "| **no** |", // 300 MB are too many
		"| 1 k, first deck | 10000 | 20000 | 0.50 |", "| 5 M × 5 | 200 | 2.0 | 3.0 | 1.5 |", "| yes |",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in\n%s", want, text.String())
		}
	}
	if err := Tables(io.Discard, t.TempDir()); err == nil {
		t.Error("tables of nothing")
	}
}
