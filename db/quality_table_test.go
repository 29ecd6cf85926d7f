package db_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tandem/db"
	"tandem/quality"
)

// qualityOfRandomCalls is a database with so many random calls, counted.
func qualityOfRandomCalls(t *testing.T, n int, seed uint64) (b bundle, from, to time.Time) {
	t.Helper()
	b = migrated(t)
	b.funded(2, "1000.00")
	r := rand.New(rand.NewPCG(seed, 1))
	from = at("2026-03-01 00:00:00")
	for i := range n {
		b.write(randomCall(r, strconv.Itoa(i), from, 60*time.Hour)...)
	}
	b.roll()
	return b, from, from.Add(72 * time.Hour)
}

func (b bundle) qualityTable(q db.QualityTableQuery) db.QualityTable {
	b.t.Helper()
	v, err := b.QualityTable(b.t.Context(), q)
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

// Whatever it is sorted by, a part of the lines is the first of all of them, and
// with the rest it is all there is.
func TestQualityTableOrder(t *testing.T) {
	t.Parallel()
	b, from, to := qualityOfRandomCalls(t, 150, 11)
	for _, grain := range []db.QualityGrain{db.GrainTotal, db.GrainHour} {
		q := db.QualityQuery{By: []db.QualityDimension{db.ByProvider, db.ByPrefix}, From: from, To: to, Grain: grain}
		whole, err := b.QualityReport(t.Context(), q)
		if err != nil || len(whole.Rows) < 12 {
			t.Fatalf("%d lines, %v", len(whole.Rows), err)
		}
		for _, m := range quality.AllMeasures() {
			for _, largest := range []bool{true, false} {
				q.Sort, q.Limit = db.QualitySort{By: m, Largest: largest}, 7
				part := b.qualityTable(db.QualityTableQuery{QualityQuery: q})
				name := fmt.Sprintf("%s by %s, largest %t", grain, m, largest)
				if len(part.Rows) != 7 || int(part.RestLines) != len(whole.Rows)-7 {
					t.Fatalf("%s: %d lines and %d more of %d", name, len(part.Rows), part.RestLines, len(whole.Rows))
				}
				if part.Total != sumOfRows(whole.Rows) {
					t.Errorf("%s: total\n%+v want\n%+v", name, part.Total, sumOfRows(whole.Rows))
				}
				with := sumOfRows(part.Rows)
				if with.Merge(&part.Rest); with != part.Total {
					t.Errorf("%s: lines and rest are not the total", name)
				}
				want := valuesInOrder(whole.Rows, m, largest)[:7]
				if got := valuesOfRows(part.Rows, m); !slices.Equal(got, want) {
					t.Errorf("%s: %v, want %v", name, got, want)
				}
			}
		}
	}
}

func sumOfRows(rows []db.QualityRow) (m quality.Measures) {
	for i := range rows {
		m.Merge(&rows[i].Measures)
	}
	return m
}

func valuesOfRows(rows []db.QualityRow, m quality.Measure) []string {
	list := make([]string, len(rows))
	for i := range rows {
		v, ok := m.Value(&rows[i].Measures)
		list[i] = fmt.Sprint(v, ok)
	}
	return list
}

// valuesInOrder are what valuesOfRows should say; those without one are the last.
func valuesInOrder(rows []db.QualityRow, m quality.Measure, largest bool) []string {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(x, y db.QualityRow) int {
		a, has := m.Value(&x.Measures)
		b, also := m.Value(&y.Measures)
		switch {
		case has != also:
			return map[bool]int{true: -1, false: 1}[has]
		case largest:
			return cmp.Compare(b, a)
		}
		return cmp.Compare(a, b)
	})
	return valuesOfRows(rows, m)
}

