package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tandem/billing/deck"
	"tandem/db"
)

type deckDiffCmd struct {
	A    int64 `arg:"" help:"Deck; the old one of two."`
	B    int64 `arg:"" optional:"" help:"The new one."`
	Live bool  `help:"Compare the deck in force with A, the new one."`
	deckPreviewFlags
}

// Run compares two decks.
func (x deckDiffCmd) Run(ctx context.Context, e *env) error {
	if (x.B == 0) == !x.Live {
		return errors.New("compare with what? Name a second deck, or say --live for the deck in force")
	}
	if err := x.check(); err != nil {
		return err
	}
	return withDB(ctx, e, func(database *db.DB) error {
		from, to, world, err := x.decks(ctx, database)
		if err != nil {
			return err
		}
		v, err := previewDeck(ctx, e, database, world, from, to, x.deckPreviewFlags)
		if err != nil {
			return err
		}
		if x.JSON {
			return printJSON(e, v)
		}
		return v.print(e.out, x.lines())
	})
}

// decks are the old one and the new one.
func (x deckDiffCmd) decks(ctx context.Context, database *db.DB) (from, to db.Deck, world *deckWorld, err error) {
	if to, err = findDeck(ctx, database, x.A); err != nil {
		return from, to, nil, err
	}
	if x.B != 0 {
		from = to
		if to, err = findDeck(ctx, database, x.B); err != nil {
			return from, to, nil, err
		}
	}
	at := to.PublishAt
	if x.Live && to.Status == db.DeckScheduled {
		at = at.Add(-time.Millisecond) // what is in force until then
	}
	if world, err = readDeckWorld(ctx, database, at); err != nil {
		return from, to, nil, err
	}
	if x.Live {
		from, _ = world.inForce(to.Owner)
	}
	for _, d := range []db.Deck{from, to} {
		if d.Status == db.DeckLoading {
			return from, to, nil, fmt.Errorf("deck %d is not complete: its import is at work, or was killed", d.ID)
		}
	}
	if from.ID != 0 && from.Owner.Currency != to.Owner.Currency {
		return from, to, nil, fmt.Errorf("deck %d is in %s, deck %d in %s: their prices cannot be compared", from.ID, from.Owner.Currency, to.ID, to.Owner.Currency)
	}
	return from, to, world, nil
}

// previewDeck compares a deck that is there with another.
func previewDeck(ctx context.Context, e *env, database *db.DB, world *deckWorld, from, to db.Deck, flags deckPreviewFlags) (deckPreview, error) {
	c, err := loadConfig(e.config)
	if err != nil {
		return deckPreview{}, err
	}
	rates := database.DeckRows(ctx, to.ID)
	latest, err := lastBeginning(rates)
	if err != nil {
		return deckPreview{}, err
	}
	p := previewer{database: database, world: world, owner: to.Owner, base: c.Routing.BaseCurrency, flags: flags, to: to.ID}
	return p.preview(ctx, e, from, rates, to.Rates, latest, deck.ModeFull)
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
