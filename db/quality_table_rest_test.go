package db_test

import (
	"testing"
	"time"

	"tandem/db"
	"tandem/internal/q850"
	"tandem/quality"
)

// Lines and rest are all there is, once, also when there is nothing to tell by and
// the one line has too few bids.
func TestQualityTableOfAll(t *testing.T) {
	t.Parallel()
	b, from, to := qualityOfRandomCalls(t, 40, 14)
	all := b.qualityTable(db.QualityTableQuery{QualityQuery: db.QualityQuery{From: from, To: to}}).Total
	if all.Bids < 20 {
		t.Fatalf("%+v", all)
	}
	for _, c := range []struct {
		grain       db.QualityGrain
		least       int64
		lines, rest int // -1: some
	}{
		{db.GrainTotal, 0, 1, 0},
		{db.GrainTotal, 1, 1, 0},
		{db.GrainTotal, all.Bids, 1, 0},
		{db.GrainTotal, all.Bids + 1, 0, 1},
		{db.GrainHour, 1, -1, 0},
		{db.GrainHour, 3, -1, -1},
		{db.GrainDay, all.Bids + 1, 0, -1},
	} {
		v := b.qualityTable(db.QualityTableQuery{QualityQuery: db.QualityQuery{From: from, To: to, Grain: c.grain, MinBids: c.least, Limit: 100}})
		sum := sumOfRows(v.Rows)
		sum.Merge(&v.Rest)
		if v.Total != all || sum != all {
			t.Errorf("%+v: the total has %d bids, lines and rest %d, want %d", c, v.Total.Bids, sum.Bids, all.Bids)
		}
		if c.lines >= 0 && len(v.Rows) != c.lines || c.rest >= 0 && v.RestLines != int64(c.rest) || c.lines < 0 && len(v.Rows) == 0 || c.rest < 0 && v.RestLines == 0 {
			t.Errorf("%+v: %d lines, %d left out", c, len(v.Rows), v.RestLines)
		}
	}
	none := b.qualityTable(db.QualityTableQuery{QualityQuery: db.QualityQuery{From: from.Add(-48 * time.Hour), To: from.Add(-24 * time.Hour), MinBids: 5, Limit: 100}})
	if len(none.Rows) != 0 || none.RestLines != 0 || none.Total != (quality.Measures{}) {
		t.Errorf("of a time without calls: %+v", none)
	}
}

// Causes of values that are not told are in the rest.
func TestQualityCausesRest(t *testing.T) {
	t.Parallel()
	b, from, to := qualityOfRandomCalls(t, 120, 15)
	for _, blame := range [][]q850.Blame{nil, {q850.BlameRoute}, {q850.BlameCaller, q850.BlameUs}} {
		q := db.QualityCausesQuery{From: from, To: to, By: db.ByProvider, Blame: blame, Groups: 50, Limit: 10_000}
		count := func() (bids int64, v db.QualityCauses) {
			t.Helper()
			v, err := b.QualityCauses(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range v.Lines {
				bids += l.Bids
			}
			return bids, v
		}
		all, v := count()
		if all == 0 || v.Rest != 0 || len(v.Groups) < 3 {
			t.Fatalf("%v: %d bids of %d groups, rest %d", blame, all, len(v.Groups), v.Rest)
		}
		for q.Groups = 1; q.Groups < 3; q.Groups++ {
			for _, q.Limit = range []int{2, 10_000} {
				if some, v := count(); len(v.Groups) != q.Groups || some+v.Rest != all || v.Total.Bids <= all {
					t.Errorf("%v, %d groups, limit %d: %d bids and %d more, want %d", blame, q.Groups, q.Limit, some, v.Rest, all)
				}
			}
		}
	}
}
