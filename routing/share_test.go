package routing_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/billing/rate"
	"tandem/internal/money"
	"tandem/routing"
)

// sharing is a switch with one deck a provider, every price the same unless
// given.
func sharing(t interface{ Fatal(args ...any) }, prices ...int64) *routing.Snapshot {
	d := routing.Data{
		Currencies: []routing.Currency{{ID: 1, ISO: "USD"}}, FX: map[int64]money.FX{1: 100_000_000}, Servers: []routing.Server{{ID: 1, Name: "sw"}},
		Accounts: []routing.Account{{ID: 1, Enabled: true}},
	}
	rows := map[int64][]routing.DeckRow{}
	for i, price := range prices {
		id := int64(i + 1)
		d.Providers = append(d.Providers, routing.Provider{ID: id, Name: fmt.Sprint("p", id), CurrencyID: 1, Enabled: true, Plain: true})
		d.Addresses = append(d.Addresses, routing.Address{ID: id, ProviderID: id, Host: "x", Direction: routing.Out, Protocol: "SIP"})
		d.Decks = append(d.Decks, routing.Deck{ID: id, ProviderID: id, Tier: routing.TierCLI})
		rows[id] = []routing.DeckRow{{Prefix: "7", Rate: rate.Rate{PerMinute: money.Rate(price), First: 1, Next: 1}}}
	}
	var err error
	if d.Rates, err = routing.TableOf(d.Decks, rows); err != nil {
		t.Fatal(err)
	}
	s, problems, err := routing.NewSnapshot(d, routing.Options{BaseCurrency: "USD"}, time.Time{})
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	return s
}

// Over as many calls as the weights add up to, wherever one begins to count,
// every provider is first exactly as often as its weight says; over the square
// of that, the same holds of who comes second.
func TestSharesAreExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.SliceOfN(rapid.IntRange(1, 40), 1, 8).Draw(t, "weights")
		policy := &routing.Policy{ID: 1, Kind: routing.Share}
		total := 0
		for i, w := range weights {
			policy.Routes = append(policy.Routes, routing.PolicyRoute{ProviderID: int64(i + 1), Weight: w})
			total += w
		}
		s := sharing(t, make([]int64, len(weights))...)
		start := rapid.Uint64Range(0, 1<<40).Draw(t, "first ticket")
		first := map[int64]int{}
		var p routing.Plan
		for i := range total {
			s.Plan(routing.Request{Server: s.Server("sw"), Account: s.Account(1), BNumber: "74950000000", Policy: policy, Ticket: start + uint64(i)}, &p)
			if len(p.Routes) != len(weights) {
				t.Fatalf("%d routes of %d providers", len(p.Routes), len(weights))
			}
			first[p.Routes[0].Provider.ID]++
		}
		for i, w := range weights {
			if got := first[int64(i+1)]; got != w {
				t.Fatalf("weights %v from ticket %d: provider %d was first %d times, want %d", weights, start, i+1, got, w)
			}
		}
	})
}

// When the first fails, the others get its calls by their weights.
func TestSecondPlacesAreSharedToo(t *testing.T) {
	t.Parallel()
	s := sharing(t, 0, 0, 0)
	policy := &routing.Policy{ID: 1, Kind: routing.Share, Routes: []routing.PolicyRoute{{ProviderID: 1, Weight: 6}, {ProviderID: 2, Weight: 3}, {ProviderID: 3, Weight: 1}}}
	after := map[[2]int64]int{}
	var p routing.Plan
	const cycle = 10 * 10 * 9 * 10 // all the totals that the second draw can have go into it
	for i := range uint64(cycle) {
		s.Plan(routing.Request{Server: s.Server("sw"), Account: s.Account(1), BNumber: "74950000000", Policy: policy, Ticket: i}, &p)
		after[[2]int64{p.Routes[0].Provider.ID, p.Routes[1].Provider.ID}]++
	}
	for pair, share := range map[[2]int64][2]int{{1, 2}: {3, 4}, {1, 3}: {1, 4}, {2, 1}: {6, 7}, {2, 3}: {1, 7}, {3, 1}: {6, 9}, {3, 2}: {3, 9}} {
		firsts := map[int64]int{1: 6, 2: 3, 3: 1}[pair[0]] * cycle / 10
		want := firsts * share[0] / share[1]
		if got := after[pair]; got < want-7 || got > want+7 {
			t.Errorf("%d and then %d: %d times of %d, want %d", pair[0], pair[1], got, firsts, want)
		}
	}
}

// Two neighbouring calls seldom take the same route when shares are even.
func TestSharesAlternate(t *testing.T) {
	t.Parallel()
	s := sharing(t, 0, 0)
	policy := &routing.Policy{ID: 1, Kind: routing.Share, Routes: []routing.PolicyRoute{{ProviderID: 1, Weight: 50}, {ProviderID: 2, Weight: 50}}}
	var p routing.Plan
	run, longest, last := 0, 0, int64(0)
	for i := range uint64(1000) {
		s.Plan(routing.Request{Server: s.Server("sw"), Account: s.Account(1), BNumber: "74950000000", Policy: policy, Ticket: i}, &p)
		if first := p.Routes[0].Provider.ID; first == last {
			run++
		} else {
			run, last = 1, first
		}
		longest = max(longest, run)
	}
	if longest > 3 {
		t.Errorf("%d calls in a row took the same route", longest)
	}
}

// Only what is at most five percent dearer than the cheapest shares.
func TestBandKeepsDearRoutesBehind(t *testing.T) {
	t.Parallel()
	s := sharing(t, 1_000_000, 1_050_000, 1_051_000)
	policy := &routing.Policy{ID: 1, Kind: routing.BandShare, Band: 500}
	first := map[int64]int{}
	var p routing.Plan
	for i := range uint64(100) {
		s.Plan(routing.Request{Server: s.Server("sw"), Account: s.Account(1), BNumber: "74950000000", Policy: policy, Ticket: i}, &p)
		first[p.Routes[0].Provider.ID]++
		if p.Routes[2].Provider.ID != 3 {
			t.Fatalf("ticket %d: provider %d last, want 3", i, p.Routes[2].Provider.ID)
		}
	}
	if first[1] != 50 || first[2] != 50 {
		t.Errorf("first places %v, want 50 each of 1 and 2", first)
	}
}
