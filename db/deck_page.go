package db

import (
	"context"
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
	list, err := scanRateRows(rows, nil)
	return list, listing("rates of a deck", err)
}
