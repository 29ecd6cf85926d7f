package bench

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// Print writes the report for people; the first line of figures is the anchor.
func (r APIReport) Print(out io.Writer) error {
	r.Host.print(out)
	fmt.Fprintf(out, "HTTP API over %d call records: %d requests at a time, %d slices of %.1f s each in turns; the session is checked for each\n\n",
		r.Calls, r.Workers, r.Slices, r.Seconds/float64(r.Slices))
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "\tbytes\t/s\tto empty\tp50 / p99 ms\talone p50 / p99 ms\tgoal\tCPU us: node + MariaDB\tSQL alone /s\tto SQL\tSQL alone p50 / p99 ms\tfailed")
	for _, c := range r.Cases {
		goal, sql := "–", "–\t–\t–"
		if g := c.Goal; g != nil {
			goal = fmt.Sprintf("p%d %.0f: %s", g.Percentile, g.Most, verdict(g.Reached))
		}
		if c.SQL != nil {
			sql = fmt.Sprintf("%.0f\t%.2f\t%.2f / %.2f", c.SQL.PerSecond, c.ToSQL.Median, c.SQL.AloneP50, c.SQL.AloneP99)
		}
		fmt.Fprintf(w, "%s\t%d\t%.0f\t%.2f\t%.2f / %.1f\t%.2f / %.2f\t%s\t%.0f + %.0f\t%s\t%d\n",
			c.What, c.Bytes, c.API.PerSecond, c.ToEmpty.Median, c.API.P50, c.API.P99, c.API.AloneP50, c.API.AloneP99, goal, c.API.CPU, c.API.MariaDBCPU, sql, c.API.Failed)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, c := range r.Cases {
		if c.API.FirstError != "" {
			fmt.Fprintf(out, "first error of %s: %s\n", c.Path, c.API.FirstError)
		}
		if c.SQL != nil && c.SQL.FirstError != "" {
			fmt.Fprintf(out, "first error of the SQL of %s: %s\n", c.Path, c.SQL.FirstError)
		}
	}
	return nil
}
