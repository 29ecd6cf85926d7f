package v1_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/api/access"
	v1 "tandem/api/v1"
	"tandem/billing"
	"tandem/db"
	"tandem/geo"
	"tandem/internal/e164"
	"tandem/view"
)

func TestPlaceOfANumber(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	who := h.as(access.Customer)
	var p view.NumberPlace
	who.get("/places/+7%20(495)%20777-77-77?lang=ru").want(t, http.StatusOK).into(t, &p)
	if p.Number != "74957777777" || p.Country != "RU" || p.CountryName != "Россия" || p.Region != "Московская обл." || p.Type != geo.Fixed || !p.Known ||
		p.Prefix != "7495" || len(p.Zones) != 1 || p.Zones[0].Zone != "Europe/Moscow" || time.Until(p.Zones[0].LocalTime).Abs() > time.Minute {
		t.Errorf("%+v", p)
	}
	// All day but a minute is quiet, and that minute alone.
	now := p.Zones[0].LocalTime
	minute := func(at time.Time) string { return at.Format("15:04") }
	for _, c := range []struct {
		from, to time.Time
		quiet    bool
	}{{now.Add(-time.Hour), now.Add(time.Hour), true}, {now.Add(time.Hour), now.Add(-time.Hour), false}} {
		var p view.NumberPlace
		who.get("/places/74957777777?quiet_from="+minute(c.from)+"&quiet_to="+minute(c.to)).want(t, http.StatusOK).into(t, &p)
		if p.Quiet.Now != c.quiet || p.Region != "Moscow" || p.Quiet.From != minute(c.from) {
			t.Errorf("quiet from %s to %s: %+v", minute(c.from), minute(c.to), p.Quiet)
		}
	}
	for path, blamed := range map[string]string{
		"/places/4420*": "path.number", "/places/12345678901234567": "path.number", "/places/%D9%A1%D9%A2": "path.number", "/places/1'%20OR%201": "path.number",
		"/places/442038070121?lang=de": "query.lang", "/places/442038070121?quiet_from=25:00": "query.quiet_from",
	} {
		who.get(path).blames(t, blamed, "")
	}
	var countries struct {
		Items []v1.Country `json:"items"`
		Types []string     `json:"types"`
	}
	who.get("/places/countries?lang=ru").want(t, http.StatusOK).into(t, &countries)
	if !slices.Contains(countries.Items, v1.Country{Country: "RU", Name: "Россия", Numeric: 643}) || !slices.Contains(countries.Types, "premium") || len(countries.Items) < 240 {
		t.Errorf("%d countries, types %v", len(countries.Items), countries.Types)
	}
}

// placedCalls writes calls by the way of all records: c-1 to London, c-2 to a
// Russian mobile, c-3 to a British premium number.
func (h *house) placedCalls() {
	h.t.Helper()
	at := time.Now().UTC().Add(-time.Hour).Truncate(time.Second)
	for i, b := range []e164.Number{"442038070121", "79161234567", "448712345678"} {
		id := "c-" + string(rune('1'+i))
		start := billing.Start{CallID: id, Server: "north", Direction: billing.Outgoing, AccountID: 1, ANumber: "4930123456", BNumber: b, StartedAt: at.Add(time.Duration(i) * time.Second)}
		end := billing.End{
			Start: start, EndedAt: at.Add(time.Minute), Disposition: billing.Busy, Source: billing.ByReport, Route: "8.c.a1",
			Attempts: []billing.Attempt{{CallID: id, N: 1, Key: "8.c.a1", ProviderID: 8, Tier: "cli", StartedAt: start.StartedAt, Result: billing.Busy, Rang: true, Elapsed: time.Second}},
		}
		if err := h.db.WriteRecords(h.t.Context(), []billing.Record{{Start: &start}, {End: &end}}); err != nil {
			h.t.Fatal(err)
		}
	}
}

