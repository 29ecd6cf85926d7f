//go:build e2e

package e2e_test

import (
	"encoding/json"
	"testing"
	"time"

	"tandem/billing"
	"tandem/billing/rate"
	"tandem/db"
	"tandem/internal/money"
)

// What calls are sold at and what they cost arrives in the books to the last
// millionth; what they do not cost comes back.
func TestMoney(t *testing.T) {
	t.Parallel()
	x := own(t, nil)
	x.chargesFees(t)
	t.Run("charged", x.chargesCalls)
	t.Run("refused", x.refusesCalls)
	x.balanced(t)
}

func (x *exchange) chargesCalls(t *testing.T) {
	c := x.customers(t, map[string]deal{
		"seconds":   {login: moscow, rate: rate.Rate{PerMinute: 12_345_678, First: 1, Next: 1}, money: "5.00"},
		"minutes":   {login: other, rate: rate.Rate{PerMinute: 60_000_000, First: 60, Next: 60}, money: "0.60"},
		"fees":      {login: duty, rate: rate.Rate{PerMinute: 1_111_111, ConnectionFee: 50_000, AttemptFee: 7, Minimum: 1000, First: 30, Next: 6}, money: "1.00"},
		"failing":   {login: london, rate: rate.Rate{PerMinute: 60_000_000, First: 1, Next: 1}, money: "0.05"},
		"dollars":   {login: london2, rate: rate.Rate{PerMinute: 7_654_321, AttemptFee: 11, First: 1, Next: 1}, currency: "USD", money: "1.00"},
		"cost plus": {login: guest, costPlus: true, money: "1.00"},
		"postpaid": {login: seller, rate: rate.Rate{PerMinute: 60_000_000, First: 60, Next: 60}, more: func(a *db.Account) {
			a.Payment, a.Credit = db.Postpaid, new(money.Amount(600_000))
		}},
	})
	t.Run("seconds", c["seconds"].chargesTalk)
	t.Run("minutes", c["minutes"].chargesTalk)
	t.Run("fees", c["fees"].chargesTalk)
	t.Run("postpaid", c["postpaid"].chargesTalk)
	t.Run("failing", c["failing"].chargesNothing)
	t.Run("dollars", c["dollars"].chargesInAnotherCurrency)
	t.Run("cost plus", c["cost plus"].chargesTheRouteThatCarried)
}

// A call by the first route, hung up by the caller.
func (c *customer) chargesTalk(t *testing.T) {
	t.Parallel()
	call, b := c.call(t, "9307")
	talks(t, call, 1200*time.Millisecond)
	got := c.x.record(t, string(b))
	sale := priceOf(t, c.rate, got.Talk) + c.rate.AttemptFee
	route := firstCarrier()
	cost := route.cost(t, got.Talk)
	id := got.Start.CallID
	c.x.wantCharge(t, id, charged{By: billing.ByReport, Sale: sale, Cost: cost})
	c.x.wantPostings(t, id, c.pays(sale), route.gets(cost))
	c.wantBalance(t, sale)
	if got.Talk <= time.Second || sale == 0 {
		t.Errorf("%v of talk for %s", got.Talk, sale)
	}
}

