package db_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tandem/db"
	"tandem/quality"
)

// forgetful is a database whose five minutes are there for three days, and hours for
// six, with calls before and behind both bounds.
func forgetful(t *testing.T) (b bundle, today time.Time) {
	t.Helper()
	b = migrated(t)
	b.funded(2, "1000.00")
	now, err := b.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	today = now.Truncate(24 * time.Hour)
	r := rand.New(rand.NewPCG(16, 16))
	for day := 1; day <= 8; day++ {
		for i := range 25 {
			b.write(randomCall(r, fmt.Sprintf("%d.%d", day, i), today.AddDate(0, 0, -day).Add(12*time.Hour), 5*time.Hour)...)
		}
	}
	for i := range 25 { // beside the bound of five minutes
		b.write(randomCall(r, fmt.Sprint("night.", i), today.AddDate(0, 0, -3).Add(-2*time.Hour), 4*time.Hour)...)
	}
	b.roll()
	if n, err := b.ForgetQuality(t.Context(), db.QualityKeep{FiveMinutes: 3 * 24 * time.Hour, Hours: 6 * 24 * time.Hour}); err != nil || n == 0 {
		t.Fatalf("%d, %v", n, err)
	}
	return b, today
}

// sqlOf is when a row begins.
func sqlOf(grain db.QualityGrain) string {
	return map[db.QualityGrain]string{
		db.GrainDay:         "CAST(TIMESTAMP(DATE(started_at)) AS CHAR)",
		db.GrainHour:        "CAST(TIMESTAMP(DATE(started_at), MAKETIME(HOUR(started_at), 0, 0)) AS CHAR)",
		db.GrainFiveMinutes: "CAST(TIMESTAMP(DATE(started_at), MAKETIME(HOUR(started_at), MINUTE(started_at) DIV 5 * 5, 0)) AS CHAR)",
	}[grain]
}

