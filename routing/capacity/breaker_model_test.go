package capacity_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/routing"
	"tandem/routing/capacity"
)

// breakerModel is one way out, told as a list of every bid that was ever made on
// it. It counts by going through the list, and knows time in whole seconds, the
// width of the window's slots.
type breakerModel struct {
	now   time.Duration
	state string
	since time.Duration
	until time.Duration
	rest  time.Duration
	opens uint64
	probe string
	bids  []modelBid
	calls map[string]int // which bid a call is on
}

type modelBid struct {
	at, started time.Duration // of our clock, and as Asterisk stamped it
	ended       bool
	failed      bool
	withdrawn   bool
	counted     bool // the breaker was closed
}

// Whatever comes in whatever order, the breaker stands where the plain rules
// say. Asterisk's clock runs a minute behind.
func TestBreakerAgainstModel(t *testing.T) {
	t.Parallel()
	const ahead = -time.Minute
	outcomes := map[string]routing.Outcome{
		"healthy": {Result: routing.ResultBusy, SIPStatus: 486},
		"failed":  {Result: routing.ResultCongestion, SIPStatus: 503},
		"unknown": {Result: routing.ResultCancel},
	}
	key := routing.Key{ProviderID: 8, AddressID: 1}
	rapid.Check(t, func(t *rapid.T) {
		p := newPool(t)
		m := &breakerModel{state: "closed", calls: map[string]int{}}
		calls := 0
		outcome := rapid.SampledFrom([]string{"healthy", "failed", "failed", "failed", "unknown"})
		pause := rapid.SampledFrom([]time.Duration{0, time.Second, time.Second, 3 * time.Second, 7 * time.Second, 10 * time.Second, 40 * time.Second, 5 * time.Minute})
		at := func() time.Time { return noon.Add(m.now) }
		some := func(t *rapid.T) string {
			return fmt.Sprintf("alpha-1.%d", rapid.IntRange(max(1, calls-12), calls+1).Draw(t, "call"))
		}
		begin := func(t *rapid.T, call string) {
			want := m.begin(call, ahead)
			if got := p.Seize(call, 0, []routing.Key{key}, at()); (got.Place > 0) != (want == "") || string(got.Reason) != want {
				t.Fatalf("call at %s: %q, want %q", m.now, got.Reason, want)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"pause": func(t *rapid.T) { m.now += pause.Draw(t, "pause"); m.settle() },
			"calls": func(t *rapid.T) {
				for range rapid.IntRange(1, 5).Draw(t, "calls") {
					calls++
					begin(t, fmt.Sprintf("alpha-1.%d", calls))
				}
			},
			"again": func(t *rapid.T) {
				if calls > 0 {
					begin(t, some(t))
				}
			},
			"report": func(t *rapid.T) {
				for range rapid.IntRange(1, 6).Draw(t, "reports") {
					call, word := some(t), outcome.Draw(t, "outcome")
					n, known := m.calls[call]
					if !known {
						continue // what other nodes let in is told in the scripts
					}
					p.Report(call, key, outcomes[word], noon.Add(m.bids[n].started), at())
					m.report(call, word)
				}
			},
			"over": func(t *rapid.T) {
				call := some(t)
				p.Release(call, at())
				m.leave(call)
			},
			"reachable": func(t *rapid.T) {
				reached := rapid.IntRange(0, 2).Draw(t, "reached") > 0
				p.SetReachable("alpha", capacity.WayOf(key), reached, at())
				switch {
				case !reached && m.state != "unreachable":
					m.opens++
					m.enter("unreachable", m.now)
				case reached && m.state == "unreachable":
					m.enter("half_open", m.now)
				}
			},
			"": func(t *rapid.T) {
				if got, want := p.Room(8, 0, 1, at()), m.room(); string(got) != want {
					t.Fatalf("room at %s: %q, want %q", m.now, got, want)
				}
			},
			// Looking settles what the time has brought, so it must not come after every step.
			"look": func(t *rapid.T) {
				got := "closed since 0s, 0 of 0, opened 0"
				for _, w := range p.State(at(), 10).Ways {
					since := time.Duration(0)
					if !w.Since.IsZero() {
						since = w.Since.Sub(noon)
					}
					got = fmt.Sprintf("%s since %s, %d of %d, opened %d", w.State, since, w.Failures, w.Bids, w.Opens)
				}
				all, _ := m.count()
				if want := fmt.Sprintf("%s since %s, %d of %d, opened %d", m.state, m.since, all[1], all[0], m.opens); got != want {
					t.Fatalf("at %s: %s, want %s", m.now, got, want)
				}
			},
		})
	})
}

func (m *breakerModel) room() string {
	switch m.state {
	case "open":
		return "breaker_open"
	case "probing":
		return "breaker_probing"
	case "unreachable":
		return "unreachable"
	}
	return ""
}

func (m *breakerModel) enter(state string, at time.Duration) {
	m.state, m.since, m.probe = state, at, ""
	for i := range m.bids {
		m.bids[i].counted = false
	}
}

func (m *breakerModel) open() {
	m.rest = max(10*time.Second, min(2*m.rest, 5*time.Minute))
	m.opens++
	m.enter("open", m.now)
	m.until = m.now + m.rest
}

func (m *breakerModel) settle() {
	if m.state == "open" && m.now >= m.until {
		m.enter("half_open", m.until)
	}
	if m.state == "probing" && m.now >= m.until {
		m.rest = 0
		m.enter("closed", m.until)
	}
}

func (m *breakerModel) begin(call string, ahead time.Duration) string {
	if n, known := m.calls[call]; known {
		m.bids[n].withdrawn = !m.bids[n].ended
		m.leave(call)
	}
	if reason := m.room(); reason != "" {
		return reason
	}
	m.calls[call] = len(m.bids)
	stamp := m.now + ahead + time.Duration(len(m.bids))*time.Millisecond // no two attempts of a call begin at once
	m.bids = append(m.bids, modelBid{at: m.now, started: stamp, counted: m.state == "closed"})
	if m.state == "half_open" {
		m.enter("probing", m.now)
		m.until, m.probe = m.now+7*time.Second, call
	}
	return ""
}

func (m *breakerModel) leave(call string) {
	if m.probe == call && call != "" {
		m.enter("half_open", m.now)
	}
	delete(m.calls, call)
}

func (m *breakerModel) report(call, word string) {
	b := &m.bids[m.calls[call]]
	if b.ended {
		return
	}
	b.ended = true
	if m.probe == call {
		switch word {
		case "failed":
			m.open()
		case "healthy":
			m.rest = 0
			m.enter("closed", m.now)
		default:
			m.enter("half_open", m.now)
		}
		return
	}
	if word != "failed" || !b.counted || b.at <= m.now-30*time.Second {
		return
	}
	b.failed = true
	all, settled := m.count()
	for _, v := range [][2]int{all, settled} {
		if v[1] >= 5 && 2*v[1] >= v[0] {
			m.open()
			return
		}
	}
}

// count is bids and failures: of all bids of the last 30 s, and of those that
// have been silent for 7 s.
func (m *breakerModel) count() (all, settled [2]int) {
	for _, b := range m.bids {
		if !b.counted || b.withdrawn || b.at <= m.now-30*time.Second {
			continue
		}
		failed := 0
		if b.failed {
			failed = 1
		}
		all[0], all[1] = all[0]+1, all[1]+failed
		if b.at+time.Second <= m.now-7*time.Second {
			settled[0], settled[1] = settled[0]+1, settled[1]+failed
		}
	}
	return all, settled
}
