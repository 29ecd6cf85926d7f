package bench

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
)

// callID is the id of the n-th call of the records, the newest last.
func callID(n int) string { return fmt.Sprintf("%s-1795000000.%08d", server, n) }

// fillAtOnce is how many rows are written in one transaction.
const fillAtOnce = 100_000

// fills are the rows that go with each call, of its number seq: every statement
// has the number of all calls so many times.
func fills() []struct {
	statement string
	counts    int
	only      string
} {
	const (
		id  = `CONCAT('` + server + `-1795000000.', LPAD(seq, 8, '0'))`
		at  = `UTC_TIMESTAMP(3) - INTERVAL (? - seq) SECOND`
		ans = `seq MOD 4 <> 3`
	)
	const attempts = `INSERT INTO attempts (call_id, n, route, provider_id, tier, address_id, started_at, result, dial_status, sip_status, cause,
		rang, pdd_ms, elapsed_ms, talk_ms, blame) SELECT ` + id + `, `
	return []struct {
		statement string
		counts    int
		only      string
	}{
		{`INSERT INTO calls (call_id, server, direction, endpoint, account_id, dialled, a_number, b_number, cli, started_at, answered_at, ended_at,
			disposition, cause, sip_status, hangup_by, talk_ms, pdd_ms, route, closed_by)
			SELECT ` + id + `, '` + server + `', 'out', 'moscow-101', 1 + seq MOD 3, CONCAT('8495', LPAD(seq MOD 5000, 7, '0')), '74957777777',
			CONCAT('7495', LPAD(seq MOD 5000, 7, '0')), '74957777777', ` + at + `, IF(` + ans + `, ` + at + `, NULL), ` + at + `,
			IF(` + ans + `, 'answered', ELT(1 + seq DIV 4 MOD 3, 'busy', 'no_answer', 'failed')), 16, 200, 'caller',
			IF(` + ans + `, seq MOD 300000, 0), 900, '8.c.a1', 'report'`, 3, ``},
		{attempts + `1, '8.c.a1', ELT(1 + seq MOD 3, 8, 11, 3), 'cli', 1, ` + at + `, IF(` + ans + `, 'answered', 'failed'), 'ANSWER', 200, 16, 1,
			900, 5000 + seq MOD 300000, seq MOD 300000, 'caller'`, 1, ``},
		{attempts + `2, '11.c.a2', 11, 'cli', 2, ` + at + `, 'failed', 'CONGESTION', 503, 34, 0, NULL, 400, 0, 'route'`, 1, ` AND seq MOD 10 = 0`},
		{`INSERT INTO ledger (at, kind, posting_key, debit, debit_id, credit, amount, currency_id, call_id)
			SELECT ` + at + `, 'sale', CONCAT('bench:', seq), 'customer', 1 + seq MOD 3, 'revenue', 0.1 + seq MOD 90, 1, ` + id, 1, ` AND ` + ans},
	}
}

// manyCalls fills the records with ended calls, a second apart, of five thousand
// numbers, three accounts and three providers: one in ten has a second attempt, one
// in four was not answered.
func (n *node) manyCalls(ctx context.Context, count int) error {
	hand, err := sql.Open("mysql", n.mariadb.DSN())
	if err != nil {
		return err
	}
	defer hand.Close()
	for _, setting := range []string{
		fmt.Sprintf("SET GLOBAL innodb_buffer_pool_size = %d", bufferPool),
		"SET GLOBAL innodb_flush_log_at_trx_commit = 0", // loading is not what is measured
	} {
		if _, err := hand.ExecContext(ctx, setting); err != nil {
			return fmt.Errorf("fill the records: %w", err)
		}
	}
	for from := 1; from <= count; from += fillAtOnce {
		for _, f := range fills() {
			arguments := append(slices.Repeat([]any{count}, f.counts), from, min(count, from+fillAtOnce-1))
			if _, err := hand.ExecContext(ctx, f.statement+` FROM seq_1_to_20000000 WHERE seq BETWEEN ? AND ?`+f.only, arguments...); err != nil {
				return fmt.Errorf("fill the records: %w", err)
			}
		}
	}
	for _, last := range []string{"ANALYZE TABLE calls, attempts, ledger", "SET GLOBAL innodb_flush_log_at_trx_commit = 1"} {
		if _, err := hand.ExecContext(ctx, last); err != nil {
			return fmt.Errorf("fill the records: %w", err)
		}
	}
	return nil
}
