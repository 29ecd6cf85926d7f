package bench

import (
	"context"
	"fmt"
	"os"
	"time"

	"tandem/bench/azdeck"
	"tandem/internal/e164"
	"tandem/play"
)

// What a decision may take, in microseconds of CPU, and what its rates may take
// in memory. Set before anything was measured.
const (
	DecideGoalFew  = 2.0 // up to fewProviders
	DecideGoalMany = 5.0 // up to manyProviders
	SnapshotGoalMB = 250.0

	fewProviders  = 5
	manyProviders = 50
)

// DecideSpec bounds the bench Decide.
type DecideSpec struct {
	Rates     int
	Providers int
	Each      time.Duration // measured time of each side
	Slices    int           // turns of each side
}

func (s DecideSpec) validate() error {
	switch {
	case s.Slices < 1 || s.Slices > 100:
		return fmt.Errorf("slices %d: want 1 to 100", s.Slices)
	case s.Each/time.Duration(s.Slices) < time.Second || s.Each > time.Hour:
		return fmt.Errorf("%v in %d slices: want a second a slice at least, an hour at most", s.Each, s.Slices)
	}
	return nil
}

// goal is 0 where none was set.
func (s DecideSpec) goal() float64 {
	switch {
	case s.Providers <= fewProviders:
		return DecideGoalFew
	case s.Providers <= manyProviders:
		return DecideGoalMany
	}
	return 0
}

// DecideReport is what Decide found.
type DecideReport struct {
	Bench     string      `json:"bench"`
	Host      Host        `json:"host"`
	Rates     int         `json:"rates"`
	Providers int         `json:"providers"`
	Prefixes  int         `json:"prefixes"` // different ones, of all decks together
	Seconds   float64     `json:"seconds_each"`
	Slices    int         `json:"slices_each"`
	Snapshot  SnapshotMem `json:"snapshot"`
	Tandem    DecideSide  `json:"tandem"`
	SQL       DecideSide  `json:"sql"`
	Table     SQLTable    `json:"sql_table"`
	Check     SQLCheck    `json:"check"`
	Ratio     Ratio       `json:"ratio_per_cpu_second"`
	Goals     []GoalHeld  `json:"goals"`
}

// SnapshotMem is what it takes to have the rates ready for calls.
type SnapshotMem struct {
	AddSeconds   float64 `json:"add_s"`   // rows in memory to the builder: check, pack
	IndexSeconds float64 `json:"index_s"` // sort, trie, snapshot
	Bytes        int     `json:"bytes"`   // rates and their index
	BytesPerRate float64 `json:"bytes_per_rate"`
	RSSBefore    float64 `json:"rss_before_mb"`
	RSSAfter     float64 `json:"rss_after_mb"`
	RSSPeak      float64 `json:"rss_peak_mb"` // while it was built
	RSSPerRate   float64 `json:"rss_bytes_per_rate"`
}

// DecideSide is one side's part. CPU time is the server's: our own for Tandem,
// that of mariadbd for SQL, whose client costs nothing here.
type DecideSide struct {
	Decisions    int     `json:"decisions"`
	CPUSeconds   float64 `json:"cpu_s"`
	PerCPUSecond float64 `json:"decisions_per_cpu_s"`
	Mean         float64 `json:"mean_cpu_us"`
	// Each by the wall clock, Tandem's in a pass of its own; reading the clock
	// twice is part of it.
	P50    float64 `json:"p50_us"`
	P99    float64 `json:"p99_us"`
	Allocs float64 `json:"allocs"` // of Tandem's
	Routes float64 `json:"routes"` // in an answer, on average
	Others Ratio   `json:"share_of_the_machine_used_by_others"`

	slices []decideSlice
}

type decideSlice struct {
	decisions int
	routes    int
	cpu       time.Duration
	others    float64
	took      []time.Duration // SQL only
}

func (s decideSlice) perCPUSecond() float64 { return per(s.decisions, s.cpu) }

// Decide measures decisions over decks of a given size, in process, against an
// indexed SQL query over the same rates.
func Decide(ctx context.Context, o Options, spec DecideSpec) (DecideReport, error) {
	report := DecideReport{
		Bench: "decide", Host: hostOf(o.Version, o.Tools), Rates: spec.Rates, Providers: spec.Providers,
		Seconds: spec.Each.Seconds(), Slices: spec.Slices,
	}
	if err := spec.validate(); err != nil {
		return report, err
	}
	o.say("decks: %d rates of %d providers", spec.Rates, spec.Providers)
	set, err := azdeck.New(spec.Rates, spec.Providers, time.Now())
	if err != nil {
		return report, err
	}
	report.Prefixes = set.Prefixes()
	b := decideBench{options: o, spec: spec, set: set, numbers: numbersFor(set)}
	o.say("snapshot")
	if b.engine, report.Snapshot, err = newEngine(set); err != nil {
		return report, err
	}
	err = o.within(ctx, "decide", func(dir string, teardown *play.Teardown) error {
		o.say("the same rates in a private MariaDB")
		if b.sql, report.Table, err = startSQLAnchor(ctx, o, dir, set, teardown); err != nil {
			return err
		}
		o.say("do both give the same routes?")
		if report.Check, err = b.check(ctx); err != nil {
			return err
		}
		return b.run(ctx, &report)
	})
	return report, err
}

