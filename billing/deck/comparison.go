package deck

import (
	"fmt"
	"math"
	"time"

	"tandem/internal/money"
)

// Kind is what becomes of a code.
type Kind int

// The kinds, from the least to the gravest; a code with several rates counts as
// its gravest one.
const (
	Unchanged Kind = iota
	Changed        // increments, grace, free seconds, steps, fees, window, or it ends sooner
	Lowered
	Created // no price of its own before, or blocked before
	Raised
	Deleted
	Blocked
)

// Comparison is what a new sheet makes of the deck in force.
type Comparison struct {
	Change
	At           time.Time     `json:"at"`
	Destinations []Destination `json:"destinations"` // by name; those where nothing changes and nothing is flagged are left out
}

// Destination is the change of all codes of one name; of one country where the
// sheet names none.
type Destination struct {
	Name string `json:"name"`
	Change
}

// Change counts codes by kind, and what the change costs.
type Change struct {
	Codes     int `json:"codes"` // of both decks
	Created   int `json:"created"`
	Raised    int `json:"raised"`
	Lowered   int `json:"lowered"`
	Changed   int `json:"changed"`
	Deleted   int `json:"deleted"`
	Blocked   int `json:"blocked"`
	Unchanged int `json:"unchanged"`

	Before *Prices `json:"before,omitempty"` // per minute
	After  *Prices `json:"after,omitempty"`

	// Percent is the change of the price per minute, over all codes with a price
	// before and after; MostPercent the steepest rise of a code.
	Percent     *Percent `json:"percent,omitempty"`
	MostPercent *Percent `json:"most_percent,omitempty"`

	Impact *Impact `json:"impact,omitempty"` // nil: no traffic is known

	// Flags: codes that rise by more than the set percentage, that rise sooner
	// than the notice period allows, that we sell below the new price.
	Steep     int `json:"steep"`
	Hasty     int `json:"hasty"`
	BelowCost int `json:"below_cost"`
	// Flagged are the first of those codes.
	Flagged []string `json:"flagged,omitempty"`

	before, after       priceRange
	sumBefore, sumAfter int64
	bars                histogram
}

// Prices are the lowest and the highest price per minute.
type Prices struct {
	Min money.Rate `json:"min"`
	Max money.Rate `json:"max"`
}

// Impact is the price of the same traffic before and after. Codes that can no
// longer be called are in neither sum: their traffic is lost.
type Impact struct {
	Before      money.Amount `json:"before"`
	After       money.Amount `json:"after"`
	Difference  money.Amount `json:"difference"`
	LostSeconds int64        `json:"lost_seconds,omitempty"`
	LostCalls   int64        `json:"lost_calls,omitempty"`
}

// Percent is in hundredths of a percent.
type Percent int64

// String writes "12.50".
func (p Percent) String() string {
	sign := ""
	if p < 0 {
		sign, p = "-", -p
	}
	return fmt.Sprintf("%s%d.%02d", sign, p/100, p%100)
}

// MarshalText writes the decimal; JSON therefore shows a string, as for money.
func (p Percent) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (p *Percent) UnmarshalText(b []byte) error {
	v, err := money.ParseAmount(string(b))
	const unit = 10_000 // of an amount in a hundredth
	if err == nil && v%unit != 0 {
		err = fmt.Errorf("%q: %w (at most 2)", b, money.ErrDigits)
	}
	*p = Percent(v / unit)
	return err
}

// maxFlagged is how many flagged codes a destination names.
const maxFlagged = 10

// percent is the change from one sum to the other.
func percent(from, to int64) Percent {
	p, err := money.MulDiv(to-from, 100*100, from)
	if err != nil {
		return math.MaxInt64
	}
	return Percent(p)
}

// priceRange collects prices.
type priceRange struct {
	low, high money.Rate
	some      bool
}

func (p *priceRange) add(price money.Rate) { p.join(priceRange{price, price, true}) }

func (p *priceRange) join(o priceRange) {
	switch {
	case !o.some:
	case !p.some:
		*p = o
	default:
		p.low, p.high = min(p.low, o.low), max(p.high, o.high)
	}
}

func (p *priceRange) prices() *Prices {
	if !p.some {
		return nil
	}
	return &Prices{p.low, p.high}
}

// add counts a code.
func (c *Change) add(prefix string, v *verdict) error {
	c.Codes++
	switch v.kind {
	case Unchanged:
		c.Unchanged++
	case Changed:
		c.Changed++
	case Lowered:
		c.Lowered++
	case Created:
		c.Created++
	case Raised:
		c.Raised++
	case Deleted:
		c.Deleted++
	case Blocked:
		c.Blocked++
	}
	c.before.join(v.before)
	c.after.join(v.after)
	if v.pair {
		c.sumBefore += int64(v.was)
		c.sumAfter += int64(v.will)
	}
	c.bar(v)
	if v.most != nil && (c.MostPercent == nil || *v.most > *c.MostPercent) {
		c.MostPercent = v.most
	}
	c.flag(prefix, v)
	return c.addTraffic(v.traffic)
}

func (c *Change) flag(prefix string, v *verdict) {
	if v.steep {
		c.Steep++
	}
	if v.hasty {
		c.Hasty++
	}
	if v.belowCost {
		c.BelowCost++
	}
	if (v.steep || v.hasty || v.belowCost) && len(c.Flagged) < maxFlagged {
		c.Flagged = append(c.Flagged, prefix)
	}
}

func (c *Change) addTraffic(x *Impact) error {
	if x == nil {
		return nil
	}
	if c.Impact == nil {
		c.Impact = &Impact{}
	}
	sum := c.Impact
	sum.Before += x.Before
	sum.After += x.After
	if sum.Before < 0 || sum.After < 0 {
		return fmt.Errorf("impact: %w", money.ErrOverflow)
	}
	sum.Difference = sum.After - sum.Before
	sum.LostSeconds += x.LostSeconds
	sum.LostCalls += x.LostCalls
	return nil
}

// finish works out what only all codes together tell.
func (c *Change) finish() {
	c.Before, c.After = c.before.prices(), c.after.prices()
	if c.sumBefore > 0 && c.sumAfter >= 0 {
		p := percent(c.sumBefore, c.sumAfter)
		c.Percent = &p
	}
}
