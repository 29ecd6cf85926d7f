package db

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/routing"
)

// How an account pays: before it calls, or after.
const (
	Prepaid  = "prepaid"
	Postpaid = "postpaid"
)

// Account is a customer with its settings and its money. Sums are in the
// currency of its balance.
type Account struct {
	ID                  int64
	Name                string
	Enabled             bool
	Country             string // ISO 3166
	InternationalPrefix string
	TrunkPrefix         string
	DefaultCLI          string // E.164; empty: none
	MinTier             string // noncli, cli, premium
	Channels            int    // calls at the same time; 0: no limit
	CPS                 int    // new calls a second; 0: no limit
	TariffID            int64  // 0: its calls are not sold
	Tariff              string // its name
	NoLoss              bool
	MaxPerMinute        *money.Rate   // dearest price to buy at, in the base currency; nil: any
	MaxConnectionFee    *money.Amount // likewise
	Payment             string        // Prepaid, Postpaid
	Credit              *money.Amount // how far below zero the balance may go; below 0: a floor; nil: no limit, of a prepaid account 0
	LowBalance          *money.Amount // below it the balance is low; nil: never
	DailyLimit          *money.Amount // nil: none
	CallLimit           *money.Amount // nil: none
	Language            string        // of announcements; empty: Asterisk's own
	TimeZone            string        // of its days and windows; empty: UTC, and the deck's
	AllowOnly           bool          // only numbers with a prefix of Allowed
	Allowed             []string
	Blocked             []string // prefixes of numbers that it may not call

	CurrencyID int64  // of its balance; 0: it has none
	Currency   string // ISO 4217
	Balance    money.Amount
	Held       money.Amount
	Calls      int64 // in progress, with money set aside
}

// ErrAccount is the answer to settings that make no sense.
var ErrAccount = errors.New("account makes no sense")

// validate names the field that is wrong, and what to write instead.
func (a *Account) validate() error {
	for _, check := range []func() error{a.validateName, a.validateDialling, a.validateMoney, a.validatePlace} {
		if err := check(); err != nil {
			return fmt.Errorf("%w: %w", ErrAccount, err)
		}
	}
	return nil
}

func (a *Account) validateName() error {
	switch {
	case a.Name == "" || len([]rune(a.Name)) > 64 || strings.TrimSpace(a.Name) != a.Name:
		return fmt.Errorf("name %q: want 1 to 64 characters, without blanks at the ends", a.Name)
	case strings.Trim(a.Name, "0123456789") == "":
		return fmt.Errorf("name %q: digits alone would be taken for the id of another account; add a letter", a.Name)
	case strings.ContainsFunc(a.Name, unicode.IsControl):
		return fmt.Errorf("name %q: it has a control character, such as a line end", a.Name)
	case a.Channels < 0 || a.CPS < 0:
		return fmt.Errorf("channels %d, calls per second %d: want 0 for no limit, or more", a.Channels, a.CPS)
	}
	return nil
}

func (a *Account) validateDialling() error {
	if _, err := e164.NewDialRules(a.Country, a.InternationalPrefix, a.TrunkPrefix); err != nil {
		return fmt.Errorf("country, international and trunk prefix: %w", err)
	}
	if _, err := e164.Parse(a.DefaultCLI); err != nil && a.DefaultCLI != "" {
		return fmt.Errorf("default caller id %q: %w", a.DefaultCLI, err)
	}
	if _, err := routing.ParseTier(a.MinTier); err != nil {
		return err
	}
	for _, prefix := range slices.Concat(a.Allowed, a.Blocked) {
		if prefix == "" || len(prefix) > e164.MaxDigits || strings.Trim(prefix, "0123456789") != "" {
			return fmt.Errorf("prefix %q: want 1 to %d digits", prefix, e164.MaxDigits)
		}
	}
	return nil
}

func (a *Account) validateMoney() error {
	switch {
	case a.Payment != Prepaid && a.Payment != Postpaid:
		return fmt.Errorf("payment %q: want %s or %s", a.Payment, Prepaid, Postpaid)
	case a.DailyLimit != nil && *a.DailyLimit < 0:
		return fmt.Errorf("daily limit %s: want 0 or more", a.DailyLimit)
	case a.CallLimit != nil && *a.CallLimit < 0:
		return fmt.Errorf("limit of a call %s: want 0 or more", a.CallLimit)
	case a.MaxPerMinute != nil && *a.MaxPerMinute < 0:
		return fmt.Errorf("dearest price per minute %s: want 0 or more", a.MaxPerMinute)
	case a.MaxConnectionFee != nil && *a.MaxConnectionFee < 0:
		return fmt.Errorf("dearest connection fee %s: want 0 or more", a.MaxConnectionFee)
	case a.TariffID != 0 && a.CurrencyID == 0:
		return errors.New("a tariff, but no balance to charge: name the currency of its balance")
	}
	for _, v := range []*money.Amount{a.Credit, a.LowBalance, a.DailyLimit, a.CallLimit, a.MaxConnectionFee} {
		if v != nil && (*v >= maxSetting || *v <= -maxSetting) {
			return fmt.Errorf("sum %s: want less than %s", v, money.Amount(maxSetting))
		}
	}
	return nil
}

// maxSetting is what the columns of settings take, DECIMAL(18,6).
const maxSetting = 1_000_000_000_000_000_000

func (a *Account) validatePlace() error {
	if !goodLanguage(a.Language) || len(a.Language) > 16 {
		return fmt.Errorf("language %q: want a language of Asterisk's sounds, e.g. ru or en_GB, or nothing for its own", a.Language)
	}
	if _, err := time.LoadLocation(a.TimeZone); err != nil || a.TimeZone == "Local" {
		return fmt.Errorf("time zone %q: want a name of the IANA time zone database, e.g. Europe/Moscow, or nothing", a.TimeZone)
	}
	return nil
}
