package db

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"tandem/billing/fx"
	"tandem/internal/money"
)

const fxQuery = `SELECT f.valid_from, c.iso, f.per_eur FROM fx_rates f JOIN currency c ON c.id = f.currency_id ORDER BY c.iso, f.valid_from`

// FXRates lists all exchange rates, by currency and time.
func (d *DB) FXRates(ctx context.Context) ([]fx.Rate, error) {
	rows, err := d.calls.QueryContext(ctx, fxQuery)
	if err != nil {
		return nil, wrap("list exchange rates", err)
	}
	list, err := fxRates(rows)
	return list, wrap("list exchange rates", err)
}

func fxRates(rows *sql.Rows) (list []fx.Rate, err error) {
	err = eachRow(rows, func(rows *sql.Rows) error {
		var r fx.Rate
		err := rows.Scan(&r.From, &r.Currency, &r.PerEUR)
		list = append(list, r)
		return err
	})
	return list, err
}

// PutFX writes exchange rates, over those of the same currency and moment, and
// before them the currencies that are not there yet: all or none.
func (d *DB) PutFX(ctx context.Context, rates []fx.Rate, add ...Currency) error {
	return d.ChangeFX(ctx, func([]fx.Rate) ([]fx.Rate, []Currency, error) { return rates, add, nil })
}

// ChangeFX is PutFX of what decide makes of the rates that are there. Nobody else
// changes them between its look and its deed; decide may be called more than once.
// Its error ends everything.
func (d *DB) ChangeFX(ctx context.Context, decide func(was []fx.Rate) (rates []fx.Rate, add []Currency, err error)) error {
	err := inTx(ctx, d.bulk, nil, func(tx *sql.Tx) error {
		if err := takeTurn(ctx, tx, "exchange rates"); err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, fxQuery)
		if err != nil {
			return err
		}
		was, err := fxRates(rows)
		if err != nil {
			return err
		}
		rates, add, err := decide(was)
		if err != nil {
			return err
		}
		return putFX(ctx, tx, rates, add)
	})
	return wrap("exchange rates", err)
}

func putFX(ctx context.Context, tx *sql.Tx, rates []fx.Rate, add []Currency) error {
	if err := addCurrencies(ctx, tx, add); err != nil || len(rates) == 0 {
		return err
	}
	ids, err := currencyIDs(ctx, tx)
	if err != nil {
		return err
	}
	rows, err := fxRows(rates, ids)
	if err != nil {
		return err
	}
	u := upsert{table: "fx_rates", columns: []column{{"currency_id", ""}, {"valid_from", ""}, {"per_eur", "VALUES(per_eur)"}}}
	if err := u.exec(ctx, tx, rows); err != nil {
		return err
	}
	return auditFX(ctx, tx, rates)
}

// auditFX writes a few rates one by one, and how many when there are more.
func auditFX(ctx context.Context, tx *sql.Tx, rates []fx.Rate) error {
	if len(rates) > 20 { //nolint:mnd // more is a file
		return audit(ctx, tx, Change{Action: "import", Kind: "exchange rate", Name: fmt.Sprintf("%d rates", len(rates))})
	}
	for _, r := range rates {
		if err := audit(ctx, tx, Change{Action: "update", Kind: "exchange rate", ID: r.Currency, Name: r.Currency, After: r}); err != nil {
			return err
		}
	}
	return nil
}

func fxRows(rates []fx.Rate, ids map[string]int64) ([][]any, error) {
	rows := make([][]any, len(rates))
	for i, r := range rates {
		switch {
		case ids[r.Currency] == 0:
			return nil, fmt.Errorf("currency %q: %w", r.Currency, ErrNotFound)
		case r.PerEUR <= 0:
			return nil, fmt.Errorf("%s of %s: want units per euro, above zero", r.PerEUR, r.Currency)
		case r.Currency == "EUR" && r.PerEUR != oneEUR:
			return nil, fmt.Errorf("one euro is one euro, not %s", r.PerEUR)
		case r.From.IsZero():
			return nil, fmt.Errorf("%s of %s: no time from which it holds", r.PerEUR, r.Currency)
		}
		rows[i] = []any{ids[r.Currency], moment(r.From), r.PerEUR}
	}
	return rows, nil
}

const oneEUR = money.FX(100_000_000)

// fxAt is the exchange rate of a currency that was in force at a moment.
func fxAt(ctx context.Context, tx *sql.Tx, currency int64, at time.Time) (money.FX, error) {
	var v money.FX
	err := notFound(tx.QueryRowContext(ctx, `SELECT per_eur FROM fx_rates WHERE currency_id = ? AND valid_from <= ? ORDER BY valid_from DESC LIMIT 1`,
		currency, moment(at)).Scan(&v))
	if err != nil {
		return 0, fmt.Errorf("exchange rate of currency %d at %s: %w", currency, at.UTC().Format(time.DateTime), err)
	}
	return v, nil
}
