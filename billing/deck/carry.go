package deck

import (
	"errors"
	"slices"
	"time"

	"tandem/billing/rate"
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
			var rates []Rate
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
	var rates []Rate
	for i := range was {
		// A new rate at other hours does not take the place of the old one; if all
		// are at other hours, the old one goes when the first of them comes.
		start, found := firstStart(will, publishAt, was[i].Window)
		if !found {
			start, _ = firstStart(will, publishAt, rate.Window{})
		}
		rates = append(rates, until(was[i:i+1], publishAt, start)...)
	}
	if len(rates) == 0 {
		return will
	}
	for _, r := range will {
		if r.endsAfter(publishAt) { // one that is over lies under the old rate
			rates = append(rates, r)
		}
	}
	slices.SortStableFunc(rates, func(a, b Rate) int { return a.From.Compare(b.From) })
	return rates
}

// firstStart is when the first new rate begins that has not ended by then and
// has time in common with the window. Zero is always.
func firstStart(will []Rate, publishAt time.Time, w rate.Window) (first time.Time, found bool) {
	for i := range will {
		r := &will[i]
		if !r.endsAfter(publishAt) || !overlap(r.Window, w) {
			continue
		}
		if !found || r.From.Before(first) {
			first, found = r.From, true
		}
	}
	return first, found
}

// until cuts rates to what lies from the one moment to the other.
func until(rates []Rate, from, to time.Time) []Rate {
	var kept []Rate
	for _, r := range rates {
		if !from.Before(to) || !r.endsAfter(from) || !r.From.Before(to) {
			continue
		}
		if r.endsAfter(to) {
			r.To = to
		}
		kept = append(kept, r)
	}
	return kept
}
