package db

import (
	"context"
	"database/sql"
	"strings"

	"tandem/billing/deck"
)

// DeckRate is a rate of a deck with its number among those of its prefix.
type DeckRate struct {
	N int
	deck.Rate
}

// RateFilter picks rates of a deck. Zero fields match any.
type RateFilter struct {
	Prefix      string // codes that begin with it
	Number      string // codes that begin this number
	Destination string // is looked for in names
	After       string // the last code of the page before
	AfterN      int
	Limit       int
}

// DeckRates lists rates of a deck, sorted by prefix and number.
func (d *DB) DeckRates(ctx context.Context, id int64, f RateFilter) ([]DeckRate, error) {
	w := whose("deck_id = ?", id)
	if f.Prefix != "" {
		w.add("prefix LIKE ?", f.Prefix+"%")
	}
	if f.Number != "" {
		var codes []any
		for n := range len(f.Number) {
			codes = append(codes, f.Number[:n+1])
		}
		w.add("prefix IN (?"+strings.Repeat(", ?", len(codes)-1)+")", codes...)
	}
	if f.Destination != "" {
		w.add("destination LIKE ?", likeText(f.Destination))
	}
	if f.After != "" {
		w.add("(prefix > ? OR prefix = ? AND n > ?)", f.After, f.After, f.AfterN)
	}
	query := `SELECT n, ` + rateColumns + `, destination FROM deck_rates` + w.text() + ` ORDER BY prefix, n LIMIT ?`
	rows, err := d.calls.QueryContext(ctx, query, append(w.args, f.Limit)...)
	if err != nil {
		return nil, wrap("rates of a deck", err)
	}
	var list []DeckRate
	err = eachRow(rows, func(rows *sql.Rows) error {
		v, err := scanDeckRate(rows)
		list = append(list, v)
		return err
	})
	return list, wrap("rates of a deck", err)
}

func scanDeckRate(rows *sql.Rows) (v DeckRate, err error) {
	var row [6]sql.RawBytes
	if err := rows.Scan(&v.N, &row[0], &row[1], &row[2], &row[3], &row[4], &row[5], &v.Destination); err != nil {
		return v, err
	}
	v.Prefix = string(row[0])
	v.Rate.Rate, v.Blocked, err = parseRateRow(row)
	return v, err
}
