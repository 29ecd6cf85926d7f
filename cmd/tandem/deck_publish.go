package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tandem/db"
)

type deckPublishCmd struct {
	ID  int64  `arg:"" help:"Draft, as in the list."`
	At  string `help:"From when on, as 2026-12-01 or \"2026-12-01 06:00\", on the clock of the deck's time zone. Default: now."`
	Yes bool   `help:"Do not ask."`
	deckPreviewFlags
}

// deckPublication is what came of publish and rollback.
type deckPublication struct {
	Preview *deckPreview `json:"preview"` // null: the rates cannot be compared
	Deck    *deckView    `json:"deck"`    // that is in force, or will be; null: the answer was no
}

// summaryLines is how many destinations are printed before the question.
const summaryLines = 10

// Run shows what the draft changes and puts it in force.
func (x deckPublishCmd) Run(ctx context.Context, e *env) error {
	if err := errors.Join(x.check(), askable(x.Yes)); err != nil {
		return err
	}
	return withDB(ctx, e, func(database *db.DB) error {
		d, err := findDeck(ctx, database, x.ID)
		if err != nil {
			return err
		}
		if d.Status != db.DeckDraft {
			return fmt.Errorf("deck %d is %s, and only a draft can be published%s", d.ID, d.Status, draftHint(d))
		}
		zone, err := loadZone(d.Zone)
		if err != nil {
			return err
		}
		at, err := parseMoment("--at", x.At, zone)
		if err != nil {
			return err
		}
		world, err := readDeckWorld(ctx, database, at)
		if err != nil {
			return err
		}
		if !at.IsZero() && at.Before(world.now.Add(-time.Minute)) {
			return fmt.Errorf("--at %s: over already; leave it away to publish now", x.At)
		}
		base, _ := world.inForce(d.Owner)
		s := deckSwitch{e: e, database: database, world: world, from: base, to: d, yes: x.Yes, flags: x.deckPreviewFlags}
		if base.PublishAt.After(d.CreatedAt) {
			s.warning = fmt.Sprintf("deck %d came in force after deck %d was imported: what it changed is undone where this one says otherwise", base.ID, d.ID)
		}
		return s.run(ctx, publishQuestion(d.ID, d.Owner, base, at), func(ctx context.Context) (db.Deck, error) {
			return database.Publish(ctx, d.ID, at)
		})
	})
}

func publishQuestion(id int64, o db.DeckOwner, base db.Deck, at time.Time) string {
	when := "now"
	if !at.IsZero() {
		when = "at " + moment(at) + " UTC"
	}
	text := fmt.Sprintf("publish deck %d for %s %s", id, ownerName(o), when)
	if base.ID != 0 {
		text += fmt.Sprintf(", in place of deck %d", base.ID)
	}
	return text + "?"
}

// deckSwitch shows what it means that another deck is in force, asks, and does
// it.
type deckSwitch struct {
	e        *env
	database *db.DB
	world    *deckWorld
	from, to db.Deck
	yes      bool
	warning  string
	flags    deckPreviewFlags
}

func (s deckSwitch) run(ctx context.Context, question string, do func(context.Context) (db.Deck, error)) error {
	var out deckPublication
	preview, err := previewDeck(ctx, s.e, s.database, s.world, s.from, s.to, s.flags)
	switch {
	case err == nil:
		out.Preview = &preview
	case ofRates(ctx, err):
		fmt.Fprintf(s.e.errOut, "warning: %s; the comparison is left out\n", printable(err.Error()))
	default:
		return unchanged(ctx, err)
	}
	if s.warning != "" {
		fmt.Fprintln(s.e.errOut, "warning:", s.warning)
	}
	if !s.flags.JSON && out.Preview != nil {
		if err := out.Preview.print(s.e.out, min(s.flags.lines(), summaryLines)); err != nil {
			return err
		}
		fmt.Fprintln(s.e.out)
	}
	yes, err := ask(ctx, s.e, s.yes, question)
	if err != nil {
		return unchanged(ctx, err)
	}
	if yes {
		if err := s.world.still(ctx, s.database, s.to.Owner, s.from); err != nil {
			return unchanged(ctx, err)
		}
		// Not to be interrupted: it is over at once, and must not be half known.
		d, err := do(context.WithoutCancel(ctx))
		if err != nil {
			return err
		}
		v := viewDeck(d)
		out.Deck = &v
	}
	if s.flags.JSON {
		return printJSON(s.e, out)
	}
	if out.Deck == nil {
		_, err := fmt.Fprintln(s.e.out, "nothing was changed")
		return err
	}
	d := out.Deck
	_, err = fmt.Fprintf(s.e.out, "deck %d, version %d of %s: %s\n", d.ID, d.Version, d.owner(), nextStep(*d, hasBefore(context.WithoutCancel(ctx), s.database, *d)))
	return err
}

