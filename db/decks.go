package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"tandem/routing"
)

// DeckStatus is where a deck stands.
type DeckStatus string

// The statuses of a deck. Scheduled, published and superseded decks are all
// published in the table; which it is depends on the time and on the others of
// their owner and tier.
const (
	DeckLoading    DeckStatus = "loading"     // rows are coming in
	DeckDraft      DeckStatus = "draft"       // complete, used by nobody
	DeckScheduled  DeckStatus = "scheduled"   // in force from PublishAt on
	DeckPublished  DeckStatus = "published"   // in force
	DeckSuperseded DeckStatus = "superseded"  // a later one is in force
	DeckRolledBack DeckStatus = "rolled_back" // for good
)

// Deck is one version of all prices of a provider for a tier, or of a tariff.
type Deck struct {
	ID           int64
	Owner        DeckOwner
	Version      int // 1, 2, … of its owner
	Status       DeckStatus
	PublishAt    time.Time // zero: a draft
	RolledBackAt time.Time // zero: not
	CreatedAt    time.Time
	Revision     int    // raised when rows of a published deck are changed by hand
	Zone         string // of its windows in the week
	File         string // what it was read from
	SHA256       string // of that file; empty: not known
	Comment      string
	Rates        int
}

// DeckFilter picks decks. Zero fields match any.
type DeckFilter struct {
	ID         int64
	ProviderID int64
	TariffID   int64
	Tier       *routing.Tier
	Status     DeckStatus
	Text       string // in the file's name, the comment or the owner's name
	Before     int64  // only those with a smaller id
	Limit      int    // 0: all of them
}

// listDecks numbers the decks of each owner from the one in force down. The
// place in the order tells what is published from what is superseded.
const listDecks = `SELECT d.id, COALESCE(d.provider_id, 0), COALESCE(p.providername, ''), COALESCE(d.tariff_id, 0), COALESCE(t.name, ''),
		COALESCE(c.iso, ''), COALESCE(d.tier, ''), d.version, d.status, d.publish_at, d.rolled_back_at, d.created_at, d.revision, d.time_zone, d.file,
		COALESCE(d.sha256, ''), d.comment, d.rates
	FROM (SELECT decks.*, CASE
			WHEN state <> 'published' THEN state
			WHEN publish_at > UTC_TIMESTAMP(3) THEN 'scheduled'
			WHEN ROW_NUMBER() OVER (PARTITION BY provider_id, tariff_id, tier
				ORDER BY state = 'published' AND publish_at <= UTC_TIMESTAMP(3) DESC, publish_at DESC, id DESC) = 1 THEN 'published'
			ELSE 'superseded' END AS status
		FROM decks) d
	LEFT JOIN providers p ON p.id = d.provider_id
	LEFT JOIN tariffs t ON t.id = d.tariff_id
	LEFT JOIN currency c ON c.id = COALESCE(p.currency_id, t.currency_id)`

// ListDecks lists decks, newest first.
func (d *DB) ListDecks(ctx context.Context, f DeckFilter) ([]Deck, error) {
	w := f.where()
	limit := int64(1<<31 - 1)
	if f.Limit > 0 {
		limit = int64(f.Limit)
	}
	rows, err := d.calls.QueryContext(ctx, listDecks+w.text()+` ORDER BY d.id DESC LIMIT ?`, append(w.args, limit)...)
	if err != nil {
		return nil, wrap("list decks", err)
	}
	var list []Deck
	err = eachRow(rows, func(rows *sql.Rows) error {
		deck, err := scanDeck(rows)
		list = append(list, deck)
		return err
	})
	return list, wrap("list decks", err)
}

func (f DeckFilter) where() where {
	var w where
	given(&w, "d.id = ?", f.ID)
	given(&w, "d.provider_id = ?", f.ProviderID)
	given(&w, "d.tariff_id = ?", f.TariffID)
	if f.Tier != nil {
		w.add("d.tier = ?", f.Tier.String())
	}
	given(&w, "d.status = ?", string(f.Status))
	given(&w, "d.id < ?", f.Before)
	if f.Text != "" {
		w.add("CONCAT_WS(' ', p.providername, t.name, d.tier, d.file, d.comment) LIKE ?", likeText(f.Text))
	}
	return w
}

func scanDeck(rows *sql.Rows) (d Deck, err error) {
	var tier string
	var publish, rolledBack sql.NullTime
	if err := rows.Scan(&d.ID, &d.Owner.ProviderID, &d.Owner.Provider, &d.Owner.TariffID, &d.Owner.Tariff, &d.Owner.Currency, &tier, &d.Version,
		&d.Status, &publish, &rolledBack, &d.CreatedAt, &d.Revision, &d.Zone, &d.File, &d.SHA256, &d.Comment, &d.Rates); err != nil {
		return Deck{}, err
	}
	d.PublishAt, d.RolledBackAt = publish.Time, rolledBack.Time
	if d.Owner.TariffID == 0 {
		// A tier that nobody knows is told when the configuration is loaded.
		d.Owner.Tier, _ = routing.ParseTier(tier)
	}
	return d, nil
}

// Deck is one deck. ErrNotFound when there is none with that id.
func (d *DB) Deck(ctx context.Context, id int64) (Deck, error) {
	list, err := d.ListDecks(ctx, DeckFilter{ID: id})
	if err != nil {
		return Deck{}, err
	}
	if len(list) == 0 || id == 0 {
		return Deck{}, fmt.Errorf("deck %d: %w", id, ErrNotFound)
	}
	return list[0], nil
}

// DeckInForce is the deck that counts now. ErrNotFound when the owner has none.
func (d *DB) DeckInForce(ctx context.Context, owner DeckOwner) (Deck, error) {
	owner, err := d.FindOwner(ctx, owner)
	if err != nil {
		return Deck{}, err
	}
	f := DeckFilter{ProviderID: owner.ProviderID, TariffID: owner.TariffID, Status: DeckPublished}
	if owner.ProviderID != 0 {
		f.Tier = &owner.Tier
	}
	list, err := d.ListDecks(ctx, f)
	if err != nil {
		return Deck{}, err
	}
	if len(list) == 0 {
		return Deck{}, fmt.Errorf("deck in force of %s: %w", owner, ErrNotFound)
	}
	return list[0], nil
}

// ErrDeckState says that a deck does not stand where it would have to.
var ErrDeckState = errors.New("not possible for this deck")
