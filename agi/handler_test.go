package agi_test

import (
	"context"
	"math/rand/v2"
	"net/netip"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tandem/agi"
	"tandem/agi/agitest"
	"tandem/billing"
	"tandem/billing/rate"
	"tandem/callflow"
	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/routing"
	"tandem/routing/capacity"
)

// The smallest company that has a route, a subscriber and a server.
func company(tb testing.TB) *routing.Snapshot {
	tb.Helper()
	loopback := []netip.Addr{netip.MustParseAddr("127.0.0.1")}
	decks := []routing.Deck{{ID: 1, ProviderID: 1, Tier: routing.TierCLI}}
	rates, err := routing.TableOf(decks, map[int64][]routing.DeckRow{1: {{Prefix: "7", Rate: rate.Rate{PerMinute: 1, First: 1, Next: 1}}}})
	if err != nil {
		tb.Fatal(err)
	}
	s, problems, err := routing.NewSnapshot(routing.Data{
		Currencies: []routing.Currency{{ID: 1, ISO: "USD"}},
		FX:         map[int64]money.FX{1: 100_000_000},
		Servers: []routing.Server{
			{ID: 1, Name: "alpha", Driver: routing.PJSIP, Addresses: loopback},
			{ID: 2, Name: "beta", Driver: routing.PJSIP, Addresses: []netip.Addr{netip.MustParseAddr("192.0.2.9")}},
		},
		Providers: []routing.Provider{{ID: 1, Name: "one", CurrencyID: 1, Enabled: true, Plain: true, Dynamic: true}},
		Addresses: []routing.Address{
			{ID: 1, ProviderID: 1, Host: "a.example", Direction: routing.Out, Protocol: "SIP"},
			{ID: 2, ProviderID: 1, Host: "b.example", Direction: routing.Out, Protocol: "SIP"},
		},
		Decks: decks, Rates: rates,
		Accounts:    []routing.Account{{ID: 1, Name: "office", Enabled: true, DefaultCLI: "74950000001"}},
		Subscribers: []routing.Subscriber{{ID: 1, Login: "anna", AccountID: 1, ServerID: 1, Enabled: true}},
	}, routing.Options{BaseCurrency: "USD"}, time.Now())
	if err != nil || len(problems) > 0 {
		tb.Fatal(err, problems)
	}
	return s
}

// book counts what is recorded; everything else falls on deaf ears.
type book struct{ records atomic.Int32 }

func (*book) Put(context.Context, billing.Record) error { return nil }
func (b *book) Queue(billing.Record) bool               { b.records.Add(1); return true }

func (*book) LastAgent(context.Context, int64, e164.Number) (int64, bool, error) {
	return 0, false, nil
}
func (*book) Decided(billing.Direction, callflow.Action)   {}
func (*book) Attempted(*billing.Attempt, string)           {}
func (*book) Heard(*billing.Media, string)                 {}
func (*book) Ended(billing.Direction, billing.Disposition) {}
func (*book) LeftOut(routing.Reason)                       {}
func (*book) RecordLost()                                  {}

