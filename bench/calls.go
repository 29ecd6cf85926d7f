package bench

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"github.com/rs/zerolog"

	"tandem/play"
	"tandem/play/sip"
)

// The goals of Calls.
const (
	SustainedGoal = 0.9                   // of the bare Dial's calls per second
	AddedGoal     = 10 * time.Millisecond // added post-dial delay, p99
	AddedAt       = 100.0                 // calls per second at which the delay counts
)

// CallsSpec bounds the bench Calls.
type CallsSpec struct {
	Each   time.Duration // measured time of each side at CPS
	CPS    float64       // offered calls per second
	Slices int           // turns of each side
	MaxCPS float64       // where the search for the highest sustained rate ends; 0: no search
}

func (s CallsSpec) validate() error {
	switch {
	case s.Slices < 1 || s.Slices > 100:
		return fmt.Errorf("slices %d: want 1 to 100", s.Slices)
	case s.CPS < 1 || s.CPS > 1000 || s.MaxCPS < 0 || s.MaxCPS > 1000:
		return fmt.Errorf("%g calls per second, at most %g: want 1 to 1000", s.CPS, s.MaxCPS)
	case s.Each/time.Duration(s.Slices) < time.Second || s.Each > time.Hour:
		return fmt.Errorf("%v in %d slices: want a second a slice at least, an hour at most", s.Each, s.Slices)
	}
	return nil
}

// hold is how long the two of a call talk: long enough to be a call, short
// enough that calls at once are not what is measured.
const hold = 100 * time.Millisecond

// setupLimit gives a call up that is not answered by then.
const setupLimit = 10 * time.Second

// CallsReport is what Calls found.
type CallsReport struct {
	Bench     string      `json:"bench"`
	Host      Host        `json:"host"`
	HoldMS    float64     `json:"hold_ms"`
	BareDial  string      `json:"bare_dial"` // what both sides dial in the end
	Rates     []RateFound `json:"rates"`
	Sustained Sustained   `json:"sustained"`
	Records   Records     `json:"records"`
	Note      string      `json:"note,omitempty"` // what the machine did not allow
}

// RateFound compares both sides at one offered rate.
type RateFound struct {
	CPS     float64  `json:"offered_cps"`
	Seconds float64  `json:"seconds_each"`
	Slices  int      `json:"slices_each"`
	Tandem  CallSide `json:"tandem"`
	Bare    CallSide `json:"bare_dial"`
	// Added post-dial delay: the difference of the two sides' quantiles, slice by
	// slice.
	AddedP50 Ratio `json:"added_pdd_p50_ms"`
	AddedP99 Ratio `json:"added_pdd_p99_ms"`
	// Calls per CPU second of Asterisk, and of all that serves a call: Asterisk,
	// Tandem and MariaDB. Tandem's over the bare Dial's.
	PerAsteriskCPU Ratio `json:"ratio_per_asterisk_cpu_second"`
	PerServingCPU  Ratio `json:"ratio_per_serving_cpu_second"`
	// The goal is set for AddedAt calls per second; nil at lower rates.
	Goal *Goal `json:"goal,omitempty"`
}

// Goal is what AddedP99 shall not exceed.
type Goal struct {
	AddedP99 float64 `json:"added_pdd_p99_ms"`
	Reached  bool    `json:"reached"`
}

// CallSide is one side's part: sums over its slices, medians of their quantiles.
type CallSide struct {
	Offered  int            `json:"offered"`
	Answered int            `json:"answered"`
	Failed   int            `json:"failed"` // skipped ones too
	Dropped  int            `json:"dropped"`
	LostBye  int            `json:"lost_bye"`
	ByStatus map[string]int `json:"by_status"`
	PDDP50   float64        `json:"pdd_p50_ms"`
	PDDP99   float64        `json:"pdd_p99_ms"`
	SetupP50 float64        `json:"setup_p50_ms"`
	SetupP99 float64        `json:"setup_p99_ms"`
	LateP99  float64        `json:"generator_late_p99_ms"`
	// CPU time for each call that was placed. Generator is the telephones and the
	// carriers, on the same cores.
	AsteriskCPU  float64 `json:"asterisk_cpu_ms_a_call"`
	TandemCPU    float64 `json:"tandem_cpu_ms_a_call"`
	MariaDBCPU   float64 `json:"mariadb_cpu_ms_a_call"`
	GeneratorCPU float64 `json:"generator_cpu_ms_a_call"`
	Others       Ratio   `json:"share_of_the_machine_used_by_others"`

	slices []callSlice
}

// callSlice is one load and what it cost.
type callSlice struct {
	load                                 sip.LoadResult
	asterisk, tandem, mariadb, generator time.Duration
	others                               float64 // share of the machine
}

func (s callSlice) perAsteriskCPU() float64 { return per(s.load.Answered, s.asterisk) }
func (s callSlice) perServingCPU() float64 {
	return per(s.load.Answered, s.asterisk+s.tandem+s.mariadb)
}

