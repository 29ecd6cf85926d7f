package api_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"tandem/api"
	"tandem/billing"
	"tandem/callflow"
	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/routing"
	"tandem/routing/capacity"
)

// line is an end report as the dialplan writes it.
const line = "v=1&call_id=alpha-1772366400.1&server=alpha&direction=out&endpoint=anna&source=192.0.2.9%3A5060&dialled=74951112233&cli=&hops=0&origin=" +
	"&started_ms=1772366400000&ended_ms=1772366410000&talk_ms=5000&by=called&action=dial&reject_cause=&status=ANSWER&cause=16" +
	"&log=1%3A1.c.a1%3A1772366400000%3AANSWER%3A%3A200%3A52%3A%3A9000%3A5000"

// records remembers what was put; broken makes it refuse.
type records struct {
	put    []billing.Record
	queued []billing.Record
	broken error
}

func (r *records) Put(_ context.Context, rec billing.Record) error {
	if r.broken == nil {
		r.put = append(r.put, rec)
	}
	return r.broken
}

func (r *records) Queue(rec billing.Record) bool {
	r.queued = append(r.queued, rec)
	return true
}

type nobody struct{}

func (nobody) LastAgent(context.Context, int64, e164.Number) (int64, bool, error) {
	return 0, false, nil
}

type house struct {
	handler http.Handler
	flow    *callflow.Flow
	records *records
	ready   []string
}

