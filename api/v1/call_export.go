package v1

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"tandem/db"
	"tandem/view"
)

type callsExportInput struct {
	CallsFilter
	TimeOrder
	Format
}

func (d *door) exportCalls(ctx context.Context, in *callsExportInput) (*huma.StreamResponse, error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	return d.callsFeed(f, in.oldestFirst(), callColumns()).stream(ctx, d, in.Format.Format)
}

func (d *door) callsFeed(f db.CallFilter, oldestFirst bool, columns []exportColumn[db.CallLine]) feed[db.CallLine] {
	names := d.DB.NewNames()
	return feed[db.CallLine]{name: "calls", columns: columns, page: func(ctx context.Context, last *db.CallLine) ([]db.CallLine, error) {
		var after db.CallPlace
		if last != nil {
			after = last.Place()
		}
		return d.DB.ListCalls(ctx, f, after, oldestFirst, feedPage, names)
	}}
}

func callColumns() []exportColumn[db.CallLine] {
	type c = db.CallLine
	return []exportColumn[c]{
		{"call_id", func(c *c) string { return c.CallID }},
		{"started_at", func(c *c) string { return cellTime(c.StartedAt) }},
		{"answered_at", func(c *c) string { return cellTime(c.AnsweredAt) }},
		{"ended_at", func(c *c) string { return cellTime(c.EndedAt) }},
		{"direction", func(c *c) string { return string(c.Direction) }},
		{"disposition", func(c *c) string { return string(c.Disposition) }},
		{"account_id", func(c *c) string { return cellID(c.AccountID) }},
		{"account", func(c *c) string { return view.CellText(c.Account) }},
		{"subscriber_id", func(c *c) string { return cellID(c.SubscriberID) }},
		{"subscriber", func(c *c) string { return view.CellText(c.Subscriber) }},
		{"dialled", func(c *c) string { return view.CellText(c.Dialled) }},
		{"a_number", func(c *c) string { return view.CellText(c.ANumber) }},
		{"b_number", func(c *c) string { return view.CellText(c.BNumber) }},
		{"a_country", func(c *c) string { return c.APlace.Country }},
		{"b_country", func(c *c) string { return c.BPlace.Country }},
		{"b_region", func(c *c) string { return view.CellText(c.BPlace.Region) }},
		{"b_network", func(c *c) string { return view.CellText(c.BPlace.Network) }},
		{"b_type", func(c *c) string { return cellType(c.BPlace) }},
		{"routing_number", func(c *c) string { return view.CellText(c.RoutingNumber) }},
		{"cli", func(c *c) string { return view.CellText(c.CLI) }},
		{"talk_ms", func(c *c) string { return cellInt(c.TalkMS) }},
		{"pdd_ms", func(c *c) string { return cellInt(c.PDDMS) }},
		{"cause", func(c *c) string { return cellID(c.Cause) }},
		{"sip_status", func(c *c) string { return cellID(c.SIPStatus) }},
		{"hangup_by", func(c *c) string { return string(c.HangupBy) }},
		{"provider_id", func(c *c) string { return cellID(c.ProviderID) }},
		{"provider", func(c *c) string { return view.CellText(c.Provider) }},
		{"route", func(c *c) string { return c.Route }},
		{"sale", func(c *c) string { return cellSum(c.Sale) }},
		{"currency", func(c *c) string { return c.Currency }},
		{"sale_base", func(c *c) string { return cellSum(c.SaleBase) }},
		{"cost_base", func(c *c) string { return cellSum(c.CostBase) }},
		{"margin", func(c *c) string { return cellSum(c.Margin) }},
		{"closed_by", func(c *c) string { return string(c.ClosedBy) }},
		{"server", func(c *c) string { return view.CellText(c.Server) }},
		{"node", func(c *c) string { return view.CellText(c.Node) }},
		{"reason", func(c *c) string { return view.CellText(c.Reason) }},
		{"problem", func(c *c) string { return view.CellText(c.Problem) }},
	}
}
