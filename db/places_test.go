package db_test

import (
	"strings"
	"testing"

	"tandem/billing"
	"tandem/db"
	"tandem/geo"
)

// placing is a second door to the database, that knows where numbers are from.
func (b bundle) placing() *db.DB {
	b.t.Helper()
	atlas, err := geo.New(0)
	if err != nil {
		b.t.Fatal(err)
	}
	config := b.config
	config.Atlas = atlas
	d, err := db.Open(b.t.Context(), config)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() {
		if err := d.Close(); err != nil {
			b.t.Error(err)
		}
	})
	return d
}

const placesOfCalls = `SELECT c.call_id, COALESCE(a.country, c.a_place_id), COALESCE(b.country, c.b_place_id), COALESCE(b.region, ''), COALESCE(b.type, ''), COALESCE(b.network, ''), COALESCE(b.prefix, ''), COALESCE(b.zones, '')
	FROM calls c LEFT JOIN places a ON a.id = c.a_place_id LEFT JOIN places b ON b.id = c.b_place_id ORDER BY 1`

// Calls are written with the places of their numbers, whichever half comes first
// and whichever node writes it.
func TestPlacesAreWritten(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	one, other := b.placing(), b.placing()
	write := func(d *db.DB, r ...billing.Record) {
		t.Helper()
		if err := d.WriteRecords(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	// c1: both halves; the end of c2 alone; c3: the end first; c4: a number that
	// tells nothing, and none; c5: the start corrects the number of the end.
	write(one, billing.Record{Start: started("c1")}, billing.Record{End: ended("c2")}, billing.Record{End: ended("c3")})
	write(other, billing.Record{End: ended("c1")}, billing.Record{Start: started("c3")})
	odd := started("c4")
	odd.ANumber, odd.BNumber = "", "012"
	write(one, billing.Record{Start: odd})
	moved := ended("c5")
	moved.Start.BNumber = "442038070121"
	write(one, billing.Record{End: moved})
	write(other, billing.Record{Start: started("c5")})
	moscow := []string{"RU", "RU", "Moscow", "fixed", "", "7495", "Europe/Moscow"}
	same(t, "places", [][]string{
		append([]string{"c1"}, moscow...), append([]string{"c2"}, moscow...), append([]string{"c3"}, moscow...),
		{"c4", "NULL", "0", "", "", "", "", ""},
		append([]string{"c5"}, moscow...),
	}, b.table(placesOfCalls))
	same(t, "each place once", [][]string{{"GB", "1"}, {"RU", "1"}}, b.table("SELECT country, COUNT(*) FROM places GROUP BY 1 ORDER BY 1"))
}

// Calls from before get theirs in the background, and nothing is done twice.
func TestPlaceHistory(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.write(billing.Record{Start: started("c1")}, billing.Record{End: ended("c2")})
	odd := started("c3")
	odd.ANumber, odd.BNumber = "79161234567", ""
	b.write(billing.Record{Start: odd})
	if n, err := b.PlaceHistory(t.Context()); n != 0 || err != nil {
		t.Fatalf("without an atlas: %d, %v", n, err)
	}
	d := b.placing()
	for _, want := range []int64{3, 0} {
		if n, err := d.PlaceHistory(t.Context()); n != want || err != nil {
			t.Fatalf("placed %d, %v, want %d", n, err, want)
		}
	}
	same(t, "places", [][]string{
		{"c1", "RU", "RU", "Moscow", "fixed", "", "7495", "Europe/Moscow"},
		{"c2", "RU", "RU", "Moscow", "fixed", "", "7495", "Europe/Moscow"},
		{"c3", "RU", "0", "", "", "", "", ""},
	}, b.table(placesOfCalls))
}

// The longest list of zones that there is has room.
func TestPlaceTextsFit(t *testing.T) {
	t.Parallel()
	atlas, err := geo.New(0)
	if err != nil {
		t.Fatal(err)
	}
	for _, number := range []string{"18005551234", "78005553535", "881612345678", "61412345678"} {
		if p := atlas.Place(number); len(p.Zones) > 4000 || len(p.Prefix) > 8 || strings.Contains(p.Zones, " ") {
			t.Errorf("%s: %d bytes of zones, prefix %q", number, len(p.Zones), p.Prefix)
		}
	}
}
