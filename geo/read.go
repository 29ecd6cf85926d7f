package geo

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// read looks a number up in libphonenumber's data, past any cache.
func read(n *number) Place {
	plan := n.plan()
	p := Place{
		Country: phonenumbers.GetRegionCodeForNumber(plan),
		Type:    typeOf(phonenumbers.GetNumberType(plan)),
		Prefix:  n.prefix(),
	}
	if isGeographical(n.code, p.Type) {
		p.Region = region(plan, p.Country, English)
	}
	if hasNetwork(p.Type) {
		p.Network = network(plan, English)
	}
	p.Zones = zones(n, &p)
	return p
}

// isGeographical says whether the leading digits tell where. Mobile numbers
// tell it in a few countries only; elsewhere a match in the table is chance.
func isGeographical(code int, t Type) bool {
	return t == Fixed || t == FixedOrMobile || t == Mobile && phonenumbers.GEO_MOBILE_COUNTRIES[int32(code)]
}

// hasNetwork says which types the table of networks is about.
func hasNetwork(t Type) bool { return t == Mobile || t == FixedOrMobile || t == Pager }

// region is empty when the table knows no more than the country.
func region(plan *phonenumbers.PhoneNumber, country string, in Language) string {
	text, err := phonenumbers.GetGeocodingForNumber(plan, string(in))
	if err != nil || isCountryName(text, country, in) || isCountryName(text, country, English) {
		return ""
	}
	return text
}

// isCountryName compares with CLDR's name; the table writes "and" where CLDR
// has "&".
func isCountryName(text, country string, in Language) bool {
	return strings.EqualFold(text, strings.ReplaceAll(countryName(country, in), " & ", " and ")) ||
		strings.EqualFold(text, countryName(country, in))
}

func countryName(country string, in Language) string {
	r, err := language.ParseRegion(country)
	if err != nil {
		return ""
	}
	if in == Russian {
		return display.Russian.Regions().Name(r)
	}
	return display.English.Regions().Name(r)
}

func network(plan *phonenumbers.PhoneNumber, in Language) string {
	name, err := phonenumbers.GetCarrierForNumber(plan, string(in))
	if err != nil {
		return ""
	}
	return name
}

// zones are those of the area when the number tells it. A mobile or toll-free
// number may ring anywhere its calling code reaches; only for the smaller
// countries that share one do the leading digits narrow it down.
func zones(n *number, p *Place) string {
	by := n.leading()
	if !isGeographical(n.code, p.Type) && (p.Country == "" || p.Country == phonenumbers.GetRegionCodeForCountryCode(n.code)) {
		by = n.digits[:n.own]
	}
	names, err := phonenumbers.GetTimezonesForPrefix(by)
	if err != nil || len(names) == 1 && names[0] == phonenumbers.UNKNOWN_TIMEZONE {
		return ""
	}
	return strings.Join(names, ",")
}
