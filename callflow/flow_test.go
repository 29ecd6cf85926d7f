package callflow_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"tandem/billing"
	"tandem/callflow"
	"tandem/internal/e164"
	"tandem/routing"
	"tandem/routing/capacity"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// notebook is a Recorder that remembers; full and broken make it fail.
type notebook struct {
	records []billing.Record
	full    bool
	broken  error
}

func (n *notebook) Queue(r billing.Record) bool {
	if !n.full {
		n.records = append(n.records, r)
	}
	return !n.full
}

func (n *notebook) Put(_ context.Context, r billing.Record) error {
	if n.broken == nil {
		n.records = append(n.records, r)
	}
	return n.broken
}

type counts struct {
	lost    int
	leftOut []routing.Reason
}

func (*counts) Decided(billing.Direction, callflow.Action)   {}
func (*counts) Attempted(*billing.Attempt, string)           {}
func (*counts) Heard(*billing.Media, string)                 {}
func (*counts) Ended(billing.Direction, billing.Disposition) {}
func (c *counts) LeftOut(r routing.Reason)                   { c.leftOut = append(c.leftOut, r) }
func (c *counts) RecordLost()                                { c.lost++ }

// agents answers after a delay, or fails.
type agents struct {
	id    int64
	err   error
	hangs bool
}

func (a agents) LastAgent(ctx context.Context, _ int64, _ e164.Number) (int64, bool, error) {
	if a.hangs {
		<-ctx.Done()
		return 0, false, ctx.Err()
	}
	return a.id, a.id != 0, a.err
}

func flow(t *testing.T, records *notebook, known agents) (*callflow.Flow, *counts, *bytes.Buffer) {
	t.Helper()
	s, c, log := company(t), &counts{}, &bytes.Buffer{}
	return &callflow.Flow{
		Capacity: room(t), Tickets: &callflow.Tickets{}, Keeper: callflow.NewKeeper(callflow.KeeperConfig{Now: time.Now}),
		Snapshot: func() *routing.Snapshot { return s }, Records: records, Agents: known, Metrics: c,
		Limits: limits(), Live: callflow.NewLive(time.Hour), Node: "n1", Now: func() time.Time { return noon.Add(time.Hour) }, Log: zerolog.New(log),
	}, c, log
}

// room is an idle switch without limits.
func room(t *testing.T) *capacity.Pool {
	t.Helper()
	c := capacity.DefaultConfig()
	pool, err := capacity.New(c, func() float64 { return 0.5 }, noon)
	if err != nil {
		t.Fatal(err)
	}
	return pool
}

func seizure() callflow.Seizure {
	return callflow.Seizure{CallID: "alpha-1.1", Server: "alpha", Endpoint: "anna", Dialled: "84951112233", At: noon}
}

func report() callflow.Report {
	return callflow.Report{
		Seizure: seizure(), Direction: billing.Outgoing, EndedAt: noon.Add(10 * time.Second), Action: callflow.Dial,
		Log: "1:1.c.a1:1772366400000:ANSWER::200:52::9000:5000", HungUp: billing.SideCaller, Talk: 5 * time.Second,
	}
}

func TestStartIsRecordedWithPlanAndReasons(t *testing.T) {
	book := &notebook{}
	f, _, _ := flow(t, book, agents{})
	d, err := f.Outgoing(t.Context(), seizure())
	if err != nil {
		t.Fatal(err)
	}
	f.Seized(d)
	start := book.records[0].Start
	if start == nil || start.Node != "n1" || start.Snapshot != 42 || start.AccountID != 1 || start.SubscriberID != 1 || start.BNumber != "74951112233" {
		t.Fatalf("start %+v", start)
	}
	told, err := callflow.Tell(f.Snapshot(), start.Reasons)
	if err != nil {
		t.Fatal(err)
	}
	if len(told.Plan) != 2 || !strings.Contains(told.Plan[0].Reason, "place 1 of 2") {
		t.Fatalf("plan %+v", told.Plan)
	}
	if len(told.Dropped) != 1 || told.Dropped[0].Reason != string(routing.ReasonProviderDisabled) {
		t.Fatalf("dropped %+v", told.Dropped)
	}
}

func TestFullQueueDoesNotStopACall(t *testing.T) {
	f, c, _ := flow(t, &notebook{full: true}, agents{})
	d, err := f.Outgoing(t.Context(), seizure())
	f.Seized(d)
	if err != nil || d.Action != callflow.Dial || c.lost != 1 {
		t.Fatalf("action %s, %v, %d lost", d.Action, err, c.lost)
	}
}

func TestLastAgentIsNotWaitedFor(t *testing.T) {
	in := callflow.Seizure{CallID: "alpha-1.1", Server: "alpha", Endpoint: "trunk-1", Source: "192.0.2.1:5060", Dialled: "74950000001", CLI: "79161111111", At: noon}
	for name, c := range map[string]struct {
		known agents
		want  string
	}{
		"known":   {agents{id: 1}, "s1"},
		"nobody":  {agents{}, "s2"},
		"failing": {agents{err: errors.New("database is away")}, "s2"},
		"hanging": {agents{hangs: true}, "s2"},
	} {
		t.Run(name, func(t *testing.T) {
			f, _, _ := flow(t, &notebook{}, c.known)
			d, err := f.Incoming(t.Context(), in)
			if err != nil || len(d.Offers) == 0 || d.Offers[0].Key.String() != c.want {
				t.Fatalf("%+v, %v; want %s", d.Offers, err, c.want)
			}
		})
	}
}

