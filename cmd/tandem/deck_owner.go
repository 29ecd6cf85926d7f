package main

import (
	"context"

	"tandem/db"
	"tandem/desk"
)

// deckOwnerFlags say whose deck is meant.
type deckOwnerFlags struct {
	Provider string `help:"Provider whose prices these are, by name or id." xor:"owner"`
	Tariff   string `help:"Tariff of ours, by name or id." xor:"owner"`
	Tier     string `help:"Tier of the provider: cli, noncli or premium. Not needed where it sells one only."`
}

func (f deckOwnerFlags) choice() desk.OwnerChoice {
	return desk.OwnerChoice{Provider: f.Provider, Tariff: f.Tariff, Tier: f.Tier}
}

// withDesk runs a command that needs the database and the desk.
func withDesk(ctx context.Context, e *env, run func(*desk.Desk) error) error {
	return withDB(ctx, e, func(database *db.DB) error {
		c, err := loadConfig(e.config)
		if err != nil {
			return err
		}
		return run(newDesk(c, database))
	})
}

// newDesk makes a desk that asks nobody for ported numbers.
func newDesk(c config, database *db.DB) *desk.Desk {
	return desk.New(desk.Config{DB: database, BaseCurrency: c.Routing.BaseCurrency, Limits: c.limits()})
}

// printable takes out what would play with the terminal.
func printable(text string) string { return desk.Printable(text) }
