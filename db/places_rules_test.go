package db_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem/billing"
	"tandem/db"
	"tandem/geo"
	"tandem/routing"
)

// Rules that ask for places come back as they were written, and routing goes by
// them; what people write by hand with spaces is read, too.
func TestRulesWithPlaces(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	place := db.PlaceMatch{Types: []geo.Type{geo.Mobile, geo.Premium}, Countries: []string{"GB", geo.World}, Regions: []string{"Jersey City, NJ", "London"}}
	policy := create(t, b, db.Policies(), db.Policy{Name: "by place", Kind: "least_cost", BandPercent: "0.00", MinTier: "noncli"}).ID
	rule := db.RouteRule{Action: "block", CallMatch: db.CallMatch{From: "00:00", To: "00:00", TimeZone: "UTC", PlaceMatch: place, QuietFrom: "22:00", QuietTo: "08:00"}}
	id := create(t, b, db.RouteRules(), rule).ID
	plain := create(t, b, db.RouteRules(), db.RouteRule{Action: "block", CallMatch: db.CallMatch{From: "00:00", To: "00:00", TimeZone: "UTC", BPrefix: "882"}}).ID
	block := create(t, b, db.Blocks(), db.Block{Side: "B", PlaceMatch: db.PlaceMatch{Types: []geo.Type{geo.Premium}}}).ID
	create(t, b, db.PolicyRules(), db.PolicyRule{Position: 7, PolicyID: policy, CallMatch: db.CallMatch{From: "00:00", To: "00:00", TimeZone: "UTC", PlaceMatch: db.PlaceMatch{Countries: []string{"CH"}}}})
	b.exec("INSERT INTO route_rules (id, action, types, countries, regions) VALUES (1000, 'block', ' mobile, premium', 'GB , 001', 'Jersey City, NJ; London')")

	data, problems, err := b.LoadSnapshotData(t.Context(), nil)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	want := geo.Match{Types: place.Types, Countries: place.Countries, Regions: place.Regions}
	rules := map[int64]routing.RouteRule{}
	for _, r := range data.RouteRules {
		rules[r.ID] = r
	}
	if r := rules[id]; !cmp.Equal(r.Place, want) || r.Quiet != (routing.Quiet{From: 22 * 60, To: 8 * 60}) {
		t.Errorf("rule: %+v", r.Match)
	}
	if r := rules[1000]; !cmp.Equal(r.Place, want) || !r.Quiet.IsZero() {
		t.Errorf("by hand: %+v", r.Match)
	}
	if r := rules[plain]; !r.Place.IsZero() || !r.Quiet.IsZero() {
		t.Errorf("plain: %+v", r.Match)
	}
	for _, v := range data.Blocks {
		if v.ID == block && (v.Prefix != "" || !cmp.Equal(v.Place, geo.Match{Types: []geo.Type{geo.Premium}})) {
			t.Errorf("block: %+v", v)
		}
	}
	if _, problems, err := routing.NewSnapshot(data, routing.Options{BaseCurrency: "USD"}, time.Time{}); err != nil || len(problems) > 0 {
		t.Error(err, problems)
	}
}

func TestRulesWithBadPlaces(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		field  string
		change func(*db.CallMatch)
	}{
		"no country":      {"countries", func(m *db.CallMatch) { m.Countries = []string{"XX"} }},
		"small letters":   {"countries", func(m *db.CallMatch) { m.Countries = []string{"gb"} }},
		"spaces":          {"regions", func(m *db.CallMatch) { m.Regions = []string{" London"} }},
		"semicolon":       {"regions", func(m *db.CallMatch) { m.Regions = []string{"London; Paris"} }},
		"no type":         {"types", func(m *db.CallMatch) { m.Types = []geo.Type{77} }},
		"half of a night": {"quiet_to", func(m *db.CallMatch) { m.QuietFrom = "22:00" }},
		"no hour":         {"quiet_from", func(m *db.CallMatch) { m.QuietFrom, m.QuietTo = "24:00", "08:00" }},
		"nothing between": {"quiet_to", func(m *db.CallMatch) { m.QuietFrom, m.QuietTo = "08:00", "08:00" }},
	} {
		m := db.CallMatch{From: "00:00", To: "00:00", TimeZone: "UTC"}
		c.change(&m)
		if got := refused(t, db.RouteRules(), db.RouteRule{Action: "block", CallMatch: m}); got.Field != c.field {
			t.Errorf("%s: %v, want field %s", name, got, c.field)
		}
	}
	if got := refused(t, db.Blocks(), db.Block{Side: "B"}); got.Field != "prefix" {
		t.Errorf("a block of everybody: %v", got)
	}
}

// What nobody can use is told to the operator. A rule whose places cannot be read
// is left out as a whole; a block whose hours cannot be read is for all hours.
func TestPlacesWrittenByHandWrongly(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	for _, c := range []struct {
		column, set string
		left        int
	}{
		{"types", "types = 'satellite'", 0},
		{"countries", "countries = 'Britain'", 0},
		{"quiet_from, quiet_to", "quiet_from = 5", 1},
		{"quiet_from, quiet_to", "quiet_from = 5, quiet_to = 1441, types = 'mobile'", 1},
	} {
		b.exec("DELETE FROM route_rules")
		b.exec("INSERT INTO route_rules (id, action) VALUES (7, 'block')")
		b.exec("UPDATE route_rules SET " + c.set)
		data, problems, err := b.LoadSnapshotData(t.Context(), nil)
		if err != nil || len(problems) != 1 || problems[0].Column != c.column || problems[0].ID != 7 || len(data.RouteRules) != c.left {
			t.Errorf("%s: %v, %v", c.set, err, problems)
		}
	}
}

// create makes a row of a table.
func create[T any](t *testing.T, b bundle, table db.Table[T], row T) T {
	t.Helper()
	made, err := table.Create(t.Context(), b.DB, row)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// A call that a block of very many countries refuses is written down: why it was
// refused fits, whatever a rule names.
func TestReasonOfManyPlaces(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	create(t, b, db.Blocks(), db.Block{Side: "B", PlaceMatch: db.PlaceMatch{Countries: geo.Countries()}})
	data, problems, err := b.LoadSnapshotData(t.Context(), nil)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	s, problems, err := routing.NewSnapshot(data, routing.Options{BaseCurrency: "USD"}, time.Time{})
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	_, row := s.Blocked(1, "74951815000", "442038070121")
	if !strings.Contains(row, " more") {
		t.Fatalf("refused by %q", row)
	}
	for id, reason := range map[string]string{"many": row, "long": strings.Repeat("ж", 300) + "\xff"} {
		start := started(id)
		start.Reason = reason
		b.write(billing.Record{Start: start})
		if got := b.call(id).Start.Reason; got != string([]rune(reason)[:min(255, len([]rune(reason)))]) {
			t.Errorf("%q", got)
		}
	}
}