func newHouse(t *testing.T) *house {
	t.Helper()
	snapshot, _, err := routing.NewSnapshot(routing.Data{
		Currencies: []routing.Currency{{ID: 1, ISO: "USD"}}, FX: map[int64]money.FX{1: 1},
		Servers: []routing.Server{
			{ID: 1, Name: "alpha", Driver: routing.PJSIP, Addresses: []netip.Addr{netip.MustParseAddr("192.0.2.1")}},
			{ID: 2, Name: "beta", Driver: routing.PJSIP, Addresses: []netip.Addr{netip.MustParseAddr("192.0.2.2")}},
		},
	}, routing.Options{BaseCurrency: "USD"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	h := &house{records: &records{}}
	registry := prometheus.NewRegistry()
	live := callflow.NewLive(time.Hour)
	metrics := api.NewMetrics(registry, api.Gauges{
		SpoolLength: func() int64 { return 7 }, SpoolRefused: func() int64 { return 0 },
		SnapshotAge: func() time.Duration { return time.Second }, Live: func() int { return live.Count(time.Now()) },
		Kept: func() int { return 3 }, Draining: func() bool { return true }, Version: "v1",
	})
	room, err := capacity.New(capacity.DefaultConfig(), rand.Float64, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	h.flow = &callflow.Flow{
		Capacity: room, Tickets: &callflow.Tickets{}, Keeper: callflow.NewKeeper(callflow.KeeperConfig{Now: time.Now}),
		Snapshot: func() *routing.Snapshot { return snapshot }, Records: h.records, Agents: nobody{}, Metrics: metrics, Live: live, Log: zerolog.Nop(),
		Now: func() time.Time { return time.UnixMilli(1772366420000) },
	}
	registry.MustRegister(api.NewCapacityMetrics(room, func(int64) string { return "" }, time.Now))
	h.handler = api.NewHandler(api.Config{
		Flow: h.flow, Peers: snapshot.IsPeer, Ready: func() []string { return h.ready }, Registry: registry, Log: zerolog.Nop(),
	})
	return h
}

func (h *house) ask(method, path, body, from string) (int, string) {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.RemoteAddr = from
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	text, _ := io.ReadAll(w.Body)
	return w.Code, string(text)
}

const peer, stranger = "192.0.2.1:40000", "203.0.113.5:40000"

// A report may come again (node, file, a late answer): it is acknowledged each
// time, and the records are the same.
func TestEndReportMayComeAgain(t *testing.T) {
	h := newHouse(t)
	for range 2 {
		if code, text := h.ask(http.MethodPost, "/asterisk/end", line, peer); code != http.StatusOK || text != "ok" {
			t.Fatalf("%d %q", code, text)
		}
	}
	if diff := cmp.Diff(h.records.put[0], h.records.put[1]); diff != "" {
		t.Fatal(diff)
	}
	end := h.records.put[0].End
	if end.Start.CallID != "alpha-1772366400.1" || end.Disposition != billing.Answered || end.HangupBy != billing.SideCalled ||
		end.Talk != 5*time.Second || len(end.Attempts) != 1 || !end.EndedAt.Equal(time.UnixMilli(1772366410000)) {
		t.Fatalf("record %+v", end)
	}
}

func TestEndReportOfAStrangerIsRefused(t *testing.T) {
	h := newHouse(t)
	if code, _ := h.ask(http.MethodPost, "/asterisk/end", line, stranger); code != http.StatusForbidden || len(h.records.put) > 0 {
		t.Fatalf("%d, %d records", code, len(h.records.put))
	}
	// No header can lend a stranger a server's address.
	r := httptest.NewRequest(http.MethodPost, "/asterisk/end", strings.NewReader(line))
	r.RemoteAddr = stranger
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Forwarded-For", "192.0.2.1")
	r.Header.Set("X-Real-IP", "192.0.2.1")
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	if w.Code != http.StatusForbidden {
		t.Fatalf("with headers: %d", w.Code)
	}
}

// A server speaks for itself alone, and only for calls of its own.
func TestEndReportOfAnotherServerIsRefused(t *testing.T) {
	for name, change := range map[string]string{
		"another server":      "server=alpha|server=beta",
		"and its call":        "call_id=alpha-1772366400.1&server=alpha|call_id=beta-1772366400.1&server=beta",
		"another one's call":  "call_id=alpha-1772366400.1|call_id=beta-1772366400.1",
		"a server of nowhere": "call_id=alpha-1772366400.1&server=alpha|call_id=gamma-1.1&server=gamma",
		"a call of tomorrow":  "ended_ms=1772366410000|ended_ms=1772466410000",
		"longer than it was":  "talk_ms=5000|talk_ms=600000",
	} {
		h := newHouse(t)
		old, with, _ := strings.Cut(change, "|")
		if code, _ := h.ask(http.MethodPost, "/asterisk/end", strings.Replace(line, old, with, 1), peer); code != http.StatusBadRequest || len(h.records.put) > 0 {
			t.Errorf("%s: %d, %d records", name, code, len(h.records.put))
		}
	}
}

func TestEndReportThatCannotBeKept(t *testing.T) {
	h := newHouse(t)
	h.records.broken = errors.New("disk full at /var/lib")
	code, text := h.ask(http.MethodPost, "/asterisk/end", line, peer)
	if code != http.StatusServiceUnavailable || strings.Contains(text, "/var/lib") {
		t.Fatalf("%d %q: want 503 without the inside text", code, text)
	}
}

func TestReportErrorsNameTheField(t *testing.T) {
	t.Parallel()
	for change, field := range map[string]string{
		"v=1|v=2":                               "version",
		"by=called|by=nobody":                   "by",
		"cause=16|cause=128":                    "cause",
		"talk_ms=5000|talk_ms=-1":               "talk_ms",
		"started_ms=1772366400000|started_ms=":  "started_ms",
		"ended_ms=1772366410000|ended_ms=1e9":   "ended_ms",
		"action=dial|action=fly":                "action",
		"server=alpha|server=alpha&server=beta": "server",
		"hops=0|hops=1000":                      "hops",
		"talk_ms=5000|talk_ms=9999999999999":    "talk_ms",
		"cli=|cli=%zz":                          "",
	} {
		old, with, _ := strings.Cut(change, "|")
		_, err := api.ParseReport(strings.Replace(line, old, with, 1))
		if !errors.Is(err, callflow.ErrBadRequest) || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v", change, err)
		}
	}
}

func TestHealth(t *testing.T) {
	h := newHouse(t)
	if code, _ := h.ask(http.MethodGet, "/healthz", "", stranger); code != http.StatusOK {
		t.Errorf("healthz %d", code)
	}
	if code, _ := h.ask(http.MethodGet, "/readyz", "", stranger); code != http.StatusOK {
		t.Errorf("readyz %d", code)
	}
	h.ready = []string{"draining"}
	if code, text := h.ask(http.MethodGet, "/readyz", "", stranger); code != http.StatusServiceUnavailable || !strings.Contains(text, "draining") {
		t.Errorf("readyz while draining: %d %q", code, text)
	}
}

func TestMetricsSpeakTheTrade(t *testing.T) {
	h := newHouse(t)
	h.ask(http.MethodPost, "/asterisk/end", line, peer)
	_, text := h.ask(http.MethodGet, "/metrics", "", stranger)
	for _, want := range []string{
		`tandem_attempts_total{blame="",result="answered"} 1`, `tandem_calls_total{direction="out",disposition="answered"} 1`,
		"tandem_spool_records 7", "tandem_snapshot_age_seconds 1", `tandem_channels_in_use{kind="provider"} 0`, `tandem_ways{state="open"} 0`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s", want)
		}
	}
}

func TestCollectorBringsInKeptReports(t *testing.T) {
	h := newHouse(t)
	file := filepath.Join(t.TempDir(), "reports")
	c := api.Collector{File: file, Node: "n1", Flow: h.flow, Every: time.Hour, Log: zerolog.Nop()}
	if n, err := c.Collect(t.Context()); n != 0 || err != nil {
		t.Fatalf("nothing kept: %d, %v", n, err)
	}
	write(t, file, line+"\n\nnonsense\n"+strings.Replace(line, "400.1", "400.2", 1)+"\n")
	// The first round takes the file away from Asterisk, the second reads it.
	for range 2 {
		if _, err := c.Collect(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(h.records.put) != 2 {
		t.Fatalf("%d records", len(h.records.put))
	}
	if text, err := os.ReadFile(file + ".rejected"); err != nil || strings.TrimSpace(string(text)) != "nonsense" {
		t.Fatalf("rejected: %q, %v", text, err)
	}
	if left, _ := filepath.Glob(file + ".collecting*"); len(left) > 0 {
		t.Fatalf("left behind: %v", left)
	}
}

func TestCollectorKeepsWhatIsNotDurable(t *testing.T) {
	h := newHouse(t)
	file := filepath.Join(t.TempDir(), "reports")
	c := api.Collector{File: file, Node: "n1", Flow: h.flow, Every: time.Hour, Log: zerolog.Nop()}
	write(t, file, line+"\n")
	h.records.broken = errors.New("disk full")
	for range 3 {
		if n, _ := c.Collect(t.Context()); n != 0 {
			t.Fatal("counted as collected")
		}
	}
	h.records.broken = nil
	// Asterisk has begun a new file meanwhile; both are brought in, in order.
	write(t, file, strings.Replace(line, "400.1", "400.2", 1)+"\n")
	for range 3 {
		if _, err := c.Collect(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(h.records.put) != 2 || h.records.put[0].CallID() != "alpha-1772366400.1" {
		t.Fatalf("%d records", len(h.records.put))
	}
}

// A killed Asterisk leaves half a line: it is put aside once, and what is kept
// after it is collected.
func TestCollectorPutsATornLineAside(t *testing.T) {
	h := newHouse(t)
	file := filepath.Join(t.TempDir(), "reports")
	c := api.Collector{File: file, Node: "n1", Flow: h.flow, Every: time.Hour, Log: zerolog.Nop()}
	write(t, file, line+"\nv=1&call_id=alpha-17723")
	for range 5 {
		if _, err := c.Collect(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	write(t, file, strings.Replace(line, "400.1", "400.2", 1)+"\n"+strings.Repeat("x", 1<<20)+"\n")
	for range 5 {
		if _, err := c.Collect(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(h.records.put) != 2 {
		t.Fatalf("%d records, want each report once", len(h.records.put))
	}
	text, err := os.ReadFile(file + ".rejected")
	if err != nil || strings.Count(string(text), "\n") != 2 || !strings.HasPrefix(string(text), "v=1&call_id=alpha-17723\n") {
		t.Fatalf("rejected: %d bytes, %v", len(text), err)
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func FuzzParseReport(f *testing.F) {
	f.Add(line)
	f.Add("v=1")
	f.Add("%")
	f.Fuzz(func(t *testing.T, body string) {
		r, err := api.ParseReport(body)
		if err != nil && !errors.Is(err, callflow.ErrBadRequest) {
			t.Fatalf("%q: %v", body, err)
		}
		if err == nil && (r.Talk < 0 || r.Cause > 127) {
			t.Fatalf("%q: %+v", body, r)
		}
	})
}
