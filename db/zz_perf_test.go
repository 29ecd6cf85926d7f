package db_test

import (
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"
)

func TestZZPerf(t *testing.T) {
	if os.Getenv("ZZ") == "" {
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
	t.Log(b.table("SHOW TABLE STATUS LIKE 'deck_rates'"))
}
