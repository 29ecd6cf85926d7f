package db

import (
	"context"
	"database/sql"
)

// auditAll writes many changes to the audit log, within the transaction that makes
// them.
func auditAll(ctx context.Context, tx *sql.Tx, changes []Change) error {
	if len(changes) == 0 {
		return nil
	}
	var now any
	if err := tx.QueryRowContext(ctx, `SELECT UTC_TIMESTAMP(3)`).Scan(&now); err != nil {
		return err
	}
	a := actorOf(ctx)
	rows := make([][]any, len(changes))
	for i, c := range changes {
		before, err := auditJSON(c.Before)
		if err != nil {
			return err
		}
		after, err := auditJSON(c.After)
		if err != nil {
			return err
		}
		rows[i] = []any{now, known(a.UserID), known(a.KeyID), a.Name, a.Address, c.Action, c.Kind, c.ID, c.Name, before, after}
	}
	return insertInto("audit_log", "at", "user_id", "key_id", "actor", "address", "action", "kind", "object_id", "object_name", "before_json", "after_json").
		exec(ctx, tx, rows)
}
