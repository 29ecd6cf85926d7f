package main

import (
	"testing"

	"tandem/internal/money"
)

func TestSumsAreShownToTheHundredth(t *testing.T) {
	for v, want := range map[money.Amount]string{
		0: "0.00", 4_999: "0.00", 5_000: "+0.01", -5_000: "-0.01", -4_999: "0.00", 12_345_678: "+12.35", -12_344_999: "-12.34", 1_000_000: "+1.00",
	} {
		if got := twoDigits(v, true); got != want {
			t.Errorf("%s: %s, want %s", v, got, want)
		}
	}
	for v, want := range map[money.Rate]string{0: "0.00", 1: "0.00000001", 1_000_000: "0.01", 12_300_000: "0.123", 250_000_000: "2.50"} {
		if got := shortPrice(v); got != want {
			t.Errorf("%s: %s, want %s", v, got, want)
		}
	}
}
