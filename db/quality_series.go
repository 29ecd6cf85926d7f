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
	Grain    QualityGrain
	At       []time.Time // every point of time, also those without bids
	WasAt    []time.Time // those of before, one beside each
	Lines    []QualitySeriesLine
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
		s = QualitySeries{Grain: q.Grain}
		return s.read(ctx, tx, &q, level)
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

func (s *QualitySeries) read(ctx context.Context, tx *sql.Tx, q *QualitySeriesQuery, level qualityLevel) error {
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
	if q.BeforeFrom.IsZero() {
		return nil
	}
	in.To = in.To.Add(q.BeforeFrom.Sub(in.From))
	in.From = q.BeforeFrom
	was, err := in.report(ctx, tx)
	if err != nil {
		return err
	}
	s.WasAt = level.points(in.From, in.To)
	s.place(was.Rows, s.WasAt, func(l *QualitySeriesLine) *[]*quality.Measures { return &l.Was })
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
