package capacity_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tandem/routing"
	"tandem/routing/capacity"
)

// Many calls at once, each told over by several: at no moment are more up than a
// limit allows, and at the end nothing is held.
func TestReleasedOnce(t *testing.T) {
	t.Parallel()
	const workers, callsEach, channels = 8, 300, 5
	p := newPool(t)
	plan := []routing.Key{{ProviderID: 7, GateID: 8}, {ProviderID: 8, AddressID: 1}, {ProviderID: 9, AddressID: 2}}
	limits := map[capacity.Subject]capacity.Limit{{Kind: capacity.Account, ID: 1}: {Channels: 3 * channels}}
	up := map[capacity.Subject]*atomic.Int64{}
	for _, k := range plan {
		limits[capacity.Subject{Kind: capacity.Provider, ID: k.ProviderID}] = capacity.Limit{Channels: channels}
		up[capacity.Subject{Kind: capacity.Provider, ID: k.ProviderID}] = &atomic.Int64{}
	}
	if err := p.SetLimits(limits, noon); err != nil {
		t.Fatal(err)
	}
	// Counted by the calls themselves: after they have it, until before they
	// give it back.
	count := func(k routing.Key, n int64) {
		if got := up[capacity.Subject{Kind: capacity.Provider, ID: k.ProviderID}].Add(n); got > channels || got < 0 {
			t.Errorf("%d calls on provider %d, want 0 to %d", got, k.ProviderID, channels)
		}
	}
	refused := routing.Outcome{Result: routing.ResultUnavailable, SIPStatus: 404}
	var wg sync.WaitGroup
	var carried, turnedAway atomic.Int64
	for worker := range workers {
		wg.Go(func() {
			for n := range callsEach {
				id := fmt.Sprintf("alpha-%d.%d", worker, n)
				at := noon.Add(time.Duration(n) * time.Millisecond)
				p.Room(8, 0, 1, at)
				p.AccountRoom(1, at)
				g := p.Seize(id, 1, plan, at)
				if g.Place == 0 {
					turnedAway.Add(1)
					continue
				}
				carried.Add(1)
				key := plan[g.Place-1]
				count(key, 1)
				p.Report(id, key, refused, at, at)
				count(key, -1)
				if g = p.Move(id, plan[g.Place:], at); g.Place > 0 {
					// The list of Move begins after the route that failed.
					for i, k := range plan {
						if k == key {
							key = plan[i+g.Place]
							break
						}
					}
					count(key, 1)
					p.Restore(id, 1, key, at, at) // of a call that is known it changes nothing
					count(key, -1)
				}
				var over sync.WaitGroup
				over.Go(func() { p.Release(id, at) })
				over.Go(func() { p.Release(id, at) })
				over.Go(func() { p.Reconcile("alpha", map[string]struct{}{}, noon, at) }) // nothing is that old
				over.Wait()
			}
		})
	}
	stop := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			for _, s := range p.State(noon, 100).Subjects {
				if s.InUse < 0 || (s.Channels > 0 && s.InUse > s.Channels) {
					t.Errorf("%s: %d in use of %d", s.Subject, s.InUse, s.Channels)
				}
			}
			if err := p.SetLimits(limits, noon); err != nil {
				t.Error(err)
			}
		}
	})
	wg.Wait()
	close(stop)
	watch.Wait()
	state := p.State(noon, 100)
	if state.Calls != 0 || state.Expired != 0 {
		t.Errorf("%d calls are held, %d expired, want none", state.Calls, state.Expired)
	}
	for _, s := range state.Subjects {
		if s.InUse != 0 {
			t.Errorf("%s: %d in use, want none", s.Subject, s.InUse)
		}
	}
	if carried.Load() == 0 || turnedAway.Load()+carried.Load() != workers*callsEach {
		t.Errorf("%d calls carried, %d turned away: want %d in all", carried.Load(), turnedAway.Load(), workers*callsEach)
	}
}

// Of all calls that arrive at a way whose rest is over, one tries it.
func TestOneProbeAtATime(t *testing.T) {
	t.Parallel()
	const rounds, workers = 50, 8
	key := routing.Key{ProviderID: 8, AddressID: 1}
	way := capacity.WayOf(key)
	p := newPool(t)
	at := noon
	for round := range rounds {
		p.SetReachable("alpha", way, false, at)
		p.SetReachable("alpha", way, true, at)
		var wg sync.WaitGroup
		var probes atomic.Int64
		var probe atomic.Value
		start := make(chan struct{})
		for worker := range workers {
			id := fmt.Sprintf("alpha-%d.%d", round, worker)
			wg.Go(func() {
				<-start
				switch g := p.Seize(id, 1, []routing.Key{key}, at); {
				case g.Place == 1:
					probes.Add(1)
					probe.Store(id)
				case g.Reason != routing.ReasonProbing:
					t.Errorf("reason %q, want %q", g.Reason, routing.ReasonProbing)
				}
			})
		}
		close(start)
		wg.Wait()
		if probes.Load() != 1 {
			t.Fatalf("%d calls try it at once, want 1", probes.Load())
		}
		if r := p.Room(8, 0, 1, at); r != routing.ReasonProbing {
			t.Fatalf("room while one tries: %q, want %q", r, routing.ReasonProbing)
		}
		// Half of the probes leave without a word; the next round begins half open or closed.
		id, _ := probe.Load().(string)
		if round%2 == 0 {
			p.Report(id, key, routing.Outcome{Result: routing.ResultAnswer}, at, at)
		}
		p.Release(id, at)
		at = at.Add(time.Second)
	}
}
