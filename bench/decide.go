package bench

import (
	"fmt"
	"runtime"
	"slices"
	"time"

	"tandem/bench/demo"
	"tandem/callflow"
	"tandem/routing"
)

// Decision is what one decision costs in process, without a door and without
// records.
type Decision struct {
	Name string `json:"name"`
	// Each run is timed by itself; reading the clock twice is part of it.
	P50    float64 `json:"p50_us"`
	P99    float64 `json:"p99_us"`
	Allocs float64 `json:"allocs"`
	Bytes  float64 `json:"bytes"`
}

// decisionRuns are enough for a p99 that two runs agree on.
const decisionRuns = 20_000

// decisions times the two functions behind the exchange with the demo data.
func decisions() ([]Decision, error) {
	now := time.Now()
	s, err := demo.Snapshot(now)
	if err != nil {
		return nil, err
	}
	ask := question(0)
	caller := s.Login(endpoint)
	if caller == nil {
		return nil, fmt.Errorf("demo data: no subscriber %s", endpoint)
	}
	account := s.Account(caller.AccountID)
	b, err := account.Rules.Normalise(ask[3])
	if err != nil {
		return nil, fmt.Errorf("demo data: %w", err)
	}
	request := routing.Request{Server: s.Server(server), Account: account, Shown: s.Present(account, caller, ""), BNumber: b, At: now}
	seizure := callflow.Seizure{CallID: server + "-1700000000.0", Server: server, Endpoint: endpoint, Source: ask[2], Dialled: ask[3], At: now}
	plan := routing.Plan{} // used again, as the live call does
	if s.Plan(request, &plan); len(plan.Routes) == 0 {
		return nil, fmt.Errorf("demo data: no route to %s", b)
	}
	limits, world := callflow.Limits{HopLimit: 3}, callflow.World{Plan: &plan}
	return []Decision{
		timeEach("routing.Plan", decisionRuns, func() { s.Plan(request, &plan) }),
		timeEach("callflow.Outbound", decisionRuns, func() { _ = callflow.Outbound(s, limits, seizure, world).Reasons() }),
	}, nil
}

// timeEach runs f often and describes the runs. The first tenth is not counted.
func timeEach(name string, runs int, f func()) Decision {
	for range runs / 10 {
		f()
	}
	took := make([]time.Duration, runs)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for i := range took {
		start := time.Now()
		f()
		took[i] = time.Since(start)
	}
	runtime.ReadMemStats(&after)
	return Decision{
		Name: name, P50: us(percentile(took, 50)), P99: us(percentile(took, 99)),
		Allocs: float64(after.Mallocs-before.Mallocs) / float64(runs),
		Bytes:  float64(after.TotalAlloc-before.TotalAlloc) / float64(runs),
	}
}

// percentile sorts what took so long and picks one.
func percentile(took []time.Duration, p int) time.Duration {
	slices.Sort(took)
	return took[len(took)*p/100]
}

func us(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
