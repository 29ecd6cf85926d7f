package capacity_test

import (
	"fmt"
	"testing"
	"time"

	"tandem/internal/q850"
	"tandem/routing"
	"tandem/routing/capacity"
)

// full is a pool as a busy node has it: 50 providers with three gates and an
// address each, all with limits, and so many calls in progress.
func full(tb testing.TB, start time.Time, calls int) (*capacity.Pool, []routing.Key) {
	tb.Helper()
	p, err := capacity.New(capacity.DefaultConfig(), nil, start)
	if err != nil {
		tb.Fatal(err)
	}
	limits := map[capacity.Subject]capacity.Limit{}
	var keys []routing.Key
	for provider := int64(1); provider <= 50; provider++ {
		limits[capacity.Subject{Kind: capacity.Provider, ID: provider}] = capacity.Limit{Channels: 1_000_000, CPS: 100_000}
		for gate := provider*10 + 1; gate <= provider*10+3; gate++ {
			limits[capacity.Subject{Kind: capacity.Gate, ID: gate}] = capacity.Limit{Channels: 1_000_000, CPS: 100_000}
			keys = append(keys, routing.Key{ProviderID: provider, GateID: gate})
		}
		keys = append(keys, routing.Key{ProviderID: provider, AddressID: provider})
	}
	for account := int64(1); account <= 1000; account++ {
		limits[capacity.Subject{Kind: capacity.Account, ID: account}] = capacity.Limit{Channels: 1_000_000, CPS: 100_000}
	}
	if err := p.SetLimits(limits, start); err != nil {
		tb.Fatal(err)
	}
	for i := range calls {
		at := start.Add(time.Duration(i) * time.Millisecond)
		if g := p.Seize(fmt.Sprintf("alpha-1.%d", i), int64(i%1000+1), keys[i%len(keys):i%len(keys)+1], at); g.Place == 0 {
			tb.Fatal(g.Reason)
		}
	}
	return p, keys
}

func BenchmarkRoom(b *testing.B) {
	p, keys := full(b, time.Now(), 10_000)
	at := time.Now()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		k := &keys[i%len(keys)]
		p.Room(k.ProviderID, k.GateID, k.AddressID, at)
		i++
	}
}

// BenchmarkRoomBusy asks while another goroutine seizes and releases.
func BenchmarkRoomBusy(b *testing.B) {
	p, keys := full(b, time.Now(), 10_000)
	at := time.Now()
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			p.Seize("alpha-2.1", 1, keys[i%len(keys):i%len(keys)+1], at)
			p.Release("alpha-2.1", at)
		}
	}()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		k := &keys[i%len(keys)]
		p.Room(k.ProviderID, k.GateID, k.AddressID, at)
		i++
	}
	close(stop)
	<-done
}

func BenchmarkAccountRoom(b *testing.B) {
	p, _ := full(b, time.Now(), 10_000)
	at := time.Now()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		p.AccountRoom(int64(i%1000+1), at)
		i++
	}
}

// BenchmarkCall is a call that its first route takes: Seize and Release, with
// 10,000 others up.
func BenchmarkCall(b *testing.B) {
	p, keys := full(b, time.Now(), 10_000)
	at := time.Now().Add(time.Minute)
	ids := make([]string, 1024)
	for i := range ids {
		ids[i] = fmt.Sprintf("alpha-2.%d", i)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		at = at.Add(100 * time.Microsecond)
		// A thousand calls begin between the beginning and the end of each.
		p.Release(ids[i%len(ids)], at)
		p.Seize(ids[i%len(ids)], int64(i%1000+1), keys[i%190:i%190+10], at)
		i++
	}
}

// BenchmarkHunt is a call that nine routes refuse: Seize, nine times Report and
// Move, Release.
func BenchmarkHunt(b *testing.B) {
	p, keys := full(b, time.Now(), 10_000)
	at := time.Now().Add(time.Minute)
	refused := routing.Outcome{Result: routing.ResultUnavailable, SIPStatus: 404, Cause: q850.UnallocatedNumber}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		at = at.Add(time.Millisecond)
		plan := keys[i%190 : i%190+10]
		p.Seize("alpha-2.1", 1, plan, at)
		for n := 1; n < len(plan); n++ {
			p.Report("alpha-2.1", plan[n-1], refused, at, at)
			p.Move("alpha-2.1", plan[n:], at)
		}
		p.Release("alpha-2.1", at)
		i++
	}
}

// BenchmarkReportFailure is a failure that is counted, on a way that stays
// closed.
func BenchmarkReportFailure(b *testing.B) {
	c := capacity.DefaultConfig()
	c.MinFailures = 1_000_000
	at := time.Now()
	p, err := capacity.New(c, nil, at)
	if err != nil {
		b.Fatal(err)
	}
	key := routing.Key{ProviderID: 8, AddressID: 1}
	silent := routing.Outcome{Result: routing.ResultUnavailable}
	b.ReportAllocs()
	for b.Loop() {
		at = at.Add(time.Millisecond)
		p.Report("alpha-1.1", key, silent, at, at)
	}
}

func BenchmarkReconcile10k(b *testing.B) {
	p, _ := full(b, time.Now(), 10_000)
	live := map[string]struct{}{}
	for i := range 10_000 {
		live[fmt.Sprintf("alpha-1.%d", i)] = struct{}{}
	}
	at := time.Now().Add(time.Hour)
	b.ReportAllocs()
	for b.Loop() {
		if n := p.Reconcile("alpha", live, at, at); n != 0 {
			b.Fatal(n)
		}
	}
}

func BenchmarkSetLimits(b *testing.B) {
	p, _ := full(b, time.Now(), 0)
	limits := map[capacity.Subject]capacity.Limit{}
	for account := int64(1); account <= 100_000; account++ {
		limits[capacity.Subject{Kind: capacity.Account, ID: account}] = capacity.Limit{Channels: 10}
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := p.SetLimits(limits, time.Now()); err != nil {
			b.Fatal(err)
		}
	}
}

// What is asked for each candidate of each call allocates nothing, and neither
// does a call that begins and ends.
func TestAllocations(t *testing.T) {
	p, keys := full(t, noon, 1000)
	at := noon.Add(time.Minute)
	ids := make([]string, 64)
	for i := range ids {
		ids[i] = fmt.Sprintf("alpha-2.%d", i)
	}
	i := 0
	for name, do := range map[string]func(){
		"Room":        func() { p.Room(7, 71, 0, at) },
		"AccountRoom": func() { p.AccountRoom(7, at) },
		"Seize and Release": func() {
			p.Seize(ids[i%64], 7, keys[:10], at)
			i++
			p.Release(ids[i%64], at)
		},
		"Seize and Move": func() {
			p.Seize(ids[0], 7, keys[:10], at)
			p.Move(ids[0], keys[1:10], at)
		},
	} {
		if n := testing.AllocsPerRun(1000, do); n != 0 {
			t.Errorf("%s: %.2f allocations, want none", name, n)
		}
	}
}
