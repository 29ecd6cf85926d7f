package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"tandem/quality"
)

// QualityGrain is how long the rows of a report are.
type QualityGrain string

// The grains.
const (
	GrainTotal       QualityGrain = "total"
	GrainFiveMinutes QualityGrain = "5m"
	GrainHour        QualityGrain = "hour"
	GrainDay         QualityGrain = "day"
)

// level is the longest bucket that a row may be made of.
func (g QualityGrain) level() (qualityLevel, error) {
	switch g {
	case GrainTotal, GrainDay, "":
		return daily, nil
	case GrainHour:
		return hourly, nil
	case GrainFiveMinutes:
		return fiveMinutes, nil
	}
	return 0, &FieldError{Field: "grain", Text: fmt.Sprintf("is %q; take total, 5m, hour or day", g)}
}

// QualityQuery is what a report is asked for.
type QualityQuery struct {
	By       []QualityDimension
	Where    []QualityWhere
	From, To time.Time // bids from then until before then; both are taken to whole 5 minutes, outwards
	Grain    QualityGrain
	Sort     QualitySort
	Limit    int               // rows; 0: all
	MinBids  int64             // rows with fewer are left out
	Keys     [][]string        // only these combinations of By; nil: all that there are
	Measures []quality.Measure // that are wanted, others may be 0, but for the bids; nil: all
	Apart    *QualityApart     // without these; nil: with all
}

// QualityApart is combinations of dimensions that are not looked at.
type QualityApart struct {
	By   []QualityDimension
	Keys [][]string
}

// QualitySort is an order of rows; rows that it leaves as they are follow their
// time and their keys. Rows without the measure are the last.
type QualitySort struct {
	By      quality.Measure // empty: time and keys alone
	Largest bool            // the largest first
	Latest  bool            // of time and keys alone: the latest first
}

// QualityWhere picks what has one of some values.
type QualityWhere struct {
	Dimension QualityDimension
	Values    []string // numbers of providers, gates and accounts; else as they are written
}

// check refuses a name where there are numbers: MariaDB would take it for 0.
func (w *QualityWhere) check() error {
	switch w.Dimension {
	case ByProvider, ByGate, ByAccount:
	default: // text, or nothing that there is
		return nil
	}
	for _, v := range w.Values {
		if _, err := strconv.ParseInt(v, 10, 64); err != nil {
			return &FieldError{Field: string(w.Dimension), Text: fmt.Sprintf("want numbers, not %q", v)}
		}
	}
	return nil
}

// QualityReport is what a query is answered with.
type QualityReport struct {
	From, To time.Time    // what it is of: more than was asked for where only larger buckets are kept
	Grain    QualityGrain // of the rows: a longer one than was asked for where the buckets of that are forgotten
	Cube     string       // the table that it is from
	Rows     []QualityRow
}

// QualityRow is the quality of one combination of the dimensions at one time.
type QualityRow struct {
	At       time.Time // zero: of all of the time
	Values   []string  // as many as there are dimensions, in their order; numbers where names have one
	Measures quality.Measures
}

// QualityReport sums up rollups: those of the smallest table that knows what is
// asked for, and of it the longest buckets that are up to date.
func (d *DB) QualityReport(ctx context.Context, q QualityQuery) (report QualityReport, err error) {
	err = d.readQuality(ctx, func(tx *sql.Tx) (err error) {
		report, err = q.report(ctx, tx)
		return err
	})
	return report, err
}

// readQuality reads in one snapshot: a day that is counted meanwhile is neither
// missed nor seen twice.
func (d *DB) readQuality(ctx context.Context, read func(tx *sql.Tx) error) error {
	err := inTx(ctx, d.calls, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, read)
	if field, ok := errors.AsType[*FieldError](err); ok {
		return field
	}
	return listing("quality report", err)
}

// report is what the query finds.
func (q *QualityQuery) report(ctx context.Context, tx *sql.Tx) (QualityReport, error) {
	s, err := q.prepare(ctx, tx)
	if err != nil {
		return QualityReport{}, err
	}
	report := s.answer()
	if report.Rows, err = s.rows(ctx, tx); err != nil || q.Limit == 0 || len(report.Rows) <= q.Limit {
		return report, err
	}
	report.Rows = report.Rows[:q.Limit]
	return report, nil
}

// LongestReport bounds the time that people ask of: a year and the days to compare with.
const LongestReport = 400 * 24 * time.Hour

// qualityDimensions are all of them, in words.
const qualityDimensions = "provider, tier, gate, server, account, country, a_country, prefix or network"

// known says whether there is such a dimension.
func (d QualityDimension) known() bool {
	return slices.ContainsFunc(qualityCubes(), func(c qualityCube) bool { return slices.Contains(c.keys, d) })
}

// cube is the smallest one that has all that is asked for.
func (q *QualityQuery) cube() (*qualityCube, error) {
	want := slices.Clone(q.By)
	for _, w := range q.Where {
		if err := w.check(); err != nil {
			return nil, err
		}
		want = append(want, w.Dimension)
	}
	if q.Apart != nil {
		want = append(want, q.Apart.By...)
	}
	for i, by := range q.By {
		if slices.Contains(q.By[:i], by) {
			return nil, &FieldError{Field: "by", Text: fmt.Sprintf("has %s twice", by)}
		}
	}
	for _, c := range qualityCubes() {
		if !slices.ContainsFunc(want, func(d QualityDimension) bool { return !slices.Contains(c.keys, d) }) {
			return &c, nil
		}
	}
	for _, d := range want {
		if !d.known() {
			return nil, &FieldError{Field: "by", Text: fmt.Sprintf("has no %q; take %s", d, qualityDimensions)}
		}
	}
	return nil, &FieldError{Field: "by", Text: apart(want)}
}

// apart says which dimensions are not added up together.
func apart(want []QualityDimension) string {
	switch {
	case slices.Contains(want, ByACountry):
		return "a_country goes alone: where callers are is added up over all routes; list the calls"
	case slices.Contains(want, ByAccount):
		return "account goes with country alone: what accounts send over single routes is not added up; list their calls"
	}
	return "server goes with provider, tier and gate alone: what servers send to single destinations is not added up; list their calls"
}
