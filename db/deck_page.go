package db

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"tandem/billing/deck"
)

// RatePlace is where a page of rates begins: behind the row that it names.
type RatePlace struct {
	Prefix string `json:"prefix"`
	N      int    `json:"n"`
}

// RateRow is a row of a deck with its place.
type RateRow struct {
	deck.Rate

	Place RatePlace
}

// DeckPage lists rates of a deck by prefix. Digits find the prefixes that begin so
// and those that a call to such a number would use; other words find destinations.
func (d *DB) DeckPage(ctx context.Context, deckID int64, words string, after RatePlace, limit int) ([]RateRow, error) {
	where, args := "deck_id = ?", []any{deckID}
	switch digits := strings.TrimPrefix(words, "+"); {
	case words == "":
	case strings.Trim(digits, "0123456789") == "" && digits != "":
		where += " AND (prefix LIKE ? OR prefix IN (?" + strings.Repeat(", ?", len(digits)-1) + "))"
		args = append(args, digits+"%")
		for i := range digits {
			args = append(args, digits[:i+1])
		}
	default:
		where += " AND destination LIKE ?"
		args = append(args, likeText(words))
	}
	if after != (RatePlace{}) {
		where += " AND prefix >= ? AND (prefix > ? OR n > ?)"
		args = append(args, after.Prefix, after.Prefix, after.N)
	}
	rows, err := d.calls.QueryContext(ctx, fmt.Sprintf(`SET STATEMENT max_statement_time=%d FOR `, listSeconds)+
		`SELECT `+rateColumns+`, destination, n FROM deck_rates WHERE `+where+` ORDER BY prefix, n LIMIT ?`, append(args, limit)...)
	if err != nil {
		return nil, listing("rates of a deck", err)
	}
	var list []RateRow
	err = eachRow(rows, func(rows *sql.Rows) error {
		var row [6]sql.RawBytes
		var destination sql.RawBytes
		var r RateRow
		if err := rows.Scan(&row[0], &row[1], &row[2], &row[3], &row[4], &row[5], &destination, &r.Place.N); err != nil {
			return err
		}
		r.Prefix, r.Destination = string(row[0]), string(destination)
		r.Place.Prefix = r.Prefix
		var err error
		r.Rate.Rate, r.Blocked, err = parseRateRow(row)
		list = append(list, r)
		return err
	})
	return list, listing("rates of a deck", err)
}
