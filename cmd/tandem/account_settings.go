package main

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"tandem/db"
	"tandem/internal/money"
)

// accountView is an account as scripts read it.
type accountView struct {
	ID                  int64         `json:"id"`
	Name                string        `json:"name"`
	Enabled             bool          `json:"enabled"`
	Payment             string        `json:"payment"`
	Currency            string        `json:"currency,omitempty"` // none: it has no balance
	TariffID            int64         `json:"tariff_id,omitempty"`
	Tariff              string        `json:"tariff,omitempty"`
	CreditLimit         *money.Amount `json:"credit_limit"` // null: no limit; prepaid: 0
	DailyLimit          *money.Amount `json:"daily_limit"`
	CallLimit           *money.Amount `json:"call_limit"`
	LowBalance          *money.Amount `json:"low_balance"`
	Language            string        `json:"language"`
	TimeZone            string        `json:"time_zone"`
	Channels            int           `json:"channels"`
	CPS                 int           `json:"cps"`
	Allow               []string      `json:"allow"` // null: any
	Block               []string      `json:"block"`
	Country             string        `json:"country"`
	InternationalPrefix string        `json:"international_prefix"`
	TrunkPrefix         string        `json:"trunk_prefix"`
	DefaultCLI          string        `json:"default_cli"`
	MinTier             string        `json:"min_tier"`
	NoLoss              bool          `json:"no_loss"`
	MaxPerMinute        *money.Rate   `json:"max_per_minute"`
	MaxConnectionFee    *money.Amount `json:"max_connection_fee"`
}

func viewAccount(a db.Account) accountView {
	v := accountView{
		ID: a.ID, Name: a.Name, Enabled: a.Enabled, Payment: a.Payment, Currency: a.Currency, TariffID: a.TariffID, Tariff: a.Tariff,
		CreditLimit: a.Credit, DailyLimit: a.DailyLimit, CallLimit: a.CallLimit, LowBalance: a.LowBalance, Language: a.Language, TimeZone: a.TimeZone,
		Channels: a.Channels, CPS: a.CPS, Block: a.Blocked, Country: a.Country, InternationalPrefix: a.InternationalPrefix, TrunkPrefix: a.TrunkPrefix,
		DefaultCLI: a.DefaultCLI, MinTier: a.MinTier, NoLoss: a.NoLoss, MaxPerMinute: a.MaxPerMinute, MaxConnectionFee: a.MaxConnectionFee,
	}
	if a.Payment == db.Prepaid && v.CreditLimit == nil {
		v.CreditLimit = new(money.Amount)
	}
	if a.AllowOnly {
		v.Allow = append([]string{}, a.Allowed...)
	}
	if v.Block == nil {
		v.Block = []string{}
	}
	return v
}

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
