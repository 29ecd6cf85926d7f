package replay

import (
	"fmt"
	"time"

	"tandem/geo"
	"tandem/routing"
)

// Options say what is replayed and how it is told.
type Options struct {
	Policy   *routing.Policy // of the after side: orders all calls instead of the policies that rules pick; nil: those
	As       time.Time       // calls are decided as if made in the week that begins then; zero: at their own time
	Account  int64           // only the calls of this account; 0: of all
	Sample   int64           // one call in so many, beginning with the first; below 2: every call
	By       []Dimension     // what the report is told by
	Examples int             // how many single calls are told, those with the largest difference

	Place func(number string) geo.Place // what a B-number tells; nil: nothing
}

// Dimension is what calls are grouped by.
type Dimension string

// The dimensions.
const (
	ByDestination Dimension = "destination" // area and country of the B-number
	ByCountry     Dimension = "country"     // country of the B-number
	ByPrefix      Dimension = "prefix"      // prefix of the deck that carries it before, else after
	ByProvider    Dimension = "provider"    // each side its own
	ByAccount     Dimension = "account"
)

// Dimensions lists them all.
func Dimensions() []Dimension {
	return []Dimension{ByDestination, ByCountry, ByPrefix, ByProvider, ByAccount}
}

// week is what calls are moved by, so that weekday and time of day stay.
const week = 7 * 24 * time.Hour

// at is when a call is decided.
func (o *Options) at(started time.Time) time.Time {
	if o.As.IsZero() {
		return started
	}
	into := started.Sub(o.As) % week
	if into < 0 {
		into += week
	}
	return o.As.Add(into)
}

func (o *Options) check() error {
	known := map[Dimension]bool{}
	for _, d := range Dimensions() {
		known[d] = true
	}
	for _, d := range o.By {
		if !known[d] {
			return fmt.Errorf("replay by %q: want one of %q", d, Dimensions())
		}
	}
	return nil
}
