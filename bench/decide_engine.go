package bench

import (
	"fmt"
	"time"

	"tandem/bench/azdeck"
	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/routing"
)

// The two currencies of the decks; costs are compared in the first.
const (
	usd = 1
	eur = 2
)

// deckFX is what a euro is worth in them.
func deckFX() map[int64]money.FX { return map[int64]money.FX{usd: 116_000_000, eur: 100_000_000} }

// currencyOf takes turns between the providers.
func currencyOf(provider int) int64 { return int64(usd + provider%2) }

// engine is a snapshot of the decks, asked one number after the other.
type engine struct {
	snapshot *routing.Snapshot
	request  routing.Request
	plan     routing.Plan
	next     int
}

// newEngine builds the snapshot as a node does, only that the rows come from the
// generator instead of MariaDB. What the generator takes is not counted.
func newEngine(set *azdeck.Set) (*engine, SnapshotMem, error) {
	var m SnapshotMem
	before, err := settledMemory()
	if err != nil {
		return nil, m, err
	}
	data := engineData(set)
	builder, err := addRows(set, &m)
	if err != nil {
		return nil, m, err
	}
	began := time.Now()
	if data.Rates, err = builder.Table(); err != nil {
		return nil, m, err
	}
	snapshot, problems, err := routing.NewSnapshot(data, routing.Options{BaseCurrency: "USD"}, set.Now())
	if err != nil {
		return nil, m, err
	}
	if len(problems) > 0 {
		return nil, m, fmt.Errorf("decks of the bench: %s", problems[0])
	}
	m.IndexSeconds = time.Since(began).Seconds()
	peak, err := settledMemory()
	if err != nil {
		return nil, m, err
	}
	m.Bytes = data.Rates.Bytes()
	m.BytesPerRate = float64(m.Bytes) / float64(data.Rates.Len())
	m.RSSBefore, m.RSSAfter, m.RSSPeak = mb(before.now), mb(peak.now), mb(peak.peak)
	m.RSSPerRate = float64(peak.now-before.now) / float64(data.Rates.Len())
	request := routing.Request{Server: snapshot.Server(server), Account: snapshot.Account(1), At: set.Now()}
	return &engine{snapshot: snapshot, request: request}, m, nil
}

// addRows gives all rows to a builder, in bites, so that only the builder's time
// is counted.
func addRows(set *azdeck.Set, m *SnapshotMem) (*routing.RateTableBuilder, error) {
	var refs []routing.DeckRef
	rates := 0
	for provider := range set.Providers() {
		refs = append(refs, routing.DeckRef{ID: int64(provider + 1), Revision: 1})
		rates += set.Size(provider)
	}
	builder, _, err := routing.NewRateTable(nil, refs)
	if err != nil {
		return nil, err
	}
	builder.Grow(rates)
	bite := make([]routing.DeckRow, 0, 1024)
	var took time.Duration
	add := func() error {
		began := time.Now()
		for _, r := range bite {
			if err := builder.Add(r.Prefix, r.Rate, r.Blocked); err != nil {
				return err
			}
		}
		took += time.Since(began)
		bite = bite[:0]
		return nil
	}
	for provider, ref := range refs {
		builder.Deck(ref, time.UTC)
		for r := range set.Rows(provider) {
			if bite = append(bite, r); len(bite) < cap(bite) {
				continue
			}
			if err := add(); err != nil {
				return nil, err
			}
		}
		if err := add(); err != nil { // before the next deck begins
			return nil, err
		}
	}
	m.AddSeconds = took.Seconds()
	return builder, nil
}

// engineData is one account on one server, and providers with one way out each.
func engineData(set *azdeck.Set) routing.Data {
	d := routing.Data{
		Servers: []routing.Server{{ID: 1, Name: server}}, Accounts: []routing.Account{{ID: 1, Enabled: true}},
		Currencies: []routing.Currency{{ID: usd, ISO: "USD"}, {ID: eur, ISO: "EUR"}}, FX: deckFX(),
	}
	for provider := range set.Providers() {
		id := int64(provider + 1)
		d.Providers = append(d.Providers, routing.Provider{
			ID: id, Name: fmt.Sprintf("carrier-%d", id), CurrencyID: currencyOf(provider), Enabled: true, CLIAllowed: true, Plain: true,
		})
		d.Addresses = append(d.Addresses, routing.Address{ID: id, ProviderID: id, Host: "sbc.example", Direction: routing.Out, Protocol: "SIP"})
		d.Decks = append(d.Decks, routing.Deck{ID: id, Revision: 1, Version: 1, ProviderID: id, Tier: routing.TierCLI, Zone: time.UTC})
	}
	return d
}

// decide plans a call and returns how many routes there are.
func (e *engine) decide(number e164.Number) int {
	e.request.BNumber = number
	e.snapshot.Plan(e.request, &e.plan)
	return len(e.plan.Routes)
}

// decider asks one number after the other.
func (e *engine) decider(numbers []e164.Number) func() {
	return func() {
		e.decide(numbers[e.next%len(numbers)])
		e.next++
	}
}
