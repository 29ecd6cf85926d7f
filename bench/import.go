package bench

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"tandem/bench/azdeck"
	"tandem/billing/deck"
	"tandem/play"
	"tandem/routing"
)

// ImportGoalRows is how many rows of a sheet shall be in force a second, from the
// start of the command to its end. Set before anything was measured.
const ImportGoalRows = 5000

// ImportSpec bounds the bench Import.
type ImportSpec struct {
	Rates  int // rows of the sheet
	Rounds int
}

func (s ImportSpec) validate() error {
	if s.Rounds < 1 || s.Rounds > maxRounds {
		return fmt.Errorf("rounds %d: want 1 to %d", s.Rounds, maxRounds)
	}
	return nil
}

// ImportReport is what Import found.
type ImportReport struct {
	Bench  string        `json:"bench"`
	Host   Host          `json:"host"`
	Rates  int           `json:"rates"`
	Rounds []ImportRound `json:"rounds"`
	Ratio  Ratio         `json:"rows_per_s_ratio"`
	CPU    Ratio         `json:"rows_per_cpu_s_ratio"` // command and MariaDB together, against MariaDB
	Live   Ratio         `json:"live_s"`               // from the start of the command to the first answer by the new deck
	Failed int           `json:"failed"`               // exchanges of the node meanwhile
	Goals  []GoalHeld    `json:"goals"`
}

// ImportRound is one sheet imported beside the same rows loaded raw.
type ImportRound struct {
	SheetMB float64    `json:"sheet_mb"`
	Replace bool       `json:"replaces_a_deck"` // the preview compares with the one in force
	Raw     ImportSide `json:"raw_load_data"`
	Tandem  ImportSide `json:"tandem"`
	Live    float64    `json:"live_s"`
	RSSPeak float64    `json:"command_rss_peak_mb"`
	Calls   StreamPart `json:"exchanges_meanwhile"`
}

// ImportSide is one way of bringing the rows in.
type ImportSide struct {
	Seconds       float64 `json:"seconds"`
	RowsPerSecond float64 `json:"rows_per_s"`
	CommandCPU    float64 `json:"command_cpu_s"` // of Tandem's
	MariaDBCPU    float64 `json:"mariadb_cpu_s"`
	RowsPerCPU    float64 `json:"rows_per_cpu_s"`
	Others        float64 `json:"share_of_the_machine_used_by_others"`
}

// Import measures the command that brings in a sheet, from the file to the first
// call by its prices, against a raw LOAD DATA of the same rows.
func Import(ctx context.Context, o Options, spec ImportSpec) (ImportReport, error) {
	report := ImportReport{Bench: "import", Host: hostOf(o.Version, o.Tools), Rates: spec.Rates}
	if err := spec.validate(); err != nil {
		return report, err
	}
	set, err := azdeck.New(2*spec.Rates, 2, time.Now()) // two carriers in turns, a deck each
	if err != nil {
		return report, err
	}
	err = o.within(ctx, "import", func(dir string, teardown *play.Teardown) error {
		_, n, err := preparedNode(ctx, o, dir, teardown)
		if err != nil {
			return err
		}
		if _, err := addCarriers(ctx, n.mariadb, set, teardown); err != nil {
			return err
		}
		if err := n.serve(ctx, o, readyLimit, teardown); err != nil {
			return err
		}
		b := importBench{asker: newAsker(n, set, importPerSecond), options: o, set: set}
		b.attach()
		return b.run(ctx, &report, spec)
	})
	return report, err
}

// importPerSecond is enough to see when the deck is in force, and too little to
// matter.
const importPerSecond = 20

type importBench struct {
	*asker
	options Options
	set     *azdeck.Set
}

func (b *importBench) run(ctx context.Context, report *ImportReport, spec ImportSpec) error {
	for i := range spec.Rounds {
		round, err := b.round(ctx, i)
		if err != nil {
			return err
		}
		report.Rounds = append(report.Rounds, round)
		b.options.say("%d/%d raw %.0f rows/s, import %.0f rows/s, live after %.1f s",
			i+1, spec.Rounds, round.Raw.RowsPerSecond, round.Tandem.RowsPerSecond, round.Live)
	}
	report.sum()
	return nil
}

