package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"tandem/db"
)

type accountCreateCmd struct {
	Name     string `arg:"" help:"How the account is called, at most 64 characters."`
	Currency string `help:"Of its balance, e.g. USD. Default: that of --tariff. With neither it has no balance, and its calls are not charged." placeholder:"CODE"`
	accountFlags
	JSON bool `help:"Print JSON."`
}

// Run opens an account.
func (x accountCreateCmd) Run(ctx context.Context, e *env) error {
	if err := x.check(); err != nil {
		return err
	}
	return withDB(ctx, e, func(database *db.DB) error {
		sold, err := x.named(ctx, database, x.Currency)
		if err != nil {
			return err
		}
		a := db.Account{Name: x.Name, Enabled: true, NoLoss: true}
		sold(&a)
		if err := x.apply(&a); err != nil {
			return err
		}
		a, err = database.CreateAccount(ctx, a)
		if err != nil {
			return accountTold(err)
		}
		v := viewAccount(a)
		if x.JSON {
			return printJSON(e, v)
		}
		fmt.Fprintf(e.out, "account %d, %s: opened\n\n", v.ID, printable(v.Name))
		if err := printSettings(e.out, v.settings()[1:]); err != nil {
			return err
		}
		_, err = fmt.Fprintln(e.out, afterCreate(v))
		return err
	})
}

// check tells what can be told without the database.
func (x accountCreateCmd) check() error {
	if x.Currency == "" && !x.Tariff.set {
		for _, f := range []struct {
			name string
			given
		}{{"credit", x.Credit}, {"daily", x.Daily}, {"per-call", x.PerCall}, {"low", x.Low}, {"payment", x.Payment}} {
			if f.set {
				return fmt.Errorf("--%s: in which currency? Say --currency, or --tariff", f.name)
			}
		}
	}
	return x.accountFlags.check()
}

// afterCreate says what is still to be done.
func afterCreate(v accountView) string {
	switch {
	case v.Currency == "":
		return "its calls are not charged; tandem account set " + quoted(v.Name, v.ID) + " --tariff NAME sells them"
	case v.Tariff == "":
		return "its calls are not sold yet; tandem account set " + quoted(v.Name, v.ID) + " --tariff NAME sells them"
	case v.Payment == db.Prepaid:
		return "it has no money yet; tandem account topup " + quoted(v.Name, v.ID) + " SUM puts some on it"
	}
	return cmp.Or(v.unbounded(), "it may call")
}

// quoted is a name to type, or the id where the name is not one.
func quoted(name string, id int64) string {
	if printable(name) != name || strings.ContainsAny(name, "\"\\$`!") {
		return strconv.FormatInt(id, 10)
	}
	if strings.Contains(name, " ") {
		return `"` + name + `"`
	}
	return name
}

// accountTold leaves away of an error what only programs need.
func accountTold(err error) error {
	for _, known := range []error{db.ErrAccount, db.ErrTariff} {
		if errors.Is(err, known) {
			if _, detail, found := strings.Cut(err.Error(), known.Error()+": "); found {
				return fmt.Errorf("%s; nothing was changed", detail)
			}
		}
	}
	return err
}
