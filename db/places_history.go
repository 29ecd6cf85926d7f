package db

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"tandem/internal/e164"
)

// Bounds of PlaceHistory.
const (
	placesJob  = "places of calls"
	placesHold = 5 * time.Minute
	placesBite = 1000 // calls of one transaction
)

// PlaceHistory gives places to calls that were written without them, the newest
// first, and says to how many. What is done is found by an index, so it goes on
// where it, or another node, has left off. ErrBusy: another node is at it.
func (d *DB) PlaceHistory(ctx context.Context) (done int64, err error) {
	if d.places.atlas == nil {
		return 0, nil
	}
	l, err := d.takeLease(ctx, placesJob, placesHold)
	if err != nil {
		return 0, err
	}
	for err == nil {
		var n int64
		n, err = d.placesBite(ctx, l)
		done += n
		if n < placesBite {
			break
		}
	}
	return done, errors.Join(wrap(placesJob, err), l.release(context.WithoutCancel(ctx)))
}

// unplaced is a call whose numbers nobody has looked at.
type unplaced struct {
	callID string
	a, b   e164.Number
}

func (d *DB) placesBite(ctx context.Context, l lease) (done int64, err error) {
	list, err := d.unplaced(ctx)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	numbers := make([]e164.Number, 0, 2*len(list))
	for _, c := range list {
		numbers = append(numbers, c.a, c.b)
	}
	places, err := d.place(ctx, numbers)
	if err != nil {
		return 0, err
	}
	err = inTx(ctx, d.bulk, recordOptions(), func(tx *sql.Tx) error {
		done = 0
		if err := l.keep(ctx, tx); err != nil {
			return err
		}
		for _, c := range list {
			// A number that a late record has changed meanwhile has its place already.
			if _, err := tx.ExecContext(ctx, `UPDATE calls SET a_place_id = COALESCE(a_place_id, ?), b_place_id = ?
				WHERE call_id = ? AND month = ? AND b_place_id IS NULL AND a_number <=> ? AND b_number <=> ?`,
				places[c.a], places[c.b], c.callID, callMonth(c.callID), known(string(c.a)), known(string(c.b))); err != nil {
				return err
			}
			done++
		}
		return nil
	})
	return done, err
}

// unplaced lists calls without places, the newest first.
func (d *DB) unplaced(ctx context.Context) (list []unplaced, err error) {
	rows, err := d.bulk.QueryContext(ctx, `SELECT call_id, COALESCE(a_number, ''), COALESCE(b_number, '') FROM calls
		WHERE b_place_id IS NULL ORDER BY started_at DESC LIMIT ?`, placesBite)
	if err != nil {
		return nil, err
	}
	return list, eachRow(rows, func(rows *sql.Rows) error {
		var c unplaced
		err := rows.Scan(&c.callID, &c.a, &c.b)
		list = append(list, c)
		return err
	})
}
