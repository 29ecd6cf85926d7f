package v1

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
	"tandem/billing"
	"tandem/db"
	"tandem/view"
)

// MyCallsFilter is what one's own calls can be picked by.
type MyCallsFilter struct {
	Span

	SubscriberID int64               `query:"subscriber_id" minimum:"1" doc:"One telephone of the account"`
	Number       string              `query:"number" maxLength:"40" doc:"A- or B-number; with a * at the end all that begin so"`
	Disposition  billing.Disposition `query:"disposition" enum:"in_progress,answered,busy,no_answer,cancelled,failed,rejected"`
	Direction    billing.Direction   `query:"direction" enum:"out,in,redirect"`
	MinTalkS     int64               `query:"min_talk_s" minimum:"0" maximum:"1000000"`
	Q            string              `query:"q" maxLength:"64" doc:"A call id, or a number or its beginning"`
}

// filterOf is what they may see of what they ask for.
func (f MyCallsFilter) filterOf(me access.Principal) (db.CallFilter, error) {
	c, err := CallsFilter{
		Span: f.Span, AccountID: me.AccountID, SubscriberID: f.SubscriberID, Number: f.Number, Disposition: f.Disposition, Direction: f.Direction,
		MinTalkS: f.MinTalkS, Q: f.Q,
	}.filter()
	if me.Role == access.Agent {
		c.SubscriberID = me.SubscriberID
	}
	return c, err
}

type myCallsInput struct {
	MyCallsFilter
	TimeOrder
	Paging
}

type myCallsOutput struct{ Body Page[MyCall] }

func (d *door) myCalls(ctx context.Context, in *myCallsInput) (*myCallsOutput, error) {
	me, err := d.myself(ctx)
	if err != nil {
		return nil, err
	}
	f, err := in.filterOf(me)
	if err != nil {
		return nil, err
	}
	page, err := d.callsPage(ctx, f, in.Paging, in.oldestFirst())
	if err != nil {
		return nil, err
	}
	list := make([]MyCall, len(page.Items))
	for i := range page.Items {
		list[i] = mineOf(&page.Items[i], me)
	}
	return &myCallsOutput{Page[MyCall]{Items: list, Next: page.Next}}, nil
}

type myCallOutput struct{ Body MyCall }

func (d *door) myCall(ctx context.Context, in *callInput) (*myCallOutput, error) {
	me, err := d.myself(ctx)
	if err != nil {
		return nil, err
	}
	f, err := MyCallsFilter{}.filterOf(me)
	if err != nil {
		return nil, err
	}
	f.CallID = in.ID
	rows, err := d.DB.ListCalls(ctx, f, db.CallPlace{}, false, 1, d.DB.NewNames())
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, huma.NewError(http.StatusNotFound, "you have no such call")
	}
	return &myCallOutput{mineOf(&rows[0], me)}, nil
}

type myCallsExport struct {
	MyCallsFilter
	TimeOrder
	Format
}

func (d *door) exportMyCalls(ctx context.Context, in *myCallsExport) (*huma.StreamResponse, error) {
	me, err := d.myself(ctx)
	if err != nil {
		return nil, err
	}
	f, err := in.filterOf(me)
	if err != nil {
		return nil, err
	}
	names := d.DB.NewNames()
	return feed[MyCall]{name: "calls", columns: myCallColumns(), page: func(ctx context.Context, last *MyCall) ([]MyCall, error) {
		var after db.CallPlace
		if last != nil {
			after = db.CallPlace{At: last.StartedAt, ID: last.CallID}
		}
		rows, err := d.DB.ListCalls(ctx, f, after, in.oldestFirst(), feedPage, names)
		list := make([]MyCall, len(rows))
		for i := range rows {
			list[i] = mineOf(&rows[i], me)
		}
		return list, err
	}}.stream(ctx, d, in.Format.Format)
}

func myCallColumns() []exportColumn[MyCall] {
	type c = MyCall
	return []exportColumn[c]{
		{"call_id", func(c *c) string { return c.CallID }},
		{"started_at", func(c *c) string { return cellTime(c.StartedAt) }},
		{"answered_at", func(c *c) string { return cellTime(c.AnsweredAt) }},
		{"ended_at", func(c *c) string { return cellTime(c.EndedAt) }},
		{"direction", func(c *c) string { return string(c.Direction) }},
		{"disposition", func(c *c) string { return string(c.Disposition) }},
		{"subscriber", func(c *c) string { return view.CellText(c.Subscriber) }},
		{"dialled", func(c *c) string { return view.CellText(c.Dialled) }},
		{"a_number", func(c *c) string { return view.CellText(c.ANumber) }},
		{"b_number", func(c *c) string { return view.CellText(c.BNumber) }},
		{"cli", func(c *c) string { return view.CellText(c.CLI) }},
		{"talk_s", func(c *c) string {
			return cellInt((c.TalkMS + time.Second.Milliseconds() - 1) / time.Second.Milliseconds())
		}},
		{"sale", func(c *c) string { return cellSum(c.Sale) }},
		{"currency", func(c *c) string { return c.Currency }},
	}
}
