package replay

import (
	"cmp"
	"strings"

	"tandem/geo"
	"tandem/internal/e164"
)

// areaDigits are the leading digits that an area is told by. Asking the
// numbering plan may take tens of microseconds, so each is asked once. Some areas
// of Brazil and China share their first seven digits: those go by whichever was
// called first.
const areaDigits = 7

// area is the rows of a B-number's area.
type area struct{ destination, country int }

// areas finds the rows of B-numbers.
type areas struct {
	place        func(number string) geo.Place
	known        map[uint32]area
	destinations table[string]
	countries    table[string]
}

func newAreas(place func(number string) geo.Place) areas {
	if place == nil {
		place = func(string) geo.Place { return geo.Place{} }
	}
	return areas{place: place, known: map[uint32]area{}, destinations: newTable[string](), countries: newTable[string]()}
}

func (a *areas) of(b e164.Number) area {
	key := areaKey(b)
	v, ok := a.known[key]
	if !ok {
		v = a.ask(b)
		a.known[key] = v
	}
	return v
}

func (a *areas) ask(b e164.Number) area {
	const unknown = "unknown"
	p := a.place(string(b))
	country := strings.Clone(cmp.Or(p.Country, unknown))
	name := country
	if p.Region != "" {
		name = p.Region + ", " + country
	}
	return area{
		a.destinations.at(name, func() string { return name }),
		a.countries.at(country, func() string { return country }),
	}
}

// areaKey is the leading digits, with the length: a number too short for its
// country says nothing of the others.
func areaKey(b e164.Number) uint32 {
	key := uint32(0)
	for i := 0; i < len(b) && i < areaDigits; i++ {
		key = key*10 + uint32(b[i]-'0')%10
	}
	return key<<4 | uint32(min(len(b), e164.MaxDigits))
}
