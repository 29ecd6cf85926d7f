package db_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"tandem/billing"
	"tandem/db"
	"tandem/internal/money"
	"tandem/play/dbtest"
)

// benchWorkers is how many ask at once.
const benchWorkers = 32

// benched is a database whose commits are on disk, with so many accounts of a
// million euros each.
type benched struct {
	*db.DB

	bare *sql.DB // plain statements, as many connections
}

func bench(b *testing.B, accounts int) benched {
	b.Helper()
	dsn := dbtest.DSN(b)
	c, err := mysql.ParseDSN(dsn)
	if err != nil {
		b.Fatal(err)
	}
	d, err := db.Open(b.Context(), db.Config{Address: c.Addr, User: c.User, Password: c.Passwd, Database: c.DBName})
	if err != nil {
		b.Fatal(err)
	}
	c.ParseTime, c.InterpolateParams = true, true
	connector, err := mysql.NewConnector(c)
	if err != nil {
		b.Fatal(err)
	}
	v := benched{DB: d, bare: sql.OpenDB(connector)}
	v.bare.SetMaxIdleConns(2 * benchWorkers)
	b.Cleanup(func() {
		v.exec(b, "SET GLOBAL innodb_flush_log_at_trx_commit = 0")
		if err := v.bare.Close(); err != nil {
			b.Error(err)
		}
		if err := d.Close(); err != nil {
			b.Error(err)
		}
	})
	if err := d.Migrate(b.Context(), nil); err != nil {
		b.Fatal(err)
	}
	v.exec(b, "INSERT INTO currency (id, iso, name_en, numcode) VALUES (156, 'EUR', 'euro', 978)")
	for id := 1; id <= accounts; id++ {
		v.exec(b, "INSERT INTO accounts (id, name) VALUES (?, ?)", id, fmt.Sprint(id))
		v.exec(b, "INSERT INTO balances (account_id, currency_id, balance, opened_at) VALUES (?, 156, 1000000, '2026-01-01')", id)
	}
	v.exec(b, "SET GLOBAL innodb_flush_log_at_trx_commit = 1")
	return v
}

func (v benched) exec(b *testing.B, statement string, args ...any) {
	b.Helper()
	if _, err := v.bare.ExecContext(context.WithoutCancel(b.Context()), statement, args...); err != nil {
		b.Fatalf("%.60s: %v", statement, err)
	}
}

// parallel asks with benchWorkers at once; n counts from 1 over all of them.
func parallel(b *testing.B, one func(ctx context.Context, n int64) error) {
	b.Helper()
	var next atomic.Int64
	b.SetParallelism(benchWorkers / 2)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := one(b.Context(), next.Add(1)); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "holds/s")
}

// BenchmarkHold sets money aside, durable each time: through our code, by the
// same CALL without our code, and by its two statements in a transaction. One
// account is the worst case: all ask for the same row.
func BenchmarkHold(b *testing.B) {
	for name, accounts := range map[string]int64{"accounts=1000": 1000, "accounts=1": 1} {
		text, err := json.Marshal(terms())
		if err != nil {
			b.Fatal(err)
		}
		id := func(n int64) string { return fmt.Sprintf("asterisk-macomnet-1774000000.%d", n) }
		b.Run(name+"/ours", func(b *testing.B) {
			v := bench(b, int(accounts))
			parallel(b, func(ctx context.Context, n int64) error {
				g, err := v.Hold(ctx, held(id(n), 1+n%accounts, 30*time.Second), prepaid())
				return granted(g.Granted, err)
			})
		})
		b.Run(name+"/call", func(b *testing.B) {
			v := bench(b, int(accounts))
			parallel(b, func(ctx context.Context, n int64) error {
				var outcome, amount, room string
				var paid int64
				err := v.bare.QueryRowContext(ctx, `CALL p_hold(?, ?, 0.30, 156, 30, 1, ?, 'asterisk-macomnet', 'a', '2026-03-04 05:06:07.000', 0, NULL, NULL)`,
					id(n), 1+n%accounts, string(text)).Scan(&outcome, &amount, &paid, &room)
				return granted(outcome == "granted", err)
			})
		})
		b.Run(name+"/statements", func(b *testing.B) {
			v := bench(b, int(accounts))
			parallel(b, func(ctx context.Context, n int64) error {
				tx, err := v.bare.BeginTx(ctx, nil)
				if err != nil {
					return err
				}
				if _, err := tx.ExecContext(ctx, `INSERT INTO holds (call_id, account_id, amount, currency_id, paid_s, limited, terms, server, node, began_at)
						VALUES (?, ?, 0.30, 156, 30, 1, ?, 'asterisk-macomnet', 'a', '2026-03-04 05:06:07.000')`, id(n), 1+n%accounts, string(text)); err != nil {
					return err
				}
				if _, err := tx.ExecContext(ctx, `UPDATE balances SET held = held + 0.30, calls = calls + 1
						WHERE account_id = ? AND balance + 0 - held >= 0.30`, 1+n%accounts); err != nil {
					return err
				}
				return tx.Commit()
			})
		})
	}
}

func granted(is bool, err error) error {
	if err == nil && !is {
		return fmt.Errorf("not granted")
	}
	return err
}

