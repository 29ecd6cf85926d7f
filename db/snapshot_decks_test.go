package db_test

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tandem/billing/rate"
	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/routing"
)

// sameTable compares two tables of rates inside.
func sameTable(t *testing.T, what string, want, got *routing.RateTable) {
	t.Helper()
	zone := cmp.Comparer(func(x, y *time.Location) bool { return x.String() == y.String() })
	inside := cmp.Exporter(func(reflect.Type) bool { return true })
	if diff := cmp.Diff(want, got, zone, inside); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// Every column of deck_rates reaches the table of rates.
func TestDeckRowsReachTheTable(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	b.exec("DELETE FROM deck_rates")
	b.exec("DELETE FROM decks")
	b.exec(`INSERT INTO decks (id, provider_id, tariff_id, tier, version, state, publish_at, revision, time_zone, created_at) VALUES
		(7, 8, NULL, 'premium', 3, 'published', '2026-01-01', 4, 'Europe/Moscow', '2026-01-01'),
		(8, NULL, 1, NULL, 1, 'published', '2026-01-01', 1, 'UTC', '2026-01-01')`)
	b.exec(`INSERT INTO deck_rates (deck_id, prefix, n, per_minute, connection_fee, minimum_charge, attempt_fee, first_s, next_s,
			effective_from, effective_to, days, start_minute, end_minute, blocked, destination) VALUES
		(7, '44', 0, 0.01234567, 0.001, 0, 0, 30, 6, NULL, NULL, 0, 0, 0, 0, 'plain'),
		(7, '447', 0, 999999.99999999, 1, 2.5, 0.000001, 1, 3600, '2026-02-01 10:00:00.123', '2027-01-01', 127, 480, 1200, 0, 'all'),
		(7, '447', 1, 0.5, 0, 0, 0, 60, 60, '1969-12-31 23:59:59', NULL, 0, 0, 0, 0, 'old'),
		(7, '447', 2, 0.5, 0, 0, 0, 60, 60, NULL, NULL, 96, 0, 0, 0, 'weekend'),
		(7, '447', 3, 0.5, 0, 0, 0, 60, 60, NULL, NULL, 0, 1320, 360, 0, 'night'),
		(7, '882', 0, 0, 0, 0, 0, 60, 60, NULL, NULL, 0, 0, 0, 1, 'closed'),
		(8, '4', 0, 1, 0, 0.1, 0, 60, 60, NULL, NULL, 0, 0, 0, 0, 'minimum'),
		(8, '5', 0, 1, 0, 0, 0.2, 60, 60, NULL, NULL, 0, 0, 0, 0, 'attempt')`)
	b.exec(`INSERT INTO deck_rates (deck_id, prefix, per_minute, grace_s, free_s, steps) VALUES
		(8, '6', 1, 5, 0, ''), (8, '7', 1, 0, 30, ''), (8, '8', 1, 0, 0, '300:0.5'), (8, '9', 1, 60, 3600, '1:0.5,604800:0')`)
	b.exec(`UPDATE tariffs SET markup_percent = 12.5, markup_per_minute = NULL WHERE id = 1`)
	data, problems := b.load()
	if len(problems) != 0 {
		t.Errorf("problems: %v", problems)
	}
	moscow, err := time.LoadLocation("Europe/Moscow")
	if err != nil {
		t.Fatal(err)
	}
	decks := []routing.Deck{
		{ID: 8, Revision: 1, Version: 1, TariffID: 1, Zone: time.UTC},
		{ID: 7, Revision: 4, Version: 3, ProviderID: 8, Tier: routing.TierPremium, Zone: moscow},
	}
	zone := cmp.Comparer(func(x, y *time.Location) bool { return x.String() == y.String() })
	if diff := cmp.Diff(decks, data.Decks, zone); diff != "" {
		t.Errorf("decks (-want +got):\n%s", diff)
	}
	minute := func(perMinute money.Rate) rate.Rate { return rate.Rate{PerMinute: perMinute, First: 60, Next: 60} }
	row := func(prefix string, r rate.Rate) routing.DeckRow { return routing.DeckRow{Prefix: prefix, Rate: r} }
	old, weekend, night, minimum, attempt := minute(5e7), minute(5e7), minute(5e7), minute(1e8), minute(1e8)
	grace, free, step, steps := minute(1e8), minute(1e8), minute(1e8), minute(1e8)
	grace.Grace, free.Free, step.Steps[0] = 5, 30, rate.Step{After: 300, PerMinute: 5e7}
	steps.Grace, steps.Free, steps.Steps = 60, 3600, [rate.MaxSteps]rate.Step{{After: 1, PerMinute: 5e7}, {After: 604800}}
	old.From = at("1969-12-31 23:59:59")
	weekend.Window.Days = 96
	night.Window = rate.Window{Start: 1320, End: 360}
	minimum.Minimum, attempt.AttemptFee = 100_000, 200_000
	want, err := routing.TableOf(decks, map[int64][]routing.DeckRow{
		7: {
			row("44", rate.Rate{PerMinute: 1_234_567, ConnectionFee: 1000, First: 30, Next: 6}),
			row("447", rate.Rate{
				PerMinute: 999999_99999999, ConnectionFee: 1_000_000, Minimum: 2_500_000, AttemptFee: 1, First: 1, Next: 3600,
				From: at("2026-02-01 10:00:00").Add(123 * time.Millisecond), To: at("2027-01-01 00:00:00"), Window: rate.Window{Days: 127, Start: 480, End: 1200},
			}),
			row("447", old), row("447", weekend), row("447", night),
			{Prefix: "882", Blocked: true, Rate: minute(0)},
		},
		8: {row("4", minimum), row("5", attempt), row("6", grace), row("7", free), row("8", step), row("9", steps)},
	})
	if err != nil {
		t.Fatal(err)
	}
	sameTable(t, "table", want, data.Rates)
	if m := data.Tariffs[0].Markup; m == nil || *m != (routing.Markup{Percent: 125_000}) {
		t.Errorf("markup %+v", m)
	}
}

// Which deck counts, now and at other moments.
func TestWhichDeckIsInForce(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	b.exec("DELETE FROM decks WHERE provider_id = 8 AND tier = 'cli'")
	b.exec(`INSERT INTO decks (id, provider_id, tier, version, state, publish_at, rolled_back_at, created_at) VALUES
		(21, 8, 'cli', 1, 'published', '2026-01-01', NULL, '2026-01-01'),
		(22, 8, 'cli', 2, 'published', '2026-02-01', NULL, '2026-01-01'),
		(23, 8, 'cli', 3, 'rolled_back', '2026-03-01', '2026-03-05', '2026-01-01'),
		(24, 8, 'cli', 4, 'published', '2026-02-01', NULL, '2026-01-01'),
		(25, 8, 'cli', 5, 'published', '2999-01-01', NULL, '2026-01-01'),
		(26, 8, 'cli', 6, 'draft', NULL, NULL, '2026-01-01'),
		(27, 8, 'cli', 7, 'loading', NULL, NULL, '2026-01-01'),
		(28, 8, 'noncli', 8, 'draft', NULL, NULL, '2026-01-01')`)
	if got := b.inForce(); got != 24 {
		t.Errorf("deck %d in force now, want 24", got)
	}
	load := func(when string, decks ...int64) routing.Data {
		t.Helper()
		data, problems, err := b.LoadSnapshotDataAt(t.Context(), nil, at(when), decks...)
		if err != nil || len(problems) != 0 {
			t.Fatalf("%v, %v", problems, err)
		}
		return data
	}
	for _, c := range []struct {
		when string
		want int64
	}{
		{"2025-12-31 23:59:59", 0},
		{"2026-01-01 00:00:00", 21},
		{"2026-01-31 23:59:59", 21},
		{"2026-02-01 00:00:00", 24}, // the later of two for the same moment
		{"2026-03-01 00:00:00", 23},
		{"2026-03-04 23:59:59", 23},
		{"2026-03-05 00:00:00", 24}, // rolled back
		{"2998-12-31 00:00:00", 24},
		{"2999-01-01 00:00:00", 25},
	} {
		if got := voxBeamDeck(load(c.when), routing.TierCLI); got != c.want {
			t.Errorf("%s: deck %d, want %d", c.when, got, c.want)
		}
	}

	// Drafts in the place of what is in force; everything else stays.
	data := load("2026-06-01 00:00:00", 26, 28)
	if cli, non, premium := voxBeamDeck(data, routing.TierCLI), voxBeamDeck(data, routing.TierNonCLI), voxBeamDeck(data, routing.TierPremium); cli != 26 || non != 28 || premium != 6 {
		t.Errorf("decks %d, %d, %d; want 26, 28, 6", cli, non, premium)
	}
	if _, _, err := b.LoadSnapshotDataAt(t.Context(), nil, time.Now(), 26, 25); err == nil || !strings.Contains(err.Error(), "name one of them") {
		t.Errorf("two decks for one place: %v", err)
	}
}

// Exchange rates are those of the moment as well.
func TestExchangeRatesOfAMoment(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	b.exec("INSERT INTO fx_rates (currency_id, valid_from, per_eur) VALUES (96, '2026-02-01', 95), (96, '2999-01-01', 300)")
	for when, want := range map[string]money.FX{
		"2025-01-01 00:00:00": 0, "2026-01-31 00:00:00": 92_50000000, "2026-02-01 00:00:00": 95_00000000, "2999-01-01 00:00:00": 300_00000000,
	} {
		data, _, err := b.LoadSnapshotDataAt(t.Context(), nil, at(when))
		if err != nil || data.FX[96] != want {
			t.Errorf("%s: %s roubles, %v; want %s", when, data.FX[96], err, want)
		}
	}
}

// Decks that are loaded already are not read again, and a table that is put
// together is the one that would be read whole.
func TestLoadReadsOnlyNewDecks(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	first, _ := b.load()
	again := func(old *routing.RateTable) routing.Data {
		t.Helper()
		data, problems, err := b.LoadSnapshotData(t.Context(), old)
		if err != nil || len(problems) != 0 {
			t.Fatalf("%v, %v", problems, err)
		}
		return data
	}
	if got := again(first.Rates); got.Rates != first.Rates {
		t.Error("nothing has changed, and yet there is another table")
	}

	// Rows of a published deck changed by hand count once the revision is raised.
	b.exec("UPDATE deck_rates SET per_minute = 7 WHERE deck_id = 4 AND prefix = '7'")
	if got := again(first.Rates); got.Rates != first.Rates {
		t.Error("read again without a new revision")
	}
	b.exec("UPDATE decks SET revision = 2 WHERE id = 4")
	revised := again(first.Rates)
	whole, _ := b.load()
	if !slices.Contains(revised.Rates.Decks(), routing.DeckRef{ID: 4, Revision: 2}) || revised.Rates.Len() != whole.Rates.Len() {
		t.Errorf("%d rates of %v", revised.Rates.Len(), revised.Rates.Decks())
	}

	// One deck goes, one comes.
	b.exec("UPDATE decks SET state = 'rolled_back', rolled_back_at = UTC_TIMESTAMP(3) WHERE id = 1")
	b.publish(b.draft(voxBeam(), some(1000)), time.Time{})
	if got := again(revised.Rates); got.Rates.Len() != first.Rates.Len()-6-6+1000 || len(got.Decks) != 10 {
		t.Errorf("%d rates of %d decks, want %d of 10", got.Rates.Len(), len(got.Decks), first.Rates.Len()-6-6+1000)
	}
	b.exec("UPDATE decks SET state = 'rolled_back', rolled_back_at = UTC_TIMESTAMP(3)")
	if got := again(first.Rates); got.Rates.Len() != 0 || len(got.Decks) != 0 {
		t.Errorf("%d rates of %d decks, want none", got.Rates.Len(), len(got.Decks))
	}
}

// A hundred bad rows are told, the others are counted.
func TestBadRatesAreToldWithinBounds(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	b.exec(`INSERT INTO deck_rates (deck_id, prefix, per_minute, first_s) SELECT 4, 20000 + seq, 1, 0 FROM seq_1_to_250`)
	_, problems := b.load()
	if len(problems) != 101 || problems[99].Table != "deck_rates" || problems[99].ID != 4 || !strings.Contains(problems[0].Detail, `"20001"`) {
		t.Fatalf("%d problems, first %v", len(problems), problems[0])
	}
	if last := problems[100].Detail; !strings.HasPrefix(last, "150 more") {
		t.Errorf("last: %s; want 150 more", last)
	}
}

func TestPoliciesAndRulesFieldByField(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	b.exec("INSERT INTO policies (id, name, kind, band_percent, min_tier) VALUES (1, 'Office', 'priority', 0, 'cli'), (2, 'Shares', 'band_share', 5.25, 'noncli')")
	b.exec("INSERT INTO policy_routes (policy_id, provider_id, tier, place, weight) VALUES (1, 8, 'premium', 2, 1), (1, 7, NULL, 1, 1), (2, 8, NULL, 0, 30), (2, 11, 'cli', 0, 70)")
	b.exec("INSERT INTO policy_rules (id, position, policy_id, account_id, a_prefix, b_prefix, days, start_minute, end_minute, time_zone) VALUES (1, 20, 2, NULL, '', '', 0, 0, 0, 'UTC'), (2, 10, 1, 1, '7495', '44', 31, 540, 1080, 'Europe/Moscow')")
	b.exec("INSERT INTO route_rules (id, action, account_id, a_prefix, b_prefix, provider_id, tier, gate_id, enabled) VALUES (1, 'prefer', NULL, '', '44', 8, 'cli', NULL, 1), (2, 'block', 2, '', '', NULL, NULL, 8, 1), (3, 'force', NULL, '', '', 7, NULL, NULL, 0)")
	b.exec("INSERT INTO block_list (id, side, prefix, account_id) VALUES (1, 'A', '447', 2), (2, 'B', '882', NULL)")
	b.exec("INSERT INTO call_lengths VALUES ('', 3, 100), ('44', 61, 31)")
	b.exec("UPDATE accounts SET channels = 10, cps = 2, no_loss = 0, max_per_minute = 0.05, max_connection_fee = 0 WHERE id = 3")
	b.exec("UPDATE providers SET channels = 30, cps = 5 WHERE id = 8")
	b.exec("UPDATE gates SET channels = 4, cps = 1 WHERE id = 8")
	data, problems := b.load()
	if len(problems) != 0 {
		t.Errorf("problems: %v", problems)
	}
	premium, cli := routing.TierPremium, routing.TierCLI
	same(t, "policies", []routing.Policy{
		{ID: 1, Name: "Office", Kind: routing.Priority, MinTier: routing.TierCLI, Routes: []routing.PolicyRoute{
			{ProviderID: 7, Place: 1, Weight: 1}, {ProviderID: 8, Tier: &premium, Place: 2, Weight: 1},
		}},
		{ID: 2, Name: "Shares", Kind: routing.BandShare, Band: 525, Routes: []routing.PolicyRoute{
			{ProviderID: 8, Weight: 30}, {ProviderID: 11, Tier: &cli, Weight: 70},
		}},
	}, data.Policies)
	zone := cmp.Comparer(func(x, y *time.Location) bool { return x.String() == y.String() })
	moscow, err := time.LoadLocation("Europe/Moscow")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]routing.PolicyRule{
		{ID: 2, Position: 10, PolicyID: 1, Match: routing.Match{
			AccountID: 1, APrefix: "7495", BPrefix: "44", Window: rate.Window{Days: 31, Start: 540, End: 1080}, Zone: moscow,
		}},
		{ID: 1, Position: 20, PolicyID: 2, Match: routing.Match{Zone: time.UTC}},
	}, data.PolicyRules, zone); diff != "" {
		t.Errorf("policy rules (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]routing.RouteRule{
		{ID: 1, Action: routing.Prefer, Match: routing.Match{BPrefix: "44", Zone: time.UTC}, ProviderID: 8, Tier: &cli},
		{ID: 2, Action: routing.Forbid, Match: routing.Match{AccountID: 2, Zone: time.UTC}, GateID: 8},
	}, data.RouteRules, zone, cmpopts.IgnoreUnexported(routing.RouteRule{})); diff != "" {
		t.Errorf("route rules (-want +got):\n%s", diff)
	}
	same(t, "blocks", []routing.Block{{ID: 1, Side: routing.SideA, Prefix: "447", AccountID: 2}, {ID: 2, Side: routing.SideB, Prefix: "882"}}, data.Blocks)
	same(t, "lengths", []routing.LengthCount{{Seconds: 3, Calls: 100}, {Prefix: "44", Seconds: 61, Calls: 31}}, data.Lengths)
	perMinute, fee := money.Rate(5_000_000), money.Amount(0)
	same(t, "account 3", routing.Account{
		ID: 3, Name: "Transit", Enabled: true, Limit: routing.Limit{Channels: 10, CPS: 2}, MaxRate: &perMinute, MaxFee: &fee,
	}, data.Accounts[2])
	same(t, "limit of VoxBeam", routing.Limit{Channels: 30, CPS: 5}, row(t, data.Providers, func(p routing.Provider) bool { return p.ID == 8 }).Limit)
	same(t, "limit of gate 8", routing.Limit{Channels: 4, CPS: 1}, row(t, data.Gates, func(g routing.Gate) bool { return g.ID == 8 }).Limit)
}

