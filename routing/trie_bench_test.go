package routing

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"tandem/billing/rate"
)

// A deck of the size that wholesale carriers send: 100 000 prefixes, sold by
// five providers.
const (
	benchPrefixes  = 100_000
	benchProviders = 5
)

// benchRates are prefixes of 3 to 9 digits, the same in every run.
func benchRates() ([]Rate, []string) {
	random := rand.New(rand.NewPCG(1, 2))
	seen := map[string]bool{}
	var prefixes []string
	for len(prefixes) < benchPrefixes {
		digits := strconv.Itoa(1+random.IntN(9)) + fmt.Sprintf("%08d", random.IntN(100_000_000))
		prefix := digits[:3+random.IntN(7)]
		if !seen[prefix] {
			seen[prefix] = true
			prefixes = append(prefixes, prefix)
		}
	}
	rates := make([]Rate, 0, benchPrefixes*benchProviders)
	for provider := range int64(benchProviders) {
		for _, prefix := range prefixes {
			rates = append(rates, Rate{
				ID: int64(len(rates) + 1), ProviderID: provider, Tier: TierCLI, Prefix: prefix, Rate: rate.Rate{PerMinute: 1_000_000, First: 1, Next: 1},
			})
		}
	}
	numbers := make([]string, 4096)
	for i := range numbers {
		numbers[i] = prefixes[random.IntN(len(prefixes))] + "123456"
	}
	return rates, numbers
}

// BenchmarkTrieLookup finds the rates of all five providers for a number.
func BenchmarkTrieLookup(b *testing.B) {
	rates, numbers := benchRates()
	t := newTrie(rates, func(r *Rate) uint32 { return uint32(r.ProviderID) })
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	found := make([]int32, benchProviders)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		t.lookup(numbers[n%len(numbers)], at, rates, found)
		n++
	}
	for provider, i := range found {
		if i < 0 {
			b.Fatalf("provider %d has no rate", provider)
		}
	}
}

// BenchmarkTrieBuild indexes the same half million rates.
func BenchmarkTrieBuild(b *testing.B) {
	rates, _ := benchRates()
	b.ReportAllocs()
	for b.Loop() {
		newTrie(rates, func(r *Rate) uint32 { return uint32(r.ProviderID) })
	}
}
