package db

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
)

// sameDecks refuses to put the seed's rates into somebody else's decks, forced
// or not: the ids it wants are free or its own, and nobody else has version 1 of
// its owners and tiers.
func sameDecks(ctx context.Context, tx *sql.Tx, rows [][]string) error {
	column := func(row []string, name string) string { return row[slices.Index(rows[0], name)] }
	for _, row := range rows[1:] {
		var others int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM decks
				WHERE (id = ?) <> (COALESCE(provider_id, '') = ? AND COALESCE(tariff_id, '') = ? AND COALESCE(tier, '') = ? AND version = ?)`,
			column(row, "id"), column(row, "provider_id"), column(row, "tariff_id"), column(row, "tier"), column(row, "version")).Scan(&others); err != nil {
			return err
		}
		if others > 0 {
			return fmt.Errorf("%w: deck %s, or version %s of provider %s%s %s, is another than the seed's; seed an empty database",
				ErrSeedConflict, column(row, "id"), column(row, "version"), column(row, "provider_id"), column(row, "tariff_id"), column(row, "tier"))
		}
	}
	return nil
}

// revising runs work and raises the revision of decks whose rows it has changed,
// so that a running Tandem reads them again.
func revising(ctx context.Context, tx *sql.Tx, rows [][]string, work func() error) error {
	before, err := deckSums(ctx, tx, rows)
	if err != nil {
		return err
	}
	if err := work(); err != nil {
		return err
	}
	after, err := deckSums(ctx, tx, rows)
	if err != nil {
		return err
	}
	for deck, sum := range before {
		if after[deck] == sum {
			continue
		}
		if _, err := tx.ExecContext(ctx, `UPDATE decks SET revision = revision + 1 WHERE id = ?`, deck); err != nil {
			return err
		}
	}
	return nil
}

// deckSums tells the rows of the seed's decks from other rows.
func deckSums(ctx context.Context, tx *sql.Tx, rows [][]string) (map[string]string, error) {
	sums := map[string]string{}
	for _, row := range rows[1:] {
		deck := row[0]
		if _, done := sums[deck]; done {
			continue
		}
		var sum sql.NullString
		if err := tx.QueryRowContext(ctx, `SELECT SUM(CRC32(CONCAT_WS('/', prefix, n, per_minute, connection_fee, first_s, next_s)))
			FROM deck_rates WHERE deck_id = ?`, deck).Scan(&sum); err != nil {
			return nil, err
		}
		if sum.Valid {
			sums[deck] = sum.String
		}
	}
	return sums, nil
}
