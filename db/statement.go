package db

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"tandem/billing"
	"tandem/internal/money"
)

// Statement is a page of what happened to the money of a customer or provider.
// Sums are by currency id; those of a customer are all in one.
type Statement struct {
	Opening map[int64]money.Amount // before the first entry of the page
	Entries []Entry
	Closing map[int64]money.Amount // after the last
	Next    string                 // cursor of the next page; empty: this is the last
}

// Entry is a posting as its party sees it.
type Entry struct {
	billing.Posting

	Sum    money.Amount // above zero: to the party
	Closes money.Amount // the balance after it, in its currency
}

// cursor says where a page begins.
type cursor struct {
	At   time.Time              `json:"at"`
	ID   int64                  `json:"id"`
	Sums map[int64]money.Amount `json:"sums"`
}

// ErrCursor is the answer to a cursor that is none.
var ErrCursor = errors.New("no cursor of a statement")

// maxPage bounds a page of a statement.
const maxPage = 10_000

// Statement lists the entries of a party from a moment until before another (zero:
// from the beginning, to the end), in the order of their time, at most limit a
// page. cursor is Next of the page before, or empty.
func (d *DB) Statement(ctx context.Context, party billing.Party, from, to time.Time, after string, limit int) (Statement, error) {
	limit = max(1, min(limit, maxPage))
	if to.IsZero() {
		to = time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	var s Statement
	err := inTx(ctx, d.calls, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, func(tx *sql.Tx) error {
		begin := cursor{At: from, Sums: map[int64]money.Amount{}}
		var err error
		if after != "" {
			begin, err = parseCursor(after)
		} else {
			err = openingSums(ctx, tx, party, from, begin.Sums)
		}
		if err != nil {
			return err
		}
		s, err = readStatement(ctx, tx, party, begin, to, limit)
		return err
	})
	return s, wrap("statement", err)
}

func parseCursor(text string) (c cursor, err error) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil || c.Sums == nil {
		return cursor{}, fmt.Errorf("%w: %q", ErrCursor, text)
	}
	return c, nil
}

func (c cursor) String() string {
	b, err := json.Marshal(c)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// openingSums adds up what was before from.
func openingSums(ctx context.Context, tx *sql.Tx, party billing.Party, from time.Time, sums map[int64]money.Amount) error {
	for column, sign := range map[string]money.Amount{"debit": -1, "credit": 1} {
		statement := `SELECT currency_id, SUM(amount) FROM ledger WHERE ` + column + ` = ? AND ` + column + `_id = ? AND at < ? GROUP BY currency_id` //nolint:gosec // G202: one of two words
		rows, err := tx.QueryContext(ctx, statement, string(party.Kind), party.ID, cmpMoment(from))
		if err != nil {
			return err
		}
		if err := eachRow(rows, func(rows *sql.Rows) error {
			var currency int64
			var sum money.Amount
			err := rows.Scan(&currency, &sum)
			sums[currency] += sign * sum
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// cmpMoment is a moment to compare with; zero: before everything.
func cmpMoment(t time.Time) time.Time {
	if t.IsZero() {
		return time.Date(1000, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return t.UTC().Truncate(time.Millisecond)
}

func readStatement(ctx context.Context, tx *sql.Tx, party billing.Party, begin cursor, to time.Time, limit int) (Statement, error) {
	side := func(column string) string {
		return `(SELECT ` + postingColumns + ` FROM ledger WHERE ` + column + ` = ? AND ` + column + `_id = ?
			AND at >= ? AND (at > ? OR id > ?) AND at < ? ORDER BY at, id LIMIT ?)`
	}
	at := cmpMoment(begin.At)
	args := []any{string(party.Kind), party.ID, at, at, begin.ID, cmpMoment(to), limit + 1}
	rows, err := tx.QueryContext(ctx, side("debit")+` UNION ALL `+side("credit")+` ORDER BY at, id LIMIT ?`, append(slices.Concat(args, args), limit+1)...)
	if err != nil {
		return Statement{}, err
	}
	s := Statement{Opening: maps.Clone(begin.Sums), Closing: begin.Sums}
	more := false
	err = eachRow(rows, func(rows *sql.Rows) error {
		e := Entry{}
		if err := scanPosting(&e.Posting, rows.Scan); err != nil {
			return err
		}
		if len(s.Entries) == limit {
			more = true
			return nil
		}
		if e.Sum = e.Amount; e.Debit == party {
			e.Sum = -e.Amount
		}
		s.Closing[e.CurrencyID] += e.Sum
		e.Closes = s.Closing[e.CurrencyID]
		s.Entries = append(s.Entries, e)
		return nil
	})
	if more {
		last := s.Entries[len(s.Entries)-1]
		s.Next = cursor{last.At, last.ID, s.Closing}.String()
	}
	return s, err
}

// PostingsOf lists the postings of a call, in the order in which they were made.
func (d *DB) PostingsOf(ctx context.Context, callID string) ([]billing.Posting, error) {
	rows, err := d.calls.QueryContext(ctx, `SELECT `+postingColumns+` FROM ledger WHERE call_id = ? ORDER BY id`, callID)
	if err != nil {
		return nil, wrap("postings of a call", err)
	}
	var list []billing.Posting
	err = eachRow(rows, func(rows *sql.Rows) error {
		var p billing.Posting
		err := scanPosting(&p, rows.Scan)
		list = append(list, p)
		return err
	})
	return list, wrap("postings of a call", err)
}

// PartySum is what the ledger comes to for a party, in one currency: above zero
// we owe it.
type PartySum struct {
	Party      billing.Party
	CurrencyID int64
	Sum        money.Amount
}

// PartySums adds up the ledger for all parties of a kind: what is owed to
// providers, what revenue came in. It reads all of their entries.
func (d *DB) PartySums(ctx context.Context, kind billing.PartyKind) ([]PartySum, error) {
	rows, err := d.sums.QueryContext(ctx, `SELECT id, currency_id, SUM(amount) FROM (
			SELECT credit_id AS id, currency_id, SUM(amount) AS amount FROM ledger WHERE credit = ? GROUP BY credit_id, currency_id
			UNION ALL SELECT debit_id, currency_id, -SUM(amount) FROM ledger WHERE debit = ? GROUP BY debit_id, currency_id) sides
		GROUP BY id, currency_id ORDER BY id, currency_id`, string(kind), string(kind))
	if err != nil {
		return nil, wrap("sums of the ledger", err)
	}
	var list []PartySum
	err = eachRow(rows, func(rows *sql.Rows) error {
		s := PartySum{Party: billing.Party{Kind: kind}}
		err := rows.Scan(&s.Party.ID, &s.CurrencyID, &s.Sum)
		list = append(list, s)
		return err
	})
	return list, wrap("sums of the ledger", err)
}