func TestEndIsAcknowledgedOnlyWhenDurable(t *testing.T) {
	f, _, log := flow(t, &notebook{broken: errors.New("disk full")}, agents{})
	if err := f.End(t.Context(), report()); err == nil {
		t.Fatal("a record that could not be kept was acknowledged")
	}
	if log.Len() > 0 {
		t.Fatalf("logged as if it were done: %s", log)
	}
}

// One wide event per call, from the same value as the record.
func TestOneWideEventPerCall(t *testing.T) {
	book := &notebook{}
	f, _, log := flow(t, book, agents{})
	d, err := f.Outgoing(t.Context(), seizure())
	if err != nil {
		t.Fatal(err)
	}
	f.Seized(d)
	f.Live.Add(d.Record.CallID, noon)
	if err := f.End(t.Context(), report()); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(strings.TrimSpace(log.String()), "\n"); n != 0 {
		t.Fatalf("%d more lines than one: %s", n, log)
	}
	var event map[string]any
	if err := json.Unmarshal(log.Bytes(), &event); err != nil {
		t.Fatal(err)
	}
	end := book.records[1].End
	for key, want := range map[string]any{
		"call_id": end.Start.CallID, "disposition": string(end.Disposition), "route": end.Route, "b_number": "74951112233",
		"talk_ms": float64(5000), "hangup_by": "caller", "sip_status": float64(200), "pdd_ms": float64(52),
	} {
		if event[key] != want {
			t.Errorf("%s is %v, want %v", key, event[key], want)
		}
	}
	if f.Live.Count(noon) != 0 {
		t.Error("the call is still counted as live")
	}
}

// The end tells who and whom again, but never what was decided at the start.
func TestEndRepeatsIdentityButNotThePlan(t *testing.T) {
	book := &notebook{}
	f, _, _ := flow(t, book, agents{})
	if err := f.End(t.Context(), report()); err != nil {
		t.Fatal(err)
	}
	start := book.records[0].End.Start
	if start.AccountID != 1 || start.SubscriberID != 1 || start.BNumber != "74951112233" || start.CLI != "74950000001" {
		t.Fatalf("identity %+v", start)
	}
	if start.Reasons != nil || start.Reason != "" || start.Snapshot != 0 {
		t.Fatalf("the end claims a decision: %+v", start)
	}
}

func TestHostileIdentityIsRefused(t *testing.T) {
	f, _, _ := flow(t, &notebook{}, agents{})
	for name, change := range map[string]func(*callflow.Report){
		"no call id":        func(r *callflow.Report) { r.CallID = "" },
		"line end in id":    func(r *callflow.Report) { r.CallID = "alpha-1\n.1" },
		"long id":           func(r *callflow.Report) { r.CallID = "alpha-" + strings.Repeat("1", 60) },
		"other server's id": func(r *callflow.Report) { r.CallID = "beta-1.1" },
		"ended before":      func(r *callflow.Report) { r.EndedAt = noon.Add(-time.Hour) },
		"a year of talk":    func(r *callflow.Report) { r.Talk = 365 * 24 * time.Hour },
		"talk beyond call":  func(r *callflow.Report) { r.Talk = 20 * time.Second },
		"from the future":   func(r *callflow.Report) { r.At, r.EndedAt = noon.Add(48*time.Hour), noon.Add(49*time.Hour) },
		"from years ago":    func(r *callflow.Report) { r.At, r.EndedAt = noon.AddDate(-2, 0, 0), noon.AddDate(-2, 0, 0) },
		"unknown server":    func(r *callflow.Report) { r.Server, r.CallID = "gamma", "gamma-1.1" },
		"script in dialled": func(r *callflow.Report) { r.Dialled = "';--" },
		"line end in name":  func(r *callflow.Report) { r.Endpoint = "anna\r\n" },
		"words for source":  func(r *callflow.Report) { r.Source = "somewhere" },
		"long endpoint":     func(r *callflow.Report) { r.Endpoint = strings.Repeat("x", 81) },
		"eleven attempts":   func(r *callflow.Report) { r.Log = strings.Repeat(r.Log+"/", 11) },
	} {
		r := report()
		change(&r)
		if err := f.End(t.Context(), r); !errors.Is(err, callflow.ErrBadRequest) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLiveForgetsWhatIsTooOld(t *testing.T) {
	f, _, _ := flow(t, &notebook{}, agents{})
	f.Live.Add("alpha-1.1", noon)
	if got := f.Live.Count(noon); got != 1 {
		t.Fatalf("%d calls live", got)
	}
	if got := f.Live.Count(noon.Add(2 * time.Hour)); got != 0 {
		t.Fatalf("%d calls live after two hours", got)
	}
}

// Whatever comes back from Asterisk, the log is parsed or refused.
func FuzzParseAttempts(f *testing.F) {
	f.Add("1:1.c.a1:1772366400000:ANSWER::200:52::9000:5000")
	f.Add("1:s2:1772366400000:CHANUNAVAIL:20::::20:/2:x1:1:BUSY:17:486:::1:")
	f.Add("/:/:::")
	f.Fuzz(func(t *testing.T, log string) {
		attempts, err := callflow.ParseAttempts(log)
		if err != nil && !errors.Is(err, callflow.ErrBadRequest) {
			t.Fatalf("%q: %v", log, err)
		}
		for _, a := range attempts {
			if a.Elapsed < 0 || a.Talk < 0 || a.Cause > 127 || a.SIPStatus > 699 {
				t.Fatalf("%q: %+v", log, a)
			}
		}
	})
}
