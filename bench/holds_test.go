package bench

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tandem/internal/money"
	"tandem/play"
)

// TestMoneyBenches runs the benches of money, all over few calls.
func TestMoneyBenches(t *testing.T) {
	t.Parallel()
	o := tiny(t)
	o.Binary = filepath.Join(t.TempDir(), "tandem")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", o.Binary, "tandem/cmd/tandem").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, bench := range map[string]func(*testing.T, Options){"holds": testHolds, "records": testRecords, "books": testBooks} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			own := o
			own.Dir = t.TempDir()
			bench(t, own)
		})
	}
}

// testHolds: every way makes holds, and the three servers answer routes after
// theirs; the bench itself holds the books against each other.
func testHolds(t *testing.T, o Options) {
	t.Helper()
	const accounts, workers = 20, 4
	report, err := Holds(t.Context(), o, HoldsSpec{Each: 200 * time.Millisecond, Slices: 1, Accounts: accounts, Workers: workers, Route: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range report.Cases {
		names = append(names, c.What)
		for way, s := range map[string]HoldsSide{"tandem": c.Tandem, "CALL": c.Call, "statements": c.Statements} {
			if s.Done == 0 || s.Failed != 0 || s.PerSecond <= 0 || s.P99 < s.P50 {
				t.Errorf("%s, %d accounts, %d at a time, %s: %+v", c.What, c.Accounts, c.Workers, way, s)
			}
		}
		if want := c.Tandem.PerSecond / c.Call.PerSecond; c.ToCall.Rate.Median < 0.999*want || c.ToCall.Rate.Median > 1.001*want {
			t.Errorf("%s: ratio %v of one slice each, want %v", c.What, c.ToCall.Rate, want)
		}
	}
	if got := strings.Join(names, " "); got != "hold hold hold hold extend extend route" {
		t.Errorf("cases %s", got)
	}
	if g := report.Guarantee; g.Granted != 142 || g.Held != 9_940_000 || g.Beyond != 0 {
		t.Errorf("%+v", g)
	}
	r := report.Route
	if r.Exchange.Routes < 2 || r.Terms < 500 || r.Records.Written < r.Records.Due || r.Records.Due < 3 {
		t.Errorf("%+v", r)
	}
	speaks(t, report, "bare CALL (anchor)", "142 granted", "set aside beyond the balance, in 1e-6")
}

// testRecords: the rows of both sides agree, or the bench fails by itself.
func testRecords(t *testing.T, o Options) {
	t.Helper()
	report, err := Settle(t.Context(), o, RecordsSpec{Calls: spoolBatch, Batches: []int{1, 100}, Rounds: 2, Senders: 20})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Cases) != 3 || report.Cases[0].Calls != 400 || !report.Cases[2].Spool || report.Cases[2].Batch > 20 {
		t.Errorf("cases %+v", report.Cases)
	}
	for _, c := range report.Cases {
		for way, s := range map[string]Rated{"tandem": c.Tandem, "starts": c.Starts, "plain": c.Plain, "whole": c.Whole} {
			if s.PerSecond <= 0 || s.P99 < s.P50 || len(s.rounds) != 2 {
				t.Errorf("batches of %d, %s: %+v", c.Batch, way, s)
			}
		}
		if c.Life.Median >= c.Ratio.Median {
			t.Errorf("batches of %d: ends %v, with their starts %v", c.Batch, c.Ratio, c.Life)
		}
	}
	if b := report.Books; b.Calls != 2*(400+500+500) || b.Holds != 0 || b.Sold != b.Taken || b.Postings < b.Calls {
		t.Errorf("books %+v", b)
	}
	// 0.9 of the calls talk: a call, 1.2 attempts, a sale, a purchase.
	if report.Each < 3.9 || report.Each > 4.1 {
		t.Errorf("%v rows a record", report.Each)
	}
	speaks(t, report, "plain inserts (anchor)", "records a second, through the spool, to plain inserts")
}

// testBooks: books that do not agree fail a bench.
func testBooks(t *testing.T, o Options) {
	t.Helper()
	err := o.within(t.Context(), "books", func(dir string, teardown *play.Teardown) error {
		loopback, err := play.NewLoopback(t.Context())
		if err != nil {
			return err
		}
		teardown.Add("loopback range", func(context.Context) error { return loopback.Close() })
		n, err := prepareNode(t.Context(), o, dir, loopback.Addr(2), teardown)
		if err != nil {
			return err
		}
		b, err := openBooks(t.Context(), n.mariadb, 2, teardown)
		if err != nil {
			return err
		}
		spoilBooks(t, b)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func spoilBooks(t *testing.T, b *books) {
	t.Helper()
	for name, spoil := range map[string]string{
		"fine":                "DO 0",
		"a hold lost":         "DELETE FROM holds LIMIT 1",
		"a sum off":           "UPDATE balances SET held = held + 0.000001 WHERE account_id = 100001",
		"a call miscounted":   "UPDATE balances SET calls = calls + 1 WHERE account_id = 100002",
		"above the balance":   "UPDATE balances SET balance = 0.02 WHERE account_id = 100001",
		"a hold of more":      "UPDATE holds SET amount = amount + 1",
		"one too many":        "INSERT INTO holds (call_id, amount, paid_s, terms, server, began_at) VALUES ('x', 0, 0, '', '', UTC_TIMESTAMP())",
		"moved between calls": "UPDATE holds SET amount = IF(account_id = 100001, amount + 0.01, amount - 0.01)",
	} {
		if err := b.clear(t.Context()); err != nil {
			t.Fatal(err)
		}
		for i := range 2 {
			if err := b.grant(t.Context(), b.newHold(recordID(i), int64(firstPayer+i))); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.bare.exec(t.Context(), spoil, "UPDATE balances SET balance = 1 WHERE account_id = 100001 AND balance <> 0.02"); err != nil {
			t.Fatal(err)
		}
		if err := b.add(t.Context(), 2); (err == nil) != (name == "fine") {
			t.Errorf("%s: %v", name, err)
		}
		if err := b.bare.exec(t.Context(), "UPDATE balances SET balance = 1 WHERE account_id = 100001"); err != nil {
			t.Fatal(err)
		}
	}
}

// TestLoop: the first failure ends the work of all and is told.
func TestLoop(t *testing.T) {
	t.Parallel()
	s := loop(t.Context(), 3, time.Hour, func(_ context.Context, worker, n int) error {
		if worker == 1 && n == 5 {
			return errNotGranted
		}
		return nil
	})
	if !errors.Is(s.firstErr, errNotGranted) || s.failed != 1 || s.done < 5 {
		t.Errorf("%+v", s)
	}
	s = loop(t.Context(), 2, 300*time.Millisecond, func(context.Context, int, int) error { return pause(t.Context(), time.Millisecond) })
	if s.firstErr != nil || s.done < 4 || s.elapsed < 300*time.Millisecond || s.p50 < time.Millisecond || s.p99 < s.p50 {
		t.Errorf("%+v", s)
	}
}

func TestAGIField(t *testing.T) {
	t.Parallel()
	env := []byte("agi_uniqueid: a-1.2\nagi_arg_1: x\nagi_arg_2: payer-7\n\n")
	for key, want := range map[string]string{"agi_uniqueid: ": "a-1.2", "agi_arg_2: ": "payer-7", "agi_arg_3: ": ""} {
		if got := agiField(env, key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
}

func TestMoneySpecsAreBounded(t *testing.T) {
	t.Parallel()
	good := HoldsSpec{Each: time.Second, Slices: 1, Accounts: 1, Workers: 1, Route: time.Second}
	for name, spoil := range map[string]func(*HoldsSpec){
		"slices":       func(s *HoldsSpec) { s.Slices = 0 },
		"accounts":     func(s *HoldsSpec) { s.Accounts = 0 },
		"workers":      func(s *HoldsSpec) { s.Workers = maxWorkers + 1 },
		"short":        func(s *HoldsSpec) { s.Slices = 11 },
		"short routes": func(s *HoldsSpec) { s.Slices = 2 },
		"long":         func(s *HoldsSpec) { s.Each = 2 * time.Hour },
	} {
		bad := good
		if spoil(&bad); bad.validate() == nil {
			t.Errorf("%s: %+v is fine", name, bad)
		}
	}
	fine := RecordsSpec{Calls: 500, Batches: []int{1, 500}, Rounds: 1, Senders: 1}
	for name, spoil := range map[string]func(*RecordsSpec){
		"calls":   func(s *RecordsSpec) { s.Calls = 499 },
		"rounds":  func(s *RecordsSpec) { s.Rounds = 0 },
		"none":    func(s *RecordsSpec) { s.Batches = nil },
		"large":   func(s *RecordsSpec) { s.Batches = []int{501} },
		"senders": func(s *RecordsSpec) { s.Senders = 0 },
	} {
		bad := fine
		if spoil(&bad); bad.validate() == nil {
			t.Errorf("%s: %+v is fine", name, bad)
		}
	}
	if err := errors.Join(good.validate(), fine.validate()); err != nil {
		t.Error(err)
	}
}

// TestMoneyTables: medians over runs of both benches, ratios slice by slice.
func TestMoneyTables(t *testing.T) {
	t.Parallel()
	side := func(done int, cpu time.Duration) HoldsSide {
		return HoldsSide{slices: []holdsSlice{{done: done, elapsed: time.Second, cpu: cpu, mariadb: cpu, p50: time.Millisecond, p99: 2 * time.Millisecond}}}
	}
	rated := func(done int) Rated { return Rated{rounds: side(done, time.Second).slices} }
	for _, c := range []struct {
		report deckReport
		table  func(*bytes.Buffer, []figures) error
		want   []string
	}{
		{
			HoldsReport{Cases: []HoldsCase{
				{What: "route", Accounts: 1000, Workers: 16, Tandem: side(800, time.Second), Call: side(1000, time.Second), Statements: side(500, time.Second)},
				{What: "hold", Accounts: 1, Workers: 32, Tandem: side(900, time.Second), Call: side(1000, time.Second), Statements: side(1000, time.Second)},
			}},
			func(b *bytes.Buffer, list []figures) error { return holdsTable(b, list) },
			[]string{"| hold | 1 | 32 | 900 | 1000 | 1000 | 0.90 | 0.90 |", "| 0.90 | 0.90 | 1.00 | 2.0 | yes |", "| route | 1000 | 16 | 800 | 1000 | 500 | 0.80 | 1.60 | 1250 + 1250 | 1000 + 1000 | 2000 + 2000 | 0.80 | 1.60 | 1.00 | 2.0 | yes |"},
		},
		{
			RecordsReport{Each: 4, Cases: []RecordsCase{
				{Batch: 100, Tandem: rated(400), Starts: rated(400), Plain: rated(1000), Whole: rated(800)},
				{Batch: 33, Spool: true, Tandem: rated(600), Starts: rated(600), Plain: rated(1000), Whole: rated(600)},
			}},
			func(b *bytes.Buffer, list []figures) error { return recordsTable(b, list) },
			[]string{"| 100 | 400 | 1000 | 0.40 | 0.50 | 0.20 |", "| **no** |", "| spool, up to 500 | 600 | 1000 | 0.60 | 1.00 | 0.30 |", "| yes |"},
		},
	} {
		file := filepath.Join(t.TempDir(), "raw.csv")
		if err := c.report.Rows().AppendTo(file, time.Unix(0, 0)); err != nil {
			t.Fatal(err)
		}
		list, err := readFigures(file)
		if err != nil {
			t.Fatal(err)
		}
		var text bytes.Buffer
		if err := c.table(&text, list); err != nil {
			t.Fatal(err)
		}
		for _, want := range c.want {
			if !strings.Contains(text.String(), want) {
				t.Errorf("no %q in\n%s", want, text.String())
			}
		}
	}
	if minuteFor*2 != holdAmount || holdAmount > money.Amount(1e6) {
		t.Error("what a hold of the bench is for")
	}
}
