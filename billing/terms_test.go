package billing_test

import (
	"encoding/json"
	"errors"
	"math/big"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/billing"
	"tandem/billing/rate"
	"tandem/internal/money"
)

const (
	unit = money.Amount(1_000_000)
	cent = unit / 100
	euro = money.FX(100_000_000) // one to one
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) // a Monday

// priceOf sells in the currency of the card, one to one.
func priceOf(r rate.Rate) *billing.Price {
	return &billing.Price{Card: rate.Card{Rates: []rate.Rate{r}}, CurrencyID: 1, From: euro, To: euro}
}

func perMinute(cents int64, first, next int32) rate.Rate {
	return rate.Rate{PerMinute: money.Rate(cents) * 1_000_000, First: first, Next: next}
}

func drawRate(t *rapid.T) rate.Rate {
	n := func(high int64, name string) int64 { return rapid.Int64Range(0, high).Draw(t, name) }
	return rate.Rate{
		PerMinute: money.Rate(n(2_000_000_000, "per minute")), ConnectionFee: money.Amount(n(2_000_000, "fee")), Minimum: money.Amount(n(2_000_000, "minimum")),
		AttemptFee: money.Amount(n(100_000, "attempt fee")), First: int32(1 + n(120, "first")), Next: int32(1 + n(120, "next")),
		Grace: int32(n(9, "grace")), Free: int32(n(60, "free")),
	}
}

func drawFX(t *rapid.T, name string) money.FX {
	return money.FX(rapid.Int64Range(1_000, 20_000_000_000).Draw(t, name))
}

// modelSum is the charge by the rules as they are written down, in fractions.
func modelSum(r rate.Rate, from, to money.FX, talk time.Duration, attempts int) money.Amount {
	sum := new(big.Rat)
	seconds := int64((talk + time.Second - 1) / time.Second)
	if seconds > int64(r.Grace) {
		billed := int64(0)
		if left := seconds - int64(r.Free); left > 0 {
			for billed = int64(r.First); billed < left; billed += int64(r.Next) {
			}
		}
		sum.SetFrac64(int64(r.PerMinute), 100_000_000)
		sum.Mul(sum, big.NewRat(billed, 60))
		sum.Add(sum, big.NewRat(int64(r.ConnectionFee), 1_000_000))
		if least := big.NewRat(int64(r.Minimum), 1_000_000); sum.Cmp(least) < 0 {
			sum = least
		}
	}
	sum.Add(sum, big.NewRat(int64(r.AttemptFee)*int64(attempts), 1_000_000))
	sum.Mul(sum, big.NewRat(int64(to), int64(from)))
	// Half up to a millionth.
	sum.Mul(sum, big.NewRat(1_000_000, 1))
	sum.Add(sum, big.NewRat(1, 2))
	return money.Amount(new(big.Int).Quo(sum.Num(), sum.Denom()).Int64())
}

func TestSumIsTheRuleInFractions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := drawRate(t)
		p := priceOf(r)
		p.From, p.To = drawFX(t, "from"), drawFX(t, "to")
		talk := time.Duration(rapid.Int64Range(0, 4*3600_000).Draw(t, "talk")) * time.Millisecond
		attempts := rapid.IntRange(0, 5).Draw(t, "attempts")
		want := modelSum(r, p.From, p.To, talk, attempts)
		if got, err := p.Sum(noon, talk, attempts); err != nil || got != want {
			t.Fatalf("%+v for %s: %s, %v; want %s", r, talk, got, err, want)
		}
	})
}

func TestSumWithoutExchangeRates(t *testing.T) {
	t.Parallel()
	for _, fx := range [][2]money.FX{{0, euro}, {euro, 0}, {-1, euro}} {
		p := priceOf(perMinute(60, 1, 1))
		p.From, p.To = fx[0], fx[1]
		if _, err := p.Sum(noon, time.Minute, 1); !errors.Is(err, billing.ErrTerms) {
			t.Errorf("%v: %v", fx, err)
		}
	}
}

