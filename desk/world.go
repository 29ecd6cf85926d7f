package desk

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"tandem/billing/deck"
	"tandem/db"
	"tandem/internal/money"
	"tandem/routing"
)

// World is what the database holds besides rates: who there is, which decks
// there are, and what is in force at a moment.
type World struct {
	Now  time.Time // by MariaDB's clock
	At   time.Time // when a deck is to be in force
	data routing.Data
	all  map[int64]db.Deck
}

// WorldOf knows these decks only: enough to say which comes before which.
func WorldOf(list []db.Deck) *World {
	w := &World{all: map[int64]db.Deck{}}
	for _, d := range list {
		w.all[d.ID] = d
	}
	return w
}

// ReadWorld reads the world as it will be at a moment; the zero time, or one
// that is over, is now.
func ReadWorld(ctx context.Context, database *db.DB, at time.Time) (*World, error) {
	for {
		w, err := readWorldOnce(ctx, database, at)
		if err != nil || w.whole() {
			return w, err
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
	}
}

func readWorldOnce(ctx context.Context, database *db.DB, at time.Time) (*World, error) {
	now, err := database.Now(ctx)
	if err != nil {
		return nil, err
	}
	list, err := database.ListDecks(ctx, db.DeckFilter{})
	if err != nil {
		return nil, err
	}
	w := &World{Now: now, At: now, all: map[int64]db.Deck{}}
	var refs []routing.DeckRef
	for _, d := range list {
		w.all[d.ID] = d
		if d.Status == db.DeckPublished || d.Status == db.DeckScheduled {
			refs = append(refs, routing.DeckRef{ID: d.ID, Revision: d.Revision})
		}
	}
	// A table that holds those decks without a row: their rates are not read.
	builder, missing, err := routing.NewRateTable(nil, refs)
	if err != nil {
		return nil, err
	}
	for _, ref := range missing {
		builder.Deck(ref, nil)
	}
	empty, err := builder.Table()
	if err != nil {
		return nil, err
	}
	if at.After(now) {
		w.At = at
	} else {
		at = time.Time{}
	}
	w.data, _, err = database.LoadSnapshotDataAt(ctx, empty, at)
	return w, err
}

// whole is false when a deck came in force after the decks were listed.
func (w *World) whole() bool {
	for _, v := range w.data.Decks {
		if d, ok := w.all[v.ID]; !ok || d.Status != db.DeckPublished && d.Status != db.DeckScheduled {
			return false
		}
	}
	return true
}

// Still makes sure that a deck is in force as it was when something was compared
// with it.
func (w *World) Still(ctx context.Context, database *db.DB, o db.DeckOwner, base db.Deck) error {
	at := time.Time{}
	if w.At.After(w.Now) {
		at = w.At
	}
	now, err := ReadWorld(ctx, database, at)
	if err != nil {
		return err
	}
	if d, _ := now.InForce(o); d.ID != base.ID || d.Revision != base.Revision {
		return fmt.Errorf("meanwhile deck %d of %s has come in force: %w", d.ID, OwnerName(o), ErrMeanwhile)
	}
	return nil
}

func (w *World) currency(id int64) string {
	for _, c := range w.data.Currencies {
		if c.ID == id {
			return c.ISO
		}
	}
	return ""
}

// fx is what a currency is worth, 0 when that is not known.
func (w *World) fx(iso string) money.FX {
	for _, c := range w.data.Currencies {
		if c.ISO == iso {
			return w.data.FX[c.ID]
		}
	}
	return 0
}

// InForce is the owner's deck at the moment; ok is false when it has none then.
func (w *World) InForce(o db.DeckOwner) (d db.Deck, ok bool) {
	for _, v := range w.data.Decks {
		if v.ProviderID == o.ProviderID && v.TariffID == o.TariffID && v.Tier == o.Tier {
			d, ok = w.all[v.ID]
			return d, ok
		}
	}
	return db.Deck{}, false
}

// Next is the owner's next deck that is scheduled for later than the moment; ok
// is false when there is none.
func (w *World) Next(o db.DeckOwner) (next db.Deck, ok bool) {
	for _, v := range w.all {
		if v.Owner == o && v.Status == db.DeckScheduled && v.PublishAt.After(w.At) && (!ok || v.PublishAt.Before(next.PublishAt)) {
			next, ok = v, true
		}
	}
	return next, ok
}

// Before is the deck that a rollback of this one puts in force again.
func (w *World) Before(d db.Deck) (before db.Deck, ok bool) {
	for _, v := range w.all {
		if v.Owner != d.Owner || v.Status != db.DeckSuperseded {
			continue
		}
		if !ok || cmp.Or(v.PublishAt.Compare(before.PublishAt), cmp.Compare(v.ID, before.ID)) > 0 {
			before, ok = v, true
		}
	}
	return before, ok
}

// rates are those of a deck; of none there are none.
func (w *World) rates(ctx context.Context, database *db.DB, d db.Deck) deck.Rates {
	if d.ID == 0 {
		return func(func(deck.Rate, error) bool) {}
	}
	return database.DeckRows(ctx, d.ID)
}

// Live is the deck in force of whom the choice means.
func (w *World) Live(c OwnerChoice) (db.Deck, error) {
	o, err := w.Owner(c)
	if err != nil {
		return db.Deck{}, err
	}
	d, ok := w.InForce(o)
	if !ok {
		return db.Deck{}, &NoDeckError{OwnerName(o)}
	}
	return d, nil
}
