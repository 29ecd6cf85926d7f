package geo

import "tandem/internal/e164"

// Place is what the digits of a number tell. The zero value is a number that
// tells nothing. Places are compared with ==.
type Place struct {
	Country string `json:"country,omitempty"` // ISO 3166-1 alpha-2, World for global services; empty: unknown
	Region  string `json:"region,omitempty"`  // city, area or state, in English; empty where the number tells none
	Network string `json:"network,omitempty"` // who got the range first, in English; wrong once a number is ported
	Type    Type   `json:"type"`
	Zones   string `json:"zones,omitempty"`  // IANA time zones, joined by commas: every one that is possible
	Prefix  string `json:"prefix,omitempty"` // calling code and at most three digits more
}

// World is the country of numbers that belong to none (+800, +870, +883 …), as
// UN M.49 and CLDR write it.
const World = "001"

// MaxDigits is the longest number that has a place.
const MaxDigits = e164.MaxDigits

// prefixDigits is how far Place.Prefix reaches beyond the calling code.
const prefixDigits = 3

// IsKnown says whether the numbering plan has such a number. One that it has
// not may still have a country and zones, by its calling code.
func (p *Place) IsKnown() bool { return p.Type != Unknown }
