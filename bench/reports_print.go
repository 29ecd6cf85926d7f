package bench

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// Print writes the report for people.
func (r ReportsReport) Print(out io.Writer) error {
	r.Host.print(out)
	fmt.Fprintf(out, "%d attempts of %d days, filled in %.0f s\n\n", r.Attempts, r.Days, r.Fill)
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "report\ttable\trows\tms\tfrom attempts, ms\tratio\tgoal")
	for _, c := range r.Cases {
		raw, ratio, goal := "–", "–", "–"
		if c.Raw != nil {
			raw, ratio = fmt.Sprintf("%.0f", c.Raw.Median), fmt.Sprintf("%.0f", c.Faster)
		}
		if c.Goal > 0 {
			goal = fmt.Sprintf("%.0f: %s", c.Goal, verdict(c.Rollup.Median <= c.Goal))
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\t%s\t%s\n", c.What, c.Cube, c.Rows, c.Rollup, raw, ratio, goal)
	}
	fmt.Fprintln(w, "\nrolled\tattempts\tms a 1000\tCPU ms a 1000: ours + MariaDB\tused by others")
	for _, v := range r.Rolls {
		fmt.Fprintf(w, "%s\t%d\t%.1f\t%.1f + %.1f\t%.0f %%\n", v.What, v.Attempts, v.Each, v.CPU, v.MariaDBCPU, 100*v.Others)
	}
	fmt.Fprintln(w, "\ntable\trows\tMB\tbytes a row\tbytes an attempt")
	for _, t := range r.Tables {
		fmt.Fprintf(w, "%s\t%d\t%.0f\t%.0f\t%.1f\n", t.Name, t.Rows, mb(t.Bytes), t.Each, t.Per)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return printGoals(out, r.Goals)
}
