package callflow_test

import (
	"testing"
	"time"

	"tandem/callflow"
	"tandem/internal/e164"
	"tandem/quality"
	"tandem/routing"
)

// A node that starts with the rollups of the last hours does not learn again, at
// the callers' expense, that the cheaper carrier fails.
func TestPrimedLessons(t *testing.T) {
	t.Parallel()
	good := func(int64) attempt { return answered }
	if x := newPupil(t); x.cheap(100, good) < 90 {
		t.Fatal("with nothing known, routes do not go by cost")
	}
	x := newPupil(t)
	past := func(back time.Duration, provider int64, m quality.Measures) {
		m.PDD[10] = m.Bids
		x.Lessons.Prime(x.Snapshot(), &callflow.Past{At: x.at.Add(-back), ProviderID: provider, Tier: routing.TierCLI, Prefix: "7343", Measures: m})
	}
	for back := time.Hour; back > 0; back -= 2 * time.Minute {
		past(back, 1, quality.Measures{Bids: 10, Answers: 2, Short: 2, Blamed: quality.Blamed{Called: 7, Us: 1}}) // it rings into nothing
		past(back, 2, quality.Measures{Bids: 10, Answers: 6, Blamed: quality.Blamed{Route: 4}})
	}
	past(0, 2, quality.Measures{Bids: 5, Blamed: quality.Blamed{Us: 5}}) // says nothing
	past(0, 4711, quality.Measures{Bids: 300})                           // a provider that is gone
	one, two := x.known(1), x.known(2)
	near := func(v quality.Share, percent int64) bool {
		return v > quality.Share(percent-15)*10_000 && v < quality.Share(percent+15)*10_000
	}
	if one.Expected > 100_000 || !near(two.Expected, 60) || !near(one.Ended, 99) || !near(two.Ended, 60) || one.Wait < 300 {
		t.Errorf("known of the cheaper one %+v\nof the other %+v", one, two)
	}
	if n := x.cheap(100, good); n > 20 {
		t.Errorf("%d of 100 calls went to the carrier that was known to fail", n)
	}
	if e := x.evidence.Explain(&quality.Call{B: e164.Number("4420712345"), At: x.at}, []quality.Offer{{Key: routing.Key{ProviderID: 4711, Tier: routing.TierCLI}, Cost: 1}}); e[0].Calls != 0 {
		t.Errorf("of a provider that is gone: %+v", e[0])
	}
}