func (b *importBench) round(ctx context.Context, i int) (r ImportRound, err error) {
	provider := i % b.set.Providers()
	rows := cheapDeck(b.set, provider, i)
	r.Replace = i >= b.set.Providers()
	b.options.say("sheet %d, of %s", i+1, carrierName(provider))
	sheet := filepath.Join(b.node.dir, "sheet.csv")
	if r.SheetMB, err = writeSheet(sheet, rows); err != nil {
		return r, err
	}
	if err := b.raw(ctx, &r.Raw, rows); err != nil {
		return r, err
	}
	if err := b.meter[:2].idle(ctx); err != nil {
		return r, err
	}
	err = b.streaming(ctx, func(ctx context.Context, s *stream) error {
		if err := pause(ctx, time.Second); err != nil {
			return err
		}
		return b.command(ctx, s, &r, sheet, provider)
	})
	if err != nil {
		return r, err
	}
	for _, side := range []*ImportSide{&r.Raw, &r.Tandem} {
		side.RowsPerSecond = float64(b.set.Size(provider)) / side.Seconds
		side.RowsPerCPU = float64(b.set.Size(provider)) / max(side.CommandCPU+side.MariaDBCPU, 0.01)
	}
	return r, b.same(ctx, provider)
}

func writeSheet(path string, rows iter.Seq[routing.DeckRow]) (size float64, err error) {
	file, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := deck.WriteCSV(file, deckRates(rows)); err != nil {
		return 0, err
	}
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	return mb(info.Size()), nil
}

// raw loads the rows into a table like deck_rates, as fast as MariaDB takes them.
func (b *importBench) raw(ctx context.Context, side *ImportSide, rows iter.Seq[routing.DeckRow]) (err error) {
	lines := filepath.Join(b.node.dir, "raw.tsv")
	if err := writeLines(lines, rows); err != nil {
		return err
	}
	if err := execAll(ctx, b.node.mariadb, "DROP TABLE IF EXISTS bench_raw", "CREATE TABLE bench_raw LIKE deck_rates"); err != nil {
		return err
	}
	if err := b.meter[:2].idle(ctx); err != nil {
		return err
	}
	pool, err := sql.Open("mysql", b.node.mariadb.DSN())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	if err := pool.PingContext(ctx); err != nil {
		return err
	}
	stretch, err := b.begin()
	if err != nil {
		return err
	}
	if err := loadData(ctx, pool, "bench_raw", rawColumns, func(out io.Writer) error { return copyFile(out, lines) }); err != nil {
		return err
	}
	side.Seconds = time.Since(stretch.from).Seconds()
	used, err := b.meter.since(stretch.used)
	if err != nil {
		return err
	}
	side.MariaDBCPU = used[1].Seconds()
	side.Others, err = stretch.watch.others(used)
	return err
}

// command runs the import as an operator does and waits for the first call by the
// new prices.
func (b *importBench) command(ctx context.Context, s *stream, r *ImportRound, sheet string, provider int) error {
	stretch, err := b.begin()
	if err != nil {
		return err
	}
	answers := len(s.since(0))
	usage, err := b.node.run(ctx, "deck", "import", sheet, "--provider", carrierName(provider), "--publish", "--yes", "--json")
	if err != nil {
		return err
	}
	r.Tandem.Seconds = time.Since(stretch.from).Seconds()
	r.Tandem.CommandCPU = usage.cpu.Seconds()
	r.RSSPeak = mb(usage.peak)
	seen, err := s.inForce(ctx, answers, fmt.Sprintf("%d.", firstCarrier+provider))
	if err != nil {
		return err
	}
	r.Live = seen.Sub(stretch.from).Seconds()
	var used []time.Duration
	if r.Calls, used, err = stretch.end(ctx, s); err != nil {
		return err
	}
	r.Tandem.MariaDBCPU = used[1].Seconds()
	// The command is no process of the meter.
	r.Tandem.Others = max(0, r.Calls.Others-usage.cpu.Seconds()/stretch.capacity())
	return nil
}

// usage is what a process that has ended used.
type usage struct {
	cpu  time.Duration
	peak int64
}

