package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"tandem/play"
)

// What is to be reached by setting money aside. Set before anything was measured.
const (
	HoldGoal      = 0.8 // of the holds a second that the bare CALL makes, with many at a time
	RouteHoldGoal = 0.7 // of the exchanges per CPU second of a handler that only makes the same commit
)

// HoldsSpec bounds the bench Holds.
type HoldsSpec struct {
	Each     time.Duration // measured time of each way in each case
	Slices   int           // turns of each way
	Accounts int           // that pay, where there are many
	Workers  int           // at a time, where there are many
	Route    time.Duration // measured time of each server that is asked for routes; 0: none is
}

func (s HoldsSpec) validate() error {
	switch {
	case s.Slices < 1 || s.Slices > 100:
		return fmt.Errorf("slices %d: want 1 to 100", s.Slices)
	case s.Accounts < 1 || s.Accounts > 10_000:
		return fmt.Errorf("accounts %d: want 1 to 10000", s.Accounts)
	case s.Workers < 1 || s.Workers > maxWorkers:
		return fmt.Errorf("workers %d: want 1 to %d", s.Workers, maxWorkers)
	case s.Each/time.Duration(s.Slices) < 100*time.Millisecond || s.Each > time.Hour:
		return fmt.Errorf("%v in %d slices: want 100 ms a slice at least, an hour at most", s.Each, s.Slices)
	case s.Route != 0 && s.Route/time.Duration(s.Slices) < time.Second || s.Route > time.Hour:
		// Shorter than a second the CPU clock's hundredths show in the figures.
		return fmt.Errorf("route %v in %d slices: want a second a slice at least, an hour at most", s.Route, s.Slices)
	}
	return nil
}

// maxWorkers are as many as the pools have connections.
const maxWorkers = 64

// HoldsReport is what Holds found.
type HoldsReport struct {
	Bench     string      `json:"bench"`
	Host      Host        `json:"host"`
	Slices    int         `json:"slices_each"`
	Terms     int         `json:"terms_bytes"` // of each hold, but for those of the route cases
	Cases     []HoldsCase `json:"cases"`
	Guarantee Guarantee   `json:"guarantee"`
	Route     RouteHold   `json:"route"`
	Goals     []GoalHeld  `json:"goals"`
}

// HoldsCase is one kind of work done in three ways, in turns.
type HoldsCase struct {
	What     string `json:"what"` // hold, extend, route
	Accounts int    `json:"accounts"`
	Workers  int    `json:"workers"`
	// Tandem is package db, and for the route the node. Call is the CALL of the
	// same procedure through the bare driver, Statements the same INSERT and UPDATE
	// in one transaction; for the route each in a server that does nothing else.
	Tandem     HoldsSide `json:"tandem"`
	Call       HoldsSide `json:"bare_call"`
	Statements HoldsSide `json:"bare_statements"`
	// Tandem against each of the two.
	ToCall       HoldsRatio `json:"ratio_to_bare_call"`
	ToStatements HoldsRatio `json:"ratio_to_bare_statements"`
}

// HoldsSide is one way: sums over its slices, medians of their latencies.
type HoldsSide struct {
	Done       int     `json:"done"`
	Failed     int     `json:"failed"`
	FirstError string  `json:"first_error,omitempty"`
	PerSecond  float64 `json:"per_s"`
	CPU        float64 `json:"cpu_us_each"` // of the process that asks MariaDB: ours, the node, the handler
	MariaDBCPU float64 `json:"mariadb_cpu_us_each"`
	P50        float64 `json:"p50_ms"`
	P99        float64 `json:"p99_ms"`
	AloneP50   float64 `json:"one_at_a_time_p50_ms,omitempty"` // route only
	Others     Ratio   `json:"share_of_the_machine_used_by_others"`

	slices []holdsSlice
}

// HoldsRatio is ours to an anchor, slice by slice.
type HoldsRatio struct {
	Rate   Ratio `json:"per_s"`
	CPU    Ratio `json:"per_cpu_s"`              // of the process that asks MariaDB
	AllCPU Ratio `json:"per_cpu_s_with_mariadb"` // of both
}

