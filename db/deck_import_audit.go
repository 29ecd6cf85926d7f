package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strconv"
)

// importAudit is what the audit log keeps of an import. Its file is not among it.
type importAudit struct {
	State    string          `json:"state"`
	Bytes    int64           `json:"bytes"`
	Settings json.RawMessage `json:"settings,omitempty"`
	DeckID   int64           `json:"deck_id,omitempty"`
}

// lockImport keeps an import from being changed by others, and says what it is;
// the zero value: there is none. Locked before anything is read.
func lockImport(ctx context.Context, tx *sql.Tx, id int64) (importAudit, error) {
	v, err := scanImportAudit(tx.QueryRowContext(ctx, `SELECT state, bytes, settings, COALESCE(deck_id, 0) FROM deck_imports WHERE id = ? FOR UPDATE`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return importAudit{}, nil
	}
	return v, err
}

func scanImportAudit(row *sql.Row, more ...any) (importAudit, error) {
	var v importAudit
	err := row.Scan(append([]any{&v.State, &v.Bytes, &v.Settings, &v.DeckID}, more...)...)
	return v, err
}

// auditImport writes what became of an import; before is nil for a new one.
func auditImport(ctx context.Context, tx *sql.Tx, action string, id int64, before *importAudit) error {
	var name string
	after, err := scanImportAudit(tx.QueryRowContext(ctx, `SELECT i.state, i.bytes, i.settings, COALESCE(i.deck_id, 0),
			CONCAT(COALESCE(CONCAT(p.providername, ' ', i.tier), CONCAT('tariff ', t.name), ''), ': ', i.file)
		FROM deck_imports i LEFT JOIN providers p ON p.id = i.provider_id LEFT JOIN tariffs t ON t.id = i.tariff_id WHERE i.id = ?`, id), &name)
	if err != nil {
		return err
	}
	c := Change{Action: action, Kind: "import", ID: strconv.FormatInt(id, 10), Name: cut(name)}
	if before != nil {
		c.Before = before
	}
	if action != "delete" {
		c.After = after
	}
	return audit(ctx, tx, c)
}