// run runs a command of the program to its end.
func (n *node) run(ctx context.Context, arguments ...string) (usage, error) {
	command := exec.CommandContext(ctx, n.binary, append(arguments, "--config", n.config)...) //nolint:gosec // G204: our own program
	output, err := command.CombinedOutput()
	if err != nil {
		return usage{}, fmt.Errorf("tandem %v: %w\n%s", arguments, err, output[max(0, len(output)-2000):])
	}
	u := usage{cpu: command.ProcessState.UserTime() + command.ProcessState.SystemTime()}
	if r, ok := command.ProcessState.SysUsage().(*syscall.Rusage); ok {
		u.peak = r.Maxrss << 10
	}
	return u, nil
}

var errRowsDiffer = errors.New("the imported rows are not those of the raw load")

// same holds what is in force against what was loaded raw.
func (b *importBench) same(ctx context.Context, provider int) (err error) {
	pool, err := sql.Open("mysql", b.node.mariadb.DSN())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	const sum = `SELECT CONCAT(COUNT(*), ' rows, checksum ', SUM(CRC32(CONCAT_WS('/', prefix, n, per_minute, connection_fee, first_s, next_s,
		COALESCE(effective_from, '-'), COALESCE(effective_to, '-'), destination)))) FROM `
	var raw, imported string
	if err := pool.QueryRowContext(ctx, sum+`bench_raw`).Scan(&raw); err != nil {
		return err
	}
	if err := pool.QueryRowContext(ctx, sum+`deck_rates WHERE deck_id = (SELECT id FROM decks WHERE provider_id = ? AND state = 'published'
		ORDER BY publish_at DESC, id DESC LIMIT 1)`, firstCarrier+provider).Scan(&imported); err != nil {
		return err
	}
	if raw != imported {
		return fmt.Errorf("%w: %s, loaded raw %s", errRowsDiffer, imported, raw)
	}
	return nil
}

func (r *ImportReport) sum() {
	var ours, raw, ourCPU, rawCPU, live, rows []float64
	for _, v := range r.Rounds {
		ours, raw = append(ours, v.Tandem.RowsPerSecond), append(raw, v.Raw.RowsPerSecond)
		ourCPU, rawCPU = append(ourCPU, v.Tandem.RowsPerCPU), append(rawCPU, v.Raw.RowsPerCPU)
		live, rows = append(live, v.Live), append(rows, v.Tandem.RowsPerSecond)
		r.Failed += v.Calls.Failed
	}
	r.Ratio, r.CPU, r.Live = ratioOf(ours, raw), ratioOf(ourCPU, rawCPU), rangeOf(live)
	r.Goals = []GoalHeld{
		atLeast("rows a second", ImportGoalRows, rangeOf(rows).Median),
		atMost("failed exchanges", 0, float64(r.Failed)),
	}
}

// rawColumns are those that writeLines writes; the others have their defaults.
const rawColumns = "deck_id, prefix, n, per_minute, connection_fee, first_s, next_s, effective_from, effective_to, destination"

func writeLines(path string, rows iter.Seq[routing.DeckRow]) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	var line []byte
	last, n := "", 0
	text := make([]byte, 0, 1<<20)
	for r := range rows {
		if n++; r.Prefix != last {
			last, n = r.Prefix, 0
		}
		line = append(append(append(line[:0], "1\t"...), r.Prefix...), '\t')
		line = strconv.AppendInt(line, int64(n), 10)
		line = append(append(line, '\t'), r.PerMinute.String()...)
		line = append(append(line, '\t'), r.ConnectionFee.String()...)
		line = strconv.AppendInt(append(line, '\t'), int64(r.First), 10)
		line = strconv.AppendInt(append(line, '\t'), int64(r.Next), 10)
		line = appendDate(line, r.From, `\N`)
		line = appendDate(line, r.To, `\N`)
		line = append(append(append(line, '\t'), azdeck.Destination(r.Prefix)...), '\n')
		if text = append(text, line...); len(text) > cap(text)-1024 {
			if _, err := file.Write(text); err != nil {
				return err
			}
			text = text[:0]
		}
	}
	_, err = file.Write(text)
	return err
}

func copyFile(out io.Writer, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, file)
	return errors.Join(err, file.Close())
}
