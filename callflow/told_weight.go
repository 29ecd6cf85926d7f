package callflow

import (
	"fmt"
	"strings"
	"time"

	"tandem/internal/money"
	"tandem/quality"
	"tandem/routing"
)

// ToldDestination is what calls to a destination came to, whatever their route,
// when the call was decided.
type ToldDestination struct {
	Prefix   string `json:"prefix"`       // at which each route's own calls were counted; empty: any number
	Answered int32  `json:"answered_ppm"` // share of calls that counted, in millionths
}

// Weighed is what was known of a route when the call was decided; docs/quality.md.
// Shares are in millionths, sums in the base currency.
type Weighed struct {
	Worth     money.Amount `json:"worth"`                   // of a call that ends on it
	Low       int32        `json:"answered_at_least_ppm"`   // the share of its calls that counted
	Samples   uint32       `json:"samples"`                 // of its own calls to the destination that counted
	Exploring bool         `json:"exploring"`               // it came first to be tested, not for its worth
	Floored   bool         `json:"floored"`                 // a floor put it behind all others
	Demoted   *time.Time   `json:"demoted_since,omitempty"` // since when it had been worse than the destination's other routes

	Figures *WeighedFigures `json:"figures,omitempty"` // nil: decided when they were not kept yet
	Floor   *WeighedFloor   `json:"floor,omitempty"`   // which floor put it behind, if that was kept
}

// WeighedFigures are what the worth of a route was worked out from:
// (low × gain − (1 − low) × fee − wait_cost) ÷ ended.
type WeighedFigures struct {
	Own            int32        `json:"own_ppm"`      // answered of its own calls that counted
	Borrowed       int32        `json:"borrowed_ppm"` // answered, had it had no calls of its own
	BorrowedFrom   Lender       `json:"borrowed_from" enum:"destination,provider,prefix"`
	BorrowedPrefix string       `json:"borrowed_prefix,omitempty"` // of the lender prefix
	Expected       int32        `json:"expected_ppm"`              // both together
	Ended          int32        `json:"ended_ppm"`                 // of its calls the hunt ended there
	Gain           money.Amount `json:"gain"`                      // of an answered call: margin and goodwill
	Fee            money.Amount `json:"fee"`                       // of a failed attempt
	Wait           uint32       `json:"wait_ms"`                   // until something was heard
	Delay          money.Amount `json:"wait_cost"`
}

// Lender says where the rate comes from that a route borrowed: from what all routes
// of the destination do, times what the route does elsewhere compared with others.
type Lender string

// The lenders.
const (
	LenderDestination Lender = "destination" // nothing is known of it elsewhere
	LenderProvider    Lender = "provider"    // how its provider's tier does everywhere
	LenderPrefix      Lender = "prefix"      // how it does at a shorter prefix
)

// WeighedFloor is a floor that a route was below.
type WeighedFloor struct {
	Measure quality.Measure `json:"measure" enum:"asr,abr"` // answers of seizures, or of bids
	Prefix  string          `json:"prefix,omitempty"`       // of the numbers that it is for
	Least   int32           `json:"least_ppm"`              // share that would have been enough
	Over    uint32          `json:"over"`                   // seizures or bids from which on it holds
	Share   int32           `json:"share_ppm"`              // that the route had
	Of      uint32          `json:"of"`                     // of so many seizures or bids
}

func toldDestination(r *routing.Reasons) *ToldDestination {
	if len(r.Routes) == 0 || r.Routes[0].Weight == nil || r.Routes[0].Weight.Ended == 0 {
		return nil
	}
	return &ToldDestination{Prefix: r.Destination.Prefix, Answered: r.Destination.Answered}
}

// weighed tells a weight; where is the prefix that calls were counted at.
func weighed(w *routing.Weight, where string) *Weighed {
	v := &Weighed{Worth: w.Worth, Low: w.Low, Samples: w.Samples, Exploring: w.Exploring, Floored: w.Floored}
	if w.Demoted != 0 {
		v.Demoted = new(time.Unix(int64(w.Demoted), 0).UTC())
	}
	if w.Ended > 0 {
		v.Figures = &WeighedFigures{
			Own: w.Own, Borrowed: w.Borrowed, Expected: w.Expected, Ended: w.Ended, Gain: w.Gain, Fee: w.Fee, Wait: w.Wait, Delay: w.Delay,
		}
		switch {
		case w.Lender == routing.LentByDestination:
			v.Figures.BorrowedFrom = LenderDestination
		case w.Lender <= 0:
			v.Figures.BorrowedFrom = LenderProvider
		default:
			v.Figures.BorrowedFrom, v.Figures.BorrowedPrefix = LenderPrefix, where[:min(int(w.Lender), len(where))]
		}
	}
	if f := &w.Floor; w.Floored && f.Of > 0 {
		v.Floor = &WeighedFloor{Measure: quality.MeasureASR, Prefix: f.Prefix, Least: f.Least, Over: f.Over, Share: f.Share, Of: f.Of}
		if f.ABR {
			v.Floor.Measure = quality.MeasureABR
		}
	}
	return v
}

// words says what was weighed as part of a sentence.
func (w *Weighed) words() string {
	var b strings.Builder
	fmt.Fprintf(&b, "worth %s a call that ends here: at least %s answered, by %d calls of its own", w.Worth, quality.Share(w.Low), w.Samples)
	if w.Figures != nil {
		w.Figures.tell(&b, w.Samples)
	}
	if w.Floored {
		b.WriteString(", behind all others by a floor")
	}
	if f := w.Floor; f != nil {
		fmt.Fprintf(&b, " (%s)", f.words())
	}
	if w.Demoted != nil {
		fmt.Fprintf(&b, ", worse than the others since %s", w.Demoted.Format(time.DateTime))
	}
	if w.Exploring {
		b.WriteString(", first to be tested")
	}
	return b.String()
}

func (f *WeighedFigures) tell(b *strings.Builder, samples uint32) {
	if samples > 0 {
		fmt.Fprintf(b, " (%s)", quality.Share(f.Own))
	}
	fmt.Fprintf(b, " and %s borrowed from %s; ends %s of its calls; %.1f s of waiting cost %s", quality.Share(f.Borrowed), f.lender(), quality.Share(f.Ended), float64(f.Wait)/1000, f.Delay)
}

func (f *WeighedFigures) lender() string {
	switch f.BorrowedFrom {
	case LenderProvider:
		return "its provider"
	case LenderPrefix:
		return "its calls to " + f.BorrowedPrefix
	default:
		return "the destination's routes"
	}
}

func (f *WeighedFloor) words() string {
	of := "seizures"
	if f.Measure == quality.MeasureABR {
		of = "bids"
	}
	to := ""
	if f.Prefix != "" {
		to = " to " + f.Prefix
	}
	return fmt.Sprintf("%s %s of %d %s%s, below %s over %d", strings.ToUpper(string(f.Measure)), quality.Share(f.Share), f.Of, of, to, quality.Share(f.Least), f.Over)
}