// Where the buckets of a grain are forgotten rows are longer, and say so: each is
// all of its time, and none stands for a shorter one.
func TestQualityGrainOfForgotten(t *testing.T) {
	t.Parallel()
	b, today := forgetful(t)
	day := func(ago int) time.Time { return today.AddDate(0, 0, -ago) }
	for _, c := range []struct {
		from, to    time.Time
		grain, want db.QualityGrain
	}{
		{day(1).Add(13*time.Hour + 35*time.Minute), day(1).Add(15 * time.Hour), db.GrainFiveMinutes, db.GrainFiveMinutes},
		{day(4).Add(13*time.Hour + 35*time.Minute), day(4).Add(15*time.Hour + 5*time.Minute), db.GrainFiveMinutes, db.GrainHour},
		{day(3).Add(-90 * time.Minute), day(3).Add(70 * time.Minute), db.GrainFiveMinutes, db.GrainHour},
		{day(7).Add(13 * time.Hour), day(7).Add(14 * time.Hour), db.GrainFiveMinutes, db.GrainDay},
		{day(7).Add(13 * time.Hour), day(2), db.GrainHour, db.GrainDay},
		{day(5).Add(13 * time.Hour), day(1), db.GrainHour, db.GrainHour},
	} {
		q := db.QualityQuery{By: []db.QualityDimension{db.ByProvider}, From: c.from, To: c.to, Grain: c.grain}
		report, err := b.QualityReport(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("%s of %s to %s", c.grain, c.from, c.to)
		if report.Grain != c.want || !report.From.Equal(report.Grain.Begin(c.from)) || len(report.Rows) == 0 {
			t.Errorf("%s: %d rows of %s from %s, want %s", name, len(report.Rows), report.Grain, report.From, c.want)
		}
		if want, got := b.slowQuality(q.By, "", report.From, report.To, sqlOf(c.want)), reportLines(&report); !slices.Equal(want, got) {
			t.Errorf("%s:\n%v\nwant\n%v", name, got, want)
		}
		if v := b.qualityTable(db.QualityTableQuery{QualityQuery: q}); v.Grain != c.want {
			t.Errorf("%s: the table says %s", name, v.Grain)
		}
	}
	q := db.QualityTableQuery{QualityQuery: db.QualityQuery{By: []db.QualityDimension{db.ByProvider}, From: day(4).Add(13 * time.Hour), To: day(4).Add(16 * time.Hour)}, Spark: quality.MeasureASR}
	v := b.qualityTable(q)
	if v.Grain != db.GrainTotal || v.SparkOf != db.GrainHour || len(v.Spark.Rows) == 0 {
		t.Errorf("small lines of %s in a table of %s, %d points", v.SparkOf, v.Grain, len(v.Spark.Rows))
	}
}

// Points of two times stand beside each other: if one of both is told by longer
// buckets only, both are, and each point has all of its time.
func TestQualitySeriesOfForgotten(t *testing.T) {
	t.Parallel()
	b, today := forgetful(t)
	from := today.AddDate(0, 0, -1).Add(13*time.Hour + 35*time.Minute)
	for _, c := range []struct {
		back        int // days; 0: nothing beside it
		ago         int // days more
		grain, want db.QualityGrain
	}{
		{0, 0, db.GrainFiveMinutes, db.GrainFiveMinutes},
		{1, 0, db.GrainFiveMinutes, db.GrainFiveMinutes},
		{3, 0, db.GrainFiveMinutes, db.GrainHour},
		{0, 3, db.GrainFiveMinutes, db.GrainHour},
		{0, 3, db.GrainTotal, db.GrainHour}, // of its own choice
		{6, 0, db.GrainFiveMinutes, db.GrainDay},
		{6, 0, db.GrainHour, db.GrainDay},
		{1, 6, db.GrainHour, db.GrainDay},
	} {
		q := db.QualitySeriesQuery{By: []db.QualityDimension{db.ByProvider}, From: from.AddDate(0, 0, -c.ago), Grain: c.grain, Top: 20}
		q.To = q.From.Add(2 * time.Hour)
		if c.back > 0 {
			q.BeforeFrom = q.From.AddDate(0, 0, -c.back)
		}
		s, err := b.QualitySeries(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if s.Grain != c.want || !s.At[0].Equal(s.Grain.Begin(q.From)) {
			t.Errorf("%+v: %s from %s", c, s.Grain, s.At[0])
			continue
		}
		b.pointsAgree(s.At, s.Grain, s.Lines, func(l db.QualitySeriesLine) []*quality.Measures { return l.Points })
		for _, l := range s.Lines {
			if sum := sumOfPoints(l.Points); sum != l.Total {
				t.Errorf("%+v: points of %v have %d bids, the total %d", c, l.Values, sum.Bids, l.Total.Bids)
			}
		}
		if c.back == 0 {
			continue
		}
		if len(s.WasAt) != len(s.At) || !s.WasAt[0].Equal(s.At[0].AddDate(0, 0, -c.back)) {
			t.Errorf("%+v: at %v, before %v", c, s.At, s.WasAt)
			continue
		}
		b.pointsAgree(s.WasAt, s.Grain, s.Lines, func(l db.QualitySeriesLine) []*quality.Measures { return l.Was })
	}
}

// pointsAgree holds points against the slow query of exactly their time.
func (b bundle) pointsAgree(at []time.Time, grain db.QualityGrain, lines []db.QualitySeriesLine, of func(db.QualitySeriesLine) []*quality.Measures) {
	b.t.Helper()
	by := []db.QualityDimension{db.ByProvider}
	for n, from := range at {
		points := db.QualityReport{}
		for _, l := range lines {
			if p := of(l)[n]; p != nil {
				points.Rows = append(points.Rows, db.QualityRow{Values: l.Values, Measures: *p})
			}
		}
		if want, got := b.slowQuality(by, "", from, from.Add(grain.Length()), "''"), reportLines(&points); !slices.Equal(want, got) {
			b.t.Errorf("%s at %s:\n%v\nwant\n%v", grain, from, got, want)
		}
	}
}

func sumOfPoints(points []*quality.Measures) (m quality.Measures) {
	for _, p := range points {
		if p != nil {
			m.Merge(p)
		}
	}
	return m
}
