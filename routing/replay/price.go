package replay

import (
	"time"

	"tandem/billing/rate"
	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/routing"
)

// outcome is what one side makes of a call.
type outcome struct {
	routed bool
	key    routing.Key
	prefix e164.Number // of the deck
	cost   money.Amount
	sold   bool // sale is known
	sale   money.Amount
}

// outcome prices the plan: the first route carries the call. talk is 0 for one
// that was not answered.
func (s *side) outcome(talk time.Duration) (outcome, error) {
	if len(s.plan.Routes) == 0 {
		return outcome{}, nil
	}
	first := &s.plan.Routes[0]
	o := outcome{routed: true, key: first.Key, prefix: first.Prefix}
	var err error
	if o.cost, err = charge(s.snapshot, &first.Rate, first.Provider.CurrencyID, talk); err != nil {
		return outcome{}, err
	}
	if sell, currency, ok := s.plan.SellRate(); ok {
		o.sold = true
		o.sale, err = charge(s.snapshot, &sell, currency, talk)
	}
	return o, err
}

// charge is what a rate makes of a call, in the base currency: the price of its
// talk and the fee of one attempt, which is due whether or not it was answered.
func charge(s *routing.Snapshot, r *rate.Rate, currencyID int64, talk time.Duration) (money.Amount, error) {
	price, err := r.Price(talk)
	if err != nil {
		return 0, err
	}
	sum, ok := plus(price, r.AttemptFee)
	if !ok {
		return 0, money.ErrOverflow
	}
	return s.ToBase(sum, currencyID)
}

// plus adds two sums that are not below zero; ok is false when the result does
// not fit.
func plus(a, b money.Amount) (sum money.Amount, ok bool) {
	sum = a + b
	return sum, sum >= a
}

// pair is a call with what the two sides make of it.
type pair struct {
	before, after outcome
	answered      bool
	talkMS        int64
}

// changed says that another route carries the call, or one where there was none.
func (p *pair) changed() bool { return p.before.key != p.after.key }

// gain is what the call brings more, or less, after. Where a sale is not known
// only the cost of calls that both sides carry can be compared: a call that is
// not carried saves its cost and loses nobody knows what.
func (p *pair) gain() money.Amount {
	b, a := &p.before, &p.after
	switch {
	case b.routed && a.routed && b.sold && a.sold:
		return (a.sale - a.cost) - (b.sale - b.cost)
	case b.routed && a.routed:
		return b.cost - a.cost
	case a.sold:
		return a.sale - a.cost
	case b.sold:
		return b.cost - b.sale
	}
	return 0
}
