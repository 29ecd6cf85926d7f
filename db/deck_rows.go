package db

import (
	"context"
	"database/sql"
	"fmt"

	"tandem/billing/deck"
)

// Rates of a deck are read by pages, each within pageSeconds.
const (
	deckPageRows = 10_000
	pageSeconds  = 60
)

// DeckRows streams the rates of a deck, sorted by prefix and number. An error
// ends it: also when the deck was changed by hand, or removed, meanwhile. It
// holds no connection between two pages, so that any number of decks can be read
// side by side, as slowly as somebody wants them.
func (d *DB) DeckRows(ctx context.Context, id int64) deck.Rates {
	return func(yield func(deck.Rate, error) bool) {
		if err := d.deckRows(ctx, id, func(r deck.Rate) bool { return yield(r, nil) }); err != nil {
			yield(deck.Rate{}, wrap(fmt.Sprintf("rates of deck %d", id), err))
		}
	}
}

// deckRows returns nil when yield wants no more.
func (d *DB) deckRows(ctx context.Context, id int64, yield func(deck.Rate) bool) error {
	before, err := d.deckStamp(ctx, id)
	if err != nil {
		return err
	}
	page := make([]RateRow, 0, deckPageRows)
	for last := (RatePlace{}); ; {
		if page, err = d.deckPage(ctx, id, last, page[:0]); err != nil {
			return err
		}
		for i := range page {
			if !yield(page[i].Rate) {
				return nil
			}
		}
		if len(page) < deckPageRows {
			break
		}
		last = page[len(page)-1].Place
	}
	after, err := d.deckStamp(ctx, id)
	if err == nil && after != before {
		err = fmt.Errorf("changed while they were read: %w", ErrChanged)
	}
	return err
}

// deckStamp tells two states of a deck's rates apart; a deck that is not there
// has one, too.
func (d *DB) deckStamp(ctx context.Context, id int64) (stamp string, err error) {
	err = d.bulk.QueryRowContext(ctx, `SELECT COALESCE(MAX(CONCAT(revision, IF(state = 'loading', ' loading', ''))), 'none') FROM decks WHERE id = ?`, id).Scan(&stamp)
	return stamp, err
}

// deckPage adds the rates behind a place to list.
func (d *DB) deckPage(ctx context.Context, id int64, after RatePlace, list []RateRow) ([]RateRow, error) {
	seconds := pageSeconds
	if isForPeople(ctx) {
		seconds = peopleSeconds
	}
	rows, err := d.bulk.QueryContext(ctx, fmt.Sprintf(`SET STATEMENT max_statement_time=%d FOR SELECT `, seconds)+rateColumns+`, destination, n FROM deck_rates
		WHERE deck_id = ? AND prefix >= ? AND (prefix > ? OR n > ?) ORDER BY prefix, n LIMIT ?`, id, after.Prefix, after.Prefix, after.N, deckPageRows)
	if err != nil {
		return list, err
	}
	return scanRateRows(rows, list)
}

// scanRateRows adds rows of rateColumns, destination and n to list.
func scanRateRows(rows *sql.Rows, list []RateRow) ([]RateRow, error) {
	err := eachRow(rows, func(rows *sql.Rows) error {
		var row [6]sql.RawBytes
		var destination sql.RawBytes
		var r RateRow
		if err := rows.Scan(&row[0], &row[1], &row[2], &row[3], &row[4], &row[5], &destination, &r.Place.N); err != nil {
			return err
		}
		r.Prefix, r.Destination = string(row[0]), string(destination)
		r.Place.Prefix = r.Prefix
		var err error
		if r.Rate.Rate, r.Blocked, err = parseRateRow(row); err != nil {
			return fmt.Errorf("prefix %s: %w", r.Prefix, err)
		}
		list = append(list, r)
		return nil
	})
	return list, err
}
