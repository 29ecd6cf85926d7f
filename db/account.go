package db

import (
	"errors"
	"fmt"
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
	ID                  int64         `json:"id"`
	Name                string        `json:"name"`
	Enabled             bool          `json:"enabled"`
	Country             string        `json:"country"` // ISO 3166
	InternationalPrefix string        `json:"international_prefix"`
	TrunkPrefix         string        `json:"trunk_prefix"`
	DefaultCLI          string        `json:"default_cli"`         // E.164; empty: none
	MinTier             string        `json:"min_tier"`            // noncli, cli, premium
	Channels            int           `json:"channels"`            // calls at the same time; 0: no limit
	CPS                 int           `json:"cps"`                 // new calls a second; 0: no limit
	TariffID            int64         `json:"tariff_id,omitempty"` // 0: its calls are not sold
	Tariff              string        `json:"tariff,omitempty"`    // its name
	NoLoss              bool          `json:"no_loss"`
	MaxPerMinute        *money.Rate   `json:"max_per_minute"`     // dearest price to buy at, in the base currency; nil: any
	MaxConnectionFee    *money.Amount `json:"max_connection_fee"` // likewise
	Payment             string        `json:"payment"`            // Prepaid, Postpaid
	Credit              *money.Amount `json:"credit_limit"`       // how far below zero the balance may go; below 0: a floor; nil: no limit, of a prepaid account 0
	LowBalance          *money.Amount `json:"low_balance"`        // below it the balance is low; nil: never
	DailyLimit          *money.Amount `json:"daily_limit"`        // nil: none
	CallLimit           *money.Amount `json:"call_limit"`         // nil: none
	Language            string        `json:"language"`           // of announcements; empty: Asterisk's own
	TimeZone            string        `json:"time_zone"`          // of its days and windows; empty: UTC, and the deck's
	AllowOnly           bool          `json:"allow_only"`         // only numbers with a prefix of Allowed
	Allowed             []string      `json:"allow"`
	Blocked             []string      `json:"block"` // prefixes of numbers that it may not call

	CurrencyID int64        `json:"-"`                  // of its balance; 0: it has none
	Currency   string       `json:"currency,omitempty"` // ISO 4217
	Balance    money.Amount `json:"-"`
	Held       money.Amount `json:"-"`
	Calls      int64        `json:"-"` // in progress, with money set aside
}

// ErrAccount is the answer to settings that make no sense.
var ErrAccount = errors.New("account makes no sense")

// settingError is a setting that makes no sense: for people as a sentence, for
// programs as a *FieldError.
type settingError struct {
	said  string
	field *FieldError
	cause error // nil: none that callers tell apart
}

func (e *settingError) Error() string { return e.said }

// Unwrap lets callers find the field, and the cause.
func (e *settingError) Unwrap() []error { return []error{ErrAccount, e.field, e.cause} }

// setting says what is wrong with a field, and what it said.
func setting(field, want, format string, args ...any) error {
	return &settingError{said: fmt.Sprintf(format, args...) + ": " + want, field: &FieldError{Field: field, Text: want}}
}

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
		return setting("name", "want 1 to 64 characters, without blanks at the ends", "name %q", a.Name)
	case strings.Trim(a.Name, "0123456789") == "":
		return setting("name", "digits alone would be taken for the id of another account; add a letter", "name %q", a.Name)
	case strings.ContainsFunc(a.Name, unicode.IsControl):
		return setting("name", "it has a control character, such as a line end", "name %q", a.Name)
	case a.Channels < 0 || a.Channels > maxConcurrent:
		return setting("channels", "want 0 for no limit, or up to 1000000", "channels %d", a.Channels)
	case a.CPS < 0 || a.CPS > maxConcurrent:
		return setting("cps", "want 0 for no limit, or up to 1000000", "calls per second %d", a.CPS)
	}
	return nil
}

// maxConcurrent bounds settings that count calls.
const maxConcurrent = 1_000_000

func (a *Account) validateDialling() error {
	if _, err := e164.NewDialRules(a.Country, a.InternationalPrefix, a.TrunkPrefix); err != nil {
		field := "country"
		if _, err := e164.NewDialRules(a.Country, "", ""); err == nil {
			field = "international_prefix"
			if _, err := e164.NewDialRules(a.Country, a.InternationalPrefix, ""); err == nil {
				field = "trunk_prefix"
			}
		}
		return setting(field, err.Error(), "country, international and trunk prefix")
	}
	if _, err := e164.Parse(a.DefaultCLI); err != nil && a.DefaultCLI != "" {
		return setting("default_cli", err.Error(), "default caller id %q", a.DefaultCLI)
	}
	if _, err := routing.ParseTier(a.MinTier); err != nil {
		return setting("min_tier", err.Error(), "lowest tier")
	}
	for field, list := range map[string][]string{"allow": a.Allowed, "block": a.Blocked} {
		for _, prefix := range list {
			if prefix == "" || len(prefix) > e164.MaxDigits || strings.Trim(prefix, "0123456789") != "" {
				return setting(field, fmt.Sprintf("want 1 to %d digits", e164.MaxDigits), "prefix %q", prefix)
			}
		}
	}
	return nil
}

func (a *Account) validateMoney() error {
	switch {
	case a.Payment != Prepaid && a.Payment != Postpaid:
		return setting("payment", "want "+Prepaid+" or "+Postpaid, "payment %q", a.Payment)
	case a.DailyLimit != nil && *a.DailyLimit < 0:
		return setting("daily_limit", "want 0 or more", "daily limit %s", a.DailyLimit)
	case a.CallLimit != nil && *a.CallLimit < 0:
		return setting("call_limit", "want 0 or more", "limit of a call %s", a.CallLimit)
	case a.MaxPerMinute != nil && *a.MaxPerMinute < 0:
		return setting("max_per_minute", "want 0 or more", "dearest price per minute %s", a.MaxPerMinute)
	case a.MaxConnectionFee != nil && *a.MaxConnectionFee < 0:
		return setting("max_connection_fee", "want 0 or more", "dearest connection fee %s", a.MaxConnectionFee)
	case a.TariffID != 0 && a.CurrencyID == 0:
		return setting("currency", "name the currency of its balance", "a tariff, but no balance to charge")
	}
	for _, s := range []struct {
		field string
		sum   *money.Amount
	}{
		{"credit_limit", a.Credit},
		{"low_balance", a.LowBalance},
		{"daily_limit", a.DailyLimit},
		{"call_limit", a.CallLimit},
		{"max_connection_fee", a.MaxConnectionFee},
	} {
		if v := s.sum; v != nil && (*v >= maxSetting || *v <= -maxSetting) {
			return setting(s.field, "want less than "+money.Amount(maxSetting).String(), "sum %s", v)
		}
	}
	return nil
}

// maxSetting is what the columns of settings take, DECIMAL(18,6).
const maxSetting = 1_000_000_000_000_000_000

func (a *Account) validatePlace() error {
	if !goodLanguage(a.Language) || len(a.Language) > 16 {
		return setting("language", "want a language of Asterisk's sounds, e.g. ru or en_GB, or nothing for its own", "language %q", a.Language)
	}
	if _, err := time.LoadLocation(a.TimeZone); err != nil || a.TimeZone == "Local" || len(a.TimeZone) > 64 {
		return setting("time_zone", "want a name of the IANA time zone database, e.g. Europe/Moscow, or nothing", "time zone %q", a.TimeZone)
	}
	return nil
}