func TestCallsByPlace(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.placedCalls()
	// One from before, which nobody has looked at: shown all the same, and not found.
	h.exec(`INSERT INTO calls (call_id, server, direction, b_number, started_at) VALUES ('c-0', 'north', 'out', '442038070121', '2026-01-01')`)
	who := h.as(access.Analyst)
	for query, want := range map[string]string{
		"": "3 2 1 0", "country=GB": "3 1", "country=GB&type=premium": "3", "type=mobile,premium": "3 2", "country=RU,GB&sort=at": "1 2 3",
		"a_country=DE&limit=2": "3 2", "a_country=GB": "", "country=GB&a_country=DE&account_id=1": "3 1", "country=001": "", "a_type=fixed&type=fixed": "1",
	} {
		var page callsPage
		who.get("/calls?"+query).want(t, http.StatusOK).into(t, &page)
		if got := page.ids(); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
		for _, c := range page.Items {
			if c.BNumber == "442038070121" && c.BPlace != (geo.Brief{Country: "GB", Region: "London", Type: geo.Fixed}) {
				t.Errorf("%s: %+v", query, c.BPlace)
			}
		}
	}
	for query, blamed := range map[string]string{
		"country=XX": "query.country", "type=satellite": "query.type", "a_country=gb": "query.a_country", "country=%27": "query.country",
	} {
		who.get("/calls?"+query).blames(t, blamed, "want")
	}
	var call view.Call
	who.get("/calls/c-2").want(t, http.StatusOK).into(t, &call)
	if call.BPlace == nil || call.BPlace.Country != "RU" || call.BPlace.Type != geo.Mobile || len(call.BPlace.Zones) < 5 || call.APlace == nil || call.APlace.Country != "DE" ||
		!call.BPlace.Zones[0].LocalTime.Equal(call.StartedAt) {
		t.Errorf("call: %+v %+v", call.APlace, call.BPlace)
	}
	var attempts struct {
		Items []db.AttemptLine `json:"items"`
	}
	who.get("/attempts?call_id=c-3").want(t, http.StatusOK).into(t, &attempts)
	if len(attempts.Items) != 1 || attempts.Items[0].BPlace.Type != geo.Premium || attempts.Items[0].BNumber != "448712345678" {
		t.Errorf("attempts: %+v", attempts.Items)
	}
	text := string(who.get("/calls/export?country=GB&type=premium").want(t, http.StatusOK).body)
	if lines := strings.Split(strings.TrimSpace(text), "\n"); len(lines) != 2 || !strings.Contains(lines[1], ",DE,GB,,,premium,") {
		t.Errorf("export: %s", text)
	}
}

func TestMapOfCalls(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.placedCalls()
	if _, err := h.db.RollQuality(t.Context(), db.QualityRoll{Place: h.db.Atlas().Place}, nil); err != nil {
		t.Fatal(err)
	}
	who := h.as(access.Analyst)
	byCountry := func(query string) map[string]v1.MapCountry {
		t.Helper()
		var m v1.CallsMap
		who.get("/places/map"+query).want(t, http.StatusOK).into(t, &m)
		found := map[string]v1.MapCountry{}
		for _, c := range m.Countries {
			found[c.Country] = c
		}
		return found
	}
	b := byCountry("")
	if gb := b["GB"]; len(b) != 2 || gb.Bids != 2 || gb.Seizures != 2 || gb.Answers != 0 || gb.Numeric != 826 || gb.ASR == nil || gb.ASR.Of != 2 || b["RU"].Bids != 1 {
		t.Errorf("by the called: %+v", b)
	}
	if a := byCountry("?side=a"); len(a) != 1 || a["DE"].Bids != 3 {
		t.Errorf("by the caller: %+v", a)
	}
	for query, want := range map[string]int64{"?provider_id=8": 2, "?provider_id=9": 0, "?account_id=1": 2, "?account_id=2": 0, "?to=2026-01-01T00:00:00Z": 0} {
		if got := byCountry(query)["GB"].Bids; got != want {
			t.Errorf("%s: %d bids to GB, want %d", query, got, want)
		}
	}
	for query, blamed := range map[string]string{
		"?provider_id=8&account_id=1": "query.account_id", "?side=a&provider_id=8": "query.side", "?side=c": "query.side",
		"?from=2020-01-01T00:00:00Z": "query.from", "?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z": "query.to", "?colour=red": "query.colour",
		"?from=2099-01-01T00:00:00Z": "query.to", // after now
	} {
		who.get("/places/map"+query).blames(t, blamed, "")
	}
	h.as(access.Customer).get("/places/map").want(t, http.StatusForbidden)
}
