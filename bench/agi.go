package bench

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"time"

	"tandem/agi"
	"tandem/agi/agitest"
	"tandem/play"
)

// AGIGoal is the least share of the raw echo's exchanges per CPU second that
// Tandem's route shall reach.
const AGIGoal = 0.7

// AGISpec bounds the bench AGI.
type AGISpec struct {
	Each        time.Duration // measured time of each side
	Slices      int           // turns of each side
	Concurrency int           // exchanges at once
}

func (s AGISpec) validate() error {
	switch {
	case s.Slices < 1 || s.Slices > 100:
		return fmt.Errorf("slices %d: want 1 to 100", s.Slices)
	case s.Concurrency < 1 || s.Concurrency > 512:
		return fmt.Errorf("concurrency %d: want 1 to 512", s.Concurrency)
	case s.Each/time.Duration(s.Slices) < time.Second || s.Each > time.Hour:
		// Shorter than a second the CPU clock's hundredths show in the figures.
		return fmt.Errorf("%v in %d slices: want a second a slice at least, an hour at most", s.Each, s.Slices)
	}
	return nil
}

// AGIReport is what AGI found.
type AGIReport struct {
	Bench       string     `json:"bench"`
	Host        Host       `json:"host"`
	Seconds     float64    `json:"seconds_each"`
	Slices      int        `json:"slices_each"`
	Concurrency int        `json:"concurrency"`
	Exchange    Exchange   `json:"exchange"`
	Tandem      AGISide    `json:"tandem"`
	Echo        AGISide    `json:"raw_echo"`
	Ratio       Ratio      `json:"ratio_per_cpu_second"`
	Goal        float64    `json:"goal"`
	Reached     bool       `json:"goal_reached"`
	Records     Records    `json:"records"`
	Decisions   []Decision `json:"decisions"`
}

// Exchange is what one exchange consists of, the same for both sides.
type Exchange struct {
	EnvironmentWrites int `json:"environment_writes"`
	EnvironmentBytes  int `json:"environment_bytes"`
	Commands          int `json:"commands"`
	CommandBytes      int `json:"command_bytes"`
	Routes            int `json:"routes_in_the_answer"`
}

// AGISide is one server's part: sums over its slices, medians of their
// latencies.
type AGISide struct {
	Exchanges    int     `json:"exchanges"`
	Failed       int     `json:"failed"`
	FirstError   string  `json:"first_error,omitempty"`
	CPUSeconds   float64 `json:"server_cpu_s"`
	PerCPUSecond float64 `json:"exchanges_per_server_cpu_s"`
	PerSecond    float64 `json:"exchanges_per_s"`
	P50          float64 `json:"p50_ms"`
	P99          float64 `json:"p99_ms"`
	// One exchange at a time, from before the connect to the close.
	AloneP50 float64 `json:"one_at_a_time_p50_ms"`
	AloneP99 float64 `json:"one_at_a_time_p99_ms"`
	Others   Ratio   `json:"share_of_the_machine_used_by_others"`

	slices []agiSlice
}

// Records says what became of the records that the exchanges left behind: the
// figure is honest only if they were all written.
type Records struct {
	Due            int     `json:"due"`        // good exchanges, or calls placed through Tandem, in the whole run
	Written        int     `json:"written"`    // rows of calls: with reasons (agi, swap), ended (calls)
	LostPlans      int     `json:"lost_plans"` // tandem_records_unqueued_total
	OnDisk         int     `json:"waiting_in_the_spool"`
	Refused        int     `json:"refused"`
	MariaDBCPUEach float64 `json:"mariadb_cpu_us_each"`
}

type agiSlice struct {
	load    agitest.LoadResult
	cpu     time.Duration // of the server
	mariadb time.Duration
	others  float64 // share of the machine
}

func (s agiSlice) perCPUSecond() float64 { return per(s.load.Exchanges, s.cpu) }

// The question: who asks is known to Tandem by name and address, the dialled
// number has five routes in the demo data.
const (
	server   = "asterisk-macomnet"
	endpoint = "moscow-101"
	script   = "route"
)

