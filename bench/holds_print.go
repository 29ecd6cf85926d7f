package bench

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
)

// Print writes the report for people: anchors, figures, ratios, and what was to
// be reached.
func (r HoldsReport) Print(out io.Writer) error {
	r.Host.print(out)
	fmt.Fprintf(out, "money set aside, durable when it answers: %d bytes of terms with each hold; every way in %d slices, in turns\n\n", r.Terms, r.Slices)
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "what\taccounts\tat a time\tway\t/s\tp50 / p99, ms\tCPU us each: asks, MariaDB\tours: /s\tper CPU s\twith MariaDB's\tused by others\t")
	for _, c := range r.Cases {
		for _, s := range []struct {
			name  string
			side  HoldsSide
			ratio *HoldsRatio
		}{
			{"tandem", c.Tandem, nil},
			{"bare CALL (anchor)", c.Call, &c.ToCall},
			{"bare INSERT + UPDATE (anchor)", c.Statements, &c.ToStatements},
		} {
			ratios := "\t\t"
			if s.ratio != nil {
				ratios = fmt.Sprintf("%s\t%s\t%s", s.ratio.Rate, s.ratio.CPU, s.ratio.AllCPU)
			}
			fmt.Fprintf(w, "%s\t%d\t%d\t%s\t%.0f\t%.2f / %.2f\t%.0f, %.0f\t%s\t%s\t\n", c.What, c.Accounts, c.Workers, s.name, s.side.PerSecond,
				s.side.P50, s.side.P99, s.side.CPU, s.side.MariaDBCPU, ratios, s.side.Others)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, c := range r.Cases {
		for _, s := range []HoldsSide{c.Tandem, c.Call, c.Statements} {
			if s.Failed > 0 {
				fmt.Fprintf(out, "%s: %d failed, first error: %s\n", c.What, s.Failed, s.FirstError)
			}
		}
	}
	g := r.Guarantee
	fmt.Fprintf(out, "\n%d calls of %s each asked for at once, each twice, of an account with %s: %d granted, %s held, holds of %s, %s beyond the balance\n",
		g.Asked, g.Amount, g.Balance, g.Granted, g.Held, g.Holds, g.Beyond)
	if x := r.Route.Exchange; x.Commands > 0 {
		fmt.Fprintf(out, "route: %d commands (%d bytes) with %d routes; %d bytes of terms with each hold; records: %d due, %d written, %d plans lost to a full queue, %d on disk, %d refused\n",
			x.Commands, x.CommandBytes, x.Routes, r.Route.Terms, r.Route.Records.Due, r.Route.Records.Written, r.Route.Records.LostPlans,
			r.Route.Records.OnDisk, r.Route.Records.Refused)
	}
	return printGoals(out, r.Goals)
}

// Rows are the slices of every way in every case.
func (r HoldsReport) Rows() Rows {
	t := Rows{Header: []string{
		"what", "accounts", "workers", "side", "slice", "done", "failed", "seconds", "per_s", "cpu_us_each", "mariadb_cpu_us_each",
		"p50_ms", "p99_ms", "used_by_others", "load_before",
	}}
	for _, c := range r.Cases {
		for i := range c.Tandem.slices {
			for _, s := range []struct {
				name string
				side HoldsSide
			}{{"tandem", c.Tandem}, {"call", c.Call}, {"statements", c.Statements}} {
				v := s.side.slices[i]
				t.Lines = append(t.Lines, line(c.What, c.Accounts, c.Workers, s.name, i+1, v.done, v.failed, v.elapsed.Seconds(), v.perSecond(),
					each(v.cpu, v.done), each(v.mariadb, v.done), ms(v.p50), ms(v.p99), v.others, r.Host.Load))
			}
		}
	}
	return t
}

// holdsTable is what docs/benchmarks.md publishes.
func holdsTable(out io.Writer, list []figures) error {
	var lines [][]string
	for _, what := range []string{"hold", "extend", "route"} {
		var some []figures
		for _, f := range list {
			if f.is("what", what) {
				some = append(some, f)
			}
		}
		for _, step := range steps(some, "accounts", "workers") {
			side := func(name, column string) []float64 {
				return pick(some, column, append(slices.Clip(step), "side", name)...)
			}
			ratio := func(anchor, column string) string {
				return spread(ratiosOf(side("tandem", column), side(anchor, column)), "%.2f")
			}
			cpu := func(name string) string {
				return spread(side(name, "cpu_us_each"), "%.0f") + " + " + spread(side(name, "mariadb_cpu_us_each"), "%.0f")
			}
			perCPU := func(anchor string) string { // fewer microseconds are more a second
				return spread(ratiosOf(side(anchor, "cpu_us_each"), side("tandem", "cpu_us_each")), "%.2f")
			}
			lines = append(lines, []string{
				what, step[1], step[3], spread(side("tandem", "per_s"), "%.0f"), spread(side("call", "per_s"), "%.0f"), spread(side("statements", "per_s"), "%.0f"),
				ratio("call", "per_s"), ratio("statements", "per_s"),
				cpu("tandem"), cpu("call"), cpu("statements"), perCPU("call"), perCPU("statements"),
				spread(side("tandem", "p50_ms"), "%.2f"), spread(side("tandem", "p99_ms"), "%.1f"),
				holdsGoal(
					what, step[3], median(ratiosOf(side("tandem", "per_s"), side("call", "per_s"))),
					median(ratiosOf(side("statements", "cpu_us_each"), side("tandem", "cpu_us_each"))),
				),
			})
		}
	}
	return table(out, "| what | accounts | at a time | /s | CALL /s | INSERT + UPDATE /s | ratio to CALL | to INSERT + UPDATE | CPU µs: ours + MariaDB | CALL | INSERT + UPDATE | per CPU s, to CALL | to INSERT + UPDATE | p50, ms | p99, ms | goal |", lines)
}

// holdsGoal says what came of a case's goal, where it has one.
func holdsGoal(what, workers string, rate, perCPU float64) string {
	switch {
	case what == "route":
		return held(perCPU >= RouteHoldGoal)
	case what == "hold" && workers != "1":
		return held(rate >= HoldGoal)
	}
	return "–"
}
