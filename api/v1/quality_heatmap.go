package v1

import (
	"context"

	"tandem/db"
	"tandem/view"
)

type heatmapInput struct {
	QualityTime
	QualityFilter
	QualityCompare

	Rows        string `query:"rows" enum:"provider,tier,gate,account" default:"provider"`
	Columns     string `query:"columns" enum:"country,prefix,network,tier" default:"country"`
	RowLimit    int    `query:"row_limit" minimum:"1" maximum:"60" default:"30" doc:"Those with the most bids"`
	ColumnLimit int    `query:"column_limit" minimum:"1" maximum:"60" default:"30"`
}

type heatmapOutput struct{ Body view.QualityHeatmap }

func (d *door) getQualityHeatmap(ctx context.Context, in *heatmapInput) (*heatmapOutput, error) {
	from, to, err := in.span(ctx, d.DB)
	if err != nil {
		return nil, err
	}
	where, err := in.where()
	if err != nil {
		return nil, err
	}
	q := db.QualityHeatmapQuery{
		Rows: db.QualityDimension(in.Rows), Columns: db.QualityDimension(in.Columns), Where: where, From: from, To: to, MaxRows: in.RowLimit, MaxColumn: in.ColumnLimit,
	}
	if q.BeforeFrom, q.BeforeTo, err = in.other(from, to); err != nil {
		return nil, err
	}
	h, err := d.DB.QualityHeatmap(ctx, q)
	if err != nil {
		return nil, inQuery(tooMuch(err))
	}
	levels, err := d.DB.QualityThresholds(ctx)
	if err != nil {
		return nil, err
	}
	v, err := view.NewQualityHeatmap(ctx, &q, &h, levels, d.DB.NewNames())
	v.Currency = d.Currency
	return &heatmapOutput{v}, err
}
