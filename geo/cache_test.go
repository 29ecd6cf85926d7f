package geo_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"github.com/nyaruka/phonenumbers"

	"tandem/geo"
)

// examples are numbers of every type of every country.
func examples(tb testing.TB) []string {
	tb.Helper()
	var found []string
	add := func(n *phonenumbers.PhoneNumber) {
		if n != nil {
			found = append(found, phonenumbers.Format(n, phonenumbers.E164)[1:])
		}
	}
	for _, country := range slices.Sorted(maps.Keys(phonenumbers.GetSupportedRegions())) {
		for t := range phonenumbers.UNKNOWN {
			add(phonenumbers.GetExampleNumberForType(country, t))
		}
	}
	for _, code := range slices.Sorted(maps.Keys(phonenumbers.GetSupportedGlobalNetworkCallingCodes())) {
		add(phonenumbers.GetExampleNumberForNonGeoEntity(code))
	}
	if len(found) < 500 {
		tb.Fatalf("only %d example numbers", len(found))
	}
	return found
}

// scramble changes the digits of a number from a place on.
func scramble(r *rand.Rand, number string, from int) string {
	digits := []byte(number)
	for i := min(from, len(digits)); i < len(digits); i++ {
		digits[i] = '0' + byte(r.IntN(10))
	}
	return string(digits)
}

// TestCacheAnswersAsWithout fills the cache with a neighbour of each number
// first, the same but for the digits that the key leaves out, so that the
// answer is the neighbour's.
func TestCacheAnswersAsWithout(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(6, 9))
	a := atlas(t, 0)
	differs, told := 0, map[string]bool{}
	for _, example := range examples(t) {
		for range 12 {
			number := scramble(r, example, 2+r.IntN(8))
			if r.IntN(4) == 0 {
				number += "0123456789"[:r.IntN(geo.MaxDigits-len(number)+1)]
			}
			neighbour := scramble(r, number, geo.KeyLength(number))
			a.Place(neighbour)
			got, want := a.Place(number), geo.Read(number)
			if got != want {
				t.Errorf("%s by way of %s:\n got %+v\nwant %+v", number, neighbour, got, want)
			}
			if neighbour != number {
				differs++
			}
			told[want.Country] = true
		}
	}
	if differs < 2000 || len(told) < 200 {
		t.Fatalf("compared %d neighbours in %d countries: too few to tell", differs, len(told))
	}
	t.Logf("%d neighbours in %d countries", differs, len(told))
}

func TestCacheIsBounded(t *testing.T) {
	t.Parallel()
	a := atlas(t, 100)
	numbers := examples(t)
	for range 2 {
		for _, number := range numbers {
			if got, want := a.Place(number), geo.Read(number); got != want {
				t.Fatalf("%s: %+v, want %+v", number, got, want)
			}
		}
	}
	if a.Len() != 100 {
		t.Fatalf("%d places kept, want 100", a.Len())
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	a := atlas(t, 50)
	numbers := examples(t)
	at := moment(t, "2026-11-22T12:00:00Z")
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(i)))
			for range 300 {
				p := a.Place(numbers[r.IntN(len(numbers))])
				a.IsQuiet(&p, at, 22*60, 8*60)
			}
		})
	}
	all.Go(func() {
		if err := geo.Warm(t.Context()); err != nil {
			t.Error(err)
		}
	})
	all.Wait()
}

// TestPlaceKeepsNoNumber: a prefix that shares the memory of its number would
// keep it as long as the place.
func TestPlaceKeepsNoNumber(t *testing.T) {
	t.Parallel()
	number := strings.Clone("442038070121")
	p := atlas(t, 1).Place(number)
	if p.Prefix != "44203" || unsafe.StringData(p.Prefix) == unsafe.StringData(number) {
		t.Fatalf("prefix %q lies in the number", p.Prefix)
	}
}
