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

// AddCurrencies makes currencies that are not there yet, known by their code.
func (d *DB) AddCurrencies(ctx context.Context, list []Currency) error {
	err := inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
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
	})
	return wrap("add currencies", err)
}

// currency finds one by its id or, without one, by its code.
func (d *DB) currency(ctx context.Context, id int64, iso string) (Currency, error) {
	var c Currency
	err := d.calls.QueryRowContext(ctx, `SELECT id, iso, name_en, numcode FROM currency WHERE IF(? <> 0, id = ?, iso = ?)`, id, id, iso).
		Scan(&c.ID, &c.ISO, &c.Name, &c.Numeric)
	if errors.Is(err, sql.ErrNoRows) {
		there, err := d.names(ctx, `SELECT iso FROM currency ORDER BY iso LIMIT 21`)
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
