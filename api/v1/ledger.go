package v1

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
	"tandem/billing"
	"tandem/db"
	"tandem/view"
)

// ledger is the book of all movements of money.
func ledger(d *door) {
	tags := []string{"Ledger"}
	handle(d, look(access.Money), huma.Operation{
		OperationID: "list-postings", Method: http.MethodGet, Path: "/ledger", Summary: "List postings, the newest first", Tags: tags,
	}, d.listPostings)
	handle(d, look(access.Money), huma.Operation{
		OperationID: "export-postings", Method: http.MethodGet, Path: "/ledger/export", Summary: "Download postings, as many as there are", Tags: tags,
		Responses: files("text/csv", "application/x-ndjson"),
	}, d.exportPostings)
	handle(d, look(access.Money), huma.Operation{
		OperationID: "list-party-sums", Method: http.MethodGet, Path: "/ledger/parties", Summary: "What the ledger comes to for each party: above zero we owe it", Tags: tags,
	}, d.partySums)
	handle(d, look(access.Money), huma.Operation{
		OperationID: "get-ledger-verification", Method: http.MethodGet, Path: "/ledger/verification", Summary: "What the last verification of the books has found", Tags: tags,
	}, d.lastVerification)
	handle(d, govern(access.Money, true), huma.Operation{
		OperationID: "verify-ledger", Method: http.MethodPost, Path: "/ledger/verification", Summary: "Hold balances, calls, holds and ledger against each other now", Tags: tags,
	}, d.verifyLedger)
	handle(d, govern(access.Money, true), huma.Operation{
		OperationID: "pay-provider", Method: http.MethodPost, Path: "/ledger/payments", Summary: "Note a payment to a provider", Tags: tags,
	}, d.payProvider)
	handle(d, look(access.Money), huma.Operation{
		OperationID: "get-posting", Method: http.MethodGet, Path: "/ledger/{id}", Summary: "One posting", Tags: tags,
	}, d.getPosting)
	handle(d, govern(access.Money, true), huma.Operation{
		OperationID: "reverse-posting", Method: http.MethodPost, Path: "/ledger/{id}/reverse", Summary: "Take a posting back, by one the other way round", Tags: tags,
	}, d.reversePosting)
}

// PostingsFilter is what postings can be picked by.
type PostingsFilter struct {
	Span

	Kind       billing.PostingKind `query:"kind" enum:"sale,purchase,correction,topup,withdrawal,adjustment,reversal,conversion"`
	Party      billing.PartyKind   `query:"party" enum:"customer,provider,revenue,expense,cash,adjustment,exchange" doc:"On either side"`
	AccountID  int64               `query:"account_id" minimum:"1"`
	ProviderID int64               `query:"provider_id" minimum:"1"`
	CallID     string              `query:"call_id" maxLength:"64"`
	Key        string              `query:"key" maxLength:"128"`
}

func (f PostingsFilter) filter() (db.PostingFilter, error) {
	p := db.PostingFilter{From: f.From, To: f.To, Kind: f.Kind, Party: billing.Party{Kind: f.Party}, CallID: f.CallID, Key: f.Key}
	parties := 0
	for _, given := range []bool{f.Party != "", f.AccountID != 0, f.ProviderID != 0} {
		if given {
			parties++
		}
	}
	if parties > 1 {
		return p, wrong("query.party", "name one of party, account_id and provider_id")
	}
	switch {
	case f.AccountID != 0:
		p.Party = billing.Party{Kind: billing.Customer, ID: f.AccountID}
	case f.ProviderID != 0:
		p.Party = billing.Party{Kind: billing.Provider, ID: f.ProviderID}
	}
	return p, f.check()
}

type postingsInput struct {
	PostingsFilter
	TimeOrder
	Paging
}

type postingsOutput struct{ Body Page[view.Posting] }

