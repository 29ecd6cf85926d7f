package bench

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Tables writes what docs/benchmarks.md publishes, in Markdown, from the raw
// figures in a folder: medians of all runs, with the least and the greatest.
func Tables(out io.Writer, dir string) error {
	for _, t := range []struct {
		file  string
		write func(io.Writer, []figures) error
	}{
		{"decide.csv", decideTable},
		{"import.csv", importTable},
		{"swap.csv", swapTable},
		{"holds.csv", holdsTable},
		{"records.csv", recordsTable},
	} {
		list, err := readFigures(filepath.Join(dir, t.file))
		if err != nil {
			return err
		}
		if err := t.write(out, list); err != nil {
			return err
		}
	}
	return consoleTables(out, dir)
}

// figures is one line of raw figures by column.
type figures map[string]string

// is says whether all the columns have these values, given in pairs.
func (f figures) is(pairs ...string) bool {
	for i := 0; i+1 < len(pairs); i += 2 {
		if f[pairs[i]] != pairs[i+1] {
			return false
		}
	}
	return true
}

func readFigures(path string) ([]figures, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("raw figures: %w", err)
	}
	defer file.Close()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("raw figures: %s: %w", path, err)
	}
	var list []figures
	for _, line := range lines[min(1, len(lines)):] {
		f := figures{}
		for i, cell := range line {
			f[lines[0][i]] = cell
		}
		list = append(list, f)
	}
	return list, nil
}

// pick gives one column of the lines that are so.
func pick(list []figures, column string, pairs ...string) (values []float64) {
	for _, f := range list {
		if !f.is(pairs...) {
			continue
		}
		if v, err := strconv.ParseFloat(f[column], 64); err == nil {
			values = append(values, v)
		}
	}
	return values
}

// steps are the different values of some columns, smallest first.
func steps(list []figures, columns ...string) (distinct [][]string) {
	for _, f := range list {
		var pairs []string
		for _, column := range columns {
			pairs = append(pairs, column, f[column])
		}
		if !slices.ContainsFunc(distinct, func(other []string) bool { return slices.Equal(other, pairs) }) {
			distinct = append(distinct, pairs)
		}
	}
	slices.SortFunc(distinct, func(a, b []string) int {
		for i := 1; i < len(a); i += 2 {
			x, _ := strconv.ParseFloat(a[i], 64) // what is no number comes first
			y, _ := strconv.ParseFloat(b[i], 64)
			if c := cmp.Compare(x, y); c != 0 {
				return c
			}
		}
		return 0
	})
	return distinct
}

// spread is the median with the least and the greatest.
func spread(values []float64, format string) string {
	r := rangeOf(values)
	text := func(v float64) string { return fmt.Sprintf(format, v) }
	if text(r.Min) == text(r.Max) {
		return text(r.Median)
	}
	return fmt.Sprintf("%s (%s–%s)", text(r.Median), text(r.Min), text(r.Max))
}

