package desk

import (
	"context"
	"fmt"
	"time"

	"tandem/db"
)

// StateError says that a deck does not stand where it would have to.
type StateError struct {
	Deck db.Deck
	Text string // "only a draft can be published"
}

func (e *StateError) Error() string {
	return fmt.Sprintf("deck %d is %s, and %s", e.Deck.ID, e.Deck.Status, e.Text)
}

// Unwrap tells callers what kind of error it is.
func (e *StateError) Unwrap() error { return db.ErrDeckState }

// FirstDeckError says that there is no deck before it that could be in force again.
type FirstDeckError struct{ Deck db.Deck }

func (e *FirstDeckError) Error() string {
	return fmt.Sprintf("deck %d is the first of %s: there is none to go back to", e.Deck.ID, OwnerName(e.Deck.Owner))
}

// Unwrap tells callers what kind of error it is.
func (e *FirstDeckError) Unwrap() error { return db.ErrNoDeckBefore }

// Switch is that another deck comes in force: first looked at, then done.
type Switch struct {
	Comparison
	At      time.Time // zero: now
	Warning string    // empty: none
	do      func(context.Context) (Switched, error)
}

// Switched is what came of it.
type Switched struct {
	InForce db.Deck // now, or at the time that was said
	Gone    db.Deck // that was rolled back; zero: none was
}

// Publishing looks at a draft that is to be in force, now or at a time on the
// clock of its zone.
func (d *Desk) Publishing(ctx context.Context, id int64, at string) (*Switch, error) {
	to, err := d.Deck(ctx, id)
	if err != nil {
		return nil, err
	}
	if to.Status != db.DeckDraft {
		return nil, &StateError{to, "only a draft can be published"}
	}
	world, when, err := d.worldAt(ctx, to, at)
	if err != nil {
		return nil, err
	}
	base, _ := world.InForce(to.Owner)
	s := &Switch{Comparison: Comparison{From: base, To: to, desk: d, world: world}, At: when}
	if base.PublishAt.After(to.CreatedAt) {
		s.Warning = fmt.Sprintf("deck %d came in force after deck %d was imported: what it changed is undone where this one says otherwise", base.ID, to.ID)
	}
	s.do = func(ctx context.Context) (Switched, error) {
		v, err := d.DB.PublishOver(ctx, to.ID, when, base.ID)
		return Switched{InForce: v}, err
	}
	return s, nil
}

// worldAt is the world at the time that a draft is to be in force, which is on the
// clock of its zone; nothing is now, and the zero time.
func (d *Desk) worldAt(ctx context.Context, to db.Deck, at string) (*World, time.Time, error) {
	zone, err := LoadZone(to.Zone)
	if err != nil {
		return nil, time.Time{}, err
	}
	when, err := ParseMoment("--at", at, zone)
	if err != nil {
		return nil, time.Time{}, err
	}
	world, err := ReadWorld(ctx, d.DB, when)
	if err == nil && !when.IsZero() && when.Before(world.Now.Add(-time.Minute)) {
		err = wrong("--at", at, "over already; leave it away to publish now")
	}
	return world, when, err
}

// RollingBack looks at the deck in force that is to be taken back for good.
func (d *Desk) RollingBack(ctx context.Context, c OwnerChoice) (*Switch, error) {
	world, err := ReadWorld(ctx, d.DB, time.Time{})
	if err != nil {
		return nil, err
	}
	live, err := world.Live(c)
	if err != nil {
		return nil, err
	}
	before, ok := world.Before(live)
	if !ok {
		return nil, &FirstDeckError{live}
	}
	s := &Switch{Comparison: Comparison{From: live, To: before, desk: d, world: world}}
	s.do = func(ctx context.Context) (Switched, error) {
		gone, inForce, err := d.DB.Rollback(ctx, live.Owner, live.ID)
		return Switched{InForce: inForce, Gone: gone}, err
	}
	return s, nil
}

// Still makes sure that the deck in force is the one that was looked at, before
// more questions are asked. Do looks once more, in its transaction.
func (s *Switch) Still(ctx context.Context) error {
	return s.world.Still(ctx, s.desk.DB, s.To.Owner, s.From)
}

// Do does it. It is not interrupted: it is over at once, and must not be half
// known.
func (s *Switch) Do(ctx context.Context) (Switched, error) { return s.do(context.WithoutCancel(ctx)) }

// Unpublish makes a draft again of a deck that is not in force yet.
func (d *Desk) Unpublish(ctx context.Context, id int64) (db.Deck, error) {
	v, err := d.Deck(ctx, id)
	if err != nil {
		return db.Deck{}, err
	}
	if v.Status != db.DeckScheduled {
		return db.Deck{}, &StateError{v, "only a deck that is not in force yet can be unpublished"}
	}
	return d.DB.Unpublish(ctx, id)
}

// DeleteDraft deletes a draft and its rates, and returns what it was.
func (d *Desk) DeleteDraft(ctx context.Context, id int64) (db.Deck, error) {
	v, err := d.Deck(ctx, id)
	if err != nil {
		return db.Deck{}, err
	}
	if v.Status != db.DeckDraft {
		return db.Deck{}, &StateError{v, "only a draft can be deleted"}
	}
	return v, d.DB.DeleteDraft(ctx, id)
}

// DB is where the decks are.
func (s *Switch) DB() *db.DB { return s.desk.DB }
