package v1

import (
	"context"

	"tandem/db"
	"tandem/quality"
	"tandem/view"
)

type seriesInput struct {
	QualityTime
	QualityFilter
	QualityCompare

	By       []string `query:"by" maxItems:"2" enum:"provider,tier,gate,server,account,country,prefix,network,a_country" doc:"A line each; none: one line of all"`
	Grain    string   `query:"grain" enum:"auto,5m,hour,day" default:"auto" doc:"What a point is of; auto: at most 400 points. At most 1500 in all"`
	Top      int      `query:"top" minimum:"1" maximum:"20" default:"8" doc:"Lines, those with the most bids"`
	Measures []string `query:"measures" maxItems:"20" enum:"bids,seizures,effective,answers,abr,asr,ner,short,acd,pdd_p50,pdd_p95,talk,cost,sale,margin,margin_share,blame_caller,blame_called,blame_route,blame_us,loss,jitter,mos,silent" doc:"That are wanted: the others are 0 or left out, and it is sooner done; none: all"`
}

type seriesOutput struct{ Body view.QualitySeries }

func (d *door) getQualitySeries(ctx context.Context, in *seriesInput) (*seriesOutput, error) {
	q, err := d.seriesQuery(ctx, in)
	if err != nil {
		return nil, err
	}
	s, err := d.DB.QualitySeries(ctx, q)
	if err != nil {
		return nil, inQuery(tooMuch(err))
	}
	levels, err := d.DB.QualityThresholds(ctx)
	if err != nil {
		return nil, err
	}
	v, err := view.NewQualitySeries(ctx, &q, &s, levels, d.DB.NewNames())
	v.Currency = d.Currency
	return &seriesOutput{v}, err
}

func (d *door) seriesQuery(ctx context.Context, in *seriesInput) (q db.QualitySeriesQuery, err error) {
	if q.From, q.To, err = in.span(ctx, d.DB); err != nil {
		return q, err
	}
	if q.Where, err = in.where(); err != nil {
		return q, err
	}
	q.By, q.Top = dimensions(in.By), in.Top
	if in.Grain != "auto" {
		q.Grain = db.QualityGrain(in.Grain)
	}
	for _, m := range in.Measures {
		q.Measures = append(q.Measures, quality.Measure(m))
	}
	if in.Compare == "before" { // points that stand beside each other are of the same length
		q.From, q.To = db.QualityWhole(q.From, q.To)
	}
	otherFrom, otherTo, err := in.other(q.From, q.To)
	if err == nil && otherTo.Sub(otherFrom) != q.To.Sub(q.From) && !otherFrom.IsZero() {
		err = wrong("query.compare_to", "want a time as long as from and to")
	}
	q.BeforeFrom = otherFrom
	return q, err
}
