package billing

import (
	"errors"
	"fmt"
	"time"

	"tandem/billing/rate"
	"tandem/internal/money"
)

// Charge is what a call costs everybody, worked out of its end and its terms.
type Charge struct {
	Sold       bool         // the account pays
	Sale       money.Amount // by the account, in its currency
	CurrencyID int64        // of Sale
	Cut        money.Amount // what the talk would have cost beyond the hold; ours to bear
	Costs      []Cost       // to providers, one for each attempt that costs something
	SaleBase   money.Amount // Sale in the base currency
	CostBase   money.Amount // all Costs in the base currency
}

// Cost is what a provider is owed for one attempt.
type Cost struct {
	N          int // of the attempt
	ProviderID int64
	Amount     money.Amount
	CurrencyID int64
}

// ChargeOf prices a call that is over. hold is what was set aside for it; a call
// is never charged above it. Without a hold (nil) nothing bounds the charge. It is
// pure: the same end and terms always make the same charge.
//
// A route that the terms do not know, because another node let the same call in
// by a plan of its own, is priced by the terms that the end brings. What cannot be
// priced is told as an error; the rest of the charge stands.
func ChargeOf(e *End, terms *Terms, hold *money.Amount) (Charge, error) {
	terms = terms.completed(e.Terms)
	var c Charge
	var errs []error
	bids := 0
	for i := range e.Attempts {
		a := &e.Attempts[i]
		if a.ProviderID == 0 {
			continue
		}
		bids++
		errs = append(errs, c.cost(e, a, terms))
	}
	if err := c.sell(e, terms, bids, hold); err != nil {
		c.Sold, c.Sale, c.SaleBase, c.Cut, c.CurrencyID = false, 0, 0, 0, 0
		errs = append(errs, err)
	}
	return c, errors.Join(errs...)
}

// cost adds what one attempt costs us.
func (c *Charge) cost(e *End, a *Attempt, terms *Terms) error {
	r := terms.Route(a.Key)
	if r == nil || r.Cost == nil {
		return nil
	}
	at, talk := a.StartedAt, time.Duration(0)
	if a.Result == Answered {
		at, talk = e.AnsweredAt, min(a.Talk, rate.MaxTalk)
	}
	sum, err := r.Cost.Sum(at, talk, 1)
	if err != nil {
		return fmt.Errorf("cost of attempt %d: %w", a.N, err)
	}
	if sum == 0 {
		return nil
	}
	c.Costs = append(c.Costs, Cost{N: a.N, ProviderID: a.ProviderID, Amount: sum, CurrencyID: r.Cost.CurrencyID})
	base, err := inBase(sum, r.Cost, terms)
	c.CostBase += base
	return err
}

// sell works out what the account pays: the price of the talk by the route that
// carried it, and once the fee for trying.
func (c *Charge) sell(e *End, terms *Terms, bids int, hold *money.Amount) error {
	price := terms.SaleBy(e.Route)
	if price == nil {
		sales := terms.sales()
		switch {
		case len(sales) == 0:
			return nil // not sold
		case e.Disposition == Answered:
			return fmt.Errorf("%w: sold by what the route costs, and route %q is not among them", ErrTerms, e.Route)
		}
		c.Sold, c.CurrencyID = true, sales[0].CurrencyID // cost-plus and nobody carried it
		return nil
	}
	c.Sold, c.CurrencyID = true, price.CurrencyID
	at, talk := e.Start.StartedAt, time.Duration(0)
	if e.Disposition == Answered {
		at, talk = e.AnsweredAt, min(e.Talk, rate.MaxTalk)
		bids = max(bids, 1)
	}
	sum, err := price.Sum(at, talk, min(bids, 1))
	if err != nil {
		return fmt.Errorf("sale: %w", err)
	}
	if hold == nil && e.Limited && sum > 0 {
		return fmt.Errorf("%w: %s of an account whose money is limited, and none was held for it", ErrTerms, sum)
	}
	c.Sale = sum
	if hold != nil && sum > *hold {
		c.Sale, c.Cut = *hold, sum-*hold
	}
	c.SaleBase, err = inBase(c.Sale, price, terms)
	return err
}

func inBase(sum money.Amount, p *Price, terms *Terms) (money.Amount, error) {
	if terms.Base == 0 {
		return 0, nil
	}
	return money.Convert(sum, p.To, terms.Base)
}
