package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// removeBite bounds one transaction that removes rates.
const removeBite = 10_000

// DeleteDraft removes a draft and its rates.
func (d *DB) DeleteDraft(ctx context.Context, id int64) error {
	// Loading again, so that nobody publishes what is going away; if this is
	// killed, the next import goes on with it.
	err := inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		before, err := lockDeck(ctx, tx, id)
		if err != nil {
			return err
		}
		changed, err := affected(tx.ExecContext(ctx, `UPDATE decks SET state = 'loading' WHERE id = ? AND state = 'draft'`, id))
		if err != nil {
			return err
		}
		if changed > 0 {
			return auditDeck(ctx, tx, "delete", id, before)
		}
		return stands(ctx, tx, id, "draft")
	})
	if err != nil {
		return wrap(fmt.Sprintf("delete deck %d", id), err)
	}
	return d.removeDeck(ForDeeds(ctx), id)
}

// forgetDraft removes what a failed import has left, even if the import was
// cancelled.
func (d *DB) forgetDraft(ctx context.Context, id int64) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanTimeout)
	defer cancel()
	return d.removeDeck(ctx, id)
}

// removeDead removes decks whose import has died: it has not been heard of for
// importHold, or has gone on for a day.
func (d *DB) removeDead(ctx context.Context) error {
	rows, err := d.calls.QueryContext(ctx, `SELECT d.id FROM decks d LEFT JOIN jobs j ON j.name = CONCAT('import of deck ', d.id)
		WHERE d.state = 'loading' AND (d.created_at < UTC_TIMESTAMP(3) - INTERVAL 1 DAY
			OR d.created_at < UTC_TIMESTAMP(3) - INTERVAL ? SECOND AND COALESCE(j.lease_until, '2000-01-01') < UTC_TIMESTAMP(3))`, int64(importHold.Seconds()))
	if err != nil {
		return wrap("look for dead imports", err)
	}
	var dead []int64
	if err := eachRow(rows, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		dead = append(dead, id)
		return err
	}); err != nil {
		return wrap("look for dead imports", err)
	}
	for _, id := range dead {
		if err := d.removeDeck(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// removeDeck removes a deck in the state loading, in bites.
func (d *DB) removeDeck(ctx context.Context, id int64) error {
	more, err := d.takeOver(ctx, id)
	loading := more
	for more && err == nil {
		err = inTx(ctx, d.bulk, nil, func(tx *sql.Tx) error {
			n, err := affected(tx.ExecContext(ctx, `DELETE FROM deck_rates WHERE deck_id = ? ORDER BY prefix, n LIMIT ?`, id, removeBite))
			more = n == removeBite
			return err
		})
	}
	if loading && err == nil {
		err = inTx(ctx, d.bulk, nil, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `DELETE FROM decks WHERE id = ? AND state = 'loading'`, id)
			return err
		})
	}
	return wrap(fmt.Sprintf("remove deck %d", id), err)
}

// takeOver takes the import's job away, so that the import, should it live after
// all, can write no more. It says whether the deck is loading still.
func (d *DB) takeOver(ctx context.Context, id int64) (loading bool, err error) {
	err = inTx(ctx, d.bulk, nil, func(tx *sql.Tx) error {
		var state string
		err := tx.QueryRowContext(ctx, `SELECT state FROM decks WHERE id = ? FOR UPDATE`, id).Scan(&state)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if loading = state == "loading"; !loading {
			return nil
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM jobs WHERE name = ?`, importJob(id))
		return err
	})
	return loading, err
}
