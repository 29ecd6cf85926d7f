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

	BeforeFrom, BeforeTo time.Time // the same of another time; zero: of none
}

// QualityHeatmap is the answer: the rows and the columns by their bids, and the
// cells where both met.
type QualityHeatmap struct {
	From, To time.Time
	Rows     QualityReport
	Columns  QualityReport
	Cells    QualityReport
	Bids     int64           // of all rows and columns, also of those that are not told
	Before   *QualityHeatmap // the same rows, columns and cells of the other time; nil: not asked for
}

// QualityHeatmap reads the quality of the busiest of two dimensions.
func (d *DB) QualityHeatmap(ctx context.Context, q QualityHeatmapQuery) (h QualityHeatmap, err error) {
	if q.Rows == q.Columns {
		return h, &FieldError{Field: "columns", Text: "are the same as rows"}
	}
	// Something has to have both. Rows and columns are read from smaller tables, which
	// add up to the same: all that is counted of a bucket is written at once.
	if _, err := (&QualityQuery{By: []QualityDimension{q.Rows, q.Columns}, Where: q.Where}).cube(); err != nil {
		return h, err
	}
	err = d.readQuality(ctx, func(tx *sql.Tx) (err error) {
		h = QualityHeatmap{} // a transaction may be tried again
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
		all, err := (&QualityQuery{Where: q.Where, From: q.From, To: q.To, Measures: []quality.Measure{quality.MeasureBids}}).report(ctx, tx)
		if err != nil {
			return err
		}
		for i := range all.Rows {
			h.Bids = all.Rows[i].Measures.Bids
		}
		if len(h.Rows.Rows) == 0 || len(h.Columns.Rows) == 0 {
			return nil
		}
		cells := QualityQuery{
			By: []QualityDimension{q.Rows, q.Columns}, From: q.From, To: q.To,
			Where: append([]QualityWhere{valuesOf(q.Rows, h.Rows.Rows), valuesOf(q.Columns, h.Columns.Rows)}, q.Where...),
		}
		if h.Cells, err = cells.report(ctx, tx); err != nil || q.BeforeFrom.IsZero() {
			return err
		}
		return h.compare(ctx, tx, &q)
	})
	return h, err
}

// compare reads what there is of the other time.
func (h *QualityHeatmap) compare(ctx context.Context, tx *sql.Tx, q *QualityHeatmapQuery) (err error) {
	rows, columns := valuesOf(q.Rows, h.Rows.Rows), valuesOf(q.Columns, h.Columns.Rows)
	read := func(by []QualityDimension, of ...QualityWhere) (QualityReport, error) {
		was := QualityQuery{By: by, Where: append(of, q.Where...), From: q.BeforeFrom, To: q.BeforeTo}
		return was.report(ctx, tx)
	}
	h.Before = &QualityHeatmap{}
	if h.Before.Rows, err = read([]QualityDimension{q.Rows}, rows); err != nil {
		return err
	}
	h.Before.From, h.Before.To = h.Before.Rows.From, h.Before.Rows.To
	if h.Before.Columns, err = read([]QualityDimension{q.Columns}, columns); err != nil {
		return err
	}
	h.Before.Cells, err = read([]QualityDimension{q.Rows, q.Columns}, rows, columns)
	return err
}

func valuesOf(by QualityDimension, rows []QualityRow) QualityWhere {
	w := QualityWhere{Dimension: by, Values: make([]string, len(rows))}
	for i := range rows {
		w.Values[i] = rows[i].Values[0]
	}
	return w
}
