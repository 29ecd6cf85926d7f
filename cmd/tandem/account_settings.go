package main

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"tandem/db"
	"tandem/view"
)

// accountView is an account as people read it.
type accountView struct{ view.Account }

func viewAccount(a db.Account) accountView { return accountView{view.OfAccount(a)} }

// setting is one line of an account's settings.
type setting struct{ name, value string }

// settings are in the order in which they are shown.
func (v accountView) settings() []setting {
	status := "enabled"
	if !v.Enabled {
		status = "disabled: no new calls"
	}
	allow := "any number"
	if v.Allow != nil {
		allow = cmp.Or(strings.Join(v.Allow, " "), "nothing")
	}
	return []setting{
		{"name", printable(v.Name)},
		{"status", status},
		{"currency", cmp.Or(v.Currency, "none: it has no balance")},
		{"payment", v.Payment},
		{"tariff", cmp.Or(printable(v.Tariff), "none: its calls are not sold")},
		{"credit", v.creditText()},
		{"daily limit", limitText(v.DailyLimit, "none")},
		{"limit of a call", limitText(v.CallLimit, "none")},
		{"low balance", limitText(v.LowBalance, "never")},
		{"language", cmp.Or(v.Language, "that of Asterisk")},
		{"time zone", cmp.Or(v.TimeZone, "UTC; of hours in its tariff the deck's")},
		{"channels", countText(v.Channels)},
		{"calls a second", countText(v.CPS)},
		{"may call", allow},
		{"may not call", orDash(strings.Join(v.Block, " "))},
		{"country", orDash(v.Country)},
		{"international prefix", orDash(v.InternationalPrefix)},
		{"trunk prefix", orDash(v.TrunkPrefix)},
		{"default CLI", orDash(v.DefaultCLI)},
		{"lowest tier", v.MinTier},
		{"sold below cost", yesNo(!v.NoLoss)},
		{"dearest minute to buy", limitText(v.MaxPerMinute, "any")},
		{"dearest connection fee to buy", limitText(v.MaxConnectionFee, "any")},
	}
}

func (v accountView) creditText() string {
	switch {
	case v.CreditLimit != nil && *v.CreditLimit < 0:
		return shortPrice(-*v.CreditLimit) + " are not touched"
	case v.CreditLimit != nil:
		return shortPrice(*v.CreditLimit)
	}
	return "no limit"
}

func limitText[T interface{ String() string }](v *T, none string) string {
	if v == nil {
		return none
	}
	return shortPrice(*v)
}

func countText(n int) string {
	if n == 0 {
		return "no limit"
	}
	return strconv.Itoa(n)
}

// accountChange is what a command did to the settings of an account.
type accountChange struct {
	Before  accountView `json:"before"`
	After   accountView `json:"after"`
	Changed []string    `json:"changed"` // names of settings
}

func newAccountChange(before, after accountView) accountChange {
	c := accountChange{Before: before, After: after, Changed: []string{}}
	was := before.settings()
	for i, s := range after.settings() {
		if s != was[i] {
			c.Changed = append(c.Changed, s.name)
		}
	}
	return c
}

// print shows each setting that is another now.
func (c accountChange) print(out io.Writer) error {
	if len(c.Changed) == 0 {
		_, err := fmt.Fprintf(out, "account %d, %s: nothing to change, it is so already\n", c.After.ID, printable(c.After.Name))
		return err
	}
	fmt.Fprintf(out, "account %d, %s\n", c.After.ID, printable(c.After.Name))
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "\nsetting\tbefore\tafter")
	was := c.Before.settings()
	for i, s := range c.After.settings() {
		if s != was[i] {
			fmt.Fprintf(w, "%s\t%s\t%s\n", s.name, was[i].value, s.value)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if note := c.After.unbounded(); note != "" && note != c.Before.unbounded() {
		fmt.Fprintln(out, note)
	}
	return nil
}

// unbounded tells of an account whose calls nothing bounds.
func (v accountView) unbounded() string {
	if v.Tariff == "" || v.Payment != db.Postpaid || v.CreditLimit != nil {
		return ""
	}
	return "note: there is no limit to what it may spend; --credit sets one"
}

func printSettings(out io.Writer, list []setting) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	for _, s := range list {
		fmt.Fprintf(w, "%s\t%s\n", s.name, s.value)
	}
	return w.Flush()
}
