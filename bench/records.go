package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"tandem/billing"
	"tandem/play"
)

// RecordsGoal is the least share of the plain inserts of the same rows that rated,
// durable call records shall reach, in batches of a hundred and more. Set before
// anything was measured.
const (
	RecordsGoal  = 0.5
	recordsGoalN = 100
)

// RecordsSpec bounds the bench Settle.
type RecordsSpec struct {
	Calls   int   // of each case and round, at most
	Batches []int // records in a transaction
	Rounds  int
	Senders int // that wait at the spool at a time
}

// spoolBatch is the most that the spool puts into a transaction, as in service.
const spoolBatch = 500

func (s RecordsSpec) validate() error {
	switch {
	case s.Calls < spoolBatch || s.Calls > 1_000_000:
		return fmt.Errorf("calls %d: want %d to 1000000", s.Calls, spoolBatch)
	case s.Rounds < 1 || s.Rounds > 20:
		return fmt.Errorf("rounds %d: want 1 to 20", s.Rounds)
	case len(s.Batches) == 0 || len(s.Batches) > 9:
		return fmt.Errorf("%d sizes of batches: want 1 to 9", len(s.Batches))
	case s.Senders < 1 || s.Senders > 10_000:
		return fmt.Errorf("senders %d: want 1 to 10000", s.Senders)
	}
	for _, n := range s.Batches {
		if n < 1 || n > spoolBatch {
			return fmt.Errorf("batch %d: want 1 to %d", n, spoolBatch)
		}
	}
	return nil
}

// RecordsReport is what Settle found.
type RecordsReport struct {
	Bench  string        `json:"bench"`
	Host   Host          `json:"host"`
	Rounds int           `json:"rounds"`
	Terms  int           `json:"terms_bytes"`   // of each hold
	Each   float64       `json:"rows_a_record"` // in calls, attempts and ledger together
	Cases  []RecordsCase `json:"cases"`
	Books  RecordsBooks  `json:"books"`
	Goals  []GoalHeld    `json:"goals"`
}

// RecordsCase is one size of batches.
type RecordsCase struct {
	Batch  int   `json:"batch"` // records in a transaction; through the spool: on average
	Spool  bool  `json:"spool"` // the records come from many senders that wait each for its own
	Calls  int   `json:"calls_a_round"`
	Tandem Rated `json:"tandem"`        // WriteRecords of the ends
	Starts Rated `json:"tandem_starts"` // WriteRecords of the starts before
	Plain  Rated `json:"plain_inserts"` // of the very same rows, in transactions of the same calls
	Whole  Rated `json:"plain_whole"`   // and with the holds deleted and the balances updated
	Ratio  Ratio `json:"per_s_ratio_to_plain_inserts"`
	CPU    Ratio `json:"per_cpu_s_ratio_to_plain_inserts"` // of our process and MariaDB together
	ToAll  Ratio `json:"per_s_ratio_to_plain_whole"`
	Life   Ratio `json:"per_s_ratio_of_start_and_end_to_plain_inserts"`
}

// Rated is one way of writing: sums over the rounds, medians of the latencies.
type Rated struct {
	PerSecond  float64 `json:"records_per_s"`
	CPU        float64 `json:"cpu_us_each"` // of our process
	MariaDBCPU float64 `json:"mariadb_cpu_us_each"`
	P50        float64 `json:"p50_ms"` // of a transaction; through the spool: of a sender's wait
	P99        float64 `json:"p99_ms"`
	Others     Ratio   `json:"share_of_the_machine_used_by_others"`

	rounds []holdsSlice
}

// RecordsBooks is what the tables say at the end of it all.
type RecordsBooks struct {
	Calls    int    `json:"calls"`
	Postings int    `json:"postings"`
	Sold     string `json:"sold"`
	Taken    string `json:"taken_from_balances"`
	Holds    int    `json:"holds_left"`
	Findings int    `json:"ledger_findings"`
}

// Settle measures rated, durable call records against plain batched inserts of
// the very same rows.
func Settle(ctx context.Context, o Options, spec RecordsSpec) (RecordsReport, error) {
	report := RecordsReport{Bench: "records", Host: hostOf(o.Version, o.Tools), Rounds: spec.Rounds}
	if err := spec.validate(); err != nil {
		return report, err
	}
	err := o.within(ctx, "records", func(dir string, teardown *play.Teardown) error {
		_, n, err := preparedNode(ctx, o, dir, teardown)
		if err != nil {
			return err
		}
		b := recordsBench{options: o, spec: spec, dir: dir}
		if b.books, err = openBooks(ctx, n.mariadb, recordAccounts, teardown); err != nil {
			return err
		}
		b.meter = meter{os.Getpid(), pidOf(n.mariadb)}
		if b.to, err = makeDestinations(); err != nil {
			return err
		}
		if b.plain, err = newPlain(ctx, n.mariadb, teardown); err != nil {
			return err
		}
		return b.run(ctx, &report)
	})
	report.judge()
	return report, err
}