// holdsSlice is one turn of one way.
type holdsSlice struct {
	done, failed int
	firstErr     error
	elapsed      time.Duration
	cpu, mariadb time.Duration
	others       float64
	p50, p99     time.Duration
}

func (s holdsSlice) perSecond() float64       { return per(s.done, s.elapsed) }
func (s holdsSlice) perCPUSecond() float64    { return per(s.done, s.cpu) }
func (s holdsSlice) perAllCPUSecond() float64 { return per(s.done, s.cpu+s.mariadb) }

// Holds measures how fast money is set aside, durably, against the same
// statements without our code; and a node that does so for every call against a
// server that does nothing else.
func Holds(ctx context.Context, o Options, spec HoldsSpec) (HoldsReport, error) {
	report := HoldsReport{Bench: "holds", Host: hostOf(o.Version, o.Tools), Slices: spec.Slices}
	if err := spec.validate(); err != nil {
		return report, err
	}
	err := o.within(ctx, "holds", func(dir string, teardown *play.Teardown) error {
		loopback, n, err := preparedNode(ctx, o, dir, teardown)
		if err != nil {
			return err
		}
		b := holdsBench{options: o, spec: spec, node: n}
		if b.books, err = openBooks(ctx, n.mariadb, spec.Accounts, teardown); err != nil {
			return err
		}
		b.meter = meter{os.Getpid(), pidOf(n.mariadb)}
		if err := b.run(ctx, &report); err != nil {
			return err
		}
		if spec.Route == 0 {
			return nil
		}
		r := routeHoldBench{holdsBench: &b, loopback: loopback}
		return r.run(ctx, &report, teardown)
	})
	report.judge()
	return report, err
}

type holdsBench struct {
	options Options
	spec    HoldsSpec
	node    *node
	books   *books
	meter   meter // ourselves, MariaDB
}

func (b *holdsBench) run(ctx context.Context, report *HoldsReport) error {
	report.Terms = len(b.books.bare.Terms)
	for _, c := range []HoldsCase{
		{What: "hold", Accounts: b.spec.Accounts, Workers: 1},
		{What: "hold", Accounts: b.spec.Accounts, Workers: b.spec.Workers},
		{What: "hold", Accounts: 1, Workers: 1},
		{What: "hold", Accounts: 1, Workers: b.spec.Workers},
		{What: "extend", Accounts: b.spec.Accounts, Workers: b.spec.Workers},
		{What: "extend", Accounts: 1, Workers: b.spec.Workers},
	} {
		if err := b.measure(ctx, &c); err != nil {
			return fmt.Errorf("%s, %d accounts, %d workers: %w", c.What, c.Accounts, c.Workers, err)
		}
		c.sum()
		report.Cases = append(report.Cases, c)
		b.options.say("%-6s %4d accounts, %2d workers: %6.0f/s, bare CALL %6.0f/s, ratio %s; bare statements %6.0f/s, ratio %s",
			c.What, c.Accounts, c.Workers, c.Tandem.PerSecond, c.Call.PerSecond, c.ToCall.Rate, c.Statements.PerSecond, c.ToStatements.Rate)
	}
	b.options.say("%d workers ask for more than the account has", b.spec.Workers)
	var err error
	report.Guarantee, err = b.books.race(ctx, b.spec.Workers)
	return err
}

// measure does the work of a case in its three ways, in turns. All of them write
// into the same tables, which begin empty.
func (b *holdsBench) measure(ctx context.Context, c *HoldsCase) error {
	if err := b.books.clear(ctx); err != nil {
		return err
	}
	work, err := b.books.work(ctx, c.What, c.Accounts, c.Workers)
	if err != nil {
		return err
	}
	made := 0
	sides := [3]*HoldsSide{&c.Tandem, &c.Call, &c.Statements}
	for _, one := range work { // connections are made, pages are read
		made += loop(ctx, c.Workers, warmHolds, one).done
	}
	for i := range b.spec.Slices {
		for k := range sides {
			k = (i + k) % len(sides) // nobody is always first
			slice, err := b.slice(ctx, c.Workers, work[k])
			if err != nil {
				return err
			}
			sides[k].slices = append(sides[k].slices, slice)
			made += slice.done
		}
	}
	if c.What == "extend" {
		made = extended
	}
	return b.books.add(ctx, made)
}

