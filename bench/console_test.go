package bench

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestConsoleBenches runs what measures the HTTP API and the live stream, small.
func TestConsoleBenches(t *testing.T) {
	t.Parallel()
	o := tiny(t)
	o.Binary = filepath.Join(t.TempDir(), "tandem")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", o.Binary, "tandem/cmd/tandem").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, bench := range map[string]func(*testing.T, Options){"api": testAPI, "live": testLive} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			own := o
			own.Dir = t.TempDir()
			bench(t, own)
		})
	}
}

// testAPI: every address answers, with what was filled in.
func testAPI(t *testing.T, o Options) {
	t.Helper()
	report, err := API(t.Context(), o, APISpec{Each: time.Second, Slices: 2, Workers: 3, Calls: 3000})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range report.Cases {
		if c.API.Failed != 0 || c.API.Done == 0 || c.API.PerSecond <= 0 || c.API.AloneP50 <= 0 || c.API.P99 < c.API.P50 || c.API.AloneP99 < c.API.AloneP50 {
			t.Errorf("%s: %+v", c.What, c.API)
		}
		if c.ToEmpty.Min <= 0 || (c.SQL == nil) != (c.query == "") || c.SQL != nil && (c.SQL.Done == 0 || c.SQL.Failed != 0 || c.ToSQL.Median <= 0) {
			t.Errorf("%s: %v to the empty answer, SQL %+v", c.What, c.ToEmpty, c.SQL)
		}
	}
	for what, least := range map[string]int{"newest calls": 10_000, "calls of a number": 200, "calls of a provider": 10_000, "newest attempts": 5000, "newest postings": 5000} {
		i := slices.IndexFunc(report.Cases, func(c APICase) bool { return c.What == what })
		if i < 0 || report.Cases[i].Bytes < least {
			t.Errorf("%s: %d bytes: the records are not there", what, report.Cases[i].Bytes)
		}
	}
	prints(t, report, "empty answer", "look-up of a number of ours", "p50 1: ", "SQL alone")
}

