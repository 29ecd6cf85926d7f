package geo_test

import (
	"encoding/json"
	"strings"
	"testing"

	"tandem/geo"
)

func atlas(tb testing.TB, size int) *geo.Atlas {
	tb.Helper()
	a, err := geo.New(size)
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

func TestPlace(t *testing.T) {
	t.Parallel()
	a := atlas(t, 0)
	for name, c := range map[string]struct {
		number string
		want   geo.Place
	}{
		"city":                 {"442038070121", geo.Place{"GB", "London", "", geo.Fixed, "Europe/London", "44203"}},
		"plus":                 {"+442038070121", geo.Place{"GB", "London", "", geo.Fixed, "Europe/London", "44203"}},
		"zero kept":            {"390612345678", geo.Place{"IT", "Rome", "", geo.Fixed, "Europe/Rome", "39061"}},
		"state":                {"12012345678", geo.Place{"US", "New Jersey", "", geo.FixedOrMobile, "America/New_York", "1201"}},
		"mobile with network":  {"33612345678", geo.Place{"FR", "", "SFR", geo.Mobile, "Europe/Paris", "33612"}},
		"mobile with region":   {"5511961234567", geo.Place{"BR", "São Paulo", "", geo.Mobile, "America/Sao_Paulo", "55119"}},
		"smaller country":      {"77011234567", geo.Place{"KZ", "", "Kcell/Activ", geo.Mobile, "Asia/Almaty,Asia/Aqtobe", "7701"}},
		"country is no city":   {"18765230123", geo.Place{"JM", "", "Digicel", geo.FixedOrMobile, "America/Jamaica", "1876"}},
		"global service":       {"883510012345678", geo.Place{geo.World, "", "", geo.VoIP, "", "883510"}},
		"free worldwide":       {"80012345678", geo.Place{geo.World, "", "", geo.TollFree, "", "800123"}},
		"premium":              {"33892123456", geo.Place{"FR", "", "", geo.Premium, "Europe/Paris", "33892"}},
		"not in the plan":      {"97150123456", geo.Place{"AE", "", "", geo.Unknown, "Asia/Dubai", "971501"}},
		"not in a shared plan": {"12425550123", geo.Place{"BS", "", "", geo.Unknown, "America/Nassau", "1242"}},
		"too short":            {"390", geo.Place{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := a.Place(c.number); got != c.want {
				t.Fatalf("%s:\n got %+v\nwant %+v", c.number, got, c.want)
			}
		})
	}
}

func TestSharedCodeWithoutPlanHasNoCountry(t *testing.T) {
	t.Parallel()
	got := atlas(t, 0).Place("4402038070121")
	if got.Country != "" || got.IsKnown() || !strings.Contains(got.Zones, "Europe/London") || got.Prefix != "44020" {
		t.Fatalf("+44 0 20: %+v; want no country, the zones of +44", got)
	}
}

func TestMobileMayRingAnywhereInRussia(t *testing.T) {
	t.Parallel()
	got := atlas(t, 0).Place("79161234567")
	for _, zone := range []string{"Europe/Moscow", "Asia/Vladivostok", "Asia/Kamchatka"} {
		if !strings.Contains(got.Zones, zone) {
			t.Errorf("zones %s: want %s among them", got.Zones, zone)
		}
	}
}

func TestHostileDigitsHaveNoPlace(t *testing.T) {
	t.Parallel()
	a := atlas(t, 4)
	for _, s := range []string{
		"", "+", "++442038070121", "0", "00", "04420", "1", "44", "442", "999999999999", "2100000000",
		"anonymous", "44 20 3807", "442038070121;x=1", "4420380701212345", strings.Repeat("4", 10_000),
		"-442038070121", "٤٤٢٠٣٨٠٧٠١٢١", "44203807012\x00", "\xff\xfe", "442038070121\n",
	} {
		if got := a.Place(s); got != (geo.Place{}) {
			t.Errorf("%.20q: %+v, want nothing", s, got)
		}
		if _, err := geo.Name(s, geo.Russian); err != nil {
			t.Errorf("%.20q: %v", s, err)
		}
	}
	if a.Len() != 0 {
		t.Errorf("%d places kept of numbers that are none", a.Len())
	}
}

func TestPlaceAsJSON(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(atlas(t, 0).Place("442038070121"))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"country":"GB","region":"London","type":"fixed","zones":"Europe/London","prefix":"44203"}`
	if string(text) != want {
		t.Fatalf("got  %s\nwant %s", text, want)
	}
}

func TestTypesAreReadAsWritten(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for i, name := range geo.TypeNames() {
		got, err := geo.ParseType(name)
		if err != nil || int(got) != i || seen[name] {
			t.Errorf("%d %s: read as %d, %v; twice: %t", i, name, got, err, seen[name])
		}
		seen[name] = true
	}
	var typ geo.Type
	if err := typ.UnmarshalText([]byte("landline")); err == nil || !strings.Contains(err.Error(), "toll_free") {
		t.Errorf("landline: %v; want an error that lists the types", err)
	}
}

func TestSizeBelowZeroIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := geo.New(-1); err == nil || !strings.Contains(err.Error(), "-1") {
		t.Fatalf("size -1: %v", err)
	}
}
