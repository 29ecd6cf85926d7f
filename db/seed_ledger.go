package db

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"time"

	"tandem/billing"
	"tandem/internal/money"
)

// seedLedger posts the seed's money. A posting is made once, forced or not:
// nothing in a ledger is ever set back.
func seedLedger(ctx context.Context, tx *sql.Tx, f seedFile, rows [][]string) (Seeded, error) {
	postings := make([]billing.Posting, 0, len(rows)-1)
	for i, row := range rows[1:] {
		p, err := seedPosting(rows[0], row)
		if err != nil {
			return Seeded{}, fmt.Errorf("line %d: %w", i+2, err)
		}
		postings = append(postings, p)
	}
	before, err := count(ctx, tx, f.table)
	if err != nil {
		return Seeded{}, err
	}
	if _, err := post(ctx, tx, postings); err != nil {
		return Seeded{}, err
	}
	after, err := count(ctx, tx, f.table)
	inserted := after - before
	return Seeded{Table: f.table, Source: f.source, Inserted: inserted, Present: len(postings) - inserted}, err
}

func seedPosting(header, row []string) (p billing.Posting, err error) {
	for i, name := range header {
		switch text := row[i]; name {
		case "posting_key":
			p.Key = text
		case "at":
			p.At, err = time.Parse(time.DateTime, text)
		case "kind":
			p.Kind = billing.PostingKind(text)
		case "debit":
			p.Debit.Kind = billing.PartyKind(text)
		case "debit_id":
			p.Debit.ID, err = strconv.ParseInt(text, 10, 64)
		case "credit":
			p.Credit.Kind = billing.PartyKind(text)
		case "credit_id":
			p.Credit.ID, err = strconv.ParseInt(text, 10, 64)
		case "amount":
			p.Amount, err = money.ParseAmount(text)
		case "currency_id":
			p.CurrencyID, err = strconv.ParseInt(text, 10, 64)
		case "note":
			p.Note = text
		default:
			err = fmt.Errorf("column %q is none of a posting", name)
		}
		if err != nil {
			return p, fmt.Errorf("%s: %w", name, err)
		}
	}
	return p, p.Validate()
}
