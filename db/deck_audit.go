package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// deckAudit is what the audit log keeps of a deck. Its rates are not among it:
// they never change.
type deckAudit struct {
	State     string     `json:"state"`
	PublishAt *time.Time `json:"publish_at,omitempty"`
	Rates     int        `json:"rates"`
	File      string     `json:"file,omitempty"`
	SHA256    string     `json:"sha256,omitempty"`
}

// lockDeck keeps a deck from being changed by others, and says what it is; nil:
// there is none. Locked before anything is read, so that what is read later in
// the transaction is not older than the deck.
func lockDeck(ctx context.Context, tx *sql.Tx, id int64) (*deckAudit, error) {
	return scanDeckAudit(tx.QueryRowContext(ctx, `SELECT state, publish_at, rates, file, COALESCE(sha256, '') FROM decks WHERE id = ? FOR UPDATE`, id))
}

func scanDeckAudit(row *sql.Row, more ...any) (*deckAudit, error) {
	v := &deckAudit{}
	var at sql.NullTime
	err := row.Scan(append([]any{&v.State, &at, &v.Rates, &v.File, &v.SHA256}, more...)...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // there is none
	}
	if at.Valid {
		v.PublishAt = &at.Time
	}
	return v, err
}

// auditDeck writes what became of a deck; before is nil for a new one.
func auditDeck(ctx context.Context, tx *sql.Tx, action string, id int64, before *deckAudit) error {
	var owner, tier string
	var version int
	after, err := scanDeckAudit(tx.QueryRowContext(ctx, `SELECT d.state, d.publish_at, d.rates, d.file, COALESCE(d.sha256, ''),
			COALESCE(p.providername, CONCAT('tariff ', t.name), ''), COALESCE(CONCAT(' ', d.tier), ''), d.version
		FROM decks d LEFT JOIN providers p ON p.id = d.provider_id LEFT JOIN tariffs t ON t.id = d.tariff_id WHERE d.id = ?`, id), &owner, &tier, &version)
	if err != nil {
		return err
	}
	c := Change{Action: action, Kind: "deck", ID: strconv.FormatInt(id, 10), Name: fmt.Sprintf("%s%s, version %d", owner, tier, version)}
	if before != nil {
		c.Before = before
	}
	if after != nil && action != "delete" {
		c.After = after
	}
	return audit(ctx, tx, c)
}
