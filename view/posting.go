package view

import (
	"cmp"
	"context"
	"strconv"
	"time"

	"tandem/billing"
	"tandem/db"
	"tandem/internal/money"
)

// Posting is a posting of the ledger.
type Posting struct {
	ID       int64               `json:"id"`
	At       time.Time           `json:"at"`
	Kind     billing.PostingKind `json:"kind" enum:"sale,purchase,correction,topup,withdrawal,adjustment,reversal,conversion"`
	Debit    Party               `json:"debit"`
	Credit   Party               `json:"credit"`
	Amount   money.Amount        `json:"amount"`
	Currency string              `json:"currency"`
	Sum      *money.Amount       `json:"sum,omitempty" doc:"As the party sees it that was asked for: above zero to it"`
	Balance  *money.Amount       `json:"balance,omitempty" doc:"Of that party after it"`
	CallID   string              `json:"call_id,omitempty"`
	Note     string              `json:"note,omitempty"`
	Key      string              `json:"key"`
	Reverses int64               `json:"reverses,omitempty" doc:"Posting that this one takes back"`
	Foreign  *Foreign            `json:"foreign,omitempty" doc:"What it was converted from"`
}

// Party is one side of a posting.
type Party struct {
	Kind billing.PartyKind `json:"kind" enum:"customer,provider,revenue,expense,cash,adjustment,exchange"`
	ID   int64             `json:"id,omitempty" doc:"Of the account or provider"`
	Name string            `json:"name,omitempty"`
}

// Foreign is the sum that a posting was converted from.
type Foreign struct {
	Amount     money.Amount `json:"amount"`
	Currency   string       `json:"currency"`
	PerEUR     money.FX     `json:"per_eur" doc:"Units of that currency per euro"`
	PerEURInto money.FX     `json:"per_eur_posted" doc:"Of the posting's"`
}

// PartySum is what the ledger comes to for a party, in one currency.
type PartySum struct {
	Party    Party        `json:"party"`
	Currency string       `json:"currency"`
	Sum      money.Amount `json:"sum" doc:"Above zero: we owe it"`
}

// Books are the names of what the ledger has by number.
type Books struct{ names *db.Names }

// NewBooks reads names from a database, when they are wanted, once.
func NewBooks(database *db.DB) *Books { return &Books{database.NewNames()} }

// Postings shows postings.
func (b *Books) Postings(ctx context.Context, list ...billing.Posting) ([]Posting, error) {
	if err := b.load(ctx, list); err != nil {
		return nil, err
	}
	views := make([]Posting, len(list))
	for i := range list {
		views[i] = b.posting(&list[i])
	}
	return views, nil
}

// Entries shows postings as their party sees them.
func (b *Books) Entries(ctx context.Context, list []db.Entry) ([]Posting, error) {
	postings := make([]billing.Posting, len(list))
	for i := range list {
		postings[i] = list[i].Posting
	}
	views, err := b.Postings(ctx, postings...)
	if err != nil {
		return nil, err
	}
	for i := range views {
		views[i].Sum, views[i].Balance = &list[i].Sum, &list[i].Closes
	}
	return views, nil
}

// Sums shows what the ledger comes to for parties.
func (b *Books) Sums(ctx context.Context, list []db.PartySum) ([]PartySum, error) {
	as := make([]billing.Posting, len(list))
	for i, s := range list {
		as[i] = billing.Posting{Debit: s.Party, CurrencyID: s.CurrencyID}
	}
	if err := b.load(ctx, as); err != nil {
		return nil, err
	}
	views := make([]PartySum, len(list))
	for i, s := range list {
		views[i] = PartySum{b.party(s.Party), b.currency(s.CurrencyID), s.Sum}
	}
	return views, nil
}

// Party shows one side of a posting.
func (b *Books) Party(ctx context.Context, p billing.Party) (Party, error) {
	err := b.load(ctx, []billing.Posting{{Debit: p}})
	return b.party(p), err
}

func (b *Books) load(ctx context.Context, list []billing.Posting) error {
	var want db.NameIDs
	for i := range list {
		p := &list[i]
		want.Currencies = append(want.Currencies, p.CurrencyID)
		if p.Foreign != nil {
			want.Currencies = append(want.Currencies, p.Foreign.CurrencyID)
		}
		for _, side := range [2]billing.Party{p.Debit, p.Credit} {
			switch side.Kind {
			case billing.Customer:
				want.Accounts = append(want.Accounts, side.ID)
			case billing.Provider:
				want.Providers = append(want.Providers, side.ID)
			case billing.Revenue, billing.Expense, billing.Cash, billing.Adjustment, billing.Exchange:
			}
		}
	}
	return b.names.Load(ctx, want)
}

func (b *Books) posting(p *billing.Posting) Posting {
	v := Posting{
		ID: p.ID, At: p.At, Kind: p.Kind, Debit: b.party(p.Debit), Credit: b.party(p.Credit), Amount: p.Amount, Currency: b.currency(p.CurrencyID),
		CallID: p.CallID, Note: p.Note, Key: p.Key, Reverses: p.Reverses,
	}
	if f := p.Foreign; f != nil {
		v.Foreign = &Foreign{Amount: f.Amount, Currency: b.currency(f.CurrencyID), PerEUR: f.From, PerEURInto: f.To}
	}
	return v
}

func (b *Books) party(p billing.Party) Party {
	v := Party{Kind: p.Kind, ID: p.ID}
	switch p.Kind {
	case billing.Customer:
		v.Name = b.names.Account(p.ID)
	case billing.Provider:
		v.Name = b.names.Provider(p.ID)
	case billing.Revenue, billing.Expense, billing.Cash, billing.Adjustment, billing.Exchange:
	}
	return v
}

func (b *Books) currency(id int64) string {
	return cmp.Or(b.names.Currency(id), "currency "+strconv.FormatInt(id, 10))
}
