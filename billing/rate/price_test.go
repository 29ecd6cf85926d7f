package rate_test

import (
	"errors"
	"math/big"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/billing/rate"
	"tandem/internal/money"
)

// The exact model counts increments one by one and divides with big.Rat.
func TestPriceAgainstExactModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := rate.Rate{
			PerMinute:     money.Rate(rapid.Int64Range(0, 1e12).Draw(t, "per minute")),
			ConnectionFee: money.Amount(rapid.Int64Range(0, 1e9).Draw(t, "fee")),
			First:         rapid.Int32Range(1, 3600).Draw(t, "first"),
			Next:          rapid.Int32Range(1, 3600).Draw(t, "next"),
		}
		talk := time.Duration(rapid.Int64Range(0, int64(6*time.Hour)).Draw(t, "talk"))
		got, err := r.Price(talk)
		if err != nil {
			t.Fatal(err)
		}
		if want := model(r, talk); int64(got) != want {
			t.Fatalf("%+v for %s: %d, want %d", r, talk, got, want)
		}
	})
}

func model(r rate.Rate, talk time.Duration) int64 {
	if talk == 0 {
		return 0
	}
	billed := int64(r.First)
	for time.Duration(billed)*time.Second < talk {
		billed += int64(r.Next)
	}
	exact := big.NewRat(int64(r.PerMinute), 100)
	exact.Mul(exact, big.NewRat(billed, 60))
	exact.Add(exact, big.NewRat(1, 2))
	floor := new(big.Int).Div(exact.Num(), exact.Denom())
	return floor.Int64() + int64(r.ConnectionFee)
}

func TestPriceRefusesImpossibleTalk(t *testing.T) {
	t.Parallel()
	r := rate.Rate{PerMinute: 1, First: 1, Next: 1}
	for _, talk := range []time.Duration{-1, rate.MaxTalk + 1} {
		if _, err := r.Price(talk); !errors.Is(err, rate.ErrTalk) {
			t.Errorf("talk %s: %v", talk, err)
		}
	}
}

func TestPriceDoesNotAllocate(t *testing.T) {
	r := rate.Rate{PerMinute: 1_000_000, First: 60, Next: 60}
	if n := testing.AllocsPerRun(100, func() { _, _ = r.Price(time.Hour) }); n != 0 {
		t.Fatalf("%v allocations", n)
	}
}

func TestValidAt(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	r := rate.Rate{From: day, To: day.Add(time.Hour)}
	for at, want := range map[time.Time]bool{
		day.Add(-1): false, day: true, day.Add(time.Hour - 1): true, day.Add(time.Hour): false,
	} {
		if r.ValidAt(at) != want {
			t.Errorf("at %s: %t", at, !want)
		}
	}
	if !(rate.Rate{}).ValidAt(day) {
		t.Error("a rate without dates is always valid")
	}
}
