package bench

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"
)

// Rows are a report's raw figures, one line for each stretch that was measured:
// what ratios and medians were made of.
type Rows struct {
	Header []string
	Lines  [][]string
}

// AppendTo adds the lines to a CSV file, each with the time of the run before it.
// A file that is new gets the header first.
func (r Rows) AppendTo(path string, run time.Time) (err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("raw figures: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return fmt.Errorf("raw figures: %w", err)
	}
	out := csv.NewWriter(file)
	lines := r.Lines
	if size == 0 {
		if err := out.Write(append([]string{"run"}, r.Header...)); err != nil {
			return fmt.Errorf("raw figures: %w", err)
		}
	}
	for _, line := range lines {
		if err := out.Write(append([]string{run.UTC().Format(time.RFC3339)}, line...)); err != nil {
			return fmt.Errorf("raw figures: %w", err)
		}
	}
	out.Flush()
	return out.Error()
}

// line writes figures as they are read again: text and counts as they are,
// measurements with as many digits as mean anything.
func line(figures ...any) []string {
	cells := make([]string, len(figures))
	for i, f := range figures {
		switch f := f.(type) {
		case float64:
			cells[i] = strconv.FormatFloat(f, 'g', 5, 64)
		default:
			cells[i] = fmt.Sprint(f)
		}
	}
	return cells
}

// Rows are the slices of both sides.
func (r DecideReport) Rows() Rows {
	t := Rows{Header: []string{
		"rates", "providers", "prefixes", "side", "slice", "decisions", "cpu_s", "decisions_per_cpu_s", "used_by_others", "p50_us", "p99_us", "allocs",
		"memory_mb", "bytes_per_rate", "rss_mb", "ready_s", "load_before",
	}}
	ready := r.Snapshot.AddSeconds + r.Snapshot.IndexSeconds
	for i := range r.Tandem.slices {
		v, s := r.Tandem.slices[i], r.SQL.slices[i]
		t.Lines = append(t.Lines,
			line(r.Rates, r.Providers, r.Prefixes, "tandem", i+1, v.decisions, v.cpu.Seconds(), v.perCPUSecond(), v.others, r.Tandem.P50, r.Tandem.P99,
				r.Tandem.Allocs, mb(int64(r.Snapshot.Bytes)), r.Snapshot.BytesPerRate, r.Snapshot.RSSAfter-r.Snapshot.RSSBefore, ready, r.Host.Load),
			line(r.Rates, r.Providers, r.Prefixes, "sql", i+1, s.decisions, s.cpu.Seconds(), s.perCPUSecond(), s.others, r.SQL.P50, r.SQL.P99,
				"", mb(r.Table.Bytes), float64(r.Table.Bytes)/float64(r.Rates), "", r.Table.LoadSeconds, r.Host.Load))
	}
	return t
}

// Rows are the stretches of each round.
func (r SwapReport) Rows() Rows {
	t := Rows{Header: []string{
		"rates", "providers", "deck_rates", "due_per_s", "round", "stretch", "seconds", "good", "failed", "p50_ms", "p99_ms", "max_ms", "generator_late_p99_ms",
		"used_by_others", "in_force_s", "rss_before_mb", "rss_peak_mb", "start_s", "rss_start_mb", "load_before",
	}}
	for i, v := range r.Rounds {
		for _, s := range []struct {
			name                  string
			part                  StreamPart
			inForce, before, peak any
		}{
			{"draft", v.Import, "", "", ""}, {"steady", v.Steady, "", "", ""}, {"exchange", v.Swap, v.InForce, v.RSSBefore, v.RSSPeak},
		} {
			t.Lines = append(t.Lines, line(r.Rates, r.Providers, v.DeckRates, r.PerSecond, i+1, s.name, s.part.Seconds, s.part.Exchanges, s.part.Failed,
				s.part.P50, s.part.P99, s.part.Max, s.part.LateP99, s.part.Others, s.inForce, s.before, s.peak, r.Load.Seconds, r.Load.RSS, r.Host.Load))
		}
	}
	return t
}

// Rows are the two sides of each round.
func (r ImportReport) Rows() Rows {
	t := Rows{Header: []string{
		"rates", "round", "replaces", "side", "seconds", "rows_per_s", "command_cpu_s", "mariadb_cpu_s", "rows_per_cpu_s", "used_by_others", "live_s",
		"rss_peak_mb", "load_before",
	}}
	for i, v := range r.Rounds {
		t.Lines = append(t.Lines,
			line(r.Rates, i+1, v.Replace, "raw", v.Raw.Seconds, v.Raw.RowsPerSecond, "", v.Raw.MariaDBCPU, v.Raw.RowsPerCPU, v.Raw.Others, "", "", r.Host.Load),
			line(r.Rates, i+1, v.Replace, "tandem", v.Tandem.Seconds, v.Tandem.RowsPerSecond, v.Tandem.CommandCPU, v.Tandem.MariaDBCPU, v.Tandem.RowsPerCPU,
				v.Tandem.Others, v.Live, v.RSSPeak, r.Host.Load))
	}
	return t
}
