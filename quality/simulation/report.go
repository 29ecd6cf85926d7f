package simulation

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tandem/internal/money"
	"tandem/quality"
)

// result is what became of a scenario under one policy.
type result struct {
	policy   string
	calls    int
	answers  int
	fakes    int
	waited   time.Duration
	profit   int64   // millionths
	expected float64 // profit of the orders chosen, on average over all chances
	explored int
	testing  float64 // expected profit given up by trying routes out
	first    []uint8 // carrier that each call was offered to first
}

// expect adds what the order earns on average. An exploring order is held against
// the same one without the route that was put first to be tried: it then stands
// where its own worth puts it, at best.
func (r *result) expect(c *call, order []int, explored bool) {
	v := worth(order, c.truths)
	r.expected += v
	if !explored {
		return
	}
	r.explored++
	best, other := v, slices.Clone(order)
	for i := 1; i < len(other); i++ {
		other[i-1], other[i] = other[i], other[i-1]
		best = max(best, worth(other, c.truths))
	}
	r.testing += best - v
}

// Report is a scenario under every policy.
type Report struct {
	Seed     uint64   `json:"seed"`
	Calls    int      `json:"calls"`
	Policies []Policy `json:"policies"`
}

// Policy is one line of a Report.
type Policy struct {
	Name     string        `json:"name"`
	Profit   money.Amount  `json:"profit"`
	OfOracle quality.Share `json:"of_oracle"` // expected profit of its orders, of the oracle's
	ASR      quality.Share `json:"asr"`       // of whole calls: talked, of all
	False    quality.Share `json:"false_answers"`
	Wait     int64         `json:"mean_wait_ms"` // until the call was taken or lost
	Explored quality.Share `json:"explored"`     // of all calls
	Testing  quality.Share `json:"testing"`      // expected profit lost to it, of the oracle's
	Events   []Reaction    `json:"events"`
}

// Reaction is how a policy met an event. Nil: it did not happen.
type Reaction struct {
	Event  string `json:"event"`
	Away   bool   `json:"away,omitempty"`     // it was not on that carrier when the event began
	Leave  *int64 `json:"leave_s,omitempty"`  // until it had left the carrier
	Return *int64 `json:"return_s,omitempty"` // until it was back, from the recovery; of a new best: until it was taken
}

// Run plays a scenario under every policy with the chances of a seed.
func Run(s Scenario, c quality.Config, seed uint64) (Report, error) {
	calls := s.calls(seed)
	ours, err := newLearning("quality", &s, c)
	if err != nil {
		return Report{}, err
	}
	blind := c
	blind.Explore, blind.Trial = 0, 0
	unexplored, err := newLearning("quality, no tests", &s, blind)
	if err != nil {
		return Report{}, err
	}
	report := Report{Seed: seed, Calls: len(calls)}
	best := 0.0
	for _, p := range []policy{oracle{}, leastCost{}, newLock(0.15, 8*time.Hour), unexplored, ours} {
		r := s.play(calls, p)
		if best == 0 {
			best = r.expected
		}
		report.Policies = append(report.Policies, s.line(calls, &r, best))
	}
	return report, nil
}

func (s *Scenario) line(calls []call, r *result, best float64) Policy {
	p := Policy{
		Name: r.policy, Profit: money.Amount(r.profit), OfOracle: part(r.expected, best), ASR: part(float64(r.answers), float64(r.calls)),
		False: part(float64(r.fakes), float64(r.calls)), Wait: (r.waited / time.Duration(r.calls)).Milliseconds(),
		Explored: part(float64(r.explored), float64(r.calls)), Testing: part(r.testing, best),
	}
	for _, e := range s.Events {
		p.Events = append(p.Events, s.react(calls, r, e))
	}
	return p
}

func part(a, b float64) quality.Share { return quality.Share(a / b * float64(quality.Whole)) }

// react finds when a policy left the carrier of an event and when it came back:
// when at most a tenth, and at least half, of some calls in a row were offered to
// it first.
func (s *Scenario) react(calls []call, r *result, e Event) Reaction {
	v := Reaction{Event: e.Name}
	until := s.Length
	if e.Until > 0 {
		until = e.Until
	}
	if e.Join {
		v.Return = s.when(calls, r, e, e.From, until, func(share float64) bool { return share >= 0.5 })
		return v
	}
	v.Away = s.when(calls, r, e, e.From-10*time.Minute, e.From, func(share float64) bool { return share >= 0.5 }) == nil
	if !v.Away {
		v.Leave = s.when(calls, r, e, e.From, until, func(share float64) bool { return share <= 0.1 })
	}
	if v.Leave == nil && !v.Away {
		return v
	}
	next := s.Length
	for _, o := range s.Events {
		if o.From > until {
			next = min(next, o.From)
		}
	}
	v.Return = s.when(calls, r, e, until, next, func(share float64) bool { return share >= 0.5 })
	return v
}

// inRow is how many calls in a row show where a policy stands.
const inRow = 40

func (s *Scenario) when(calls []call, r *result, e Event, from, until time.Duration, reached func(float64) bool) *int64 {
	var on []bool // of the calls concerned: offered to the carrier first
	var at []time.Duration
	hits := 0
	for i := range calls {
		c := &calls[i]
		if c.at < from || c.at >= until || !strings.HasPrefix(c.number, e.Only) {
			continue
		}
		on, at = append(on, int(r.first[i]) == e.Carrier), append(at, c.at)
		n := len(on)
		hits += btoi(on[n-1])
		if n > inRow {
			hits -= btoi(on[n-1-inRow])
		}
		if n >= inRow && reached(float64(hits)/inRow) {
			return new(int64((at[n-inRow] - from) / time.Second))
		}
	}
	return nil
}

// Text is the report as tables.
func (r *Report) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d calls, seed %d\n\n%-18s %10s %10s %8s %8s %8s %9s %9s\n", r.Calls, r.Seed, "policy", "profit", "of oracle", "talked", "false", "wait", "explored", "its cost")
	for i := range r.Policies {
		p := &r.Policies[i]
		fmt.Fprintf(&b, "%-18s %10s %10s %8s %8s %7dms %9s %9s\n", p.Name, cents(p.Profit), p.OfOracle, p.ASR, p.False, p.Wait, p.Explored, p.Testing)
	}
	fmt.Fprintf(&b, "\n%-22s", "left / returned after")
	for i := range r.Policies {
		fmt.Fprintf(&b, " %20s", r.Policies[i].Name)
	}
	b.WriteByte('\n')
	for e := range r.Policies[0].Events {
		fmt.Fprintf(&b, "%-22s", r.Policies[0].Events[e].Event)
		for i := range r.Policies {
			v := &r.Policies[i].Events[e]
			left := after(v.Leave)
			if v.Away {
				left = "away"
			}
			fmt.Fprintf(&b, " %20s", left+" / "+after(v.Return))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// cents is a sum rounded down to hundredths.
func cents(a money.Amount) string { return fmt.Sprintf("%d.%02d", a/1_000_000, max(a, -a)/10_000%100) }

func after(seconds *int64) string {
	if seconds == nil {
		return "-"
	}
	return (time.Duration(*seconds) * time.Second).String()
}
