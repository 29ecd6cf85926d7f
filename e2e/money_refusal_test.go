//go:build e2e

package e2e_test

import (
	"strings"
	"testing"

	"tandem/billing"
	"tandem/billing/rate"
	"tandem/db"
	"tandem/internal/money"
	"tandem/routing"
)

// A call that its account may not make or cannot pay for is refused before any
// carrier hears of it; the caller hears why, and nobody is charged.
func (x *exchange) refusesCalls(t *testing.T) {
	minutes := rate.Rate{PerMinute: 60_000_000, First: 60, Next: 60}
	limit := func(s string) *money.Amount { return new(eur(t, s)) }
	c := x.customers(t, map[string]deal{
		"money":  {login: moscow, rate: minutes, money: "0.599999"},
		"number": {login: other, rate: minutes, money: "9.00", more: func(a *db.Account) { a.AllowOnly, a.Allowed = true, []string{"44"} }},
		"day":    {login: duty, rate: minutes, money: "9.00", more: func(a *db.Account) { a.DailyLimit = limit("1.00") }},
		"call":   {login: london, rate: minutes, money: "9.00", more: func(a *db.Account) { a.CallLimit = limit("0.59") }},
		"credit": {login: london2, rate: minutes, more: func(a *db.Account) { a.Payment, a.Credit = db.Postpaid, limit("1.00") }},
		"floor":  {login: guest, rate: minutes, money: "1.00", more: func(a *db.Account) { a.Credit = limit("-0.50") }},
		"no end": {login: seller, rate: minutes, more: func(a *db.Account) { a.Payment = db.Postpaid }},
	})
	for name, test := range map[string]func(*testing.T, *customer){
		"money": func(t *testing.T, c *customer) {
			c.refused(t, 403, routing.ReasonNoMoney)
			c.wantBalance(t, 0)
		},
		"number": func(t *testing.T, c *customer) {
			c.refused(t, 403, routing.ReasonNotAllowed)
			c.set(t, func(a *db.Account) { a.Allowed, a.Blocked = []string{"7"}, []string{"7495"} })
			c.refused(t, 403, routing.ReasonBlockedB)
			c.wantBalance(t, 0)
		},
		"day":    func(t *testing.T, c *customer) { c.oneMinuteOnly(t, routing.ReasonDailyLimit) },
		"credit": func(t *testing.T, c *customer) { c.oneMinuteOnly(t, routing.ReasonNoMoney) },
		"floor": func(t *testing.T, c *customer) {
			c.refused(t, 403, routing.ReasonNoMoney)
			// The same for an account that has a tariff and no balance.
			const transit = 3
			x.exec(t, `UPDATE subscribers SET account_id = ? WHERE login = ?`, transit, c.login)
			x.change(t, `UPDATE accounts SET tariff_id = 1 WHERE id = ?`, transit)
			c.refused(t, 403, routing.ReasonNoBalance)
		},
		"call": func(t *testing.T, c *customer) {
			c.refused(t, 403, routing.ReasonCallLimit)
			c.set(t, func(a *db.Account) { a.CallLimit = limit("0.60") })
			c.oneMinute(t)
			c.wantBalance(t, 600_000)
		},
		"no end": func(t *testing.T, c *customer) {
			for n := range money.Amount(3) {
				c.oneMinute(t)
				c.wantBalance(t, (n+1)*600_000)
			}
		},
	} {
		t.Run(name, func(t *testing.T) { t.Parallel(); test(t, c[name]) })
	}
}

// oneMinuteOnly spends what there is for one call, of which there is not enough
// for two.
func (c *customer) oneMinuteOnly(t *testing.T, why routing.Reason) {
	t.Helper()
	c.oneMinute(t)
	c.refused(t, 403, why)
	c.wantBalance(t, 600_000)
}

// oneMinute is a call that costs a minute.
func (c *customer) oneMinute(t *testing.T) {
	t.Helper()
	call, b := c.call(t, "9307")
	talked(t, call)
	if got, _ := c.x.chargeOf(t, c.x.record(t, string(b)).Start.CallID); got.Sale != 600_000 {
		t.Errorf("charged %+v, want a minute", got)
	}
}

// refused is a call that is not let in.
func (c *customer) refused(t *testing.T, status int, why routing.Reason) {
	t.Helper()
	x := c.x
	call, b := c.call(t, "9307")
	refused(t, call, status)
	if n := call.EarlyMediaPackets(); n < 50 {
		t.Errorf("%d packets of early media: the announcement was not heard", n)
	}
	x.wantOffers(t, string(b))
	got := x.record(t, string(b))
	if got.Disposition != billing.Rejected || got.SIPStatus != status || len(got.Attempts) > 0 || !strings.HasPrefix(got.Start.Reason, string(why)) {
		t.Errorf("record: %+v", got)
	}
	if r := reasons(t, got); r.Refused != why {
		t.Errorf("refused for %q, want %q", r.Refused, why)
	}
	if charge, held := x.chargeOf(t, got.Start.CallID); charge.Sold || held.Valid || charge.Error != "" {
		t.Errorf("charged %+v, %+v held", charge, held)
	}
	x.wantPostings(t, got.Start.CallID)
}
