package geo_test

import (
	"strings"
	"testing"
	"time"

	"tandem/geo"
)

func moment(tb testing.TB, s string) time.Time {
	tb.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		tb.Fatal(err)
	}
	return at
}

const (
	evening = 22 * 60
	morning = 8 * 60
)

func TestIsQuiet(t *testing.T) {
	t.Parallel()
	a := atlas(t, 0)
	london, newYork := a.Place("442038070121"), a.Place("12125552368")
	russianMobile, tollFree, satellite := a.Place("79161234567"), a.Place("18005551234"), a.Place("870773123456")
	for name, c := range map[string]struct {
		place    geo.Place
		at       string
		from, to int
		want     bool
	}{
		"noon":                            {london, "2026-11-22T12:00:00Z", evening, morning, false},
		"before midnight":                 {london, "2026-11-22T23:30:00Z", evening, morning, true},
		"after midnight":                  {london, "2026-11-22T03:00:00Z", evening, morning, true},
		"first minute":                    {london, "2026-11-22T22:00:00Z", evening, morning, true},
		"minute before":                   {london, "2026-11-22T21:59:59Z", evening, morning, false},
		"last minute":                     {london, "2026-11-22T07:59:59Z", evening, morning, true},
		"minute after":                    {london, "2026-11-22T08:00:00Z", evening, morning, false},
		"summer time":                     {london, "2026-07-22T07:30:00Z", evening, morning, false},
		"within a day":                    {london, "2026-11-22T13:00:00Z", 13 * 60, 14 * 60, true},
		"within a day, over":              {london, "2026-11-22T14:00:00Z", 13 * 60, 14 * 60, false},
		"whole day":                       {london, "2026-11-22T14:00:00Z", 0, 24 * 60, true},
		"until midnight":                  {london, "2026-11-22T23:59:00Z", evening, 24 * 60, true},
		"empty span":                      {london, "2026-11-22T14:00:00Z", morning, morning, false},
		"no such minute":                  {london, "2026-11-22T23:30:00Z", evening, -1, false},
		"no such minute either":           {london, "2026-11-22T23:30:00Z", 24*60 + 1, morning, false},
		"theirs, not ours":                {newYork, "2026-11-22T12:00:00Z", evening, morning, true},
		"one zone of many sleeps":         {russianMobile, "2026-11-22T14:00:00Z", evening, morning, true},
		"no zone of many sleeps":          {russianMobile, "2026-11-22T08:00:00Z", evening, morning, false},
		"some zone of America does":       {tollFree, "2026-11-22T18:00:00Z", evening, morning, true},
		"no zone, no night":               {satellite, "2026-11-22T03:00:00Z", evening, morning, false},
		"nothing known":                   {geo.Place{}, "2026-11-22T03:00:00Z", evening, morning, false},
		"zones made up, one good":         {geo.Place{Zones: "Local,,../etc/passwd,Nowhere/City,Europe/London"}, "2026-11-22T03:00:00Z", evening, morning, true},
		"zones made up, none good":        {geo.Place{Zones: "Local,,../etc/passwd,Nowhere/City"}, "2026-11-22T03:00:00Z", evening, morning, false},
		"half past in a half-hour zone":   {a.Place("911123456789"), "2026-11-22T02:29:59Z", evening, morning, true},
		"whole hour in a half-hour zone":  {a.Place("911123456789"), "2026-11-22T02:30:00Z", evening, morning, false},
		"quarter hours in Nepal, day":     {a.Place("97714567890"), "2026-11-22T02:15:00Z", evening, morning, false},
		"quarter hours in Nepal, morning": {a.Place("97714567890"), "2026-11-22T02:14:00Z", evening, morning, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := a.IsQuiet(&c.place, moment(t, c.at), c.from, c.to); got != c.want {
				t.Fatalf("%s in %s, %d to %d: quiet %t, want %t", c.at, c.place.Zones, c.from, c.to, got, c.want)
			}
		})
	}
}

// TestEveryZoneIsThere would find one that the tables name and Go does not know.
func TestEveryZoneIsThere(t *testing.T) {
	t.Parallel()
	a := atlas(t, 0)
	seen := map[string]bool{}
	for _, number := range examples(t) {
		p := a.Place(number)
		if p.Zones == "" {
			continue
		}
		if got, want := len(a.Locations(&p)), strings.Count(p.Zones, ",")+1; got != want {
			t.Errorf("%s: %d of the zones %s are known", number, got, p.Zones)
		}
		seen[p.Zones] = true
	}
	if len(seen) < 150 {
		t.Fatalf("only %d lists of zones", len(seen))
	}
}

func TestHandMadeZonesAreBounded(t *testing.T) {
	t.Parallel()
	a := atlas(t, 0)
	for i := range 3000 {
		p := geo.Place{Zones: strings.Repeat(",", i) + "Europe/London"}
		if n := len(a.Locations(&p)); n != 1 {
			t.Fatalf("list %d: %d zones, want 1", i, n)
		}
	}
	if n := a.ZoneLists(); n > 1024 {
		t.Fatalf("%d lists kept", n)
	}
}
