package bench

import (
	"context"
	"fmt"
	"os"
	"time"

	"tandem/play"
)

// APISpec bounds the bench API.
type APISpec struct {
	Each    time.Duration // measured time of each side of each case
	Slices  int           // turns of each
	Workers int           // requests at a time
	Calls   int           // records in the table of calls
}

func (s APISpec) validate() error {
	switch {
	case s.Slices < 1 || s.Slices > 100:
		return fmt.Errorf("slices %d: want 1 to 100", s.Slices)
	case s.Workers < 1 || s.Workers > maxWorkers:
		return fmt.Errorf("workers %d: want 1 to %d", s.Workers, maxWorkers)
	case s.Calls < 1000 || s.Calls > 20_000_000:
		return fmt.Errorf("calls %d: want 1000 to 20000000", s.Calls)
	case s.Each/time.Duration(s.Slices) < 100*time.Millisecond || s.Each > time.Hour:
		return fmt.Errorf("%v in %d slices: want 100 ms a slice at least, an hour at most", s.Each, s.Slices)
	}
	return nil
}

// Goals of the HTTP API, set before the runs. Each is held against latencies of
// requests one at a time.
const (
	LookUpGoal   = 1.0  // ms, p50 of what a dialplan waits for
	RecordGoal   = 10.0 // ms, p99 of one record
	ListPageGoal = 50.0 // ms, p99 of the first page of a list
)

// APIReport is what API found.
type APIReport struct {
	Bench   string    `json:"bench"`
	Host    Host      `json:"host"`
	Seconds float64   `json:"seconds_each"`
	Slices  int       `json:"slices_each"`
	Workers int       `json:"workers"`
	Calls   int       `json:"calls"`
	Cases   []APICase `json:"cases"` // the first is the anchor of the others
}

// APICase is one address, and beside it the bare SQL of the same rows where there
// is one.
type APICase struct {
	What    string   `json:"what"`
	Path    string   `json:"path"`
	Bytes   int      `json:"answer_bytes"`
	API     APISide  `json:"api"`
	SQL     *APISide `json:"sql,omitempty"`
	ToEmpty Ratio    `json:"per_s_to_empty_answer"`
	ToSQL   *Ratio   `json:"per_s_to_sql,omitempty"`
	Others  Ratio    `json:"share_of_the_machine_used_by_others"`
	Goal    *APIGoal `json:"goal,omitempty"`

	query     string
	arguments []any
}

// APIGoal is what a case has to reach.
type APIGoal struct {
	Most       float64 `json:"most_ms"`
	Percentile int     `json:"percentile"`
	Reached    bool    `json:"reached"`
}

// APISide is how one of them answers: sums over its slices, medians of their
// latencies. CPU is of the node; who asks SQL alone is not counted.
type APISide struct {
	Done       int     `json:"done"`
	Failed     int     `json:"failed"`
	FirstError string  `json:"first_error,omitempty"`
	PerSecond  float64 `json:"per_s"`
	CPU        float64 `json:"cpu_us_each"`
	MariaDBCPU float64 `json:"mariadb_cpu_us_each"`
	P50        float64 `json:"p50_ms"`
	P99        float64 `json:"p99_ms"`
	AloneP50   float64 `json:"one_at_a_time_p50_ms"`
	AloneP99   float64 `json:"one_at_a_time_p99_ms"`

	slices []holdsSlice
}

// API measures requests a second and latencies of the HTTP API, each address in
// turns with an answer of the same server that takes no thought, and with the bare
// SQL of the same rows.
func API(ctx context.Context, o Options, spec APISpec) (APIReport, error) {
	report := APIReport{
		Bench: "api", Host: hostOf(o.Version, o.Tools), Seconds: spec.Each.Seconds(), Slices: spec.Slices, Workers: spec.Workers, Calls: spec.Calls,
		Cases: apiCases(spec.Calls),
	}
	if err := spec.validate(); err != nil {
		return report, err
	}
	err := o.within(ctx, "api", func(dir string, teardown *play.Teardown) error {
		_, n, err := preparedNode(ctx, o, dir, teardown)
		if err != nil {
			return err
		}
		o.say("%d calls in the records", spec.Calls)
		if err := n.manyCalls(ctx, spec.Calls); err != nil {
			return err
		}
		b := apiBench{options: o, spec: spec, node: n}
		if err := b.makeUsers(ctx); err != nil {
			return err
		}
		if err := n.serve(ctx, o, readyLimit, teardown); err != nil {
			return err
		}
		b.meter = meter{n.process.PID(), pidOf(n.mariadb), os.Getpid()}
		if err := b.open(ctx, teardown); err != nil {
			return err
		}
		return b.run(ctx, &report)
	})
	return report, err
}

