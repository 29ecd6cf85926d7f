package v1

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"tandem/db"
	"tandem/internal/q850"
	"tandem/view"
)

// CausesQuestion is what a report on causes is asked for.
type CausesQuestion struct {
	QualityTime

	Provider []int64  `query:"provider" maxItems:"200" doc:"Ids"`
	Tier     []string `query:"tier" maxItems:"4" enum:"noncli,cli,premium,-"`
	Country  []string `query:"country" maxItems:"300" pattern:"^([A-Z]{2}|001|-)$" patternDescription:"a country of ISO 3166-1 such as RU, 001 for none, or -" doc:"Of the called number"`
	Blame    []string `query:"blame" maxItems:"4" enum:"caller,called,route,us" doc:"Whose doing it was; none: all that failed"`
	By       string   `query:"by" enum:"provider,tier,country" doc:"Causes of each; none: of all together"`
}

type causesInput struct {
	CausesQuestion

	Groups int `query:"groups" minimum:"1" maximum:"300" default:"50" doc:"Values of by, those with the most failed bids"`
	Limit  int `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"Causes, the most frequent"`
}

type causesOutput struct{ Body view.QualityCauses }

func (d *door) getQualityCauses(ctx context.Context, in *causesInput) (*causesOutput, error) {
	v, err := d.readCauses(ctx, &in.CausesQuestion, in.Groups, in.Limit)
	return &causesOutput{v}, err
}

func (d *door) readCauses(ctx context.Context, in *CausesQuestion, groups, limit int) (view.QualityCauses, error) {
	q := db.QualityCausesQuery{By: db.QualityDimension(in.By), Limit: limit, Groups: groups}
	var err error
	if q.From, q.To, err = in.span(ctx, d.DB); err != nil {
		return view.QualityCauses{}, err
	}
	filter := QualityFilter{Provider: in.Provider, Tier: in.Tier, Country: in.Country}
	if q.Where, err = filter.where(); err != nil {
		return view.QualityCauses{}, err
	}
	for _, b := range in.Blame {
		q.Blame = append(q.Blame, q850.Blame(b))
	}
	c, err := d.DB.QualityCauses(ctx, q)
	if err != nil {
		return view.QualityCauses{}, inQuery(tooMuch(err))
	}
	return view.NewQualityCauses(ctx, &q, &c, d.DB.NewNames())
}

type causesExportInput struct {
	CausesQuestion

	Groups int `query:"groups" minimum:"1" maximum:"1000" default:"1000" doc:"Values of by, those with the most failed bids"`
	Limit  int `query:"limit" minimum:"1" maximum:"5000" default:"5000" doc:"Causes, the most frequent; if there are more, one line behind them has the bids of the rest"`

	Format
}

func (d *door) exportQualityCauses(ctx context.Context, in *causesExportInput) (*huma.StreamResponse, error) {
	v, err := d.readCauses(ctx, &in.CausesQuestion, in.Groups, in.Limit)
	if err != nil {
		return nil, err
	}
	if v.Rest > 0 {
		v.Lines = append(v.Lines, view.QualityCause{Result: restName, Bids: v.Rest})
	}
	return feed[view.QualityCause]{name: "causes", columns: causeColumns(in.By), page: once(v.Lines), shown: shownCause}.stream(ctx, d, in.Format.Format)
}

// shownCause is a line as JSON: the rest is only a number of bids.
func shownCause(c *view.QualityCause) any {
	if c.Result != restName {
		return c
	}
	return struct {
		Result string `json:"result"`
		Bids   int64  `json:"bids"`
	}{restName, c.Bids}
}

func causeColumns(by string) []exportColumn[view.QualityCause] {
	type c = view.QualityCause
	var list []exportColumn[c]
	if by != "" {
		list = append(list, exportColumn[c]{by, func(c *c) string { return view.CellText(c.By[by]) }})
	}
	if by == "provider" {
		list = append(list, exportColumn[c]{"provider_name", func(c *c) string { return view.CellText(c.Name[by]) }})
	}
	return append(list,
		exportColumn[c]{"result", func(c *c) string { return string(c.Result) }},
		exportColumn[c]{"sip_status", func(c *c) string { return cellID(c.SIPStatus) }},
		exportColumn[c]{"cause", func(c *c) string { return cellID(c.Cause) }},
		exportColumn[c]{"text", func(c *c) string { return view.CellText(c.Text) }},
		exportColumn[c]{"blame", func(c *c) string { return string(c.Blame) }},
		exportColumn[c]{"bids", func(c *c) string { return cellInt(c.Bids) }},
		exportColumn[c]{"share", func(c *c) string {
			if c.Result == restName { // of bids of several
				return ""
			}
			return cellShare(int64(c.Share))
		}},
	)
}
