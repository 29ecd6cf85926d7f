package db_test

import (
	"errors"
	"strings"
	"testing"

	"tandem/db"
)

// refused is how a table refuses a row; the check comes before the database.
func refused[T any](t *testing.T, table db.Table[T], row T) *db.FieldError {
	t.Helper()
	_, err := table.Create(t.Context(), nil, row)
	field, _ := errors.AsType[*db.FieldError](err)
	if field == nil {
		t.Fatalf("%+v: %v, want a FieldError", row, err)
	}
	return field
}

// One step beyond the edge of each field, which is blamed by its own name.
func TestBeyondTheEdges(t *testing.T) {
	match := func(change func(*db.CallMatch)) db.RouteRule {
		m := db.CallMatch{From: "00:00", To: "00:00", TimeZone: "UTC"}
		change(&m)
		return db.RouteRule{Action: "block", CallMatch: m}
	}
	provider := func(change func(*db.Provider)) db.Provider {
		p := db.Provider{Name: "a", CurrencyID: 1}
		change(&p)
		return p
	}
	gate := func(change func(*db.Gate)) db.Gate {
		g := db.Gate{Name: "a", NumberID: 1, ServerID: 1}
		change(&g)
		return g
	}
	rules, providers, gates := db.RouteRules(), db.Providers(), db.Gates()
	for want, got := range map[string]*db.FieldError{
		"from: 24:00 begins no window":     refused(t, rules, match(func(m *db.CallMatch) { m.From = "24:00" })),
		"from: 7:00":                       refused(t, rules, match(func(m *db.CallMatch) { m.From = "7:00" })),
		"to: 24:01":                        refused(t, rules, match(func(m *db.CallMatch) { m.To = "24:01" })),
		"to: an empty window":              refused(t, rules, match(func(m *db.CallMatch) { m.From, m.To = "08:00", "08:00" })),
		"days: twice":                      refused(t, rules, match(func(m *db.CallMatch) { m.Days = []string{"mon", "mon"} })),
		"days: a word":                     refused(t, rules, match(func(m *db.CallMatch) { m.Days = []string{"monday"} })),
		"time_zone: Local":                 refused(t, rules, match(func(m *db.CallMatch) { m.TimeZone = "Local" })),
		"time_zone: a path":                refused(t, rules, match(func(m *db.CallMatch) { m.TimeZone = "../../etc/passwd" })),
		"a_prefix: a plus":                 refused(t, rules, match(func(m *db.CallMatch) { m.APrefix = "+7" })),
		"b_prefix: 16 digits":              refused(t, rules, match(func(m *db.CallMatch) { m.BPrefix = "1234567890123456" })),
		"account_id: below zero":           refused(t, rules, match(func(m *db.CallMatch) { m.AccountID = new(int64(-1)) })),
		"name: 65 characters":              refused(t, providers, provider(func(p *db.Provider) { p.Name = strings.Repeat("ж", 65) })),
		"name: digits":                     refused(t, providers, provider(func(p *db.Provider) { p.Name = "17" })),
		"name: blanks":                     refused(t, providers, provider(func(p *db.Provider) { p.Name = " a" })),
		"name: a line end":                 refused(t, providers, provider(func(p *db.Provider) { p.Name = "a\nb" })),
		"name: no UTF-8":                   refused(t, providers, provider(func(p *db.Provider) { p.Name = "a\xff" })),
		"cli_prefix: letters":              refused(t, providers, provider(func(p *db.Provider) { p.CLIPrefix = new("12a") })),
		"default_cli: begins with 0":       refused(t, providers, provider(func(p *db.Provider) { p.DefaultCLI = "0123456789" })),
		"channels: below zero":             refused(t, providers, provider(func(p *db.Provider) { p.Channels = -1 })),
		"cps: too many":                    refused(t, providers, provider(func(p *db.Provider) { p.CPS = 1_000_001 })),
		"port: 0":                          refused(t, gates, gate(func(g *db.Gate) { g.Port = new(0) })),
		"port: 65536":                      refused(t, gates, gate(func(g *db.Gate) { g.Port = new(65536) })),
		"context: ours":                    refused(t, gates, gate(func(g *db.Gate) { g.Context = "Redirect" })),
		"host: with a port":                refused(t, gates, gate(func(g *db.Gate) { g.Host = "a.example:5060" })),
		"password: a comment":              refused(t, gates, gate(func(g *db.Gate) { g.Password = new("a;b") })),
		"comment: 256 characters":          refused(t, gates, gate(func(g *db.Gate) { g.Comment = strings.Repeat("a", 256) })),
		"sip_status: 299":                  refused(t, db.StopRules(), db.StopRule{SIPStatus: new(299)}),
		"cause: 128":                       refused(t, db.StopRules(), db.StopRule{Cause: new(128)}),
		"release_cause: would become 603":  refused(t, db.StopRules(), db.StopRule{ReleaseCause: new(16)}),
		"side: C":                          refused(t, db.Blocks(), db.Block{Side: "C", Prefix: "1"}),
		"prefix: none would end all calls": refused(t, db.Blocks(), db.Block{Side: "A"}),
		"secret: 7 characters":             refused(t, db.Subscribers(), db.Subscriber{Login: "abc", AccountID: 1, ServerID: 1, Secret: new("1234567")}),
		"login: capitals":                  refused(t, db.Subscribers(), db.Subscriber{Login: "Abc", AccountID: 1, ServerID: 1}),
		"numbers[1]: an extension":         refused(t, db.Subscribers(), db.Subscriber{Login: "abc", AccountID: 1, ServerID: 1, Numbers: []string{"74951815000", "101"}}),
		"server_id: both":                  refused(t, db.DutyOperators(), db.DutyOperator{SubscriberID: 1, ServerID: new(int64(1)), NumberID: new(int64(1))}),
		"band_percent: three digits":       refused(t, db.Policies(), db.Policy{Name: "a", Kind: "share", BandPercent: "0.001", MinTier: "cli"}),
		"routes[1].provider_id: twice": refused(t, db.Policies(), db.Policy{
			Name: "a", Kind: "share", BandPercent: "0", MinTier: "cli",
			Routes: []db.PolicyRoute{{ProviderID: 1, Weight: 1}, {ProviderID: 1, Weight: 2}},
		}),
		"routes[0].weight: 10001": refused(t, db.Policies(), db.Policy{
			Name: "a", Kind: "share", BandPercent: "0", MinTier: "cli", Routes: []db.PolicyRoute{{ProviderID: 1, Weight: 10_001}},
		}),
	} {
		if field, _, _ := strings.Cut(want, ":"); got.Field != field || got.Text == "" {
			t.Errorf("%s: blamed %s: %s", want, got.Field, got.Text)
		}
	}
}
