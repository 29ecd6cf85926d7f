package db

import (
	"context"
	"database/sql"
	"strconv"

	"tandem/billing"
	"tandem/internal/money"
)

// postingMade is a posting by hand in the audit log.
type postingMade struct {
	Key        string       `json:"key"`
	Debit      string       `json:"debit"`
	Credit     string       `json:"credit"`
	Amount     money.Amount `json:"amount"`
	CurrencyID int64        `json:"currency_id"`
	Note       string       `json:"note,omitempty"`
	Reverses   int64        `json:"reverses,omitempty"`
}

// auditPosting writes who made a posting by hand; those of calls are nobody's.
func auditPosting(ctx context.Context, tx *sql.Tx, p *billing.Posting) error {
	whose := p.Credit
	if p.Debit.ID != 0 {
		whose = p.Debit
	}
	return audit(ctx, tx, Change{
		Action: string(p.Kind), Kind: "posting", ID: strconv.FormatInt(p.ID, 10), Name: whose.String(),
		After: postingMade{p.Key, p.Debit.String(), p.Credit.String(), p.Amount, p.CurrencyID, p.Note, p.Reverses},
	})
}
