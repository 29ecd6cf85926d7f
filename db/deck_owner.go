package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"tandem/routing"
)

// DeckOwner is whose prices a deck holds: those of a provider for a tier, or
// those of a tariff. Either is known by its id or by its name.
type DeckOwner struct {
	ProviderID int64
	Provider   string // its name, or its id in digits
	TariffID   int64
	Tariff     string       // likewise
	Tier       routing.Tier // of a provider
	Currency   string       // ISO 4217, filled by FindOwner
}

func (o DeckOwner) String() string {
	switch {
	case o.TariffID != 0 || o.Tariff != "":
		return "tariff " + nameOrID(o.Tariff, o.TariffID)
	default:
		return fmt.Sprintf("provider %s, tier %s", nameOrID(o.Provider, o.ProviderID), o.Tier)
	}
}

func nameOrID(name string, id int64) string {
	if name != "" {
		return name
	}
	return strconv.FormatInt(id, 10)
}

// keys are the values of provider_id, tariff_id and tier.
func (o DeckOwner) keys() []any {
	if o.TariffID != 0 {
		return []any{nil, o.TariffID, nil}
	}
	return []any{o.ProviderID, nil, o.Tier.String()}
}

// ofOwner is the condition that takes keys.
const ofOwner = `provider_id <=> ? AND tariff_id <=> ? AND tier <=> ?`

// FindOwner fills id, name and currency. The error of a name that is not there
// lists those that are.
func (d *DB) FindOwner(ctx context.Context, o DeckOwner) (DeckOwner, error) {
	provider, tariff := o.ProviderID != 0 || o.Provider != "", o.TariffID != 0 || o.Tariff != ""
	var err error
	switch {
	case provider == tariff:
		return DeckOwner{}, errors.New("owner of the deck: want either a provider or a tariff")
	case provider:
		o.ProviderID, o.Provider, o.Currency, err = d.findNamed(ctx, "provider", findProvider, listProviders, o.ProviderID, o.Provider)
	default:
		o.TariffID, o.Tariff, o.Currency, err = d.findNamed(ctx, "tariff", findTariff, listTariffs, o.TariffID, o.Tariff)
	}
	if err != nil {
		return DeckOwner{}, err
	}
	return o, nil
}

// An owner is found by its id or, without one, by its name; a name in digits
// that nobody bears is taken for an id.
const (
	findProvider = `SELECT p.id, p.providername, c.iso FROM providers p JOIN currency c ON c.id = p.currency_id
		WHERE IF(? <> 0, p.id = ?, p.providername = ? OR p.id = ?) ORDER BY p.providername = ? DESC LIMIT 1`
	findTariff = `SELECT t.id, t.name, c.iso FROM tariffs t JOIN currency c ON c.id = t.currency_id
		WHERE IF(? <> 0, t.id = ?, t.name = ? OR t.id = ?) ORDER BY t.name = ? DESC LIMIT 1`
	listProviders = `SELECT providername FROM providers ORDER BY providername LIMIT 21`
	listTariffs   = `SELECT name FROM tariffs ORDER BY name LIMIT 21`
)

func (d *DB) findNamed(ctx context.Context, what, find, list string, id int64, name string) (int64, string, string, error) {
	wanted := nameOrID(name, id)
	number, _ := strconv.ParseInt(name, 10, 64)
	var currency string
	err := d.calls.QueryRowContext(ctx, find, id, id, name, number, name).Scan(&id, &name, &currency)
	if errors.Is(err, sql.ErrNoRows) {
		there, err := names(ctx, d.calls, list)
		if err != nil {
			return 0, "", "", err
		}
		return 0, "", "", fmt.Errorf("%s %q: %w; there are %s", what, wanted, ErrNotFound, there)
	}
	return id, name, currency, wrap("find "+what, err)
}

// names lists up to twenty names, for an error.
func names(ctx context.Context, q querier, list string) (string, error) {
	rows, err := q.QueryContext(ctx, list)
	if err != nil {
		return "", wrap("list names", err)
	}
	var names []string
	err = eachRow(rows, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		names = append(names, name)
		return err
	})
	switch {
	case err != nil:
		return "", wrap("list names", err)
	case len(names) == 0:
		return "none yet", nil
	case len(names) > 20:
		names[20] = "…"
	}
	return strings.Join(names, ", "), nil
}

// sells refuses a tier for which the provider has no way to ask.
func (d *DB) sells(ctx context.Context, o DeckOwner) error {
	if o.TariffID != 0 {
		return nil
	}
	var plain bool
	var sold [3]bool
	if err := d.calls.QueryRowContext(ctx, `SELECT noncli_prefix IS NULL AND cli_prefix IS NULL AND premcli_prefix IS NULL,
			noncli_prefix IS NOT NULL, cli_prefix IS NOT NULL, premcli_prefix IS NOT NULL FROM providers WHERE id = ?`, o.ProviderID).
		Scan(&plain, &sold[routing.TierNonCLI], &sold[routing.TierCLI], &sold[routing.TierPremium]); err != nil {
		return wrap("find "+o.Provider, err)
	}
	switch {
	case plain && o.Tier != routing.TierCLI:
		return fmt.Errorf("provider %s sells no tiers: import its deck as %s, or set its prefixes first", o.Provider, routing.TierCLI)
	case !plain && !sold[o.Tier]:
		return fmt.Errorf("provider %s sells no tier %s: set its prefix for that tier first", o.Provider, o.Tier)
	}
	return nil
}
