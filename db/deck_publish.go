package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// publishGrace is how late a time of publication may come: who says "at 12:00"
// may need a minute to confirm it.
const publishGrace = time.Minute

// Errors of Publish and Rollback besides ErrDeckState.
var (
	// ErrPast: a deck cannot be published for a time that is over; what was
	// charged then was charged.
	ErrPast = errors.New("the time of publication is over")
	// ErrNoDeckBefore: nothing would be in force after the rollback.
	ErrNoDeckBefore = errors.New("there is no deck before it to go back to")
)

// Publish puts a draft in force from that moment on; the zero time is now. Of two
// who publish the same draft one gets ErrDeckState.
func (d *DB) Publish(ctx context.Context, id int64, at time.Time) (Deck, error) {
	return d.publish(ctx, id, at, func(context.Context, *sql.Tx, DeckOwner) error { return nil })
}

// PublishOver is Publish of a draft that was compared with base, the deck that is
// in force at that moment, 0 for none. When it is another one by now, nothing is
// changed, and the error is ErrDeckState.
func (d *DB) PublishOver(ctx context.Context, id int64, at time.Time, base int64) (Deck, error) {
	return d.publish(ctx, id, at, func(ctx context.Context, tx *sql.Tx, owner DeckOwner) error {
		var now int64
		err := tx.QueryRowContext(ctx, `SELECT id FROM decks WHERE `+ofOwner+` AND state = 'published' AND publish_at <= COALESCE(?, UTC_TIMESTAMP(3))
			ORDER BY publish_at DESC, id DESC LIMIT 1`, append(owner.keys(), moment(at))...).Scan(&now)
		switch {
		case err != nil && !errors.Is(err, sql.ErrNoRows):
			return err
		case now == base:
			return nil
		case now == 0:
			return fmt.Errorf("%w: meanwhile deck %d is not in force any more, and none is: look at the changes anew", ErrDeckState, base)
		}
		return fmt.Errorf("%w: meanwhile deck %d has come in force: look at the changes anew", ErrDeckState, now)
	})
}

func (d *DB) publish(ctx context.Context, id int64, at time.Time, still func(context.Context, *sql.Tx, DeckOwner) error) (Deck, error) {
	draft, err := d.Deck(ctx, id)
	if err != nil {
		return Deck{}, err
	}
	err = inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		if err := oneByOne(ctx, tx, draft.Owner); err != nil {
			return err
		}
		if err := notPast(ctx, tx, at); err != nil {
			return err
		}
		before, err := lockDeck(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case before != nil && before.State == string(DeckPublished):
			return fmt.Errorf("%w: deck %d is published already", ErrDeckState, id)
		}
		if err := still(ctx, tx, draft.Owner); err != nil {
			return err
		}
		changed, err := affected(tx.ExecContext(ctx, `UPDATE decks SET state = 'published', publish_at = COALESCE(?, UTC_TIMESTAMP(3))
			WHERE id = ? AND state = 'draft'`, moment(at), id))
		if err != nil {
			return err
		}
		if changed == 0 {
			return stands(ctx, tx, id, "draft")
		}
		if err := notSuperseded(ctx, tx, id); err != nil {
			return err
		}
		return auditDeck(ctx, tx, "publish", id, before)
	})
	if err != nil {
		return Deck{}, wrap(fmt.Sprintf("publish deck %d", id), err)
	}
	return d.Deck(ForDeeds(ctx), id)
}

// oneByOne is the turn of those who change what is in force for an owner.
func oneByOne(ctx context.Context, tx *sql.Tx, o DeckOwner) error {
	if o.TariffID != 0 {
		return takeTurn(ctx, tx, fmt.Sprintf("decks of tariff %d", o.TariffID))
	}
	return takeTurn(ctx, tx, fmt.Sprintf("decks of provider %d %s", o.ProviderID, o.Tier))
}

func notPast(ctx context.Context, tx *sql.Tx, at time.Time) error {
	if at.IsZero() {
		return nil
	}
	var now time.Time
	if err := tx.QueryRowContext(ctx, `SELECT UTC_TIMESTAMP(3)`).Scan(&now); err != nil {
		return err
	}
	if at.Before(now.Add(-publishGrace)) {
		return fmt.Errorf("%w: %s, and now it is %s; name a later time, or none for now",
			ErrPast, at.UTC().Format(time.DateTime), now.Format(time.DateTime))
	}
	return nil
}

// notSuperseded refuses a deck that would never be in force, because another of
// its owner and tier has begun since.
func notSuperseded(ctx context.Context, tx *sql.Tx, id int64) error {
	var other int64
	var since time.Time
	err := tx.QueryRowContext(ctx, `SELECT o.id, o.publish_at FROM decks d
		JOIN decks o ON o.provider_id <=> d.provider_id AND o.tariff_id <=> d.tariff_id AND o.tier <=> d.tier AND o.state = 'published'
		WHERE d.id = ? AND d.publish_at <= UTC_TIMESTAMP(3) AND o.publish_at <= UTC_TIMESTAMP(3)
			AND (o.publish_at > d.publish_at OR o.publish_at = d.publish_at AND o.id > d.id) LIMIT 1`, id).Scan(&other, &since)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return fmt.Errorf("%w: deck %d is in force since %s, later than that", ErrDeckState, other, since.Format("2006-01-02 15:04:05.000"))
}

