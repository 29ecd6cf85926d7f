package db

import (
	"context"
	"database/sql"
	"slices"
	"strconv"

	"tandem/geo"
	"tandem/internal/e164"
)

// briefs are the places of the calls of a list, by their ids.
type briefs map[int64]geo.Brief

// readBriefs reads the places that calls have the ids of.
func (d *DB) readBriefs(ctx context.Context, ids []sql.Null[int64]) (briefs, error) {
	found := briefs{}
	var want []int64
	for _, id := range ids {
		if id.Valid && id.V != placeless {
			want = append(want, id.V)
		}
	}
	slices.Sort(want)
	err := eachIn(ctx, d.calls, `SELECT id, country, region, network, type FROM places WHERE id IN (?)`, slices.Compact(want), func(rows *sql.Rows) error {
		var id int64
		var p geo.Brief
		var kind string
		if err := rows.Scan(&id, &p.Country, &p.Region, &p.Network, &kind); err != nil {
			return err
		}
		var err error
		p.Type, err = geo.ParseType(kind)
		found[id] = p
		return err
	})
	return found, wrap("places of calls", err)
}

// brief is the place of a number: that which was written with the call, else what
// the digits tell today.
func (d *DB) brief(found briefs, id sql.Null[int64], number string) geo.Brief {
	if id.Valid || d.places.atlas == nil || number == "" {
		return found[id.V]
	}
	p := d.places.atlas.Place(number)
	return p.Brief()
}

// CallPlaces are the places of both numbers of a call, as they were written with
// it; of what was not written, as the digits tell them today.
func (d *DB) CallPlaces(ctx context.Context, callID string, a, b e164.Number) (ofA, ofB geo.Brief, err error) {
	var ids [2]sql.Null[int64]
	err = d.calls.QueryRowContext(ctx, `SELECT a_place_id, b_place_id FROM calls WHERE call_id = ? AND month = ?`, callID, callMonth(callID)).Scan(&ids[0], &ids[1])
	if err != nil {
		return ofA, ofB, wrap("places of call "+strconv.Quote(callID), err)
	}
	found, err := d.readBriefs(ctx, ids[:])
	return d.brief(found, ids[0], string(a)), d.brief(found, ids[1], string(b)), err
}

// placeLines tells where the numbers of calls are from.
func (d *DB) placeLines(ctx context.Context, list []CallLine) error {
	ids := make([]sql.Null[int64], 0, 2*len(list))
	for i := range list {
		ids = append(ids, list[i].aPlaceID, list[i].bPlaceID)
	}
	found, err := d.readBriefs(ctx, ids)
	for i := range list {
		c := &list[i]
		c.APlace, c.BPlace = d.brief(found, c.aPlaceID, c.ANumber), d.brief(found, c.bPlaceID, c.BNumber)
	}
	return err
}

// placeAttempts tells whom attempts were to call, and where that is.
func (d *DB) placeAttempts(ctx context.Context, list []AttemptLine) error {
	type called struct {
		number string
		place  sql.Null[int64]
	}
	calls := make(map[string]called, len(list))
	var ids []sql.Null[int64]
	callIDs := make([]string, 0, len(list))
	for i := range list {
		callIDs = append(callIDs, list[i].CallID)
	}
	slices.Sort(callIDs)
	err := eachOfCalls(ctx, d.calls, `SELECT call_id, COALESCE(b_number, ''), b_place_id FROM calls WHERE call_id IN (?)`, slices.Compact(callIDs), func(rows *sql.Rows) error {
		var id string
		var c called
		err := rows.Scan(&id, &c.number, &c.place)
		calls[id] = c
		ids = append(ids, c.place)
		return err
	})
	if err != nil {
		return wrap("calls of attempts", err)
	}
	found, err := d.readBriefs(ctx, ids)
	for i := range list {
		c := calls[list[i].CallID]
		list[i].BNumber, list[i].BPlace = c.number, d.brief(found, c.place, c.number)
	}
	return err
}
