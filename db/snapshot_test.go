package db_test

import (
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/routing"
)

func (b bundle) load() (routing.Data, []routing.Problem) {
	b.t.Helper()
	data, problems, err := b.LoadSnapshotData(b.t.Context(), nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return data, problems
}

// row finds one row by its id.
func row[T any](t *testing.T, rows []T, wanted func(T) bool) T {
	t.Helper()
	for _, r := range rows {
		if wanted(r) {
			return r
		}
	}
	t.Fatalf("no such %T", *new(T))
	panic("unreachable")
}

func same[T any](t *testing.T, what string, want, got T) {
	t.Helper()
	network := cmp.Comparer(func(x, y netip.Prefix) bool { return x == y })
	address := cmp.Comparer(func(x, y netip.Addr) bool { return x == y })
	if diff := cmp.Diff(want, got, network, address); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestLoadArticleFieldByField(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	data, problems := b.load()
	if len(problems) != 0 {
		t.Errorf("problems: %v", problems)
	}
	if got := strconv.FormatUint(data.Version, 10); got != b.one("SELECT MAX(id) FROM change_log") {
		t.Errorf("version %s is not the newest change", got)
	}
	text := func(s string) *string { return &s }

	same(t, "currencies", []routing.Currency{{ID: 96, ISO: "RUB"}, {ID: 122, ISO: "USD"}, {ID: 156, ISO: "EUR"}}, data.Currencies)
	same(t, "exchange rates", map[int64]money.FX{96: 92_50000000, 122: 1_16000000, 156: 1_00000000}, data.FX)
	same(t, "VoxBeam", routing.Provider{
		ID: 8, Name: "VoxBeam", CurrencyID: 122, Enabled: true, CLIAllowed: true, Dynamic: true, AppendPlus: true,
		TierPrefix: [3]*string{text("0011103"), text("0011101"), text("0011102")},
	}, row(t, data.Providers, func(p routing.Provider) bool { return p.ID == 8 }))
	same(t, "WestCall", routing.Provider{
		ID: 7, Name: "WestCall", CurrencyID: 96, Enabled: true, CLIAllowed: true, DefaultCLI: "74951815283", Plain: true,
	}, row(t, data.Providers, func(p routing.Provider) bool { return p.ID == 7 }))
	same(t, "address 34", routing.Address{
		ID: 34, ProviderID: 16, Network: netip.MustParsePrefix("89.208.190.2/32"), Host: "sip.n1.ipport.net", Direction: routing.Out, Protocol: "SIP",
	}, row(t, data.Addresses, func(a routing.Address) bool { return a.ID == 34 }))
	same(t, "address 1, whose address is not known", routing.Address{
		ID: 1, ProviderID: 8, Host: "sbc.voxbeam.com", Direction: routing.Out, Protocol: "SIP",
	}, row(t, data.Addresses, func(a routing.Address) bool { return a.ID == 1 }))
	same(t, "address 44", routing.Address{
		ID: 44, ProviderID: 7, Network: netip.MustParsePrefix("195.94.225.2/32"), Host: "195.94.225.2",
		Direction: routing.In | routing.Out, Protocol: "SIP",
	}, row(t, data.Addresses, func(a routing.Address) bool { return a.ID == 44 }))
	same(t, "server 2", routing.Server{
		ID: 2, Name: "asterisk-msm", Addresses: []netip.Addr{netip.MustParseAddr("89.208.16.1")}, IAX2: "IAX2/msm@msm", Driver: routing.PJSIP,
	}, row(t, data.Servers, func(s routing.Server) bool { return s.ID == 2 }))
	same(t, "gate 8", routing.Gate{
		ID: 8, NumberID: 279, ServerID: 1, Name: "westcall", Context: "westcall", CLISupport: true, Enabled: true,
	}, row(t, data.Gates, func(g routing.Gate) bool { return g.ID == 8 }))
	same(t, "number 279 and its destination", routing.Number{
		ID: 279, Number: "74951815000", ProviderID: 7, ServerID: 1, Enabled: true, Direction: routing.In | routing.Out,
		AccountID: 1, DestinationSubscriberID: 1,
	}, row(t, data.Numbers, func(n routing.Number) bool { return n.ID == 279 }))
	same(t, "number 278", routing.Number{
		ID: 278, Number: "4971122954000", ProviderID: 4, ServerID: 1, Direction: routing.In, Virtual: true,
	}, row(t, data.Numbers, func(n routing.Number) bool { return n.ID == 278 }))
	same(t, "number 531, forwarded", routing.Number{
		ID: 531, Number: "442038070123", ProviderID: 11, ServerID: 1, Enabled: true, Direction: routing.In, Virtual: true,
		AccountID: 2, DestinationNumber: "447700900123",
	}, row(t, data.Numbers, func(n routing.Number) bool { return n.ID == 531 }))

	for _, s := range data.Servers {
		if s.ID == 0 {
			t.Error("server 0 stands for no server and must not be one")
		}
	}
}

func TestLoadDemoFieldByField(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	b.exec("INSERT INTO stop_rules (id, provider_id, sip_status, rang, stop, release_cause) VALUES (5, 7, 404, 0, 1, 1), (6, NULL, NULL, NULL, 0, NULL)")
	data, _ := b.load()
	no := false

	same(t, "account 1", routing.Account{
		ID: 1, Name: "Moscow office", Enabled: true, Rules: e164.DialRules{International: "810", Trunk: "8", CountryCode: "7"},
		DefaultCLI: "74951815000", MinTier: routing.TierCLI, NoLoss: true,
	}, data.Accounts[0])
	same(t, "account 3", routing.Account{ID: 3, Name: "Transit", Enabled: true, NoLoss: true}, data.Accounts[2])
	same(t, "account 4", routing.Account{ID: 4, Name: "Retail", Enabled: true, NoLoss: true, TariffID: 1, CurrencyID: 156, Credit: new(money.Amount)}, data.Accounts[3])
	same(t, "subscriber 1", routing.Subscriber{
		ID: 1, Login: "moscow-101", Secret: "demo-moscow-101", AccountID: 1, ServerID: 1, Extension: "101",
		MayShow: []e164.Number{"74951815000", "74951815001", "74957952301"}, Enabled: true,
	}, data.Subscribers[0])
	same(t, "duties", []routing.Duty{{SubscriberID: 3, ServerID: 1}, {SubscriberID: 5, NumberID: 529}}, data.Duties)
	same(t, "server 1 is also here", []netip.Addr{
		netip.MustParseAddr("212.5.126.1"), netip.MustParseAddr("::1"), netip.MustParseAddr("127.0.0.1"),
	}, data.Servers[0].Addresses)
	same(t, "stop rules", []routing.StopRule{
		{ID: 5, ProviderID: 7, SIPStatus: 404, Rang: &no, Stop: true, Release: 1}, {ID: 6},
	}, data.StopRules)
	same(t, "tariffs", []routing.Tariff{{ID: 1, Name: "Retail", CurrencyID: 156}}, data.Tariffs)
}

func TestTheLatestExchangeRateIsInForce(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	b.exec("INSERT INTO fx_rates (currency_id, valid_from, per_eur) VALUES (96, '2026-02-01', 95), (96, '2999-01-01', 300)")
	data, problems := b.load()
	if got := data.FX[96]; got != 95_00000000 || len(problems) != 0 {
		t.Errorf("%s roubles, %v; want 95", got, problems)
	}
}

// A row that cannot be read is told with table, id, column and what to write
// instead; everything else is there.
func TestBadRowsAreLeftOutAndTold(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	b.exec("INSERT INTO policies (id, name, kind) VALUES (9, 'nine', 'share')")
	for _, c := range []struct {
		table, column string
		id            int64
		damage        string
		want          string
	}{
		{"providers_ips", "ipaddress", 2, "UPDATE providers_ips SET ipaddress = '95.211.119' WHERE id = 2", "192.0.2.0/24"},
		{"providers_ips", "ipaddress", 2, "UPDATE providers_ips SET ipaddress = '0.0.0.0/0' WHERE id = 2", "whole Internet"},
		{"providers_ips", "ipaddress", 2, "UPDATE providers_ips SET ipaddress = '10.0.0.0/33' WHERE id = 2", "192.0.2.0/24"},
		{"providers_ips", "ipaddress", 2, "UPDATE providers_ips SET ipaddress = NULL WHERE id = 2", "names prove nothing"},
		{"providers_ips", "domainname", 1, "UPDATE providers_ips SET domainname = NULL WHERE id = 1", "nothing to dial"},
		{"providers_ips", "direction", 1, "UPDATE providers_ips SET direction = 'BOTH' WHERE id = 1", "IN/OUT"},
		{"providers_ips", "proto", 1, "UPDATE providers_ips SET proto = 'SCCP' WHERE id = 1", "H323"},
		{"providers_ips", "proxy", 1, "UPDATE providers_ips SET proxy = 'sbc' WHERE id = 1", "host:port"},
		{"providers", "cli_allowed", 8, "UPDATE providers SET cli_allowed = '1' WHERE id = 8", "Y or N"},
		{"providers", "cli_prefix", 8, "UPDATE providers SET cli_prefix = '00&SIP' WHERE id = 8", "digits"},
		{"providers", "dynamic_calls_caller_id", 7, "UPDATE providers SET dynamic_calls_caller_id = '0495' WHERE id = 7", "country code"},
		{"servers", "ipaddress", 2, "UPDATE servers SET ipaddress = '10.0.0.0/8' WHERE id = 2", "one address"},
		{"servers", "driver", 2, "UPDATE servers SET driver = 'SIP' WHERE id = 2", "chan_sip"},
		{"server_addresses", "ipaddress", 1, "UPDATE server_addresses SET ipaddress = 'localhost' WHERE ipaddress = '::1'", "one address"},
		{"accounts", "country, international_prefix, trunk_prefix", 1, "UPDATE accounts SET country = 'XX' WHERE id = 1", "ISO 3166"},
		{"accounts", "min_tier", 1, "UPDATE accounts SET min_tier = 'gold' WHERE id = 1", "premium"},
		{"accounts", "default_cli", 1, "UPDATE accounts SET default_cli = 'office' WHERE id = 1", "country code"},
		{"subscriber_numbers", "number", 1, "UPDATE subscriber_numbers SET number = '101' WHERE subscriber_id = 1 AND number = '74951815000'", "country code"},
		{"numbers_pool", "number", 126, "UPDATE numbers_pool SET number = '' WHERE id = 126", "country code"},
		{"numbers_pool", "direction", 126, "UPDATE numbers_pool SET direction = '' WHERE id = 126", "IN/OUT"},
		{"numbers_pool", "destination_number", 531, "UPDATE numbers_pool SET destination_number = '07700' WHERE id = 531", "country code"},
		{"gates", "cid_support", 8, "UPDATE gates SET cid_support = '?' WHERE id = 8", "Y or N"},
		{"decks", "tier", 1, "UPDATE decks SET tier = 'CLI+' WHERE id = 1", "premium"},
		{"decks", "time_zone", 1, "UPDATE decks SET time_zone = 'Moscow' WHERE id = 1", "Europe/Moscow"},
		{"decks", "time_zone", 1, "UPDATE decks SET time_zone = 'Local' WHERE id = 1", "Europe/Moscow"},
		{"deck_rates", "prefix", 1, "UPDATE deck_rates SET prefix = '7x' WHERE deck_id = 1 AND prefix = '7'", "digits"},
		{"deck_rates", "prefix", 1, "UPDATE deck_rates SET per_minute = -1 WHERE deck_id = 1 AND prefix = '7'", "below zero"},
		{"deck_rates", "prefix", 1, "UPDATE deck_rates SET first_s = 0 WHERE deck_id = 1 AND prefix = '7'", "first increment"},
		{"deck_rates", "prefix", 1, "UPDATE deck_rates SET start_minute = -1 WHERE deck_id = 1 AND prefix = '7'", "0 to 1440"},
		{"deck_rates", "prefix", 1, "UPDATE deck_rates SET effective_from = '2026-01-01', effective_to = '2025-01-01' WHERE deck_id = 1 AND prefix = '7'", "before"},
		{"accounts", "max_per_minute", 1, "UPDATE accounts SET max_per_minute = -1 WHERE id = 1", "NULL"},
		{"accounts", "max_connection_fee", 1, "UPDATE accounts SET max_connection_fee = -1 WHERE id = 1", "NULL"},
		{"accounts", "channels, cps", 1, "UPDATE accounts SET channels = -1 WHERE id = 1", "no limit"},
		{"providers", "channels, cps", 8, "UPDATE providers SET cps = -1 WHERE id = 8", "no limit"},
		{"gates", "channels, cps", 8, "UPDATE gates SET cps = -1 WHERE id = 8", "no limit"},
		{"policies", "kind", 1, "INSERT INTO policies (id, name, kind) VALUES (1, 'p', 'cheapest')", "least_cost"},
		{"policies", "band_percent", 1, "INSERT INTO policies (id, name, kind, band_percent) VALUES (1, 'p', 'band_share', -5)", "0 or more"},
		{"policies", "min_tier", 1, "INSERT INTO policies (id, name, kind, min_tier) VALUES (1, 'p', 'share', 'gold')", "premium"},
		{"policy_routes", "weight", 1, "INSERT INTO policy_routes (id, policy_id, provider_id, weight) VALUES (1, 9, 3, 0)", "1 or more"},
		{"policy_routes", "tier", 1, "INSERT INTO policy_routes (id, policy_id, provider_id, tier) VALUES (1, 9, 3, 'gold')", "premium"},
		{"policy_rules", "a_prefix", 1, "INSERT INTO policy_rules (id, position, policy_id, a_prefix) VALUES (1, 1, 9, '+7')", "digits"},
		{"policy_rules", "b_prefix", 1, "INSERT INTO policy_rules (id, position, policy_id, b_prefix) VALUES (1, 1, 9, '7*')", "digits"},
		{"policy_rules", "time_zone", 1, "INSERT INTO policy_rules (id, position, policy_id, time_zone) VALUES (1, 1, 9, 'MSK')", "Europe/Moscow"},
		{"policy_rules", "days, start_minute, end_minute", 1, "INSERT INTO policy_rules (id, position, policy_id, days) VALUES (1, 1, 9, 128)", "Monday"},
		{"policy_rules", "days, start_minute, end_minute", 1, "INSERT INTO policy_rules (id, position, policy_id, end_minute) VALUES (1, 1, 9, 1441)", "1440"},
		{"policy_rules", "start_minute, end_minute", 1, "INSERT INTO policy_rules (id, position, policy_id, start_minute) VALUES (1, 1, 9, -1)", "1440"},
		{"route_rules", "tier", 1, "INSERT INTO route_rules (id, action, tier) VALUES (1, 'force', 'gold')", "premium"},
		{"fx_rates", "per_eur", 96, "UPDATE fx_rates SET per_eur = 0 WHERE currency_id = 96", "above zero"},
		{"fx_rates", "per_eur", 96, "UPDATE fx_rates SET per_eur = 999999999999 WHERE currency_id = 96", "above zero"},
		{"stop_rules", "sip_status", 1, "INSERT INTO stop_rules (id, sip_status, stop) VALUES (1, 180, 1)", "300 to 699"},
		{"stop_rules", "cause", 1, "INSERT INTO stop_rules (id, cause, stop) VALUES (1, 200, 1)", "Q.850"},
		{"stop_rules", "release_cause", 1, "INSERT INTO stop_rules (id, stop, release_cause) VALUES (1, 1, 128)", "Q.850"},
	} {
		t.Run(c.table+" "+c.column, func(t *testing.T) {
			b := b.in(t)
			b.exec(c.damage)
			data, problems := b.load()
			b.reset()
			if len(problems) != 1 {
				t.Fatalf("problems %v, want one", problems)
			}
			p := problems[0]
			if p.Table != c.table || p.ID != c.id || p.Column != c.column || !strings.Contains(p.Detail, c.want) {
				t.Errorf("told %v; want %s %d %s: …%s…", p, c.table, c.id, c.column, c.want)
			}
			if len(data.Providers) < 5 || len(data.Numbers) < 13 || data.Rates.Len() < 40 {
				t.Errorf("%d providers, %d numbers, %d rates: the rest did not live", len(data.Providers), len(data.Numbers), data.Rates.Len())
			}
		})
	}
}

// reset makes the rows of the seed what they were.
func (b bundle) reset() {
	b.t.Helper()
	for _, table := range []string{
		"stop_rules", "subscriber_numbers", "server_addresses", "policy_rules", "policy_routes", "policies WHERE id <> 9", "route_rules", "block_list",
		"deck_rates", "decks",
	} {
		b.exec("DELETE FROM " + table)
	}
	b.exec("UPDATE accounts SET max_per_minute = NULL, max_connection_fee = NULL, channels = 0")
	b.exec("UPDATE providers SET cps = 0")
	b.exec("UPDATE gates SET cps = 0")
	b.exec("UPDATE providers_ips SET proxy = NULL")
	b.exec("UPDATE servers SET driver = 'pjsip'")
	if _, err := b.SeedArticle(b.t.Context(), true); err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.SeedDemo(b.t.Context(), true); err != nil {
		b.t.Fatal(err)
	}
	if _, problems := b.load(); len(problems) != 0 {
		b.t.Fatalf("after setting back: %v", problems)
	}
}

func TestNetworksAndIPv6(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	b.exec(`INSERT INTO providers_ips (id, provider_id, ipaddress, domainname, direction, proto, port, proxy) VALUES
		(901, 3, '192.0.2.77/24', NULL, 'IN', 'SIP', NULL, NULL),
		(902, 3, '2001:db8::1', NULL, 'IN/OUT', 'SIP', 5070, '[2001:db8::2]:5060'),
		(903, 3, '::ffff:192.0.2.1', NULL, 'OUT', 'IAX2', NULL, NULL)`)
	data, problems := b.load()
	if len(problems) != 0 {
		t.Errorf("problems: %v", problems)
	}
	got := data.Addresses[len(data.Addresses)-3:]
	same(t, "addresses", []routing.Address{
		{ID: 901, ProviderID: 3, Network: netip.MustParsePrefix("192.0.2.0/24"), Direction: routing.In, Protocol: "SIP"},
		{
			ID: 902, ProviderID: 3, Network: netip.MustParsePrefix("2001:db8::1/128"), Host: "2001:db8::1", Port: 5070,
			Proxy: "[2001:db8::2]:5060", Direction: routing.In | routing.Out, Protocol: "SIP",
		},
		{ID: 903, ProviderID: 3, Network: netip.MustParsePrefix("192.0.2.1/32"), Host: "192.0.2.1", Direction: routing.Out, Protocol: "IAX2"},
	}, got)
}

// What would make a block or a rule vanish is refused where it is written.
func TestRulesThatCannotBeAreRefused(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	for _, statement := range []string{
		"INSERT INTO route_rules (id, action) VALUES (1, 'drop')",
		"INSERT INTO route_rules (id, action, b_prefix) VALUES (1, 'force', 'all')",
		"INSERT INTO route_rules (id, action, a_prefix) VALUES (1, 'block', '+7')",
		"INSERT INTO block_list (id, side, prefix) VALUES (1, 'C', '7')",
		"INSERT INTO block_list (id, side, prefix) VALUES (1, 'A', '+7')",
		"INSERT INTO block_list (id, side, prefix) VALUES (1, 'A', '')",
	} {
		if _, err := b.hand.ExecContext(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "CONSTRAINT") {
			t.Errorf("%s: %v; want it refused", statement, err)
		}
	}
}

// A block whose time cannot be read blocks at all times.
func TestBlockWithoutAReadableTimeBlocksAlways(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	b.exec("INSERT INTO route_rules (id, action, b_prefix, time_zone, start_minute, end_minute) VALUES (1, 'block', '79', 'Mars/Olympus', 60, 120), (2, 'prefer', '79', 'Mars/Olympus', 60, 120)")
	data, problems := b.load()
	if len(data.RouteRules) != 1 || data.RouteRules[0].ID != 1 || !data.RouteRules[0].Window.IsZero() || len(problems) != 2 {
		t.Errorf("rules %+v, problems %v", data.RouteRules, problems)
	}
}

// A row of a deck that cannot be read closes its prefix: a shallower one is not
// taken for it.
func TestUnreadableRateClosesItsPrefix(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	b.exec("UPDATE deck_rates SET first_s = 0 WHERE deck_id = 4 AND prefix = '447'")
	b.exec("UPDATE decks SET revision = revision + 1 WHERE id = 4")
	data, problems := b.load()
	s, _, err := routing.NewSnapshot(data, routing.Options{BaseCurrency: "USD"}, time.Now())
	if err != nil || len(problems) != 1 {
		t.Fatal(problems, err)
	}
	var p routing.Plan
	s.Plan(routing.Request{Server: s.Server("asterisk-macomnet"), Account: s.Account(3), BNumber: "447700900123", At: time.Now()}, &p)
	for _, d := range p.Dropped {
		if d.Key.ProviderID == 8 && d.Tier == routing.TierCLI {
			if d.Reason != routing.ReasonBlockedPrefix {
				t.Errorf("left out for %s, want %s", d.Reason, routing.ReasonBlockedPrefix)
			}
			return
		}
	}
	t.Error("the provider's tier is a route all the same")
}
