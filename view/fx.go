package view

import (
	"time"

	"tandem/billing/fx"
	"tandem/billing/rate"
	"tandem/db"
	"tandem/internal/money"
)

// FarPercent is how far an exchange rate may move without being asked about.
const FarPercent = 20

// FXLine is the exchange rate of one currency.
type FXLine struct {
	Currency string    `json:"currency"`
	Name     string    `json:"name"`
	PerEUR   *money.FX `json:"per_eur" doc:"Units per euro; null: none is in force"`
	From     time.Time `json:"from,omitzero"`
	Days     int       `json:"days" doc:"That it is old"`
}

// FXInForce lists the rates in force at a moment, a line a currency.
func FXInForce(currencies []db.Currency, rates []fx.Rate, at time.Time) []FXLine {
	inForce := map[string]fx.Rate{}
	for _, r := range rates {
		if old, ok := inForce[r.Currency]; !r.From.After(at) && (!ok || r.From.After(old.From)) {
			inForce[r.Currency] = r
		}
	}
	list := make([]FXLine, 0, len(currencies))
	for _, c := range currencies {
		l := FXLine{Currency: c.ISO, Name: c.Name}
		if r, ok := inForce[c.ISO]; ok {
			l.PerEUR, l.From, l.Days = &r.PerEUR, r.From, int(at.Sub(r.From)/(24*time.Hour))
		}
		list = append(list, l)
	}
	return list
}

// FXChange is a rate that comes in.
type FXChange struct {
	Currency string        `json:"currency"`
	From     time.Time     `json:"from"`
	PerEUR   money.FX      `json:"per_eur"`
	Before   *money.FX     `json:"before,omitempty" doc:"Of that very moment"`
	Last     *money.FX     `json:"last,omitempty" doc:"That it follows"`
	LastFrom time.Time     `json:"last_from,omitzero"`
	Percent  *rate.Percent `json:"percent,omitempty" doc:"That it moves by against last"`
}

// OfFXChange shows a rate that comes in.
func OfFXChange(c fx.Change) FXChange {
	v := FXChange{Currency: c.Currency, From: c.From, PerEUR: c.PerEUR, LastFrom: c.LastFrom, Percent: c.Move}
	if c.Before != 0 {
		v.Before = &c.Before
	}
	if c.Last != 0 {
		v.Last = &c.Last
	}
	return v
}
