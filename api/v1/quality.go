package v1

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
	"tandem/db"
	"tandem/view"
)

// qualityReports tell how routes carry calls, from rollups of attempts.
func qualityReports(d *door) {
	tags := []string{"Quality"}
	handle(d, look(access.Calls), huma.Operation{
		OperationID: "get-quality", Method: http.MethodGet, Path: "/quality", Tags: tags,
		Summary: "How routes carry calls: answers, effectiveness, delays, margin, by any dimensions",
		Description: "Of finished bids to providers, by the moment they were made; figures are one to two minutes old. " +
			"account goes with country alone, server with provider, tier and gate alone: the rest is not added up.",
	}, d.getQuality)
	handle(d, look(access.Calls), huma.Operation{
		OperationID: "export-quality", Method: http.MethodGet, Path: "/quality/export", Tags: tags,
		Summary: "Download the lines of get-quality", Responses: files("text/csv", "application/x-ndjson"),
	}, d.exportQuality)
	handle(d, look(access.Calls), huma.Operation{
		OperationID: "get-quality-margin", Method: http.MethodGet, Path: "/quality/margin", Tags: tags,
		Summary: "What destinations earn, those that lose the most first",
	}, d.getQualityMargin)
	handle(d, look(access.Calls), huma.Operation{
		OperationID: "export-quality-margin", Method: http.MethodGet, Path: "/quality/margin/export", Tags: tags,
		Summary: "Download the lines of get-quality-margin", Responses: files("text/csv", "application/x-ndjson"),
	}, d.exportQualityMargin)
	handle(d, look(access.Calls), huma.Operation{
		OperationID: "get-quality-heatmap", Method: http.MethodGet, Path: "/quality/heatmap", Tags: tags,
		Summary: "Two dimensions against each other, the busiest of each",
	}, d.getQualityHeatmap)
	handle(d, look(access.Calls), huma.Operation{
		OperationID: "get-quality-series", Method: http.MethodGet, Path: "/quality/series", Tags: tags,
		Summary: "How quality went, the busiest lines",
	}, d.getQualitySeries)
	handle(d, look(access.Calls), huma.Operation{
		OperationID: "get-quality-causes", Method: http.MethodGet, Path: "/quality/causes", Tags: tags,
		Summary: "Why attempts failed, and whose fault it was",
	}, d.getQualityCauses)
	handle(d, look(access.Calls), huma.Operation{
		OperationID: "export-quality-causes", Method: http.MethodGet, Path: "/quality/causes/export", Tags: tags,
		Summary: "Download the lines of get-quality-causes", Responses: files("text/csv", "application/x-ndjson"),
	}, d.exportQualityCauses)
	handle(d, look(access.Calls), huma.Operation{
		OperationID: "list-quality-thresholds", Method: http.MethodGet, Path: "/quality/thresholds", Tags: tags,
		Summary: "From where on measures are told to be poor",
	}, d.listThresholds)
	handle(d, change(access.Calls), huma.Operation{
		OperationID: "set-quality-thresholds", Method: http.MethodPut, Path: "/quality/thresholds", Tags: tags,
		Summary: "Set thresholds, all together", Description: "Measures that are not named keep theirs.",
	}, d.setThresholds)
}

// QualityQuestion is what a report is asked for.
type QualityQuestion struct {
	QualityTime
	QualityFilter
	QualityShape
	QualityCompare
}

type qualityInput struct {
	QualityQuestion
	QualityLimit
}

type qualityOutput struct{ Body view.Quality }

func (d *door) getQuality(ctx context.Context, in *qualityInput) (*qualityOutput, error) {
	v, err := d.readQuality(ctx, &in.QualityQuestion, in.Limit)
	return &qualityOutput{v}, err
}

// readQuality is the report that is asked for.
func (d *door) readQuality(ctx context.Context, in *QualityQuestion, limit int) (view.Quality, error) {
	q, err := d.qualityQuery(ctx, in)
	if err != nil {
		return view.Quality{}, err
	}
	q.Limit = limit
	t, err := d.DB.QualityTable(ctx, q)
	if err != nil {
		return view.Quality{}, inQuery(tooMuch(err))
	}
	levels, err := d.DB.QualityThresholds(ctx)
	if err != nil {
		return view.Quality{}, err
	}
	v, err := view.NewQualityTable(ctx, &q, &t, levels, d.DB.NewNames())
	v.Currency = d.Currency
	return v, err
}

func (d *door) qualityQuery(ctx context.Context, in *QualityQuestion) (q db.QualityTableQuery, err error) {
	if q.From, q.To, err = in.span(ctx, d.DB); err != nil {
		return q, err
	}
	if q.Where, err = in.where(); err != nil {
		return q, err
	}
	in.shape(&q)
	return q, in.compare(&q)
}