// question is the arguments of the n-th exchange, each about another number.
func question(n uint64) []string {
	return []string{server, endpoint, "127.0.0.1:5060", "8495777" + strconv.FormatUint(1000+n%9000, 10), "", "0"}
}

// AGI measures Tandem's answer to the dialplan's first question against a raw
// echo server that gives the same answer without thinking.
func AGI(ctx context.Context, o Options, spec AGISpec) (AGIReport, error) {
	report := AGIReport{
		Bench: "agi", Host: hostOf(o.Version, o.Tools), Seconds: spec.Each.Seconds(), Slices: spec.Slices,
		Concurrency: spec.Concurrency, Goal: AGIGoal,
	}
	if err := spec.validate(); err != nil {
		return report, err
	}
	err := o.within(ctx, "agi", func(dir string, teardown *play.Teardown) error {
		loopback, err := play.NewLoopback(ctx)
		if err != nil {
			return err
		}
		teardown.Add("loopback range", func(context.Context) error { return loopback.Close() })
		n, err := startNode(ctx, o, dir, loopback.Addr(2), teardown)
		if err != nil {
			return err
		}
		commands, err := report.Exchange.ask(ctx, n.agi, question(0))
		if err != nil {
			return err
		}
		o.say("raw echo of the same answer")
		addr := netip.AddrPortFrom(loopback.Addr(3), n.agi.Port())
		echo, err := startEcho(ctx, o, dir, addr, commands, teardown)
		if err != nil {
			return err
		}
		b := agiBench{
			options: o, spec: spec, node: n,
			tandem: agiServer{name: "tandem", addr: n.agi, meter: meter{n.process.PID(), pidOf(n.mariadb), os.Getpid()}},
			echo:   agiServer{name: "raw echo", addr: addr, meter: meter{echo.PID(), 0, os.Getpid()}},
		}
		return b.run(ctx, &report)
	})
	return report, err
}

// ask plays one exchange as Asterisk would, to see that it is answered and what
// the answer is.
func (x *Exchange) ask(ctx context.Context, addr netip.AddrPort, args []string) ([]string, error) {
	a := agitest.Asterisk{Channel: agitest.Channel{UniqueID: server + "-1700000000.0"}}
	out, err := a.AGI(ctx, addr.String(), script, args...)
	if err != nil {
		return nil, err
	}
	if a.Vars[agi.Sentinel] != "1" || a.Vars["T_ACTION"] != "dial" {
		return nil, fmt.Errorf("the node did not answer the question with routes: %q", out.Commands)
	}
	env := a.Channel.Environment(addr.String(), script, args...)
	x.EnvironmentWrites, x.Commands = len(env), len(out.Commands)
	for _, line := range env {
		x.EnvironmentBytes += len(line)
	}
	for _, command := range out.Commands {
		x.CommandBytes += len(command) + len("\n")
	}
	x.Routes, err = strconv.Atoi(a.Vars["T_N"])
	return out.Commands, err
}

// agiServer is one of the two that are measured.
type agiServer struct {
	name  string
	addr  netip.AddrPort
	meter meter // the server, MariaDB, ourselves
	good  int   // exchanges since the start
}

type agiBench struct {
	options      Options
	spec         AGISpec
	node         *node
	tandem, echo agiServer
}

const (
	warmUp = 2 * time.Second
	alone  = 2 * time.Second
)

