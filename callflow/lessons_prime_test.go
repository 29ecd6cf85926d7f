package callflow_test

import (
	"testing"
	"time"

	"tandem/callflow"
	"tandem/internal/money"
	"tandem/quality"
	"tandem/routing"
)

// A node that starts with the rollups of the last hours does not learn again, at
// the callers' expense, that the cheaper carrier fails.
func TestPrimedLessons(t *testing.T) {
	t.Parallel()
	good := func(int64) attempt { return answered }
	if x := newPupil(t); x.cheap(100, good) < 90 {
		t.Fatal("with nothing known, routes do not go by cost")
	}
	x := newPupil(t)
	past := func(back time.Duration, provider int64, m quality.Measures) {
		m.PDD[10] = m.Bids
		x.Lessons.Prime(x.Snapshot(), &callflow.Past{At: x.at.Add(-back), ProviderID: provider, Tier: routing.TierCLI, Prefix: "7343", Measures: m})
	}
	for back := time.Hour; back > 0; back -= 2 * time.Minute {
		past(back, 1, quality.Measures{Bids: 10, Answers: 2, Short: 2, Blamed: quality.Blamed{Called: 7, Us: 1}}) // it rings into nothing
		past(back, 2, quality.Measures{Bids: 10, Answers: 6, Blamed: quality.Blamed{Route: 4}})
	}
	past(0, 2, quality.Measures{Bids: 5, Blamed: quality.Blamed{Us: 5}}) // says nothing
	past(0, 4711, quality.Measures{Bids: 300})                           // a provider that is gone
	one, two := x.known(1), x.known(2)
	near := func(v, percent int32) bool { return v > (percent-15)*10_000 && v < (percent+15)*10_000 }
	if one.Expected > 100_000 || !near(two.Expected, 60) || !near(one.Ended, 99) || !near(two.Ended, 60) || one.Wait < 300 {
		t.Errorf("known of the cheaper one %+v\nof the other %+v", one, two)
	}
	if n := x.cheap(100, good); n > 20 {
		t.Errorf("%d of 100 calls went to the carrier that was known to fail", n)
	}
	if e := x.weight(routing.Key{ProviderID: 4711, Tier: routing.TierCLI}, "4420712345"); e.Samples != 0 {
		t.Errorf("of a provider that is gone: %+v", e)
	}
}

// A provider of four addresses looks after a start as it is, not better: each gets
// its part of rows that have a few attempts each, as the rollups of a prefix do.
func TestPrimedAmongAddresses(t *testing.T) {
	t.Parallel()
	x := newPupil(t)
	var addresses []routing.Address
	for id := int64(21); id <= 24; id++ {
		addresses = append(addresses, routing.Address{ID: id, ProviderID: 4, Host: "four.example", Direction: routing.Out, Protocol: "SIP"})
	}
	s, problems, err := routing.NewSnapshot(routing.Data{
		Currencies: []routing.Currency{{ID: 1, ISO: "USD"}}, FX: map[int64]money.FX{1: 100_000_000},
		Providers: []routing.Provider{{ID: 4, Name: "four", CurrencyID: 1, Enabled: true, Plain: true}}, Addresses: addresses,
	}, routing.Options{BaseCurrency: "USD"}, noon)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	const rows = 60
	for i := range rows { // 3 bids each, one in four rows has an answer
		m := quality.Measures{Bids: 3, Seizures: 2, Blamed: quality.Blamed{Route: 1}}
		if i%4 == 0 {
			m.Answers = 1
		}
		m.PDD[10] = 2
		x.Lessons.Prime(s, &callflow.Past{At: x.at, ProviderID: 4, Tier: routing.TierCLI, Prefix: "73430", Measures: m})
	}
	for _, a := range addresses {
		w := x.weight(routing.Key{ProviderID: 4, Tier: routing.TierCLI, AddressID: a.ID}, "73430")
		if w.Samples != 3*rows/4 || w.Own < 83_000 || w.Own > 84_000 || w.Ended > 700_000 {
			t.Errorf("address %d: %d calls, %d answered, %d ended; want 45, one in twelve, two in three", a.ID, w.Samples, w.Own, w.Ended)
		}
	}
}
