package capacity_test

import (
	"fmt"
	"testing"
	"time"

	"tandem/routing"
	"tandem/routing/capacity"
)

// Under pressure, a limit lets exactly as many calls through as it
// says, and one second's worth at the beginning; nodes together never more, and
// each at least one.
func TestCallsPerSecondAreExact(t *testing.T) {
	t.Parallel()
	for _, v := range []struct {
		cps, nodes int
		every      time.Duration // how often a call tries
		seconds    int
	}{
		{1, 1, 10 * time.Millisecond, 600},
		{3, 1, 7 * time.Millisecond, 900}, // a third of a second is no whole number of nanoseconds
		{7, 1, 142857143 * time.Nanosecond, 24 * 3600},
		{50, 1, 333333 * time.Nanosecond, 60},
		{1, 3, 50 * time.Millisecond, 1800},
		{5, 3, 11 * time.Millisecond, 600},
		{10, 4, 3 * time.Millisecond, 120},
		{2, 7, 100 * time.Millisecond, 3600},
	} {
		t.Run(fmt.Sprintf("%d a second on %d nodes", v.cps, v.nodes), func(t *testing.T) {
			t.Parallel()
			sum, burst := 0, 0
			for node := range v.nodes {
				p := newPool(t)
				if err := p.SetShare(node, v.nodes, noon); err != nil {
					t.Fatal(err)
				}
				limits := map[capacity.Subject]capacity.Limit{{Kind: capacity.Provider, ID: 8}: {CPS: v.cps}}
				if err := p.SetLimits(limits, noon); err != nil {
					t.Fatal(err)
				}
				got, first := pressure(p, noon, v.every, time.Duration(v.seconds)*time.Second)
				// A bucket of 5/3 of a call lets one through at once and has the rest left.
				bucket := max(v.cps, v.nodes)
				if want := (bucket + v.cps*v.seconds) / v.nodes; got > want || got < want-1 {
					t.Errorf("node %d: %d calls, want %d", node, got, want)
				}
				if want := max(1, v.cps/v.nodes); first != want {
					t.Errorf("node %d: %d calls at once, want %d", node, first, want)
				}
				sum, burst = sum+got, burst+bucket/v.nodes+1
			}
			if most := burst + v.cps*v.seconds; sum > most {
				t.Errorf("%d calls on all nodes, want at most %d", sum, most)
			}
		})
	}
}

// pressure asks all the time and says how many calls were let through, and how
// many of them at once.
func pressure(p *capacity.Pool, from time.Time, every, d time.Duration) (calls, first int) {
	plan := []routing.Key{{ProviderID: 8, AddressID: 1}}
	for at := from; !at.After(from.Add(d)); at = at.Add(every) {
		for p.Seize("alpha-1.1", 0, plan, at).Place > 0 {
			// The attempt was made: it ends, and the call too.
			p.Report("alpha-1.1", plan[0], routing.Outcome{Result: routing.ResultBusy}, at, at)
			p.Release("alpha-1.1", at)
			calls++
			if at.Equal(from) {
				first++
			}
		}
	}
	return calls, first
}

// In no stretch of time does a limit let more through than its rate and one
// second's worth.
func TestNoStretchIsOverTheRate(t *testing.T) {
	t.Parallel()
	const cps = 3
	p := newPool(t)
	if err := p.SetLimits(map[capacity.Subject]capacity.Limit{{Kind: capacity.Provider, ID: 8}: {CPS: cps}}, noon); err != nil {
		t.Fatal(err)
	}
	var granted []time.Duration
	// Pressure with pauses, in which the bucket fills.
	for at, n := time.Duration(0), 0; n < 20_000; n++ {
		if p.Seize("alpha-1.1", 0, []routing.Key{{ProviderID: 8, AddressID: 1}}, noon.Add(at)).Place > 0 {
			granted = append(granted, at)
			p.Release("alpha-1.1", noon.Add(at))
		}
		at += 13 * time.Millisecond
		if n%400 == 0 {
			at += 3 * time.Second
		}
	}
	for i := range granted {
		for j := i; j < len(granted) && j < i+200; j++ {
			stretch := granted[j] - granted[i]
			if most := cps + int(stretch*cps/time.Second); j-i+1 > most {
				t.Fatalf("%d calls in %s, want at most %d", j-i+1, stretch, most)
			}
		}
	}
}

// A late question (they overtake each other on their way to the lock) neither
// fills the bucket twice nor empties it.
func TestTimeThatStepsBack(t *testing.T) {
	t.Parallel()
	p := newPool(t)
	if err := p.SetLimits(map[capacity.Subject]capacity.Limit{{Kind: capacity.Provider, ID: 8}: {CPS: 2}}, noon); err != nil {
		t.Fatal(err)
	}
	seize := func(at time.Duration) bool {
		got := p.Seize("alpha-1.1", 0, []routing.Key{{ProviderID: 8, AddressID: 1}}, noon.Add(at)).Place > 0
		p.Release("alpha-1.1", noon.Add(at))
		return got
	}
	granted := 0
	for range 10 {
		for _, at := range []time.Duration{time.Second, 500 * time.Millisecond, 900 * time.Millisecond, 0} {
			if seize(at) {
				granted++
			}
		}
	}
	if granted != 2 {
		t.Errorf("%d calls in the first second, want 2", granted)
	}
	if !seize(1500 * time.Millisecond) {
		t.Error("no call after another half second, want one")
	}
}

// The nodes' channels add up to the limit, whatever the limit and however many
// nodes there are.
func TestSharesAddUp(t *testing.T) {
	t.Parallel()
	for _, nodes := range []int{1, 2, 3, 4, 7, 10} {
		for _, limit := range []int{1, 2, 3, 9, 10, 11, 100} {
			channels, cps := 0, 0.0
			for node := range nodes {
				p := newPool(t)
				if err := p.SetShare(node, nodes, noon); err != nil {
					t.Fatal(err)
				}
				if err := p.SetLimits(map[capacity.Subject]capacity.Limit{{Kind: capacity.Gate, ID: 8}: {Channels: limit, CPS: limit}}, noon); err != nil {
					t.Fatal(err)
				}
				mine := 0
				for p.Seize(fmt.Sprintf("alpha-1.%d", mine), 0, []routing.Key{{ProviderID: 7, GateID: 8}}, noon.Add(time.Duration(mine)*time.Hour/100)).Place > 0 {
					mine++
				}
				channels += mine
				for _, s := range p.State(noon, 10).Subjects {
					cps += s.CPS
				}
			}
			if channels != limit {
				t.Errorf("%d nodes have %d channels together, want %d", nodes, channels, limit)
			}
			if d := cps - float64(limit); d > 1e-9 || d < -1e-9 {
				t.Errorf("%d nodes have %f calls per second together, want %d", nodes, cps, limit)
			}
		}
	}
}