// Unpublish makes a draft again of a deck that is not in force yet.
func (d *DB) Unpublish(ctx context.Context, id int64) (Deck, error) {
	v, err := d.Deck(ctx, id)
	if err != nil {
		return Deck{}, err
	}
	err = inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		if err := oneByOne(ctx, tx, v.Owner); err != nil {
			return err
		}
		before, err := lockDeck(ctx, tx, id)
		if err != nil {
			return err
		}
		changed, err := affected(tx.ExecContext(ctx, `UPDATE decks SET state = 'draft', publish_at = NULL
			WHERE id = ? AND state = 'published' AND publish_at > UTC_TIMESTAMP(3)`, id))
		if err != nil {
			return err
		}
		if changed > 0 {
			return auditDeck(ctx, tx, "unpublish", id, before)
		}
		return stands(ctx, tx, id, "scheduled")
	})
	if err != nil {
		return Deck{}, wrap(fmt.Sprintf("unpublish deck %d", id), err)
	}
	return d.Deck(ForDeeds(ctx), id)
}

// Rollback takes the owner's deck in force back for good; the one before it is in
// force again. expected is the id of the deck that is meant, 0 for whichever it
// is: of two who roll back the same deck one gets ErrDeckState, and no deck is
// rolled back by whoever meant the one that was in force before it.
func (d *DB) Rollback(ctx context.Context, owner DeckOwner, expected int64) (rolledBack, inForce Deck, err error) {
	owner, err = d.FindOwner(ctx, owner)
	if err != nil {
		return Deck{}, Deck{}, err
	}
	var from, to int64
	err = inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		if err := oneByOne(ctx, tx, owner); err != nil {
			return err
		}
		var err error
		if from, to, err = lastTwo(ctx, tx, owner); err != nil {
			return err
		}
		if expected == 0 {
			expected = from // also when this transaction has to run again
		}
		switch {
		case from != expected:
			return fmt.Errorf("%w: deck %d is not in force, deck %d is", ErrDeckState, expected, from)
		case to == 0:
			return fmt.Errorf("%w: deck %d is the first of %s", ErrNoDeckBefore, from, owner)
		}
		was, err := lockDeck(ctx, tx, from)
		if err != nil {
			return err
		}
		changed, err := affected(tx.ExecContext(ctx, `UPDATE decks SET state = 'rolled_back', rolled_back_at = UTC_TIMESTAMP(3)
			WHERE id = ? AND state = 'published'`, from))
		if err == nil && changed == 0 {
			err = fmt.Errorf("%w: deck %d was rolled back a moment ago", ErrDeckState, from)
		}
		if err != nil {
			return err
		}
		return auditDeck(ctx, tx, "rollback", from, was)
	})
	if err != nil {
		return Deck{}, Deck{}, wrap(fmt.Sprintf("roll back the deck of %s", owner), err)
	}
	ctx = ForDeeds(ctx)
	if rolledBack, err = d.Deck(ctx, from); err == nil {
		inForce, err = d.Deck(ctx, to)
	}
	return rolledBack, inForce, err
}

// lastTwo finds the deck in force and the one before it, 0 for none. The owner's
// decks stay locked, so that none is published meanwhile.
func lastTwo(ctx context.Context, tx *sql.Tx, owner DeckOwner) (last, before int64, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT id FROM decks WHERE `+ofOwner+` AND state = 'published' AND publish_at <= UTC_TIMESTAMP(3)
		ORDER BY publish_at DESC, id DESC LIMIT 2 FOR UPDATE`, owner.keys()...)
	if err != nil {
		return 0, 0, err
	}
	var ids []int64
	if err := eachRow(rows, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	}); err != nil {
		return 0, 0, err
	}
	if len(ids) == 0 {
		return 0, 0, fmt.Errorf("deck in force of %s: %w", owner, ErrNotFound)
	}
	return ids[0], append(ids, 0)[1], nil
}

// stands is the error of a deck that is not what it would have to be.
func stands(ctx context.Context, tx *sql.Tx, id int64, wanted string) error {
	var state string
	var at sql.NullTime
	err := tx.QueryRowContext(ctx, `SELECT state, publish_at FROM decks WHERE id = ?`, id).Scan(&state, &at)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return ErrNotFound
	case err != nil:
		return err
	case at.Valid:
		return fmt.Errorf("%w: it is %s, in force from %s, and no %s", ErrDeckState, state, at.Time.Format(time.DateTime), wanted)
	}
	return fmt.Errorf("%w: it is %s, and no %s", ErrDeckState, state, wanted)
}

func affected(result sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}
