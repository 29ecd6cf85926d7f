//go:build e2e

package e2e_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"tandem/billing/rate"
	"tandem/db"
	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/play/sip"
	"tandem/routing"
)

// Calls of many at once: what they spend together, and when each is cut.
func TestMoneyOfManyCalls(t *testing.T) {
	t.Parallel()
	x := own(t, paying(5*time.Second, 2*time.Second, time.Second, 15*time.Second))
	x.inLine(t)
	if t.Run("one balance", x.spendsNoMoreThanThereIs) {
		t.Run("end of talk", x.fallsSilentInTime)
	}
	x.balanced(t)
}

// dear is a price by which seconds count: a quarter of a euro.
func dear() rate.Rate { return rate.Rate{PerMinute: 15_0000_0000, First: 1, Next: 1} }

const quarter money.Amount = 250_000

// A hundred calls, two dozen at once, want more than twice the 10.00 that there
// are. They get them, and not a millionth more.
func (x *exchange) spendsNoMoreThanThereIs(t *testing.T) {
	const calls, hold = 100, 1500 * time.Millisecond
	c := x.customers(t, map[string]deal{"one": {login: moscow, rate: dear(), money: "10.00"}})["one"]
	numbers := x.manyNumbers(calls)
	watch, stop := context.WithCancel(t.Context())
	var watching sync.WaitGroup
	var lowest money.Amount
	var looks int
	var lookErr error
	watching.Go(func() { lowest, looks, lookErr = c.lowest(watch) })
	result, err := x.phone(t, c.login).Load(soon(t), sip.LoadSpec{
		Number: func(n int) string { return string(numbers[n]) }, CPS: 10, Count: calls, Hold: hold,
		SetupLimit: 3 * time.Second, // who is refused does not listen to the end
	})
	stop()
	watching.Wait()
	if err := errors.Join(err, lookErr); err != nil {
		t.Fatal(err)
	}
	var sum, wanted money.Amount
	cut, refusals := 0, 0
	for _, b := range numbers {
		got := x.record(t, string(b))
		charge, held := x.chargeOf(t, got.Start.CallID)
		if charge.Sale > held.V || charge.Sale%quarter != 0 {
			t.Errorf("call %s is charged %s of %s held", got.Start.CallID, charge.Sale, held.V)
		}
		sum += charge.Sale
		wanted += priceOf(t, c.rate, hold)
		if charge.Cut {
			cut++
		}
		if reasons(t, got).Refused == routing.ReasonNoMoney {
			refusals++
		}
	}
	c.wantBalance(t, sum)
	if sum > c.paid || lowest < 0 {
		t.Errorf("spent %s of %s; the balance less what is held was %s at its lowest", sum, c.paid, lowest)
	}
	if sum < c.paid-quarter || looks < 100 || refusals == 0 {
		t.Errorf("spent %s of %s, looked %d times, %d refused: that proves little", sum, c.paid, looks, refusals)
	}
	t.Logf("%d calls, at most %d at once, wanted %s of %s: %d answered (%d cut), %d refused for it, %s spent; lowest in %d looks: %s",
		calls, result.MaxActive, wanted, c.paid, result.Answered, cut, refusals, sum, looks, lowest)
}

func (x *exchange) manyNumbers(n int) []e164.Number {
	list := make([]e164.Number, n)
	for i := range list {
		list[i] = x.number("9307")
	}
	return list
}

// lowest looks again and again at what an account has left until ctx ends.
func (c *customer) lowest(ctx context.Context) (lowest money.Amount, looks int, err error) {
	lowest = c.paid
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		list, err := c.x.records.Balances(ctx, []int64{c.id})
		switch {
		case ctx.Err() != nil:
			return lowest, looks, nil
		case err != nil:
			return lowest, looks, err
		}
		lowest = min(lowest, list[0].Balance-list[0].Held)
		looks++
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}

// Fifty calls talk for what one call of their account may cost: a slice, and a
// second more that was paid meanwhile. How soon after their last paid second the
// line is silent is what this measures.
func (x *exchange) fallsSilentInTime(t *testing.T) {
	const calls, atOnce, paid = 50, 25, 6 * time.Second
	c := x.customers(t, map[string]deal{
		"limited": {login: other, rate: dear(), money: "500.00", more: func(a *db.Account) { a.CallLimit = new(6 * quarter) }},
	})["limited"]
	numbers := x.manyNumbers(calls)
	for some := range slices.Chunk(numbers, atOnce) {
		result, err := x.phone(t, c.login).Load(soon(t), sip.LoadSpec{
			Number: func(n int) string { return string(some[n]) }, CPS: 12, Count: len(some), Hold: 3 * paid,
		})
		if err != nil || result.Answered != len(some) || result.Dropped != len(some) {
			t.Fatalf("%+v, %v", result, err)
		}
	}
	var recorded, silent []time.Duration
	for _, b := range numbers {
		got, leg := x.record(t, string(b)), x.ended(t, "VoxBeam", string(b))
		if charge, _ := x.chargeOf(t, got.Start.CallID); charge.Sale != 6*quarter || !charge.Cut {
			t.Errorf("talked %v, charged %+v", got.Talk, charge)
		}
		if got.Talk > paid+busyCores {
			t.Errorf("talked %v of %v that are paid", got.Talk, paid)
		}
		recorded, silent = append(recorded, got.Talk-paid), append(silent, leg.Talk()-paid)
	}
	c.wantBalance(t, calls*6*quarter)
	for what, list := range map[string][]time.Duration{"by the record": recorded, "at the called party": silent} {
		slices.Sort(list)
		t.Logf("from the end of what is paid to silence, %s: least %v, p50 %v, p90 %v, max %v",
			what, list[0], list[calls/2], list[calls*9/10], list[calls-1])
	}
	if recorded[calls/2] > 0 {
		t.Errorf("half of the calls talked %v more than is paid", recorded[calls/2])
	}
}
