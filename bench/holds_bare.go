package bench

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// bareHold is the anchor: a hold without our code, by the Go driver alone. Both
// forms leave the same rows behind as package db, byte for byte but for the call
// id. It can be written to a file, for the handler that runs in a process of its
// own.
type bareHold struct {
	DSN        string `json:"dsn"`
	Amount     string `json:"amount"`
	CurrencyID int64  `json:"currency"`
	PaidS      int64  `json:"paid_s"`
	Terms      string `json:"terms"`
	Server     string `json:"server"`
	Node       string `json:"node"`
	Plainly    bool   `json:"plainly"` // statements instead of the CALL; of the handler

	pool *sql.DB
}

func (b *bareHold) open() (err error) {
	if b.pool, err = sql.Open("mysql", b.DSN); err != nil {
		return fmt.Errorf("bare connections: %w", err)
	}
	b.pool.SetMaxOpenConns(maxWorkers)
	b.pool.SetMaxIdleConns(maxWorkers)
	return nil
}

func (b *bareHold) close() error { return b.pool.Close() }

func (b *bareHold) exec(ctx context.Context, statements ...string) error {
	for _, statement := range statements {
		if _, err := b.pool.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// ask makes the one round trip of a procedure.
func (b *bareHold) ask(ctx context.Context, call string, args ...any) error {
	var outcome, amount, room string
	var paid int64
	if err := b.pool.QueryRowContext(ctx, call, args...).Scan(&outcome, &amount, &paid, &room); err != nil {
		return err
	}
	if outcome != "granted" {
		return fmt.Errorf("%w: %s", errNotGranted, outcome)
	}
	return nil
}

// hold is the CALL.
func (b *bareHold) hold(ctx context.Context, id string, account int64) error {
	return b.ask(ctx, `CALL p_hold(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		id, account, b.Amount, b.CurrencyID, b.PaidS, true, b.Terms, b.Server, b.Node, now(), "0", nil, today().Format(time.DateOnly))
}

// holdPlainly is the same INSERT and UPDATE in a transaction.
func (b *bareHold) holdPlainly(ctx context.Context, id string, account int64) error {
	return b.both(
		ctx,
		`INSERT INTO holds (call_id, account_id, amount, currency_id, paid_s, limited, terms, server, node, began_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		[]any{id, account, b.Amount, b.CurrencyID, b.PaidS, true, b.Terms, b.Server, b.Node, now()},
		`UPDATE balances SET held = held + ?, calls = calls + 1 WHERE account_id = ? AND currency_id = ? AND balance + ? - held >= ?`,
		[]any{b.Amount, account, b.CurrencyID, "0", b.Amount},
	)
}

// extend is the CALL.
func (b *bareHold) extend(ctx context.Context, o *openHold) error {
	err := b.ask(ctx, `CALL p_extend(?, ?, ?, ?, ?, ?, ?)`,
		o.id, int64(o.paid/time.Second), int64((o.paid+time.Minute)/time.Second), o.amount+minuteFor, "0", nil, today().Format(time.DateOnly))
	o.longer()
	return err
}

// extendPlainly is the same two UPDATE in a transaction.
func (b *bareHold) extendPlainly(ctx context.Context, o *openHold) error {
	err := b.both(
		ctx,
		`UPDATE holds SET amount = ?, paid_s = ? WHERE call_id = ? AND paid_s = ?`,
		[]any{o.amount + minuteFor, int64((o.paid + time.Minute) / time.Second), o.id, int64(o.paid / time.Second)},
		`UPDATE balances SET held = held + ? WHERE account_id = ? AND balance + ? - held >= ?`,
		[]any{minuteFor, o.account, "0", minuteFor},
	)
	o.longer()
	return err
}

// both carries out two statements, each on one row, or neither.
func (b *bareHold) both(ctx context.Context, first string, firstArgs []any, second string, secondArgs []any) (err error) {
	tx, err := b.pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tx.Rollback())
		}
	}()
	if err := one(tx.ExecContext(ctx, first, firstArgs...)); err != nil {
		return err
	}
	if err := one(tx.ExecContext(ctx, second, secondArgs...)); err != nil {
		return err
	}
	return tx.Commit()
}

func one(result sql.Result, err error) error {
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n != 1 {
		return errors.Join(err, fmt.Errorf("%w: %d rows", errNotGranted, n))
	}
	return nil
}

// now is a moment as the columns keep it.
func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }
