//go:build e2e

package e2e_test

import (
	"errors"
	"testing"
	"time"

	"tandem/billing"
	"tandem/billing/rate"
	"tandem/db"
	"tandem/internal/money"
	"tandem/play/sip"
)

// Talk is paid slice by slice: this long at a time, the next one asked for so
// long before the end, the caller told so long before the last end.
const (
	slice     = 8 * time.Second
	sliceLead = 4 * time.Second
	sliceWarn = 3 * time.Second
)

// cent is the price of a second.
func cent() rate.Rate { return rate.Rate{PerMinute: 60_000_000, First: 1, Next: 1} }

const aCent money.Amount = 10_000

func TestMoneySliceBySlice(t *testing.T) {
	t.Parallel()
	x := own(t, paying(slice, sliceLead, sliceWarn, 15*time.Second))
	x.chargesFees(t)
	x.inLine(t)
	spends := func(limit money.Amount) func(*db.Account) {
		return func(a *db.Account) { a.DailyLimit = &limit }
	}
	c := x.customers(t, map[string]deal{
		"money ends":   {login: moscow, rate: cent(), money: "0.10"},
		"topped up":    {login: other, rate: cent(), money: "0.06"},
		"switched off": {login: duty, rate: cent(), money: "9.00"},
		"call limit":   {login: london, rate: cent(), money: "9.00", more: func(a *db.Account) { a.CallLimit = new(9 * aCent) }},
		"daily limit":  {login: london2, rate: cent(), money: "9.00", more: spends(9 * aCent)},
		"credit ends":  {login: guest, rate: cent(), more: func(a *db.Account) { a.Payment, a.Credit = db.Postpaid, new(9*aCent) }},
		"no end":       {login: seller, rate: cent(), more: func(a *db.Account) { a.Payment = db.Postpaid }},
	})
	// Each is warned once in its last slice, and the one that is topped up before
	// it goes on.
	ok := t.Run("calls", func(t *testing.T) {
		for name, paid := range map[string]time.Duration{
			"money ends": 10 * time.Second, "call limit": 9 * time.Second, "daily limit": 9 * time.Second, "credit ends": 9 * time.Second,
		} {
			t.Run(name, func(t *testing.T) { t.Parallel(); c[name].talksFor(t, paid) })
		}
		t.Run("topped up", c["topped up"].goesOnAfterTopUp)
		t.Run("switched off", c["switched off"].endsWithItsSlice)
		t.Run("no end", c["no end"].talksOn)
	})
	x.balanced(t)
	if !ok {
		return
	}
	const warned = 6 // all but the one without an end
	if got := metric(t, x.Nodes[0], "tandem_low_money_warnings_total"); got != warned {
		t.Errorf("%v warnings, want one for each of %d callers", got, warned)
	}
	if got := metric(t, x.Nodes[0], `tandem_hold_extensions_total{outcome="granted"}`); got < 5 {
		t.Errorf("%v slices were granted", got)
	}
	// One may have met a disk that took its time; it was asked for again.
	if got := metric(t, x.Nodes[0], `tandem_hold_extensions_total{outcome="failed"}`); got > 1 {
		t.Errorf("%v requests for a slice failed", got)
	}
}

// talksFor is a call that nobody hangs up: it ends with what is paid for, after a
// warning, and the caller hears why.
func (c *customer) talksFor(t *testing.T, paid time.Duration) {
	t.Helper()
	call, b, id := c.up(t)
	if err := call.WaitEnded(soon(t)); err != nil {
		t.Fatal(err)
	}
	c.wasCut(t, call, string(b), id, paid)
	c.wantBalance(t, money.Amount(paid/time.Second)*aCent)
}

// wasCut checks a call that the limit has ended.
func (c *customer) wasCut(t *testing.T, call *sip.Call, b, id string, paid time.Duration) {
	t.Helper()
	x := c.x
	got, leg := x.record(t, b), x.ended(t, "VoxBeam", b)
	sale, cost := money.Amount(paid/time.Second)*aCent, firstCarrier().cost(t, got.Talk)
	x.wantCharge(t, id, charged{By: billing.ByReport, Sale: sale, Cost: cost, Cut: true})
	x.wantPostings(t, id, c.pays(sale), firstCarrier().gets(cost))
	if got.HangupBy != billing.SideUs {
		t.Errorf("hung up by %s", got.HangupBy)
	}
	for who, talk := range map[string]time.Duration{"record": got.Talk, "carrier": leg.Talk()} {
		if talk > paid+busyCores || talk < paid-slack/4 {
			t.Errorf("%s: talked %v of %v that are paid", who, talk, paid)
		}
	}
	// A beep before the end, where a node lived to give it, the announcement after it.
	if after := call.Result().EndedAt.Sub(leg.EndedAt); after < 500*time.Millisecond || after > reportTime+slack {
		t.Errorf("the caller was held %v after the called party left", after)
	}
	if heard := time.Duration(call.SoundPackets()) * 20 * time.Millisecond; heard < announced {
		t.Errorf("the caller heard %v of the announcement, with the warning", heard)
	}
}

// announced is more sound than the beep has, and well below the 760 ms of the
// announcement: packets come late when all cores are taken.
const announced = 500 * time.Millisecond

// busyCores is how much later than it should a limit may strike on a machine
// whose cores are all taken. It is ours to bear: what is paid bounds the charge.
const busyCores = slack / 4

// Money that comes in during the last slice lets the call go on.
func (c *customer) goesOnAfterTopUp(t *testing.T) {
	t.Parallel()
	call, b, id := c.up(t)
	eventually(t, patience, func() error {
		if n := call.SoundPackets(); n == 0 {
			return errors.New("not warned yet")
		}
		return nil
	})
	c.topUp(t, "1.00")
	talks(t, call, 8*time.Second)
	got := c.x.record(t, string(b))
	if got.HangupBy != billing.SideCaller || got.Talk < 7*time.Second {
		t.Errorf("talked %v, hung up by %s", got.Talk, got.HangupBy)
	}
	sale, cost := priceOf(t, c.rate, got.Talk), firstCarrier().cost(t, got.Talk)
	c.x.wantCharge(t, id, charged{By: billing.ByReport, Sale: sale, Cost: cost})
	c.wantBalance(t, sale)
}

// An account that is switched off pays for nothing more, whatever it has.
func (c *customer) endsWithItsSlice(t *testing.T) {
	t.Parallel()
	call, b, id := c.up(t)
	c.set(t, func(a *db.Account) { a.Enabled = false })
	if err := call.WaitEnded(soon(t)); err != nil {
		t.Fatal(err)
	}
	c.wasCut(t, call, string(b), id, slice)
	c.wantBalance(t, money.Amount(slice/time.Second)*aCent)
}

// Who may spend without a limit has no slices: the call ends when it is hung up,
// and is charged like any other.
func (c *customer) talksOn(t *testing.T) {
	t.Parallel()
	call, b := c.call(t, "9307")
	talks(t, call, slice+time.Second)
	got := c.x.record(t, string(b))
	sale, cost := priceOf(t, c.rate, got.Talk), firstCarrier().cost(t, got.Talk)
	c.x.wantCharge(t, got.Start.CallID, charged{By: billing.ByReport, Sale: sale, Cost: cost})
	c.wantBalance(t, sale)
}