// Affords is the longest talk that the budget pays for, at whatever moment the
// call is answered and whichever route carries it: no second less, none more.
func TestAffordsIsTheLongestTalk(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var terms billing.Terms
		draw := func(name string) *billing.Price {
			p := priceOf(drawRate(t))
			p.From, p.To = drawFX(t, name+" from"), drawFX(t, name+" to")
			return p
		}
		if rapid.Bool().Draw(t, "cost plus") {
			terms.Routes = []billing.RouteTerms{{Key: "1.c.a1", Sale: draw("first")}, {Key: "2.c.a2", Sale: draw("second")}, {Key: "3.c.a3"}}
		} else {
			terms.Sale = draw("sale")
		}
		budget := money.Amount(rapid.Int64Range(0, 50_000_000).Draw(t, "budget"))
		want := time.Duration(rapid.Int64Range(0, 3600).Draw(t, "want")) * time.Second
		last := noon.Add(time.Minute)
		talk, err := terms.Affords(noon, last, budget, want)
		if err != nil || talk < 0 || talk > want || talk%time.Second != 0 {
			t.Fatalf("%s of %s, %v", talk, want, err)
		}
		if talk > 0 {
			if sum, err := terms.Dearest(noon, last, talk); err != nil || sum > budget {
				t.Fatalf("%s cost %s of %s, %v", talk, sum, budget, err)
			}
		}
		if talk < want {
			if sum, err := terms.Dearest(noon, last, talk+time.Second); err != nil || sum <= budget {
				t.Fatalf("only %s, yet a second more costs %s of %s, %v", talk, sum, budget, err)
			}
		}
	})
}

// Fee and price are rounded together, once: two sums that each round to nothing
// come to a millionth, and that is not there.
func TestAffordsRoundsOnce(t *testing.T) {
	t.Parallel()
	p := priceOf(rate.Rate{PerMinute: 6000, AttemptFee: 1, First: 1, Next: 1}) // a millionth a second
	p.To = euro * 2 / 5
	terms := billing.Terms{Sale: p}
	if talk, err := terms.Affords(noon, noon, 0, time.Minute); err != nil || talk != 0 {
		t.Errorf("nothing pays for %s, %v", talk, err)
	}
	// A budget of the fee alone pays for what is free.
	free := perMinute(60, 1, 1)
	free.AttemptFee, free.Free = 5*cent, 30
	terms.Sale = priceOf(free)
	if talk, err := terms.Affords(noon, noon, 5*cent, time.Minute); err != nil || talk != 30*time.Second {
		t.Errorf("the fee pays for %s, %v", talk, err)
	}
}

// A call that may be answered before or after prices change is held at the dearer.
func TestDearestLooksAtBothEnds(t *testing.T) {
	t.Parallel()
	day, night := perMinute(120, 1, 1), perMinute(60, 1, 1)
	day.Window = rate.Window{Start: 9 * 60, End: 18 * 60}
	p := priceOf(night)
	p.Card.Rates = []rate.Rate{day, night}
	terms := billing.Terms{Sale: p}
	for _, c := range []struct {
		first, last time.Time
		want        money.Amount
	}{
		{noon, noon.Add(time.Minute), 120 * cent},
		{noon.Add(-5 * time.Hour), noon.Add(-5*time.Hour + time.Minute), 60 * cent},
		{noon.Add(-3*time.Hour - time.Minute), noon.Add(-3 * time.Hour), 120 * cent},
		{noon.Add(6*time.Hour - 30*time.Second), noon.Add(6*time.Hour + 30*time.Second), 90 * cent},
	} {
		if got, err := terms.Dearest(c.first, c.last, time.Minute); err != nil || got != c.want {
			t.Errorf("from %s to %s: %s, %v; want %s", c.first.Format(time.TimeOnly), c.last.Format(time.TimeOnly), got, err, c.want)
		}
	}
}

func TestTermsKnowWhoPaysByWhat(t *testing.T) {
	t.Parallel()
	flat, first := priceOf(perMinute(60, 1, 1)), priceOf(perMinute(90, 1, 1))
	for name, c := range map[string]struct {
		terms billing.Terms
		sold  bool
		by    map[string]*billing.Price // route -> price
	}{
		"not sold":  {billing.Terms{Routes: []billing.RouteTerms{{Key: "a", Cost: flat}}}, false, map[string]*billing.Price{"a": nil, "": nil}},
		"one price": {billing.Terms{Sale: flat, Routes: []billing.RouteTerms{{Key: "a"}}}, true, map[string]*billing.Price{"a": flat, "b": flat, "": flat}},
		"cost plus": {billing.Terms{Routes: []billing.RouteTerms{{Key: "a", Sale: first}, {Key: "b"}}}, true, map[string]*billing.Price{"a": first, "b": nil, "c": nil}},
	} {
		if got := c.terms.Sold(); got != c.sold {
			t.Errorf("%s: sold %t", name, got)
		}
		for key, want := range c.by {
			if got := c.terms.SaleBy(key); got != want {
				t.Errorf("%s: by %q at %+v", name, key, got)
			}
		}
	}
}