func (d *door) listPostings(ctx context.Context, in *postingsInput) (*postingsOutput, error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	var after db.PostingPlace
	if err := readCursor(in.Cursor, &after); err != nil {
		return nil, err
	}
	rows, err := d.postings(ctx, view.NewBooks(d.DB), f, after, in.oldestFirst(), in.Limit+1)
	if err != nil {
		return nil, tooMuch(err)
	}
	return &postingsOutput{pageOf(rows, in.Limit, func(p *view.Posting) any { return db.PostingPlace{At: p.At, ID: p.ID} })}, nil
}

// postings reads a page; of one party each has the sum as it sees it.
func (d *door) postings(ctx context.Context, books *view.Books, f db.PostingFilter, after db.PostingPlace, oldestFirst bool, limit int) ([]view.Posting, error) {
	list, err := d.DB.ListPostings(ctx, f, after, oldestFirst, limit)
	if err != nil {
		return nil, err
	}
	views, err := books.Postings(ctx, list...)
	if err != nil || f.Party.ID == 0 {
		return views, err
	}
	for i := range views {
		sum := views[i].Amount
		if list[i].Debit == f.Party {
			sum = -sum
		}
		views[i].Sum = &sum
	}
	return views, nil
}

type partySumsInput struct {
	Kind billing.PartyKind `query:"kind" enum:"customer,provider,revenue,expense,cash,adjustment,exchange" default:"provider"`
}

type partySumsOutput struct{ Body Page[view.PartySum] }

func (d *door) partySums(ctx context.Context, in *partySumsInput) (*partySumsOutput, error) {
	sums, err := d.DB.PartySums(ctx, in.Kind)
	if err != nil {
		return nil, err
	}
	list, err := view.NewBooks(d.DB).Sums(ctx, sums)
	return &partySumsOutput{Page[view.PartySum]{Items: list}}, err
}

// PostingID names a posting.
type PostingID struct {
	ID int64 `path:"id" minimum:"1"`
}

type postingOutput struct{ Body view.Posting }

func (d *door) getPosting(ctx context.Context, in *PostingID) (*postingOutput, error) {
	p, err := d.DB.Posting(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	list, err := view.NewBooks(d.DB).Postings(ctx, p)
	if err != nil {
		return nil, err
	}
	return &postingOutput{list[0]}, nil
}

type reverseInput struct {
	PostingID
	IdempotencyKey

	Body struct {
		Note string `json:"note" minLength:"1" maxLength:"255" doc:"Why"`
	}
}

// Reversed is what a reversal has done.
type Reversed struct {
	Key      string         `json:"key"`
	Repeated bool           `json:"repeated" doc:"It had been posted before"`
	Reversed view.Posting   `json:"reversed"`
	Postings []view.Posting `json:"postings" nullable:"false"`
}

type reverseOutput struct{ Body Reversed }

func (d *door) reversePosting(ctx context.Context, in *reverseInput) (*reverseOutput, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	was, err := d.DB.Posting(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	now, err := d.DB.Now(ctx)
	if err != nil {
		return nil, err
	}
	posted, err := d.DB.Reverse(ctx, in.ID, in.Key, in.Body.Note, now)
	if err != nil {
		return nil, postingProblem(err)
	}
	list, err := view.NewBooks(d.DB).Postings(db.ForDeeds(ctx), append([]billing.Posting{was}, posted...)...)
	if err != nil {
		return nil, err
	}
	return &reverseOutput{Reversed{Key: in.Key, Repeated: repeated(posted, now), Reversed: list[0], Postings: list[1:]}}, nil
}

// check wants a key that no posting of a call could have.
func (k IdempotencyKey) check() error {
	switch {
	case strings.Trim(k.Key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/@#") != "":
		return wrong("header.Idempotency-Key", "want letters, digits and - _ . : / @ #")
	case strings.HasPrefix(k.Key, "call:") || strings.HasSuffix(k.Key, ":exchange"):
		return wrong("header.Idempotency-Key", "keys that begin with call: or end in :exchange are made by the program; choose another")
	}
	return nil
}