func (b *agiBench) run(ctx context.Context, report *AGIReport) error {
	sides := []struct {
		server *agiServer
		side   *AGISide
	}{{&b.tandem, &report.Tandem}, {&b.echo, &report.Echo}}
	for _, s := range sides {
		b.options.say("%s: warm-up, then one exchange at a time", s.server.name)
		if _, err := s.server.slice(ctx, question, b.spec.Concurrency, warmUp); err != nil {
			return err
		}
		slow, err := s.server.slice(ctx, question, 1, alone)
		if err != nil {
			return err
		}
		s.side.AloneP50, s.side.AloneP99 = ms(slow.load.P50), ms(slow.load.P99)
	}
	for i := range b.spec.Slices {
		for _, s := range sides {
			slice, err := s.server.slice(ctx, question, b.spec.Concurrency, b.spec.Each/time.Duration(b.spec.Slices))
			if err != nil {
				return err
			}
			s.side.slices = append(s.side.slices, slice)
			b.options.say("%2d/%d %-8s %7.0f a CPU second, %6.0f/s, p99 %.2f ms, %d failed, others use %.0f %% of the machine",
				i+1, b.spec.Slices, s.server.name, slice.perCPUSecond(), slice.load.Rate(), ms(slice.load.P99), slice.load.Failed, 100*slice.others)
		}
	}
	for _, s := range sides {
		s.side.sum()
	}
	report.Ratio = ratioOf(values(report.Tandem.slices, agiSlice.perCPUSecond), values(report.Echo.slices, agiSlice.perCPUSecond))
	report.Reached = report.Ratio.Median >= report.Goal
	if err := b.records(ctx, report); err != nil {
		return err
	}
	b.options.say("decisions in process")
	var err error
	report.Decisions, err = decisions()
	return err
}

// slice loads a server for a while and waits until it has done what that left it
// with.
func (s *agiServer) slice(ctx context.Context, args func(n uint64) []string, concurrency int, d time.Duration) (agiSlice, error) {
	watch, err := startWatch()
	if err != nil {
		return agiSlice{}, err
	}
	before, err := s.meter.read()
	if err != nil {
		return agiSlice{}, err
	}
	load, err := agitest.Load(ctx, s.addr.String(), agitest.LoadSpec{
		Concurrency: concurrency, Duration: d, Script: script, System: server, Args: args, Sentinel: agi.Sentinel,
	})
	if err := errors.Join(err, context.Cause(ctx)); err != nil {
		return agiSlice{}, err
	}
	if load.Exchanges == 0 {
		return agiSlice{}, errors.Join(fmt.Errorf("%s answered none of %d exchanges", s.name, load.Failed), load.FirstError)
	}
	s.good += load.Exchanges
	v := agiSlice{load: load}
	if err := s.meter[:2].idle(ctx); err != nil {
		return v, err
	}
	used, err := s.meter.since(before)
	if err != nil {
		return v, err
	}
	v.cpu, v.mariadb = used[0], used[1]
	v.others, err = watch.others(used)
	return v, err
}

func (s *AGISide) sum() {
	var cpu, elapsed time.Duration
	for _, v := range s.slices {
		s.Exchanges += v.load.Exchanges
		s.Failed += v.load.Failed
		cpu += v.cpu
		elapsed += v.load.Elapsed
		if s.FirstError == "" && v.load.FirstError != nil {
			s.FirstError = v.load.FirstError.Error()
		}
	}
	s.CPUSeconds = cpu.Seconds()
	s.PerCPUSecond = per(s.Exchanges, cpu)
	s.PerSecond = per(s.Exchanges, elapsed)
	s.P50 = median(values(s.slices, func(v agiSlice) float64 { return ms(v.load.P50) }))
	s.P99 = median(values(s.slices, func(v agiSlice) float64 { return ms(v.load.P99) }))
	s.Others = rangeOf(values(s.slices, func(v agiSlice) float64 { return v.others }))
}

// records holds what the database has against what it should have.
func (b *agiBench) records(ctx context.Context, report *AGIReport) error {
	m, err := scrape(ctx, b.node.http)
	if err != nil {
		return err
	}
	n, err := written(ctx, b.node.mariadb, `reasons IS NOT NULL`)
	if err != nil {
		return err
	}
	var mariadb time.Duration
	for _, v := range report.Tandem.slices {
		mariadb += v.mariadb
	}
	report.Records = Records{
		Due: b.tandem.good + 1, Written: n, // and the first question
		LostPlans: m.count("tandem_records_unqueued_total"),
		OnDisk:    m.count("tandem_spool_records"),
		Refused:   m.count("tandem_spool_refused_records"),
	}
	if report.Tandem.Exchanges > 0 {
		report.Records.MariaDBCPUEach = float64(mariadb.Microseconds()) / float64(report.Tandem.Exchanges)
	}
	return nil
}

// per is a count for each second of a time.
func per(n int, d time.Duration) float64 {
	if d <= 0 {
		return 0
	}
	return float64(n) / d.Seconds()
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
