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

func printGoals(out io.Writer, goals []GoalHeld) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "\ngoal\tat most\tfound\t")
	for _, g := range goals {
		fmt.Fprintf(w, "%s\t%.4g\t%.4g\t%s\n", g.Name, g.Limit, g.Found, verdict(g.Reached))
	}
	return w.Flush()
}
