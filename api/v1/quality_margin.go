package v1

import (
	"context"

	"github.com/danielgtaylor/huma/v2"
)

// MarginQuestion is what a report on margin is asked for.
type MarginQuestion struct {
	QualityTime
	QualityFilter
	QualityCompare

	By      string `query:"by" enum:"country,prefix,network" default:"country" doc:"What destinations are told by"`
	Sort    string `query:"sort" enum:"margin,-margin,margin_share,-margin_share,sale,-sale,cost,-cost,talk,-talk,bids,-bids" default:"margin"`
	MinBids int64  `query:"min_bids" minimum:"0" doc:"Lines with fewer go to the rest"`
	Limit   int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

// report is the margin as a report by one dimension.
func (in *MarginQuestion) report() *QualityQuestion {
	return &QualityQuestion{
		in.QualityTime, in.QualityFilter,
		QualityShape{By: []string{in.By}, Grain: "total", Sort: in.Sort, MinBids: in.MinBids, Limit: in.Limit, Spark: "margin"},
		in.QualityCompare,
	}
}

func (d *door) getQualityMargin(ctx context.Context, in *MarginQuestion) (*qualityOutput, error) {
	v, err := d.readQuality(ctx, in.report())
	return &qualityOutput{v}, err
}

type marginExportInput struct {
	MarginQuestion
	Format
}

func (d *door) exportQualityMargin(ctx context.Context, in *marginExportInput) (*huma.StreamResponse, error) {
	v, err := d.readQuality(ctx, in.report())
	if err != nil {
		return nil, err
	}
	return d.qualityFile(ctx, "margin", []string{in.By}, &v, in.Format.Format)
}
