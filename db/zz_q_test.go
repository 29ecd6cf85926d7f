package db_test

import (
	"database/sql"
	"os"
	"testing"
	"time"
)

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
	const cols = `call_id, server, account_id, subscriber_id, cli, b_number, routing_number, started_at, talk_ms, disposition, route`
	const where = ` FROM calls c %s WHERE direction = 'out' AND b_number IS NOT NULL AND started_at >= '2026-03-01' AND started_at < '2027-01-01' ORDER BY started_at`
	_ = where
	for _, q := range []string{
		`SELECT ` + cols + `, (SELECT COUNT(*) FROM attempts a WHERE a.call_id = c.call_id) FROM calls c WHERE direction = 'out' AND b_number IS NOT NULL AND started_at >= '2026-03-01' AND started_at < '2027-01-01' ORDER BY started_at, call_id`,
		`SELECT ` + cols + `, (SELECT COUNT(*) FROM attempts a WHERE a.call_id = c.call_id) FROM calls c FORCE INDEX (calls_started) WHERE direction = 'out' AND b_number IS NOT NULL AND started_at >= '2026-03-01' AND started_at < '2027-01-01' ORDER BY started_at, call_id`,
		`SELECT ` + cols + `, 0 FROM calls c WHERE direction = 'out' AND b_number IS NOT NULL AND started_at >= '2026-03-01' AND started_at < '2027-01-01' ORDER BY started_at, call_id`,
		`SELECT ` + cols + `, 0 FROM calls c FORCE INDEX (calls_started) WHERE direction = 'out' AND b_number IS NOT NULL AND started_at >= '2026-03-01' AND started_at < '2027-01-01' ORDER BY started_at, call_id`,
		`SELECT ` + cols + `, 0 FROM calls c WHERE direction = 'out' AND b_number IS NOT NULL AND started_at >= '2026-03-01' AND started_at < '2027-01-01'`,
		`SELECT call_id, started_at FROM calls c FORCE INDEX (calls_started) WHERE started_at >= '2026-03-01' AND started_at < '2027-01-01' ORDER BY started_at, call_id`,
		`SELECT call_id, COUNT(*) FROM attempts GROUP BY call_id`,
		`SELECT call_id, COUNT(*) FROM attempts WHERE call_id >= 'asterisk' AND call_id < 'b' GROUP BY call_id`,
	} {
		t.Log(q)
		t.Log(b.table("EXPLAIN " + q))
		for range 2 {
			start := time.Now()
			rows, err := b.hand.QueryContext(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			var r [12]sql.RawBytes
			c, _ := rows.Columns()
			into := []any{}
			for i := range c {
				into = append(into, &r[i])
			}
			for rows.Next() {
				n++
				rows.Scan(into...)
			}
			t.Log(float64(n) / time.Since(start).Seconds())
		}
	}
}
