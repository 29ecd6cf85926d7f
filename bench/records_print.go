package bench

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"text/tabwriter"
)

// Print writes the report for people: anchors, figures, ratios, and what was to
// be reached.
func (r RecordsReport) Print(out io.Writer) error {
	r.Host.print(out)
	fmt.Fprintf(out, "call records, rated and durable: %.2f rows a record, %d bytes of terms with each hold; %d rounds\n\n", r.Each, r.Terms, r.Rounds)
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "records in a batch\tway\trecords/s\tp50 / p99, ms\tCPU us each: ours, MariaDB\tours to it: /s\tper CPU s\tused by others\t")
	for _, c := range r.Cases {
		name := strconv.Itoa(c.Batch)
		if c.Spool {
			name = fmt.Sprintf("spool (%d)", c.Batch)
		}
		for _, v := range []struct {
			name, ratio, cpu string
			side             Rated
		}{
			{"tandem, ends", "", "", c.Tandem},
			{"plain inserts (anchor)", c.Ratio.String(), c.CPU.String(), c.Plain},
			{"and holds and balances (anchor)", c.ToAll.String(), "", c.Whole},
			{"tandem, starts", "with ends, to plain " + c.Life.String(), "", c.Starts},
		} {
			fmt.Fprintf(w, "%s\t%s\t%.0f\t%.2f / %.2f\t%.0f, %.0f\t%s\t%s\t%s\t\n",
				name, v.name, v.side.PerSecond, v.side.P50, v.side.P99, v.side.CPU, v.side.MariaDBCPU, v.ratio, v.cpu, v.side.Others)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(out, "\n%d calls charged by %d postings: sold for %s, balances are less by %s; %d holds left; ledger verified, %d findings\n",
		r.Books.Calls, r.Books.Postings, r.Books.Sold, r.Books.Taken, r.Books.Holds, r.Books.Findings)
	return printGoals(out, r.Goals)
}

// Rows are the rounds of every way in every case.
func (r RecordsReport) Rows() Rows {
	t := Rows{Header: []string{
		"path", "batch", "side", "round", "records", "rows_a_record", "seconds", "per_s", "cpu_us_each", "mariadb_cpu_us_each", "p50_ms", "p99_ms",
		"used_by_others", "load_before",
	}}
	for _, c := range r.Cases {
		path, batch := "store", strconv.Itoa(c.Batch)
		if c.Spool {
			path, batch = "spool", strconv.Itoa(spoolBatch)
		}
		for i := range c.Tandem.rounds {
			for _, s := range []struct {
				name string
				side Rated
			}{{"starts", c.Starts}, {"tandem", c.Tandem}, {"plain", c.Plain}, {"whole", c.Whole}} {
				v := s.side.rounds[i]
				t.Lines = append(t.Lines, line(path, batch, s.name, i+1, v.done, r.Each, v.elapsed.Seconds(), v.perSecond(), each(v.cpu, v.done),
					each(v.mariadb, v.done), ms(v.p50), ms(v.p99), v.others, r.Host.Load))
			}
		}
	}
	return t
}

// recordsTable is what docs/benchmarks.md publishes.
func recordsTable(out io.Writer, list []figures) error {
	var lines [][]string
	for _, path := range []string{"store", "spool"} {
		var some []figures
		for _, f := range list {
			if f.is("path", path) {
				some = append(some, f)
			}
		}
		for _, step := range steps(some, "batch") {
			side := func(name, column string) []float64 {
				return pick(some, column, append(slices.Clip(step), "side", name)...)
			}
			cpu := func(name string) string {
				return spread(side(name, "cpu_us_each"), "%.0f") + " + " + spread(side(name, "mariadb_cpu_us_each"), "%.0f")
			}
			name := step[1]
			if path == "spool" {
				name = "spool, up to " + step[1]
			}
			ratio := ratiosOf(side("tandem", "per_s"), side("plain", "per_s"))
			lines = append(lines, []string{
				name, spread(side("tandem", "per_s"), "%.0f"), spread(side("plain", "per_s"), "%.0f"), spread(ratio, "%.2f"),
				spread(ratiosOf(side("tandem", "per_s"), side("whole", "per_s")), "%.2f"),
				spread(ratiosOf(bothOf(side("starts", "per_s"), side("tandem", "per_s")), side("plain", "per_s")), "%.2f"),
				cpu("tandem"), cpu("plain"), spread(side("tandem", "p50_ms"), "%.1f"), spread(side("tandem", "p99_ms"), "%.1f"),
				recordsGoal(path, step[1], median(ratio)),
			})
		}
	}
	return table(out, "| records in a batch | records/s | plain inserts /s | ratio | to inserts with holds and balances | with its start | CPU µs: ours + MariaDB | plain inserts | p50, ms | p99, ms | goal |", lines)
}

// recordsGoal says what came of a case's goal, where it has one.
func recordsGoal(path, batch string, ratio float64) string {
	if n, _ := strconv.Atoi(batch); path == "store" && n < recordsGoalN {
		return "–"
	}
	return held(ratio >= RecordsGoal)
}
