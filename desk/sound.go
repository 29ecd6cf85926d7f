package desk

import (
	"context"
	"errors"
	"fmt"

	"tandem/billing/deck"
	"tandem/db"
)

// rateError is a rate that nothing can be reckoned with, such as one that was
// changed by hand.
type rateError struct {
	deck   int64 // 0: of the sheet that is read
	prefix string
	err    error
}

func (f rateError) Error() string {
	of := "the sheet"
	if f.deck != 0 {
		of = fmt.Sprintf("deck %d", f.deck)
	}
	return fmt.Sprintf("%s, prefix %s: %v", of, Printable(f.prefix), f.err)
}

func (f rateError) Unwrap() error { return f.err }

// sound ends the rates of a deck with a rateError at the first that has no price.
func sound(id int64, rates deck.Rates) deck.Rates {
	return func(yield func(deck.Rate, error) bool) {
		for r, err := range rates {
			if err == nil && !r.Blocked {
				if fault := r.Rate.Validate(); fault != nil {
					yield(deck.Rate{}, rateError{id, r.Prefix, fault})
					return
				}
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// OfRates says that an error is about what the rates are, not about an
// interruption or a database that is away: another deck can still be put in force.
func OfRates(ctx context.Context, err error) bool {
	return err != nil && ctx.Err() == nil && !errors.Is(err, db.ErrUnavailable)
}