func TestRunningIsTheDearestSoFar(t *testing.T) {
	t.Parallel()
	terms := billing.Terms{Routes: []billing.RouteTerms{{Key: "a", Sale: priceOf(perMinute(60, 1, 1))}, {Key: "b", Sale: priceOf(perMinute(90, 1, 1))}}}
	if cost, currency, sold := terms.Running(noon, 30*time.Second); cost != 45*cent || currency != 1 || !sold {
		t.Errorf("%s of %d, sold %t", cost, currency, sold)
	}
	if cost, _, sold := (&billing.Terms{}).Running(noon, time.Hour); cost != 0 || sold {
		t.Errorf("%s, sold %t", cost, sold)
	}
}

// Terms are kept as text with the hold, and used by another node months later.
func TestTermsAreKept(t *testing.T) {
	t.Parallel()
	moscow, err := time.LoadLocation("Europe/Moscow")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		p := priceOf(drawRate(t))
		p.From, p.To, p.Deck, p.Prefix = drawFX(t, "from"), drawFX(t, "to"), 7, "7495"
		if rapid.Bool().Draw(t, "windows") {
			day := drawRate(t)
			day.Window = rate.Window{Days: 0x1f, Start: 9 * 60, End: 18 * 60}
			day.Steps[0] = rate.Step{After: 300, PerMinute: 5_000_000}
			p.Card.Rates, p.Card.Zone = []rate.Rate{day, p.Card.Rates[0]}, moscow
		}
		terms := billing.Terms{Base: euro, Sale: p, Routes: []billing.RouteTerms{{Key: "1.c.a1", Cost: p}, {Key: "2.c.a2", Sale: p}}}
		text, err := json.Marshal(billing.Start{CallID: "a-1", Hold: &billing.Hold{CallID: "a-1", Amount: cent, Paid: time.Minute, Limited: true, Terms: terms, BeganAt: noon}})
		if err != nil {
			t.Fatal(err)
		}
		var start billing.Start
		if err := json.Unmarshal(text, &start); err != nil {
			t.Fatal(err)
		}
		kept := start.Hold
		if kept.Amount != cent || kept.Paid != time.Minute || !kept.Limited || !kept.BeganAt.Equal(noon) || kept.Terms.Base != euro || len(kept.Terms.Routes) != 2 {
			t.Fatalf("%s", text)
		}
		answered := noon.Add(time.Duration(rapid.Int64Range(0, 7*24*3600).Draw(t, "answered")) * time.Second)
		talk := time.Duration(rapid.Int64Range(0, 7200).Draw(t, "talk")) * time.Second
		want, err1 := p.Sum(answered, talk, 1)
		for _, q := range []*billing.Price{kept.Terms.Sale, kept.Terms.Routes[0].Cost, kept.Terms.Routes[1].Sale} {
			if got, err2 := q.Sum(answered, talk, 1); got != want || err1 != nil || err2 != nil {
				t.Fatalf("%s, was %s: %v, %v", got, want, err1, err2)
			}
		}
	})
}

func TestUsedTermsAreThoseOfTheRoutesTried(t *testing.T) {
	t.Parallel()
	terms := billing.Terms{Base: 5, Sale: priceOf(perMinute(60, 1, 1)), Routes: []billing.RouteTerms{{Key: "a"}, {Key: "b"}, {Key: "c"}}}
	used := terms.Used([]string{"c", "a", "c", "x"})
	if used.Sale != terms.Sale || used.Base != 5 || len(used.Routes) != 2 || used.Routes[0].Key != "a" || used.Routes[1].Key != "c" {
		t.Fatalf("%+v", used)
	}
}
