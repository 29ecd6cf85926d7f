package bench

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

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

// decisions times the two functions behind the exchange with the node's data.
func (n *node) decisions(ctx context.Context) (_ []Decision, err error) {
	database, err := n.open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, database.Close()) }()
	data, problems, err := database.LoadSnapshotData(ctx)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	s, more, err := routing.NewSnapshot(data, routing.Options{BaseCurrency: "USD"}, now)
	if err != nil {
		return nil, err
	}
	if problems = append(problems, more...); len(problems) > 0 {
		return nil, fmt.Errorf("demo data: %v", problems[0])
	}
	caller := s.Login(endpoint)
	if caller == nil {
		return nil, fmt.Errorf("demo data: no subscriber %s", endpoint)
	}
	account := s.Account(caller.AccountID)
	ask := question(0)
	b, err := account.Rules.Normalise(ask[3])
	if err != nil {
		return nil, fmt.Errorf("demo data: %w", err)
	}
	request := routing.Request{Server: s.Server(server), Account: account, Shown: s.Present(account, caller, ""), BNumber: b, At: now}
	seizure := callflow.Seizure{CallID: server + "-1700000000.0", Server: server, Endpoint: endpoint, Source: ask[2], Dialled: ask[3], At: now}
	if len(s.Plan(request).Routes) == 0 {
		return nil, errors.New("demo data: no route " + strings.Join(ask, ","))
	}
	return []Decision{
		timeEach("routing.Plan", decisionRuns, func() { s.Plan(request) }),
		timeEach("callflow.Outbound", decisionRuns, func() { callflow.Outbound(s, callflow.Limits{HopLimit: 3}, seizure) }),
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
	slices.Sort(took)
	us := func(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
	return Decision{
		Name: name, P50: us(took[len(took)/2]), P99: us(took[len(took)*99/100]),
		Allocs: float64(after.Mallocs-before.Mallocs) / float64(runs),
		Bytes:  float64(after.TotalAlloc-before.TotalAlloc) / float64(runs),
	}
}
