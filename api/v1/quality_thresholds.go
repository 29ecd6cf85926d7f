package v1

import (
	"context"

	"tandem/db"
	"tandem/quality"
)

// QualityThreshold is from where on a measure is told to be poor.
type QualityThreshold struct {
	Measure quality.Measure `json:"measure" enum:"abr,asr,ner,short,acd,pdd_p50,pdd_p95,margin,margin_share,blame_route,blame_us,loss,jitter,mos,silent"`
	Unit    quality.Unit    `json:"unit,omitempty" readOnly:"true" enum:"count,share,ms,money,us,mos" doc:"share: millionths; money: millionths of the base currency; us: microseconds; mos: hundredths of a point"`
	Worse   quality.Worse   `json:"worse,omitempty" readOnly:"true" enum:"below,above" doc:"On which side of the limits it is poor"`
	Warn    *int64          `json:"warn" doc:"null: none"`
	Bad     *int64          `json:"bad" doc:"null: none"`
}

// QualityThresholds are all of them.
type QualityThresholds struct {
	Items []QualityThreshold `json:"items" nullable:"false" maxItems:"50"`
}

type thresholdsOutput struct {
	ETag string `header:"ETag"`
	Body QualityThresholds
}

func showThresholds(list []db.QualityThreshold) *thresholdsOutput {
	v := QualityThresholds{Items: make([]QualityThreshold, len(list))}
	for i, t := range list {
		v.Items[i] = QualityThreshold{t.Measure, t.Measure.Unit(), t.Measure.Worse(), t.Warn, t.Bad}
	}
	return &thresholdsOutput{etagOf(v), v}
}

func (d *door) listThresholds(ctx context.Context, _ *struct{}) (*thresholdsOutput, error) {
	list, err := d.DB.QualityThresholds(ctx)
	return showThresholds(list), err
}

type thresholdsInput struct {
	IfMatch

	Body QualityThresholds
}

func (d *door) setThresholds(ctx context.Context, in *thresholdsInput) (*thresholdsOutput, error) {
	now, err := d.DB.SetQualityThresholds(ctx, func(was []db.QualityThreshold) ([]db.QualityThreshold, error) {
		if err := in.check(showThresholds(was).Body); err != nil {
			return nil, err
		}
		list := make([]db.QualityThreshold, len(in.Body.Items))
		for i, t := range in.Body.Items {
			list[i] = db.QualityThreshold{Measure: t.Measure, Warn: t.Warn, Bad: t.Bad}
		}
		return list, nil
	})
	return showThresholds(now), err
}
