package desk

import (
	"slices"
	"strconv"
	"strings"

	"tandem/db"
	"tandem/routing"
)

// OwnerChoice says whose deck is meant.
type OwnerChoice struct {
	Provider   string // by name or id
	ProviderID int64  // by id alone
	Tariff     string // likewise
	TariffID   int64
	Tier       string // of the provider; not needed where it sells one only
}

// Given says that somebody is named.
func (c OwnerChoice) Given() bool { return c.provider() || c.tariff() }

func (c OwnerChoice) provider() bool { return c.Provider != "" || c.ProviderID != 0 }
func (c OwnerChoice) tariff() bool   { return c.Tariff != "" || c.TariffID != 0 }

// Owner finds whose deck is meant.
func (w *World) Owner(c OwnerChoice) (db.DeckOwner, error) {
	switch {
	case c.tariff() && c.Tier != "":
		return db.DeckOwner{}, wrong("--tier", "", "a tariff has no tiers; leave it away")
	case c.tariff():
		o, err := w.Tariff(c)
		if err == nil && w.costPlus(o.TariffID) {
			err = &FieldError{
				Flag: "--tariff", Given: Printable(o.Tariff), Text: "sells at cost plus, by the prices of the providers: it has no decks",
				Hint: "tandem tariff create makes one that has",
			}
		}
		return o, err
	case c.provider():
		p, err := w.Provider(c)
		if err != nil {
			return db.DeckOwner{}, err
		}
		o := db.DeckOwner{ProviderID: p.ID, Provider: p.Name, Currency: w.currency(p.CurrencyID)}
		o.Tier, err = tierOf(p, c.Tier)
		return o, err
	}
	return db.DeckOwner{}, wrong("--provider", "", "whose prices? Say --provider NAME, or --tariff NAME for prices of ours")
}

// Tariff finds the tariff that is meant.
func (w *World) Tariff(c OwnerChoice) (db.DeckOwner, error) {
	names := make([]Named, 0, len(w.data.Tariffs))
	for _, t := range w.data.Tariffs {
		names = append(names, Named{t.ID, t.Name})
	}
	i, err := find("--tariff", c.Tariff, c.TariffID, names)
	if err != nil {
		return db.DeckOwner{}, err
	}
	t := w.data.Tariffs[i]
	return db.DeckOwner{TariffID: t.ID, Tariff: t.Name, Currency: w.currency(t.CurrencyID)}, nil
}

func (w *World) costPlus(tariff int64) bool {
	return slices.ContainsFunc(w.data.Tariffs, func(t routing.Tariff) bool { return t.ID == tariff && t.Markup != nil })
}

// Provider finds the provider that is meant.
func (w *World) Provider(c OwnerChoice) (routing.Provider, error) {
	names := make([]Named, 0, len(w.data.Providers))
	for _, p := range w.data.Providers {
		names = append(names, Named{p.ID, p.Name})
	}
	i, err := find("--provider", c.Provider, c.ProviderID, names)
	if err != nil {
		return routing.Provider{}, err
	}
	return w.data.Providers[i], nil
}

// tierOf reads --tier, which may be left away where there is no choice.
func tierOf(p routing.Provider, name string) (routing.Tier, error) {
	var sold []routing.Tier
	var names []string
	for _, t := range routing.Tiers() {
		if p.Plain && t == routing.TierCLI || p.TierPrefix[t] != nil {
			sold, names = append(sold, t), append(names, t.String())
		}
	}
	list := strings.Join(names, ", ")
	if name == "" {
		if len(sold) == 1 {
			return sold[0], nil
		}
		return 0, wrong("--tier", "", "provider %s sells %s; say which", Printable(p.Name), list)
	}
	t, err := routing.ParseTier(strings.ToLower(name))
	switch {
	case err != nil:
		return 0, wrong("--tier", strconv.Quote(name), "want %s", list)
	case !slices.Contains(sold, t) && p.Plain:
		return 0, wrong("--tier", t.String(), "provider %s sells no tiers: leave --tier away, or set its prefix for that tier in providers first", Printable(p.Name))
	case !slices.Contains(sold, t):
		return 0, wrong("--tier", t.String(), "provider %s sells %s only; set its prefix for that tier in providers first", Printable(p.Name), list)
	}
	return t, nil
}

// find is by id alone where there is one, else by name or id.
func find(flag, name string, id int64, list []Named) (int, error) {
	if id == 0 {
		return FindNamed(flag, name, list)
	}
	at := slices.IndexFunc(list, func(n Named) bool { return n.ID == id })
	if at < 0 {
		return 0, wrong(flag+"-id", "", "there is none with the id %d", id)
	}
	return at, nil
}
