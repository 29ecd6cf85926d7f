package bench

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tandem/play"
)

// plain is the anchor of Settle: the rows that our code made, read back and
// inserted into tables of the same shape by the bare driver, without a thought.
type plain struct {
	pool   *sql.DB
	tables []plainTable
	rows   int // read so far
}

// plainTable is one table that records are written into.
type plainTable struct {
	name    string
	columns []string // all but those that MariaDB fills
	key     string   // what rows are sorted by
}

// The two sets of tables that are written into: one by inserts alone, one with
// the holds and the balances.
const (
	insertsOnly = "plain_"
	withMoney   = "whole_"
)

func newPlain(ctx context.Context, m *play.MariaDB, teardown *play.Teardown) (*plain, error) {
	config := m.Config()
	config.InterpolateParams = true
	pool, err := sql.Open("mysql", config.FormatDSN())
	if err != nil {
		return nil, fmt.Errorf("plain inserts: %w", err)
	}
	teardown.Add("bare connections to MariaDB", func(context.Context) error { return pool.Close() })
	p := &plain{pool: pool, tables: []plainTable{
		{name: "calls", key: "call_id"}, {name: "attempts", key: "call_id, n"}, {name: "ledger", key: "call_id, id"},
	}}
	for i := range p.tables {
		t := &p.tables[i]
		if t.columns, err = p.columnsOf(ctx, t.name); err != nil {
			return nil, err
		}
		for _, set := range []string{insertsOnly, withMoney} {
			if err := p.exec(ctx, "CREATE TABLE "+set+t.name+" LIKE "+t.name); err != nil {
				return nil, err
			}
		}
	}
	return p, errors.Join(
		p.exec(ctx, "CREATE TABLE "+withMoney+"holds LIKE holds"),
		p.exec(ctx, "CREATE TABLE "+withMoney+"balances LIKE balances"),
		p.exec(ctx, "INSERT INTO "+withMoney+"balances SELECT * FROM balances"),
	)
}

func (p *plain) exec(ctx context.Context, statement string) error {
	if _, err := p.pool.ExecContext(ctx, statement); err != nil {
		return fmt.Errorf("%.60s: %w", statement, err)
	}
	return nil
}

func (p *plain) columnsOf(ctx context.Context, table string) (columns []string, err error) {
	rows, err := p.pool.QueryContext(ctx, `SELECT column_name FROM information_schema.columns
		WHERE table_schema = DATABASE() AND table_name = ? AND extra NOT LIKE '%auto_increment%' ORDER BY ordinal_position`, table)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		columns = append(columns, name)
	}
	return columns, rows.Err()
}

// hold makes the holds that the calls have, and the same for the anchor.
func (p *plain) hold(ctx context.Context, calls []call) error {
	perAccount := map[int64]int{}
	for some := range slices.Chunk(calls, spoolBatch) {
		var args []any
		for i := range some {
			h := &some[i].hold
			args = append(args, h.CallID, h.AccountID, h.Amount, demoEUR, int64(h.Paid/time.Second), h.Limited, some[i].terms, h.Server, h.Node, h.BeganAt)
			perAccount[h.AccountID]++
		}
		for _, table := range []string{"holds", withMoney + "holds"} {
			text := manyRows(table, "call_id, account_id, amount, currency_id, paid_s, limited, terms, server, node, began_at", 10, len(some))
			if _, err := p.pool.ExecContext(ctx, text, args...); err != nil {
				return fmt.Errorf("holds: %w", err)
			}
		}
	}
	for _, table := range []string{"balances", withMoney + "balances"} {
		tx, err := p.pool.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		for account, n := range perAccount {
			if _, err := tx.ExecContext(ctx, "UPDATE "+table+" SET held = held + ? * ?, calls = calls + ? WHERE account_id = ?", //nolint:gosec // G202: our own names of tables
				n, calls[0].hold.Amount, n, account); err != nil {
				return errors.Join(err, tx.Rollback())
			}
		}
		if err := tx.Commit(); err != nil {
			return err
		}
	}
	return nil
}

// manyRows is the text of an INSERT.
func manyRows(table, columns string, width, n int) string {
	row := "(" + strings.Repeat("?, ", width-1) + "?)"
	return "INSERT INTO " + table + " (" + columns + ") VALUES " + row + strings.Repeat(", "+row, n-1)
}

// plainCall is what one call left behind.
type plainCall struct {
	id      string
	rows    [3][][]any // by table
	account int64
	sale    string
	amount  any // of its hold
}

