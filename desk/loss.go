package desk

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"tandem/billing/deck"
	"tandem/db"
	"tandem/internal/money"
)

// Loss is codes of one destination whose calls cost more than they bring.
type Loss struct {
	Destination string       `json:"destination"`
	Against     string       `json:"against"`         // whose prices they are compared with
	Which       string       `json:"which,omitempty"` // of a tariff's costs: cheapest or dearest provider
	Deck        int64        `json:"deck"`            // those prices
	Codes       int          `json:"codes"`           // at the worst of the moments looked at
	First       []string     `json:"first"`           // of the codes
	Cost        money.Amount `json:"cost"`            // of an average call, in the base currency, where most is lost
	Sale        money.Amount `json:"sale"`

	now int // codes at the moment at hand
}

// firstCodes is how many codes are named.
const firstCodes = 10

// losses finds what a deck makes us sell below cost.
type losses struct {
	List     []Loss
	Unpriced []string // decks without an exchange rate
	below    []uint64 // the codes, packed and sorted
	groups   map[lossGroup]*Loss
}

type lossGroup struct {
	destination string
	deck        int64
	which       string
}

// add keeps one code.
func (l *losses) add(prefix, destination string, against counterpart, which string, cost, sale money.Amount) {
	if which != Dearest {
		l.below = append(l.below, packCode(prefix))
	}
	key := lossGroup{destination, against.deck.ID, which}
	g := l.groups[key]
	if g == nil {
		g = &Loss{Destination: destination, Against: against.name, Which: which, Deck: against.deck.ID, Cost: cost, Sale: sale}
		l.groups[key] = g
	}
	g.now++
	if len(g.First) < firstCodes && !slices.Contains(g.First, prefix) {
		g.First = append(g.First, prefix)
	}
	if cost-sale > g.Cost-g.Sale {
		g.Cost, g.Sale = cost, sale
	}
}

// momentOver counts the codes of the moment that was looked at.
func (l *losses) momentOver() {
	for _, g := range l.groups {
		g.Codes, g.now = max(g.Codes, g.now), 0
	}
}

func (l *losses) finish() {
	slices.Sort(l.below)
	l.below = slices.Compact(l.below)
	for _, g := range slices.SortedFunc(maps.Values(l.groups), func(a, b *Loss) int {
		return cmp.Or(cmp.Compare(b.Cost-b.Sale, a.Cost-a.Sale), strings.Compare(a.Destination, b.Destination), cmp.Compare(a.Deck, b.Deck), strings.Compare(a.Which, b.Which))
	}) {
		slices.Sort(g.First)
		l.List = append(l.List, *g)
	}
	l.groups = nil
}

// sell answers deck.Diff. Losses are found with fees and increments, so what it
// gets is a price that is below any other, or above.
func (l *losses) sell(prefix string) (money.Rate, bool) {
	_, below := slices.BinarySearch(l.below, packCode(prefix))
	return -1, below
}

// packCode is a code in a number whose order is that of the digits.
func packCode(prefix string) uint64 {
	code := uint64(0)
	for i := range min(len(prefix), maxDigits) {
		code |= uint64(prefix[i]-'0'+1) << (60 - 4*i)
	}
	return code
}

// counterpart is a deck in force on the other side of the trade: tariffs for a
// provider's deck, providers for a tariff's.
type counterpart struct {
	deck db.Deck
	name string
	fx   money.FX
}

func (w *World) counterparts(o db.DeckOwner) (list []counterpart, unpriced []string) {
	for _, v := range w.data.Decks {
		if (v.TariffID != 0) == (o.TariffID != 0) || v.ProviderID != 0 && !w.carries(v.ProviderID) {
			continue
		}
		c := counterpart{deck: w.all[v.ID]}
		c.fx = w.fx(c.deck.Owner.Currency)
		c.name = OwnerName(c.deck.Owner)
		if c.fx == 0 {
			unpriced = append(unpriced, c.name)
			continue
		}
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b counterpart) int { return cmp.Compare(a.deck.ID, b.deck.ID) })
	return list, unpriced
}

func (w *World) carries(provider int64) bool {
	for _, p := range w.data.Providers {
		if p.ID == provider {
			return p.Enabled
		}
	}
	return false
}