// Calls measures calls that Tandem routes through a real Asterisk against calls
// that the same Asterisk connects with a bare Dial.
func Calls(ctx context.Context, o Options, spec CallsSpec) (CallsReport, error) {
	report := CallsReport{Bench: "calls", Host: hostOf(o.Version, o.Tools), HoldMS: ms(hold)}
	report.Host.Asterisk = o.Tools.Asterisk.Version
	if err := spec.validate(); err != nil {
		return report, err
	}
	err := o.within(ctx, "calls", func(dir string, teardown *play.Teardown) error {
		stack, err := play.Up(ctx, play.Options{
			Dir: filepath.Join(dir, "stack"), Binary: o.Binary, Tools: o.Tools, Nodes: 1, Log: zerolog.Nop(),
			Settings: func(s *play.NodeSettings) { s.MinFailures = 1_000_000 }, // the first route fails by order
			Progress: func(text string) { o.say("%s", text) },
		})
		if err != nil {
			return err
		}
		teardown.Add("play stack", stack.Down)
		b := &callBench{options: o, spec: spec, stack: stack}
		if report.BareDial, err = b.addBare(ctx); err != nil {
			return err
		}
		if err := b.startPhones(ctx, teardown); err != nil {
			return err
		}
		return b.run(ctx, &report)
	})
	return report, err
}

// callBench is a play stack with a telephone for each side.
type callBench struct {
	options      Options
	spec         CallsSpec
	stack        *play.Stack
	tandem, bare caller
	meter        meter // Asterisk, Tandem, MariaDB, ourselves
}

// caller is one side: a telephone that Asterisk knows by its address.
type caller struct {
	name   string
	phone  *sip.Phone
	placed int // calls since the start
}

func (b *callBench) startPhones(ctx context.Context, teardown *play.Teardown) error {
	for _, c := range []struct {
		caller *caller
		name   string
		login  string
		addr   netip.Addr
	}{{&b.tandem, "tandem", callerLogin, b.callerAddr()}, {&b.bare, "bare Dial", bareLogin, b.bareAddr()}} {
		phone := sip.NewPhone(sip.PhoneConfig{Login: c.login, Server: b.stack.SIP(), Local: netip.AddrPortFrom(c.addr, 5060), Log: zerolog.Nop()})
		if err := phone.Start(ctx); err != nil {
			return err
		}
		teardown.Add("phone "+c.login, func(context.Context) error { return phone.Close() })
		*c.caller = caller{name: c.name, phone: phone}
	}
	for _, c := range b.stack.Carriers {
		c.SetOutcome(sip.AnswerAtOnce())
	}
	b.meter = meter{b.stack.Asterisk.Process().PID(), b.stack.Nodes[0].PID(), pidOf(b.stack.MariaDB), os.Getpid()}
	return nil
}

// run measures at the given rate, then finds the highest one, then measures the
// delay again at the rate of the goal or as near to it as both sides get.
func (b *callBench) run(ctx context.Context, report *CallsReport) error {
	for _, c := range []*caller{&b.tandem, &b.bare} {
		b.options.say("%s: warm-up", c.name)
		slice, err := b.slice(ctx, c, min(b.spec.CPS, 20), warmUp)
		if err != nil {
			return err
		}
		if slice.load.Answered == 0 {
			return fmt.Errorf("%s: none of %d calls was answered: %v", c.name, slice.load.Offered, slice.load.ByStatus)
		}
	}
	if err := b.rate(ctx, report, b.spec.CPS, b.spec.Each); err != nil {
		return err
	}
	if b.spec.MaxCPS > 0 {
		if err := b.sustained(ctx, &report.Sustained); err != nil {
			return err
		}
		// With a fifth in hand, so that it is a delay and not a queue.
		best := min(AddedAt, 5*math.Floor(0.8*min(report.Sustained.Tandem, report.Sustained.Bare)/5))
		if best < AddedAt {
			report.Note = fmt.Sprintf("%.0f calls/s with a fifth in hand was not found on both sides; the delay was measured at %.0f at most",
				AddedAt, max(best, b.spec.CPS))
		}
		if best > b.spec.CPS {
			if err := b.rate(ctx, report, best, max(b.spec.Each/2, time.Duration(b.spec.Slices)*time.Second)); err != nil {
				return err
			}
		}
	}
	return b.records(ctx, report)
}

