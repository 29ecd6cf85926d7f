package main

import (
	"context"
	"errors"

	"tandem/desk"
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
	if err := x.options().Validate(); err != nil {
		return err
	}
	return withDesk(ctx, e, func(d *desk.Desk) error {
		from, to := x.A, x.B
		if x.Live {
			from, to = 0, x.A
		}
		c, err := d.Compare(ctx, from, to)
		if err != nil {
			return err
		}
		v, err := x.compare(ctx, e, c)
		if err != nil {
			return err
		}
		if x.JSON {
			return printJSON(e, v)
		}
		return printPreview(e.out, &v, x.lines())
	})
}

// compare shows how far it is.
func (f deckPreviewFlags) compare(ctx context.Context, e *env, c *desk.Comparison) (desk.Preview, error) {
	b := newBar(e, "comparing", 0, false)
	defer b.end()
	return c.Preview(ctx, f.options(), b.to)
}
