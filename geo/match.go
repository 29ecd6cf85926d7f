package geo

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Match is the part of a rule that is about places. Every list that is not
// empty must have the place in it; the zero Match is for every number.
type Match struct {
	Types     []Type   `json:"types,omitempty"`
	Countries []string `json:"countries,omitempty"` // ISO 3166-1 alpha-2, or World
	Regions   []string `json:"regions,omitempty"`   // the whole text, or one part of it
}

// IsZero says that it is for every number, so that nobody needs to look up a
// place for it.
func (m *Match) IsZero() bool {
	return len(m.Types) == 0 && len(m.Countries) == 0 && len(m.Regions) == 0
}

// Matches says whether the rule is for numbers of that place. Types are taken
// by the word: a rule for mobile numbers is not for those that the plan cannot
// tell apart, list FixedOrMobile for them. It allocates nothing.
func (m *Match) Matches(p *Place) bool {
	return (len(m.Types) == 0 || slices.Contains(m.Types, p.Type)) &&
		(len(m.Countries) == 0 || p.Country != "" && slices.Contains(m.Countries, p.Country)) &&
		(len(m.Regions) == 0 || isInRegion(p.Region, m.Regions))
}

// isInRegion finds "NJ" and "jersey city" in "Jersey City, NJ", and "Giza" in
// "Cairo/Giza/Qalyubia".
func isInRegion(text string, regions []string) bool {
	for _, region := range regions {
		if region != "" && (strings.EqualFold(region, text) || hasPart(text, region)) {
			return true
		}
	}
	return false
}

func hasPart(text, region string) bool {
	for text != "" {
		end := strings.IndexAny(text, ",/")
		part := text
		if end >= 0 {
			part, text = text[:end], text[end+1:]
		} else {
			text = ""
		}
		if strings.EqualFold(strings.TrimSpace(part), region) {
			return true
		}
	}
	return false
}

// Validate names the part that can never match.
func (m *Match) Validate() error {
	for _, t := range m.Types {
		if t >= types {
			return fmt.Errorf("types: %d is no type, want one of %s", t, strings.Join(TypeNames(), ", "))
		}
	}
	for _, c := range m.Countries {
		if !IsCountry(c) {
			return fmt.Errorf("countries: %q is no country with numbers of its own, want ISO 3166 codes such as GB, or %s for global services", c, World)
		}
	}
	for _, r := range m.Regions {
		if r == "" || r != strings.TrimSpace(r) {
			return fmt.Errorf("regions: %q: want a region or city in English, without spaces around it", r)
		}
	}
	return nil
}

// IsCountry says whether a Place may have that country.
func IsCountry(code string) bool {
	return code == World || phonenumbers.GetSupportedRegions()[code]
}
