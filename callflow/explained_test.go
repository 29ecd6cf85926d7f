package callflow_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tandem/billing/rate"
	"tandem/callflow"
	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/quality"
	"tandem/routing"
)

// A hundred thousand random calls over a hundred random companies: what is kept
// with the live call, what explain says of it, and what Asterisk was told are the
// same, byte for byte.
func TestExplainedIsWhatLiveCallsDo(t *testing.T) {
	t.Parallel()
	const companies, calls = 100, 1000
	routed, refused, shared, weighed := 0, 0, 0, 0
	for n := range uint64(companies) {
		random := rand.New(rand.NewPCG(n, 7))
		s := randomCompany(t, random)
		book, known := &notebook{}, randomEvidence(t, random)
		f := &callflow.Flow{
			Snapshot: func() *routing.Snapshot { return s }, Records: book, Agents: agents{}, Metrics: &counts{}, Limits: limits(),
			Live: callflow.NewLive(time.Hour), Now: func() time.Time { return noon }, Log: zerolog.Nop(), Capacity: room(t), Tickets: &callflow.Tickets{}, Quality: known, Keeper: callflow.NewKeeper(callflow.KeeperConfig{Now: time.Now}),
		}
		for i := range calls {
			in := callflow.Seizure{
				CallID: fmt.Sprintf("alpha-%d.%d", n, i), Server: "alpha", Endpoint: fmt.Sprint("phone-", random.IntN(6)),
				Dialled: randomNumber(random), CLI: []string{"", "74950000001", "74950000002", "15550000000"}[random.IntN(4)],
				At: noon.Add(time.Duration(random.IntN(7*24*60)) * time.Minute),
			}
			live, err := f.Outgoing(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			f.Capacity.Release(in.CallID, noon)
			kept, err := routing.ParseReasons(live.Record.Reasons)
			if err != nil {
				t.Fatal(err)
			}
			explained := callflow.Outbound(s, limits(), in, callflow.World{Quality: known, Ticket: func(*routing.Policy) uint64 { return kept.Ticket }})
			if got := explained.Reasons(); !bytes.Equal(got, live.Record.Reasons) {
				t.Fatalf("company %d, %+v:\nexplained %x\nlive      %x", n, in, got, live.Record.Reasons)
			}
			if explained.Action != live.Action || explained.Refusal != live.Refusal || explained.Record.Reason != live.Record.Reason {
				t.Fatalf("company %d, %+v: explained %+v, live %+v", n, in, explained, live)
			}
			told, err := callflow.Tell(s, live.Record.Reasons)
			if err != nil {
				t.Fatal(err)
			}
			offers(t, live, told)
			comparedBy(t, s, &kept, told)
			if live.Action == callflow.Dial {
				routed++
			}
			if live.Action == callflow.Reject {
				refused++
			}
			if kept.Ticket > 0 {
				shared++
			}
			if len(kept.Routes) > 0 && kept.Routes[0].Weight != nil {
				weighed++
			}
		}
	}
	t.Logf("%d calls: %d routed, %d refused, %d shared, %d weighed", companies*calls, routed, refused, shared, weighed)
	if routed < 20_000 || refused < 5_000 || shared < 2_000 || weighed < 2_000 {
		t.Errorf("%d routed, %d refused, %d shared, %d weighed: the companies are too dull to prove anything", routed, refused, shared, weighed)
	}
}

// randomEvidence knows some of the routes of randomCompany.
func randomEvidence(t *testing.T, random *rand.Rand) *quality.Evidence {
	t.Helper()
	c := quality.Defaults()
	c.MaxCells = 1024
	c.Floors = []quality.Floor{{Least: quality.Whole / 4, Over: 50}}
	e, err := quality.New(c)
	if err != nil {
		t.Fatal(err)
	}
	for id := int64(1); id <= 12; id++ {
		bids := random.Int64N(200)
		e.Prime(routing.Key{ProviderID: id, Tier: routing.TierCLI, AddressID: id}, e164.Number(randomNumber(random)[1:]), noon, quality.Count{
			Bids: bids, Answered: bids * random.Int64N(60) / 100, Ended: bids, Waited: time.Duration(bids) * time.Second,
		})
	}
	return e
}

// offers holds what Asterisk was told against the plan in words.
func offers(t *testing.T, live callflow.Decision, told callflow.Told) {
	t.Helper()
	if len(told.Plan) != len(live.Offers) {
		t.Fatalf("%d offers, %d places in the plan", len(live.Offers), len(told.Plan))
	}
	for i, o := range live.Offers {
		if p := told.Plan[i]; p.Key != o.Key.String() || p.Dial != o.Dial || p.CLI != o.CLI || p.Reason == "" {
			t.Fatalf("place %d: offered %+v, kept %+v", i+1, o, p)
		}
	}
}

// comparedBy holds what the places of a plan are compared by.
func comparedBy(t *testing.T, s *routing.Snapshot, kept *routing.Reasons, told callflow.Told) {
	t.Helper()
	kind := "least_cost"
	if p := s.PolicyByID(kept.Policy); p != nil {
		kind = string(p.Kind)
	}
	if told.PolicyKind != kind || told.PolicyID != kept.Policy || told.Base != s.Options.BaseCurrency {
		t.Fatalf("told policy %d (%s) in %s, want %d (%s) in %s", told.PolicyID, told.PolicyKind, told.Base, kept.Policy, kind, s.Options.BaseCurrency)
	}
	if len(kept.Routes) > 0 && told.MeanTalk != s.MeanTalk(kept.Lengths).Milliseconds() {
		t.Fatalf("told a mean talk of %d ms, want %s", told.MeanTalk, s.MeanTalk(kept.Lengths))
	}
	for i, p := range told.Plan {
		if p.Price != nil && p.Rule != kept.Routes[i].Why {
			t.Fatalf("place %d is preferred by %q, want %q", i+1, p.Rule, kept.Routes[i].Why)
		}
	}
}

func randomNumber(random *rand.Rand) string {
	if random.IntN(20) == 0 {
		return []string{"12", "101", "74950000002", "+"}[random.IntN(4)]
	}
	digits := []byte{"74"[random.IntN(2)]}
	for range 9 + random.IntN(3) {
		digits = append(digits, byte('0'+random.IntN(10)))
	}
	return "+" + string(digits)
}

// randomCompany has everything that routing knows of.
func randomCompany(t *testing.T, random *rand.Rand) *routing.Snapshot {
	t.Helper()
	maybe := func(percent int) bool { return random.IntN(100) < percent }
	prefix := func(most int) string {
		return ("74"[random.IntN(2):] + fmt.Sprintf("%06d", random.IntN(1_000_000)))[:1+random.IntN(most)]
	}
	match := func() routing.Match {
		m := routing.Match{BPrefix: prefix(3)}
		if maybe(40) {
			m.AccountID = int64(1 + random.IntN(2))
		}
		if maybe(20) {
			m.APrefix = "7495"
		}
		if maybe(30) {
			m.Window = rate.Window{Days: uint8(1 + random.IntN(127)), Start: uint16(random.IntN(700)), End: uint16(700 + random.IntN(700))}
		}
		return m
	}
	amount := func(most int64) money.Amount { return money.Amount(random.Int64N(most)) }
	highest := money.Rate(random.Int64N(3_000_000))
	d := routing.Data{
		Version: uint64(random.IntN(1000)), Currencies: []routing.Currency{{ID: 1, ISO: "USD"}, {ID: 2, ISO: "EUR"}}, FX: map[int64]money.FX{1: 110_000_000, 2: 100_000_000},
		Servers:  []routing.Server{{ID: 1, Name: "alpha", IAX2: "IAX2/a@a", Driver: routing.PJSIP}, {ID: 2, Name: "beta", IAX2: "IAX2/b@b", Driver: routing.PJSIP}},
		Tariffs:  []routing.Tariff{{ID: 1, Name: "retail", CurrencyID: 2}},
		Accounts: []routing.Account{{ID: 1, Name: "one", Enabled: true, DefaultCLI: "74950000001", TariffID: 1, CurrencyID: 1, NoLoss: maybe(50)}, {ID: 2, Name: "two", Enabled: true, MaxRate: &highest}},
		Numbers: []routing.Number{
			{ID: 1, Number: "74950000001", ProviderID: 1, Enabled: true, Direction: routing.In | routing.Out, AccountID: 1},
			{ID: 2, Number: "74950000002", ProviderID: 2, Enabled: true, Direction: routing.In | routing.Out, AccountID: 2, DestinationSubscriberID: 2, ServerID: int64(random.IntN(3))},
		},
		Gates: []routing.Gate{{ID: 1, NumberID: 1, ServerID: 1, Name: "gate", CLISupport: true, Enabled: maybe(80)}},
	}
	for id := range int64(6) {
		d.Subscribers = append(d.Subscribers, routing.Subscriber{
			ID: id + 1, Login: fmt.Sprint("phone-", id), AccountID: 1 + id%2, ServerID: 1 + id/5, Extension: strconv.FormatInt(101+id, 10), Enabled: maybe(95),
			MayShow: []e164.Number{"74950000002"},
		})
	}
	rows := map[int64][]routing.DeckRow{}
	add := func(deck routing.Deck) {
		deck.ID = int64(len(d.Decks) + 1)
		d.Decks = append(d.Decks, deck)
		seen := map[string]bool{}
		for range 30 {
			r := routing.DeckRow{Prefix: prefix(4), Blocked: maybe(5)}
			if seen[r.Prefix] {
				continue
			}
			seen[r.Prefix] = true
			step := [][2]int32{{1, 1}, {60, 60}, {30, 6}}[random.IntN(3)]
			r.Rate = rate.Rate{PerMinute: money.Rate(random.Int64N(3_000_000)), ConnectionFee: amount(2), Minimum: amount(2) * 5000, AttemptFee: amount(3), First: step[0], Next: step[1]}
			rows[deck.ID] = append(rows[deck.ID], r)
		}
	}
	add(routing.Deck{TariffID: 1})
	for id := int64(1); id <= 12; id++ {
		d.Providers = append(d.Providers, routing.Provider{
			ID: id, Name: fmt.Sprint("p", id), CurrencyID: 1 + id%2, Enabled: maybe(90), Plain: true, CLIAllowed: maybe(70), Dynamic: maybe(40), AppendPlus: maybe(30),
		})
		d.Addresses = append(d.Addresses, routing.Address{ID: id, ProviderID: id, Host: "sbc.example", Direction: routing.Out, Protocol: "SIP"})
		add(routing.Deck{ProviderID: id, Tier: routing.TierCLI})
	}
	kinds := []routing.PolicyKind{routing.Priority, routing.Share, routing.BandShare, routing.Quality}
	for i, kind := range kinds {
		p := routing.Policy{ID: int64(i + 1), Name: string(kind), Kind: kind, Band: random.IntN(3000)}
		for id := int64(1); id <= 12; id++ {
			if maybe(70) {
				p.Routes = append(p.Routes, routing.PolicyRoute{ProviderID: id, Place: random.IntN(5), Weight: 1 + random.IntN(9)})
			}
		}
		d.Policies = append(d.Policies, p)
		for range 2 {
			d.PolicyRules = append(d.PolicyRules, routing.PolicyRule{ID: int64(len(d.PolicyRules) + 1), Position: random.IntN(10), PolicyID: p.ID, Match: match()})
		}
	}
	for i := range int64(6) {
		action := []routing.RuleAction{routing.Prefer, routing.Force, routing.Forbid}[random.IntN(3)]
		d.RouteRules = append(d.RouteRules, routing.RouteRule{ID: i + 1, Action: action, Match: match(), ProviderID: 1 + random.Int64N(12)})
	}
	for i := range int64(4) {
		d.Blocks = append(d.Blocks, routing.Block{ID: i + 1, Side: routing.SideB, Prefix: prefix(3) + "7", AccountID: random.Int64N(3)})
		d.Lengths = append(d.Lengths, routing.LengthCount{Prefix: prefix(2), Seconds: int32(5 + random.IntN(300)), Calls: int64(random.IntN(500))})
	}
	var err error
	if d.Rates, err = routing.TableOf(d.Decks, rows); err != nil {
		t.Fatal(err)
	}
	s, _, err := routing.NewSnapshot(d, routing.Options{BaseCurrency: "USD"}, noon)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
