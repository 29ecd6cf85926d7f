package db

import (
	"context"
	"errors"
	"fmt"
	"strconv"
)

// What an account names is looked up by whoever asks: within a transaction by the
// transaction itself. A second connection would be waited for while the first one
// is kept, and a pool whose every connection waits for another is at an end.

// changeTariff finds the tariff that was named, or numbered, anew.
func changeTariff(ctx context.Context, q querier, before, want *Account) error {
	switch {
	case want.TariffID != before.TariffID && want.Tariff == before.Tariff:
		want.Tariff = ""
	case want.TariffID == before.TariffID:
		want.TariffID = 0
	}
	currency, err := resolveTariff(ctx, q, want)
	if want.CurrencyID == 0 && want.Currency == "" {
		want.CurrencyID = currency
	}
	return err
}

// resolveTariff fills id and name of the tariff, and tells its currency.
func resolveTariff(ctx context.Context, q querier, a *Account) (currency int64, err error) {
	if a.TariffID == 0 && a.Tariff == "" {
		return 0, nil
	}
	name := a.Tariff
	if a.TariffID != 0 {
		name = strconv.FormatInt(a.TariffID, 10)
	}
	t, err := readTariff(ctx, q, name)
	a.TariffID, a.Tariff = t.ID, t.Name
	return t.CurrencyID, fieldOf("tariff_id", "there is no such tariff", err)
}

// resolveCurrency fills id and name of the currency.
func resolveCurrency(ctx context.Context, q querier, a *Account) error {
	if a.CurrencyID == 0 && a.Currency == "" {
		return nil
	}
	c, err := readCurrency(ctx, q, a.CurrencyID, a.Currency)
	a.CurrencyID, a.Currency = c.ID, c.ISO
	return fieldOf("currency", "there is no such currency", err)
}

func balanceStays(currency string) error {
	said := "its balance is in " + currency + ", and stays so; make another account for another currency"
	return fmt.Errorf("%w: %w", ErrAccount, &settingError{said: said, field: &FieldError{"currency", said}})
}

// fieldOf gives what was not found the field that named it.
func fieldOf(field, text string, err error) error {
	if !errors.Is(err, ErrNotFound) {
		return err
	}
	return &settingError{said: err.Error(), field: &FieldError{field, text}, cause: err}
}
