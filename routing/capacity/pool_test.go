package capacity_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"tandem/routing"
	"tandem/routing/capacity"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// failer is a test, or a property under test.
type failer interface {
	Helper()
	Fatal(args ...any)
}

// newPool has the default configuration and no jitter.
func newPool(t failer) *capacity.Pool {
	t.Helper()
	p, err := capacity.New(capacity.DefaultConfig(), nil, noon)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	for want, spoil := range map[string]func(*capacity.Config){
		"max_age":         func(c *capacity.Config) { c.MaxAge = 0 },
		"silence":         func(c *capacity.Config) { c.Silence = time.Hour },
		"window":          func(c *capacity.Config) { c.Window = 2*c.Silence - 1 },
		"open_for":        func(c *capacity.Config) { c.OpenFor = 0 },
		"open_max":        func(c *capacity.Config) { c.OpenMax = c.OpenFor - 1 },
		"min_failures":    func(c *capacity.Config) { c.MinFailures = 0 },
		"failure_percent": func(c *capacity.Config) { c.FailurePercent = 101 },
		"jitter_percent":  func(c *capacity.Config) { c.JitterPercent = -1 },
	} {
		c := capacity.DefaultConfig()
		spoil(&c)
		if _, err := capacity.New(c, nil, noon); err == nil || !strings.Contains(err.Error(), "capacity."+want+" ") {
			t.Errorf("%s spoilt: error %v, want one that names it", want, err)
		}
	}
}

// A limit that makes no sense is named and changes nothing; the others hold.
func TestLimitsAreChecked(t *testing.T) {
	t.Parallel()
	p := newPool(t)
	one, two := capacity.Subject{Kind: capacity.Gate, ID: 1}, capacity.Subject{Kind: capacity.Account, ID: 2}
	if err := p.SetLimits(map[capacity.Subject]capacity.Limit{one: {Channels: 1}, two: {Channels: 1}}, noon); err != nil {
		t.Fatal(err)
	}
	err := p.SetLimits(map[capacity.Subject]capacity.Limit{one: {Channels: -1}, two: {CPS: 7}}, noon)
	if err == nil || !strings.Contains(err.Error(), "gate 1: channels -1") {
		t.Errorf("error %v, want one that names gate 1 and its channels", err)
	}
	for _, s := range p.State(noon, 10).Subjects {
		if want := map[capacity.Subject]capacity.Limit{one: {Channels: 1}, two: {CPS: 7}}[s.Subject]; s.Limit != want {
			t.Errorf("%s: limit %+v, want %+v", s.Subject, s.Limit, want)
		}
	}
	for _, v := range [][2]int{{0, 0}, {-1, 2}, {2, 2}, {0, 1001}} {
		if err := p.SetShare(v[0], v[1], noon); err == nil || !strings.Contains(err.Error(), "nodes: ") {
			t.Errorf("node %d of %d: error %v, want one that names the nodes", v[0], v[1], err)
		}
	}
}

// The rest is longer by a random part, never shorter.
func TestJitter(t *testing.T) {
	t.Parallel()
	for random, want := range map[float64]time.Duration{0: 10 * time.Second, 0.5: 10500 * time.Millisecond} {
		p, err := capacity.New(capacity.DefaultConfig(), func() float64 { return random }, noon)
		if err != nil {
			t.Fatal(err)
		}
		key := routing.Key{ProviderID: 8, AddressID: 1}
		for i := range 5 {
			id := fmt.Sprintf("alpha-1.%d", i)
			p.Seize(id, 0, []routing.Key{key}, noon)
			p.Report(id, key, routing.Outcome{Result: routing.ResultCongestion, SIPStatus: 503}, noon, noon)
		}
		ways := p.State(noon, 1).Ways
		if len(ways) != 1 || ways[0].Until.Sub(ways[0].Since) != want {
			t.Errorf("random part %.1f: %+v, want a rest of %s", random, ways, want)
		}
	}
}

// Rows come and go for years: what nothing is known of is forgotten, what is in
// use, limited or ill is not, and the list for people stays short.
//
// Not parallel: it measures the heap.
func TestForgetsWhatIsIdle(t *testing.T) {
	p := newPool(t)
	keep := map[capacity.Subject]capacity.Limit{
		{Kind: capacity.Gate, ID: 3}:     {Channels: 1},
		{Kind: capacity.Provider, ID: 4}: {Channels: 1},
	}
	if err := p.SetLimits(keep, noon); err != nil {
		t.Fatal(err)
	}
	held := routing.Key{ProviderID: 7, GateID: 3}
	p.Seize("alpha-1.1", 9, []routing.Key{held}, noon)
	p.SetReachable("alpha", capacity.Way{ProviderID: 7, GateID: 5}, false, noon)
	at := noon
	memory := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	var after [2]uint64
	for round := range after {
		for i := range int64(20_000) {
			at = at.Add(time.Millisecond)
			row := int64(round+1)*100_000 + i
			p.Seize("alpha-1.2", 0, []routing.Key{{ProviderID: row, GateID: row}}, at)
			p.Release("alpha-1.2", at)
		}
		at = at.Add(time.Hour)
		if err := p.SetLimits(keep, at); err != nil {
			t.Fatal(err)
		}
		after[round] = memory()
		for k, want := range map[routing.Key]routing.Reason{
			held:                        routing.ReasonGateFull,
			{ProviderID: 7, GateID: 5}:  routing.ReasonUnreachable,
			{ProviderID: 9, GateID: 77}: "",
		} {
			if got := p.Room(k.ProviderID, k.GateID, 0, at); got != want {
				t.Errorf("after forgetting, room on %s: %q, want %q", k, got, want)
			}
		}
	}
	const someRows = 1 << 20 // 20,000 ways are over 10 MB, and what they lead through over 6
	if after[1] > after[0]+someRows {
		t.Errorf("%d bytes in use, %d after as many ways again: want no more", after[0], after[1])
	}
	onIt := 0
	for _, w := range p.State(at, 10).Ways {
		if w.GateID == 3 {
			onIt = w.InUse
		}
	}
	if onIt != 1 {
		t.Errorf("%d calls on the way that was kept, want 1", onIt)
	}
	p.Release("alpha-1.1", at)
	if got := p.Room(7, 3, 0, at); got != "" {
		t.Errorf("room on the way that was kept, after its call: %q, want none", got)
	}
	state := p.State(at, 1)
	if len(state.Subjects) != 1 || len(state.Ways) != 1 || state.Left != 1 || state.Ways[0].State != capacity.Unreachable {
		t.Errorf("a list of one: %+v, want one subject, the unreachable way, and how many were left out", state)
	}
}
