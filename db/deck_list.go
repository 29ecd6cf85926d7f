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
	where, args := []string{"deck_id = ?"}, []any{id}
	add := func(condition string, more ...any) {
		where, args = append(where, condition), append(args, more...)
	}
	if f.Prefix != "" {
		add("prefix LIKE ?", f.Prefix+"%")
	}
	if f.Number != "" {
		var codes []any
		for n := range len(f.Number) {
			codes = append(codes, f.Number[:n+1])
		}
		add("prefix IN (?"+strings.Repeat(", ?", len(codes)-1)+")", codes...)
	}
	if f.Destination != "" {
		add("destination LIKE ?", likeText(f.Destination))
	}
	if f.After != "" {
		add("(prefix > ? OR prefix = ? AND n > ?)", f.After, f.After, f.AfterN)
	}
	query := `SELECT n, ` + rateColumns + `, destination FROM deck_rates WHERE ` + strings.Join(where, " AND ") + ` ORDER BY prefix, n LIMIT ?`
	rows, err := d.calls.QueryContext(ctx, query, append(args, f.Limit)...)
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
