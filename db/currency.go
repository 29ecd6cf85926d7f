package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// Currency is one that accounts, providers and tariffs may be in.
type Currency struct {
	ID      int64
	ISO     string // ISO 4217
	Name    string
	Numeric int // ISO 4217
}

// Currencies lists the currencies, by code.
func (d *DB) Currencies(ctx context.Context) ([]Currency, error) {
	rows, err := d.calls.QueryContext(ctx, `SELECT id, iso, name_en, numcode FROM currency ORDER BY iso`)
	if err != nil {
		return nil, wrap("list currencies", err)
	}
	var list []Currency
	err = eachRow(rows, func(rows *sql.Rows) error {
		var c Currency
		err := rows.Scan(&c.ID, &c.ISO, &c.Name, &c.Numeric)
		list = append(list, c)
		return err
	})
	return list, wrap("list currencies", err)
}

// addCurrencies makes currencies that are not there yet, known by their code.
func addCurrencies(ctx context.Context, tx *sql.Tx, list []Currency) error {
	for _, c := range list {
		if len(c.ISO) != 3 || strings.Trim(c.ISO, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			return fmt.Errorf("currency %q: want three capital letters of ISO 4217", c.ISO)
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO currency (iso, name_en, numcode) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE id = id`,
			c.ISO, c.Name, c.Numeric); err != nil {
			return err
		}
	}
	return nil
}

// currencyIDs are the ids of all currencies, by code.
func currencyIDs(ctx context.Context, tx *sql.Tx) (map[string]int64, error) {
	rows, err := tx.QueryContext(ctx, `SELECT iso, id FROM currency`)
	if err != nil {
		return nil, err
	}
	ids := map[string]int64{}
	err = eachRow(rows, func(rows *sql.Rows) error {
		var iso string
		var id int64
		err := rows.Scan(&iso, &id)
		ids[iso] = id
		return err
	})
	return ids, err
}

// readCurrency finds one by its id or, without one, by its code.
func readCurrency(ctx context.Context, q querier, id int64, iso string) (Currency, error) {
	var c Currency
	err := q.QueryRowContext(ctx, `SELECT id, iso, name_en, numcode FROM currency WHERE IF(? <> 0, id = ?, iso = ?)`, id, id, iso).
		Scan(&c.ID, &c.ISO, &c.Name, &c.Numeric)
	if errors.Is(err, sql.ErrNoRows) {
		there, err := names(ctx, q, `SELECT iso FROM currency ORDER BY iso LIMIT 21`)
		if err != nil {
			return Currency{}, err
		}
		return Currency{}, fmt.Errorf("currency %q: %w; there are %s", nameOrID(iso, id), ErrNotFound, there)
	}
	return c, wrap("find currency", err)
}

// notFound turns the driver's word for no row into ours.
func notFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}