// testLive: everybody is told of every call.
func testLive(t *testing.T, o Options) {
	t.Helper()
	report, err := Live(t.Context(), o, LiveSpec{Listeners: 16, CPS: 20, Talk: time.Second, Each: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if report.Missed != 0 || report.Told < 8*20 || report.P50 <= 0 || report.P99 < report.P50 || report.Max < report.P99 {
		t.Errorf("%+v", report)
	}
	for _, side := range []LiveSide{report.Tandem, report.Plain} {
		if side.Dropped != 0 || side.Bytes <= 0 {
			t.Errorf("%+v", side)
		}
	}
	if r := report.Plain.Bytes / report.Tandem.Bytes; r < 0.4 || r > 2.5 {
		t.Errorf("the anchor sends %.2f of the bytes", r)
	}
	prints(t, report, "plain writes", "delay p50", "goal: ")
}

func prints(t *testing.T, report interface{ Print(out io.Writer) error }, wants ...string) {
	t.Helper()
	var text bytes.Buffer
	if err := report.Print(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range wants {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in\n%s", want, text.String())
		}
	}
}

// What a listener was not told of between the first and the last call it was told
// of, it has missed.
func TestEar(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	e := ear{seen: map[int]bool{}}
	begin := func(id string) []byte {
		return []byte(`{"upsert":[{"call_id":"` + id + `","state":"ringing","began_at":"2026-03-02T08:59:59.5Z"}]}`)
	}
	e.hear(now, begin("a-1.3")) // before it counts
	e.begin()
	e.hear(now, begin("a-1.4"))
	e.hear(now, []byte(`{"full":true,"calls":[{"call_id":"a-1.9","state":"ringing"}]}`))
	e.hear(now, []byte(`{"upsert":[{"call_id":"a-1.4","state":"talking"}]}`))
	e.hear(now, []byte(`{"upsert":[{"call_id":"a-1.7","state":"talking","began_at":"2026-03-02T08:59:59.5Z"}]}`)) // answered by then
	e.hear(now, []byte(`nonsense`))
	e.hear(now, begin("a-1.7"))
	told, missed := e.end()
	if len(told) != 2 || told[0] != 500*time.Millisecond || missed != 2 {
		t.Errorf("told after %v, missed %d", told, missed)
	}
	var none ear
	if told, missed := none.end(); len(told) != 0 || missed != 0 {
		t.Errorf("one that heard nothing: %v, %d", told, missed)
	}
}

func TestLiveGoal(t *testing.T) {
	t.Parallel()
	good := LiveReport{P99: 1200, Told: 10, Tandem: LiveSide{Cores: 0.4}}
	if good.judge(); !good.Reached {
		t.Errorf("%+v", good)
	}
	for name, spoil := range map[string]func(*LiveReport){
		"late": func(r *LiveReport) { r.P99 = 1600 }, "dear": func(r *LiveReport) { r.Tandem.Cores = 0.6 }, "silent": func(r *LiveReport) { r.Told = 0 },
		"missed": func(r *LiveReport) { r.Missed = 1 }, "let go": func(r *LiveReport) { r.Tandem.Dropped = 1 },
	} {
		bad := good
		spoil(&bad)
		if bad.judge(); bad.Reached {
			t.Errorf("%s: %+v is fine", name, bad)
		}
	}
}

func TestConsoleSpecsAreBounded(t *testing.T) {
	t.Parallel()
	api := APISpec{Each: time.Second, Slices: 2, Workers: 16, Calls: 1000}
	for name, spoil := range map[string]func(*APISpec){
		"slices": func(s *APISpec) { s.Slices = 0 }, "workers": func(s *APISpec) { s.Workers = maxWorkers + 1 }, "calls": func(s *APISpec) { s.Calls = 999 },
		"short": func(s *APISpec) { s.Slices = 11 }, "long": func(s *APISpec) { s.Each = 2 * time.Hour },
	} {
		bad := api
		if spoil(&bad); bad.validate() == nil {
			t.Errorf("%s: %+v is fine", name, bad)
		}
	}
	stream := LiveSpec{Listeners: 1, CPS: 1, Talk: time.Second, Each: time.Second}
	for name, spoil := range map[string]func(*LiveSpec){
		"listeners": func(s *LiveSpec) { s.Listeners = 2001 }, "cps": func(s *LiveSpec) { s.CPS = 0 }, "talk": func(s *LiveSpec) { s.Talk = time.Hour },
		"short": func(s *LiveSpec) { s.Each = time.Millisecond },
	} {
		bad := stream
		if spoil(&bad); bad.validate() == nil {
			t.Errorf("%s: %+v is fine", name, bad)
		}
	}
	if api.validate() != nil || stream.validate() != nil {
		t.Error("good ones are refused")
	}
}

// TestConsoleTables: medians over runs; what no run has made is left out.
func TestConsoleTables(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var none bytes.Buffer
	if err := consoleTables(&none, dir); err != nil || none.Len() != 0 {
		t.Errorf("%v: %s", err, none.String())
	}
	var api, live bytes.Buffer
	for i := range 3 {
		c := apiCases(1000)[9]
		c.API, c.SQL.AloneP50, c.ToSQL.Median = APISide{PerSecond: float64(100 + i), AloneP50: 2, AloneP99: 9}, 0.5, 0.25
		c.Goal.Reached = i != 1
		for out, v := range map[*bytes.Buffer]any{
			&api:  APIReport{Cases: []APICase{c}},
			&live: LiveReport{Listeners: 500, CPS: 200, Tandem: LiveSide{Cores: 0.3, Bytes: 200_000}, P50: 500, P99: float64(1000 + 10*i), Reached: true},
		} {
			if err := json.NewEncoder(out).Encode(v); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, text := range map[string][]byte{"api.jsonl": api.Bytes(), "live.jsonl": live.Bytes()} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var text bytes.Buffer
	if err := consoleTables(&text, dir); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| newest calls | 0 | 101 (100–102) | 0.00 | 2.00 | 9.0 | 0 | 0 + 0 | 0.25 | 0.50 | 0 | p99 ≤ 50: **no** |",
		"| 500 | 200 | 200 | 0.30 | 0.00 | 500 | 1010 (1000–1020) | 0 | 0 | 0 | 0 | yes |",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in\n%s", want, text.String())
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "api.jsonl"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if consoleTables(&text, dir) == nil {
		t.Error("half a file is fine")
	}
}
