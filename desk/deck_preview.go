package desk

import (
	"cmp"
	"slices"
	"time"

	"tandem/billing/deck"
)

// DeckPreview is what a deck would change, as it is shown: the gravest first, and
// no more of it than people look at.
type DeckPreview struct {
	Base     *Deck     `json:"base,omitempty" doc:"What it is compared with; none: nothing is in force"`
	Next     *Deck     `json:"next,omitempty" doc:"A scheduled one that takes its place later"`
	At       time.Time `json:"at"`
	Mode     deck.Mode `json:"mode" enum:"full,partial"`
	Currency string    `json:"currency"`

	deck.Change

	Histogram         []deck.Bar         `json:"histogram" nullable:"false" doc:"Codes by how much their price changes"`
	CostMost          []deck.Destination `json:"cost_most" nullable:"false" doc:"The ten destinations that cost most more"`
	Destinations      []deck.Destination `json:"destinations" nullable:"false" doc:"What changes or is flagged, by weight"`
	DestinationsTotal int                `json:"destinations_total"`
	Losses            []Loss             `json:"losses" nullable:"false" doc:"What would be sold below cost"`
	LossesTotal       int                `json:"losses_total"`
	LossesCurrency    string             `json:"losses_currency"`
	Traffic           *Traffic           `json:"traffic,omitempty" doc:"Calls that money is reckoned by; none: there were none"`
	Unpriced          []string           `json:"unpriced,omitempty" doc:"Decks in which losses were not looked for, for want of an exchange rate"`
	NoMoney           string             `json:"no_money,omitempty" doc:"Why nothing is said about money"`
	Warning           string             `json:"warning,omitempty"`
	Options           PreviewOptions     `json:"options"`
}

// What is shown of long lists.
const (
	shownDestinations = 500
	shownLosses       = 500
	shownCostMost     = 10
)

// Shown shapes a preview for a screen.
func (v *Preview) Shown() DeckPreview {
	all := v.Comparison.Destinations
	most := slices.Clone(all)
	slices.SortStableFunc(most, func(a, b deck.Destination) int { return costsMore(b, a) })
	most = most[:min(shownCostMost, len(most))]
	if end := slices.IndexFunc(most, func(d deck.Destination) bool { return !dearer(d) }); end >= 0 {
		most = most[:end]
	}
	return DeckPreview{
		Base: v.Base, Next: v.Next, At: v.Comparison.At, Mode: v.Mode, Currency: v.Currency,
		Change: v.Comparison.Change, Histogram: v.Comparison.Histogram(), CostMost: most,
		Destinations: all[:min(shownDestinations, len(all))], DestinationsTotal: len(all),
		Losses: v.Losses[:min(shownLosses, len(v.Losses))], LossesTotal: len(v.Losses), LossesCurrency: v.LossesIn,
		Traffic: v.Traffic, Unpriced: v.Unpriced, NoMoney: v.NoMoney, Options: v.Options,
	}
}

// costsMore goes by money, and by price where no calls are known.
func costsMore(a, b deck.Destination) int {
	return cmp.Or(cmp.Compare(difference(a), difference(b)), cmp.Compare(rise(a), rise(b)))
}

func dearer(d deck.Destination) bool { return difference(d) > 0 || difference(d) == 0 && rise(d) > 0 }

func difference(d deck.Destination) int64 {
	if d.Impact == nil {
		return 0
	}
	return int64(d.Impact.Difference)
}

func rise(d deck.Destination) deck.Percent {
	if d.MostPercent == nil {
		return 0
	}
	return *d.MostPercent
}
