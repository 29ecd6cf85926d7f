package db_test

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tandem/db"
	"tandem/dialplan"
	"tandem/routing"
)

// made makes rows and ends the test when one is refused.
func made[T any](b bundle, table db.Table[T], rows ...T) {
	b.t.Helper()
	for _, row := range rows {
		if _, err := table.Create(b.t.Context(), b.DB, row); err != nil {
			b.t.Fatalf("%+v: %v", row, err)
		}
	}
}

// What the resources accept, routing takes without a problem and the renderer
// without a refusal, at the edges of every field.
func TestResourcesSuitRoutingAndRenderer(t *testing.T) {
	b := seeded(t)
	long := strings.Repeat("a", 40)
	made(b, db.Providers(),
		db.Provider{Name: strings.Repeat("ж", 64), CurrencyID: 96, NonCLIPrefix: new(""), CLIPrefix: new("*1#0"), PremiumPrefix: new("123456789012345"), DefaultCLI: "1234567"},
		db.Provider{Name: "x'; DROP TABLE gates; --", CurrencyID: 96, Channels: 1_000_000, CPS: 1_000_000})
	made(b, db.Addresses(),
		db.Address{ProviderID: 16, Direction: "IN", Protocol: "SIP", Address: "203.0.113.77/24"},
		db.Address{ProviderID: 16, Direction: "IN/OUT", Protocol: "SIP", Address: "::ffff:198.51.100.9", Port: new(65535), Proxy: "[2001:db8::1]:5060"},
		db.Address{ProviderID: 16, Direction: "OUT", Protocol: "SIP", Domain: "sip-1.example", Proxy: "proxy.example:1"},
		db.Address{ProviderID: 16, Direction: "OUT", Protocol: "H323", Address: "2001:db8::5"})
	made(b, db.Servers(),
		db.Server{Name: "0." + long[:38], Address: "::ffff:192.0.2.1", Addresses: []string{"2001:db8::1", "2001:DB8:0::1"}, IAX2: "IAX2/a.b@c-d", SIP: "SIP/192.0.2.1:5060", Protocol: "SIP", Driver: "chan_sip"})
	made(b, db.Gates(),
		db.Gate{Name: long, NumberID: 279, ServerID: 1, Context: "Z" + strings.Repeat("_", 59), Host: "2001:db8::7", Port: new(1), Login: "+7495.x_-", Password: new(`!#%&()*+./:=?@^_{|}~,$-`)},
		db.Gate{Name: "0_.-", NumberID: 280, ServerID: 2, Context: "public", Host: "a"})
	made(b, db.Numbers(), db.Number{Number: "999999999999999", ProviderID: 16, Direction: "OUT", DestinationNumber: "1234567", ServerID: new(int64(0))})
	made(b, db.Subscribers(),
		db.Subscriber{Login: "0-" + long[:38], AccountID: 1, ServerID: 1, Extension: "123456789012345", Numbers: []string{"74951815000", "74951815000"}},
		db.Subscriber{Login: "abc", AccountID: 1, ServerID: 1, Secret: new("!#%&()*+./:=?@^_{|}~,$-12345678")})
	made(b, db.DutyOperators(), db.DutyOperator{SubscriberID: 1, ServerID: new(int64(2))})
	made(b, db.Policies(),
		db.Policy{Name: "a", Kind: "band_share", BandPercent: "9999.99", MinTier: "premium", Routes: []db.PolicyRoute{{ProviderID: 7, Weight: 10_000}, {ProviderID: 7, Tier: new("cli"), Weight: 1}}},
		db.Policy{Name: "b", Kind: "quality", BandPercent: "0.5", MinTier: "noncli"})
	policy, err := strconv.ParseInt(b.one(`SELECT id FROM policies WHERE name = 'a'`), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	for i, window := range [][2]string{{"00:00", "00:00"}, {"00:00", "24:00"}, {"23:59", "00:00"}, {"22:00", "06:00"}, {"00:01", "24:00"}} {
		match := db.CallMatch{APrefix: "7", BPrefix: "123456789012345", Days: []string{"sun", "mon"}, From: window[0], To: window[1], TimeZone: "Europe/Moscow"}
		made(b, db.PolicyRules(), db.PolicyRule{Position: i - 2, PolicyID: policy, CallMatch: match})
		made(b, db.RouteRules(), db.RouteRule{Action: []string{"prefer", "force", "block"}[i%3], GateID: new(int64(8)), CallMatch: match})
	}
	for _, cause := range []int{1, 17, 127} {
		made(b, db.StopRules(), db.StopRule{SIPStatus: new(300 + cause), Cause: new(cause), Rang: new(false), Stop: true, ReleaseCause: new(cause)})
	}
	made(b, db.Blocks(), db.Block{Side: "A", Prefix: "0"}, db.Block{Side: "B", Prefix: "123456789012345", AccountID: new(int64(3))})

	data, problems, err := b.LoadSnapshotData(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	s, more, err := routing.NewSnapshot(data, routing.Options{BaseCurrency: "EUR"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range slices.Concat(problems, more) {
		t.Errorf("accepted, and yet: %s", p)
	}
	for _, server := range s.Servers() {
		if _, err := dialplan.Render(rendered(s, server)); err != nil {
			t.Errorf("accepted, and yet: %s: %v", server.Name, err)
		}
	}
}

// rendered is a server with everybody it serves.
func rendered(s *routing.Snapshot, server *routing.Server) dialplan.Server {
	dir := "/srv/x"
	out := dialplan.Server{
		Name: server.Name, SIPBind: netip.MustParseAddrPort("192.0.2.10:5060"), RTPFirst: 10000, RTPLast: 19999,
		Dirs:     dialplan.Dirs{Etc: dir, Modules: dir, Data: dir, AGI: dir, VarLib: dir, DB: dir, Keys: dir, Spool: dir, Cache: dir, Run: dir, Log: dir},
		HTTPBind: netip.MustParseAddrPort("127.0.0.1:8088"), AMIBind: netip.MustParseAddrPort("127.0.0.1:5038"), IAXBind: netip.MustParseAddrPort("192.0.2.10:4569"),
		ARI: dialplan.User{Name: "tandem", Secret: "ari-secret"}, AMI: dialplan.User{Name: "tandem", Secret: "ami-secret"}, IAX: dialplan.User{Name: "me", Secret: "iax-secret"},
		Nodes: []dialplan.Node{{AGI: netip.MustParseAddrPort("192.0.2.20:4573"), HTTP: netip.MustParseAddrPort("192.0.2.20:8080")}}, ReportFile: "/srv/lost",
	}
	for _, p := range s.Providers() {
		out.Trunks = append(out.Trunks, dialplan.Trunk{Endpoint: routing.SourceEndpoint(p), Match: s.Sources(p.ID)})
		for _, a := range s.Trunks(p.ID) {
			out.Trunks = append(out.Trunks, dialplan.Trunk{Endpoint: routing.TrunkEndpoint(a), Host: a.Host, Port: a.Port, Proxy: a.Proxy})
		}
	}
	for _, row := range s.GatesAt(server.ID) {
		if slices.ContainsFunc(out.Gates, func(g dialplan.Gate) bool { return g.Endpoint == row.Gate.Name }) || row.Gate.Host == "" {
			continue
		}
		out.Gates = append(out.Gates, dialplan.Gate{
			Endpoint: row.Gate.Name, Numbers: []string{string(row.Number.Number)}, Context: row.Gate.Context,
			Host: row.Gate.Host, Port: row.Gate.Port, Login: row.Gate.Login, Password: row.Gate.Password,
		})
	}
	for _, v := range s.Subscribers() {
		out.Subscribers = append(out.Subscribers, dialplan.Subscriber{Login: v.Login, Secret: v.Secret})
	}
	for _, v := range s.Servers() {
		if user, peer, ok := strings.Cut(strings.TrimPrefix(v.IAX2, "IAX2/"), "@"); ok && v != server {
			out.Neighbours = append(out.Neighbours, dialplan.Neighbour{Name: peer, User: user, Secret: "iax-secret", Addr: netip.MustParseAddrPort("192.0.2.30:4569")})
		}
	}
	return out
}
