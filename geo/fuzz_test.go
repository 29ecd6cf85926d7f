package geo_test

import (
	"strings"
	"testing"

	"tandem/geo"
)

// FuzzPlace wants an answer to anything: the same with the cache as without,
// made of known words, and of digits of the number only.
func FuzzPlace(f *testing.F) {
	for _, seed := range []string{
		"", "+", "442038070121", "+79161234567", "12012345678", "390612345678", "883510012345678", "4480011111",
		"00000000000", "999999999999", "8100000000000", "57601055512", "995522252000", "anonymous", "\x00\xff",
	} {
		f.Add(seed)
	}
	a := atlas(f, 64)
	at := moment(f, "2026-11-22T03:00:00Z")
	f.Fuzz(func(t *testing.T, s string) {
		p := a.Place(s)
		if want := geo.Read(s); p != want {
			t.Errorf("%q:\n got %+v\nwant %+v", s, p, want)
		}
		if p.Country != "" && !geo.IsCountry(p.Country) {
			t.Errorf("%q: country %q", s, p.Country)
		}
		if !strings.HasPrefix(strings.TrimPrefix(s, "+"), p.Prefix) || len(p.Prefix) > 6 {
			t.Errorf("%q: prefix %q", s, p.Prefix)
		}
		if p.Prefix == "" && p != (geo.Place{}) {
			t.Errorf("%q: %+v without a prefix", s, p)
		}
		if !p.IsKnown() && (p.Region != "" || p.Network != "") {
			t.Errorf("%q: %+v: no such number, and yet a region or network", s, p)
		}
		a.IsQuiet(&p, at, 22*60, 8*60)
		if _, err := geo.Name(s, geo.Russian); err != nil {
			t.Error(err)
		}
	})
}
