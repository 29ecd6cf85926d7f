package callflow_test

import (
	"fmt"
	"testing"

	"tandem/billing/rate"
	"tandem/callflow"
	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/routing"
)

// bound is a company whose number lives on server beta: calls from alpha that
// show it are handed over. Two providers share the calls 1:1.
func bound(t *testing.T, change func(d *routing.Data)) *routing.Snapshot {
	t.Helper()
	russia, err := e164.NewDialRules("RU", "810", "8")
	if err != nil {
		t.Fatal(err)
	}
	d := routing.Data{
		Currencies: []routing.Currency{{ID: 1, ISO: "USD"}}, FX: map[int64]money.FX{1: 100_000_000},
		Servers: []routing.Server{
			{ID: 1, Name: "alpha", IAX2: "IAX2/alpha@alpha", Driver: routing.PJSIP}, {ID: 2, Name: "beta", IAX2: "IAX2/beta@beta", Driver: routing.PJSIP},
		},
		Accounts: []routing.Account{
			{ID: 1, Name: "office", Enabled: true, Rules: russia, DefaultCLI: "74950000002"}, {ID: 2, Name: "other", Enabled: true, Rules: russia},
		},
		Subscribers: []routing.Subscriber{{ID: 1, Login: "anna", AccountID: 1, ServerID: 1, Enabled: true}},
		Numbers:     []routing.Number{{ID: 2, Number: "74950000002", ProviderID: 1, ServerID: 2, Enabled: true, Direction: routing.In | routing.Out, AccountID: 1}},
		Policies:    []routing.Policy{{ID: 1, Name: "half", Kind: routing.Share, Routes: []routing.PolicyRoute{{ProviderID: 1, Weight: 1}, {ProviderID: 2, Weight: 1}}}},
		PolicyRules: []routing.PolicyRule{{ID: 1, PolicyID: 1}},
	}
	rows := map[int64][]routing.DeckRow{}
	for id := int64(1); id <= 2; id++ {
		d.Providers = append(d.Providers, routing.Provider{ID: id, Name: fmt.Sprint("p", id), CurrencyID: 1, Enabled: true, Plain: true, CLIAllowed: true, Dynamic: true})
		d.Addresses = append(d.Addresses, routing.Address{ID: id, ProviderID: id, Host: "c.example", Direction: routing.Out, Protocol: "SIP"})
		d.Decks = append(d.Decks, routing.Deck{ID: id, ProviderID: id, Tier: routing.TierCLI})
		rows[id] = []routing.DeckRow{{Prefix: "7", Rate: rate.Rate{PerMinute: 1_000_000, First: 1, Next: 1}}}
	}
	if change != nil {
		change(&d)
	}
	if d.Rates, err = routing.TableOf(d.Decks, rows); err != nil {
		t.Fatal(err)
	}
	s, problems, err := routing.NewSnapshot(d, routing.Options{BaseCurrency: "USD"}, noon)
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	return s
}

// A call that is handed over is shared out where it leaves and not where it
// came in: every second ticket would be lost, and with it one provider.
func TestHandedOverCallsAreSharedOnce(t *testing.T) {
	f, _, _ := flow(t, &notebook{}, agents{})
	s := bound(t, nil)
	f.Snapshot = func() *routing.Snapshot { return s }
	first := map[int64]int{}
	for i := range 100 {
		in := callflow.Seizure{CallID: fmt.Sprintf("alpha-1.%d", i), Server: "alpha", Endpoint: "anna", Dialled: "84951112233", At: noon}
		if d, err := f.Outgoing(t.Context(), in); err != nil || d.Action != callflow.Redirect {
			t.Fatalf("%+v, %v; want a redirect", d, err)
		}
		in = callflow.Seizure{CallID: fmt.Sprintf("beta-1.%d", i), Server: "beta", Endpoint: "alpha", Dialled: "74951112233", CLI: "74950000002", Hops: 1, At: noon}
		d, err := f.Outgoing(t.Context(), in)
		if err != nil || d.Action != callflow.Dial {
			t.Fatalf("%+v, %v; want routes", d, err)
		}
		first[d.Offers[0].Key.ProviderID]++
	}
	if first[1] != 50 || first[2] != 50 {
		t.Errorf("first places %v, want 50 each", first)
	}
}

// What an account may not call it may not call by way of another server either,
// where the call passes for one of the number's account.
func TestBlockHoldsBeforeARedirect(t *testing.T) {
	s := bound(t, func(d *routing.Data) {
		d.Numbers[0].AccountID = 2
		d.Blocks = []routing.Block{{ID: 1, Side: routing.SideB, Prefix: "7495", AccountID: 1}}
	})
	d := callflow.Outbound(s, limits(), callflow.Seizure{CallID: "alpha-1.1", Server: "alpha", Endpoint: "anna", Dialled: "84951112233", At: noon}, callflow.World{})
	if d.Action != callflow.Reject || d.Refusal.Reason != "called_blocked: block_list id 1, prefix 7495" {
		t.Errorf("%s %+v, want it blocked", d.Action, d.Refusal)
	}
}
