package azdeck_test

import (
	"slices"
	"testing"
	"time"

	"tandem/bench/azdeck"
	"tandem/routing"
)

var at = time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)

// TestDecksHaveTheShapeOfRealOnes: as many rows as asked for, in order, of
// unequal depth, in several increments, some of them announced.
func TestDecksHaveTheShapeOfRealOnes(t *testing.T) {
	t.Parallel()
	for _, size := range []struct{ rates, providers int }{{7, 7}, {1003, 5}, {20_000, 2}, {20_000, 50}, {200_000, 5}} {
		set, err := azdeck.New(size.rates, size.providers, at)
		if err != nil {
			t.Fatal(err)
		}
		rates, steps, dated := 0, map[[2]int32]int{}, 0
		depths := map[int]int{}
		for provider := range set.Providers() {
			last := routing.DeckRow{}
			count := 0
			for r := range set.Rows(provider) {
				if r.Prefix < last.Prefix || r.Prefix == last.Prefix && !r.From.After(last.From) {
					t.Fatalf("%+v follows %+v", r, last)
				}
				if err := r.Validate(); err != nil || len(r.Prefix) > 9 || r.Prefix[0] == '0' {
					t.Fatalf("%+v: %v", r, err)
				}
				if !r.From.IsZero() {
					dated++
				}
				steps[[2]int32{r.First, r.Next}]++
				depths[len(r.Prefix)]++
				last = r
				count++
			}
			if count != set.Size(provider) {
				t.Errorf("provider %d has %d rows, want %d", provider, count, set.Size(provider))
			}
			rates += count
		}
		if rates != size.rates {
			t.Errorf("%d rates, want %d", rates, size.rates)
		}
		if size.rates > 10_000 && (len(steps) != 4 || dated < rates/100 || dated > rates/20 || len(depths) < 5) {
			t.Errorf("%+v: increments %v, dated %d, depths %v", size, steps, dated, depths)
		}
	}
}

// TestDepthsDiffer: the longest prefix of a number is not equally long with
// everyone, or finding each provider's own would be no work.
func TestDepthsDiffer(t *testing.T) {
	t.Parallel()
	set, err := azdeck.New(50_000, 5, at)
	if err != nil {
		t.Fatal(err)
	}
	decks := make([]map[string]bool, set.Providers())
	for i := range decks {
		decks[i] = map[string]bool{}
		for r := range set.Rows(i) {
			decks[i][r.Prefix] = true
		}
	}
	unequal, found := 0, 0
	for _, n := range set.Numbers(1000) {
		var lengths []int
		for _, deck := range decks {
			for length := 9; length > 0; length-- {
				if deck[string(n[:length])] {
					lengths = append(lengths, length)
					break
				}
			}
		}
		if len(lengths) == len(decks) {
			found++
		}
		if len(lengths) > 0 && slices.Min(lengths) != slices.Max(lengths) {
			unequal++
		}
	}
	if unequal < 300 || found < 900 {
		t.Errorf("of 1000 numbers, %d are sold by all, %d to unequal depths", found, unequal)
	}
}

// TestSameAgain: nothing depends on the run.
func TestSameAgain(t *testing.T) {
	t.Parallel()
	list := func() (rows []routing.DeckRow) {
		set, err := azdeck.New(2000, 3, at)
		if err != nil {
			t.Fatal(err)
		}
		for provider := range set.Providers() {
			rows = slices.AppendSeq(rows, set.Rows(provider))
		}
		for _, n := range set.Numbers(100) {
			rows = append(rows, routing.DeckRow{Prefix: string(n)})
		}
		return rows
	}
	if !slices.Equal(list(), list()) {
		t.Error("two runs differ")
	}
}

func TestBounds(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{0, 1}, {1, 0}, {4, 5}, {azdeck.MaxRates + 1, 5}, {10_000, azdeck.MaxProviders + 1}} {
		if _, err := azdeck.New(size[0], size[1], at); err == nil {
			t.Errorf("%v is fine", size)
		}
	}
}
