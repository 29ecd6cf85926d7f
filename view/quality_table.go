package view

import (
	"context"
	"fmt"
	"time"

	"tandem/db"
	"tandem/quality"
)

// NewQualityTable is a report with names beside numbers, with what it is compared
// with, how it went, and what is behind each line.
func NewQualityTable(ctx context.Context, q *db.QualityTableQuery, t *db.QualityTable, levels Thresholds, names *db.Names) (Quality, error) {
	if err := loadQualityNames(ctx, q.By, t.Rows, names); err != nil {
		return Quality{}, err
	}
	v := Quality{From: t.From, To: t.To, Grain: t.Grain, Total: QualityFiguresOf(&t.Total, levels), Lines: make([]QualityLine, 0, len(t.Rows))}
	behind := Behind{Where: q.Where, From: t.From, To: t.To}
	for i := range t.Rows {
		row := &t.Rows[i]
		l := QualityLine{QualityFigures: QualityFiguresOf(&row.Measures, levels)}
		l.By, l.Name = qualityKeys(q.By, row.Values, names)
		if !row.At.IsZero() {
			l.From = &row.At
		}
		l.Behind = behind.Line(q.By, row.Values, row.At, t.Grain)
		v.Lines = append(v.Lines, l)
	}
	if t.RestLines > 0 {
		v.Rest = &QualityRest{Lines: t.RestLines, QualityFigures: QualityFiguresOf(&t.Rest, levels)}
	}
	if t.Before != nil {
		v.compare(t, levels)
	}
	if t.Spark != nil {
		v.spark(q.Spark, t)
	}
	return v, nil
}

// compare puts the other time beside each line.
func (v *Quality) compare(t *db.QualityTable, levels Thresholds) {
	v.Before = &QualityBefore{From: t.Before.From, To: t.Before.To, Total: QualityFiguresOf(&t.WasTotal, levels)}
	beside(t.Rows, t.Before.Rows, levels, func(i int, before *QualityFigures, changed map[string]string) {
		v.Lines[i].Before, v.Lines[i].Changed = before, changed
	})
}

// beside tells what each row was at another time, and in what it differs; nothing
// is known of a row that was not there: all 0.
func beside(now, was []db.QualityRow, levels Thresholds, tell func(i int, before *QualityFigures, changed map[string]string)) {
	measures := make(map[string]*quality.Measures, len(was))
	for i := range was {
		measures[keyText(was[i].Values)] = &was[i].Measures
	}
	for i := range now {
		m := measures[keyText(now[i].Values)]
		if m == nil {
			m = &quality.Measures{}
		}
		tell(i, new(QualityFiguresOf(m, levels)), changed(&now[i].Measures, m))
	}
}

// keyText is a combination of values as one that maps know.
func keyText(values []string) string { return fmt.Sprintf("%q", values) }

// changed says which measures differ, and in which direction.
func changed(now, before *quality.Measures) map[string]string {
	var list map[string]string
	for _, x := range quality.AllMeasures() {
		up, differs := x.Differs(now, before)
		if !differs {
			continue
		}
		if list == nil {
			list = map[string]string{}
		}
		word := map[bool]string{true: "up", false: "down"}[up]
		if w := x.Worse(); w != "" {
			word = map[bool]string{true: "worse", false: "better"}[up == (w == quality.WorseAbove)]
		}
		list[string(x)] = word
	}
	return list
}

// spark puts the values in time beside each line.
func (v *Quality) spark(m quality.Measure, t *db.QualityTable) {
	v.Spark = &QualitySpark{Measure: m, Unit: m.Unit(), Grain: t.SparkOf, At: []time.Time{}}
	index := map[time.Time]int{}
	for at := t.SparkOf.Begin(t.Spark.From); at.Before(t.Spark.To); at = at.Add(t.SparkOf.Length()) {
		index[at] = len(v.Spark.At)
		v.Spark.At = append(v.Spark.At, at)
	}
	lines := map[string]*QualityLine{}
	for i := range v.Lines {
		v.Lines[i].Spark = make([]*int64, len(v.Spark.At))
		lines[keyText(t.Rows[i].Values)] = &v.Lines[i]
	}
	for i := range t.Spark.Rows {
		row := &t.Spark.Rows[i]
		line := lines[keyText(row.Values)]
		if n, ok := index[row.At.UTC()]; ok && line != nil {
			line.Spark[n] = pointerTo(m.Value(&row.Measures))
		}
	}
}
