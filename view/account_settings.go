package view

import (
	"strings"

	"tandem/db"
	"tandem/internal/money"
)

// AccountSettings are the settings of an account as they are sent: all of them,
// what is left out takes its default.
type AccountSettings struct {
	ID                  int64         `json:"id,omitempty" readOnly:"true" doc:"Not looked at"`
	Tariff              string        `json:"tariff,omitempty" readOnly:"true" doc:"Not looked at"`
	Name                string        `json:"name" minLength:"1" maxLength:"64"`
	Enabled             *bool         `json:"enabled" required:"false" nullable:"false" doc:"Default: true"`
	Payment             string        `json:"payment" required:"false" default:"prepaid" doc:"prepaid, postpaid"`
	Currency            string        `json:"currency" required:"false" maxLength:"3" doc:"Of its balance; once it has one, it stays; empty: that of the tariff"`
	TariffID            int64         `json:"tariff_id" required:"false" doc:"0: its calls are not sold"`
	CreditLimit         *money.Amount `json:"credit_limit" required:"false" pattern:"^-?[0-9]{1,12}([.][0-9]{1,6})?$" patternDescription:"a sum such as 50.00, at most 12 digits before the point and 6 after"`
	DailyLimit          *money.Amount `json:"daily_limit" required:"false" pattern:"^-?[0-9]{1,12}([.][0-9]{1,6})?$" patternDescription:"a sum such as 50.00, at most 12 digits before the point and 6 after"`
	CallLimit           *money.Amount `json:"call_limit" required:"false" pattern:"^-?[0-9]{1,12}([.][0-9]{1,6})?$" patternDescription:"a sum such as 50.00, at most 12 digits before the point and 6 after"`
	LowBalance          *money.Amount `json:"low_balance" required:"false" pattern:"^-?[0-9]{1,12}([.][0-9]{1,6})?$" patternDescription:"a sum such as 50.00, at most 12 digits before the point and 6 after"`
	Language            string        `json:"language" required:"false"`
	TimeZone            string        `json:"time_zone" required:"false"`
	Channels            int           `json:"channels" required:"false"`
	CPS                 int           `json:"cps" required:"false"`
	Allow               []string      `json:"allow" required:"false" maxItems:"10000" doc:"null: any"`
	Block               []string      `json:"block" required:"false" maxItems:"10000"`
	Country             string        `json:"country" required:"false"`
	InternationalPrefix string        `json:"international_prefix" required:"false"`
	TrunkPrefix         string        `json:"trunk_prefix" required:"false"`
	DefaultCLI          string        `json:"default_cli" required:"false"`
	MinTier             string        `json:"min_tier" required:"false" default:"noncli" doc:"noncli, cli, premium"`
	NoLoss              *bool         `json:"no_loss" required:"false" nullable:"false" doc:"Default: true"`
	MaxPerMinute        *money.Rate   `json:"max_per_minute" required:"false" pattern:"^[0-9]{1,9}([.][0-9]{1,8})?$" patternDescription:"a price such as 0.0125, at most 8 digits after the point"`
	MaxConnectionFee    *money.Amount `json:"max_connection_fee" required:"false" pattern:"^-?[0-9]{1,12}([.][0-9]{1,6})?$" patternDescription:"a sum such as 50.00, at most 12 digits before the point and 6 after"`
}

// Apply writes the settings into an account.
func (s *AccountSettings) Apply(a *db.Account) {
	a.Name, a.Enabled, a.Payment = s.Name, s.Enabled == nil || *s.Enabled, s.Payment
	a.TariffID = s.TariffID
	if s.TariffID == 0 {
		a.Tariff = ""
	}
	if s.Currency != "" && !strings.EqualFold(s.Currency, a.Currency) {
		a.CurrencyID, a.Currency = 0, strings.ToUpper(s.Currency)
	}
	a.Credit, a.DailyLimit, a.CallLimit, a.LowBalance = s.CreditLimit, s.DailyLimit, s.CallLimit, s.LowBalance
	a.Language, a.TimeZone, a.Channels, a.CPS = s.Language, s.TimeZone, s.Channels, s.CPS
	a.Allowed, a.AllowOnly, a.Blocked = s.Allow, s.Allow != nil, s.Block
	a.Country, a.InternationalPrefix, a.TrunkPrefix = strings.ToUpper(s.Country), s.InternationalPrefix, s.TrunkPrefix
	a.DefaultCLI, a.MinTier, a.NoLoss = strings.TrimPrefix(s.DefaultCLI, "+"), s.MinTier, s.NoLoss == nil || *s.NoLoss
	a.MaxPerMinute, a.MaxConnectionFee = s.MaxPerMinute, s.MaxConnectionFee
}