// read reads what our code made of calls.
func (p *plain) read(ctx context.Context, calls []call) ([]plainCall, error) {
	list := make([]plainCall, len(calls))
	at := make(map[string]int, len(calls))
	for i := range calls {
		list[i].id, list[i].account, list[i].amount = calls[i].start.CallID, calls[i].hold.AccountID, calls[i].hold.Amount
		list[i].sale = "0"
		at[list[i].id] = i
	}
	for k, t := range p.tables {
		idAt, saleAt := slices.Index(t.columns, "call_id"), slices.Index(t.columns, "sale")
		err := p.each(ctx, t, list[0].id, list[len(list)-1].id, func(row []any) {
			i, ok := at[fmt.Sprint(row[idAt])]
			if !ok {
				return
			}
			c := &list[i]
			c.rows[k] = append(c.rows[k], row)
			if saleAt >= 0 && row[saleAt] != nil {
				c.sale = fmt.Sprint(row[saleAt])
			}
			p.rows++
		})
		if err != nil {
			return nil, fmt.Errorf("rows of %s: %w", t.name, err)
		}
	}
	return list, nil
}

func (p *plain) each(ctx context.Context, t plainTable, first, last string, take func(row []any)) (err error) {
	query := "SELECT " + strings.Join(t.columns, ", ") + " FROM " + t.name + " WHERE call_id BETWEEN ? AND ? ORDER BY " + t.key //nolint:gosec // G202: our own names of tables and columns
	rows, err := p.pool.QueryContext(ctx, query, first, last)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	cells := make([]sql.NullString, len(t.columns))
	into := make([]any, len(cells))
	for i := range cells {
		into[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		row := make([]any, len(cells))
		for i, c := range cells {
			if c.Valid {
				row[i] = c.String
			}
		}
		take(row)
	}
	return rows.Err()
}

// insert writes the rows of so many calls in each transaction, one statement a
// table; whole: it also deletes their holds and updates the balances, one
// statement each.
func (p *plain) insert(ctx context.Context, list []plainCall, batch int, whole bool) (took []time.Duration, err error) {
	for some := range slices.Chunk(list, batch) {
		began := time.Now()
		tx, err := p.pool.BeginTx(ctx, nil)
		if err != nil {
			return nil, err
		}
		if err := p.insertBatch(ctx, tx, some, whole); err != nil {
			return nil, errors.Join(err, tx.Rollback())
		}
		if err := tx.Commit(); err != nil {
			return nil, err
		}
		took = append(took, time.Since(began))
	}
	return took, nil
}

func (p *plain) insertBatch(ctx context.Context, tx *sql.Tx, some []plainCall, whole bool) error {
	set := insertsOnly
	if whole {
		set = withMoney
	}
	for k, t := range p.tables {
		var args []any
		n := 0
		for i := range some {
			for _, row := range some[i].rows[k] {
				args = append(args, row...)
				n++
			}
		}
		if n == 0 {
			continue
		}
		if _, err := tx.ExecContext(ctx, manyRows(set+t.name, strings.Join(t.columns, ", "), len(t.columns), n), args...); err != nil {
			return fmt.Errorf("%s%s: %w", set, t.name, err)
		}
	}
	if !whole {
		return nil
	}
	var ids, sums []any
	for i := range some {
		c := &some[i]
		ids = append(ids, c.id)
		sums = append(sums, c.account, demoEUR, "2000-01-01", c.sale, c.amount)
	}
	remove := "DELETE FROM " + set + "holds WHERE call_id IN (?" + strings.Repeat(", ?", len(ids)-1) + ")" //nolint:gosec // G202: our own names of tables
	if _, err := tx.ExecContext(ctx, remove, ids...); err != nil {
		return fmt.Errorf("%sholds: %w", set, err)
	}
	text := manyRows(set+"balances", "account_id, currency_id, opened_at, balance, held", 5, len(some)) + //nolint:gosec // G202: our own names of tables
		" ON DUPLICATE KEY UPDATE balance = balance - VALUES(balance), held = held - VALUES(held), calls = calls - 1"
	if _, err := tx.ExecContext(ctx, text, sums...); err != nil {
		return fmt.Errorf("%sbalances: %w", set, err)
	}
	return nil
}

// same holds the anchor's tables against ours: as many rows, and the same money.
func (p *plain) same(ctx context.Context) error {
	for _, t := range p.tables {
		for _, set := range []string{insertsOnly, withMoney} {
			var ours, theirs int
			if err := p.pool.QueryRowContext(ctx, "SELECT (SELECT COUNT(*) FROM "+t.name+" WHERE call_id IS NOT NULL), (SELECT COUNT(*) FROM "+set+t.name+")").
				Scan(&ours, &theirs); err != nil {
				return err
			}
			if ours != theirs {
				return fmt.Errorf("%w: %s has %d rows, %s%s %d", errBooks, t.name, ours, set, t.name, theirs)
			}
		}
	}
	var differ int
	err := p.pool.QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM balances a JOIN `+withMoney+`balances b USING (account_id)
		WHERE a.balance <> b.balance OR a.held <> b.held OR a.calls <> b.calls) + (SELECT COUNT(*) FROM `+withMoney+`holds)`).Scan(&differ)
	if err == nil && differ != 0 {
		err = fmt.Errorf("%w: %d balances or holds of the anchor are not ours", errBooks, differ)
	}
	return err
}
