package routing

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"tandem/billing/rate"
	"tandem/internal/e164"
	"tandem/internal/money"
)

// benchDecks are decks of that many prefixes of 3 to 9 digits, the same in
// every run, sold by that many providers at prices of their own.
func benchDecks(prefixes, providers int) (Data, []e164.Number) {
	random := rand.New(rand.NewPCG(1, 2))
	seen := map[string]bool{}
	var list []string
	for len(list) < prefixes {
		digits := strconv.Itoa(1+random.IntN(9)) + fmt.Sprintf("%08d", random.IntN(100_000_000))
		prefix := digits[:3+random.IntN(7)]
		if !seen[prefix] {
			seen[prefix] = true
			list = append(list, prefix)
		}
	}
	d := Data{
		Servers: []Server{{ID: 1, Name: "sw"}}, Accounts: []Account{{ID: 1, Enabled: true}},
		Currencies: []Currency{{1, "USD"}, {2, "EUR"}}, FX: map[int64]money.FX{1: 110_000_000, 2: 100_000_000},
	}
	steps := [][2]int32{{1, 1}, {60, 60}, {30, 6}, {60, 1}}
	rows := map[int64][]DeckRow{}
	for id := int64(1); id <= int64(providers); id++ {
		d.Providers = append(d.Providers, Provider{ID: id, Name: fmt.Sprint("p", id), CurrencyID: 1 + id%2, Enabled: true, CLIAllowed: true, Plain: true})
		d.Addresses = append(d.Addresses, Address{ID: id, ProviderID: id, Host: "sbc.example", Direction: Out, Protocol: "SIP"})
		d.Decks = append(d.Decks, Deck{ID: id, Revision: 1, ProviderID: id, Tier: TierCLI})
		for _, prefix := range list {
			s := steps[random.IntN(len(steps))]
			rows[id] = append(rows[id], DeckRow{Prefix: prefix, Rate: rate.Rate{PerMinute: money.Rate(1 + random.IntN(10_000_000)), First: s[0], Next: s[1]}})
		}
	}
	var err error
	if d.Rates, err = TableOf(d.Decks, rows); err != nil {
		panic(err)
	}
	numbers := make([]e164.Number, 4096)
	for i := range numbers {
		numbers[i] = e164.Number((list[random.IntN(len(list))] + "123456789")[:11])
	}
	return d, numbers
}

// BenchmarkPlan decides a call: the rates of all providers, their expected
// costs, the order.
func BenchmarkPlan(b *testing.B) {
	for _, size := range []struct{ prefixes, providers int }{{20_000, 5}, {10_000, 50}} {
		b.Run(fmt.Sprintf("%dk rates x %d providers", size.prefixes*size.providers/1000, size.providers), func(b *testing.B) {
			d, numbers := benchDecks(size.prefixes, size.providers)
			at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
			s, _, err := NewSnapshot(d, Options{BaseCurrency: "USD"}, at)
			if err != nil {
				b.Fatal(err)
			}
			r := Request{Server: s.Server("sw"), Account: s.Account(1), At: at}
			var p Plan
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				r.BNumber = numbers[n%len(numbers)]
				s.Plan(r, &p)
				n++
			}
			if len(p.Routes) != min(size.providers, MaxRoutes) {
				b.Fatalf("%d routes", len(p.Routes))
			}
			b.ReportMetric(float64(s.rates.Bytes())/float64(s.rates.Len()), "B/rate")
		})
	}
}

// A plan that is used again allocates nothing, whatever the policy.
func TestPlanDoesNotAllocate(t *testing.T) {
	d, numbers := benchDecks(1000, 20)
	for _, kind := range []PolicyKind{LeastCost, Priority, Share, BandShare, Quality} {
		policy := &Policy{ID: 1, Name: string(kind), Kind: kind, Band: 500}
		for _, p := range d.Providers {
			policy.Routes = append(policy.Routes, PolicyRoute{ProviderID: p.ID, Place: int(p.ID % 3), Weight: int(p.ID)})
		}
		at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		s, _, err := NewSnapshot(d, Options{BaseCurrency: "USD"}, at)
		if err != nil {
			t.Fatal(err)
		}
		r := Request{Server: s.Server("sw"), Account: s.Account(1), At: at, Policy: policy}
		var p Plan
		n := 0
		decide := func() {
			r.BNumber, r.Ticket = numbers[n%len(numbers)], uint64(n)
			s.Plan(r, &p)
			n++
		}
		for range 100 {
			decide()
		}
		if allocs := testing.AllocsPerRun(200, decide); allocs != 0 {
			t.Errorf("%s: %v allocations", kind, allocs)
		}
	}
}

// BenchmarkTable indexes half a million rates, and exchanges one deck of five.
func BenchmarkTable(b *testing.B) {
	d, _ := benchDecks(100_000, 5)
	all := d.Rates
	b.Run("one deck of five", func(b *testing.B) {
		for b.Loop() {
			refs := all.Decks()
			refs[2].Revision++
			builder, missing, err := NewRateTable(all, refs)
			if err != nil || len(missing) != 1 {
				b.Fatal(missing, err)
			}
			builder.Deck(missing[0], nil)
			for r := range all.trie.rows() {
				if r.slot == 2 {
					builder.rows = append(builder.rows, r)
				}
			}
			if t, err := builder.Table(); err != nil || t.Len() != all.Len() {
				b.Fatal(t.Len(), err)
			}
		}
	})
}
