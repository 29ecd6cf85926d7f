package callflow_test

import (
	"net/netip"
	"testing"
	"time"

	"tandem/billing/rate"
	"tandem/callflow"
	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/routing"
)

// noon is when every call of these tests happens.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func limits() callflow.Limits {
	return callflow.Limits{
		MaxTalk: time.Hour, HuntBudget: time.Minute, HopLimit: 3, Ring: 30 * time.Second, NoProgress: 3 * time.Second,
		AgentWithin: 100 * time.Millisecond,
	}
}

// company is a small one: two servers, three providers, two accounts.
func company(t *testing.T) *routing.Snapshot {
	t.Helper()
	russia, err := e164.NewDialRules("RU", "810", "8")
	if err != nil {
		t.Fatal(err)
	}
	address := func(id, provider int64, net string, d routing.Direction) routing.Address {
		return routing.Address{ID: id, ProviderID: provider, Network: netip.MustParsePrefix(net), Host: "carrier.example", Direction: d, Protocol: "SIP"}
	}
	decks := []routing.Deck{{ID: 1, ProviderID: 1, Tier: routing.TierCLI}, {ID: 2, ProviderID: 2, Tier: routing.TierCLI}, {ID: 3, ProviderID: 3, Tier: routing.TierCLI}}
	rows := map[int64][]routing.DeckRow{}
	for id, price := range map[int64]money.Rate{1: 1_000_000, 2: 2_000_000, 3: 1} {
		rows[id] = []routing.DeckRow{{Prefix: "7", Rate: rate.Rate{PerMinute: price, First: 1, Next: 1}}}
	}
	rates, err := routing.TableOf(decks, rows)
	if err != nil {
		t.Fatal(err)
	}
	both := routing.In | routing.Out
	s, problems, err := routing.NewSnapshot(routing.Data{
		Version:    42,
		Currencies: []routing.Currency{{ID: 1, ISO: "USD"}},
		FX:         map[int64]money.FX{1: 100_000_000},
		Servers: []routing.Server{
			{ID: 1, Name: "alpha", IAX2: "IAX2/alpha@alpha", Driver: routing.PJSIP},
			{ID: 2, Name: "beta", IAX2: "IAX2/beta@beta", Driver: routing.PJSIP},
			{ID: 3, Name: "island", Driver: routing.PJSIP},
		},
		Providers: []routing.Provider{
			{ID: 1, Name: "cheap", CurrencyID: 1, Enabled: true, Plain: true, CLIAllowed: true, Dynamic: true},
			{ID: 2, Name: "dear", CurrencyID: 1, Enabled: true, Plain: true, CLIAllowed: true, Dynamic: true},
			{ID: 3, Name: "off", CurrencyID: 1, Enabled: false, Plain: true, Dynamic: true},
		},
		Addresses: []routing.Address{
			address(1, 1, "192.0.2.1/32", both), address(2, 2, "198.51.100.0/24", both), address(3, 3, "203.0.113.1/32", both),
		},
		Decks:       decks,
		Rates:       rates,
		Policies:    []routing.Policy{{ID: 1, Name: "best", Kind: routing.Quality}},
		PolicyRules: []routing.PolicyRule{{ID: 1, PolicyID: 1, Match: routing.Match{BPrefix: "7343"}}}, // the others go by cost
		Accounts: []routing.Account{
			{ID: 1, Name: "office", Enabled: true, Rules: russia, DefaultCLI: "74950000001"},
			{ID: 2, Name: "closed", Enabled: false, Rules: russia},
		},
		Subscribers: []routing.Subscriber{
			{ID: 1, Login: "anna", AccountID: 1, ServerID: 1, Extension: "101", Enabled: true, MayShow: []e164.Number{"74950000002", "74950000009", "447700900123"}},
			{ID: 2, Login: "boris", AccountID: 1, ServerID: 1, Extension: "102", Enabled: true},
			{ID: 3, Login: "duty", AccountID: 1, ServerID: 1, Enabled: true},
			{ID: 4, Login: "gone", AccountID: 1, ServerID: 1, Extension: "104", Enabled: false},
			{ID: 5, Login: "shut", AccountID: 2, ServerID: 1, Enabled: true},
			{ID: 6, Login: "vera", AccountID: 1, ServerID: 2, Extension: "106", Enabled: true},
		},
		Duties: []routing.Duty{{SubscriberID: 3, ServerID: 1}, {SubscriberID: 2, NumberID: 6}},
		Numbers: []routing.Number{
			{ID: 1, Number: "74950000001", ProviderID: 1, ServerID: 1, Enabled: true, Direction: both, Virtual: true, AccountID: 1, DestinationSubscriberID: 2},
			{ID: 2, Number: "74950000002", ProviderID: 1, ServerID: 2, Enabled: true, Direction: both, Virtual: true, AccountID: 1},
			{ID: 3, Number: "74950000003", ProviderID: 1, ServerID: 1, Enabled: false, Direction: both, Virtual: true, AccountID: 1},
			{ID: 4, Number: "74950000004", ProviderID: 1, ServerID: 1, Enabled: true, Direction: routing.In, Virtual: true, EchoTest: true, AccountID: 1},
			{ID: 5, Number: "74950000005", ProviderID: 1, ServerID: 1, Enabled: true, Direction: both, Virtual: true, AccountID: 1},
			{ID: 6, Number: "74950000006", ProviderID: 1, ServerID: 1, Enabled: true, Direction: both, Virtual: true, AccountID: 1},
			{ID: 7, Number: "74950000007", ProviderID: 1, ServerID: 1, Enabled: true, Direction: both, Virtual: true, AccountID: 1, DestinationNumber: "79161234567"},
			{ID: 8, Number: "74950000008", ProviderID: 1, ServerID: 2, Enabled: true, Direction: both, Virtual: true, AccountID: 1, DestinationSubscriberID: 6},
			{ID: 9, Number: "74950000009", ProviderID: 1, ServerID: 3, Enabled: true, Direction: both, Virtual: true, AccountID: 1},
			{ID: 11, Number: "74950000011", ProviderID: 1, ServerID: 1, Enabled: true, Direction: both, Virtual: true, AccountID: 1, DestinationSubscriberID: 6},
			{ID: 10, Number: "74950000010", ProviderID: 1, ServerID: 1, Enabled: true, Direction: routing.Out, Virtual: true, AccountID: 1},
		},
	}, routing.Options{BaseCurrency: "USD"}, noon)
	if err != nil || len(problems) > 0 {
		t.Fatalf("fixture: %v, %v", err, problems)
	}
	return s
}