// Lines with few bids are left out and told, and what is compared and drawn is what
// reports of those times say.
func TestQualityTableBeside(t *testing.T) {
	t.Parallel()
	b, from, _ := qualityOfRandomCalls(t, 150, 12)
	middle := from.Add(30 * time.Hour)
	by := []db.QualityDimension{db.ByProvider, db.ByTier}
	q := db.QualityTableQuery{
		QualityQuery: db.QualityQuery{By: by, From: middle, To: middle.Add(30 * time.Hour), MinBids: 10, Sort: db.QualitySort{By: quality.MeasureBids, Largest: true}, Limit: 100},
		BeforeFrom:   from, BeforeTo: middle, Spark: quality.MeasureASR,
	}
	v := b.qualityTable(q)
	all, err := b.QualityReport(t.Context(), db.QualityQuery{By: by, From: q.From, To: q.To})
	if err != nil {
		t.Fatal(err)
	}
	few := 0
	for i := range all.Rows {
		if all.Rows[i].Measures.Bids < 10 {
			few++
		}
	}
	if few == 0 || int(v.RestLines) != few || len(v.Rows) != len(all.Rows)-few || v.Total != sumOfRows(all.Rows) {
		t.Errorf("%d lines, %d left out, of %d with %d small ones", len(v.Rows), v.RestLines, len(all.Rows), few)
	}
	was, err := b.QualityReport(t.Context(), db.QualityQuery{By: by, From: from, To: middle})
	if err != nil {
		t.Fatal(err)
	}
	if v.WasTotal != sumOfRows(was.Rows) || len(v.Before.Rows) == 0 {
		t.Errorf("before: %+v, want %+v", v.WasTotal, sumOfRows(was.Rows))
	}
	for _, row := range v.Before.Rows {
		if !slices.ContainsFunc(was.Rows, func(w db.QualityRow) bool { return slices.Equal(w.Values, row.Values) && w.Measures == row.Measures }) ||
			!slices.ContainsFunc(v.Rows, func(w db.QualityRow) bool { return slices.Equal(w.Values, row.Values) }) {
			t.Errorf("before has %v: %+v", row.Values, row.Measures)
		}
	}
	for i := range v.Rows {
		var asr quality.Ratio
		for _, p := range v.Spark.Rows {
			if slices.Equal(p.Values, v.Rows[i].Values) {
				asr.Part, asr.Whole = asr.Part+p.Measures.Answers, asr.Whole+p.Measures.Seizures
			}
		}
		if asr != v.Rows[i].Measures.ASR() || v.SparkOf != db.GrainHour {
			t.Errorf("%v: the small line comes to %v, want %v", v.Rows[i].Values, asr, v.Rows[i].Measures.ASR())
		}
	}
	q.Grain = db.GrainHour
	for _, want := range []string{"compare: goes with", "spark: goes with"} {
		if _, err := b.QualityTable(t.Context(), q); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
		q.BeforeFrom = time.Time{}
	}
}

// Cells of a heat map and points of a series are what reports say.
func TestQualityHeatmapAndSeries(t *testing.T) {
	t.Parallel()
	b, from, to := qualityOfRandomCalls(t, 120, 13)
	where := []db.QualityWhere{{Dimension: db.ByTier, Values: []string{"cli", ""}}}
	h, err := b.QualityHeatmap(t.Context(), db.QualityHeatmapQuery{Rows: db.ByProvider, Columns: db.ByCountry, Where: where, From: from, To: to, MaxRows: 2, MaxColumn: 2})
	if err != nil || len(h.Rows.Rows) != 2 || len(h.Columns.Rows) != 2 || len(h.Cells.Rows) != 4 {
		t.Fatalf("%+v, %v", h, err)
	}
	all, err := b.QualityReport(t.Context(), db.QualityQuery{By: []db.QualityDimension{db.ByProvider, db.ByCountry}, Where: where, From: from, To: to})
	if err != nil {
		t.Fatal(err)
	}
	for _, cell := range h.Cells.Rows {
		if !slices.ContainsFunc(all.Rows, func(r db.QualityRow) bool { return slices.Equal(r.Values, cell.Values) && r.Measures == cell.Measures }) {
			t.Errorf("%v: %+v", cell.Values, cell.Measures)
		}
	}
	if _, err := b.QualityHeatmap(t.Context(), db.QualityHeatmapQuery{Rows: db.ByTier, Columns: db.ByTier, From: from, To: to}); err == nil {
		t.Error("a dimension against itself")
	}

	q := db.QualitySeriesQuery{By: []db.QualityDimension{db.ByProvider}, Where: where, From: from.Add(24 * time.Hour), To: to, Grain: db.GrainHour, Top: 2, BeforeFrom: from}
	s, err := b.QualitySeries(t.Context(), q)
	if err != nil || len(s.At) != 48 || len(s.WasAt) != 48 || len(s.Lines) != 2 {
		t.Fatalf("%d and %d points of %d lines, %v", len(s.At), len(s.WasAt), len(s.Lines), err)
	}
	for _, l := range s.Lines {
		var now, was quality.Measures
		gaps := 0
		for i, p := range l.Points {
			if p == nil {
				gaps++
				continue
			}
			now.Merge(p)
			one, err := b.QualityReport(t.Context(), db.QualityQuery{By: q.By, Where: append([]db.QualityWhere{{Dimension: db.ByProvider, Values: l.Values}}, where...), From: s.At[i], To: s.At[i].Add(time.Hour)})
			if err != nil || i < 5 && (len(one.Rows) != 1 || one.Rows[0].Measures != *p) {
				t.Errorf("%v at %s: %v", l.Values, s.At[i], err)
			}
		}
		if gaps == 0 || now != l.Total {
			t.Errorf("%v: %d gaps, points come to %+v, want %+v", l.Values, gaps, now, l.Total)
		}
		for _, p := range l.Was {
			if p != nil {
				was.Merge(p)
			}
		}
		if was.Bids == 0 || was == now {
			t.Errorf("%v: before %+v", l.Values, was)
		}
	}
	// What the lines leave is one line, and with them it is all there is.
	whole, err := b.QualityReport(t.Context(), db.QualityQuery{Where: where, From: q.From, To: q.To, Grain: db.GrainHour})
	if err != nil || s.Rest == nil || s.Rest.Total.Bids == 0 || len(s.Rest.Points) != len(s.At) {
		t.Fatalf("the rest: %+v, %v", s.Rest, err)
	}
	for _, row := range whole.Rows {
		var sum quality.Measures
		n := slices.Index(s.At, row.At.UTC())
		for _, l := range append(slices.Clone(s.Lines), *s.Rest) {
			if p := l.Points[n]; p != nil {
				sum.Merge(p)
			}
		}
		if sum != row.Measures {
			t.Errorf("at %s lines and rest are\n%+v want\n%+v", row.At, sum, row.Measures)
		}
	}
	q.Top = 20
	if s, err := b.QualitySeries(t.Context(), q); err != nil || s.Rest != nil {
		t.Errorf("nothing is left, and the rest is %+v, %v", s.Rest, err)
	}
	q.Top = 3 // as many as there are
	if s, err := b.QualitySeries(t.Context(), q); err != nil || len(s.Lines) != 3 || s.Rest != nil {
		t.Errorf("%d lines, rest %+v, %v", len(s.Lines), s.Rest, err)
	}
	q.By = nil
	if s, err := b.QualitySeries(t.Context(), q); err != nil || len(s.Lines) != 1 || s.Rest != nil {
		t.Errorf("one line of all, rest %+v, %v", s.Rest, err)
	}
	q.Grain = db.GrainFiveMinutes
	q.From, q.To = from, from.Add(30*24*time.Hour)
	if _, err := b.QualitySeries(t.Context(), q); err == nil || !strings.HasPrefix(err.Error(), "grain: has 8640 points") {
		t.Errorf("a month of five minutes: %v", err)
	}
}

