package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"tandem/billing"
	"tandem/internal/money"
)

// ErrNotFree is the answer to a withdrawal of more than an account has to give.
var ErrNotFree = errors.New("not so much is free")

// Withdraw pays money out of an account, Amount above zero, as TopUp does, but no
// more than its balance without what is held for calls in progress.
func (d *DB) Withdraw(ctx context.Context, t TopUp) ([]billing.Posting, error) {
	t.Amount = -t.Amount
	var posted []billing.Posting
	err := d.posting(ctx, func(tx *sql.Tx) error {
		var free money.Amount
		// Locked: no call takes of it meanwhile.
		if err := tx.QueryRowContext(ctx, `SELECT balance - held FROM balances WHERE account_id = ? FOR UPDATE`, t.AccountID).Scan(&free); err != nil {
			return fmt.Errorf("balance of account %d: %w", t.AccountID, notFound(err))
		}
		postings, err := topUp(ctx, tx, t)
		if err != nil {
			return err
		}
		there, err := postingsByKey(ctx, tx, postings)
		if err != nil {
			return err
		}
		if postings[0].Amount > free && len(there) == 0 {
			return fmt.Errorf("%w: %s without what is held for calls in progress, %s are asked for", ErrNotFree, free, postings[0].Amount)
		}
		posted, err = post(ctx, tx, postings)
		return err
	})
	return posted, wrap("withdraw", err)
}

// Posting is one row of the ledger. ErrNotFound when there is none with that id.
func (d *DB) Posting(ctx context.Context, id int64) (billing.Posting, error) {
	var p billing.Posting
	row := d.calls.QueryRowContext(ctx, `SELECT `+postingColumns+` FROM ledger WHERE id = ?`, id)
	if err := notFound(scanPosting(&p, row.Scan)); err != nil {
		return billing.Posting{}, wrap(fmt.Sprintf("posting %d", id), err)
	}
	return p, nil
}

// LastEntries lists the last entries of a customer or provider, the newest first,
// and what all of its entries come to, by currency id.
func (d *DB) LastEntries(ctx context.Context, party billing.Party, limit int) (list []Entry, sums map[int64]money.Amount, err error) {
	err = inTx(ctx, d.calls, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, func(tx *sql.Tx) error {
		list, sums = nil, map[int64]money.Amount{}
		if err := partySums(ctx, tx, party, sums); err != nil {
			return err
		}
		side := func(column string) string {
			return `(SELECT ` + postingColumns + ` FROM ledger WHERE ` + column + ` = ? AND ` + column + `_id = ? ORDER BY at DESC, id DESC LIMIT ?)`
		}
		args := []any{string(party.Kind), party.ID, limit}
		rows, err := tx.QueryContext(ctx, side("debit")+` UNION ALL `+side("credit")+` ORDER BY at DESC, id DESC LIMIT ?`, append(slices.Concat(args, args), limit)...)
		if err != nil {
			return err
		}
		at := maps.Clone(sums)
		return eachRow(rows, func(rows *sql.Rows) error {
			var e Entry
			if err := scanPosting(&e.Posting, rows.Scan); err != nil {
				return err
			}
			if e.Sum = e.Amount; e.Debit == party {
				e.Sum = -e.Amount
			}
			e.Closes = at[e.CurrencyID]
			at[e.CurrencyID] -= e.Sum
			list = append(list, e)
			return nil
		})
	})
	return list, sums, wrap("last entries", err)
}

// partySums are the sums of all entries of a party. Those of a customer are its
// balance, so that millions of rows need not be read.
func partySums(ctx context.Context, tx *sql.Tx, party billing.Party, sums map[int64]money.Amount) error {
	if party.Kind != billing.Customer {
		return openingSums(ctx, tx, party, time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC), sums)
	}
	var currency int64
	var balance money.Amount
	err := tx.QueryRowContext(ctx, `SELECT currency_id, balance FROM balances WHERE account_id = ?`, party.ID).Scan(&currency, &balance)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	sums[currency] = balance
	return err
}

// SpentToday is what calls that ended today have cost each account, in its zone
// and currency. Who spent nothing is not in it.
func (d *DB) SpentToday(ctx context.Context) (map[int64]money.Amount, error) {
	spent := map[int64]money.Amount{}
	rows, err := d.calls.QueryContext(ctx, `SELECT b.account_id, a.time_zone, b.spent_on, b.spent, UTC_TIMESTAMP(3)
		FROM balances b JOIN accounts a ON a.id = b.account_id WHERE b.spent_on IS NOT NULL`)
	if err != nil {
		return nil, wrap("spent today", err)
	}
	err = eachRow(rows, func(rows *sql.Rows) error {
		var id int64
		var zone string
		var on, now time.Time
		var sum money.Amount
		err := rows.Scan(&id, &zone, &on, &sum, &now)
		if on.Format(time.DateOnly) >= now.In(zoneOrUTC(zone)).Format(time.DateOnly) {
			spent[id] = sum
		}
		return err
	})
	return spent, wrap("spent today", err)
}

// SoldTraffic is Traffic of the accounts that have a tariff now: what they called,
// by the number it was routed by, in order.
func (d *DB) SoldTraffic(ctx context.Context, since time.Time, tariff int64) (list []Traffic, digits int, err error) {
	sum := trafficSum{digits: maxNumber, room: maxTraffic, of: map[prefixKey]talked{}}
	rows, err := d.sums.QueryContext(ctx, `SELECT COALESCE(c.routing_number, c.b_number), COUNT(*), CAST(SUM(CEIL(c.talk_ms / 1000)) AS SIGNED)
		FROM calls c JOIN accounts a ON a.id = c.account_id
		WHERE c.disposition = 'answered' AND c.started_at >= ? AND c.direction = 'out' AND c.talk_ms > 0 AND c.b_number IS NOT NULL AND a.tariff_id = ?
		GROUP BY 1`, moment(since), tariff)
	if err != nil {
		return nil, 0, wrap("traffic of a tariff", err)
	}
	err = eachRow(rows, func(rows *sql.Rows) error {
		var number []byte
		var t talked
		if err := rows.Scan(&number, &t.calls, &t.seconds); err != nil {
			return err
		}
		if !isNumber(number) {
			return fmt.Errorf("calls: number %q: %w", number, errNumberColumn)
		}
		sum.add(packDigits(number), t)
		return nil
	})
	if err != nil {
		return nil, 0, wrap("traffic of a tariff", err)
	}
	list, digits = sum.list()
	return list, digits, nil
}

// list is what was added up, in order.
func (s *trafficSum) list() (list []Traffic, digits int) {
	for _, k := range slices.Sorted(maps.Keys(s.of)) {
		list = append(list, Traffic{Prefix: k.String(), Calls: s.of[k].calls, Seconds: s.of[k].seconds})
	}
	return list, s.digits
}
