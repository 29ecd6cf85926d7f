package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"tandem/billing"
	"tandem/internal/money"
)

// ErrPostingKey says that a key is taken by a posting of other contents.
var ErrPostingKey = errors.New("the key is taken by another posting")

// Post adds postings to the ledger, all or none, and moves the balances of the
// customers among their parties. A posting whose key is there already is not made
// again; if its contents are others (its time aside) the error is ErrPostingKey.
// It returns them as the ledger has them.
func (d *DB) Post(ctx context.Context, postings []billing.Posting) ([]billing.Posting, error) {
	for i := range postings {
		if err := postings[i].Validate(); err != nil {
			return nil, fmt.Errorf("posting %d: %w", i+1, err)
		}
	}
	var posted []billing.Posting
	err := d.posting(ctx, func(tx *sql.Tx) (err error) {
		posted, err = post(ctx, tx, postings)
		return err
	})
	return posted, wrap("post", err)
}

// posting runs work in a transaction, and again when somebody was faster with a
// key: then it is there to be found.
func (d *DB) posting(ctx context.Context, work func(tx *sql.Tx) error) error {
	for try := 1; ; try++ {
		err := inTx(ctx, d.calls, recordOptions(), work)
		if !hasNumber(err, errDuplicate) || try == maxTries {
			return err
		}
	}
}

// post makes those that are not there yet.
func post(ctx context.Context, tx *sql.Tx, postings []billing.Posting) ([]billing.Posting, error) {
	there, err := postingsByKey(ctx, tx, postings)
	if err != nil {
		return nil, err
	}
	moves := changes{}
	var rows [][]any
	for i := range postings {
		p := &postings[i]
		if old, is := there[p.Key]; is {
			if !samePosting(*p, old) {
				return nil, fmt.Errorf("%w: key %q: there is %s", ErrPostingKey, p.Key, describe(old))
			}
			continue
		}
		there[p.Key] = *p
		rows = append(rows, postingRow(p))
		moves.post(p, spentDay{})
	}
	if err := lockBalances(ctx, tx, moves); err != nil {
		return nil, err
	}
	slices.SortFunc(rows, func(a, b []any) int { return cmpKey(a[0], b[0]) })
	if err := insertPostings().exec(ctx, tx, rows); err != nil {
		return nil, err
	}
	if err := writeBalances(ctx, tx, moves); err != nil {
		return nil, err
	}
	if there, err = postingsByKey(ctx, tx, postings); err != nil {
		return nil, err
	}
	posted := make([]billing.Posting, len(postings))
	for i := range postings {
		posted[i] = there[postings[i].Key]
		if slices.ContainsFunc(rows, func(row []any) bool { return row[0] == postings[i].Key }) {
			if err := auditPosting(ctx, tx, &posted[i]); err != nil {
				return nil, err
			}
		}
	}
	return posted, nil
}

func cmpKey(a, b any) int {
	x, _ := a.(string)
	y, _ := b.(string)
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// lockBalances wants a balance in the currency of what is posted, and keeps it:
// nobody deletes the account until the posting is there to be seen.
func lockBalances(ctx context.Context, tx *sql.Tx, moves changes) error {
	var ids []int64
	for id := range moves {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	currencies := map[int64]int64{}
	if err := eachIn(ctx, tx, `SELECT account_id, currency_id FROM balances FORCE INDEX (PRIMARY) WHERE account_id IN (?) ORDER BY account_id FOR UPDATE`, ids, func(rows *sql.Rows) error {
		var id, currency int64
		err := rows.Scan(&id, &currency)
		currencies[id] = currency
		return err
	}); err != nil {
		return err
	}
	for _, id := range ids {
		switch currency := currencies[id]; {
		case currency == 0:
			return fmt.Errorf("account %d has no balance: %w; set its currency first", id, ErrNotFound)
		case currency != moves[id].currency:
			return fmt.Errorf("%w: account %d: its balance is in currency %d, the posting in %d", billing.ErrPosting, id, currency, moves[id].currency)
		}
	}
	return nil
}

// samePosting says whether two postings are one, told twice.
func samePosting(a, b billing.Posting) bool {
	if (a.Foreign == nil) != (b.Foreign == nil) || a.Foreign != nil && *a.Foreign != *b.Foreign {
		return false
	}
	a.Foreign, a.ID, a.At = b.Foreign, b.ID, b.At
	return a == b
}

func describe(p billing.Posting) string {
	return fmt.Sprintf("%s of %s in currency %d from %s to %s", p.Kind, p.Amount, p.CurrencyID, p.Debit, p.Credit)
}

// insertPostings writes rows of postingRow.
func insertPostings() upsert {
	return insertInto("ledger", "posting_key", "at", "kind", "debit", "debit_id", "credit", "credit_id", "amount", "currency_id", "call_id", "note",
		"foreign_amount", "foreign_currency_id", "foreign_per_eur", "per_eur", "reverses")
}

func postingRow(p *billing.Posting) []any {
	row := []any{
		p.Key, moment(p.At), string(p.Kind), string(p.Debit.Kind), p.Debit.ID, string(p.Credit.Kind), p.Credit.ID, p.Amount, p.CurrencyID,
		known(p.CallID), p.Note,
	}
	if f := p.Foreign; f != nil {
		row = append(row, f.Amount, f.CurrencyID, f.From, f.To)
	} else {
		row = append(row, nil, nil, nil, nil)
	}
	return append(row, known(p.Reverses))
}

// postingColumns are read by scanPosting, in this order.
const postingColumns = `id, posting_key, at, kind, debit, debit_id, credit, credit_id, amount, currency_id, COALESCE(call_id, ''), note,
	foreign_amount, foreign_currency_id, foreign_per_eur, per_eur, COALESCE(reverses, 0)`

func scanPosting(p *billing.Posting, scan func(dest ...any) error) error {
	var amount sql.Null[money.Amount]
	var currency sql.NullInt64
	var from, to sql.Null[money.FX]
	err := scan(&p.ID, &p.Key, &p.At, &p.Kind, &p.Debit.Kind, &p.Debit.ID, &p.Credit.Kind, &p.Credit.ID, &p.Amount, &p.CurrencyID,
		&p.CallID, &p.Note, &amount, &currency, &from, &to, &p.Reverses)
	if amount.Valid {
		p.Foreign = &billing.Foreign{Amount: amount.V, CurrencyID: currency.Int64, From: from.V, To: to.V}
	}
	return err
}

// postingsByKey finds those of the postings that are there.
func postingsByKey(ctx context.Context, tx *sql.Tx, postings []billing.Posting) (map[string]billing.Posting, error) {
	keys := make([]string, len(postings))
	for i := range postings {
		keys[i] = postings[i].Key
	}
	there := map[string]billing.Posting{}
	err := eachIn(ctx, tx, `SELECT `+postingColumns+` FROM ledger WHERE posting_key IN (?)`, keys, func(rows *sql.Rows) error {
		var p billing.Posting
		err := scanPosting(&p, rows.Scan)
		there[p.Key] = p
		return err
	})
	return there, err
}

// readPostingKeys is which of these keys are in the ledger.
func readPostingKeys(ctx context.Context, tx *sql.Tx, keys []string) (there []string, err error) {
	err = eachIn(ctx, tx, `SELECT posting_key FROM ledger WHERE posting_key IN (?)`, keys, func(rows *sql.Rows) error {
		var key string
		err := rows.Scan(&key)
		there = append(there, key)
		return err
	})
	return there, err
}
