package db

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"time"

	"tandem/billing"
	"tandem/internal/money"
)

// verifyBite is how many calls are held against the ledger at a time.
const verifyBite = 20_000

// Verify holds the books against each other, as they are at one moment:
//
//	balances   is the sum of the entries in the ledger, in the currency of the balance,
//	           and holds what the open holds come to
//	calls      each sale is once in the ledger, each cost too, and nothing else is;
//	           none is above its hold; none was left uncharged that was answered and
//	           sold, or whose start, and price, are lost. Those that ended before there was
//	           money are not charged, and postings as old as the oldest call may be of calls
//	           that were removed
//	holds      of calls that are not over
//
// It reads everything once, in pieces, and tells progress in rows; total is an
// estimate. The error is one of the database; what is wrong in the books is in the
// answer.
func (d *DB) Verify(ctx context.Context, progress func(done, total int64)) (billing.Verification, error) {
	var v billing.Verification
	err := inTx(ctx, d.sums, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, func(tx *sql.Tx) error {
		v = billing.Verification{}
		w := verifier{ctx: ctx, tx: tx, found: &v, progress: progress, sums: map[sumKey]money.Amount{}}
		return w.run()
	})
	return v, wrap("verify", err)
}

// toldWithin is how long after its start a call may be charged.
const toldWithin = 24 * time.Hour

type verifier struct {
	ctx         context.Context // of the transaction
	tx          *sql.Tx
	found       *billing.Verification
	progress    func(done, total int64)
	done, total int64
	sums        map[sumKey]money.Amount // of customers' entries
	since       time.Time               // what was posted before may be of a call that was removed
	kept        time.Time               // and calls that began before may be forgotten
}

// sumKey is an account and a currency.
type sumKey struct{ account, currency int64 }

func (w *verifier) run() error {
	// The first read sets the moment of the view.
	if err := w.tx.QueryRowContext(w.ctx, `SELECT COALESCE(SUM(TABLE_ROWS), 0) FROM information_schema.TABLES
		WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN ('calls', 'ledger')`).Scan(&w.total); err != nil {
		return err
	}
	var since sql.NullTime
	if err := w.tx.QueryRowContext(w.ctx, `SELECT MIN(started_at) FROM calls`).Scan(&since); err != nil {
		return err
	}
	if w.since = since.Time; since.Valid {
		w.since = w.since.Add(toldWithin)
	}
	var err error
	if w.kept, err = keptSince(w.ctx, w.tx); err != nil {
		return err
	}
	for _, step := range []func() error{w.addUp, w.holdBalances, w.holdHolds, w.holdCalls} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (w *verifier) tell(rows int64) {
	w.done += rows
	w.total = max(w.total, w.done)
	if w.progress != nil {
		w.progress(w.done, w.total)
	}
}

func (w *verifier) each(one func(rows *sql.Rows) error, query string, args ...any) error {
	rows, err := w.tx.QueryContext(w.ctx, query, args...)
	if err != nil {
		return err
	}
	return eachRow(rows, one)
}

// addUp sums the entries of customers over the whole ledger.
func (w *verifier) addUp() error {
	for last := int64(0); ; {
		// The end of the bite, so that ids may have gaps.
		var to, n int64
		if err := w.tx.QueryRowContext(w.ctx, `SELECT COALESCE(MAX(id), 0), COUNT(*) FROM (SELECT id FROM ledger WHERE id > ? ORDER BY id LIMIT ?) bite`,
			last, verifyBite*5).Scan(&to, &n); err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
		if err := w.each(func(rows *sql.Rows) error {
			var k sumKey
			var sum money.Amount
			err := rows.Scan(&k.account, &k.currency, &sum)
			w.sums[k] += sum
			return err
		}, `SELECT id, currency_id, SUM(amount) FROM (
				SELECT credit_id AS id, currency_id, amount FROM ledger WHERE id > ? AND id <= ? AND credit = 'customer'
				UNION ALL SELECT debit_id, currency_id, -amount FROM ledger WHERE id > ? AND id <= ? AND debit = 'customer') sides
			GROUP BY id, currency_id`, last, to, last, to); err != nil {
			return err
		}
		w.found.Postings += n
		w.tell(n)
		last = to
	}
}

func (w *verifier) holdBalances() error {
	type heldNow struct {
		sum   money.Amount
		calls int64
	}
	held := map[int64]heldNow{}
	if err := w.each(func(rows *sql.Rows) error {
		var id int64
		var h heldNow
		err := rows.Scan(&id, &h.sum, &h.calls)
		held[id] = h
		return err
	}, `SELECT account_id, SUM(amount), COUNT(*) FROM holds WHERE account_id IS NOT NULL GROUP BY account_id`); err != nil {
		return err
	}
	if err := w.each(func(rows *sql.Rows) error {
		var b billing.Balance
		if err := rows.Scan(&b.AccountID, &b.CurrencyID, &b.Balance, &b.Held, &b.Calls); err != nil {
			return err
		}
		w.found.Accounts++
		k := sumKey{b.AccountID, b.CurrencyID}
		if sum := w.sums[k]; sum != b.Balance {
			w.found.Find(billing.Finding{
				Kind: billing.WrongBalance, AccountID: b.AccountID, Detail: fmt.Sprintf("the balance is %s, its entries in the ledger come to %s", b.Balance, sum),
			})
		}
		if h := held[b.AccountID]; h != (heldNow{b.Held, b.Calls}) {
			w.found.Find(billing.Finding{
				Kind: billing.WrongHeld, AccountID: b.AccountID,
				Detail: fmt.Sprintf("held are %s for %d calls, its holds come to %s for %d calls", b.Held, b.Calls, h.sum, h.calls),
			})
		}
		delete(w.sums, k)
		delete(held, b.AccountID)
		return nil
	}, `SELECT account_id, currency_id, balance, held, calls FROM balances ORDER BY account_id`); err != nil {
		return err
	}
	for _, k := range slices.SortedFunc(maps.Keys(w.sums), func(a, b sumKey) int { return int(a.account - b.account) }) {
		w.found.Find(billing.Finding{
			Kind: billing.WrongCurrency, AccountID: k.account,
			Detail: fmt.Sprintf("entries in currency %d come to %s, but there is no balance in it", k.currency, w.sums[k]),
		})
	}
	for _, id := range slices.Sorted(maps.Keys(held)) {
		w.found.Find(billing.Finding{
			Kind: billing.WrongHeld, AccountID: id, Detail: fmt.Sprintf("its holds come to %s for %d calls, but it has no balance", held[id].sum, held[id].calls),
		})
	}
	return nil
}

// holdHolds looks for holds that nobody will close.
func (w *verifier) holdHolds() error {
	if err := w.tx.QueryRowContext(w.ctx, `SELECT COUNT(*) FROM holds`).Scan(&w.found.Holds); err != nil {
		return err
	}
	return w.each(func(rows *sql.Rows) error {
		f := billing.Finding{Kind: billing.StaleHold}
		var amount money.Amount
		err := rows.Scan(&f.CallID, &f.AccountID, &amount)
		f.Detail = fmt.Sprintf("%s are held, but the call is over", amount)
		w.found.Find(f)
		return err
	}, `SELECT h.call_id, COALESCE(h.account_id, 0), h.amount FROM holds h JOIN calls c ON c.call_id = h.call_id AND c.month = `+monthExpression(`h.call_id`)+` WHERE c.ended_at IS NOT NULL ORDER BY h.call_id`)
}
