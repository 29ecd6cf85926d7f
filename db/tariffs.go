package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"tandem/billing/rate"
	"tandem/internal/money"
)

// Tariff is what calls are sold by: a deck, or cost plus.
type Tariff struct {
	ID         int64  `json:"id" readOnly:"true"`
	Name       string `json:"name" doc:"1 to 64 characters, unique"`
	CurrencyID int64  `json:"currency_id"`
	Currency   string `json:"currency" readOnly:"true" doc:"ISO 4217"`
	// CostPlus tariffs sell at what the provider charges, with Percent on every
	// price and fee and PerMinute on top, in the provider's currency.
	CostPlus  bool         `json:"cost_plus" required:"false" doc:"Sells at what the provider charges and more on top; else by its deck"`
	Percent   rate.Percent `json:"percent" required:"false" doc:"Of cost plus: on every price and fee; below zero: a discount"`
	PerMinute money.Rate   `json:"per_minute" required:"false" doc:"Of cost plus: on top, in the provider's currency"`
	Accounts  int          `json:"accounts" readOnly:"true" doc:"That it is for"`
	DeckID    int64        `json:"deck_id,omitempty" readOnly:"true" doc:"The deck in force; none: nothing can be sold by it"`
}

// ErrTariff is the answer to a tariff that makes no sense.
var ErrTariff = errors.New("tariff makes no sense")

const tariffQuery = `SELECT t.id, t.name, t.currency_id, c.iso, t.markup_percent IS NOT NULL OR t.markup_per_minute IS NOT NULL,
	COALESCE(t.markup_percent, 0.0), COALESCE(t.markup_per_minute, 0.0), (SELECT COUNT(*) FROM accounts a WHERE a.tariff_id = t.id)
	FROM tariffs t JOIN currency c ON c.id = t.currency_id `

func scanTariff(t *Tariff, scan func(dest ...any) error) error {
	return scan(&t.ID, &t.Name, &t.CurrencyID, &t.Currency, &t.CostPlus, &t.Percent, &t.PerMinute, &t.Accounts)
}

// Tariffs lists all tariffs, by name.
func (d *DB) Tariffs(ctx context.Context) ([]Tariff, error) {
	rows, err := d.calls.QueryContext(ctx, tariffQuery+`ORDER BY t.name`)
	if err != nil {
		return nil, wrap("list tariffs", err)
	}
	var list []Tariff
	err = eachRow(rows, func(rows *sql.Rows) error {
		var t Tariff
		err := scanTariff(&t, rows.Scan)
		list = append(list, t)
		return err
	})
	return list, wrap("list tariffs", err)
}

// Tariff finds a tariff by its name or, in digits, by its id. The error of one
// that is not there lists those that are.
func (d *DB) Tariff(ctx context.Context, nameOrID string) (Tariff, error) {
	return readTariff(ctx, d.calls, nameOrID)
}

func readTariff(ctx context.Context, q querier, nameOrID string) (Tariff, error) {
	number, _ := strconv.ParseInt(nameOrID, 10, 64)
	var t Tariff
	row := q.QueryRowContext(ctx, tariffQuery+`WHERE t.name = ? OR t.id = ? ORDER BY t.name = ? DESC LIMIT 1`, nameOrID, number, nameOrID)
	err := scanTariff(&t, row.Scan)
	if errors.Is(err, sql.ErrNoRows) {
		there, err := names(ctx, q, listTariffs)
		if err != nil {
			return Tariff{}, err
		}
		return Tariff{}, fmt.Errorf("tariff %q: %w; there are %s", nameOrID, ErrNotFound, there)
	}
	return t, wrap("find tariff", err)
}

// CreateTariff makes a tariff; its currency may be named instead of numbered.
func (d *DB) CreateTariff(ctx context.Context, t Tariff) (Tariff, error) {
	if t.Name == "" || len([]rune(t.Name)) > 64 || strings.TrimSpace(t.Name) != t.Name {
		return Tariff{}, fmt.Errorf("%w: name %q: want 1 to 64 characters, without blanks at the ends", ErrTariff, t.Name)
	}
	currency, err := readCurrency(ctx, d.calls, t.CurrencyID, t.Currency)
	if err != nil {
		return Tariff{}, err
	}
	var percent, perMinute any
	if t.CostPlus {
		percent, perMinute = t.Percent, t.PerMinute
		if _, err := (rate.Rate{First: 1, Next: 1}).CostPlus(t.Percent, max(t.PerMinute, 0)); err != nil {
			return Tariff{}, fmt.Errorf("%w: %w", ErrTariff, err)
		}
	}
	t.CurrencyID, t.Currency = currency.ID, currency.ISO
	if err := inTx(ctx, d.calls, nil, func(tx *sql.Tx) error {
		t.ID, err = insertID(tx.ExecContext(ctx, `INSERT INTO tariffs (name, currency_id, markup_percent, markup_per_minute) VALUES (?, ?, ?, ?)`,
			t.Name, currency.ID, percent, perMinute))
		if err != nil {
			return err
		}
		return audit(ctx, tx, Change{Action: "create", Kind: "tariff", ID: strconv.FormatInt(t.ID, 10), Name: t.Name, After: t})
	}); err != nil {
		if hasNumber(err, errDuplicate) {
			return Tariff{}, fmt.Errorf("%w: the name %q is taken", ErrTariff, t.Name)
		}
		return Tariff{}, wrap("create tariff", err)
	}
	return d.Tariff(ctx, t.Name)
}
