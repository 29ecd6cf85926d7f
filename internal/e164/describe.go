package e164

import "github.com/nyaruka/phonenumbers"

// Description is what the numbering plan tells of a number.
type Description struct {
	Country string `json:"country,omitempty"` // ISO 3166, empty when unknown
	Place   string `json:"place,omitempty"`   // area or country name in English
	Valid   bool   `json:"valid"`
}

// Describe looks a number up in libphonenumber's data. It takes tens of
// microseconds and loads megabytes on first use: for people, not for the call
// path.
func Describe(n Number) Description {
	parsed, err := phonenumbers.Parse("+"+string(n), "")
	if err != nil {
		return Description{}
	}
	place, err := phonenumbers.GetGeocodingForNumber(parsed, "en")
	if err != nil {
		place = ""
	}
	return Description{
		Country: phonenumbers.GetRegionCodeForNumber(parsed),
		Place:   place,
		Valid:   phonenumbers.IsValidNumber(parsed),
	}
}
