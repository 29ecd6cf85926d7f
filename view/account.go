package view

import (
	"time"

	"tandem/billing"
	"tandem/callflow"
	"tandem/db"
	"tandem/internal/money"
)

// Account is an account's settings.
type Account struct {
	ID                  int64         `json:"id"`
	Name                string        `json:"name"`
	Enabled             bool          `json:"enabled"`
	Payment             string        `json:"payment" enum:"prepaid,postpaid"`
	Currency            string        `json:"currency,omitempty" doc:"Of its balance; none: it has no balance"`
	TariffID            int64         `json:"tariff_id,omitempty" doc:"None: its calls are not sold"`
	Tariff              string        `json:"tariff,omitempty" doc:"Name of the tariff"`
	CreditLimit         *money.Amount `json:"credit_limit" doc:"How far below zero the balance may go; below zero: a floor; null: no limit"`
	DailyLimit          *money.Amount `json:"daily_limit" doc:"Most it may spend a day; null: any"`
	CallLimit           *money.Amount `json:"call_limit" doc:"Most a call may cost; null: any"`
	LowBalance          *money.Amount `json:"low_balance" doc:"Below it the balance is low; null: never"`
	Language            string        `json:"language" doc:"Of announcements; empty: Asterisk's own"`
	TimeZone            string        `json:"time_zone" doc:"Of its days; empty: UTC"`
	Channels            int           `json:"channels" doc:"Calls at the same time; 0: no limit"`
	CPS                 int           `json:"cps" doc:"New calls a second; 0: no limit"`
	Allow               []string      `json:"allow" doc:"The only prefixes it may call; null: any"`
	Block               []string      `json:"block" nullable:"false" doc:"Prefixes it may not call"`
	Country             string        `json:"country" doc:"Of its callers, ISO 3166"`
	InternationalPrefix string        `json:"international_prefix"`
	TrunkPrefix         string        `json:"trunk_prefix"`
	DefaultCLI          string        `json:"default_cli"`
	MinTier             string        `json:"min_tier" enum:"noncli,cli,premium"`
	NoLoss              bool          `json:"no_loss" doc:"No route that costs more than the call is sold for"`
	MaxPerMinute        *money.Rate   `json:"max_per_minute" doc:"Dearest price to buy at, in the base currency; null: any"`
	MaxConnectionFee    *money.Amount `json:"max_connection_fee" doc:"Likewise"`
}

// OfAccount shows the settings of an account.
func OfAccount(a db.Account) Account {
	v := Account{
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

// AccountLine is an account in a list, with its money.
type AccountLine struct {
	Account

	Balance   *money.Amount `json:"balance" doc:"null: it has none"`
	Held      *money.Amount `json:"held" doc:"Set aside for calls in progress"`
	Available *money.Amount `json:"available" doc:"null: no limit, or no balance"`
	Spent     *money.Amount `json:"spent_today"`
	Calls     int64         `json:"calls" doc:"In progress, with money set aside"`
	BelowLow  bool          `json:"low"`
}

// LineOfAccount shows an account in a list. spent is what it spent today.
func LineOfAccount(a db.Account, spent money.Amount) AccountLine {
	l := AccountLine{Account: OfAccount(a), Calls: a.Calls}
	if a.CurrencyID == 0 {
		return l
	}
	l.Balance, l.Held, l.Spent = &a.Balance, &a.Held, &spent
	if v := l.CreditLimit; v != nil {
		l.Available = new(a.Balance + *v - a.Held)
	}
	if v := l.DailyLimit; v != nil {
		left := *v - spent - a.Held
		if l.Available == nil || left < *l.Available {
			l.Available = &left
		}
	}
	l.BelowLow = a.LowBalance != nil && a.Balance < *a.LowBalance
	return l
}

// AccountShown is all that is shown of one account.
type AccountShown struct {
	Account

	Money    *AccountMoney      `json:"money" doc:"null: it has no balance"`
	Calls    []callflow.Running `json:"calls" nullable:"false" doc:"In progress, with money set aside"`
	Postings []Posting          `json:"postings" nullable:"false" doc:"The last ones, the newest first"`
}

// AccountMoney is the money of an account at a moment.
type AccountMoney struct {
	At        time.Time     `json:"at"`
	Balance   money.Amount  `json:"balance"`
	Held      money.Amount  `json:"held"`
	Available *money.Amount `json:"available" doc:"null: no limit"`
	Spent     money.Amount  `json:"spent_today"`
	Low       bool          `json:"low"`
}

// MoneyOf shows the money of an account; low is the balance that is low.
func MoneyOf(m db.AccountMoney, low *money.Amount) AccountMoney {
	return AccountMoney{
		At: m.At, Balance: m.Balance.Balance, Held: m.Held, Available: m.Available, Spent: m.Spent, Low: low != nil && m.Balance.Balance < *low,
	}
}

// RunningOf works out what a call in progress has come to, from its hold alone:
// by when it was seen answered, and the terms that it will be charged by.
func RunningOf(h *billing.OpenHold, now time.Time) callflow.Running {
	r := callflow.Running{
		CallID: h.CallID, Server: h.Server, Node: h.Node, AccountID: h.AccountID, BeganAt: h.BeganAt, Held: h.Amount,
		LeftS: int64(h.Paid / time.Second), Limited: h.Limited,
	}
	talk := time.Duration(0)
	if !h.AnsweredAt.IsZero() {
		at := h.AnsweredAt.UTC()
		r.AnsweredAt = &at
		if !h.SeenAt.IsZero() {
			now = h.SeenAt // it has not been seen since
		}
		talk = min(max(0, now.Sub(at)), h.Paid)
		r.TalkS, r.LeftS = int64(talk/time.Second), int64((h.Paid-talk)/time.Second)
	}
	cost, currency, sold := h.Terms.Running(h.AnsweredAt, talk)
	r.Cost, r.CurrencyID, r.Sold = min(cost, h.Amount), currency, sold
	return r
}
