package bench

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// Print writes the report for people: anchor, figure, ratio.
func (r AGIReport) Print(out io.Writer) error {
	r.Host.print(out)
	fmt.Fprintf(out, "FastAGI route: %d writes (%d bytes) of environment, %d commands (%d bytes) with %d routes; %d at once, %d slices of %.0f s each in turns\n\n",
		r.Exchange.EnvironmentWrites, r.Exchange.EnvironmentBytes, r.Exchange.Commands, r.Exchange.CommandBytes, r.Exchange.Routes,
		r.Concurrency, r.Slices, r.Seconds/float64(r.Slices))
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "\traw echo (anchor)\ttandem\tratio")
	fmt.Fprintf(w, "exchanges per server-CPU-second\t%.0f\t%.0f\t%s, goal %.2f: %s\n",
		r.Echo.PerCPUSecond, r.Tandem.PerCPUSecond, r.Ratio, r.Goal, verdict(r.Reached))
	fmt.Fprintf(w, "exchanges per second, wall clock\t%.0f\t%.0f\n", r.Echo.PerSecond, r.Tandem.PerSecond)
	fmt.Fprintf(w, "latency p50 / p99, ms\t%.2f / %.2f\t%.2f / %.2f\n", r.Echo.P50, r.Echo.P99, r.Tandem.P50, r.Tandem.P99)
	fmt.Fprintf(w, "one at a time p50 / p99, ms\t%.2f / %.2f\t%.2f / %.2f\n", r.Echo.AloneP50, r.Echo.AloneP99, r.Tandem.AloneP50, r.Tandem.AloneP99)
	fmt.Fprintf(w, "failed\t%d\t%d\n", r.Echo.Failed, r.Tandem.Failed)
	fmt.Fprintf(w, "share of the machine used by others\t%s\t%s\n", r.Echo.Others, r.Tandem.Others)
	if err := w.Flush(); err != nil {
		return err
	}
	for _, text := range []string{r.Echo.FirstError, r.Tandem.FirstError} {
		if text != "" {
			fmt.Fprintln(out, "first error:", text)
		}
	}
	fmt.Fprintf(out, "\nrecords: %d due, %d written, %d plans lost to a full queue, %d on disk, %d refused; MariaDB used %.0f us of CPU for each\n",
		r.Records.Due, r.Records.Written, r.Records.LostPlans, r.Records.OnDisk, r.Records.Refused, r.Records.MariaDBCPUEach)
	fmt.Fprintln(w, "\ndecision, in process\tp50 us\tp99 us\tallocations\tbytes")
	for _, d := range r.Decisions {
		fmt.Fprintf(w, "%s\t%.2f\t%.2f\t%.0f\t%.0f\n", d.Name, d.P50, d.P99, d.Allocs, d.Bytes)
	}
	return w.Flush()
}

func (h Host) print(out io.Writer) {
	fmt.Fprintf(out, "tandem %s, %s, %s, Linux %s, %d cores (%s), MariaDB %s", h.Tandem, h.Go, h.OS, h.Kernel, h.Cores, h.CPU, h.MariaDB)
	if h.Asterisk != "" {
		fmt.Fprintf(out, ", Asterisk %s", h.Asterisk)
	}
	fmt.Fprintf(out, "; load average before: %s\n", h.Load)
}

func verdict(reached bool) string {
	if reached {
		return "reached"
	}
	return "missed"
}

// Print writes the report for people: anchor, figure, ratio, and the search
// step by step.
func (r CallsReport) Print(out io.Writer) error {
	r.Host.print(out)
	fmt.Fprintf(out, "calls of %.0f ms talk, no media, to a carrier that answers at once; anchor: Dial(%s,20)\n", r.HoldMS, r.BareDial)
	for _, v := range r.Rates {
		if err := v.print(out); err != nil {
			return err
		}
	}
	if len(r.Sustained.Steps) > 0 {
		if err := r.Sustained.print(out); err != nil {
			return err
		}
	}
	if r.Note != "" {
		fmt.Fprintln(out, "\nnote:", r.Note)
	}
	_, err := fmt.Fprintf(out, "\nrecords: %d calls placed through Tandem, %d written, %d plans lost to a full queue, %d on disk, %d refused\n",
		r.Records.Due, r.Records.Written, r.Records.LostPlans, r.Records.OnDisk, r.Records.Refused)
	return err
}

