package quality_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/quality"
)

// A quantile lies in the column of the exact one, so it is wrong by less than a
// quarter; merging changes nothing.
func TestHistogramQuantiles(t *testing.T) {
	t.Parallel()
	delay := rapid.Custom(func(t *rapid.T) time.Duration {
		return time.Duration(rapid.IntRange(1, 40_000).Draw(t, "ms")) * time.Millisecond
	})
	rapid.Check(t, func(t *rapid.T) {
		delays := rapid.SliceOfN(delay, 1, 200).Draw(t, "delays")
		var h, a, b quality.Histogram
		for i, d := range delays {
			h.Add(d)
			if i%2 == 0 {
				a.Add(d)
			} else {
				b.Add(d)
			}
		}
		if a.Merge(&b); a != h {
			t.Fatal("merged parts are not the whole")
		}
		q := rapid.Float64Range(0, 1).Draw(t, "q")
		got, ok := h.Quantile(q)
		slices.Sort(delays)
		exact := delays[max(1, int(math.Ceil(q*float64(len(delays)))))-1]
		if !ok || quality.BinOf(got) != quality.BinOf(exact) {
			t.Fatalf("quantile %.3f: %s, exactly %s: another column", q, got, exact)
		}
		if exact > 50*time.Millisecond && math.Abs(float64(got-exact)) >= 0.25*float64(exact) {
			t.Fatalf("quantile %.3f: %s, exactly %s: off by a quarter or more", q, got, exact)
		}
	})
}

func TestHistogramColumns(t *testing.T) {
	t.Parallel()
	for i := range quality.Bins - 1 {
		d := quality.BinBound(i)
		if quality.BinOf(d) != i || quality.BinOf(d+time.Nanosecond) != i+1 {
			t.Errorf("bound %d (%s): columns %d and %d beyond, want %d and %d", i, d, quality.BinOf(d), quality.BinOf(d+1), i, i+1)
		}
	}
	if last := quality.BinBound(quality.Bins - 2); last < 35*time.Second || last > time.Minute {
		t.Errorf("the last bound is %s, want beyond any ringing that matters", last)
	}
	var h quality.Histogram
	if _, ok := h.Quantile(0.5); ok {
		t.Error("a quantile of nothing")
	}
	h.Add(time.Hour)
	if d, ok := h.Quantile(0.5); !ok || d != quality.BinBound(quality.Bins-1) {
		t.Errorf("beyond all columns: %s", d)
	}
}
