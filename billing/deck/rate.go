package deck

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"
	"unicode/utf8"

	"tandem/billing/rate"
	"tandem/internal/e164"
)

// Rate is one row of a deck: what calls to numbers with the prefix cost.
type Rate struct {
	Prefix      string // digits, longest match wins
	Destination string
	Blocked     bool // never route here, whatever a shorter prefix says
	rate.Rate
}

// Rates is a deck on its way: sorted by prefix, then by From. An error ends it.
type Rates = iter.Seq2[Rate, error]

// maxDestination is how many characters a destination's name may have.
const maxDestination = 96

// Validate names the field that makes the row unusable.
func (r Rate) Validate() error {
	switch {
	case r.Prefix == "" || len(r.Prefix) > e164.MaxDigits:
		return fmt.Errorf("prefix %q: want 1 to %d digits", r.Prefix, e164.MaxDigits)
	case strings.Trim(r.Prefix, "0123456789") != "" || r.Prefix[0] == '0':
		return fmt.Errorf("prefix %q: digits only, country code first", r.Prefix)
	case utf8.RuneCountInString(r.Destination) > maxDestination:
		return fmt.Errorf("destination of %s: longer than %d characters", r.Prefix, maxDestination)
	case hasControl([]byte(r.Destination)):
		return fmt.Errorf("destination of %s: control character", r.Prefix)
	}
	if err := r.Rate.Validate(); err != nil {
		return fmt.Errorf("%s: %w", r.Prefix, err)
	}
	return nil
}

// inForce says whether the dates, without the window, hold at that moment.
func (r Rate) inForce(at time.Time) bool {
	return (r.From.IsZero() || !at.Before(r.From)) && r.endsAfter(at)
}

func (r Rate) endsAfter(at time.Time) bool { return r.To.IsZero() || at.Before(r.To) }

// errUnsorted is for a store that forgot its ORDER BY.
var errUnsorted = errors.New("rates are not sorted by prefix")

// group is all rates of one code. The slice is reused: copy what must stay.
type group struct {
	prefix string
	rates  []Rate
}

// groups bundles sorted rates by prefix.
func groups(rates Rates) iter.Seq2[group, error] {
	return func(yield func(group, error) bool) {
		var g group
		for r, err := range rates {
			switch {
			case err != nil:
				yield(group{}, err)
				return
			case len(g.rates) > 0 && r.Prefix < g.prefix:
				yield(group{}, fmt.Errorf("%w: %s after %s", errUnsorted, r.Prefix, g.prefix))
				return
			case len(g.rates) > 0 && r.Prefix != g.prefix:
				if !yield(g, nil) {
					return
				}
				g.rates = g.rates[:0]
			}
			g.prefix = r.Prefix
			g.rates = append(g.rates, r)
		}
		if len(g.rates) > 0 {
			yield(g, nil)
		}
	}
}
