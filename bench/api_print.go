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
	fmt.Fprintln(w, "\tbytes\t/s\tto anchor\tp50 ms\tp99 ms\talone p50 / p99 ms\tCPU us: node + MariaDB\tfailed")
	for _, c := range r.Cases {
		fmt.Fprintf(w, "%s\t%d\t%.0f\t%s\t%.2f\t%.1f\t%.2f / %.2f\t%.0f + %.0f\t%d\n",
			c.What, c.Bytes, c.PerSecond, c.Ratio, c.P50, c.P99, c.AloneP50, c.AloneP99, c.CPU, c.MariaDBCPU, c.Failed)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, c := range r.Cases {
		if c.FirstError != "" {
			fmt.Fprintf(out, "first error of %s: %s\n", c.Path, c.FirstError)
		}
	}
	return nil
}
