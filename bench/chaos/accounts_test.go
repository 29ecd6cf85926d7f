package chaos_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/bench/chaos"
	"tandem/billing/rate"
	"tandem/internal/money"
)

// The auditor's own arithmetic and the rating rule were written apart; they agree
// to the last millionth.
func TestPricesAreThoseOfTheRatingRule(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(chaos.Prices()).Draw(t, "price")
		talk := time.Duration(rapid.Int64Range(0, int64(10*time.Minute/time.Millisecond)).Draw(t, "talk")) * time.Millisecond
		card := rate.Card{Rates: []rate.Rate{{
			PerMinute: p.PerMinute, ConnectionFee: p.Connection, Minimum: p.Minimum, AttemptFee: p.Attempt,
			First: int32(p.First), Next: int32(p.Next), Grace: int32(p.Grace), Free: int32(p.Free),
		}}}
		at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		exact, err := card.Price(at, talk)
		if err != nil {
			t.Fatal(err)
		}
		exact = exact.Plus(rate.ExactOf(card.AttemptFee(at)))
		want, err := exact.In(money.FX(100_000_000), money.FX(100_000_000))
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Charge(true, true, talk); got != int64(want.Nearest) {
			t.Fatalf("%+v for %s: %d, the rating rule makes %d", p, talk, got, want.Nearest)
		}
		if got := p.Charge(false, true, 0); got != int64(p.Attempt) {
			t.Fatalf("%+v unanswered: %d", p, got)
		}
		if got := p.Charge(false, false, 0); got != 0 {
			t.Fatalf("%+v never offered: %d", p, got)
		}
	})
}