func (v RateFound) print(out io.Writer) error {
	fmt.Fprintf(out, "\nat %.0f calls/s offered, %d slices of %.0f s each in turns\n", v.CPS, v.Slices, v.Seconds/float64(v.Slices))
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "\tbare Dial (anchor)\ttandem\t")
	line := func(name, format string, bare, tandem any, more string) {
		fmt.Fprintf(w, "%s\t"+format+"\t"+format+"\t%s\n", name, bare, tandem, more)
	}
	line("calls offered", "%d", v.Bare.Offered, v.Tandem.Offered, "")
	line("failed", "%d", v.Bare.Failed, v.Tandem.Failed, "")
	line("post-dial delay p50, ms", "%.1f", v.Bare.PDDP50, v.Tandem.PDDP50, "added "+v.AddedP50.String())
	line("post-dial delay p99, ms", "%.1f", v.Bare.PDDP99, v.Tandem.PDDP99, "added "+v.AddedP99.String()+v.Goal.String())
	line("INVITE to 200 p50, ms", "%.1f", v.Bare.SetupP50, v.Tandem.SetupP50, "")
	line("INVITE to 200 p99, ms", "%.1f", v.Bare.SetupP99, v.Tandem.SetupP99, "")
	line("Asterisk, ms of CPU a call", "%.2f", v.Bare.AsteriskCPU, v.Tandem.AsteriskCPU, "calls per CPU second, ratio "+v.PerAsteriskCPU.String())
	line("Tandem, ms of CPU a call", "%.2f", v.Bare.TandemCPU, v.Tandem.TandemCPU, "")
	line("MariaDB, ms of CPU a call", "%.2f", v.Bare.MariaDBCPU, v.Tandem.MariaDBCPU, "all three together, ratio "+v.PerServingCPU.String())
	line("generator, ms of CPU a call", "%.2f", v.Bare.GeneratorCPU, v.Tandem.GeneratorCPU, "on the same cores")
	line("share of the machine used by others", "%s", v.Bare.Others, v.Tandem.Others, "")
	return w.Flush()
}

// String is the goal behind the figure it is held against.
func (g *Goal) String() string {
	if g == nil {
		return ""
	}
	return fmt.Sprintf(", goal %.0f: %s", g.AddedP99, verdict(g.Reached))
}

func (s Sustained) print(out io.Writer) error {
	fmt.Fprintf(out, "\nsustained: bare Dial (anchor) %.0f calls/s, tandem %.0f calls/s, ratio %.2f, goal %.2f: %s\n",
		s.Bare, s.Tandem, s.Ratio, s.Goal, verdict(s.Reached))
	if s.Capped {
		fmt.Fprintln(out, "the anchor passed where the search ends, so the ratio is too good: raise --max-cps")
	}
	fmt.Fprintf(out, "a step of %.0f s counts as sustained with %s\n", s.Seconds, s.Criteria)
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "side\toffered calls/s\tINVITE to 200 p99, ms\tgenerator late p99, ms\tAsterisk, ms of CPU a call\tused by others\t")
	for _, step := range s.Steps {
		why := "passed"
		if !step.Passed {
			why = "failed: " + step.Why
		}
		fmt.Fprintf(w, "%s\t%.1f\t%.1f\t%.1f\t%.2f\t%.0f %%\t%s\n", step.Side, step.CPS, step.SetupP99, step.LateP99, step.AsteriskCPU, 100*step.Others, why)
	}
	return w.Flush()
}