// Calls that nobody answers cost the caller nothing, though the money for one
// that is was set aside; the provider is owed its fee for each attempt.
func (c *customer) chargesNothing(t *testing.T) {
	t.Parallel()
	x := c.x
	for ending, want := range map[string]billing.Disposition{
		"0486": billing.Busy, "9301": billing.NoAnswer, "9302": billing.Cancelled, "0503": billing.Failed,
	} {
		call, b := c.call(t, ending)
		x.offered(t, "VoxBeam", string(b))
		if want == billing.Cancelled {
			if got := c.balance(t); got.Held != c.paid || got.Calls != 1 {
				t.Errorf("%s held for %d calls while it rings, want all the %s", got.Held, got.Calls, c.paid)
			}
			if err := call.Cancel(soon(t)); err != nil {
				t.Fatal(err)
			}
		} else if err := call.WaitAnswer(soon(t)); err == nil {
			t.Errorf("%s: answered", want)
		}
		got := x.record(t, string(b))
		if got.Disposition != want {
			t.Errorf("%s, want %s", got.Disposition, want)
		}
		var entries []string
		cost := money.Amount(0)
		for _, a := range got.Attempts {
			for _, v := range []carrier{firstCarrier(), secondCarrier()} { // the others charge no fee
				if a.Key == v.key || a.ProviderID == v.id && v.id == 7 {
					entries = append(entries, v.gets(attemptFee))
					cost += v.base(t, attemptFee)
				}
			}
		}
		if want == billing.Failed && len(entries) < 2 {
			t.Errorf("attempts %+v", got.Attempts)
		}
		x.wantCharge(t, got.Start.CallID, charged{By: billing.ByReport, Cost: cost})
		x.wantPostings(t, got.Start.CallID, entries...)
		c.wantBalance(t, 0)
	}
}

// The tariff is in dollars, the account in euro: converted once, by the rates
// that are kept with the call.
func (c *customer) chargesInAnotherCurrency(t *testing.T) {
	t.Parallel()
	call, b := c.call(t, "9307")
	talks(t, call, 1200*time.Millisecond)
	got := c.x.record(t, string(b))
	route := firstCarrier()
	sale, cost := inEuro(c.rate, dollar, got.Talk), route.cost(t, got.Talk)
	id := got.Start.CallID
	c.x.wantCharge(t, id, charged{By: billing.ByReport, Sale: sale, Cost: cost})
	c.x.wantPostings(t, id, c.pays(sale), route.gets(cost))
	c.wantBalance(t, sale)

	terms := c.x.terms(t, id)
	if p := terms.Sale; p == nil || p.From != dollar || p.To != euro || p.CardCurrencyID != 122 || p.CurrencyID != 156 || p.Deck == 0 || p.Prefix != "7" {
		t.Errorf("sold by %+v", p)
	}
	if terms.Base != dollar || len(terms.Routes) != 1 {
		t.Errorf("terms %+v", terms)
	}
}

// terms are what a call was charged by.
func (x *exchange) terms(t *testing.T, id string) (terms billing.Terms) {
	t.Helper()
	var text []byte
	if err := x.sql.QueryRowContext(soon(t), `SELECT terms FROM calls WHERE call_id = ?`, id).Scan(&text); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &terms); err != nil {
		t.Fatal(err)
	}
	return terms
}

// At cost plus a call is sold by the price of the route that carried it, and
// each provider gets what its attempt costs.
func (c *customer) chargesTheRouteThatCarried(t *testing.T) {
	t.Parallel()
	call, b := c.call(t, "5503") // the first carrier fails
	talks(t, call, 1200*time.Millisecond)
	c.x.wantOffers(t, string(b), "VoxBeam 0011103"+string(b), "WestCall "+string(b))
	got := c.x.record(t, string(b))
	failed, carried := firstCarrier(), secondCarrier()
	sold, err := carried.rate.CostPlus(markupPercent, markupPerMinute)
	if err != nil || sold.PerMinute != 93_950_000 || sold.AttemptFee != 313 {
		t.Fatalf("%+v, %v", sold, err)
	}
	sale, cost := inEuro(sold, carried.fx, got.Talk), carried.cost(t, got.Talk)
	id := got.Start.CallID
	c.x.wantCharge(t, id, charged{By: billing.ByReport, Sale: sale, Cost: attemptFee + carried.base(t, cost)})
	c.x.wantPostings(t, id, c.pays(sale), failed.gets(attemptFee), carried.gets(cost))
	c.wantBalance(t, sale)
	if n := len(c.x.terms(t, id).Routes); n != 2 {
		t.Errorf("the terms of %d routes are kept, want those of the two that were tried", n)
	}
}
