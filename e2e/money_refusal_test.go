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
		"floor":  {login: guest, rate: minutes, money: "1.00", more: func(a *db.Account) { a.Credit = limit("-0.400001") }},
		"no end": {login: seller, rate: minutes, more: func(a *db.Account) { a.Payment = db.Postpaid }},
	})
	t.Run("money", c["money"].lacksMoney)
	t.Run("number", c["number"].mayNotCall)
	t.Run("day", c["day"].hasSpentItsDay)
	t.Run("call", c["call"].mayNotSpendAMinute)
	t.Run("credit", c["credit"].isAtItsCreditLimit)
	t.Run("floor", c["floor"].keepsItsFloor)
	t.Run("no end", c["no end"].goesOn)
}

// It lacks a millionth.
func (c *customer) lacksMoney(t *testing.T) {
	t.Parallel()
	c.refused(t, routing.ReasonNoMoney)
	c.wantBalance(t, 0)
	c.topUp(t, "0.000001")
	c.oneMinute(t)
	c.wantBalance(t, c.paid)
}

func (c *customer) mayNotCall(t *testing.T) {
	t.Parallel()
	c.refused(t, routing.ReasonNotAllowed)
	c.set(t, func(a *db.Account) { a.Allowed, a.Blocked = []string{"7"}, []string{"7495"} })
	c.refused(t, routing.ReasonBlockedB)
	c.wantBalance(t, 0)
}

func (c *customer) hasSpentItsDay(t *testing.T) {
	t.Parallel()
	c.oneMinuteOnly(t, routing.ReasonDailyLimit)
}

func (c *customer) isAtItsCreditLimit(t *testing.T) {
	t.Parallel()
	c.oneMinuteOnly(t, routing.ReasonNoMoney)
}

func (c *customer) mayNotSpendAMinute(t *testing.T) {
	t.Parallel()
	c.refused(t, routing.ReasonCallLimit)
	c.set(t, func(a *db.Account) { *a.CallLimit = aMinute })
	c.oneMinute(t)
	c.wantBalance(t, aMinute)
}

// It may touch its floor, not a millionth more.
func (c *customer) keepsItsFloor(t *testing.T) {
	t.Parallel()
	c.refused(t, routing.ReasonNoMoney)
	c.set(t, func(a *db.Account) { *a.Credit = aMinute - c.paid })
	c.oneMinute(t)
	c.wantBalance(t, aMinute)

	// An account that has a tariff and no balance.
	const transit = 3
	c.x.exec(t, `UPDATE subscribers SET account_id = ? WHERE login = ?`, transit, c.login)
	c.x.change(t, `UPDATE accounts SET tariff_id = 1 WHERE id = ?`, transit)
	c.refused(t, routing.ReasonNoBalance)
}

func (c *customer) goesOn(t *testing.T) {
	t.Parallel()
	for n := range money.Amount(3) {
		c.oneMinute(t)
		c.wantBalance(t, (n+1)*aMinute)
	}
}

// aMinute is what a started minute costs here.
const aMinute money.Amount = 600_000

// oneMinuteOnly spends what there is for one call, of which there is not enough
// for two.
func (c *customer) oneMinuteOnly(t *testing.T, why routing.Reason) {
	t.Helper()
	c.oneMinute(t)
	c.refused(t, why)
	c.wantBalance(t, aMinute)
}

// oneMinute is a call that costs a minute.
func (c *customer) oneMinute(t *testing.T) {
	t.Helper()
	call, b := c.call(t, "9307")
	talked(t, call)
	if got, _ := c.x.chargeOf(t, c.x.record(t, string(b)).Start.CallID); got.Sale != aMinute {
		t.Errorf("charged %+v, want a minute", got)
	}
}

// refused is a call that is not let in.
func (c *customer) refused(t *testing.T, why routing.Reason) {
	t.Helper()
	const status = 403
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
