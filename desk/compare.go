package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tandem/billing/deck"
	"tandem/db"
)

// NoSuchDeckError says that there is no deck with that id.
type NoSuchDeckError struct{ ID int64 }

func (e *NoSuchDeckError) Error() string {
	return e.What() + "; tandem deck list --all shows those that there are"
}

// What is the error without a hint for the command line.
func (e *NoSuchDeckError) What() string { return fmt.Sprintf("deck %d: there is none", e.ID) }

// Unwrap tells callers what kind of error it is.
func (e *NoSuchDeckError) Unwrap() error { return db.ErrNotFound }

// Deck finds a deck.
func (d *Desk) Deck(ctx context.Context, id int64) (db.Deck, error) {
	v, err := d.DB.Deck(ctx, id)
	if errors.Is(err, db.ErrNotFound) {
		return db.Deck{}, &NoSuchDeckError{id}
	}
	return v, err
}

// Complete finds a deck whose rates are all there.
func (d *Desk) Complete(ctx context.Context, id int64) (db.Deck, error) {
	v, err := d.Deck(ctx, id)
	if err == nil {
		err = complete(v)
	}
	return v, err
}

func complete(d db.Deck) error {
	if d.Status == db.DeckLoading {
		return &refused{fmt.Sprintf("deck %d is not complete: its import is at work, or was killed", d.ID), db.ErrDeckState}
	}
	return nil
}

// Comparison is two decks that can be compared.
type Comparison struct {
	From, To db.Deck // From is zero where nothing is in force
	desk     *Desk
	world    *World
}

// Compare finds two decks to be compared; from 0 is the one that to takes the
// place of.
func (d *Desk) Compare(ctx context.Context, from, to int64) (*Comparison, error) {
	return d.CompareAt(ctx, from, to, "")
}

// CompareAt is Compare for a draft that is to be in force at a time on the clock
// of its zone: then, others may be in force than now. Nothing is now, or when a
// scheduled deck comes in force.
func (d *Desk) CompareAt(ctx context.Context, from, to int64, moment string) (*Comparison, error) {
	c := &Comparison{desk: d}
	var err error
	if c.To, err = d.Deck(ctx, to); err != nil {
		return nil, err
	}
	if from != 0 {
		if c.From, err = d.Deck(ctx, from); err != nil {
			return nil, err
		}
	}
	if c.world, err = d.worldFor(ctx, c.To, from, moment); err != nil {
		return nil, err
	}
	if from == 0 {
		c.From, _ = c.world.InForce(c.To.Owner)
	}
	for _, v := range []db.Deck{c.From, c.To} {
		if err := complete(v); err != nil {
			return nil, err
		}
	}
	if c.From.ID != 0 && c.From.Owner.Currency != c.To.Owner.Currency {
		return nil, &refused{fmt.Sprintf("deck %d is in %s, deck %d in %s: their prices cannot be compared",
			c.From.ID, c.From.Owner.Currency, c.To.ID, c.To.Owner.Currency), db.ErrDeckState}
	}
	return c, nil
}

// worldFor is the world in which a deck is compared.
func (d *Desk) worldFor(ctx context.Context, to db.Deck, from int64, moment string) (*World, error) {
	if moment != "" {
		if to.Status != db.DeckDraft {
			return nil, &StateError{to, "only a draft can be compared for a time of one's own"}
		}
		world, _, err := d.worldAt(ctx, to, moment)
		return world, err
	}
	at := to.PublishAt
	if from == 0 && to.Status == db.DeckScheduled {
		at = at.Add(-time.Millisecond) // what is in force until then
	}
	return ReadWorld(ctx, d.DB, at)
}

// Preview says what it would change that To is in force instead of From.
func (c *Comparison) Preview(ctx context.Context, o PreviewOptions, told Progress) (Preview, error) {
	rates := c.desk.DB.DeckRows(ctx, c.To.ID)
	latest, err := lastBeginning(rates)
	if err != nil {
		return Preview{}, err
	}
	p := previewer{database: c.desk.DB, world: c.world, owner: c.To.Owner, base: c.desk.BaseCurrency, options: o, to: c.To.ID, told: told}
	return p.preview(ctx, c.From, rates, c.To.Rates, latest, deck.ModeFull)
}

// lastBeginning is when the last of the rates begins.
func lastBeginning(rates deck.Rates) (last time.Time, err error) {
	for r, err := range rates {
		if err != nil {
			return last, err
		}
		if r.From.After(last) {
			last = r.From
		}
	}
	return last, nil
}
