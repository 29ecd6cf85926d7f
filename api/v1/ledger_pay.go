package v1

import (
	"context"
	"errors"

	"tandem/billing"
	"tandem/db"
	"tandem/internal/money"
	"tandem/view"
)

type payInput struct {
	IdempotencyKey

	Body struct {
		ProviderID int64        `json:"provider_id" minimum:"1"`
		Amount     money.Amount `json:"amount" pattern:"^-?[0-9]{1,12}([.][0-9]{1,6})?$" patternDescription:"a sum such as 50.00, at most 12 digits before the point and 6 after" doc:"In the provider's currency, above zero"`
		Note       string       `json:"note,omitempty" maxLength:"255"`
	}
}

// ProviderPaid is what a payment has done.
type ProviderPaid struct {
	Provider   view.Party     `json:"provider"`
	Currency   string         `json:"currency"`
	Key        string         `json:"key"`
	Repeated   bool           `json:"repeated" doc:"It had been posted before"`
	OwedBefore money.Amount   `json:"owed_before"`
	OwedAfter  money.Amount   `json:"owed_after"`
	Postings   []view.Posting `json:"postings" nullable:"false"`
}

type payOutput struct{ Body ProviderPaid }

func (d *door) payProvider(ctx context.Context, in *payInput) (*payOutput, error) {
	if in.Body.Amount <= 0 {
		return nil, wrong("body.amount", "want a sum above zero")
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	currency, err := d.DB.ProviderCurrency(ctx, in.Body.ProviderID)
	if errors.Is(err, db.ErrNotFound) {
		return nil, wrong("body.provider_id", "there is no such provider")
	}
	if err != nil {
		return nil, err
	}
	party := billing.Party{Kind: billing.Provider, ID: in.Body.ProviderID}
	_, before, err := d.DB.LastEntries(ctx, party, 1)
	if err != nil {
		return nil, err
	}
	now, err := d.DB.Now(ctx)
	if err != nil {
		return nil, err
	}
	posted, err := d.DB.Post(ctx, []billing.Posting{{
		Key: in.Key, At: now, Kind: billing.Withdrawal, Debit: party, Credit: billing.Party{Kind: billing.Cash}, Amount: in.Body.Amount, CurrencyID: currency, Note: in.Body.Note,
	}})
	if err != nil {
		return nil, postingProblem(err)
	}
	list, err := view.NewBooks(d.DB).Postings(db.ForDeeds(ctx), posted...)
	if err != nil {
		return nil, err
	}
	paid := ProviderPaid{
		Provider: list[0].Debit, Currency: list[0].Currency, Key: in.Key, Repeated: repeated(posted, now), OwedBefore: before[currency], OwedAfter: before[currency], Postings: list,
	}
	if !paid.Repeated {
		paid.OwedAfter -= in.Body.Amount // adding all up once more could fail, and it is paid
	}
	return &payOutput{paid}, nil
}
