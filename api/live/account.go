package live

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"tandem/api/stream"
	"tandem/billing"
	"tandem/internal/money"
	"tandem/routing"
)

// Account is the money of an account as calls go on.
type Account struct {
	AccountID int64         `json:"account_id"`
	Name      string        `json:"name"`
	Currency  string        `json:"currency"`
	Balance   money.Amount  `json:"balance"`
	Held      money.Amount  `json:"held"`
	Available *money.Amount `json:"available" doc:"For further calls, by credit and daily limit; null: no limit"`
	Calls     int64         `json:"calls" doc:"With money set aside, on all nodes"`
	Low       bool          `json:"low" doc:"The balance is below what the account calls low"`
}

// AccountOf is an account's money now.
func AccountOf(s *routing.Snapshot, b billing.Balance, now time.Time) Account {
	v := Account{AccountID: b.AccountID, Currency: s.Currency(b.CurrencyID), Balance: b.Balance, Held: b.Held, Calls: b.Calls}
	account := s.Account(b.AccountID)
	if account == nil {
		return v // it came after this snapshot
	}
	v.Name = account.Name
	v.Low = account.LowBalance != nil && b.Balance < *account.LowBalance
	if account.Credit != nil {
		v.Available = new(b.Balance + *account.Credit - b.Held)
	}
	if account.Daily != nil {
		left := *account.Daily - b.Held
		if !b.SpentOn.Before(today(account.Zone, now)) {
			left -= b.Spent
		}
		if v.Available == nil || left < *v.Available {
			v.Available = &left
		}
	}
	if v.Available != nil {
		*v.Available = max(0, *v.Available)
	}
	return v
}

// today is the day in a zone, as midnight UTC.
func today(zone *time.Location, now time.Time) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	y, m, d := now.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// Balances reads the money of accounts; one without a balance is not in the answer.
type Balances interface {
	Balances(ctx context.Context, accountIDs []int64) ([]billing.Balance, error)
}

// Own is what belongs to one account, or to one of its telephones.
type Own struct {
	Account  *Account `json:"account" doc:"null: no balance, or not for who asks"`
	Total    int      `json:"total"`
	Calls    []Call   `json:"calls" nullable:"false"`
	Problems []string `json:"problems" nullable:"false"`
}

// mostOwn bounds the calls of one account that are shown.
const mostOwn = 500

// OwnOf says what belongs to an account (its money, too), or to a subscriber.
func (b *Board) OwnOf(ctx context.Context, balances Balances, account, subscriber int64) (Own, error) {
	p := b.Picture(ctx)
	own := Own{Calls: []Call{}, Problems: p.Problems}
	for _, c := range p.Calls {
		if subscriber != 0 && c.SubscriberID != subscriber || subscriber == 0 && c.AccountID != account {
			continue
		}
		own.Total++
		if own.Total <= mostOwn {
			own.Calls = append(own.Calls, c)
		}
	}
	if subscriber != 0 {
		return own, nil
	}
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	list, err := balances.Balances(ctx, []int64{account})
	if err != nil {
		own.Problems = append(slices.Clone(own.Problems), "the balance is not known just now")
		return own, nil // calls are shown all the same
	}
	for _, v := range list {
		own.Account = new(AccountOf(b.cfg.Snapshot(), v, p.At))
	}
	return own, nil
}

// ForCustomer leaves out what is not a customer's to know: by whom we send calls.
func (o Own) ForCustomer() Own {
	o.Calls = slices.Clone(o.Calls)
	for i := range o.Calls {
		c := &o.Calls[i]
		c.Server, c.Node, c.Route, c.Provider, c.ProviderID, c.GateID, c.From, c.FromID = "", "", "", "", 0, 0, "", 0
	}
	o.Problems = []string{}
	return o
}

// OwnTopic is "account:7", for those who work here.
func (b *Board) OwnTopic(balances Balances, account int64) stream.Topic {
	return stream.State(func(ctx context.Context) ([]byte, error) {
		own, err := b.OwnOf(ctx, balances, account, 0)
		if err != nil {
			return nil, err
		}
		return json.Marshal(own)
	})
}