// Names stand for all who have them.
func TestNumberQuality(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.exec("INSERT INTO currency (id, iso, name_en, numcode) VALUES (1, 'EUR', 'euro', 978)")
	for id, name := range map[int]string{7: "VoxBeam", 8: "9", 9: "Other"} {
		b.exec("INSERT INTO providers (id, providername, currency_id) VALUES (?, ?, 1)", id, name)
	}
	list, err := b.NumberQuality(t.Context(), []db.QualityWhere{{Dimension: db.ByProvider, Values: []string{"voxbeam", "9"}}, {Dimension: db.ByCountry, Values: []string{"RU"}}})
	if err != nil || fmt.Sprint(list) != "[{provider [7 9]} {country [RU]}]" {
		t.Errorf("%v, %v", list, err)
	}
	none, err := b.NumberQuality(t.Context(), []db.QualityWhere{{Dimension: db.ByGate, Values: []string{"-"}}, {Dimension: db.ByCountry, Values: []string{"-", "RU"}}})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "what has none", []db.QualityWhere{{Dimension: db.ByGate, Values: []string{"0"}}, {Dimension: db.ByCountry, Values: []string{"", "RU"}}}, none)
	if _, err := b.NumberQuality(t.Context(), []db.QualityWhere{{Dimension: db.ByAccount, Values: []string{"nobody"}}}); err == nil || err.Error() != `account: there is no "nobody"; want a name, or a number` {
		t.Errorf("%v", err)
	}
	for value, want := range map[string]string{
		"country=Россия": "country: want a country", "a_country=ru": "a_country: want a country", "prefix=Ж": "prefix: want up to 7 digits", "prefix=79161234": "prefix: want up to 7 digits",
		"tier=gold": "tier: want noncli", "provider=-5": "provider: want an id", "network=a\nb": "network: no line ends", "colour=red": "colour: cannot be picked by; take provider",
	} {
		what, value, _ := strings.Cut(value, "=")
		if _, err := b.NumberQuality(t.Context(), []db.QualityWhere{{Dimension: db.QualityDimension(what), Values: []string{value}}}); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s=%s: %v, want %s", what, value, err, want)
		}
	}
}
