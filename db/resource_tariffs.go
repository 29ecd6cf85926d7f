package db

import (
	"context"
	"database/sql"
	"database/sql/driver"

	"tandem/billing/rate"
)

// TariffTable is the table of tariffs.
func TariffTable() Table[Tariff] {
	return Table[Tariff]{
		name: "tariffs", kind: "tariff", order: "name",
		from:   "LEFT JOIN currency c ON c.id = t.currency_id",
		fields: (*Tariff).fields, check: (*Tariff).check,
		within: func(ctx context.Context, tx *sql.Tx, t *Tariff) error { return t.within(ctx, tx) },
		id:     func(t *Tariff) *int64 { return &t.ID }, title: func(t *Tariff) string { return t.Name },
		filters: map[string]string{"currency_id": "t.currency_id = ?", "cost_plus": "(t.markup_percent IS NOT NULL) = (? = 'true')", "name": "t.name = ?"},
		search:  []string{"t.name"},
		unique:  map[string]FieldError{"tariffs_name": {"name", "this name is taken"}},
	}
}

// deckOfTariff is the deck in force.
const deckOfTariff = `COALESCE((SELECT d.id FROM decks d WHERE d.tariff_id = t.id AND d.state = 'published' AND d.publish_at <= UTC_TIMESTAMP(3)
	ORDER BY d.publish_at DESC, d.id DESC LIMIT 1), 0)`

func (t *Tariff) fields() []field {
	return []field{
		{"id", "", "t.id", &t.ID},
		{"name", "name", "", &t.Name},
		{"currency_id", "currency_id", "", &t.CurrencyID},
		{"currency", "", "c.iso", &t.Currency},
		{"cost_plus", "", "t.markup_percent IS NOT NULL OR t.markup_per_minute IS NOT NULL", &t.CostPlus},
		{"percent", "markup_percent", "COALESCE(t.markup_percent, 0.0)", markup{&t.CostPlus, &t.Percent}},
		{"per_minute", "markup_per_minute", "COALESCE(t.markup_per_minute, 0.0)", markup{&t.CostPlus, &t.PerMinute}},
		{"accounts", "", "(SELECT COUNT(*) FROM accounts a WHERE a.tariff_id = t.id)", &t.Accounts},
		{"deck_id", "", deckOfTariff, &t.DeckID},
	}
}

func (t *Tariff) check() error {
	if !t.CostPlus {
		t.Percent, t.PerMinute = 0, 0
	}
	_, err := (rate.Rate{First: 1, Next: 1}).CostPlus(t.Percent, max(t.PerMinute, 0))
	return faults(
		goodName(t.Name),
		goodID("currency_id", t.CurrencyID),
		must(err == nil && t.Percent > -everything, "percent", "want more than -100, with at most 4 digits after the point"),
	)
}

// everything is 100 percent.
const everything rate.Percent = 100_0000

// within refuses a tariff that would have decks and not sell by them, or whose
// prices would be in another currency from one moment to the next.
func (t *Tariff) within(ctx context.Context, tx *sql.Tx) error {
	if t.ID == 0 {
		return nil
	}
	var decks int
	var currency int64
	if err := tx.QueryRowContext(ctx, `SELECT currency_id, (SELECT COUNT(*) FROM decks d WHERE d.tariff_id = t.id) FROM tariffs t WHERE t.id = ?`, t.ID).
		Scan(&currency, &decks); err != nil {
		return err
	}
	return faults(
		must(decks == 0 || !t.CostPlus, "cost_plus", "this tariff has decks: make another one that sells at cost plus"),
		must(decks == 0 || currency == t.CurrencyID, "currency_id", "this tariff has decks, whose prices are in its currency: make another one"),
	)
}

// markup is NULL in a tariff that does not sell at cost plus.
type markup struct {
	costPlus *bool
	value    interface {
		driver.Valuer
		sql.Scanner
	}
}

func (m markup) Value() (driver.Value, error) {
	if !*m.costPlus {
		return nil, nil //nolint:nilnil // NULL
	}
	return m.value.Value()
}

func (m markup) Scan(from any) error { return m.value.Scan(from) }
