package money_test

import (
	"errors"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"tandem/internal/money"
)

func TestParseAmount(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]money.Amount{
		"0": 0, "1": 1_000_000, "-1.5": -1_500_000, "0.000001": 1, "12.3400000000": 12_340_000,
	} {
		got, err := money.ParseAmount(text)
		if err != nil || got != want {
			t.Errorf("ParseAmount(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
	for text, want := range map[string]error{
		"": money.ErrSyntax, ".5": money.ErrSyntax, "1.": money.ErrSyntax, "1e3": money.ErrSyntax, "--1": money.ErrSyntax,
		"1.-5": money.ErrSyntax, "0.0000001": money.ErrDigits, "99999999999999999999": money.ErrOverflow,
	} {
		if _, err := money.ParseAmount(text); !errors.Is(err, want) {
			t.Errorf("ParseAmount(%q): error %v, want %v", text, err, want)
		}
	}
}

func TestTextRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := money.Amount(rapid.Int64Range(-1<<62, 1<<62).Draw(t, "amount"))
		got, err := money.ParseAmount(want.String())
		if err != nil || got != want {
			t.Fatalf("%s came back as %s, %v", want, got, err)
		}
	})
}

func TestScanRefusesFloat(t *testing.T) {
	t.Parallel()
	var a money.Amount
	if err := a.Scan(1.5); !errors.Is(err, money.ErrSyntax) {
		t.Fatalf("a float was taken: %v, %v", a, err)
	}
	if err := a.Scan([]byte("1.5")); err != nil || a != 1_500_000 {
		t.Fatalf("DECIMAL text: %v, %v", a, err)
	}
}

// The exact model: big.Rat, rounded half away from zero.
func TestMulDivAgainstExactModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.Int64Range(-1<<40, 1<<40).Draw(t, "a")
		b := rapid.Int64Range(0, 1<<40).Draw(t, "b")
		c := rapid.Int64Range(1, 1<<40).Draw(t, "c")
		got, err := money.MulDiv(a, b, c)
		want := roundHalfAway(new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(a), big.NewInt(b)), big.NewInt(c)))
		if !want.IsInt64() {
			if !errors.Is(err, money.ErrOverflow) {
				t.Fatalf("%d*%d/%d: error %v, want overflow", a, b, c, err)
			}
			return
		}
		if err != nil || got != want.Int64() {
			t.Fatalf("%d*%d/%d = %d, %v; want %s", a, b, c, got, err, want)
		}
	})
}

func TestConvert(t *testing.T) {
	t.Parallel()
	usd, rub := money.FX(1_10000000), money.FX(99_00000000) // per euro
	got, err := money.Convert(9_000_000, rub, usd)
	if err != nil || got != 100_000 {
		t.Fatalf("9 RUB = %s USD, %v; want 0.100000", got, err)
	}
}

func roundHalfAway(r *big.Rat) *big.Int {
	twice := new(big.Int).Mul(r.Num(), big.NewInt(2))
	if r.Sign() < 0 {
		twice.Sub(twice, r.Denom())
	} else {
		twice.Add(twice, r.Denom())
	}
	return twice.Quo(twice, new(big.Int).Mul(r.Denom(), big.NewInt(2)))
}
