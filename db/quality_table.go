package db

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"tandem/quality"
)

// QualityTableQuery is a report with what stands beside it.
type QualityTableQuery struct {
	QualityQuery

	BeforeFrom, BeforeTo time.Time       // the same of another time; zero: of none
	Spark                quality.Measure // how it went, of each row; empty: none
}

// QualityTable is the answer. All of it is of one moment.
type QualityTable struct {
	QualityReport

	Total     quality.Measures // of all that there is, with Rest
	RestLines int64            // those that the limit or the least bids left out
	Rest      quality.Measures
	Before    *QualityReport // rows of the same keys; nil: not asked for
	WasTotal  quality.Measures
	Spark     *QualityReport // rows of the same keys in time
	SparkOf   QualityGrain
}

// QualityTable reads a report, what it left out, and the same of another time.
func (d *DB) QualityTable(ctx context.Context, q QualityTableQuery) (t QualityTable, err error) {
	if !q.BeforeFrom.IsZero() && q.timed() {
		return t, &FieldError{Field: "compare", Text: "goes with grain=total; ask for lines in time twice"}
	}
	if q.Spark != "" && q.timed() {
		return t, &FieldError{Field: "spark", Text: "goes with grain=total: lines in time have their values already"}
	}
	err = d.readQuality(ctx, func(tx *sql.Tx) (err error) {
		t = QualityTable{}
		if err := t.read(ctx, tx, &q); err != nil {
			return err
		}
		if !q.BeforeFrom.IsZero() {
			if err := t.compare(ctx, tx, &q); err != nil {
				return err
			}
		}
		if q.Spark != "" {
			return t.spark(ctx, tx, &q)
		}
		return nil
	})
	return t, err
}

func (t *QualityTable) read(ctx context.Context, tx *sql.Tx, q *QualityTableQuery) error {
	s, err := q.prepare(ctx, tx)
	if err != nil {
		return err
	}
	t.QualityReport = s.answer()
	if t.Rows, err = s.rows(ctx, tx); err != nil {
		return err
	}
	cut := q.Limit > 0 && len(t.Rows) > q.Limit
	if cut {
		t.Rows = t.Rows[:q.Limit]
	}
	shown := mergeQuality(t.Rows)
	if t.Total = shown; !cut && q.MinBids == 0 {
		return nil
	}
	if err := t.all(ctx, tx, &s); err != nil {
		return err
	}
	t.RestLines -= int64(len(t.Rows))
	t.Rest = t.Total
	t.Rest.Remove(&shown)
	return nil
}

// all counts the lines that there are, and adds them up, whatever is shown of them:
// what is left of that is the rest.
func (t *QualityTable) all(ctx context.Context, tx *sql.Tx, s *qualitySelect) error {
	c := s.conditions()
	from := ` FROM ` + s.cube.table + ` WHERE ` + c.joined()
	const some = ` HAVING COUNT(*) > 0` // else there would be a row of nothing
	lines := from + some
	if groups := s.groups(); len(groups) > 0 {
		lines = from + ` GROUP BY ` + strings.Join(groups, ", ")
	}
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM (SELECT 1 AS one`+lines+`) l`, c.args...).Scan(&t.RestLines); err != nil {
		return fmt.Errorf("count of lines: %w", err)
	}
	sum := qualitySelect{QualityQuery: &QualityQuery{Measures: s.Measures}}
	rows, err := tx.QueryContext(ctx, `SELECT `+sumsOf(s.Measures)+from+some, c.args...) //nolint:gosec // G202: names are the program's own, values are parameters
	if err != nil {
		return err
	}
	return eachRow(rows, func(rows *sql.Rows) error {
		row, err := sum.scan(rows)
		t.Total = row.Measures
		return err
	})
}

// compare reads the same keys of the other time, and its total.
func (t *QualityTable) compare(ctx context.Context, tx *sql.Tx, q *QualityTableQuery) error {
	was := QualityQuery{By: q.By, Where: q.Where, From: q.BeforeFrom, To: q.BeforeTo, Measures: q.Measures}
	if len(q.By) > 0 {
		was.Keys = keysOf(t.Rows)
	}
	before, err := was.report(ctx, tx)
	if err != nil {
		return err
	}
	t.Before = &before
	was.By, was.Keys = nil, nil
	if was.Where = append([]QualityWhere(nil), q.Where...); len(q.By) > 0 {
		total, err := was.report(ctx, tx)
		t.WasTotal = mergeQuality(total.Rows)
		return err
	}
	t.WasTotal = mergeQuality(before.Rows)
	return nil
}

// spark reads how each row went in time.
func (t *QualityTable) spark(ctx context.Context, tx *sql.Tx, q *QualityTableQuery) error {
	t.SparkOf = SparkGrain(t.To.Sub(t.From))
	in := QualityQuery{By: q.By, Where: q.Where, From: t.From, To: t.To, Grain: t.SparkOf, Measures: []quality.Measure{q.Spark}}
	if len(q.By) > 0 {
		in.Keys = keysOf(t.Rows)
	}
	report, err := in.report(ctx, tx)
	t.Spark, t.SparkOf = &report, report.Grain
	return err
}

// Times up to which lines of five minutes, and of hours, have few enough points.
const (
	sparkShort  = 8 * time.Hour
	sparkMiddle = 4 * 24 * time.Hour
)

// SparkGrain is that of a small line over a time: at most a hundred points, or
// days.
func SparkGrain(over time.Duration) QualityGrain {
	switch {
	case over <= sparkShort:
		return GrainFiveMinutes
	case over <= sparkMiddle:
		return GrainHour
	}
	return GrainDay
}