// recordAccounts is how many accounts the calls are of.
const recordAccounts = 1000

type recordsBench struct {
	options Options
	spec    RecordsSpec
	dir     string
	books   *books
	plain   *plain
	to      []destination
	meter   meter // ourselves, MariaDB
	calls   int   // made so far
}

func (b *recordsBench) run(ctx context.Context, report *RecordsReport) error {
	report.Terms = len(b.books.bare.Terms)
	for _, n := range b.spec.Batches {
		report.Cases = append(report.Cases, RecordsCase{Batch: n, Calls: b.size(n)})
	}
	report.Cases = append(report.Cases, RecordsCase{Batch: spoolBatch, Spool: true, Calls: b.spec.Calls})
	for i := range b.spec.Rounds {
		for k := range report.Cases {
			c := &report.Cases[k]
			if err := b.round(ctx, c); err != nil {
				return fmt.Errorf("batches of %d: %w", c.Batch, err)
			}
			ours, plain := c.Tandem.rounds[i], c.Plain.rounds[i]
			b.options.say("%d/%d %-18s %6.0f records/s, plain inserts %6.0f/s, ratio %.2f; with holds and balances %6.0f/s; others use %.0f %% of the machine",
				i+1, b.spec.Rounds, c.name(), ours.perSecond(), plain.perSecond(), ours.perSecond()/plain.perSecond(), c.Whole.rounds[i].perSecond(), 100*ours.others)
		}
	}
	for k := range report.Cases {
		report.Cases[k].sum()
	}
	report.Each = float64(b.plain.rows) / float64(b.calls)
	var err error
	report.Books, err = b.verify(ctx)
	return err
}

// size is how many calls a case has: small batches take long.
func (b *recordsBench) size(batch int) int {
	n := min(b.spec.Calls, 400*batch)
	return n - n%batch
}

func (c RecordsCase) name() string {
	if c.Spool {
		return "through the spool"
	}
	return fmt.Sprintf("batches of %d", c.Batch)
}

// round writes new calls our way, then the rows that this made, plainly.
func (b *recordsBench) round(ctx context.Context, c *RecordsCase) error {
	calls := makeCalls(b.calls, c.Calls, b.to)
	b.calls += c.Calls
	if err := b.timed(ctx, &c.Starts, c.Calls, func() ([]time.Duration, error) {
		return b.batches(ctx, starts(calls), spoolBatch)
	}); err != nil {
		return err
	}
	if err := b.plain.hold(ctx, calls); err != nil {
		return err
	}
	ends := ends(calls)
	if err := b.timed(ctx, &c.Tandem, c.Calls, func() ([]time.Duration, error) {
		if c.Spool {
			return b.spool(ctx, ends, c)
		}
		return b.batches(ctx, ends, c.Batch)
	}); err != nil {
		return err
	}
	rows, err := b.plain.read(ctx, calls)
	if err != nil {
		return err
	}
	for _, way := range []struct {
		side  *Rated
		whole bool
	}{{&c.Plain, false}, {&c.Whole, true}} {
		if err := b.timed(ctx, way.side, c.Calls, func() ([]time.Duration, error) {
			return b.plain.insert(ctx, rows, c.Batch, way.whole)
		}); err != nil {
			return err
		}
	}
	return b.plain.same(ctx)
}

// timed measures one way of writing so many calls, once MariaDB has done what was
// before.
func (b *recordsBench) timed(ctx context.Context, side *Rated, calls int, write func() ([]time.Duration, error)) error {
	if err := b.meter[1:].idle(ctx); err != nil {
		return err
	}
	watch, err := startWatch()
	if err != nil {
		return err
	}
	before, err := b.meter.read()
	if err != nil {
		return err
	}
	began := time.Now()
	took, err := write()
	if err := errors.Join(err, context.Cause(ctx)); err != nil {
		return err
	}
	s := holdsSlice{done: calls, elapsed: time.Since(began), p50: percentile(took, 50), p99: percentile(took, 99)}
	used, err := b.meter.since(before)
	if err != nil {
		return err
	}
	s.cpu, s.mariadb = used[0], used[1]
	s.others, err = watch.others(used)
	side.rounds = append(side.rounds, s)
	return err
}

// batches writes records as the spool does when it is given so many at a time.
func (b *recordsBench) batches(ctx context.Context, records []billing.Record, size int) (took []time.Duration, err error) {
	for len(records) > 0 {
		n := min(size, len(records))
		began := time.Now()
		if err := b.books.db.WriteRecords(ctx, records[:n]); err != nil {
			return nil, err
		}
		took = append(took, time.Since(began))
		records = records[n:]
	}
	return took, nil
}

