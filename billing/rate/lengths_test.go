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

func drawLengths(t *rapid.T) *rate.Lengths {
	counts := rapid.MapOfN(rapid.Int32Range(1, 7200), rapid.Uint64Range(1, 1e6), 1, 30).Draw(t, "counts")
	l, err := rate.NewLengths(counts)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func drawRate(t *rapid.T) rate.Rate {
	return rate.Rate{
		PerMinute:     money.Rate(rapid.Int64Range(0, 1e12).Draw(t, "per minute")),
		ConnectionFee: money.Amount(rapid.Int64Range(0, 1e9).Draw(t, "fee")),
		Minimum:       money.Amount(rapid.SampledFrom([]int64{0, 0, 1, 50_000, 1e9}).Draw(t, "minimum")),
		AttemptFee:    money.Amount(rapid.Int64Range(0, 1e6).Draw(t, "attempt fee")),
		First:         rapid.Int32Range(1, 3600).Draw(t, "first"),
		Next:          rapid.Int32Range(1, 3600).Draw(t, "next"),
		Grace:         rapid.SampledFrom([]int32{0, 0, 0, 6, 60}).Draw(t, "grace"),
		Free:          rapid.SampledFrom([]int32{0, 0, 0, 1, 60, 3600}).Draw(t, "free"),
		Steps:         drawSteps(t),
	}
}

func drawSteps(t *rapid.T) (steps [rate.MaxSteps]rate.Step) {
	after := int32(0)
	for i := range rapid.SampledFrom([]int{0, 0, 0, 1, 2}).Draw(t, "steps") {
		after += rapid.Int32Range(1, 3600).Draw(t, "after")
		steps[i] = rate.Step{After: after, PerMinute: money.Rate(rapid.Int64Range(0, 1e12).Draw(t, "step's price"))}
	}
	return steps
}

// expectExact is the expected price by its definition, in 1e-6: every length's
// price as a fraction, times its share.
func expectExact(l *rate.Lengths, r rate.Rate) *big.Rat {
	sum := new(big.Rat)
	for _, p := range l.Points() {
		price := modelPrice(rate.Card{Rates: []rate.Rate{r}}, time.Time{}, time.Duration(p.Seconds)*time.Second)
		price.Mul(price, big.NewRat(1_000_000, 1))
		sum.Add(sum, price.Mul(price, big.NewRat(int64(p.Weight), rate.Weight)))
	}
	return sum.Add(sum, new(big.Rat).SetInt64(int64(r.AttemptFee)))
}

func TestExpectedPriceAgainstExactModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l, r := drawLengths(t), drawRate(t)
		from := money.FX(rapid.Int64Range(1, 1e12).Draw(t, "from"))
		to := money.FX(rapid.Int64Range(1, 1e12).Draw(t, "to"))
		got, err := l.Expect(&r, l.Billed(r.First, r.Next)).In(from, to)
		if errors.Is(err, money.ErrOverflow) {
			t.Skip("out of range")
		}
		if err != nil {
			t.Fatal(err)
		}
		want := expectExact(l, r)
		want.Mul(want, big.NewRat(int64(to), int64(from)))
		down := new(big.Int).Div(want.Num(), want.Denom())
		up := new(big.Int).Set(down)
		if !want.IsInt() {
			up.Add(up, big.NewInt(1))
		}
		half := new(big.Rat).Add(want, big.NewRat(1, 2))
		nearest := new(big.Int).Div(half.Num(), half.Denom())
		if int64(got.Down) != down.Int64() || int64(got.Nearest) != nearest.Int64() || int64(got.Up) != up.Int64() {
			t.Fatalf("%+v over %v from %d to %d: %+v, want %s, %s, %s", r, l.Points(), from, to, got, down, nearest, up)
		}
	})
}

func TestComparisonAcrossCurrenciesIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l, a := drawLengths(t), drawRate(t)
		b := drawRate(t)
		if rapid.Bool().Draw(t, "near") {
			b = a
			b.PerMinute += money.Rate(rapid.Int64Range(0, 1).Draw(t, "difference"))
		}
		fa := money.FX(rapid.Int64Range(1, 1e12).Draw(t, "fa"))
		fb := rapid.SampledFrom([]money.FX{fa, fa + 1, 100_000_000}).Draw(t, "fb")
		got := rate.CompareFX(l.Expect(&a, l.Billed(a.First, a.Next)), fa, l.Expect(&b, l.Billed(b.First, b.Next)), fb)
		x := new(big.Rat).Quo(expectExact(l, a), new(big.Rat).SetInt64(int64(fa)))
		y := new(big.Rat).Quo(expectExact(l, b), new(big.Rat).SetInt64(int64(fb)))
		if want := x.Cmp(y); got != want {
			t.Fatalf("%+v at %d against %+v at %d: %d, want %d", a, fa, b, fb, got, want)
		}
	})
}

func TestWeightsAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sum := uint64(0)
		for _, p := range drawLengths(t).Points() {
			sum += uint64(p.Weight)
		}
		if sum != rate.Weight {
			t.Fatalf("weights add up to %d, want %d", sum, rate.Weight)
		}
	})
}

func TestNoDistribution(t *testing.T) {
	t.Parallel()
	for _, counts := range []map[int32]uint64{nil, {0: 1}, {-3: 1}, {60: 0}, {700_000: 1}, {60: 1 << 40}} {
		if _, err := rate.NewLengths(counts); !errors.Is(err, rate.ErrLengths) {
			t.Errorf("%v: %v", counts, err)
		}
	}
}

// The trade's classic: by the minute 1.00 is dearer than by the second 1.50
// where calls are short, and cheaper where they are long.
func TestIncrementsFlipTheCheaperRate(t *testing.T) {
	t.Parallel()
	minute := rate.Rate{PerMinute: 1_000_000, First: 60, Next: 60}
	second := rate.Rate{PerMinute: 1_500_000, First: 1, Next: 1}
	for seconds, want := range map[int32]int{20: 1, 40: 0, 45: -1, 170: -1} {
		l, err := rate.NewLengths(map[int32]uint64{seconds: 1})
		if err != nil {
			t.Fatal(err)
		}
		got := l.Expect(&minute, l.Billed(60, 60)).Compare(l.Expect(&second, l.Billed(1, 1)))
		if got != want {
			t.Errorf("calls of %d s: by the minute against by the second %d, want %d", seconds, got, want)
		}
	}
}

func TestExpectDoesNotAllocate(t *testing.T) {
	l, err := rate.NewLengths(map[int32]uint64{10: 1, 60: 2})
	if err != nil {
		t.Fatal(err)
	}
	r := rate.Rate{PerMinute: 1_000_000, First: 60, Next: 60, Minimum: 5}
	if n := testing.AllocsPerRun(100, func() { _, _ = l.Expect(&r, 0).In(110_000_000, 100_000_000) }); n != 0 {
		t.Fatalf("%v allocations", n)
	}
}
