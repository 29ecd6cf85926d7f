package main

import (
	"context"
	"errors"

	"tandem/db"
	"tandem/desk"
)

type accountSetCmd struct {
	Name     string `arg:"" help:"Account, by name or id."`
	Rename   string `help:"Another name." placeholder:"NAME"`
	Currency string `help:"Of the balance, for an account that has none yet." placeholder:"CODE"`
	accountFlags
	JSON bool `help:"Print JSON."`
}

// Run changes what is named.
func (x accountSetCmd) Run(ctx context.Context, e *env) error {
	if x.Rename == "" && x.Currency == "" && x.accountFlags == (accountFlags{}) {
		return errors.New("change what? Name a setting, such as --credit 50; tandem account set --help lists them")
	}
	if err := x.check(); err != nil {
		return err
	}
	return withDB(ctx, e, func(database *db.DB) error {
		sold, err := x.named(ctx, database, x.Currency)
		if err != nil {
			return err
		}
		return changeAccount(ctx, e, database, x.Name, x.JSON, func(a *db.Account) error {
			if x.Rename != "" {
				a.Name = x.Rename
			}
			sold(a)
			return x.apply(a)
		})
	})
}

type accountEnableCmd struct {
	Name string `arg:"" help:"Account, by name or id."`
	JSON bool   `help:"Print JSON."`
}

// Run lets an account call.
func (x accountEnableCmd) Run(ctx context.Context, e *env) error {
	return withDB(ctx, e, func(database *db.DB) error {
		return changeAccount(ctx, e, database, x.Name, x.JSON, func(a *db.Account) error {
			a.Enabled = true
			return nil
		})
	})
}

type accountDisableCmd struct {
	Name string `arg:"" help:"Account, by name or id."`
	JSON bool   `help:"Print JSON."`
}

// Run lets an account make no new calls. Those in progress go on for as long as
// they are paid.
func (x accountDisableCmd) Run(ctx context.Context, e *env) error {
	return withDB(ctx, e, func(database *db.DB) error {
		return changeAccount(ctx, e, database, x.Name, x.JSON, func(a *db.Account) error {
			a.Enabled = false
			return nil
		})
	})
}

// changeAccount changes an account and shows it before and after.
func changeAccount(ctx context.Context, e *env, database *db.DB, name string, asJSON bool, change func(*db.Account) error) error {
	a, err := findAccount(ctx, database, name)
	if err != nil {
		return err
	}
	before, after, err := database.UpdateAccount(ctx, a.ID, change)
	if err != nil {
		return accountTold(err)
	}
	c := newAccountChange(viewAccount(before), viewAccount(after))
	if asJSON {
		return printJSON(e, c)
	}
	return c.print(e.out)
}

// findAccount is the account that is meant. The error of one that is not there
// names those that are, and the nearest.
func findAccount(ctx context.Context, database *db.DB, name string) (db.Account, error) {
	a, err := database.Account(ctx, name)
	if !errors.Is(err, db.ErrNotFound) {
		return a, err
	}
	list, err := database.Accounts(ctx)
	if err != nil {
		return db.Account{}, err
	}
	names := make([]desk.Named, 0, len(list))
	for _, a := range list {
		names = append(names, desk.Named{ID: a.ID, Name: a.Name})
	}
	i, err := desk.FindNamed("account", name, names)
	if err != nil {
		return db.Account{}, err
	}
	return list[i], nil
}
