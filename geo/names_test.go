package geo_test

import (
	"testing"

	"tandem/geo"
)

func TestName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		number string
		in     geo.Language
		want   geo.Names
	}{
		{"74951234567", geo.English, geo.Names{Country: "Russia", Region: "Moscow"}},
		{"74951234567", geo.Russian, geo.Names{Country: "Россия", Region: "Московская обл."}},
		{"77011234567", geo.Russian, geo.Names{Country: "Казахстан", Network: "Kcell/Activ"}},
		{"442038070121", geo.Russian, geo.Names{Country: "Великобритания", Region: "London"}},
		{"4402038070121", geo.Russian, geo.Names{}},
		{"870773123456", geo.English, geo.Names{Country: "World"}},
	} {
		got, err := geo.Name(c.number, c.in)
		if err != nil || got != c.want {
			t.Errorf("%s in %s: %+v, %v; want %+v", c.number, c.in, got, err, c.want)
		}
	}
	if _, err := geo.Name("442038070121", "de"); err == nil {
		t.Error("German is not offered")
	}
}

func TestNumeric(t *testing.T) {
	t.Parallel()
	for country, want := range map[string]int{"RU": 643, "GB": 826, "US": 840, "": 0, "??": 0, geo.World: 1} {
		if got := geo.Numeric(country); got != want {
			t.Errorf("%s: %d, want %d", country, got, want)
		}
	}
}
