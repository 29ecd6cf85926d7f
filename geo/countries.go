package geo

import (
	"maps"
	"slices"

	"github.com/nyaruka/phonenumbers"
)

// Countries are those that a Place may have, World among them, by their codes.
func Countries() []string {
	list := slices.Collect(maps.Keys(phonenumbers.GetSupportedRegions()))
	if !slices.Contains(list, World) {
		list = append(list, World)
	}
	slices.Sort(list)
	return list
}

// Types are all types of numbers, Unknown among them.
func Types() []Type {
	list := make([]Type, types)
	for t := range list {
		list[t] = Type(t)
	}
	return list
}

// CountryName names a country; empty when there is none of that code.
func CountryName(country string, in Language) string { return countryName(country, in) }
