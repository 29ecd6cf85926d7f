package deck

import (
	"errors"
	"time"
)

// CarryOptions say when and how a sheet becomes a deck.
type CarryOptions struct {
	PublishAt time.Time
	Mode      Mode
	// DeleteAt is when codes go that a full sheet does not name: Sheet.Earliest
	// for a sheet that is sent ahead of its day. Zero or in the past: PublishAt.
	DeleteAt time.Time
}

// CarryOver makes a whole deck of a sheet, so that no code is without a rate
// between the publication and the sheet's own dates: where a code's first new
// rate begins after PublishAt, the old rates go on until then. In a partial sheet
// codes that are not named stay as they are.
func CarryOver(live, sheet Rates, o CarryOptions) Rates {
	deleteAt := o.DeleteAt
	if deleteAt.Before(o.PublishAt) {
		deleteAt = o.PublishAt
	}
	return func(yield func(Rate, error) bool) {
		err := bothDecks(live, sheet, func(_ string, was, will []Rate) error {
			rates := will
			switch {
			case len(will) > 0:
				rates = carried(was, will, o.PublishAt)
			case o.Mode == ModePartial:
				rates = was
			default:
				rates = until(was, o.PublishAt, deleteAt)
			}
			for i := range rates {
				if !yield(rates[i], nil) {
					return errStopped
				}
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStopped) {
			yield(Rate{}, err)
		}
	}
}

// errStopped ends the walk when nobody wants more rates.
var errStopped = errors.New("stopped")

// carried puts what goes on of the old rates before the new ones.
func carried(was, will []Rate, publishAt time.Time) []Rate {
	first := firstStart(will, nil)
	var rates []Rate
	for i := range was {
		// A new rate at other hours does not replace the old one.
		start := firstStart(will, &was[i])
		if start.IsZero() {
			start = first
		}
		rates = append(rates, until(was[i:i+1], publishAt, start)...)
	}
	if len(rates) == 0 {
		return will
	}
	return sorted(append(rates, will...))
}
