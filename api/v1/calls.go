package v1

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
	"tandem/billing"
	"tandem/db"
	"tandem/internal/e164"
	"tandem/view"
)

// calls are records of calls.
func calls(d *door) {
	handle(d, look(access.Calls), huma.Operation{
		OperationID: "list-calls", Method: http.MethodGet, Path: "/calls", Summary: "List calls, the newest first", Tags: []string{"Calls"},
	}, d.listCalls)
	handle(d, look(access.Calls), huma.Operation{
		OperationID: "export-calls", Method: http.MethodGet, Path: "/calls/export", Summary: "Download calls, as many as there are", Tags: []string{"Calls"},
		Responses: files("text/csv", "application/x-ndjson"),
	}, d.exportCalls)
	handle(d, look(access.Calls), huma.Operation{
		OperationID: "get-call", Method: http.MethodGet, Path: "/calls/{id}", Summary: "One call with its attempts and reasons", Tags: []string{"Calls"},
	}, d.getCall)
	handle(d, look(access.Calls), huma.Operation{
		OperationID: "get-call-story", Method: http.MethodGet, Path: "/calls/{id}/story",
		Summary: "All that is known of a call: record, attempts, why each route, money, log lines", Tags: []string{"Calls"},
	}, d.callStory)
}

// CallsFilter is what calls can be picked by.
type CallsFilter struct {
	Span

	AccountID    int64               `query:"account_id" minimum:"1"`
	SubscriberID int64               `query:"subscriber_id" minimum:"1"`
	ProviderID   int64               `query:"provider_id" minimum:"1" doc:"That brought the call, or that it was offered to"`
	Number       string              `query:"number" maxLength:"40" doc:"A- or B-number; with a * at the end all that begin so" example:"44203*"`
	Disposition  billing.Disposition `query:"disposition" enum:"in_progress,answered,busy,no_answer,cancelled,failed,rejected"`
	Direction    billing.Direction   `query:"direction" enum:"out,in,redirect"`
	Server       string              `query:"server" maxLength:"64"`
	MinTalkS     int64               `query:"min_talk_s" minimum:"0" maximum:"1000000"`
	Q            string              `query:"q" maxLength:"64" doc:"A call id, or a number or its beginning"`
	Country      []string            `query:"country" maxItems:"50" doc:"Of the B-number: ISO 3166-1 alpha-2, 001 for global services" example:"[\"GB\"]"`
	Type         []string            `query:"type" maxItems:"12" doc:"Of the B-number, such as mobile or premium"`
	ACountry     []string            `query:"a_country" maxItems:"50" doc:"Of the A-number"`
	AType        []string            `query:"a_type" maxItems:"12" doc:"Of the A-number"`
}

// isNumber says whether a text is a number as people write it, perhaps only its
// beginning with a * behind it.
func isNumber(text string) bool {
	digits := strings.TrimSuffix(digitsOf(text), "*")
	return digits != "" && len(digits) <= e164.MaxDigits && strings.Trim(digits, "0123456789") == "" && !strings.Contains(text, ".")
}

func (f CallsFilter) filter() (db.CallFilter, error) {
	c := db.CallFilter{
		From: f.From, To: f.To, AccountID: f.AccountID, SubscriberID: f.SubscriberID, ProviderID: f.ProviderID, Disposition: f.Disposition,
		Direction: f.Direction, Server: f.Server, MinTalk: time.Duration(f.MinTalkS) * time.Second,
	}
	if err := f.check(); err != nil {
		return c, err
	}
	if err := f.places(&c); err != nil {
		return c, err
	}
	if f.Number != "" {
		if !isNumber(f.Number) {
			return c, wrong("query.number", "want the digits of an international number, such as 442038070121, or how it begins, such as 4420*")
		}
		c.Number = digitsOf(f.Number)
	}
	switch q := strings.TrimSpace(f.Q); {
	case q == "":
	case isNumber(q) && c.Number == "":
		c.Number = strings.TrimSuffix(digitsOf(q), "*") + "*"
	default:
		c.CallID = q
	}
	return c, nil
}

type callsInput struct {
	CallsFilter
	TimeOrder
	Paging
}

type callsOutput struct{ Body Page[db.CallLine] }

func (d *door) listCalls(ctx context.Context, in *callsInput) (*callsOutput, error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	page, err := d.callsPage(ctx, f, in.Paging, in.oldestFirst())
	return &callsOutput{page}, err
}

func (d *door) callsPage(ctx context.Context, f db.CallFilter, p Paging, oldestFirst bool) (Page[db.CallLine], error) {
	var after db.CallPlace
	if err := readCursor(p.Cursor, &after); err != nil {
		return Page[db.CallLine]{}, err
	}
	rows, err := d.DB.ListCalls(ctx, f, after, oldestFirst, p.Limit+1, d.DB.NewNames())
	if err != nil {
		return Page[db.CallLine]{}, tooMuch(err)
	}
	return pageOf(rows, p.Limit, func(c *db.CallLine) any { return c.Place() }), nil
}

type callInput struct {
	ID string `path:"id" maxLength:"64"`
}

type callOutput struct{ Body view.Call }

func (d *door) getCall(ctx context.Context, in *callInput) (*callOutput, error) {
	v, err := d.readCall(ctx, in.ID)
	return &callOutput{v}, err
}
