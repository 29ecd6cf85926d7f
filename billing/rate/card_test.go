package rate_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/billing/rate"
	"tandem/internal/money"
)

func TestCardPriceAgainstExactModel(t *testing.T) {
	t.Parallel()
	zones := zones(t)
	rapid.Check(t, func(t *rapid.T) {
		q := draw(rapidSource(t), zones)
		if told := checkPrice(q); told != "" {
			t.Fatal(told)
		}
		if told := checkAfford(rapidSource(t), q); told != "" {
			t.Fatal(told)
		}
	})
}

// TestCardPriceAtLength asks the model as often as CASES says, from SEED on;
// without them a few thousand times.
//
//	CASES=1000000 SEED=7 go test -run TestCardPriceAtLength -v ./billing/rate
func TestCardPriceAtLength(t *testing.T) {
	t.Parallel()
	cases, seed := uint64(4000), rand.Uint64()
	for name, into := range map[string]*uint64{"CASES": &cases, "SEED": &seed} {
		if v := os.Getenv(name); v != "" {
			var err error
			if *into, err = strconv.ParseUint(v, 10, 64); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
	const workers = 2
	zones := zones(t)
	var done sync.WaitGroup
	var asked [workers]uint64
	for w := range workers {
		done.Go(func() {
			random := plainSource(rand.New(rand.NewPCG(seed, uint64(w))))
			for i := uint64(w); i < cases; i += workers {
				q := draw(random, zones)
				told := checkPrice(q)
				if told == "" && i%16 == 0 {
					told = checkAfford(random, q)
				}
				if told != "" {
					t.Errorf("SEED=%d, worker %d, case %d: %s", seed, w, i, told)
					return
				}
				asked[w]++
			}
		})
	}
	done.Wait()
	t.Logf("SEED=%d: %d cases, no difference", seed, asked[0]+asked[1])
}

// checkPrice compares the exact price and what is charged with the model.
func checkPrice(q question) string {
	for i := range q.card.Rates {
		if err := q.card.Rates[i].Validate(); err != nil {
			return fmt.Sprintf("drawn wrongly: %v", err)
		}
	}
	exact, err := q.card.Price(q.answered, q.talk)
	if err != nil {
		return fmt.Sprintf("%+v: %v", q, err)
	}
	want, tooMuch := modelCharge(modelPrice(q.card, q.answered, q.talk), q.from, q.to)
	got, err := exact.In(q.from, q.to)
	if tooMuch != errors.Is(err, money.ErrOverflow) || !tooMuch && (err != nil || int64(got.Nearest) != want) {
		return fmt.Sprintf("%+v: %d, %v; want %d (too much: %t)", q, got.Nearest, err, want, tooMuch)
	}
	if len(q.card.Rates) == 1 {
		if told := checkSingle(q); told != "" {
			return told
		}
	}
	if fee, want := q.card.AttemptFee(q.answered), q.card.Rates[modelInForce(q.card, q.answered, 0)].AttemptFee; fee != want {
		return fmt.Sprintf("%+v: attempt fee %s, want %s", q, fee, want)
	}
	return ""
}

// checkSingle: a card of one rate charges what the rate does.
func checkSingle(q question) string {
	want, tooMuch := modelCharge(modelPrice(q.card, q.answered, q.talk), 1, 1)
	got, err := q.card.Rates[0].Price(q.talk)
	if tooMuch != errors.Is(err, money.ErrOverflow) || !tooMuch && (err != nil || int64(got) != want) {
		return fmt.Sprintf("%+v for %s: %d, %v; want %d", q.card.Rates[0], q.talk, got, err, want)
	}
	return ""
}

// checkAfford: the talk is paid for, and a second more is not.
func checkAfford(s source, q question) string {
	most := q.talk
	reach, tooMuch := modelCharge(modelPrice(q.card, q.answered, time.Duration(s(0, int64(most)))), q.from, q.to)
	if tooMuch {
		return ""
	}
	budget := reach + pick[int64](s, 0, 0, -1, 1)
	got := q.card.Afford(q.answered, money.Amount(budget), q.from, q.to, most)
	costs := func(talk time.Duration) (int64, bool) {
		return modelCharge(modelPrice(q.card, q.answered, talk), q.from, q.to)
	}
	if got < 0 || got > most || got%time.Second != 0 {
		return fmt.Sprintf("%+v: budget %d affords %s of %s", q, budget, got, most)
	}
	if v, over := costs(got); got > 0 && (over || v > budget) {
		return fmt.Sprintf("%+v: budget %d affords %s, which costs %d", q, budget, got, v)
	}
	if more := got + time.Second; more <= most {
		if v, over := costs(more); !over && v <= budget {
			return fmt.Sprintf("%+v: budget %d affords %s, but %s costs only %d", q, budget, got, more, v)
		}
	}
	return ""
}

func TestCardRefusesWhatCannotBePriced(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	c := rate.Card{Rates: []rate.Rate{{PerMinute: 1, First: 1, Next: 1}}}
	for _, talk := range []time.Duration{-1, rate.MaxTalk + 1} {
		if _, err := c.Price(now, talk); !errors.Is(err, rate.ErrTalk) {
			t.Errorf("talk %s: %v", talk, err)
		}
	}
	var none rate.Card
	if _, err := none.Price(now, time.Minute); !errors.Is(err, rate.ErrNoRate) {
		t.Errorf("card without rates: %v", err)
	}
	if got := none.Afford(now, 1e6, 1, 1, time.Hour); got != 0 {
		t.Errorf("card without rates affords %s", got)
	}
	if none.AttemptFee(now) != 0 || none.At(now) != (rate.Rate{}) {
		t.Error("card without rates has a fee or a rate")
	}
}

func TestAffordBounds(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	c := rate.Card{Rates: []rate.Rate{{PerMinute: 6_000_000, First: 60, Next: 60}}} // 0.06 a minute
	for _, v := range []struct {
		budget   money.Amount
		from, to money.FX
		most     time.Duration
		want     time.Duration
	}{
		{59_999, 1, 1, time.Hour, 0},
		{60_000, 1, 1, time.Hour, time.Minute},
		{119_999, 1, 1, time.Hour, time.Minute},
		{120_000, 1, 1, 90*time.Second + 1, 90 * time.Second},
		{120_000, 1, 1, 1, 0},
		{120_000, 1, 1, -time.Hour, 0},
		{-1, 1, 1, time.Hour, 0},
		{1e9, 1, 1, 1 << 62, rate.MaxTalk}, // a week costs 604.80
		{120_000, 1, 2, time.Hour, time.Minute},
		{120_000, 0, 1, time.Hour, 0},
	} {
		if got := c.Afford(now, v.budget, v.from, v.to, v.most); got != v.want {
			t.Errorf("%+v: %s", v, got)
		}
	}
}

func TestCardDoesNotAllocate(t *testing.T) {
	q := fiveWindows(t)
	if n := testing.AllocsPerRun(100, func() {
		_, _ = q.card.Price(q.answered, q.talk)
		_ = q.card.Afford(q.answered, 1_000_000, 1, 1, time.Hour)
	}); n != 0 {
		t.Fatalf("%v allocations", n)
	}
}
