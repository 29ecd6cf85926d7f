package view

import (
	"context"
	"time"

	"tandem/db"
	"tandem/quality"
)

// QualitySide is a row or a column of a heat map.
type QualitySide struct {
	Value string `json:"value" doc:"Number of a provider, gate or account, else as written; empty: not known"`
	Name  string `json:"name,omitempty"`

	QualityFigures

	Before  *QualityFigures   `json:"before,omitempty" doc:"The same of the time to compare with; without bids there: all 0"`
	Changed map[string]string `json:"changed,omitempty" doc:"By measure: better or worse, where the two times differ with 95 % confidence; up or down of measures that are neither good nor bad"`
}

// QualityCell is where a row and a column met.
type QualityCell struct {
	Row    int `json:"row" doc:"Its place in rows, from 0"`
	Column int `json:"column"`

	QualityFigures

	Before  *QualityFigures   `json:"before,omitempty" doc:"As that of rows"`
	Changed map[string]string `json:"changed,omitempty" doc:"As that of rows"`
	Behind  string            `json:"behind" doc:"Path and query of the list of attempts that the cell is of"`
}

// QualityHeatmap is two dimensions against each other.
type QualityHeatmap struct {
	From     time.Time     `json:"from"`
	To       time.Time     `json:"to"`
	Currency string        `json:"currency,omitempty" doc:"Base currency"`
	Rows     []QualitySide `json:"rows" nullable:"false" doc:"The busiest first"`
	Columns  []QualitySide `json:"columns" nullable:"false" doc:"The busiest first"`
	Cells    []QualityCell `json:"cells" nullable:"false" doc:"Those with bids"`
	Bids     int64         `json:"bids" doc:"Of all rows and columns; where the limits leave some out, the cells come to less"`
	Before   *QualitySpan  `json:"before,omitempty" doc:"The time to compare with"`
}

// QualitySpan is a time that figures are of.
type QualitySpan struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// NewQualityHeatmap is a heat map with names beside numbers.
func NewQualityHeatmap(ctx context.Context, q *db.QualityHeatmapQuery, h *db.QualityHeatmap, levels Thresholds, names *db.Names) (QualityHeatmap, error) {
	v := QualityHeatmap{From: h.From, To: h.To, Bids: h.Bids, Cells: make([]QualityCell, 0, len(h.Cells.Rows))}
	var err error
	if v.Rows, err = qualitySides(ctx, q.Rows, h.Rows.Rows, levels, names); err != nil {
		return v, err
	}
	if v.Columns, err = qualitySides(ctx, q.Columns, h.Columns.Rows, levels, names); err != nil {
		return v, err
	}
	rows, columns := places(h.Rows.Rows), places(h.Columns.Rows)
	behind := Behind{Where: q.Where, From: h.From, To: h.To}
	for i := range h.Cells.Rows {
		c := &h.Cells.Rows[i]
		v.Cells = append(v.Cells, QualityCell{
			Row: rows[c.Values[0]], Column: columns[c.Values[1]], QualityFigures: QualityFiguresOf(&c.Measures, levels),
			Behind: behind.Line([]db.QualityDimension{q.Rows, q.Columns}, c.Values, time.Time{}, db.GrainTotal),
		})
	}
	if h.Before != nil {
		v.compare(h, levels)
	}
	return v, nil
}

// compare puts the other time beside each row, column and cell.
func (v *QualityHeatmap) compare(h *db.QualityHeatmap, levels Thresholds) {
	v.Before = &QualitySpan{From: h.Before.From, To: h.Before.To}
	beside(h.Rows.Rows, h.Before.Rows.Rows, levels, func(i int, before *QualityFigures, changed map[string]string) {
		v.Rows[i].Before, v.Rows[i].Changed = before, changed
	})
	beside(h.Columns.Rows, h.Before.Columns.Rows, levels, func(i int, before *QualityFigures, changed map[string]string) {
		v.Columns[i].Before, v.Columns[i].Changed = before, changed
	})
	beside(h.Cells.Rows, h.Before.Cells.Rows, levels, func(i int, before *QualityFigures, changed map[string]string) {
		v.Cells[i].Before, v.Cells[i].Changed = before, changed
	})
}

