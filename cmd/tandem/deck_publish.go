package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tandem/db"
	"tandem/desk"
)

type deckPublishCmd struct {
	ID  int64  `arg:"" help:"Draft, as in the list."`
	At  string `help:"From when on, as 2026-12-01 or \"2026-12-01 06:00\", on the clock of the deck's time zone. Default: now."`
	Yes bool   `help:"Do not ask."`
	deckPreviewFlags
}

// deckPublication is what came of publish and rollback.
type deckPublication struct {
	Preview *desk.Preview `json:"preview"` // null: the rates cannot be compared
	Deck    *desk.Deck    `json:"deck"`    // that is in force, or will be; null: the answer was no
}

// summaryLines is how many destinations are printed before the question.
const summaryLines = 10

// Run shows what the draft changes and puts it in force.
func (x deckPublishCmd) Run(ctx context.Context, e *env) error {
	if err := errors.Join(x.options().Validate(), askable(x.Yes)); err != nil {
		return err
	}
	return withDesk(ctx, e, func(k *desk.Desk) error {
		s, err := k.Publishing(ctx, x.ID, x.At)
		if state, ok := errors.AsType[*desk.StateError](err); ok {
			return fmt.Errorf("%w%s", err, draftHint(state.Deck))
		}
		if err != nil {
			return err
		}
		return x.do(ctx, e, s, publishQuestion(s.To.ID, s.To.Owner, s.From, s.At), x.Yes)
	})
}

func publishQuestion(id int64, o db.DeckOwner, base db.Deck, at time.Time) string {
	when := "now"
	if !at.IsZero() {
		when = "at " + moment(at) + " UTC"
	}
	text := fmt.Sprintf("publish deck %d for %s %s", id, desk.OwnerName(o), when)
	if base.ID != 0 {
		text += fmt.Sprintf(", in place of deck %d", base.ID)
	}
	return text + "?"
}

// do shows what it means that another deck is in force, asks, and does it.
func (f deckPreviewFlags) do(ctx context.Context, e *env, s *desk.Switch, question string, yes bool) error {
	var out deckPublication
	preview, err := f.compare(ctx, e, &s.Comparison)
	switch {
	case err == nil:
		out.Preview = &preview
	case desk.OfRates(ctx, err):
		fmt.Fprintf(e.errOut, "warning: %s; the comparison is left out\n", printable(err.Error()))
	default:
		return unchanged(ctx, err)
	}
	if s.Warning != "" {
		fmt.Fprintln(e.errOut, "warning:", s.Warning)
	}
	if !f.JSON && out.Preview != nil {
		if err := printPreview(e.out, out.Preview, min(f.lines(), summaryLines)); err != nil {
			return err
		}
		fmt.Fprintln(e.out)
	}
	if yes, err = ask(ctx, e, yes, question); err != nil {
		return unchanged(ctx, err)
	}
	if yes {
		if out.Deck, err = f.switched(ctx, e, s); err != nil {
			return err
		}
	}
	if f.JSON {
		return printJSON(e, out)
	}
	if out.Deck == nil {
		_, err := fmt.Fprintln(e.out, "nothing was changed")
		return err
	}
	d := out.Deck
	_, err = fmt.Fprintf(e.out, "deck %d, version %d of %s: %s\n", d.ID, d.Version, deckOwner(*d), nextStep(*d, hasBefore(context.WithoutCancel(ctx), s.DB(), *d)))
	return err
}

// switched does it, unless another deck has come in force meanwhile.
func (f deckPreviewFlags) switched(ctx context.Context, e *env, s *desk.Switch) (*desk.Deck, error) {
	if err := s.Still(ctx); err != nil {
		return nil, unchanged(ctx, err)
	}
	done, err := s.Do(ctx)
	if err != nil {
		return nil, err
	}
	if gone := done.Gone; gone.ID != 0 && !f.JSON {
		fmt.Fprintf(e.out, "deck %d, version %d of %s: %s\n", gone.ID, gone.Version, desk.OwnerName(gone.Owner), nextStep(desk.ViewDeck(gone), false))
	}
	v := desk.ViewDeck(done.InForce)
	return &v, nil
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
		return "; it is in force already, and " + again(desk.ViewDeck(d))
	case db.DeckDraft, db.DeckSuperseded, db.DeckRolledBack:
	}
	return "; " + again(desk.ViewDeck(d))
}

type deckUnpublishCmd struct {
	ID int64 `arg:"" help:"Scheduled deck, as in the list."`
}

// Run makes a draft again of a deck that is not in force yet.
func (x deckUnpublishCmd) Run(ctx context.Context, e *env) error {
	return withDesk(ctx, e, func(k *desk.Desk) error {
		d, err := k.Unpublish(ctx, x.ID)
		if state, ok := errors.AsType[*desk.StateError](err); ok {
			return fmt.Errorf("%w%s", err, rollbackHint(state.Deck))
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(e.out, "deck %d, version %d of %s: a draft again; %s\n", d.ID, d.Version, desk.OwnerName(d.Owner), nextStep(desk.ViewDeck(d), false))
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
	if err := errors.Join(x.options().Validate(), askable(x.Yes)); err != nil {
		return err
	}
	return withDesk(ctx, e, func(k *desk.Desk) error {
		s, err := k.RollingBack(ctx, x.choice())
		if err != nil {
			return err
		}
		question := fmt.Sprintf("take deck %d of %s back for good, so that deck %d is in force again?", s.From.ID, desk.OwnerName(s.From.Owner), s.To.ID)
		return x.do(ctx, e, s, question, x.Yes)
	})
}

type deckDeleteCmd struct {
	ID int64 `arg:"" help:"Draft, as in the list."`
}

// Run deletes a draft and its rates.
func (x deckDeleteCmd) Run(ctx context.Context, e *env) error {
	return withDesk(ctx, e, func(k *desk.Desk) error {
		d, err := k.DeleteDraft(ctx, x.ID)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(e.out, "deck %d of %s, a draft of %d rates: deleted\n", d.ID, desk.OwnerName(d.Owner), d.Rates)
		return err
	})
}