// spool lets many senders each put one record after the other and wait until it
// is durable. The batches come about by themselves.
func (b *recordsBench) spool(ctx context.Context, records []billing.Record, c *RecordsCase) ([]time.Duration, error) {
	store := countingStore{store: b.books.db}
	s, err := billing.OpenSpool(billing.SpoolConfig{ //nolint:contextcheck // it ends by Close
		Dir: filepath.Join(b.dir, "spool"), StoreTimeout: 1900 * time.Millisecond, RetryEvery: time.Second, BatchMax: spoolBatch, QueueMax: 20_000,
	}, &store, zerolog.Nop())
	if err != nil {
		return nil, err
	}
	took := make([]time.Duration, len(records))
	errs := make([]error, b.spec.Senders)
	var next atomic.Int64
	var running sync.WaitGroup
	for w := range errs {
		running.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(records)) && errs[w] == nil; i = next.Add(1) - 1 {
				began := time.Now()
				errs[w] = s.Put(ctx, records[i])
				took[i] = time.Since(began)
			}
		})
	}
	running.Wait()
	for until := time.Now().Add(settleLimit); s.Waiting() > 0 && time.Now().Before(until); { // a disk may take its time
		if pause(ctx, 10*time.Millisecond) != nil {
			break
		}
	}
	waiting, refused := s.Waiting(), s.Refused()
	if err := errors.Join(errors.Join(errs...), s.Close()); err != nil {
		return nil, err
	}
	if waiting != 0 || refused != 0 {
		return nil, fmt.Errorf("%w: %d records on disk, %d refused", errBooks, waiting, refused)
	}
	c.Batch = len(records) / max(1, store.batches)
	return took, nil
}

// countingStore counts the batches; only the spool's one writer calls it.
type countingStore struct {
	store   billing.RecordStore
	batches int
}

// WriteRecords implements billing.RecordStore.
func (s *countingStore) WriteRecords(ctx context.Context, records []billing.Record) error {
	s.batches++
	return s.store.WriteRecords(ctx, records)
}

func (c *RecordsCase) sum() {
	for _, side := range []*Rated{&c.Tandem, &c.Starts, &c.Plain, &c.Whole} {
		side.sum()
	}
	rate := func(r Rated) []float64 { return values(r.rounds, holdsSlice.perSecond) }
	c.Ratio, c.ToAll = ratioOf(rate(c.Tandem), rate(c.Plain)), ratioOf(rate(c.Tandem), rate(c.Whole))
	c.CPU = ratioOf(values(c.Tandem.rounds, holdsSlice.perAllCPUSecond), values(c.Plain.rounds, holdsSlice.perAllCPUSecond))
	c.Life = ratioOf(bothOf(rate(c.Starts), rate(c.Tandem)), rate(c.Plain))
}

// bothOf is how fast two things are done one after the other.
func bothOf(first, second []float64) []float64 {
	both := make([]float64, min(len(first), len(second)))
	for i := range both {
		both[i] = 1 / (1/first[i] + 1/second[i])
	}
	return both
}

func (r *Rated) sum() {
	var side HoldsSide
	side.slices = r.rounds
	side.sum()
	r.PerSecond, r.CPU, r.MariaDBCPU, r.P50, r.P99, r.Others = side.PerSecond, side.CPU, side.MariaDBCPU, side.P50, side.P99, side.Others
}

func (r *RecordsReport) judge() {
	for _, c := range r.Cases {
		if c.Batch >= recordsGoalN || c.Spool {
			r.Goals = append(r.Goals, atLeast("records a second, "+c.name()+", to plain inserts", RecordsGoal, c.Ratio.Median))
		}
	}
}

// verify lets the ledger be verified as an operator does, and holds the money
// against the calls: what was charged is what left the balances, and nothing is
// held any more.
func (b *recordsBench) verify(ctx context.Context) (v RecordsBooks, err error) {
	b.options.say("the ledger is verified")
	found, err := b.books.db.Verify(ctx, nil)
	if err != nil {
		return v, err
	}
	v.Findings = len(found.Findings)
	var unpriced int
	err = b.books.bare.pool.QueryRowContext(ctx, `SELECT
		(SELECT COUNT(*) FROM calls WHERE closed_by = 'report'),
		(SELECT COUNT(*) FROM calls WHERE charge_error IS NOT NULL OR sale IS NULL),
		(SELECT COUNT(*) FROM ledger WHERE call_id IS NOT NULL),
		(SELECT COALESCE(SUM(sale), 0) FROM calls),
		(SELECT SUM(`+payerCredit+` - balance) FROM balances WHERE account_id >= ?),
		(SELECT COUNT(*) FROM holds)`, firstPayer).
		Scan(&v.Calls, &unpriced, &v.Postings, &v.Sold, &v.Taken, &v.Holds)
	switch {
	case err != nil:
		return v, err
	case v.Findings != 0:
		return v, fmt.Errorf("%w: ledger: %d findings, the first: %+v", errBooks, v.Findings, found.Findings[0])
	case v.Calls != b.calls || unpriced != 0 || v.Sold != v.Taken || v.Holds != 0:
		return v, fmt.Errorf("%w: %d calls were written, %d are there, %d of them without a price; sold %s, taken %s; %d holds left",
			errBooks, b.calls, v.Calls, unpriced, v.Sold, v.Taken, v.Holds)
	}
	return v, nil
}