// BenchmarkExtend makes a thousand holds pay for more talk, again and again.
func BenchmarkExtend(b *testing.B) {
	const calls = 1000
	v := bench(b, calls)
	for n := range int64(calls) {
		if _, err := v.Hold(b.Context(), held(fmt.Sprint(n), 1+n, time.Second), prepaid()); err != nil {
			b.Fatal(err)
		}
	}
	// Each worker has calls of its own, so that every extension is from where the
	// hold is.
	var worker atomic.Int64
	b.SetParallelism(benchWorkers / 2)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		const mine = calls / benchWorkers
		first := (worker.Add(1) - 1) % benchWorkers * mine
		paid := [mine]time.Duration{}
		for i := int64(0); pb.Next(); i++ {
			n := i % mine
			from := time.Second + paid[n]
			paid[n] += time.Second
			g, err := v.Extend(b.Context(), billing.Extension{
				CallID: fmt.Sprint(first + n), From: from, To: from + time.Second, Amount: money.Amount((from+time.Second)/time.Second) * cent, Bounds: prepaid(),
			})
			if err := granted(g.Granted, err); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "extensions/s")
}

// benchBatch is how many calls one transaction settles, see the spool.
const benchBatch = 256

// BenchmarkWriteRecords settles calls, and, to compare with, inserts the same
// rows of calls, attempts and ledger in batches without asking anything.
func BenchmarkWriteRecords(b *testing.B) {
	for _, accounts := range []int64{1000, 1} {
		name := fmt.Sprintf("accounts=%d", accounts)
		b.Run(name+"/ours", func(b *testing.B) {
			v := bench(b, int(accounts))
			made := 0
			for b.Loop() {
				b.StopTimer()
				records := v.batch(b, made, accounts)
				b.StartTimer()
				if err := v.WriteRecords(b.Context(), records); err != nil {
					b.Fatal(err)
				}
				made += len(records)
			}
			b.ReportMetric(float64(made)/b.Elapsed().Seconds(), "calls/s")
			if n := v.Unpriced(); n != 0 {
				b.Errorf("%d calls are not charged", n)
			}
		})
		b.Run(name+"/inserts", func(b *testing.B) {
			v := bench(b, int(accounts))
			made := 0
			for b.Loop() {
				b.StopTimer()
				sets := v.rows(b, made, accounts)
				b.StartTimer()
				tx, err := v.bare.BeginTx(b.Context(), nil)
				if err != nil {
					b.Fatal(err)
				}
				for _, s := range sets {
					if _, err := tx.ExecContext(b.Context(), s.statement, s.args...); err != nil {
						b.Fatal(err)
					}
				}
				if err := tx.Commit(); err != nil {
					b.Fatal(err)
				}
				made += benchBatch
			}
			b.ReportMetric(float64(made)/b.Elapsed().Seconds(), "calls/s")
		})
	}
}

// batch makes the ends of calls whose starts and holds are there.
func (v benched) batch(b *testing.B, from int, accounts int64) []billing.Record {
	b.Helper()
	var starts, ends []billing.Record
	for i := range benchBatch {
		id, account := fmt.Sprintf("asterisk-macomnet-1774000000.%08d", from+i), 1+int64(from+i)%accounts
		h := held(id, account, time.Minute)
		s := started(id)
		s.AccountID, s.Hold = account, &h
		starts = append(starts, billing.Record{Start: s})
		ends = append(ends, billing.Record{End: talked(id, account, 48*time.Second)})
	}
	if err := v.DB.WriteRecords(b.Context(), starts); err != nil {
		b.Fatal(err)
	}
	return ends
}

type insertion struct {
	statement string
	args      []any
}

// rows settles a batch and copies what was written, to be inserted into tables of
// the same shape.
func (v benched) rows(b *testing.B, from int, accounts int64) []insertion {
	b.Helper()
	if err := v.DB.WriteRecords(b.Context(), v.batch(b, from, accounts)); err != nil {
		b.Fatal(err)
	}
	var sets []insertion
	for _, table := range []string{"calls", "attempts", "ledger"} {
		rows, err := v.bare.QueryContext(b.Context(), "SELECT * FROM "+table+" WHERE call_id >= ?", fmt.Sprintf("asterisk-macomnet-1774000000.%08d", from))
		if err != nil {
			b.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			b.Fatal(err)
		}
		var s insertion
		n := 0
		for rows.Next() {
			into := make([]any, len(columns))
			values := make([]any, len(columns))
			for i := range into {
				into[i] = &values[i]
			}
			if err := rows.Scan(into...); err != nil {
				b.Fatal(err)
			}
			s.args = append(s.args, values...)
			n++
		}
		if err := rows.Close(); err != nil || rows.Err() != nil {
			b.Fatal(err, rows.Err())
		}
		row := "(?" + strings.Repeat(", ?", len(columns)-1) + ")"
		v.exec(b, "CREATE TABLE IF NOT EXISTS plain_"+table+" LIKE "+table)
		s.statement = "INSERT INTO plain_" + table + " (" + strings.Join(columns, ", ") + ") VALUES " + row + strings.Repeat(", "+row, n-1)
		sets = append(sets, s)
	}
	return sets
}
