package v1

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
	"tandem/db"
	"tandem/view"
)

// wholeAccounts are the operations on accounts as rows: all of them as a file, and
// taking one away that was opened by mistake.
func wholeAccounts(d *door) {
	tags := []string{"Accounts"}
	exportLike(d, look(access.Money), huma.Operation{
		OperationID: "export-accounts", Path: "/accounts/export", Tags: tags,
		Summary: "All accounts that the same list shows, with their money, as CSV or as one JSON object a line",
	}, d.exportAccounts)
	handle(d, govern(access.Money, true), huma.Operation{
		OperationID: "delete-account", Method: http.MethodDelete, Path: "/accounts/{id}", Tags: tags, DefaultStatus: http.StatusNoContent,
		Summary:     "Delete an account that nothing was ever booked for",
		Description: "409 tells what names it. An account with calls or postings can only be disabled: those are never taken away.",
	}, func(ctx context.Context, in *goneRow) (*struct{}, error) {
		return nil, d.DB.DeleteAccount(ctx, in.ID, func(now db.Account) error { return in.check(view.OfAccount(now)) })
	})
}

// exportAccounts walks the pages of the list.
func (d *door) exportAccounts(ctx context.Context, in *accountsInput, format string) (*huma.StreamResponse, error) {
	in.Limit, in.Cursor = tablePage, ""
	return feed[view.AccountLine]{
		name: "accounts", columns: fieldColumns[view.AccountLine](), size: tablePage,
		page: func(ctx context.Context, last *view.AccountLine) ([]view.AccountLine, error) {
			if last != nil && in.Cursor == "" {
				return nil, nil
			}
			page, err := d.listAccounts(ctx, in)
			if err != nil {
				return nil, err
			}
			in.Cursor = page.Body.Next
			return page.Body.Items, nil
		},
	}.stream(ctx, d, format)
}
