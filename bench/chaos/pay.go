package chaos

import (
	"context"
)

func (h *house) payIn(ctx context.Context, t topUp) error {
	tx, err := h.hand.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	r, err := tx.ExecContext(ctx, `INSERT IGNORE INTO ledger (posting_key, at, kind, debit, credit, credit_id, amount, currency_id) VALUES (?, ?, 'topup', 'cash', 'customer', ?, ?, ?)`,
		t.Key, t.At, t.AccountID, t.Amount.String(), euro)
	if err != nil {
		return err
	}
	if n, _ := r.RowsAffected(); n == 1 {
		if _, err := tx.ExecContext(ctx, `UPDATE balances SET balance = balance + ? WHERE account_id = ?`, t.Amount.String(), t.AccountID); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func (h *house) verify(ctx context.Context) ([]finding, error) { return nil, nil }
