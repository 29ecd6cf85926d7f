package callflow

import (
	"time"

	"tandem/billing"
	"tandem/billing/rate"
	"tandem/internal/e164"
	"tandem/routing"
)

// termsOf fixes what a planned call is charged by: the account's price, and the
// cost of every route of the plan, with the exchange rates of this snapshot.
func termsOf(s *routing.Snapshot, account *routing.Account, p *routing.Plan) billing.Terms {
	b := pricer{s, account}
	t := billing.Terms{Base: s.BaseFX(), Routes: make([]billing.RouteTerms, len(p.Routes))}
	if card, deck, prefix, currency, ok := p.SellCard(); ok {
		t.Sale = b.sale(card, deck, prefix, currency)
	}
	for i := range p.Routes {
		r := &p.Routes[i]
		t.Routes[i].Key = r.Key.String()
		currency := r.Provider.CurrencyID
		if card, ok := p.BuyCard(i); ok {
			t.Routes[i].Cost = b.cost(card, r.Deck, r.Prefix, currency)
		}
		if card, ok := p.SellCardOf(i); ok {
			t.Routes[i].Sale = b.sale(card, r.Deck, r.Prefix, currency)
		}
	}
	return t
}

// pricer makes prices of cards.
type pricer struct {
	s       *routing.Snapshot
	account *routing.Account
}

// cost is owed to a provider in its own currency.
func (b pricer) cost(card rate.Card, deck int64, prefix e164.Number, currency int64) *billing.Price {
	fx := b.s.FX(currency)
	if fx == 0 {
		return nil // the plan leaves such a provider out; a late report may name it
	}
	return &billing.Price{Card: card, Deck: deck, Prefix: prefix, CardCurrencyID: currency, CurrencyID: currency, From: fx, To: fx}
}

// sale is owed by the account in the currency of its balance.
func (b pricer) sale(card rate.Card, deck int64, prefix e164.Number, currency int64) *billing.Price {
	return &billing.Price{
		Card: card, Deck: deck, Prefix: prefix, CardCurrencyID: currency, CurrencyID: b.account.CurrencyID,
		From: b.s.FX(currency), To: b.s.FX(b.account.CurrencyID),
	}
}

// lateTerms are for a call that has no hold: its start was lost, or nobody was
// asked. It is charged by the decks that are in force when its end is told; of a
// ported number nobody remembers where it went.
func lateTerms(s *routing.Snapshot, l *leg, at time.Time, attempts []Attempt) *billing.Terms {
	var keys []routing.Key
	for _, a := range attempts {
		if a.Key.ProviderID != 0 {
			keys = append(keys, a.Key)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	cards := s.CardsFor(l.account, l.b, l.b, at, keys)
	b := pricer{s, l.account}
	sold := s.FX(l.account.CurrencyID) != 0 // else it has no balance to charge
	t := &billing.Terms{Base: s.BaseFX()}
	if c := cards.Sale; c != nil && sold && s.FX(c.CurrencyID) != 0 {
		t.Sale = b.sale(c.Card, c.Deck, c.Prefix, c.CurrencyID)
	}
	for _, r := range cards.Routes {
		v := billing.RouteTerms{Key: r.Key.String()}
		if c := r.Cost; c != nil {
			v.Cost = b.cost(c.Card, c.Deck, c.Prefix, c.CurrencyID)
		}
		if c := r.Sale; c != nil && sold && s.FX(c.CurrencyID) != 0 {
			v.Sale = b.sale(c.Card, c.Deck, c.Prefix, c.CurrencyID)
		}
		t.Routes = append(t.Routes, v)
	}
	return t
}
