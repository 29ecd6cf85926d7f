package v1

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
	"tandem/billing"
	"tandem/callflow"
	"tandem/db"
	"tandem/view"
)

// accounts are customers and their money.
func accounts(d *door) {
	tags := []string{"Accounts"}
	handle(d, look(access.Money), huma.Operation{
		OperationID: "list-accounts", Method: http.MethodGet, Path: "/accounts", Summary: "List accounts with their money", Tags: tags,
	}, d.listAccounts)
	handle(d, look(access.Money), huma.Operation{
		OperationID: "get-account", Method: http.MethodGet, Path: "/accounts/{id}", Summary: "An account: settings, money, calls in progress, last postings", Tags: tags,
	}, d.getAccount)
	handle(d, govern(access.Money, true), huma.Operation{
		OperationID: "create-account", Method: http.MethodPost, Path: "/accounts", Summary: "Open an account", Tags: tags, DefaultStatus: http.StatusCreated,
	}, d.createAccount)
	handle(d, govern(access.Money, true), huma.Operation{
		OperationID: "update-account", Method: http.MethodPut, Path: "/accounts/{id}", Summary: "Change the settings of an account", Tags: tags,
	}, d.updateAccount)
	for _, m := range moves() {
		handle(d, govern(access.Money, true), huma.Operation{
			OperationID: m.id, Method: http.MethodPost, Path: "/accounts/{id}/" + m.path, Summary: m.summary, Tags: tags,
		}, func(ctx context.Context, in *moveInput) (*moveOutput, error) { return d.move(ctx, in, m) })
	}
	handle(d, look(access.Money), huma.Operation{
		OperationID: "get-account-statement", Method: http.MethodGet, Path: "/accounts/{id}/statement", Summary: "What moved the balance of an account, line by line", Tags: tags,
	}, d.accountStatement)
	handle(d, look(access.Money), huma.Operation{
		OperationID: "export-account-statement", Method: http.MethodGet, Path: "/accounts/{id}/statement/export", Summary: "Download a statement", Tags: tags,
		Responses: files("text/csv", "application/x-ndjson"),
	}, d.exportAccountStatement)
}

type accountsInput struct {
	Limit   int    `query:"limit" minimum:"1" maximum:"1000" default:"50"`
	Cursor  string `query:"cursor" maxLength:"2048"`
	Q       string `query:"q" maxLength:"64" doc:"Part of the name, or the id"`
	Sort    string `query:"sort" enum:"name,-name,balance,-balance,id,-id,calls,-calls,spent_today,-spent_today" default:"name"`
	Low     bool   `query:"low" doc:"Only those whose balance is low"`
	Enabled string `query:"enabled" enum:"true,false"`
	Payment string `query:"payment" enum:"prepaid,postpaid"`
	Tariff  int64  `query:"tariff_id" minimum:"1"`
}

type accountsOutput struct{ Body Page[view.AccountLine] }

func (d *door) listAccounts(ctx context.Context, in *accountsInput) (*accountsOutput, error) {
	q := db.AccountQuery{Limit: in.Limit, Sort: in.Sort, Q: in.Q, Low: in.Low, Payment: in.Payment, TariffID: in.Tariff}
	if in.Enabled != "" {
		q.Enabled = new(in.Enabled == "true")
	}
	if in.Cursor != "" {
		q.After = &db.AccountPlace{}
		if err := readCursor(in.Cursor, q.After); err != nil {
			return nil, err
		}
		if q.After.Sort != in.Sort {
			return nil, wrong("query.cursor", "it belongs to another order: begin again without it")
		}
	}
	list, err := d.DB.ListAccounts(ctx, q)
	if err != nil {
		return nil, err
	}
	p := Page[view.AccountLine]{Items: make([]view.AccountLine, len(list.Items)), Total: list.Total}
	for i, a := range list.Items {
		p.Items[i] = view.LineOfAccount(a.Account, a.Spent)
	}
	if list.Next != nil {
		p.Next = cursorOf(list.Next)
	}
	return &accountsOutput{p}, nil
}

// AccountID names an account.
type AccountID struct {
	ID int64 `path:"id" minimum:"1"`
}

type accountOutput struct {
	ETag string `header:"ETag"`
	Body view.AccountShown
}

// lastPostings is how many postings are shown with an account.
const lastPostings = 10

func (d *door) getAccount(ctx context.Context, in *AccountID) (*accountOutput, error) {
	a, err := d.DB.AccountByID(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	v := view.AccountShown{Account: view.OfAccount(a), Calls: []callflow.Running{}, Postings: []view.Posting{}}
	out := &accountOutput{ETag: etagOf(v.Account)}
	m, err := d.DB.AccountMoney(ctx, a.ID)
	if errors.Is(err, db.ErrNotFound) {
		out.Body = v
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	v.Money = new(view.MoneyOf(m, a.LowBalance))
	for i := range m.Holds {
		v.Calls = append(v.Calls, view.RunningOf(&m.Holds[i], m.At))
	}
	entries, _, err := d.DB.LastEntries(ctx, billing.Party{Kind: billing.Customer, ID: a.ID}, lastPostings)
	if err != nil {
		return nil, err
	}
	v.Postings, err = view.NewBooks(d.DB).Entries(ctx, entries)
	out.Body = v
	return out, err
}

type accountWrite struct {
	Body view.AccountSettings
}

type accountChange struct {
	IfMatch
	AccountID

	Body view.AccountSettings
}

type accountWritten struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     view.Account
}

func writtenAccount(a db.Account) *accountWritten {
	v := view.OfAccount(a)
	return &accountWritten{etagOf(v), Prefix + "/accounts/" + strconv.FormatInt(a.ID, 10), v}
}

func (d *door) createAccount(ctx context.Context, in *accountWrite) (*accountWritten, error) {
	var a db.Account
	in.Body.Apply(&a)
	a, err := d.DB.CreateAccount(ctx, a)
	if err != nil {
		return nil, err
	}
	return writtenAccount(a), nil
}

func (d *door) updateAccount(ctx context.Context, in *accountChange) (*accountWritten, error) {
	_, after, err := d.DB.UpdateAccount(ctx, in.ID, func(a *db.Account) error {
		if err := in.check(view.OfAccount(*a)); err != nil {
			return err
		}
		in.Body.Apply(a)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return writtenAccount(after), nil
}
