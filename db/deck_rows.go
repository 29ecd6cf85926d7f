package db

import (
	"context"
	"database/sql"
	"fmt"

	"tandem/billing/deck"
)

// DeckRows streams the rates of a deck, sorted by prefix and number, as they
// were at one moment. An error ends it.
func (d *DB) DeckRows(ctx context.Context, id int64) deck.Rates {
	return func(yield func(deck.Rate, error) bool) {
		// Who stops early wants no more rows: without its context the connection
		// would have to read them all.
		ctx, cancel := context.WithCancel(ctx)
		rows, err := d.bulk.QueryContext(ctx, `SELECT `+rateColumns+`, destination FROM deck_rates WHERE deck_id = ? ORDER BY prefix, n`, id)
		if err != nil {
			cancel()
			yield(deck.Rate{}, wrap(fmt.Sprintf("rates of deck %d", id), err))
			return
		}
		defer rows.Close()
		defer cancel()
		if err := yieldRates(rows, yield); err != nil {
			yield(deck.Rate{}, wrap(fmt.Sprintf("rates of deck %d", id), err))
		}
	}
}

// yieldRates returns nil when yield wants no more.
func yieldRates(rows *sql.Rows, yield func(deck.Rate, error) bool) error {
	var row [6]sql.RawBytes
	var destination sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&row[0], &row[1], &row[2], &row[3], &row[4], &row[5], &destination); err != nil {
			return err
		}
		r := deck.Rate{Prefix: string(row[0]), Destination: string(destination)}
		var err error
		if r.Rate, r.Blocked, err = parseRateRow(row); err != nil {
			return fmt.Errorf("prefix %s: %w", r.Prefix, err)
		}
		if !yield(r, nil) {
			return nil
		}
	}
	return rows.Err()
}
