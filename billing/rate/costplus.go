package rate

import (
	"fmt"

	"tandem/internal/money"
)

// CostPlus makes the card that is sold by from the card that is bought by: each
// price and fee plus so many percent, each price per minute plus a fixed price,
// in the currency of the card. Every figure is rounded once, half up, to the
// digits it has, and is never below zero; increments, times, grace and free
// seconds stay.
func CostPlus(c Card, percent Percent, perMinute money.Rate) (Card, error) {
	if len(c.Rates) == 0 {
		return Card{}, ErrNoRate
	}
	out := Card{Zone: c.Zone, Rates: make([]Rate, len(c.Rates))}
	for i := range c.Rates {
		var err error
		if out.Rates[i], err = c.Rates[i].CostPlus(percent, perMinute); err != nil {
			return Card{}, err
		}
	}
	return out, nil
}

// CostPlus is what one rate makes, see the function.
func (r Rate) CostPlus(percent Percent, perMinute money.Rate) (Rate, error) {
	if percent < -whole || percent > MaxPercent {
		return Rate{}, fmt.Errorf("markup %s %%: want -100 to %s", percent, MaxPercent)
	}
	m := markup{percent: percent, perMinute: perMinute}
	r.PerMinute = m.price(r.PerMinute)
	for i := range r.Steps {
		if s := &r.Steps[i]; s.After != 0 {
			s.PerMinute = m.price(s.PerMinute)
		}
	}
	r.ConnectionFee, r.Minimum, r.AttemptFee = m.fee(r.ConnectionFee), m.fee(r.Minimum), m.fee(r.AttemptFee)
	if m.err != nil {
		return Rate{}, fmt.Errorf("cost plus %s %% and %s a minute: %w", percent, perMinute, m.err)
	}
	return r, nil
}

// markup keeps an error, so that a rate is marked up in one go.
type markup struct {
	percent   Percent
	perMinute money.Rate
	err       error
}

func (m *markup) of(v int64) int64 {
	out, err := money.MulDiv(v, whole+int64(m.percent), whole)
	if err != nil {
		m.err = err
	}
	return out
}

func (m *markup) fee(a money.Amount) money.Amount { return money.Amount(m.of(int64(a))) }

func (m *markup) price(r money.Rate) money.Rate {
	v := money.Rate(m.of(int64(r)))
	if m.perMinute > 0 && v+m.perMinute < v {
		m.err = money.ErrOverflow
	}
	return max(0, v+m.perMinute)
}
