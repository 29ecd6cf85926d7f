package db_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"tandem/db"
)

func cpu(pat string) (total float64) {
	es, _ := os.ReadDir("/proc")
	for _, e := range es {
		b, err := os.ReadFile("/proc/" + e.Name() + "/stat")
		if err != nil || !strings.Contains(string(b), pat) {
			continue
		}
		f := strings.Fields(string(b[strings.LastIndex(string(b), ")")+1:]))
		var u, s float64
		fmt.Sscan(f[11], &u)
		fmt.Sscan(f[12], &s)
		total += (u + s) / 100
	}
	return
}

func TestZQ(t *testing.T) {
	if os.Getenv("ZZ") != "q" {
		t.Skip()
	}
	b := seeded(t)
	b.exec(`INSERT INTO calls (call_id, server, direction, account_id, subscriber_id, b_number, cli, started_at, reasons, answered_at, ended_at, disposition, talk_ms, route)
		SELECT CONCAT('asterisk-macomnet-', 1700000000 + seq, '.', seq), 'asterisk-macomnet', 'out', 1, 1, 440000000000 + (seq * 7919) MOD 9999999999, '74951815000', '2026-03-01' + INTERVAL seq SECOND, REPEAT('x', 300), NULL, NULL,
		IF(seq MOD 3, 'answered', 'failed'), 1000 + (seq*7919) MOD 300000, '8.c.a1' FROM seq_1_to_500000`)
	b.exec(`INSERT INTO attempts (call_id, n, route, started_at, result) SELECT call_id, 1, route, started_at, disposition FROM calls`)
	b.exec("ANALYZE TABLE calls")
	for range 4 {
		for k, f := range []func(context.Context, time.Time, time.Time, func(db.CallRow) error) error{b.EachCall, b.EachCallOld} {
			start := time.Now()
			n := 0
			err := f(t.Context(), at("2026-03-01 00:00:00"), at("2027-01-01 00:00:00"), func(c db.CallRow) error { n += c.Attempts; return nil })
			t.Log([]string{"chunked", "old"}[k], n, err, float64(n)/time.Since(start).Seconds())
		}
	}
}
