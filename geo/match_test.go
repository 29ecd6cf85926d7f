package geo_test

import (
	"encoding/json"
	"strings"
	"testing"

	"tandem/geo"
)

func TestMatch(t *testing.T) {
	t.Parallel()
	a := atlas(t, 0)
	london, vodafone := a.Place("442038070121"), a.Place("447400123456")
	virginia, cairo := a.Place("17035481234"), a.Place("20234567890")
	premium, nothing := a.Place("33892123456"), geo.Place{}
	for name, c := range map[string]struct {
		match geo.Match
		place geo.Place
		want  bool
	}{
		"empty is for all":         {geo.Match{}, nothing, true},
		"type":                     {geo.Match{Types: []geo.Type{geo.TollFree, geo.Premium}}, premium, true},
		"other type":               {geo.Match{Types: []geo.Type{geo.Premium}}, london, false},
		"mobile is certain":        {geo.Match{Types: []geo.Type{geo.Mobile}}, virginia, false},
		"mobile":                   {geo.Match{Types: []geo.Type{geo.Mobile}}, vodafone, true},
		"unknown is a type":        {geo.Match{Types: []geo.Type{geo.Unknown}}, nothing, true},
		"country":                  {geo.Match{Countries: []string{"FR", "GB"}}, london, true},
		"other country":            {geo.Match{Countries: []string{"FR"}}, london, false},
		"no country":               {geo.Match{Countries: []string{""}}, nothing, false},
		"world":                    {geo.Match{Countries: []string{geo.World}}, a.Place("870773123456"), true},
		"all of it":                {geo.Match{Types: []geo.Type{geo.Fixed}, Countries: []string{"GB"}, Regions: []string{"London"}}, london, true},
		"all of it but one":        {geo.Match{Types: []geo.Type{geo.Mobile}, Countries: []string{"GB"}, Regions: []string{"London"}}, london, false},
		"region in any case":       {geo.Match{Regions: []string{"LONDON"}}, london, true},
		"part of a word":           {geo.Match{Regions: []string{"Lon"}}, london, false},
		"state":                    {geo.Match{Regions: []string{"VA"}}, virginia, true},
		"city":                     {geo.Match{Regions: []string{"McLean", "alexandria"}}, geo.Place{Region: "Alexandria, VA"}, true},
		"whole text":               {geo.Match{Regions: []string{"Alexandria, VA"}}, geo.Place{Region: "Alexandria, VA"}, true},
		"one of several":           {geo.Match{Regions: []string{"Giza"}}, cairo, true},
		"no region":                {geo.Match{Regions: []string{"London"}}, vodafone, false},
		"empty region for nothing": {geo.Match{Regions: []string{""}}, vodafone, false},
		"empty part":               {geo.Match{Regions: []string{""}}, geo.Place{Region: "A,,B"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := c.match.Matches(&c.place); got != c.want {
				t.Fatalf("%+v of %+v: %t, want %t", c.match, c.place, got, c.want)
			}
			if all := (geo.Match{}); c.match.IsZero() && !all.Matches(&c.place) {
				t.Fatal("a zero match refuses")
			}
		})
	}
}

func TestMatchNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	good := geo.Match{Types: []geo.Type{geo.Premium}, Countries: []string{"GB", "XK", geo.World}, Regions: []string{"New Jersey"}}
	if err := good.Validate(); err != nil {
		t.Errorf("%+v: %v", good, err)
	}
	for want, m := range map[string]geo.Match{
		"types: 200":       {Types: []geo.Type{200}},
		`countries: "gb"`:  {Countries: []string{"GB", "gb"}},
		`countries: "ZZ"`:  {Countries: []string{"ZZ"}},
		`countries: ""`:    {Countries: []string{""}},
		`regions: ""`:      {Regions: []string{""}},
		`regions: " Rome"`: {Regions: []string{" Rome"}},
	} {
		if err := m.Validate(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%+v: %v, want %s …", m, err, want)
		}
	}
}

func TestMatchAsJSON(t *testing.T) {
	t.Parallel()
	var m geo.Match
	if err := json.Unmarshal([]byte(`{"types":["premium","fixed_or_mobile"],"countries":["GB"]}`), &m); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(m)
	if err != nil || string(text) != `{"types":["premium","fixed_or_mobile"],"countries":["GB"]}` {
		t.Fatalf("%s, %v", text, err)
	}
	if err := json.Unmarshal([]byte(`{"types":["landline"]}`), &m); err == nil {
		t.Fatal("landline is no type")
	}
}
