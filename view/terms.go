package view

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"tandem/billing"
	"tandem/billing/rate"
	"tandem/db"
	"tandem/internal/money"
)

// Terms are what a call is charged by.
type Terms struct {
	Sale   *Price       `json:"sale,omitempty" doc:"To the account; none: not sold, or each route has a price of its own"`
	Routes []RouteTerms `json:"routes,omitempty"`
}

// RouteTerms are the prices of one route.
type RouteTerms struct {
	Key  string `json:"key"`
	Cost *Price `json:"cost,omitempty" doc:"What the provider charges"`
	Sale *Price `json:"sale,omitempty" doc:"To the account, of a cost-plus tariff"`
}

// Price is a price with where it is from. Its rates are in its own currency; what
// is charged is converted by the exchange rates that were fixed with it.
type Price struct {
	Deck     int64    `json:"deck,omitempty"`
	Prefix   string   `json:"prefix,omitempty"`
	Currency string   `json:"currency" doc:"That is charged"`
	Card     string   `json:"card_currency" doc:"Of the rates"`
	From     money.FX `json:"per_eur" doc:"Of the rates' currency"`
	To       money.FX `json:"per_eur_charged" doc:"Of the currency that is charged"`
	TimeZone string   `json:"time_zone" doc:"Of windows"`
	Rates    []Rate   `json:"rates" nullable:"false" doc:"The first that is valid at a moment is in force"`
}

// Rate is one rate of a price or a deck.
type Rate struct {
	PerMinute     money.Rate   `json:"per_minute"`
	ConnectionFee money.Amount `json:"connection_fee"`
	Minimum       money.Amount `json:"minimum_charge"`
	AttemptFee    money.Amount `json:"attempt_fee"`
	First         int32        `json:"first_s"`
	Next          int32        `json:"next_s"`
	Grace         int32        `json:"grace_s,omitempty"`
	Free          int32        `json:"free_s,omitempty"`
	Steps         string       `json:"steps,omitempty"`
	From          time.Time    `json:"from,omitzero"`
	To            time.Time    `json:"to,omitzero"`
	Window        string       `json:"window,omitempty" doc:"Of the week; none: all of it"`
}

// OfRate shows a rate.
func OfRate(r *rate.Rate) Rate {
	v := Rate{
		PerMinute: r.PerMinute, ConnectionFee: r.ConnectionFee, Minimum: r.Minimum, AttemptFee: r.AttemptFee, First: r.First, Next: r.Next,
		Grace: r.Grace, Free: r.Free, Steps: string(rate.AppendSteps(nil, r.Steps)), From: r.From, To: r.To,
	}
	v.Window = windowText(r.Window)
	return v
}

// windowText is a window of the week for people: "Mon Tue 08:00-18:00".
func windowText(w rate.Window) string {
	if w.IsZero() {
		return ""
	}
	var words []string
	for day := range 7 {
		if w.Days&(1<<day) != 0 && w.Days != everyDay {
			words = append(words, time.Weekday((day + 1) % 7).String()[:3])
		}
	}
	if w.Start != 0 || w.End != 0 {
		words = append(words, fmt.Sprintf("%02d:%02d-%02d:%02d", w.Start/60, w.Start%60, w.End/60, w.End%60))
	}
	return strings.Join(words, " ")
}

// everyDay is a window's Days with all of them.
const everyDay = 0x7f

// Terms shows what a call is charged by.
func (b *Books) Terms(ctx context.Context, t *billing.Terms) (*Terms, error) {
	var want db.NameIDs
	prices := []*billing.Price{t.Sale}
	for i := range t.Routes {
		prices = append(prices, t.Routes[i].Cost, t.Routes[i].Sale)
	}
	for _, p := range prices {
		if p != nil {
			want.Currencies = append(want.Currencies, p.CurrencyID, p.CardCurrencyID)
		}
	}
	if err := b.names.Load(ctx, want); err != nil {
		return nil, err
	}
	v := &Terms{Sale: b.price(t.Sale)}
	for i := range t.Routes {
		r := &t.Routes[i]
		v.Routes = append(v.Routes, RouteTerms{Key: r.Key, Cost: b.price(r.Cost), Sale: b.price(r.Sale)})
	}
	return v, nil
}

func (b *Books) price(p *billing.Price) *Price {
	if p == nil {
		return nil
	}
	v := &Price{
		Deck: p.Deck, Prefix: string(p.Prefix), Currency: b.currency(p.CurrencyID), Card: b.currency(cmp.Or(p.CardCurrencyID, p.CurrencyID)),
		From: p.From, To: p.To, TimeZone: cmp.Or(p.Card.Zone, time.UTC).String(), Rates: make([]Rate, len(p.Card.Rates)),
	}
	for i := range p.Card.Rates {
		v.Rates[i] = OfRate(&p.Card.Rates[i])
	}
	return v
}