// unchanged is the error of a command that came to nothing.
func unchanged(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return errors.New("interrupted: nothing was changed")
	}
	return fmt.Errorf("%w; nothing was changed", err)
}

// draftHint says how the rates of a deck that is no draft become one.
func draftHint(d db.Deck) string {
	switch d.Status {
	case db.DeckScheduled:
		return fmt.Sprintf("; tandem deck unpublish %d makes a draft of it again", d.ID)
	case db.DeckLoading:
		return "; its import is at work, or was killed: import the sheet again"
	case db.DeckPublished:
		return "; it is in force already, and " + viewDeck(d).again()
	case db.DeckDraft, db.DeckSuperseded, db.DeckRolledBack:
	}
	return "; " + viewDeck(d).again()
}

type deckUnpublishCmd struct {
	ID int64 `arg:"" help:"Scheduled deck, as in the list."`
}

// Run makes a draft again of a deck that is not in force yet.
func (x deckUnpublishCmd) Run(ctx context.Context, e *env) error {
	return withDB(ctx, e, func(database *db.DB) error {
		d, err := findDeck(ctx, database, x.ID)
		if err != nil {
			return err
		}
		if d.Status != db.DeckScheduled {
			return fmt.Errorf("deck %d is %s, and only a deck that is not in force yet can be unpublished%s", d.ID, d.Status, rollbackHint(d))
		}
		if d, err = database.Unpublish(ctx, x.ID); err != nil {
			return err
		}
		_, err = fmt.Fprintf(e.out, "deck %d, version %d of %s: a draft again; %s\n", d.ID, d.Version, ownerName(d.Owner), nextStep(viewDeck(d), false))
		return err
	})
}

func rollbackHint(d db.Deck) string {
	if d.Status == db.DeckPublished {
		return "; tandem deck rollback takes back what is in force"
	}
	return ""
}

type deckRollbackCmd struct {
	deckOwnerFlags
	Yes bool `help:"Do not ask."`
	deckPreviewFlags
}

// Run takes the deck in force back for good.
func (x deckRollbackCmd) Run(ctx context.Context, e *env) error {
	if err := errors.Join(x.check(), askable(x.Yes)); err != nil {
		return err
	}
	return withDB(ctx, e, func(database *db.DB) error {
		world, err := readDeckWorld(ctx, database, time.Time{})
		if err != nil {
			return err
		}
		live, err := world.live(x.deckOwnerFlags)
		if err != nil {
			return err
		}
		before, ok := world.before(live)
		if !ok {
			return fmt.Errorf("deck %d is the first of %s: there is none to go back to", live.ID, ownerName(live.Owner))
		}
		question := fmt.Sprintf("take deck %d of %s back for good, so that deck %d is in force again?", live.ID, ownerName(live.Owner), before.ID)
		s := deckSwitch{e: e, database: database, world: world, from: live, to: before, yes: x.Yes, flags: x.deckPreviewFlags}
		return s.run(ctx, question, func(ctx context.Context) (db.Deck, error) {
			gone, inForce, err := database.Rollback(ctx, live.Owner, live.ID)
			if err == nil && !x.JSON {
				fmt.Fprintf(e.out, "deck %d, version %d of %s: %s\n", gone.ID, gone.Version, ownerName(gone.Owner), nextStep(viewDeck(gone), false))
			}
			return inForce, err
		})
	})
}

type deckDeleteCmd struct {
	ID int64 `arg:"" help:"Draft, as in the list."`
}

// Run deletes a draft and its rates.
func (x deckDeleteCmd) Run(ctx context.Context, e *env) error {
	return withDB(ctx, e, func(database *db.DB) error {
		d, err := findDeck(ctx, database, x.ID)
		if err != nil {
			return err
		}
		if d.Status != db.DeckDraft {
			return fmt.Errorf("deck %d is %s, and only a draft can be deleted", d.ID, d.Status)
		}
		if err := database.DeleteDraft(ctx, x.ID); err != nil {
			return err
		}
		_, err = fmt.Fprintf(e.out, "deck %d of %s, a draft of %d rates: deleted\n", d.ID, ownerName(d.Owner), d.Rates)
		return err
	})
}
