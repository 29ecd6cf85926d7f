package desk

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tandem/billing/deck"
	"tandem/billing/rate"
	"tandem/db"
	"tandem/internal/money"
)

// smallDeck draws a deck of short codes out of two digits, so that they lie in
// each other and no code is covered by longer ones.
func smallDeck(t *rapid.T, name string) []deck.Rate {
	day := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	var list []deck.Rate
	for _, prefix := range rapid.SliceOfNDistinct(rapid.StringMatching(`[12]{1,4}`), 0, 12, rapid.ID[string]).Draw(t, name) {
		from := time.Time{}
		for range rapid.IntRange(1, 2).Draw(t, "rates") {
			r := deck.Rate{Prefix: prefix, Destination: "zone " + prefix, Blocked: rapid.IntRange(0, 5).Draw(t, "blocked") == 0, Rate: rate.Rate{
				PerMinute: money.Rate(rapid.IntRange(1, 9).Draw(t, "price")) * 1_000_000, From: from,
				First: rapid.SampledFrom([]int32{1, 30, 60}).Draw(t, "first"), Next: rapid.SampledFrom([]int32{1, 6, 60}).Draw(t, "next"),
				ConnectionFee: money.Amount(rapid.IntRange(0, 2).Draw(t, "fee")) * 1000,
			}}
			if from.IsZero() && rapid.Bool().Draw(t, "ends") {
				r.To = day.AddDate(0, 0, rapid.IntRange(-1, 1).Draw(t, "end"))
			}
			list = append(list, r)
			if r.To.IsZero() {
				break
			}
			from = r.To.AddDate(0, 0, rapid.IntRange(0, 1).Draw(t, "gap"))
		}
	}
	slices.SortStableFunc(list, func(a, b deck.Rate) int { return strings.Compare(a.Prefix, b.Prefix) })
	return list
}

func asRates(list []deck.Rate) deck.Rates {
	return func(yield func(deck.Rate, error) bool) {
		for _, r := range list {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// everyNumber are all numbers of five digits out of three.
func everyNumber() []string {
	list := []string{""}
	for range 5 {
		var longer []string
		for _, n := range list {
			longer = append(longer, n+"1", n+"2", n+"3")
		}
		list = longer
	}
	return list
}

// longest are the rates of a number's longest code among those in force.
func longestCode(list []deck.Rate, number string, at time.Time) (rates []deck.Rate) {
	for r, err := range dated(asRates(list), at) {
		if err != nil || !strings.HasPrefix(number, r.Prefix) {
			continue
		}
		if len(rates) > 0 && rates[0].Prefix != r.Prefix {
			rates = nil
		}
		rates = append(rates, r)
	}
	return rates
}

// What is compared with a code is exactly what its calls pay on the other side:
// held against every number, one by one.
func TestMatchedAgainstEveryNumber(t *testing.T) {
	at := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	fx := [2]money.FX{100_000_000, 116_000_000}
	numbers := everyNumber()
	rapid.Check(t, func(t *rapid.T) {
		decks := [2][]deck.Rate{smallDeck(t, "mine"), smallDeck(t, "other")}
		call := newAverageCall(fx[1])
		add := func(s *priceSpan, rates []deck.Rate, fx money.FX) {
			for _, r := range rates {
				if r.Blocked {
					continue
				}
				price, err := call.price(&r, pricedDeck{fx: fx})
				if err != nil {
					t.Fatal(err)
				}
				s.add(price)
			}
		}
		want := map[string][2]priceSpan{}
		for _, number := range numbers {
			mine := longestCode(decks[0], number, at)
			if len(mine) == 0 {
				continue
			}
			spans := want[mine[0].Prefix]
			add(&spans[0], mine, fx[0])
			add(&spans[1], longestCode(decks[1], number, at), fx[1])
			want[mine[0].Prefix] = spans
		}
		got := map[string][2]priceSpan{}
		places := map[int]string{}
		err := eachMatch(call, at, pricedDeck{rates: asRates(decks[0]), fx: fx[0]}, pricedDeck{rates: asRates(decks[1]), fx: fx[1]}, func(m *codeMatch) {
			got[m.prefix] = [2]priceSpan{m.own, m.other}
			places[m.n] = m.prefix
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(priceSpan{})); diff != "" {
			t.Fatalf("mine %v\nother %v\n(-want +got):\n%s", decks[0], decks[1], diff)
		}
		for i, prefix := range slices.Sorted(maps.Keys(got)) {
			if places[i] != prefix {
				t.Fatalf("code %s is not in place %d: %v", prefix, i, places)
			}
		}
	})
}

// Every call is counted once, at the longest code that either deck has for it.
func TestTrafficIsSharedOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		decks := [2][]deck.Rate{smallDeck(t, "live"), smallDeck(t, "sheet")}
		var list []db.Traffic
		for i, n := range rapid.SliceOfNDistinct(rapid.StringMatching(`[123]{1,5}`), 0, 20, rapid.ID[string]).Draw(t, "numbers") {
			list = append(list, db.Traffic{Prefix: n, Calls: 1, Seconds: int64(i)})
		}
		slices.SortFunc(list, func(a, b db.Traffic) int { return strings.Compare(a.Prefix, b.Prefix) })
		want := make([]uint8, len(list))
		for i, n := range list {
			for _, r := range slices.Concat(decks[0], decks[1]) {
				if strings.HasPrefix(n.Prefix, r.Prefix) {
					want[i] = max(want[i], uint8(len(r.Prefix)))
				}
			}
		}
		got := make([]uint8, len(list))
		for _, d := range decks {
			if err := deepen(got, list, asRates(d)); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%v: (-want +got):\n%s", list, diff)
		}
	})
}

func TestNearestName(t *testing.T) {
	list := []Named{{8, "VoxBeam"}, {7, "WestCall"}, {12, "7"}, {3, "Задарма"}}
	for wanted, says := range map[string]string{
		"voxbeam": "0", "7": "2", "8": "0", "Вздарма": "did you mean Задарма?", "vox": "There are 7, VoxBeam", "westcal": "did you mean WestCall?", "99": "not known",
	} {
		i, err := FindNamed("--provider", wanted, list)
		got := strconv.Itoa(i)
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, says) {
			t.Errorf("%s: %s", wanted, got)
		}
	}
}
