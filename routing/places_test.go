package routing_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"tandem/billing/rate"
	"tandem/geo"
	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/routing"
)

// placing is a switch with one route to everywhere, and these rules.
func placing(tb testing.TB, atlas *geo.Atlas, rules []routing.RouteRule, blocks []routing.Block) *routing.Snapshot {
	tb.Helper()
	decks := []routing.Deck{{ID: 1, Revision: 1, Version: 1, ProviderID: 1, Tier: routing.TierCLI}}
	var rows []routing.DeckRow
	for digit := range strings.SplitSeq("123456789", "") {
		rows = append(rows, routing.DeckRow{Prefix: digit, Rate: rate.Rate{PerMinute: 1_000_000, First: 60, Next: 60}})
	}
	rates, err := routing.TableOf(decks, map[int64][]routing.DeckRow{1: rows})
	if err != nil {
		tb.Fatal(err)
	}
	s, problems, err := routing.NewSnapshot(routing.Data{
		Currencies: []routing.Currency{{ID: 1, ISO: "USD"}}, FX: map[int64]money.FX{1: 1_0000_0000},
		Servers:   []routing.Server{{ID: 1, Name: "sw", Driver: routing.PJSIP}},
		Providers: []routing.Provider{{ID: 1, Name: "one", CurrencyID: 1, Enabled: true, Plain: true, CLIAllowed: true, Dynamic: true}},
		Addresses: []routing.Address{{ID: 1, ProviderID: 1, Host: "a.example", Protocol: "SIP", Direction: routing.Out}},
		Accounts:  []routing.Account{{ID: 1, Name: "office", Enabled: true}},
		Decks:     decks, Rates: rates, RouteRules: rules, Blocks: blocks,
	}, routing.Options{BaseCurrency: "USD", Prior: threeMinutes(tb), Places: atlas}, time.Time{})
	if err != nil || len(problems) > 0 {
		tb.Fatal(err, problems)
	}
	return s
}

func newAtlas(tb testing.TB) *geo.Atlas {
	tb.Helper()
	atlas, err := geo.New(0)
	if err != nil {
		tb.Fatal(err)
	}
	return atlas
}

func asking() ([]routing.RouteRule, []routing.Block) {
	rules := []routing.RouteRule{
		{ID: 1, Action: routing.Prefer, ProviderID: 1, Match: routing.Match{Place: geo.Match{Types: []geo.Type{geo.Mobile}, Countries: []string{"RU", "GB"}}}},
		{ID: 2, Action: routing.Forbid, Match: routing.Match{Quiet: routing.Quiet{From: 22 * 60, To: 23 * 60}}},
		{ID: 3, Action: routing.Forbid, Match: routing.Match{Place: geo.Match{Regions: []string{"NJ", "Cairo"}}}},
	}
	blocks := []routing.Block{
		{ID: 1, Side: routing.SideB, Place: geo.Match{Types: []geo.Type{geo.Premium, geo.SharedCost}}},
		{ID: 2, Side: routing.SideA, Place: geo.Match{Countries: []string{"CH"}}},
	}
	return rules, blocks
}

// Rules that ask for places cost a decision no allocation, and rules that do not
// ask look nothing up.
func TestPlacesAllocateNothing(t *testing.T) {
	atlas := newAtlas(t)
	rules, blocks := asking()
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	request := routing.Request{BNumber: "442038070121", At: noon, Shown: routing.Presented{CLI: "74951815000"}}
	var p routing.Plan
	for _, c := range []struct {
		name string
		s    *routing.Snapshot
		asks bool
	}{
		{"none", placing(t, atlas, nil, []routing.Block{{ID: 1, Side: routing.SideB, Prefix: "882"}}), false},
		{"asking", placing(t, atlas, rules, blocks), true},
	} {
		request.Server, request.Account = c.s.Server("sw"), c.s.Account(1)
		if n := testing.AllocsPerRun(200, func() { c.s.Plan(request, &p) }); n > 0 {
			t.Errorf("%s: %.0f allocations", c.name, n)
		}
		if len(p.Routes) != 1 || p.Refused != "" {
			t.Fatalf("%s: %d routes, refused %q %s", c.name, len(p.Routes), p.Refused, p.Detail)
		}
		if asked := atlas.Len() > 0; asked != c.asks {
			t.Errorf("%s: %d places were looked up", c.name, atlas.Len())
		}
	}
}