// rate measures both sides in turns at one offered rate.
func (b *callBench) rate(ctx context.Context, report *CallsReport, cps float64, d time.Duration) error {
	r := RateFound{CPS: cps, Seconds: d.Seconds(), Slices: b.spec.Slices}
	for i := range b.spec.Slices {
		for _, s := range []struct {
			caller *caller
			side   *CallSide
		}{{&b.tandem, &r.Tandem}, {&b.bare, &r.Bare}} {
			slice, err := b.slice(ctx, s.caller, cps, d/time.Duration(b.spec.Slices))
			if err != nil {
				return err
			}
			s.side.slices = append(s.side.slices, slice)
			b.options.say("%2d/%d %-9s %3.0f calls/s: PDD p50 %.1f p99 %.1f ms, %d of %d failed, Asterisk %.2f ms of CPU a call, others use %.0f %% of the machine",
				i+1, b.spec.Slices, s.caller.name, cps, slice.load.PDD.P50, slice.load.PDD.P99, slice.load.Failed+slice.load.Skipped,
				slice.load.Offered, slice.each(slice.asterisk), 100*slice.others)
		}
	}
	r.Tandem.sum()
	r.Bare.sum()
	p50 := func(s callSlice) float64 { return s.load.PDD.P50 }
	p99 := func(s callSlice) float64 { return s.load.PDD.P99 }
	r.AddedP50 = differenceOf(values(r.Tandem.slices, p50), values(r.Bare.slices, p50))
	r.AddedP99 = differenceOf(values(r.Tandem.slices, p99), values(r.Bare.slices, p99))
	r.PerAsteriskCPU = ratioOf(values(r.Tandem.slices, callSlice.perAsteriskCPU), values(r.Bare.slices, callSlice.perAsteriskCPU))
	r.PerServingCPU = ratioOf(values(r.Tandem.slices, callSlice.perServingCPU), values(r.Bare.slices, callSlice.perServingCPU))
	if cps >= AddedAt {
		r.Goal = &Goal{AddedP99: ms(AddedGoal), Reached: r.AddedP99.Median <= ms(AddedGoal)}
	}
	report.Rates = append(report.Rates, r)
	return nil
}

// slice offers calls for a while and waits until all of them are over and the
// servers rest.
func (b *callBench) slice(ctx context.Context, c *caller, cps float64, d time.Duration) (callSlice, error) {
	watch, err := startWatch()
	if err != nil {
		return callSlice{}, err
	}
	before, err := b.meter.read()
	if err != nil {
		return callSlice{}, err
	}
	load, err := c.phone.Load(ctx, sip.LoadSpec{
		Call: sip.CallSpec{To: dialled}, CPS: cps, Duration: d, Hold: hold, SetupLimit: setupLimit,
	})
	if err = errors.Join(err, context.Cause(ctx)); err != nil {
		return callSlice{}, err
	}
	c.placed += load.Offered - load.Skipped
	for _, carrier := range b.stack.Carriers {
		idle, cancel := context.WithTimeout(ctx, idleLimit)
		err := carrier.WaitIdle(idle)
		cancel()
		if err != nil {
			return callSlice{}, err
		}
	}
	if err := b.meter[:3].idle(ctx); err != nil {
		return callSlice{}, err
	}
	used, err := b.meter.since(before)
	if err != nil {
		return callSlice{}, err
	}
	others, err := watch.others(used)
	return callSlice{load: load, asterisk: used[0], tandem: used[1], mariadb: used[2], generator: used[3], others: others}, err
}

// each is a time for each call that was placed, in milliseconds.
func (s callSlice) each(d time.Duration) float64 {
	placed := s.load.Offered - s.load.Skipped
	if placed == 0 {
		return 0
	}
	return ms(d) / float64(placed)
}

func (s *CallSide) sum() {
	s.ByStatus = map[string]int{}
	for _, v := range s.slices {
		s.Offered += v.load.Offered
		s.Answered += v.load.Answered
		s.Failed += v.load.Failed + v.load.Skipped
		s.Dropped += v.load.Dropped
		s.LostBye += v.load.LostBye
		for status, n := range v.load.ByStatus {
			s.ByStatus[status] += n
		}
	}
	for _, f := range []struct {
		into   *float64
		figure func(callSlice) float64
	}{
		{&s.PDDP50, func(v callSlice) float64 { return v.load.PDD.P50 }},
		{&s.PDDP99, func(v callSlice) float64 { return v.load.PDD.P99 }},
		{&s.SetupP50, func(v callSlice) float64 { return v.load.Setup.P50 }},
		{&s.SetupP99, func(v callSlice) float64 { return v.load.Setup.P99 }},
		{&s.LateP99, func(v callSlice) float64 { return v.load.Late.P99 }},
		{&s.AsteriskCPU, func(v callSlice) float64 { return v.each(v.asterisk) }},
		{&s.TandemCPU, func(v callSlice) float64 { return v.each(v.tandem) }},
		{&s.MariaDBCPU, func(v callSlice) float64 { return v.each(v.mariadb) }},
		{&s.GeneratorCPU, func(v callSlice) float64 { return v.each(v.generator) }},
	} {
		*f.into = median(values(s.slices, f.figure))
	}
	s.Others = rangeOf(values(s.slices, func(v callSlice) float64 { return v.others }))
}

// records holds what the database has against the calls that Tandem saw.
func (b *callBench) records(ctx context.Context, report *CallsReport) error {
	m, err := scrape(ctx, b.stack.Nodes[0].HTTP)
	if err != nil {
		return err
	}
	n, err := written(ctx, b.stack.MariaDB, `ended_at IS NOT NULL`)
	if err != nil {
		return err
	}
	report.Records = Records{
		Due: b.tandem.placed, Written: n,
		LostPlans: m.count("tandem_records_unqueued_total"),
		OnDisk:    m.count("tandem_spool_records"),
		Refused:   m.count("tandem_spool_refused_records"),
	}
	return nil
}
