package routing

import (
	"time"

	"tandem/billing/rate"
	"tandem/internal/e164"
)

// A plan expects what a call costs; a card is what it will be charged by: every
// rate that may come into force while the call goes on.

// maxCard bounds the rates of a card.
const maxCard = 16

// cardReach is until when after the decision a rate may come into force to
// matter: the longest talk and the time until somebody answers.
const cardReach = rate.MaxTalk + time.Hour

// SellCard is what the account pays by, with the deck and prefix it comes from
// and the tariff's currency. ok is false when the account has no price, and when
// each route has one of its own (SellCardOf).
func (p *Plan) SellCard() (card rate.Card, deck int64, prefix e164.Number, currency int64, ok bool) {
	if !p.Sold {
		return rate.Card{}, 0, "", 0, false
	}
	t := p.sellDeck
	card, ok = p.snapshot.rates.card(t.slot, p.request.Routing, p.request.At, p.request.Account.Zone)
	return card, t.id, p.request.Routing[:p.sellMatch.depth], t.CurrencyID, ok
}

// BuyCard is what the provider of a route charges by, in its currency.
func (p *Plan) BuyCard(i int) (card rate.Card, ok bool) {
	r := &p.Routes[i]
	d := p.snapshot.deckOf(r.Key.ProviderID, r.Tier)
	if d == nil {
		return rate.Card{}, false
	}
	return p.snapshot.rates.card(d.slot, p.request.Routing, p.request.At, nil)
}

// SellCardOf is what the account pays by when that route carries the call, in the
// currency of its provider; ok is false unless the tariff is cost-plus.
func (p *Plan) SellCardOf(i int) (card rate.Card, ok bool) {
	if p.Markup == nil {
		return rate.Card{}, false
	}
	card, ok = p.BuyCard(i)
	if !ok {
		return rate.Card{}, false
	}
	return p.Markup.card(card)
}

// Cards are the prices of a call that is over, by the decks in force.
type Cards struct {
	Sale   *NumberCard  // to the account; nil: no price, or each route has its own
	Routes []RouteCards // by the keys asked for
}

// RouteCards are the prices of one route.
type RouteCards struct {
	Key  Key
	Cost *NumberCard // of the provider; nil: it has no rate
	Sale *NumberCard // to the account, when its tariff is cost-plus
}

// NumberCard is a card with where it comes from and its currency.
type NumberCard struct {
	Card       rate.Card
	Deck       int64
	Prefix     e164.Number
	CurrencyID int64
}

// CardsFor finds, without a plan, what a call that began at that moment is
// charged by: for reports whose terms are lost. account may be nil; routing is
// the routing number of a ported number, empty: b.
func (s *Snapshot) CardsFor(account *Account, b, routing e164.Number, at time.Time, keys []Key) Cards {
	if routing == "" {
		routing = b
	}
	var out Cards
	var t *tariff
	if account != nil {
		t = s.tariffs[account.TariffID]
	}
	if t != nil && t.Markup == nil {
		out.Sale = s.numberCard(t.slot, t.id, t.CurrencyID, routing, at, account.Zone)
	}
	for _, k := range keys {
		v := RouteCards{Key: k}
		if d := s.deckOf(k.ProviderID, k.Tier); d != nil {
			v.Cost = s.numberCard(d.slot, d.id, d.provider.CurrencyID, routing, at, nil)
		}
		if v.Cost != nil && t != nil && t.Markup != nil && !t.bad {
			if card, ok := t.Markup.card(v.Cost.Card); ok {
				sale := *v.Cost
				sale.Card, v.Sale = card, &sale
			}
		}
		out.Routes = append(out.Routes, v)
	}
	return out
}

func (s *Snapshot) numberCard(slot int, deck, currency int64, number e164.Number, at time.Time, zone *time.Location) *NumberCard {
	m, found := s.rates.match(slot, number, at, zone)
	if !found || s.rates.parts[s.rates.trie.entries[m.entry-1].part].blocked {
		return nil
	}
	card, ok := s.rates.card(slot, number, at, zone)
	if !ok {
		return nil
	}
	return &NumberCard{Card: card, Deck: deck, Prefix: number[:m.depth], CurrencyID: currency}
}

// deckOf is what a provider sells in a tier; nil: it does not.
func (s *Snapshot) deckOf(provider int64, tier Tier) *deck {
	for i := range s.decks {
		if d := &s.decks[i]; d.provider.ID == provider && d.tier == tier {
			return d
		}
	}
	return nil
}

// match is the rate of one slot for a number: that of the longest prefix that is
// in force. zone is that of the windows; nil: the deck's.
func (t *RateTable) match(slot int, number e164.Number, at time.Time, zone *time.Location) (match, bool) {
	milli := at.UnixMilli()
	for m, e := range t.candidates(slot, number) {
		if t.inForceIn(e, at, milli, zone) {
			return m, true
		}
	}
	return match{}, false
}

// candidates gives the entries of a slot for a number as lookup comes to them:
// the longest prefix first, in the table's order.
func (t *RateTable) candidates(slot int, number e164.Number) func(func(match, *entry) bool) {
	return func(yield func(match, *entry) bool) {
		if t == nil || slot < 0 {
			return
		}
		var path [maxDepth]uint32
		for depth := t.trie.find(string(number), &path); depth > 0; depth-- {
			n := &t.trie.nodes[path[depth-1]]
			for i := n.first; i < n.end; i++ {
				if e := &t.trie.entries[i]; int(e.slot) == slot && !yield(match{i + 1, uint8(depth)}, e) {
					return
				}
			}
		}
	}
}

// card collects the rates that may come into force from that moment on, up to
// the first that always holds. A closed entry sells nothing: the call that is up
// goes on by the rate it has.
func (t *RateTable) card(slot int, number e164.Number, at time.Time, zone *time.Location) (rate.Card, bool) {
	var list [maxCard]rate.Rate
	n, current := 0, false
	card := rate.Card{}
	from := at.UnixMilli()
	until := at.Add(cardReach).UnixMilli()
	for _, e := range t.candidates(slot, number) {
		w := &t.times[e.time]
		if w.to <= from || w.from > until {
			continue
		}
		always := w.from <= from && w.to > until && w.zone == nil
		now := t.inForceIn(e, at, from, zone) && !current
		current = current || now
		if !t.parts[e.part].blocked && (n < maxCard || now) {
			n = min(n, maxCard-1) // the rate in force is never the one that finds no room
			list[n] = t.rate(*e)
			n++
			if w.zone != nil {
				card.Zone = w.zone
			}
		}
		if always || n == maxCard && current {
			break
		}
	}
	if card.Zone != nil && zone != nil {
		card.Zone = zone
	}
	card.Rates = append(card.Rates, list[:n]...)
	return card, n > 0
}

// matchSale is the rate of the tariff's deck, with its windows on the clock of
// the account.
func (p *Plan) matchSale(t *tariff) (match, bool) {
	zone := p.request.Account.Zone
	if zone == nil || p.snapshot.rates == nil || len(p.snapshot.rates.times) == 1 {
		return p.matched(t.slot)
	}
	return p.snapshot.rates.match(t.slot, p.request.Routing, p.request.At, zone)
}