// Whatever the number, routing says what the rules say that are held against the
// place one by one.
func TestPlaceRulesModel(t *testing.T) {
	t.Parallel()
	atlas := newAtlas(t)
	r := rand.New(rand.NewPCG(9, 9))
	numbers := []e164.Number{
		"442038070121", "447400123456", "448712345678", "79161234567", "74957777777", "12012003000", "41446681800", "4930123456", "20221234567", "88001234567", "390612345678", "81312345678", "33612345678",
	}
	types := []geo.Type{geo.Fixed, geo.Mobile, geo.Premium, geo.FixedOrMobile, geo.Unknown}
	countries := []string{"GB", "RU", "US", "CH", "DE", "EG", "IT"}
	regions := []string{"London", "NJ", "Moscow", "Cairo"}
	pick := func(n int) bool { return r.IntN(n) == 0 }
	refused := map[routing.Reason]int{}
	for range 300 {
		var m routing.Match
		for _, v := range types {
			if pick(4) {
				m.Place.Types = append(m.Place.Types, v)
			}
		}
		for _, v := range countries {
			if pick(4) {
				m.Place.Countries = append(m.Place.Countries, v)
			}
		}
		for _, v := range regions {
			if pick(8) {
				m.Place.Regions = append(m.Place.Regions, v)
			}
		}
		if pick(2) {
			m.Quiet = routing.Quiet{From: r.IntN(1440), To: r.IntN(1441)}
		}
		if m.Place.IsZero() && m.Quiet.IsZero() {
			continue
		}
		s := placing(t, atlas, []routing.RouteRule{{ID: 1, Action: routing.Forbid, Match: m}}, nil)
		for _, b := range numbers {
			at := time.Date(2026, 1, 1, 0, r.IntN(365*1440), 0, 0, time.UTC)
			want := routing.Reason("")
			place := atlas.Place(string(b))
			if m.Place.Matches(&place) && (m.Quiet.IsZero() || atlas.IsQuiet(&place, at, m.Quiet.From, m.Quiet.To)) {
				switch {
				case !m.Quiet.IsZero():
					want = routing.ReasonQuietHours
				case len(m.Place.Types) > 0:
					want = routing.ReasonBlockedType
				default:
					want = routing.ReasonBlockedCountry
				}
			}
			var p routing.Plan
			s.Plan(routing.Request{Server: s.Server("sw"), Account: s.Account(1), BNumber: b, At: at}, &p)
			if p.Refused != want {
				t.Fatalf("%s (%+v) at %s by %+v: %q %s, want %q", b, place, at, m, p.Refused, p.Detail, want)
			}
			refused[want]++
		}
	}
	for _, reason := range []routing.Reason{"", routing.ReasonQuietHours, routing.ReasonBlockedType, routing.ReasonBlockedCountry} {
		if refused[reason] < 20 {
			t.Errorf("%q only %d times: the test looks at too little", reason, refused[reason])
		}
	}
}

// What can never match, or is no hour, is told and left out as a whole.
func TestPlaceProblems(t *testing.T) {
	t.Parallel()
	good := routing.RouteRule{ID: 1, Action: routing.Forbid}
	for column, m := range map[string]routing.Match{
		"countries":  {Place: geo.Match{Countries: []string{"XX"}}},
		"regions":    {Place: geo.Match{Regions: []string{" London"}}},
		"types":      {Place: geo.Match{Types: []geo.Type{99}}},
		"quiet_from": {Quiet: routing.Quiet{From: -1, To: 2}},
	} {
		rule := good
		rule.Match = m
		s, problems, err := routing.NewSnapshot(routing.Data{
			Currencies: []routing.Currency{{ID: 1, ISO: "USD"}}, FX: map[int64]money.FX{1: 1}, RouteRules: []routing.RouteRule{rule},
			Blocks: []routing.Block{{ID: 2, Side: routing.SideB, Place: m.Place}}, Servers: []routing.Server{{ID: 1, Name: "sw"}}, Accounts: []routing.Account{{ID: 1}},
		}, routing.Options{BaseCurrency: "USD"}, time.Time{})
		if err != nil || len(problems) == 0 || problems[0].Column != column {
			t.Errorf("%s: %v, %v", column, problems, err)
			continue
		}
		var p routing.Plan
		s.Plan(routing.Request{Server: s.Server("sw"), Account: s.Account(1), BNumber: "442038070121"}, &p)
		if p.Refused != "" {
			t.Errorf("%s: refused %s", column, p.Refused)
		}
	}
}

func BenchmarkPlanAsksForPlaces(b *testing.B) {
	atlas := newAtlas(b)
	rules, blocks := asking()
	request := routing.Request{BNumber: "442038070121", At: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC), Shown: routing.Presented{CLI: "74951815000"}}
	for _, c := range []struct {
		name string
		s    *routing.Snapshot
	}{{"plain", placing(b, atlas, nil, nil)}, {"asking", placing(b, atlas, rules, blocks)}} {
		request.Server, request.Account = c.s.Server("sw"), c.s.Account(1)
		b.Run(c.name, func(b *testing.B) {
			var p routing.Plan
			b.ReportAllocs()
			for b.Loop() {
				c.s.Plan(request, &p)
			}
		})
	}
}

// However many places a rule names, what is said of them fits into a line.
func TestPlaceTextIsShort(t *testing.T) {
	t.Parallel()
	few := geo.Match{Types: []geo.Type{geo.Premium}, Countries: []string{"GB"}, Regions: []string{"London"}}
	if got := routing.PlaceText(&few); got != "premium, GB, London" {
		t.Errorf("%q", got)
	}
	many := geo.Match{Countries: geo.Countries()}
	if got, want := routing.PlaceText(&many), fmt.Sprintf(" and %d more", len(many.Countries)-20); !strings.HasPrefix(got, "001, AC, AD") || !strings.HasSuffix(got, want) {
		t.Errorf("%q", got)
	}
	long := geo.Match{Regions: []string{strings.Repeat("ж", 300), "b"}}
	if got := routing.PlaceText(&long); got != strings.Repeat("ж", 80)+" and 1 more" {
		t.Errorf("%q", got)
	}
}