// node is a handler behind a door.
func node(t *testing.T, draining bool) (addr string, flow *callflow.Flow, records *book, server *rig) {
	t.Helper()
	s, records := company(t), &book{}
	snapshot := func() *routing.Snapshot { return s }
	room, err := capacity.New(capacity.DefaultConfig(), rand.Float64, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	flow = &callflow.Flow{
		Capacity: room, Tickets: &callflow.Tickets{}, Keeper: callflow.NewKeeper(callflow.KeeperConfig{Now: time.Now}),
		Snapshot: snapshot, Records: records, Agents: records, Metrics: records, Live: callflow.NewLive(time.Hour), Log: zerolog.Nop(), Now: time.Now,
		Limits: callflow.Limits{MaxTalk: time.Hour, HuntBudget: time.Minute, HopLimit: 3, Ring: 20 * time.Second, NoProgress: 3 * time.Second, AgentWithin: time.Second},
	}
	ln := listen(t)
	server = start(t, patient(), &agi.CallHandler{
		Flow: flow, Now: time.Now, Draining: func() bool { return draining },
		Sounds: map[callflow.Message]string{callflow.MessageBadNumber: "cannot-complete-as-dialed"},
	}, ln, zerolog.Nop())
	return ln.Addr().String(), flow, records, server
}

// question puts one question to a node as Asterisk would and returns the
// channel's variables afterwards.
func question(t *testing.T, draining bool, script string, args ...string) map[string]string {
	t.Helper()
	addr, _, _, _ := node(t, draining)
	asterisk := agitest.Asterisk{Channel: agitest.Channel{UniqueID: "alpha-1772366400.1"}}
	if _, err := asterisk.AGI(t.Context(), addr, script, args...); err != nil {
		t.Logf("exchange: %v", err)
	}
	return asterisk.Vars
}

// An answer counts when Asterisk has taken all of it: a caller who left, or a
// dialplan that has gone on to the next node, leaves no trace here.
func TestAnswerCountsOnlyWhenTaken(t *testing.T) {
	for hangupAt, want := range map[int]int32{0: 1, 1: 0, 2: 0} {
		addr, flow, records, server := node(t, false)
		asterisk := agitest.Asterisk{
			Channel: agitest.Channel{UniqueID: "alpha-1772366400.1"}, HangupAt: hangupAt,
			Vars: map[string]string{"AGIEXITONHANGUP": "yes", "AGISIGHUP": "no"},
		}
		if _, err := asterisk.AGI(t.Context(), addr, "route", "alpha", "anna", "192.0.2.5:5060", "74951112233", "", "0"); err != nil {
			t.Logf("exchange: %v", err)
		}
		if err := server.Shutdown(t.Context()); err != nil { // waits for the session
			t.Fatal(err)
		}
		if got := records.records.Load(); got != want || flow.Live.Count(time.Now()) != int(want) {
			t.Errorf("hung up at command %d: %d records, %d live; want %d of each", hangupAt, got, flow.Live.Count(time.Now()), want)
		}
	}
}

func expect(t *testing.T, got map[string]string, want ...string) {
	t.Helper()
	for _, pair := range want {
		k, v, _ := strings.Cut(pair, "=")
		if got[k] != v {
			t.Errorf("%s is %q, want %q", k, got[k], v)
		}
	}
}

func TestRouteSetsThePlan(t *testing.T) {
	expect(t, question(t, false, "route", "alpha", "anna", "192.0.2.5:5060", "74951112233", "", "0"),
		"T_OK=1", "T_ACTION=dial", "T_DIR=out", "T_N=2", "T_MAX=3600", "T_KEYS=1.c.a1/1.c.a2",
		"T_R1=PJSIP/74951112233@trunk-1-1", "T_C1=74950000001", "T_K1=1.c.a1", "T_A1=20", "T_P1=3", "T_R2=PJSIP/74951112233@trunk-1-2")
}

func TestRefusalSetsCauseAndSound(t *testing.T) {
	expect(t, question(t, false, "route", "alpha", "anna", "192.0.2.5:5060", "12", "", "0"),
		"T_OK=1", "T_ACTION=reject", "T_CAUSE=28", "T_FILE=cannot-complete-as-dialed", "T_R1=")
}

func TestNextNamesThePlace(t *testing.T) {
	log := "1:1.c.a1:1772366400000:CONGESTION:34:503:::20:"
	now := time.Now().UnixMilli()
	expect(t, question(t, false, "next", "alpha", millis(now), log, "1.c.a2", "out", "1"), "T_OK=1", "T_ACTION=dial", "T_I=2")
	expect(t, question(t, false, "next", "alpha", millis(now), log, "", "out", "2"), "T_OK=1", "T_ACTION=reject", "T_CAUSE=34")
}

// A node that goes down lets nobody new in, and goes on serving calls it knows.
func TestDrainingRefusesNewCallsOnly(t *testing.T) {
	if got := question(t, true, "route", "alpha", "anna", "192.0.2.5:5060", "74951112233", "", "0"); got["T_OK"] != "" || got["T_R1"] != "" {
		t.Errorf("a new call was taken: %v", got)
	}
	log := "1:1.c.a1:1772366400000:CONGESTION:34:503:::20:"
	expect(t, question(t, true, "next", "alpha", millis(time.Now().UnixMilli()), log, "1.c.a2", "out", "1"), "T_OK=1", "T_I=2")
}

// Nothing is answered to a question that makes no sense, so the dialplan goes
// on to the next node or its own list.
func TestNonsenseIsNotAnswered(t *testing.T) {
	now := millis(time.Now().UnixMilli())
	for name, q := range map[string][]string{
		"no argument":            {"route"},
		"unknown script":         {"launch", "alpha"},
		"unknown server":         {"route", "gamma", "anna", "", "74951112233", "", "0"},
		"another server's name":  {"route", "beta", "anna", "", "74951112233", "", "0"},
		"an argument too many":   {"route", "alpha", "anna", "", "74951112233", "", "0", "x"},
		"hops that are no count": {"route", "alpha", "anna", "", "74951112233", "", "one"},
		"negative hops":          {"route", "alpha", "anna", "", "74951112233", "", "-1"},
		"no log":                 {"next", "alpha", now, "", "1.c.a2", "out", "1"},
		"a forged log":           {"next", "alpha", now, "1:1.c.a1:x:ANSWER::::::", "1.c.a2", "out", "1"},
		"a forged key":           {"next", "alpha", now, "1:1.c.a1:1772366400000:CONGESTION:34:503:::20:", "PJSIP/1.c.a2", "out", "1"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := question(t, false, q[0], q[1:]...); got["T_OK"] != "" {
				t.Errorf("answered %v", got)
			}
		})
	}
}

func millis(ms int64) string { return strconv.FormatInt(ms, 10) }