func table(out io.Writer, head string, lines [][]string) error {
	columns := strings.Count(head, "|") - 1
	if _, err := fmt.Fprintf(out, "%s\n|%s\n", head, strings.Repeat("---|", columns)); err != nil {
		return err
	}
	for _, line := range lines {
		if _, err := fmt.Fprintf(out, "| %s |\n", strings.Join(line, " | ")); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(out)
	return err
}

func held(ok bool) string {
	if ok {
		return "yes"
	}
	return "**no**"
}

// perCPU turns decisions per CPU second into microseconds of CPU each.
func perCPU(values []float64) []float64 {
	each := make([]float64, len(values))
	for i, v := range values {
		each[i] = 1e6 / v
	}
	return each
}

func decideTable(out io.Writer, list []figures) error {
	var lines [][]string
	for _, step := range steps(list, "providers", "rates") {
		ours, anchor := append(slices.Clip(step), "side", "tandem"), append(slices.Clip(step), "side", "sql")
		providers, _ := strconv.Atoi(step[1])
		cpu := perCPU(pick(list, "decisions_per_cpu_s", ours...))
		memory, allocs := pick(list, "memory_mb", ours...), pick(list, "allocs", ours...)
		goal := DecideSpec{Providers: providers}.goal()
		rates, _ := strconv.ParseFloat(step[3], 64)
		lines = append(lines, []string{
			millions(rates) + " × " + step[1],
			spread(cpu, "%.2f"), spread(pick(list, "p50_us", ours...), "%.1f"), spread(pick(list, "p99_us", ours...), "%.1f"), spread(allocs, "%g"),
			spread(perCPU(pick(list, "decisions_per_cpu_s", anchor...)), "%.0f"),
			spread(ratiosOf(pick(list, "decisions_per_cpu_s", ours...), pick(list, "decisions_per_cpu_s", anchor...)), "%.0f"),
			spread(memory, "%.0f") + " · " + spread(pick(list, "bytes_per_rate", ours...), "%.0f"),
			spread(perRate(pick(list, "rss_mb", ours...), rates), "%.0f"),
			spread(pick(list, "ready_s", ours...), "%.1f") + " / " + spread(pick(list, "ready_s", anchor...), "%.1f"),
			held((goal == 0 || median(cpu) <= goal) && median(memory) <= SnapshotGoalMB && median(allocs) == 0),
		})
	}
	return table(out, "| rates × providers | CPU, µs | p50, µs | p99, µs | allocations | SQL: CPU, µs | ratio | MB · B a rate | RSS, B a rate | ready, s: ours / SQL | goals |", lines)
}

func millions(n float64) string {
	if n < 1e6 {
		return fmt.Sprintf("%g k", n/1e3)
	}
	return fmt.Sprintf("%g M", n/1e6)
}

func perRate(mb []float64, rates float64) []float64 {
	each := make([]float64, len(mb))
	for i, v := range mb {
		each[i] = v * 1e6 / rates
	}
	return each
}

// ratiosOf divides pair by pair; lines of both sides are written in turns.
func ratiosOf(ours, anchor []float64) (ratios []float64) {
	for i := range min(len(ours), len(anchor)) {
		ratios = append(ratios, ours[i]/anchor[i])
	}
	return ratios
}

func importTable(out io.Writer, list []figures) error {
	var lines [][]string
	for _, step := range steps(list, "rates", "replaces") {
		ours, raw := append(slices.Clip(step), "side", "tandem"), append(slices.Clip(step), "side", "raw")
		rates, _ := strconv.ParseFloat(step[1], 64)
		what := "first deck"
		if step[3] == "true" {
			what = "replaces one"
		}
		speed := pick(list, "rows_per_s", ours...)
		lines = append(lines, []string{
			millions(rates) + ", " + what, spread(speed, "%.0f"), spread(pick(list, "rows_per_s", raw...), "%.0f"),
			spread(ratiosOf(speed, pick(list, "rows_per_s", raw...)), "%.2f"),
			spread(pick(list, "command_cpu_s", ours...), "%.1f") + " + " + spread(pick(list, "mariadb_cpu_s", ours...), "%.1f"),
			spread(pick(list, "mariadb_cpu_s", raw...), "%.1f"),
			spread(pick(list, "seconds", ours...), "%.1f"), spread(pick(list, "live_s", ours...), "%.1f"), spread(pick(list, "rss_peak_mb", ours...), "%.0f"),
			held(median(speed) >= ImportGoalRows),
		})
	}
	return table(out, "| rows | rows/s | raw rows/s | ratio | CPU s: command + MariaDB | raw: MariaDB | command, s | first call, s | command's peak RSS, MB | goals |", lines)
}

func swapTable(out io.Writer, list []figures) error {
	var lines [][]string
	for _, step := range steps(list, "rates", "providers", "due_per_s") {
		stretch := func(name string) []string { return append(slices.Clip(step), "stretch", name) }
		rates, _ := strconv.ParseFloat(step[1], 64)
		during, steady := pick(list, "p99_ms", stretch("exchange")...), pick(list, "p99_ms", stretch("steady")...)
		failed := 0.0
		for _, n := range pick(list, "failed", step...) {
			failed += n
		}
		start := pick(list, "start_s", step...)
		ratio := ratiosOf(during, steady)
		lines = append(lines, []string{
			millions(rates) + " × " + step[3], step[5], spread(steady, "%.1f"), spread(during, "%.1f"), spread(ratio, "%.1f"),
			spread(pick(list, "p99_ms", stretch("draft")...), "%.1f"), fmt.Sprintf("%.0f", failed),
			spread(pick(list, "in_force_s", stretch("exchange")...), "%.1f"),
			spread(pick(list, "rss_before_mb", stretch("exchange")...), "%.0f") + " → " + spread(pick(list, "rss_peak_mb", stretch("exchange")...), "%.0f"),
			spread(start, "%.1f"), held(median(ratio) <= SwapGoalP99 && failed == 0 && median(start) <= SwapGoalLoad),
		})
	}
	return table(out, "| rates × providers | due a second | steady p99, ms | exchange p99, ms | ratio | p99 while the draft is written, ms | failed | in force, s | RSS → peak, MB | start, s | goals |", lines)
}
