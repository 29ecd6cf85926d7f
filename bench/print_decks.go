package bench

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// Print writes the report for people: anchor, figure, ratio, and what was to be
// reached.
func (r DecideReport) Print(out io.Writer) error {
	r.Host.print(out)
	fmt.Fprintf(out, "decisions: %d rates of %d providers (%d prefixes); one at a time, %d slices of %.0f s each in turns\n\n",
		r.Rates, r.Providers, r.Prefixes, r.Slices, r.Seconds/float64(r.Slices))
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "\tindexed SQL (anchor)\ttandem\tratio")
	fmt.Fprintf(w, "decisions per server-CPU-second\t%.0f\t%.0f\t%s\n", r.SQL.PerCPUSecond, r.Tandem.PerCPUSecond, r.Ratio)
	fmt.Fprintf(w, "CPU a decision, us\t%.1f\t%.2f\n", r.SQL.Mean, r.Tandem.Mean)
	fmt.Fprintf(w, "p50 / p99 by the clock, us\t%.1f / %.1f\t%.2f / %.2f\n", r.SQL.P50, r.SQL.P99, r.Tandem.P50, r.Tandem.P99)
	fmt.Fprintf(w, "routes in an answer\t%.1f\t%.1f\n", r.SQL.Routes, r.Tandem.Routes)
	fmt.Fprintf(w, "ready for calls, s\t%.1f\t%.1f\n", r.Table.LoadSeconds, r.Snapshot.AddSeconds+r.Snapshot.IndexSeconds)
	fmt.Fprintf(w, "memory, MB\t%.0f\t%.0f\n", mb(r.Table.Bytes), mb(int64(r.Snapshot.Bytes)))
	fmt.Fprintf(w, "share of the machine used by others\t%s\t%s\n", r.SQL.Others, r.Tandem.Others)
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(out, "\nsnapshot: %.1f bytes a rate, RSS %.0f to %.0f MB (%.1f bytes a rate), %.0f MB while it was built; rows added in %.1f s, indexed in %.1f s\n",
		r.Snapshot.BytesPerRate, r.Snapshot.RSSBefore, r.Snapshot.RSSAfter, r.Snapshot.RSSPerRate, r.Snapshot.RSSPeak, r.Snapshot.AddSeconds, r.Snapshot.IndexSeconds)
	fmt.Fprintf(out, "both gave the same routes to %d numbers, %d of them with a route\n", r.Check.Numbers, r.Check.Routed)
	return printGoals(out, r.Goals)
}

// Print writes the report for people: steady, during the exchange, ratio.
func (r SwapReport) Print(out io.Writer) error {
	r.Host.print(out)
	fmt.Fprintf(out, "exchange of decks: %d rates of %d providers, %.0f FastAGI route exchanges a second due all the while\n\n", r.Rates, r.Providers, r.PerSecond)
	fmt.Fprintf(out, "start: first answer after %.1f s (CPU: node %.1f s, MariaDB %.1f s); RSS %.0f MB, %.0f MB while it was loaded\n\n",
		r.Load.Seconds, r.Load.NodeCPU, r.Load.MariaDBCPU, r.Load.RSS, r.Load.RSSPeak)
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "round\tstretch\tseconds\tgood\tfailed\tp50 ms\tp99 ms\tmax ms\tgenerator late p99\tused by others\t")
	for i, v := range r.Rounds {
		for _, s := range []struct {
			name, more string
			part       StreamPart
		}{
			{"draft written", "", v.Import},
			{"steady (anchor)", "", v.Steady},
			{"exchange", fmt.Sprintf("in force after %.1f s; RSS %.0f, peak %.0f, then %.0f MB; CPU: node %.1f s, MariaDB %.1f s",
				v.InForce, v.RSSBefore, v.RSSPeak, v.RSSAfter, v.NodeCPU, v.MariaDBCPU), v.Swap},
		} {
			fmt.Fprintf(w, "%d\t%s\t%.1f\t%d\t%d\t%.2f\t%.2f\t%.1f\t%.2f\t%.0f %%\t%s\n", i+1, s.name, s.part.Seconds, s.part.Exchanges, s.part.Failed,
				s.part.P50, s.part.P99, s.part.Max, s.part.LateP99, 100*s.part.Others, s.more)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, v := range r.Rounds {
		for _, part := range []StreamPart{v.Import, v.Steady, v.Swap} {
			if part.FirstError != "" {
				fmt.Fprintln(out, "first error:", part.FirstError)
			}
		}
	}
	fmt.Fprintf(out, "\np99 during the exchange to steady %s; in force after %s s\n", r.Ratio, r.InForce)
	fmt.Fprintf(out, "records: %d due, %d written, %d plans lost to a full queue, %d on disk, %d refused\n",
		r.Records.Due, r.Records.Written, r.Records.LostPlans, r.Records.OnDisk, r.Records.Refused)
	return printGoals(out, r.Goals)
}

// Print writes the report for people: anchor, figure, ratio.
func (r ImportReport) Print(out io.Writer) error {
	r.Host.print(out)
	fmt.Fprintf(out, "import of a sheet: %d rows, CSV, into a node that answers calls\n\n", r.Rates)
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "round\t\tseconds\trows/s\trows per CPU second\tCPU s: command, MariaDB\tused by others\t")
	for i, v := range r.Rounds {
		fmt.Fprintf(w, "%d\traw LOAD DATA (anchor)\t%.2f\t%.0f\t%.0f\t%.2f\t%.0f %%\t\n",
			i+1, v.Raw.Seconds, v.Raw.RowsPerSecond, v.Raw.RowsPerCPU, v.Raw.MariaDBCPU, 100*v.Raw.Others)
		what := "first deck"
		if v.Replace {
			what = "compared with the one before"
		}
		fmt.Fprintf(w, "%d\ttandem deck import\t%.2f\t%.0f\t%.0f\t%.2f, %.2f\t%.0f %%\t%.0f MB of CSV, %s; calls by it after %.2f s; command's peak RSS %.0f MB\n",
			i+1, v.Tandem.Seconds, v.Tandem.RowsPerSecond, v.Tandem.RowsPerCPU, v.Tandem.CommandCPU, v.Tandem.MariaDBCPU, 100*v.Tandem.Others,
			v.SheetMB, what, v.Live, v.RSSPeak)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(out, "\nrows/s, import to raw %s; rows per CPU second %s; from the file to the first call %s s\n", r.Ratio, r.CPU, r.Live)
	return printGoals(out, r.Goals)
}