// How long it takes to load is told, not asserted.
func TestLoadOfManyRates(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	const n = 200_000
	start := time.Now()
	id := b.draft(voxBeam(), some(n))
	imported := time.Since(start)
	b.publish(id, time.Time{})
	start = time.Now()
	data, _ := b.load()
	if got := data.Rates.Len(); got < n {
		t.Errorf("%d rates, want %d and the seed's", got, n)
	}
	t.Logf("%d rates: imported in %s, loaded in %s", n, imported, time.Since(start))
}

// For a question about one number only its rates are read, and the answer is the
// same.
func TestLoadForSomeNumbers(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	const number, other = "442071234567", "37167859001"
	for _, numbers := range [][]e164.Number{{}, {number}, {number, other}} {
		data, problems, err := b.LoadSnapshotDataFor(t.Context(), time.Time{}, numbers...)
		if err != nil || len(problems) != 0 {
			t.Fatalf("%v, %v", problems, err)
		}
		want := 0
		for _, n := range numbers {
			count, err := strconv.Atoi(b.one("SELECT COUNT(*) FROM deck_rates WHERE ? LIKE CONCAT(prefix, '%')", string(n)))
			if err != nil {
				t.Fatal(err)
			}
			want += count
		}
		if got := data.Rates.Len(); got != want || want == 0 && len(numbers) > 0 {
			t.Errorf("%v: %d rates, want %d", numbers, got, want)
		}
	}
	some, _, err := b.LoadSnapshotDataFor(t.Context(), time.Time{}, number)
	if err != nil {
		t.Fatal(err)
	}
	all, _ := b.load()
	same(t, "routes", routesOf(t, all, number), routesOf(t, some, number))
}

// routesOf are the routes of a transit call, with their prices.
func routesOf(t *testing.T, data routing.Data, number e164.Number) []string {
	t.Helper()
	s, problems, err := routing.NewSnapshot(data, routing.Options{BaseCurrency: "EUR"}, time.Now())
	if err != nil || len(problems) != 0 {
		t.Fatalf("%v, %v", problems, err)
	}
	subscriber := s.Login("transit-1")
	account := s.Account(subscriber.AccountID)
	var plan routing.Plan
	s.Plan(routing.Request{
		Server: s.Server("asterisk-macomnet"), Account: account, Shown: s.Present(account, subscriber, ""), BNumber: number, At: time.Now(),
	}, &plan)
	var routes []string
	for _, r := range plan.Routes {
		routes = append(routes, fmt.Sprintf("%s %s %s", r.Key, r.Prefix, r.Cost))
	}
	return routes
}
