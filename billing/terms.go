package billing

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"tandem/billing/rate"
	"tandem/internal/e164"
	"tandem/internal/money"
)

// Terms are what a call is charged by. They are fixed when the call is let in and
// kept with its hold, so whoever settles it, on whatever node and however late,
// comes to the same sums.
type Terms struct {
	// Sale is the price to the account; nil: the call is not sold, or each route
	// has a price of its own.
	Sale   *Price       `json:"sale,omitempty"`
	Routes []RouteTerms `json:"routes,omitempty"`
	Base   money.FX     `json:"base,omitempty"` // of the base currency; 0: not known
}

// RouteTerms are the prices of one route.
type RouteTerms struct {
	Key  string `json:"key"`            // of the route, see package routing
	Cost *Price `json:"cost,omitempty"` // what the provider charges; nil: not known
	Sale *Price `json:"sale,omitempty"` // to the account, when the tariff is cost-plus
}

// Price is a card of rates with the two exchange rates, both in units per euro,
// that lead from its currency to the one that is charged.
type Price struct {
	Card           rate.Card   `json:"card"`
	Deck           int64       `json:"deck,omitempty"` // where the card is from
	Prefix         e164.Number `json:"prefix,omitempty"`
	CurrencyID     int64       `json:"currency"` // that is charged
	From           money.FX    `json:"from"`     // of the card's currency
	To             money.FX    `json:"to"`       // of the currency that is charged
	CardCurrencyID int64       `json:"card_currency,omitempty"`
}

// ErrTerms is the answer to terms that price nothing.
var ErrTerms = errors.New("terms make no sense")

// Sold says whether the account pays for the call.
func (t *Terms) Sold() bool {
	if t.Sale != nil {
		return true
	}
	for i := range t.Routes {
		if t.Routes[i].Sale != nil {
			return true
		}
	}
	return false
}

// Route is what a route is charged by; nil: not among the terms.
func (t *Terms) Route(key string) *RouteTerms {
	for i := range t.Routes {
		if t.Routes[i].Key == key {
			return &t.Routes[i]
		}
	}
	return nil
}

// SaleBy is the price to the account of a call that a route carried; nil: none.
func (t *Terms) SaleBy(key string) *Price {
	if r := t.Route(key); r != nil && r.Sale != nil {
		return r.Sale
	}
	return t.Sale
}

// completed are the terms with the routes of others that they do not know.
func (t *Terms) completed(others *Terms) *Terms {
	if others == nil {
		return t
	}
	all := t
	for i := range others.Routes {
		if t.Route(others.Routes[i].Key) != nil {
			continue
		}
		if all == t {
			all = &Terms{Sale: t.Sale, Base: t.Base, Routes: slices.Clone(t.Routes)}
		}
		all.Routes = append(all.Routes, others.Routes[i])
	}
	return all
}

// Used are the terms without the routes that were not tried.
func (t *Terms) Used(keys []string) Terms {
	used := Terms{Sale: t.Sale, Base: t.Base}
	for i := range t.Routes {
		if slices.Contains(keys, t.Routes[i].Key) {
			used.Routes = append(used.Routes, t.Routes[i])
		}
	}
	return used
}

// sales lists every price that the account may come to pay by.
func (t *Terms) sales() []*Price {
	var list []*Price
	if t.Sale != nil {
		list = append(list, t.Sale)
	}
	for i := range t.Routes {
		if s := t.Routes[i].Sale; s != nil {
			list = append(list, s)
		}
	}
	return list
}

// Dearest is the most that the account may be charged for a call of that talk,
// whichever route carries it and whenever between first and last it is answered.
// Both ends are looked at: a price that changes twice in between is not, and what it comes to beyond the hold is ours to bear.
func (t *Terms) Dearest(first, last time.Time, talk time.Duration) (money.Amount, error) {
	var most money.Amount
	for _, p := range t.sales() {
		for _, answered := range [2]time.Time{first, last} {
			sum, err := p.Sum(answered, talk, 1)
			if err != nil {
				return 0, err
			}
			most = max(most, sum)
		}
	}
	return most, nil
}

// Affords is the longest talk in whole seconds, at most want, whose dearest price
// a budget pays for; 0: not even a first second.
func (t *Terms) Affords(first, last time.Time, budget money.Amount, want time.Duration) (time.Duration, error) {
	talk := want.Truncate(time.Second)
	for _, p := range t.sales() {
		for _, answered := range [2]time.Time{first, last} {
			fee, err := p.Sum(answered, 0, 1)
			if err != nil {
				return 0, err
			}
			if fee > budget {
				return 0, nil
			}
			talk = min(talk, p.Card.Afford(answered, budget-fee, p.From, p.To, talk))
			// Fee and price are rounded together: what is left may be one unit less.
			for talk > 0 {
				sum, err := p.Sum(answered, talk, 1)
				if err != nil {
					return 0, err
				}
				if sum <= budget {
					break
				}
				talk = p.Card.Afford(answered, budget-fee, p.From, p.To, talk-time.Second)
			}
		}
	}
	return talk, nil
}

// Sum is the charge for a call: the price of its talk, 0 when it was not
// answered, and the attempt fee that many times. It is rounded once, half up, in
// the currency that is charged.
func (p *Price) Sum(answered time.Time, talk time.Duration, attempts int) (money.Amount, error) {
	if p.From <= 0 || p.To <= 0 {
		return 0, fmt.Errorf("%w: exchange rates %s and %s", ErrTerms, p.From, p.To)
	}
	exact, err := p.Card.Price(answered, talk)
	if err != nil {
		return 0, err
	}
	if fee := p.Card.AttemptFee(answered); fee > 0 {
		for range attempts {
			exact = exact.Plus(rate.ExactOf(fee))
		}
	}
	sum, err := exact.In(p.From, p.To)
	return sum.Nearest, err
}

// Running is what a call in progress has come to, and in which currency; sold is
// false when the account does not pay. Which route carries it is not asked: of
// cost-plus prices it is the dearest.
func (t *Terms) Running(answered time.Time, talk time.Duration) (cost money.Amount, currencyID int64, sold bool) {
	for _, p := range t.sales() {
		sum, err := p.Sum(answered, talk, 1)
		if err != nil {
			continue
		}
		cost, currencyID, sold = max(cost, sum), p.CurrencyID, true
	}
	return cost, currencyID, sold
}