// apiCases are what people and dialplans ask most, after the anchor: an answer of
// the same server that takes no thought. The call in the middle of the records is
// the one that is asked for.
func apiCases(calls int) []APICase {
	lookUp, record, list := &APIGoal{Most: LookUpGoal, Percentile: 50}, &APIGoal{Most: RecordGoal, Percentile: 99}, &APIGoal{Most: ListPageGoal, Percentile: 99}
	const newest = ` ORDER BY started_at DESC, call_id DESC LIMIT 51`
	cases := []APICase{
		{What: "empty answer", Path: "/healthz"},
		{What: "look-up of a number of ours", Path: "/lookup/number/74951815000", Goal: lookUp},
		{What: "look-up of another's category", Path: "/lookup/number/442079460000/category", Goal: lookUp},
		{What: "who am I", Path: "/api/v1/session", Goal: record},
		{What: "one provider", Path: "/api/v1/providers/8", Goal: record, query: `SELECT * FROM providers WHERE id = 8`},
		{What: "one call, its attempts and money", Path: "/api/v1/calls/" + callID(calls/2), Goal: record, query: `SELECT * FROM calls WHERE call_id = ?`, arguments: []any{callID(calls / 2)}},
		{What: "list of providers", Path: "/api/v1/providers?limit=50", Goal: list, query: `SELECT * FROM providers ORDER BY providername LIMIT 51`},
		{What: "list of numbers", Path: "/api/v1/numbers?limit=50", Goal: list, query: `SELECT * FROM numbers_pool ORDER BY number LIMIT 51`},
		{What: "list of accounts", Path: "/api/v1/accounts?limit=50", Goal: list, query: `SELECT * FROM accounts a LEFT JOIN balances b ON b.account_id = a.id ORDER BY a.name LIMIT 51`},
		{What: "newest calls", Path: "/api/v1/calls?limit=50", Goal: list, query: `SELECT * FROM calls` + newest},
		{What: "calls of a number", Path: "/api/v1/calls?limit=50&number=74950000777", Goal: list, query: `SELECT * FROM calls WHERE b_number = '74950000777'` + newest},
		{What: "calls of an account", Path: "/api/v1/calls?limit=50&account_id=1", Goal: list, query: `SELECT * FROM calls WHERE account_id = 1` + newest},
		{What: "calls of a provider", Path: "/api/v1/calls?limit=50&provider_id=8", Goal: list},
		{What: "failed calls of an account, none there", Path: "/api/v1/calls?limit=50&account_id=2&disposition=failed", Goal: list, query: `SELECT * FROM calls WHERE account_id = 2 AND disposition = 'failed'` + newest},
		{What: "newest attempts", Path: "/api/v1/attempts?limit=50", Goal: list, query: `SELECT * FROM attempts ORDER BY started_at DESC, call_id DESC, n DESC LIMIT 51`},
		{What: "newest postings", Path: "/api/v1/ledger?limit=50", Goal: list, query: `SELECT * FROM ledger ORDER BY at DESC, id DESC LIMIT 51`},
		{What: "search for a number", Path: "/api/v1/search?q=74950000777", Goal: list},
		{What: "overview", Path: "/api/v1/overview", Goal: list},
	}
	for i := range cases {
		if g := cases[i].Goal; g != nil {
			own := *g
			cases[i].Goal = &own
		}
		if cases[i].query != "" {
			cases[i].SQL, cases[i].ToSQL = &APISide{}, &Ratio{}
		}
	}
	return cases
}
