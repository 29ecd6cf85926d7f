package db_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"tandem/billing/deck"
	"tandem/billing/rate"
	"tandem/db"
	"tandem/routing"
)

func TestZZPerf(t *testing.T) {
	if os.Getenv("ZZ") != "load" {
		t.Skip()
	}
	b := seeded(t)
	b.exec("DELETE FROM deck_rates")
	b.exec("DELETE FROM decks")
	start := time.Now()
	for i := range 50 {
		b.exec(fmt.Sprintf("INSERT INTO providers (id, providername, currency_id) VALUES (%d, 'p%d', 122)", 1000+i, i))
		b.exec(fmt.Sprintf("INSERT INTO decks (id, provider_id, tier, version, state, publish_at, rates, created_at) VALUES (%d, %d, 'cli', 1, 'published', '2026-01-01', 100000, '2026-01-01')", i+1, 1000+i))
		b.exec(fmt.Sprintf("INSERT INTO deck_rates (deck_id, prefix, per_minute, connection_fee, first_s, next_s, destination) SELECT %d, CAST(1000000 + seq*90 AS CHAR), 0.01 + (seq MOD 1000)/10000, 0, 60, 1, 'Somewhere, mobile' FROM seq_1_to_100000", i+1))
	}
	t.Log("insert", time.Since(start))
	for range 3 {
		runtime.GC()
		start = time.Now()
		data, problems, err := b.LoadSnapshotData(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Log("load", data.Rates.Len(), len(problems), time.Since(start))
		start = time.Now()
		_, _, err = b.LoadSnapshotData(t.Context(), data.Rates)
		t.Log("again", err, time.Since(start))
		b.exec("UPDATE decks SET revision = revision + 1 WHERE id = 1")
		start = time.Now()
		_, _, err = b.LoadSnapshotData(t.Context(), data.Rates)
		t.Log("one deck", err, time.Since(start))
	}
}

func TestZZImport(t *testing.T) {
	if os.Getenv("ZZ") != "import" {
		t.Skip()
	}
	b := seeded(t)
	const n = 1_000_000
	rates := func(yield func(deck.Rate, error) bool) {
		for i := range n {
			if !yield(deck.Rate{Prefix: fmt.Sprint(1000000 + i*9), Destination: "Somewhere, mobile", Rate: rate.Rate{PerMinute: 1000000 + 7*13, First: 60, Next: 1}}, nil) {
				return
			}
		}
	}
	var text bytes.Buffer
	for i := range n {
		fmt.Fprintf(&text, "%d\t%d\t0\t0.01000091\t0.000000\t0.000000\t0.000000\t60\t1\t\\N\t\\N\t0\t0\t0\t0\tSomewhere, mobile\n", 999, 1000000+i*9)
	}
	for range 3 {
		b.exec("DELETE FROM deck_rates WHERE deck_id = 999")
		start := time.Now()
		mysql.RegisterReaderHandler("zz", func() io.Reader { return bytes.NewReader(text.Bytes()) })
		b.exec("LOAD DATA LOCAL INFILE 'Reader::zz' INTO TABLE deck_rates CHARACTER SET utf8mb4 (deck_id, prefix, n, per_minute, connection_fee, minimum_charge, attempt_fee, first_s, next_s, effective_from, effective_to, days, start_minute, end_minute, blocked, destination)")
		raw := time.Since(start)
		start = time.Now()
		id, err := b.NewDraft(t.Context(), db.Draft{Owner: db.DeckOwner{Provider: "VoxBeam", Tier: routing.TierCLI}}, rates, nil)
		if err != nil {
			t.Fatal(err)
		}
		ours := time.Since(start)
		start = time.Now()
		if err := b.DeleteDraft(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		t.Log("raw", n/raw.Seconds(), "ours", n/ours.Seconds(), "delete", time.Since(start))
	}
}

func TestZZCalls(t *testing.T) {
	if os.Getenv("ZZ") != "calls" {
		t.Skip()
	}
	b := seeded(t)
	start := time.Now()
	b.exec(`INSERT INTO calls (call_id, server, direction, account_id, subscriber_id, b_number, cli, started_at, reasons, answered_at, ended_at, disposition, talk_ms, route)
		SELECT CONCAT('asterisk-macomnet-', 1700000000 + seq, '.', seq), 'asterisk-macomnet', 'out', 1, 1, 440000000000 + (seq * 7919) MOD 9999999999, '74951815000', '2026-03-01' + INTERVAL seq SECOND, REPEAT('x', 300), NULL, NULL,
		IF(seq MOD 3, 'answered', 'failed'), 1000 + (seq*7919) MOD 300000, '8.c.a1' FROM seq_1_to_1000000`)
	b.exec(`INSERT INTO attempts (call_id, n, route, started_at, result) SELECT call_id, 1, route, started_at, disposition FROM calls`)
	t.Log("insert", time.Since(start))
	for range 3 {
		start = time.Now()
		n := 0
		err := b.EachCall(t.Context(), at("2026-03-01 00:00:00"), at("2027-01-01 00:00:00"), func(db.CallRow) error { n++; return nil })
		t.Log("each", n, err, float64(n)/time.Since(start).Seconds())
	}
	start = time.Now()
	c, err := b.CountCalls(t.Context(), at("2026-03-01 00:00:00"), at("2027-01-01 00:00:00"))
	t.Log("count", c, err, time.Since(start))
	start = time.Now()
	tr, digits, err := b.Traffic(t.Context(), at("2026-03-01 00:00:00"))
	t.Log("traffic", len(tr), digits, err, time.Since(start))
	start = time.Now()
	l, err := b.CallLengths(t.Context(), at("2026-03-01 00:00:00"))
	t.Log("lengths", l, err, time.Since(start))
	start = time.Now()
	f, err := b.ForgetReasons(t.Context(), time.Since(at("2026-03-05 00:00:00")))
	t.Log("forget", f, err, time.Since(start))
}