// numbersFor are so many numbers that the prefixes of large decks do not stay in
// the CPU's caches from one time that a number is asked to the next.
func numbersFor(set *azdeck.Set) []e164.Number {
	rates := 0
	for provider := range set.Providers() {
		rates += set.Size(provider)
	}
	return set.Numbers(min(max(4*rates, 1<<12), 1<<19))
}

type decideBench struct {
	options Options
	spec    DecideSpec
	set     *azdeck.Set
	numbers []e164.Number
	engine  *engine
	sql     *sqlAnchor
}

func (b *decideBench) run(ctx context.Context, report *DecideReport) error {
	b.options.say("tandem: each decision timed by itself")
	alone := timeEach("routing.Plan", len(b.numbers), b.engine.decider(b.numbers))
	report.Tandem.P50, report.Tandem.P99, report.Tandem.Allocs = alone.P50, alone.P99, wholeAllocs(alone.Allocs)
	sides := []struct {
		name  string
		side  *DecideSide
		slice func(context.Context, time.Duration) (decideSlice, error)
	}{{"tandem", &report.Tandem, b.tandemSlice}, {"SQL", &report.SQL, b.sqlSlice}}
	for _, s := range sides {
		if _, err := s.slice(ctx, time.Second); err != nil { // caches, buffer pool
			return err
		}
	}
	for i := range b.spec.Slices {
		for _, s := range sides {
			slice, err := s.slice(ctx, b.spec.Each/time.Duration(b.spec.Slices))
			if err != nil {
				return err
			}
			s.side.slices = append(s.side.slices, slice)
			b.options.say("%2d/%d %-6s %8.0f a CPU second, others use %.0f %% of the machine",
				i+1, b.spec.Slices, s.name, slice.perCPUSecond(), 100*slice.others)
		}
	}
	for _, s := range sides {
		s.side.sum()
	}
	report.Ratio = ratioOf(values(report.Tandem.slices, decideSlice.perCPUSecond), values(report.SQL.slices, decideSlice.perCPUSecond))
	if limit := b.spec.goal(); limit > 0 {
		report.Goals = append(report.Goals, atMost("CPU a decision, us", limit, report.Tandem.Mean))
	}
	report.Goals = append(report.Goals,
		atMost("allocations a decision", 0, report.Tandem.Allocs),
		atMost("rates in memory, MB", SnapshotGoalMB, mb(int64(report.Snapshot.Bytes))))
	return context.Cause(ctx)
}

// wholeAllocs leaves out what the runtime allocates for itself meanwhile, far
// less than one in a thousand decisions.
func wholeAllocs(each float64) float64 {
	if each < 0.001 {
		return 0
	}
	return each
}

func (b *decideBench) tandemSlice(ctx context.Context, d time.Duration) (decideSlice, error) {
	return measured(meter{os.Getpid()}, func() (s decideSlice, err error) {
		for end := time.Now().Add(d); time.Now().Before(end) && ctx.Err() == nil; {
			const bite = 1024 // between looks at the clock
			for range bite {
				s.routes += b.engine.decide(b.numbers[b.engine.next%len(b.numbers)])
				b.engine.next++
			}
			s.decisions += bite
		}
		return s, context.Cause(ctx)
	})
}

func (b *decideBench) sqlSlice(ctx context.Context, d time.Duration) (decideSlice, error) {
	return measured(meter{b.sql.pid, os.Getpid()}, func() (s decideSlice, err error) {
		began := time.Now()
		for end := began.Add(d); began.Before(end); {
			routes, err := b.sql.decide(ctx, b.numbers[b.sql.next%len(b.numbers)])
			if err != nil {
				return s, err
			}
			b.sql.next++
			s.decisions++
			s.routes += len(routes)
			now := time.Now()
			s.took = append(s.took, now.Sub(began))
			began = now
		}
		return s, nil
	})
}

// measured adds what the first process of the meter has used meanwhile.
func measured(m meter, work func() (decideSlice, error)) (decideSlice, error) {
	watch, err := startWatch()
	if err != nil {
		return decideSlice{}, err
	}
	before, err := m.read()
	if err != nil {
		return decideSlice{}, err
	}
	s, err := work()
	if err != nil {
		return s, err
	}
	used, err := m.since(before)
	if err != nil {
		return s, err
	}
	s.cpu = used[0]
	s.others, err = watch.others(used)
	return s, err
}

func (s *DecideSide) sum() {
	var cpu time.Duration
	var took []time.Duration
	routes := 0
	for _, v := range s.slices {
		s.Decisions += v.decisions
		routes += v.routes
		cpu += v.cpu
		took = append(took, v.took...)
	}
	s.CPUSeconds = cpu.Seconds()
	s.PerCPUSecond = per(s.Decisions, cpu)
	s.Mean = us(cpu) / float64(max(s.Decisions, 1))
	s.Routes = float64(routes) / float64(max(s.Decisions, 1))
	s.Others = rangeOf(values(s.slices, func(v decideSlice) float64 { return v.others }))
	if len(took) > 0 {
		s.P50, s.P99 = us(percentile(took, 50)), us(percentile(took, 99))
	}
}
