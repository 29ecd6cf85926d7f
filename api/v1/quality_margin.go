package v1

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"tandem/quality"
)

// MarginQuestion is what a report on margin is asked for.
type MarginQuestion struct {
	QualityTime
	QualityFilter
	QualityCompare

	By      string `query:"by" enum:"country,prefix,network" default:"country" doc:"What destinations are told by"`
	Sort    string `query:"sort" enum:"margin,-margin,margin_share,-margin_share,sale,-sale,cost,-cost,talk,-talk,bids,-bids" default:"margin"`
	MinBids int64  `query:"min_bids" minimum:"0" doc:"Lines with fewer go to the rest"`
}

// report is the margin as a report by one dimension, with a small line of a measure
// if one is named.
func (in *MarginQuestion) report(spark string) *QualityQuestion {
	return &QualityQuestion{
		in.QualityTime, in.QualityFilter,
		QualityShape{By: []string{in.By}, Grain: "total", Sort: in.Sort, MinBids: in.MinBids, Spark: spark},
		in.QualityCompare,
	}
}

type marginInput struct {
	MarginQuestion
	QualityLimit
}

func (d *door) getQualityMargin(ctx context.Context, in *marginInput) (*qualityOutput, error) {
	v, err := d.readQuality(ctx, in.report(string(quality.MeasureMargin)), in.Limit)
	return &qualityOutput{v}, err
}

type marginExportInput struct {
	MarginQuestion
	QualityFileLimit
	Format
}

func (d *door) exportQualityMargin(ctx context.Context, in *marginExportInput) (*huma.StreamResponse, error) {
	v, err := d.readQuality(ctx, in.report(""), in.Limit)
	if err != nil {
		return nil, err
	}
	return d.qualityFile(ctx, "margin", []string{in.By}, &v, in.Format.Format)
}
