package db

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"tandem/quality"
)

// QualitySeriesQuery asks how quality went.
type QualitySeriesQuery struct {
	By       []QualityDimension
	Where    []QualityWhere
	From, To time.Time
	Grain    QualityGrain      // total: as fine as has few enough points
	Top      int               // lines, those with the most bids
	Measures []quality.Measure // that are wanted, but for the bids; nil: all
	// BeforeFrom is when the same length of time begins that stands beside it; zero: none.
	BeforeFrom time.Time
}

// QualitySeries is the answer.
type QualitySeries struct {
	From, To time.Time
	Grain    QualityGrain // a longer one than was asked for where the buckets of that are forgotten
	At       []time.Time  // every point of time, also those without bids
	WasAt    []time.Time  // those of before, one beside each
	Lines    []QualitySeriesLine
	Rest     *QualitySeriesLine // of what Top left out together; nil: nothing
}

// QualitySeriesLine is one line of it.
type QualitySeriesLine struct {
	Values []string // of By
	Total  quality.Measures
	Points []*quality.Measures // one for each At; nil: no bids
	Was    []*quality.Measures // nil: not asked for
}

// maxQualityPoints bounds the points of a line: two months of hours.
const maxQualityPoints = 1500

// QualitySeries reads lines in time, those with the most bids.
func (d *DB) QualitySeries(ctx context.Context, q QualitySeriesQuery) (s QualitySeries, err error) {
	if q.Grain == GrainTotal || q.Grain == "" {
		q.Grain = seriesGrain(q.To.Sub(q.From))
	}
	level, err := q.Grain.level()
	if err != nil {
		return s, err
	}
	if points := q.To.Sub(q.From) / level.length(); points > maxQualityPoints {
		return s, &FieldError{Field: "grain", Text: fmt.Sprintf("has %d points over that time, more than %d; take a longer one, or a shorter time", points, maxQualityPoints)}
	}
	err = d.readQuality(ctx, func(tx *sql.Tx) (err error) {
		of := q
		if err := of.coarsen(ctx, tx, level); err != nil {
			return err
		}
		s = QualitySeries{Grain: of.Grain}
		return s.read(ctx, tx, &of)
	})
	return s, err
}

// seriesGrain has at most 400 points up to a year.
func seriesGrain(over time.Duration) QualityGrain {
	switch {
	case over <= 26*time.Hour:
		return GrainFiveMinutes
	case over <= 16*24*time.Hour:
		return GrainHour
	}
	return GrainDay
}

// coarsen takes longer points where the buckets of those asked for are forgotten,
// of one of the two times: hours that stand on points of five minutes would be
// twelve times as high, and beside five minutes of another day they would say
// nothing. Both times then have whole points, as many of each.
func (q *QualitySeriesQuery) coarsen(ctx context.Context, tx *sql.Tx, level qualityLevel) error {
	longest, over := level, q.To.Sub(q.From)
	for _, from := range []time.Time{q.From, q.BeforeFrom} {
		if from.IsZero() {
			continue
		}
		plan, err := planQuality(ctx, tx, from, from.Add(over), level)
		if err != nil {
			return err
		}
		longest = plan.coarsest(longest)
	}
	if longest == level {
		return nil
	}
	q.Grain, q.From = longest.grain(), longest.bucket(q.From)
	if end := longest.bucket(q.To); end.Before(q.To) {
		q.To = end.Add(longest.length())
	}
	if !q.BeforeFrom.IsZero() {
		q.BeforeFrom = longest.bucket(q.BeforeFrom)
	}
	return nil
}

func (s *QualitySeries) read(ctx context.Context, tx *sql.Tx, q *QualitySeriesQuery) error {
	level, err := q.Grain.level()
	if err != nil {
		return err
	}
	top := QualityQuery{By: q.By, Where: q.Where, From: q.From, To: q.To, Limit: q.Top, Sort: QualitySort{By: quality.MeasureBids, Largest: true}, Measures: q.Measures}
	lines, err := top.report(ctx, tx)
	if err != nil {
		return err
	}
	s.From, s.To = lines.From, lines.To
	s.At = level.points(lines.From, lines.To)
	in := QualityQuery{By: q.By, Where: q.Where, From: q.From, To: q.To, Grain: q.Grain, Measures: q.Measures}
	if len(q.By) > 0 {
		in.Keys = keysOf(lines.Rows)
	}
	points, err := in.report(ctx, tx)
	if err != nil {
		return err
	}
	for i := range lines.Rows {
		s.Lines = append(s.Lines, QualitySeriesLine{Values: lines.Rows[i].Values, Total: lines.Rows[i].Measures})
	}
	s.place(points.Rows, s.At, func(l *QualitySeriesLine) *[]*quality.Measures { return &l.Points })
	if len(q.By) > 0 && len(lines.Rows) == q.Top {
		if err := s.rest(ctx, tx, &in); err != nil {
			return err
		}
	}
	if q.BeforeFrom.IsZero() {
		return nil
	}
	in.To = in.To.Add(q.BeforeFrom.Sub(in.From))
	in.From = q.BeforeFrom
	was, err := in.report(ctx, tx)
	if err != nil {
		return err
	}
	s.WasAt = level.points(was.From, was.To)
	s.place(was.Rows, s.WasAt, func(l *QualitySeriesLine) *[]*quality.Measures { return &l.Was })
	return nil
}

// rest is all that has none of the keys of the lines, as one line.
func (s *QualitySeries) rest(ctx context.Context, tx *sql.Tx, lines *QualityQuery) error {
	others := QualityQuery{Where: lines.Where, From: lines.From, To: lines.To, Grain: lines.Grain, Measures: lines.Measures, Apart: &QualityApart{By: lines.By, Keys: lines.Keys}}
	report, err := others.report(ctx, tx)
	if err != nil || len(report.Rows) == 0 {
		return err
	}
	of := QualitySeries{Lines: []QualitySeriesLine{{Values: []string{}, Total: mergeQuality(report.Rows)}}}
	of.place(report.Rows, s.At, func(l *QualitySeriesLine) *[]*quality.Measures { return &l.Points })
	s.Rest = &of.Lines[0]
	return nil
}

// points are the beginnings of all buckets of a time.
func (l qualityLevel) points(from, to time.Time) (list []time.Time) {
	for at := l.bucket(from); at.Before(to); at = at.Add(l.length()) {
		list = append(list, at)
	}
	return list
}

// place puts rows where their line has them.
func (s *QualitySeries) place(rows []QualityRow, at []time.Time, into func(*QualitySeriesLine) *[]*quality.Measures) {
	index := make(map[time.Time]int, len(at))
	for i, t := range at {
		index[t] = i
	}
	byKey := make(map[string]int, len(s.Lines))
	for i := range s.Lines {
		byKey[fmt.Sprintf("%q", s.Lines[i].Values)] = i
		*into(&s.Lines[i]) = make([]*quality.Measures, len(at))
	}
	for i := range rows {
		line, known := byKey[fmt.Sprintf("%q", rows[i].Values)]
		n, inside := index[rows[i].At.UTC()]
		if known && inside {
			(*into(&s.Lines[line]))[n] = &rows[i].Measures
		}
	}
}
