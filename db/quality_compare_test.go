package db_test

import (
	"testing"
	"time"

	"tandem/db"
)

// A report takes whole buckets: none of them may be in the time before, too.
func TestQualityEarlier(t *testing.T) {
	t.Parallel()
	from, to := at("2026-03-08 18:49:10"), at("2026-03-08 18:59:10")
	for compare, want := range map[string][2]time.Time{
		"before": {at("2026-03-08 18:30:00"), at("2026-03-08 18:45:00")}, // 18:45 to 19:00 is told
		"day":    {at("2026-03-07 18:49:10"), at("2026-03-07 18:59:10")},
		"week":   {at("2026-03-01 18:49:10"), at("2026-03-01 18:59:10")},
		"":       {},
	} {
		gotFrom, gotTo := db.QualityEarlier(from, to, compare)
		same(t, compare, want, [2]time.Time{gotFrom, gotTo})
	}
}