// losses looks at the moment of publication and, when prices begin later, at the
// moment of the last.
func (p *previewer) losses(ctx context.Context, rates deck.Rates, latest time.Time) (*losses, error) {
	l := &losses{groups: map[lossGroup]*Loss{}}
	var others []counterpart
	others, l.Unpriced = p.world.counterparts(p.owner)
	base, fx := p.world.fx(p.base), p.world.fx(p.owner.Currency)
	if fx == 0 {
		l.Unpriced = append(l.Unpriced, OwnerName(p.owner))
	}
	if base == 0 || fx == 0 || len(others) == 0 {
		return l, nil
	}
	moments := []time.Time{p.world.At}
	if latest.After(p.world.At) {
		moments = append(moments, latest)
	}
	for _, at := range moments {
		find := p.soldBelow
		if p.owner.TariffID != 0 {
			find = p.boughtAbove
		}
		if err := find(ctx, l, newAverageCall(base), at, pricedDeck{p.to, rates, fx}, others); err != nil {
			return nil, err
		}
		l.momentOver()
	}
	l.finish()
	return l, nil
}

// soldBelow holds every tariff against a provider's new prices.
func (p *previewer) soldBelow(ctx context.Context, l *losses, call *averageCall, at time.Time, mine pricedDeck, tariffs []counterpart) error {
	for _, c := range tariffs {
		their := pricedDeck{c.deck.ID, sound(c.deck.ID, p.counted(p.database.DeckRows(ctx, c.deck.ID))), c.fx}
		err := eachMatch(call, at, p.pricedAndCounted(mine), their, func(m *codeMatch) {
			if m.own.some && m.other.some && m.other.low < m.own.high {
				l.add(m.prefix, m.destination, c, "", m.own.high, m.other.low)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Which of the providers a tariff's price is held against.
const (
	Cheapest = "cheapest"
	Dearest  = "dearest"
)

// codeCosts is what a code of a tariff costs at the providers.
type codeCosts struct {
	sale          money.Amount
	low, high     money.Amount
	lowBy, highBy uint16 // place of the provider in the list plus one; 0: none carries it
	sold          bool
}

// boughtAbove holds a tariff's new prices against every provider. A provider's
// price is that of its dearest code for these calls.
func (p *previewer) boughtAbove(ctx context.Context, l *losses, call *averageCall, at time.Time, mine pricedDeck, providers []counterpart) error {
	var codes []codeCosts
	for i, c := range providers {
		their := pricedDeck{c.deck.ID, sound(c.deck.ID, p.counted(p.database.DeckRows(ctx, c.deck.ID))), c.fx}
		err := eachMatch(call, at, p.pricedAndCounted(mine), their, func(m *codeMatch) {
			for len(codes) <= m.n {
				codes = append(codes, codeCosts{})
			}
			k := &codes[m.n]
			k.sale, k.sold = m.own.low, m.own.some
			if !m.other.some {
				return
			}
			if k.lowBy == 0 || m.other.high < k.low {
				k.low, k.lowBy = m.other.high, uint16(i+1)
			}
			if k.highBy == 0 || m.other.high > k.high {
				k.high, k.highBy = m.other.high, uint16(i+1)
			}
		})
		if err != nil {
			return err
		}
	}
	if len(codes) == 0 {
		return nil // none is in force
	}
	n, last := -1, ""
	for r, err := range dated(mine.rates, at) {
		if err != nil {
			return err
		}
		if r.Prefix == last {
			continue
		}
		n, last = n+1, r.Prefix
		if k := codes[n]; k.sold && k.lowBy > 0 {
			if k.sale < k.low {
				l.add(r.Prefix, r.Destination, providers[k.lowBy-1], Cheapest, k.low, k.sale)
			}
			if k.sale < k.high && k.highBy != k.lowBy {
				l.add(r.Prefix, r.Destination, providers[k.highBy-1], Dearest, k.high, k.sale)
			}
		}
	}
	return nil
}

func (p *previewer) pricedAndCounted(d pricedDeck) pricedDeck {
	return pricedDeck{d.id, p.counted(d.rates), d.fx}
}
