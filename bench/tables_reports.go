package bench

import (
	"fmt"
	"io"
	"slices"
	"strconv"
)

// reportsTables are those of the bench reports, of each size of the data.
func reportsTables(out io.Writer, runs []ReportsReport) error {
	for len(runs) > 0 {
		first := runs[0]
		alike := func(r ReportsReport) bool { return r.Attempts == first.Attempts && r.Days == first.Days }
		if _, err := fmt.Fprintf(out, "%d attempts of %d days:\n\n", first.Attempts, first.Days); err != nil {
			return err
		}
		if err := reportsOfSize(out, slices.DeleteFunc(slices.Clone(runs), func(r ReportsReport) bool { return !alike(r) })); err != nil {
			return err
		}
		runs = slices.DeleteFunc(slices.Clone(runs), alike)
	}
	return nil
}

// reportsOfSize says what reports take, what rolling takes, and how large tables are.
func reportsOfSize(out io.Writer, runs []ReportsReport) error {
	var lines [][]string
	for i, c := range runs[0].Cases {
		of := func(figure func(*ReportsCase) float64) []float64 {
			return over(runs, func(r ReportsReport) (float64, bool) {
				if i >= len(r.Cases) || r.Cases[i].What != c.What {
					return 0, false
				}
				return figure(&r.Cases[i]), true
			})
		}
		took := of(func(c *ReportsCase) float64 { return c.Rollup.Median })
		line := []string{c.What, c.Cube, strconv.Itoa(c.Rows), spread(took, "%.1f"), "–", "–", "–"}
		if c.Raw != nil {
			line[4], line[5] = spread(of(func(c *ReportsCase) float64 { return c.Raw.Median }), "%.0f"), spread(of(func(c *ReportsCase) float64 { return c.Faster }), "%.0f")
		}
		if c.Goal > 0 {
			line[6] = fmt.Sprintf("≤ %.0f: %s", c.Goal, held(rangeOf(took).Max <= c.Goal))
		}
		lines = append(lines, line)
	}
	if err := table(out, "| report | table | rows | ms | from attempts, ms | ratio | goal |", lines); err != nil {
		return err
	}
	lines = nil
	for i, v := range runs[0].Rolls {
		of := func(figure func(ReportsRoll) float64) string {
			return spread(over(runs, func(r ReportsReport) (float64, bool) {
				if i >= len(r.Rolls) {
					return 0, false
				}
				return figure(r.Rolls[i]), true
			}), "%.1f")
		}
		lines = append(lines, []string{
			v.What, strconv.FormatInt(v.Attempts, 10), of(func(v ReportsRoll) float64 { return v.Each }), of(func(v ReportsRoll) float64 { return v.CPU }),
			of(func(v ReportsRoll) float64 { return v.MariaDBCPU }), of(func(v ReportsRoll) float64 { return 100 * v.Others }) + " %",
		})
	}
	if err := table(out, "| rolled | attempts | ms a thousand | CPU ms a thousand: node | MariaDB | machine used by others |", lines); err != nil {
		return err
	}
	lines = nil
	for _, t := range runs[0].Tables {
		lines = append(lines, []string{"`" + t.Name + "`", strconv.FormatInt(t.Rows, 10), fmt.Sprintf("%.0f", mb(t.Bytes)), fmt.Sprintf("%.0f", t.Each), fmt.Sprintf("%.1f", t.Per)})
	}
	return table(out, "| table | rows | MB | bytes a row | bytes an attempt |", lines)
}
