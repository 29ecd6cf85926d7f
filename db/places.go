package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"tandem/billing"
	"tandem/geo"
	"tandem/internal/e164"
)

// placeless is the id of the place of a number that tells nothing.
const placeless = 0

// maxPlaceIDs bounds what is remembered of the table. The world has some tens of
// thousands of places; who dials through all of them makes us look again.
const maxPlaceIDs = 65_536

// placeBook knows the ids of places. Each place is in the table once, whoever
// writes it first; ids never change.
type placeBook struct {
	atlas *geo.Atlas // nil: calls are written without places

	mu  sync.Mutex
	ids map[geo.Place]uint32
}

func newPlaceBook(atlas *geo.Atlas) *placeBook {
	return &placeBook{atlas: atlas, ids: map[geo.Place]uint32{}}
}

// Atlas knows the places of numbers, as the calls that are written get them; nil:
// they get none.
func (d *DB) Atlas() *geo.Atlas { return d.places.atlas }

// placed are the ids of the places of some numbers.
type placed map[e164.Number]uint32

// of is what the columns get: NULL when nobody has looked.
func (p placed) of(n e164.Number) any {
	if id, ok := p[n]; ok {
		return id
	}
	return nil
}

// numbersOf are all numbers that a batch writes.
func numbersOf(records []billing.Record) []e164.Number {
	numbers := make([]e164.Number, 0, 2*len(records))
	for _, r := range records {
		if r.Start != nil {
			numbers = append(numbers, r.Start.ANumber, r.Start.BNumber)
		}
		if r.End != nil {
			numbers = append(numbers, r.End.Start.ANumber, r.End.Start.BNumber)
		}
	}
	return numbers
}

// place finds the ids of the places of numbers, and gives one to each place that
// has none yet. That is not part of anybody's transaction: what is remembered here
// must be in the table whatever becomes of the records.
func (d *DB) place(ctx context.Context, numbers []e164.Number) (placed, error) {
	b := d.places
	if b.atlas == nil {
		return nil, nil //nolint:nilnil // nobody looks
	}
	found := make(placed, len(numbers))
	places := map[geo.Place][]e164.Number{} // those that are not known
	b.mu.Lock()
	for _, n := range numbers {
		if _, done := found[n]; done || n == "" {
			continue
		}
		p := b.atlas.Place(string(n))
		id, known := b.ids[p]
		switch {
		case p == geo.Place{}:
			found[n] = placeless
		case known:
			found[n] = id
		default:
			places[p] = append(places[p], n)
		}
	}
	b.mu.Unlock()
	if len(places) == 0 {
		return found, nil
	}
	ids, err := d.learnPlaces(ctx, places)
	for p, id := range ids {
		for _, n := range places[p] {
			found[n] = id
		}
	}
	return found, err
}

// learnPlaces reads the ids of places, and writes those that are new.
func (d *DB) learnPlaces(ctx context.Context, places map[geo.Place][]e164.Number) (map[geo.Place]uint32, error) {
	byHash := make(map[[16]byte]geo.Place, len(places))
	hashes := make([]string, 0, len(places))
	for p := range places {
		h := placeHash(&p)
		byHash[h] = p
		hashes = append(hashes, string(h[:]))
	}
	slices.Sort(hashes)
	ids, err := d.readPlaces(ctx, hashes, byHash)
	if err != nil {
		return ids, err
	}
	var missing []string
	for _, h := range hashes {
		if _, is := ids[byHash[[16]byte([]byte(h))]]; !is {
			missing = append(missing, h)
		}
	}
	for some := range slices.Chunk(missing, maxRows) {
		if err := d.writePlaces(ctx, some, byHash); err != nil {
			return ids, err
		}
	}
	more, err := d.readPlaces(ctx, missing, byHash)
	maps.Copy(ids, more)
	d.places.remember(ids)
	return ids, err
}

func (d *DB) readPlaces(ctx context.Context, hashes []string, byHash map[[16]byte]geo.Place) (map[geo.Place]uint32, error) {
	ids := make(map[geo.Place]uint32, len(hashes))
	for some := range slices.Chunk(hashes, maxRows) {
		args := make([]any, len(some))
		for i, h := range some {
			args[i] = []byte(h)
		}
		rows, err := d.calls.QueryContext(ctx, `SELECT id, hash FROM places WHERE hash IN (?`+strings.Repeat(", ?", len(some)-1)+`)`, args...)
		if err != nil {
			return ids, err
		}
		if err := eachRow(rows, func(rows *sql.Rows) error {
			var id uint32
			var hash []byte
			if err := rows.Scan(&id, &hash); err != nil {
				return err
			}
			if len(hash) != 16 {
				return errors.New("places.hash: want 16 bytes")
			}
			ids[byHash[[16]byte(hash)]] = id
			return nil
		}); err != nil {
			return ids, err
		}
	}
	return ids, nil
}

func (d *DB) writePlaces(ctx context.Context, hashes []string, byHash map[[16]byte]geo.Place) error {
	args := make([]any, 0, 7*len(hashes))
	for _, h := range hashes {
		p := byHash[[16]byte([]byte(h))]
		args = append(args, []byte(h), p.Prefix, p.Country, clip(p.Region, maxPlaceText), clip(p.Network, maxPlaceText), p.Type.String(), clip(p.Zones, maxZones))
	}
	text := insertRows("places", "hash, prefix, country, region, network, type, zones", 7, len(hashes))
	_, err := d.calls.ExecContext(ctx, strings.Replace(text, "INSERT", "INSERT IGNORE", 1), args...)
	return err
}

// What the columns take, in characters.
const (
	maxPlaceText = 255
	maxZones     = 4000
)

// remember keeps ids; when there is no room it begins anew.
func (b *placeBook) remember(ids map[geo.Place]uint32) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.ids)+len(ids) > maxPlaceIDs {
		clear(b.ids)
	}
	maps.Copy(b.ids, ids)
}

// placeHash is the key of a place: all that it says.
func placeHash(p *geo.Place) [16]byte {
	sum := sha256.Sum256([]byte(strings.Join([]string{p.Prefix, p.Country, p.Region, p.Network, p.Type.String(), p.Zones}, "\x00")))
	return [16]byte(sum[:16])
}

// placesOf are the places of the numbers of records. Only a database that is away
// is an error: a call is worth more than its place.
func (d *DB) placesOf(ctx context.Context, records []billing.Record) (placed, error) {
	places, err := d.place(ctx, numbersOf(records))
	switch {
	case err == nil:
	case refused(err):
		d.log.Warn().Err(err).Msg("calls are written without the places of their numbers")
	default:
		return nil, fmt.Errorf("places of numbers: %w: %w", billing.ErrUnavailable, err)
	}
	return places, nil
}
