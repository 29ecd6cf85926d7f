package db

import (
	"context"
	"database/sql"
	"time"

	"tandem/quality"
)

// QualityHeatmapQuery asks for two dimensions against each other.
type QualityHeatmapQuery struct {
	Rows, Columns      QualityDimension
	Where              []QualityWhere
	From, To           time.Time
	MaxRows, MaxColumn int // those with the most bids
}

// QualityHeatmap is the answer: the rows and the columns by their bids, and the
// cells where both met.
type QualityHeatmap struct {
	From, To time.Time
	Rows     QualityReport
	Columns  QualityReport
	Cells    QualityReport
}

// QualityHeatmap reads the quality of the busiest of two dimensions.
func (d *DB) QualityHeatmap(ctx context.Context, q QualityHeatmapQuery) (h QualityHeatmap, err error) {
	if q.Rows == q.Columns {
		return h, &FieldError{Field: "columns", Text: "are the same as rows"}
	}
	// All three of the table that has both, so that the parts are those of the whole.
	if _, err := (&QualityQuery{By: []QualityDimension{q.Rows, q.Columns}, Where: q.Where}).cube(); err != nil {
		return h, err
	}
	err = d.readQuality(ctx, func(tx *sql.Tx) (err error) {
		side := func(by QualityDimension, limit int) (QualityReport, error) {
			s := QualityQuery{By: []QualityDimension{by}, Where: q.Where, From: q.From, To: q.To, Limit: limit, Sort: QualitySort{By: quality.MeasureBids, Largest: true}}
			return s.report(ctx, tx)
		}
		if h.Rows, err = side(q.Rows, q.MaxRows); err != nil {
			return err
		}
		if h.Columns, err = side(q.Columns, q.MaxColumn); err != nil {
			return err
		}
		h.From, h.To = h.Rows.From, h.Rows.To
		if len(h.Rows.Rows) == 0 || len(h.Columns.Rows) == 0 {
			return nil
		}
		cells := QualityQuery{
			By: []QualityDimension{q.Rows, q.Columns}, From: q.From, To: q.To,
			Where: append([]QualityWhere{valuesOf(q.Rows, h.Rows.Rows), valuesOf(q.Columns, h.Columns.Rows)}, q.Where...),
		}
		h.Cells, err = cells.report(ctx, tx)
		return err
	})
	return h, err
}

func valuesOf(by QualityDimension, rows []QualityRow) QualityWhere {
	w := QualityWhere{Dimension: by, Values: make([]string, len(rows))}
	for i := range rows {
		w.Values[i] = rows[i].Values[0]
	}
	return w
}
