package view

import (
	"context"
	"fmt"
	"time"

	"tandem/db"
	"tandem/geo"
	"tandem/internal/e164"
)

// Place is where a number is from and what kind it is, as far as its digits tell.
type Place struct {
	geo.Brief

	Zones []Zone `json:"zones" nullable:"false" doc:"Every time zone that is possible; of a mobile number those of its whole country"`
}

// Zone is a time zone at a moment.
type Zone struct {
	Zone      string    `json:"zone" doc:"IANA name" example:"Europe/Moscow"`
	LocalTime time.Time `json:"local_time" doc:"With the zone's offset"`
}

// PlaceOf is the place with its hours at that moment.
func PlaceOf(atlas *geo.Atlas, p *geo.Place, at time.Time) Place {
	v := Place{Brief: p.Brief(), Zones: []Zone{}}
	for _, zone := range atlas.Locations(p) {
		v.Zones = append(v.Zones, Zone{zone.String(), at.In(zone).Truncate(time.Second)})
	}
	return v
}

// Hours are hours of a day, over midnight where they end before they begin.
type Hours struct {
	From string `json:"from" example:"22:00"`
	To   string `json:"to" example:"08:00"`
}

// NumberPlace is the place of a number, named for people.
type NumberPlace struct {
	Place

	Number      string `json:"number" doc:"E.164 without +"`
	Known       bool   `json:"known" doc:"The numbering plan has such a number"`
	CountryName string `json:"country_name,omitempty" doc:"In the language asked for, as region and network"`
	Prefix      string `json:"prefix,omitempty" doc:"Calling code and at most three digits more"`
	Quiet       Quiet  `json:"quiet"`
}

// Quiet says whether a number is called at night.
type Quiet struct {
	Hours

	Now bool `json:"now" doc:"In one of its zones it is between these hours"`
}

// NewNumberPlace looks a number up. from and to are minutes of the day.
func NewNumberPlace(atlas *geo.Atlas, number string, in geo.Language, at time.Time, from, to int) (NumberPlace, error) {
	p := atlas.Place(number)
	names, err := geo.Name(number, in)
	if err != nil {
		return NumberPlace{}, err
	}
	v := NumberPlace{
		Place: PlaceOf(atlas, &p, at), Number: number, Known: p.IsKnown(), CountryName: names.Country, Prefix: p.Prefix,
		Quiet: Quiet{Hours{clock(from), clock(to)}, atlas.IsQuiet(&p, at, from, to)},
	}
	v.Region, v.Network = names.Region, names.Network
	return v, nil
}

// clock is a minute of the day as people write it.
func clock(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

// AddPlaces says where the numbers of a call are from: as it was written with the
// call, with the hours there when it began.
func (c *Call) AddPlaces(ctx context.Context, database *db.DB) error {
	atlas := database.Atlas()
	if atlas == nil {
		return nil
	}
	a, b, err := database.CallPlaces(ctx, c.CallID, e164.Number(c.ANumber), e164.Number(c.BNumber))
	if err != nil {
		return err
	}
	c.APlace, c.BPlace = placeThen(atlas, c.ANumber, a, c.StartedAt), placeThen(atlas, c.BNumber, b, c.StartedAt)
	return nil
}

func placeThen(atlas *geo.Atlas, number string, written geo.Brief, at time.Time) *Place {
	if number == "" {
		return nil
	}
	p := atlas.Place(number)
	v := PlaceOf(atlas, &p, at)
	v.Brief = written
	return &v
}