const warmHolds = 100 * time.Millisecond

func (b *holdsBench) slice(ctx context.Context, workers int, work work) (holdsSlice, error) {
	watch, err := startWatch()
	if err != nil {
		return holdsSlice{}, err
	}
	before, err := b.meter.read()
	if err != nil {
		return holdsSlice{}, err
	}
	s := loop(ctx, workers, b.spec.Each/time.Duration(b.spec.Slices), work)
	if err := errors.Join(s.firstErr, context.Cause(ctx)); err != nil {
		return holdsSlice{}, err
	}
	used, err := b.meter.since(before)
	if err != nil {
		return holdsSlice{}, err
	}
	s.cpu, s.mariadb = used[0], used[1]
	s.others, err = watch.others(used)
	return s, err
}

func (c *HoldsCase) sum() {
	for _, side := range []*HoldsSide{&c.Tandem, &c.Call, &c.Statements} {
		side.sum()
	}
	c.ToCall, c.ToStatements = against(&c.Tandem, &c.Call), against(&c.Tandem, &c.Statements)
}

func (s *HoldsSide) sum() {
	var elapsed, cpu, mariadb time.Duration
	for _, v := range s.slices {
		s.Done += v.done
		s.Failed += v.failed
		elapsed += v.elapsed
		cpu += v.cpu
		mariadb += v.mariadb
		if s.FirstError == "" && v.firstErr != nil {
			s.FirstError = v.firstErr.Error()
		}
	}
	s.PerSecond = per(s.Done, elapsed)
	s.CPU, s.MariaDBCPU = each(cpu, s.Done), each(mariadb, s.Done)
	s.P50 = median(values(s.slices, func(v holdsSlice) float64 { return ms(v.p50) }))
	s.P99 = median(values(s.slices, func(v holdsSlice) float64 { return ms(v.p99) }))
	s.Others = rangeOf(values(s.slices, func(v holdsSlice) float64 { return v.others }))
}

// each is the microseconds of one of n.
func each(d time.Duration, n int) float64 { return us(d) / float64(max(n, 1)) }

func against(ours, anchor *HoldsSide) HoldsRatio {
	ratio := func(figure func(holdsSlice) float64) Ratio {
		return ratioOf(values(ours.slices, figure), values(anchor.slices, figure))
	}
	return HoldsRatio{ratio(holdsSlice.perSecond), ratio(holdsSlice.perCPUSecond), ratio(holdsSlice.perAllCPUSecond)}
}

// judge holds the figures against what was to be reached.
func (r *HoldsReport) judge() {
	for _, c := range r.Cases {
		accounts := "one account"
		if c.Accounts > 1 {
			accounts = fmt.Sprintf("%d accounts", c.Accounts)
		}
		switch {
		case c.What == "route":
			r.Goals = append(
				r.Goals,
				atLeast("route with a hold, per CPU second, to a handler with the same INSERT and UPDATE", RouteHoldGoal, c.ToStatements.CPU.Median),
				atLeast("route with a hold, per CPU second, to a handler with the same CALL", RouteHoldGoal, c.ToCall.CPU.Median),
			)
		case c.What == "hold" && c.Workers > 1:
			r.Goals = append(r.Goals, atLeast("holds a second, "+accounts+", to the bare CALL", HoldGoal, c.ToCall.Rate.Median))
		}
	}
	r.Goals = append(r.Goals, atMost("set aside beyond the balance, in 1e-6", 0, float64(r.Guarantee.Beyond)))
}
