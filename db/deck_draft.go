package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"tandem/billing/deck"
)

// Draft is what is said of a deck besides its rates.
type Draft struct {
	Owner   DeckOwner
	Zone    string // of its windows; empty: UTC
	File    string // what it was read from
	SHA256  string // of that file, in hexadecimal digits; may be empty
	Comment string
	Import  Work // that it is made for, and that ends with it; zero: none
}

// Bounds of an import.
const (
	chunkRates   = 10_000           // of one transaction; larger ones trouble a Galera cluster
	importHold   = 2 * time.Minute  // a silent import is dead after that
	importFlush  = 30 * time.Second // a slow source is written this often, so that it is not silent
	cleanTimeout = 10 * time.Minute // for the rows of a failed import
	versionTries = 20               // imports for the same owner at the same moment
)

// Errors of NewDraft that a caller can act on.
var (
	// ErrEmptyDeck: published, it would close every route.
	ErrEmptyDeck = errors.New("the deck has no rates")
	errUnsorted  = errors.New("rates are not sorted by prefix")
)

// NewDraft brings in the rates, sorted by prefix, as the next version of the
// owner's deck and returns its id. Nobody uses it until it is published. An
// import that fails leaves nothing behind, or, when it is killed, rows that the
// next import takes away. progress, if any, is told how many rates are written.
func (d *DB) NewDraft(ctx context.Context, draft Draft, rates deck.Rates, progress func(rates int)) (id int64, err error) {
	if err := d.checkDraft(ctx, &draft); err != nil {
		return 0, err
	}
	if err := d.removeDead(ctx); err != nil {
		return 0, err
	}
	id, err = d.createDeck(ctx, draft)
	if err != nil {
		return 0, err
	}
	l, err := d.takeLease(ctx, importJob(id), importHold)
	if err == nil {
		err = d.fillDraft(ctx, id, l, draft, rates, progress)
	}
	if err != nil {
		return 0, errors.Join(err, d.forgetDraft(ctx, id))
	}
	return id, nil
}

func importJob(deck int64) string { return "import of deck " + strconv.FormatInt(deck, 10) }

func (d *DB) checkDraft(ctx context.Context, draft *Draft) (err error) {
	if draft.Zone == "" {
		draft.Zone = "UTC"
	}
	if _, err := time.LoadLocation(draft.Zone); err != nil || draft.Zone == "Local" {
		return fmt.Errorf("time zone %q: want a name of the IANA time zone database, e.g. Europe/Moscow, or UTC", draft.Zone)
	}
	if draft.Owner, err = d.FindOwner(ctx, draft.Owner); err != nil {
		return err
	}
	return d.sells(ctx, draft.Owner)
}

// createDeck takes the next version number. Of two imports at once one finds it
// taken and takes the one after it.
func (d *DB) createDeck(ctx context.Context, draft Draft) (id int64, err error) {
	keys := draft.Owner.keys()
	for range versionTries {
		err = inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
			var version int
			if err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(version), 0) + 1 FROM decks WHERE `+ofOwner, keys...).Scan(&version); err != nil {
				return err
			}
			result, err := tx.ExecContext(ctx, `INSERT INTO decks (provider_id, tariff_id, tier, version, state, time_zone, file, sha256, comment, created_at)
				VALUES (?, ?, ?, ?, 'loading', ?, ?, ?, ?, UTC_TIMESTAMP(3))`,
				append(slices.Clip(keys), version, draft.Zone, cut(draft.File), known(draft.SHA256), cut(draft.Comment))...)
			if err != nil {
				return err
			}
			id, err = result.LastInsertId()
			return err
		})
		if !hasNumber(err, errDuplicate) {
			break
		}
	}
	return id, wrap("new deck", err)
}

// cut is as much of a text as the columns take.
func cut(text string) string {
	const room = 255
	if runes := []rune(text); len(runes) > room {
		return string(runes[:room-1]) + "…"
	}
	return text
}

// fillDraft writes the rates and makes a draft of them once all are there.
func (d *DB) fillDraft(ctx context.Context, id int64, l lease, draft Draft, rates deck.Rates, progress func(rates int)) error {
	w := newDeckWriter(ctx, d, id, l, progress)
	written, err := w.writeAll(rates)
	if err != nil {
		return err
	}
	if written == 0 {
		return ErrEmptyDeck
	}
	err = inTx(ctx, d.bulk, nil, func(tx *sql.Tx) error {
		if err := l.keep(ctx, tx); err != nil {
			return err
		}
		there := 0
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM deck_rates WHERE deck_id = ?`, id).Scan(&there); err != nil {
			return err
		}
		if there != written {
			return fmt.Errorf("%d rates are in the database, %d were sent", there, written)
		}
		changed, err := affected(tx.ExecContext(ctx, `UPDATE decks SET state = 'draft', rates = ? WHERE id = ? AND state = 'loading'`, there, id))
		if err == nil && changed == 0 {
			err = errLeaseLost
		}
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM jobs WHERE name = ?`, l.name); err != nil {
			return err
		}
		if err := importKept(ctx, tx, draft.Import, id); err != nil {
			return err
		}
		return auditDeck(ctx, tx, "create", id, nil)
	})
	return wrap("finish deck", err)
}
