package bench

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// consoleTables writes the tables of the HTTP API, the live stream and reports, from
// reports of one run each; those that were never made are left out.
func consoleTables(out io.Writer, dir string) error {
	api, err := readReports[APIReport](filepath.Join(dir, "api.jsonl"))
	if err != nil {
		return err
	}
	live, err := readReports[LiveReport](filepath.Join(dir, "live.jsonl"))
	if err != nil {
		return err
	}
	if len(api) > 0 {
		if err := apiTable(out, api); err != nil {
			return err
		}
	}
	if len(live) > 0 {
		if err := liveTable(out, live); err != nil {
			return err
		}
	}
	reports, err := readReports[ReportsReport](filepath.Join(dir, "reports.jsonl"))
	if err != nil || len(reports) == 0 {
		return err
	}
	return reportsTables(out, reports)
}

// readReports reads one object after the other; no file is none.
func readReports[T any](path string) (list []T, err error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("raw figures: %w", err)
	}
	defer file.Close()
	for objects := json.NewDecoder(file); ; {
		var v T
		switch err := objects.Decode(&v); {
		case errors.Is(err, io.EOF):
			return list, nil
		case err != nil:
			return nil, fmt.Errorf("raw figures: %s: %w", path, err)
		}
		list = append(list, v)
	}
}

// over is a figure of every run that has it.
func over[T any](list []T, figure func(T) (float64, bool)) (values []float64) {
	for _, v := range list {
		if f, has := figure(v); has {
			values = append(values, f)
		}
	}
	return values
}

func apiTable(out io.Writer, runs []APIReport) error {
	var lines [][]string
	for i, c := range runs[0].Cases {
		of := func(figure func(APICase) float64) []float64 {
			return over(runs, func(r APIReport) (float64, bool) {
				if i >= len(r.Cases) || r.Cases[i].What != c.What {
					return 0, false
				}
				return figure(r.Cases[i]), true
			})
		}
		sql, goal := []string{"–", "–", "–"}, "–"
		if c.SQL != nil {
			sql = []string{
				spread(of(func(c APICase) float64 { return c.ToSQL.Median }), "%.2f"), spread(of(func(c APICase) float64 { return c.SQL.AloneP50 }), "%.2f"),
				spread(of(func(c APICase) float64 { return c.SQL.MariaDBCPU }), "%.0f"),
			}
		}
		if g := c.Goal; g != nil {
			reached := true
			for _, r := range runs {
				reached = reached && i < len(r.Cases) && r.Cases[i].Goal != nil && r.Cases[i].Goal.Reached
			}
			goal = fmt.Sprintf("p%d ≤ %.0f: %s", g.Percentile, g.Most, held(reached))
		}
		lines = append(lines, append([]string{
			c.What, strconv.Itoa(c.Bytes),
			spread(of(func(c APICase) float64 { return c.API.PerSecond }), "%.0f"), spread(of(func(c APICase) float64 { return c.ToEmpty.Median }), "%.2f"),
			spread(of(func(c APICase) float64 { return c.API.AloneP50 }), "%.2f"), spread(of(func(c APICase) float64 { return c.API.AloneP99 }), "%.1f"),
			spread(of(func(c APICase) float64 { return c.API.P99 }), "%.0f"),
			spread(of(func(c APICase) float64 { return c.API.CPU }), "%.0f") + " + " + spread(of(func(c APICase) float64 { return c.API.MariaDBCPU }), "%.0f"),
		}, append(sql, goal)...))
	}
	return table(out, "| what | bytes | /s | to the empty answer | p50, ms | p99, ms | p99 under load, ms | CPU µs: node + MariaDB | /s to SQL alone | SQL: p50, ms | SQL: MariaDB µs | goal |", lines)
}

func liveTable(out io.Writer, runs []LiveReport) error {
	of := func(figure func(LiveReport) float64) []float64 {
		return over(runs, func(r LiveReport) (float64, bool) { return figure(r), true })
	}
	reached := true
	for _, r := range runs {
		reached = reached && r.Reached
	}
	first := runs[0]
	return table(out, "| listeners | calls/s | kB/s to each | server, cores | plain writes, cores | delay p50, ms | p99, ms | most, ms | begins told | missed | streams ended | goals |", [][]string{{
		strconv.Itoa(first.Listeners), strconv.Itoa(first.CPS),
		spread(of(func(r LiveReport) float64 { return r.Tandem.Bytes / 1000 }), "%.0f"), spread(of(func(r LiveReport) float64 { return r.Tandem.Cores }), "%.2f"),
		spread(of(func(r LiveReport) float64 { return r.Plain.Cores }), "%.2f"), spread(of(func(r LiveReport) float64 { return r.P50 }), "%.0f"),
		spread(of(func(r LiveReport) float64 { return r.P99 }), "%.0f"), spread(of(func(r LiveReport) float64 { return r.Max }), "%.0f"),
		spread(of(func(r LiveReport) float64 { return float64(r.Told) }), "%.0f"), spread(of(func(r LiveReport) float64 { return float64(r.Missed) }), "%.0f"),
		spread(of(func(r LiveReport) float64 { return float64(r.Tandem.Dropped) }), "%.0f"), held(reached),
	}})
}