func qualitySides(ctx context.Context, by db.QualityDimension, rows []db.QualityRow, levels Thresholds, names *db.Names) ([]QualitySide, error) {
	if err := loadQualityNames(ctx, []db.QualityDimension{by}, rows, names); err != nil {
		return nil, err
	}
	list := make([]QualitySide, len(rows))
	for i := range rows {
		value := rows[i].Values[0]
		list[i] = QualitySide{Value: value, Name: qualityName(by, value, names), QualityFigures: QualityFiguresOf(&rows[i].Measures, levels)}
	}
	return list, nil
}

func places(rows []db.QualityRow) map[string]int {
	list := make(map[string]int, len(rows))
	for i := range rows {
		list[rows[i].Values[0]] = i
	}
	return list
}

// QualitySeriesLine is one line in time.
type QualitySeriesLine struct {
	By     map[string]string `json:"by"`
	Name   map[string]string `json:"name,omitempty"`
	Total  QualityFigures    `json:"total"`
	Points []*QualityFigures `json:"points" nullable:"false" doc:"One for each of at; null: no bids"`
	Before []*QualityFigures `json:"before,omitempty" doc:"One for each of before_at"`
	Behind string            `json:"behind" doc:"Path and query of the list of attempts of all the time; put other times in for those of a point"`
}

// QualitySeries is how quality went.
type QualitySeries struct {
	From     time.Time           `json:"from"`
	To       time.Time           `json:"to"`
	Currency string              `json:"currency,omitempty" doc:"Base currency"`
	Grain    db.QualityGrain     `json:"grain" enum:"5m,hour,day" doc:"Of the points: a longer one than was asked for where the figures of shorter times, or of those of before, are forgotten"`
	At       []time.Time         `json:"at" nullable:"false" doc:"When each point begins"`
	BeforeAt []time.Time         `json:"before_at,omitempty" doc:"When the points of before begin"`
	Lines    []QualitySeriesLine `json:"lines" nullable:"false" doc:"The busiest first"`
	Rest     *QualitySeriesRest  `json:"rest,omitempty" doc:"Of all that top left out, as one line"`
}

// QualitySeriesRest is the line of those that are not shown.
type QualitySeriesRest struct {
	Total  QualityFigures    `json:"total"`
	Points []*QualityFigures `json:"points" nullable:"false" doc:"One for each of at; null: no bids"`
}

// NewQualitySeries is a series with names beside numbers.
func NewQualitySeries(ctx context.Context, q *db.QualitySeriesQuery, s *db.QualitySeries, levels Thresholds, names *db.Names) (QualitySeries, error) {
	rows := make([]db.QualityRow, len(s.Lines))
	for i := range s.Lines {
		rows[i].Values = s.Lines[i].Values
	}
	if err := loadQualityNames(ctx, q.By, rows, names); err != nil {
		return QualitySeries{}, err
	}
	v := QualitySeries{From: s.From, To: s.To, Grain: s.Grain, At: append([]time.Time{}, s.At...), BeforeAt: s.WasAt, Lines: []QualitySeriesLine{}}
	behind := Behind{Where: q.Where, From: s.From, To: s.To}
	for i := range s.Lines {
		l := &s.Lines[i]
		line := QualitySeriesLine{Total: QualityFiguresOf(&l.Total, levels), Points: points(l.Points, levels)}
		line.By, line.Name = qualityKeys(q.By, l.Values, names)
		line.Behind = behind.Line(q.By, l.Values, time.Time{}, db.GrainTotal)
		if l.Was != nil {
			line.Before = points(l.Was, levels)
		}
		v.Lines = append(v.Lines, line)
	}
	if s.Rest != nil {
		v.Rest = &QualitySeriesRest{QualityFiguresOf(&s.Rest.Total, levels), points(s.Rest.Points, levels)}
	}
	return v, nil
}

func points(list []*quality.Measures, levels Thresholds) []*QualityFigures {
	of := make([]*QualityFigures, len(list))
	for i, m := range list {
		if m != nil {
			of[i] = new(QualityFiguresOf(m, levels))
		}
	}
	return of
}
