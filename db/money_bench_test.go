package db_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"tandem/billing"
	"tandem/db"
	"tandem/internal/e164"
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
		v.exec(b, "INSERT INTO accounts (id, name) VALUES (?, ?)", id, strconv.Itoa(id))
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

// round is how many holds one way takes before it is another's turn.
const round = 320

// times are how long the rounds of one way took.
type times []time.Duration

// rate is how many a second there were in the median round.
func (t times) rate(each int) float64 {
	slices.Sort(t)
	return float64(each) / t[len(t)/2].Seconds()
}

// parallel does one thing round times, benchWorkers at once.
func parallel(b *testing.B, one func(n int64) error) time.Duration {
	b.Helper()
	var next atomic.Int64
	var wait sync.WaitGroup
	begun := time.Now()
	for range benchWorkers {
		wait.Go(func() {
			for n := next.Add(1); n <= round; n = next.Add(1) {
				if err := one(n); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wait.Wait()
	return time.Since(begun)
}

// BenchmarkHold sets money aside, durable each time: through our code, by the
// same CALL without our code, and by its two statements in a transaction. They
// take turns, so that whatever else the machine does is shared. One account is
// the worst case: all ask for the same row.
func BenchmarkHold(b *testing.B) {
	for _, accounts := range []int64{1000, 1} {
		b.Run(fmt.Sprintf("accounts=%d", accounts), func(b *testing.B) {
			v := bench(b, int(accounts))
			text, err := json.Marshal(terms())
			if err != nil {
				b.Fatal(err)
			}
			last := int64(0)
			ways := []func(id string, account int64) error{
				func(id string, account int64) error {
					h := held(id, account, 30*time.Second)
					h.BeganAt = time.Now()
					g, err := v.Hold(b.Context(), h, prepaid())
					return granted(g.Granted, err)
				},
				func(id string, account int64) error {
					var outcome, amount, room string
					var paid int64
					err := v.bare.QueryRowContext(b.Context(), `CALL p_hold(?, ?, 0.30, 156, 30, 1, ?, 'asterisk-macomnet', 'a', ?, 0, NULL, NULL)`,
						id, account, string(text), time.Now().UTC()).Scan(&outcome, &amount, &paid, &room)
					return granted(outcome == "granted", err)
				},
				func(id string, account int64) error { return v.statements(b.Context(), id, account, string(text)) },
			}
			took := make([]times, len(ways))
			for b.Loop() {
				for i, way := range ways {
					took[i] = append(took[i], parallel(b, func(n int64) error {
						return way(fmt.Sprintf("asterisk-macomnet-1774000000.%d", last+n), 1+n%accounts)
					}))
					last += round
				}
			}
			ours, call, statements := took[0].rate(round), took[1].rate(round), took[2].rate(round)
			b.ReportMetric(ours, "holds/s")
			b.ReportMetric(call, "calls/s")
			b.ReportMetric(statements, "statements/s")
			b.ReportMetric(ours/call, "to-call")
			b.ReportMetric(ours/statements, "to-statements")
		})
	}
}

// statements is a hold as a transaction of two statements.
func (v benched) statements(ctx context.Context, id string, account int64, terms string) error {
	tx, err := v.bare.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO holds (call_id, account_id, amount, currency_id, paid_s, limited, terms, server, node, began_at)
			VALUES (?, ?, 0.30, 156, 30, 1, ?, 'asterisk-macomnet', 'a', '2026-03-04 05:06:07.000')`, id, account, terms); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if _, err := tx.ExecContext(ctx, `UPDATE balances SET held = held + 0.30, calls = calls + 1
			WHERE account_id = ? AND balance + 0 - held >= 0.30`, account); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func granted(is bool, err error) error {
	if err == nil && !is {
		return errors.New("not granted")
	}
	return err
}

// BenchmarkExtend makes holds of as many accounts pay for more talk, again and
// again.
func BenchmarkExtend(b *testing.B) {
	v := bench(b, round)
	for n := range int64(round) {
		if _, err := v.Hold(b.Context(), held(strconv.FormatInt(n+1, 10), 1+n, time.Second), prepaid()); err != nil {
			b.Fatal(err)
		}
	}
	var took times
	from := time.Second
	for b.Loop() {
		took = append(took, parallel(b, func(n int64) error {
			g, err := v.Extend(b.Context(), billing.Extension{
				CallID: strconv.FormatInt(n, 10), From: from, To: from + time.Second, Amount: money.Amount((from+time.Second)/time.Second) * cent, Bounds: prepaid(),
			})
			return granted(g.Granted, err)
		}))
		from += time.Second
	}
	b.ReportMetric(took.rate(round), "extensions/s")
}

// benchBatch is how many calls one transaction settles, see the spool.
const benchBatch = 256

// BenchmarkWriteRecords settles calls and, to compare with, inserts the same rows
// of calls, attempts and ledger in batches without asking anything. They take
// turns.
func BenchmarkWriteRecords(b *testing.B) {
	for _, accounts := range []int64{1000, 1} {
		b.Run(fmt.Sprintf("accounts=%d", accounts), func(b *testing.B) {
			v := bench(b, int(accounts))
			var ours, plain times
			for made := 0; b.Loop(); made += 2 * benchBatch {
				records := v.batch(b, made, accounts)
				begun := time.Now()
				if err := v.WriteRecords(b.Context(), records); err != nil {
					b.Fatal(err)
				}
				ours = append(ours, time.Since(begun))
				sets := v.rows(b, made+benchBatch, accounts)
				begun = time.Now()
				v.insert(b, sets)
				plain = append(plain, time.Since(begun))
			}
			if n := v.Unpriced(); n != 0 {
				b.Errorf("%d calls are not charged", n)
			}
			b.ReportMetric(ours.rate(benchBatch), "calls/s")
			b.ReportMetric(plain.rate(benchBatch), "inserts/s")
			b.ReportMetric(ours.rate(benchBatch)/plain.rate(benchBatch), "to-inserts")
		})
	}
}

func (v benched) insert(b *testing.B, sets []insertion) {
	b.Helper()
	tx, err := v.bare.BeginTx(b.Context(), nil)
	if err != nil {
		b.Fatal(err)
	}
	for _, s := range sets {
		if _, err := tx.ExecContext(b.Context(), s.statement, s.args...); err != nil {
			b.Fatal(errors.Join(err, tx.Rollback()))
		}
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
}

// batch makes the ends of calls whose starts and holds are there.
func (v benched) batch(b *testing.B, from int, accounts int64) []billing.Record {
	b.Helper()
	var starts, ends []billing.Record
	for i := range benchBatch {
		id, account := fmt.Sprintf("asterisk-macomnet-1774000000.%08d", from+i), 1+int64(from+i)%accounts
		h := held(id, account, time.Minute)
		h.Terms.Sale.Prefix = e164.Number(strconv.Itoa(1000 + i%64)) // so many destinations
		s := started(id)
		s.AccountID, s.Hold = account, &h
		starts = append(starts, billing.Record{Start: s})
		ends = append(ends, billing.Record{End: talked(id, account, 48*time.Second)})
	}
	if err := v.WriteRecords(b.Context(), starts); err != nil {
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
	if err := v.WriteRecords(b.Context(), v.batch(b, from, accounts)); err != nil {
		b.Fatal(err)
	}
	var sets []insertion
	for _, table := range []string{"calls", "attempts", "ledger"} {
		columns, args := v.written(b, table, fmt.Sprintf("asterisk-macomnet-1774000000.%08d", from))
		n := len(args) / len(columns)
		v.exec(b, "CREATE TABLE IF NOT EXISTS plain_"+table+" LIKE "+table)
		row := "(?" + strings.Repeat(", ?", len(columns)-1) + ")"
		sets = append(sets, insertion{"INSERT INTO plain_" + table + " (" + strings.Join(columns, ", ") + ") VALUES " + row + strings.Repeat(", "+row, n-1), args})
	}
	return sets
}

// written is what is in a table from a call id on.
func (v benched) written(b *testing.B, table, from string) (columns []string, cells []any) {
	b.Helper()
	rows, err := v.bare.QueryContext(b.Context(), "SELECT * FROM "+table+" WHERE call_id >= ?", from)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	if columns, err = rows.Columns(); err != nil {
		b.Fatal(err)
	}
	for rows.Next() {
		into, values := make([]any, len(columns)), make([]any, len(columns))
		for i := range into {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			b.Fatal(err)
		}
		cells = append(cells, values...)
	}
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
	return columns, cells
}
