package v1

import (
	"tandem/db"
	"tandem/geo"
)

// places are the filters by where numbers are from.
func (f *CallsFilter) places(c *db.CallFilter) (err error) {
	if c.BPlace, err = placeFilter("query.country", f.Country, "query.type", f.Type); err != nil {
		return err
	}
	c.APlace, err = placeFilter("query.a_country", f.ACountry, "query.a_type", f.AType)
	return err
}

func placeFilter(country string, countries []string, kind string, types []string) (f db.PlaceFilter, err error) {
	for _, c := range countries {
		if !geo.IsCountry(c) {
			return f, wrong(country, "want ISO 3166 codes of countries such as GB, or "+geo.World+" for global services")
		}
	}
	f.Countries = countries
	for _, text := range types {
		t, err := geo.ParseType(text)
		if err != nil {
			return f, wrong(kind, err.Error())
		}
		f.Types = append(f.Types, t)
	}
	return f, nil
}

// cellType is the type of a number in a cell; empty where nobody has looked.
func cellType(p geo.Brief) string {
	if p == (geo.Brief{}) {
		return ""
	}
	return p.Type.String()
}
