package v1

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
	"tandem/geo"
	"tandem/view"
)

// placesOfNumbers tell where numbers are from and what kind they are.
func placesOfNumbers(d *door) {
	handle(d, access.Rule{Anyone: true, Area: access.Calls}, huma.Operation{
		OperationID: "get-place", Method: http.MethodGet, Path: "/places/{number}", Tags: []string{"Places"},
		Summary:     "Where a number is from and what kind it is, as far as its digits tell",
		Description: "The network is who got the range first: a ported number still shows it. What high-priced ranges inside ordinary blocks cost, only decks tell.",
	}, d.placeOf)
	handle(d, access.Rule{Anyone: true, Area: access.Calls}, huma.Operation{
		OperationID: "list-countries", Method: http.MethodGet, Path: "/places/countries", Tags: []string{"Places"},
		Summary: "Countries and types that a number may have",
	}, listCountries)
	handle(d, look(access.Calls), huma.Operation{
		OperationID: "get-map", Method: http.MethodGet, Path: "/places/map", Tags: []string{"Places"},
		Summary:     "Past calls and calls in progress, by country",
		Description: "Past calls are attempts to carry a call, from the rollups of quality; those of the last minute or two are not in them yet.",
	}, d.callsMap)
}

// Spoken is the language of names.
type Spoken struct {
	Lang geo.Language `query:"lang" enum:"en,ru" default:"en" doc:"Language of names"`
}

type placeInput struct {
	Spoken

	Number    string `path:"number" maxLength:"40" doc:"An international number" example:"442038070121"`
	QuietFrom string `query:"quiet_from" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" default:"22:00" doc:"When quiet hours begin there"`
	QuietTo   string `query:"quiet_to" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" default:"08:00" doc:"When they end"`
}

type placeOutput struct{ Body view.NumberPlace }

func (d *door) placeOf(_ context.Context, in *placeInput) (*placeOutput, error) {
	atlas, err := d.atlas()
	if err != nil {
		return nil, err
	}
	if !isNumber(in.Number) || strings.HasSuffix(in.Number, "*") {
		return nil, wrong("path.number", "want the digits of an international number, such as 442038070121")
	}
	v, err := view.NewNumberPlace(atlas, digitsOf(in.Number), in.Lang, time.Now(), minuteOf(in.QuietFrom), minuteOf(in.QuietTo))
	return &placeOutput{v}, err
}

func (d *door) atlas() (*geo.Atlas, error) {
	if atlas := d.DB.Atlas(); atlas != nil {
		return atlas, nil
	}
	return nil, huma.Error503ServiceUnavailable("this node does not know where numbers are from")
}

// minuteOf is the minute of the day of a clock that has been checked, as 22:30.
func minuteOf(clock string) int {
	at, err := time.Parse("15:04", clock)
	if err != nil {
		return 0
	}
	return 60*at.Hour() + at.Minute()
}

// Country is one that numbers are from.
type Country struct {
	Country string `json:"country" doc:"ISO 3166-1 alpha-2; 001: global services"`
	Name    string `json:"name"`
	Numeric int    `json:"numeric" doc:"ISO 3166-1 numeric, which maps of the world go by; 0: none"`
}

type countriesOutput struct {
	Body struct {
		Items []Country  `json:"items" nullable:"false" doc:"By name"`
		Types []geo.Type `json:"types" nullable:"false" doc:"What kinds of number there are"`
	}
}

func listCountries(_ context.Context, in *Spoken) (*countriesOutput, error) {
	var out countriesOutput
	for _, c := range geo.Countries() {
		out.Body.Items = append(out.Body.Items, Country{Country: c, Name: geo.CountryName(c, in.Lang), Numeric: geo.Numeric(c)})
	}
	slices.SortFunc(out.Body.Items, func(a, b Country) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Country, b.Country))
	})
	out.Body.Types = geo.Types()
	return &out, nil
}
