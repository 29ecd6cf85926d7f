package geo

import (
	"fmt"

	"golang.org/x/text/language"
)

// Language is one that places can be named in.
type Language string

// Languages. Each loads tables of its own when it is first asked for; where it
// has no word, the English one stands.
const (
	English Language = "en"
	Russian Language = "ru"
)

// Names are for people: what a Place says, in their language.
type Names struct {
	Country string `json:"country,omitempty"`
	Region  string `json:"region,omitempty"`
	Network string `json:"network,omitempty"`
}

// Name names the place of a number. It is not cached: for pages, not for calls.
func Name(number string, in Language) (Names, error) {
	if in != English && in != Russian {
		return Names{}, fmt.Errorf("language %q: want %s or %s", in, English, Russian)
	}
	n, ok := parse(number)
	if !ok {
		return Names{}, nil
	}
	plan, p := n.plan(), read(&n)
	names := Names{Country: countryName(p.Country, in)}
	if p.Region != "" {
		names.Region = region(plan, p.Country, in)
	}
	if p.Network != "" {
		names.Network = network(plan, in)
	}
	return names, nil
}

// Numeric is the ISO 3166-1 numeric code of a country, which maps of the world
// go by: 643 for RU; 0 when there is none.
func Numeric(country string) int {
	r, err := language.ParseRegion(country)
	if err != nil {
		return 0
	}
	return r.M49()
}
