package quality_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/internal/money"
	"tandem/quality"
)

// Every measure has a unit, a value and, where it is a share, its ratio.
func TestMeasuresAreKnown(t *testing.T) {
	t.Parallel()
	m := quality.Measures{
		Bids: 1000, Seizures: 800, Effective: 700, Answers: 400, Short: 40, Talk: 400 * time.Minute, Cost: 3_000_000, Sale: 4_000_000,
		Blamed: quality.Blamed{Caller: 10, Called: 20, Route: 30, Us: 40},
		Media:  quality.Media{Legs: 50, Silent: 50, Expected: 10_000, Lost: 100, JitterMicros: 50 * 7000, MOS: 50 * 412},
	}
	for range 200 {
		m.PDD.Add(3 * time.Second)
	}
	low, _ := m.PDD.Quantile(0.5)
	high, _ := m.PDD.Quantile(0.95)
	want := map[quality.Measure]int64{
		"bids": 1000, "seizures": 800, "effective": 700, "answers": 400, "abr": 400_000, "asr": 500_000, "ner": 875_000, "short": 100_000, "acd": 60_000,
		"pdd_p50": low.Milliseconds(), "pdd_p95": high.Milliseconds(), "talk": 400 * 60_000, "cost": 3_000_000, "sale": 4_000_000, "margin": 1_000_000,
		"margin_share": 250_000, "blame_caller": 10_000, "blame_called": 20_000, "blame_route": 30_000, "blame_us": 40_000,
		"loss": 10_000, "jitter": 7000, "mos": 412, "silent": 500_000,
	}
	if len(quality.AllMeasures()) != len(want) {
		t.Errorf("%d measures, want %d", len(quality.AllMeasures()), len(want))
	}
	for _, x := range quality.AllMeasures() {
		v, ok := x.Value(&m)
		if !ok || v != want[x] || x.Unit() == "" {
			t.Errorf("%s: %d, %t, unit %q, want %d", x, v, ok, x.Unit(), want[x])
		}
		r, isRatio := x.Ratio(&m)
		if s, _ := r.Share(); isRatio && (int64(s) != v || x.Unit() != quality.UnitShare) {
			t.Errorf("%s: ratio %v, value %d", x, r, v)
		}
		if _, ok := x.Value(&quality.Measures{}); ok == (x.Unit() == quality.UnitShare || x.Unit() == quality.UnitMicro || x.Unit() == quality.UnitScore || x == "acd" || x == "pdd_p50" || x == "pdd_p95") {
			t.Errorf("%s of nothing: %t", x, ok)
		}
	}
	if quality.Measure("colour").Unit() != "" || quality.Measure("colour").Worse() != "" {
		t.Error("an unknown measure has a unit or a direction")
	}
	if v, ok := quality.MeasureMarginShare.Value(&quality.Measures{Sale: 1_000_000, Cost: 3 * money.Amount(1_000_000)}); !ok || v != -2_000_000 {
		t.Errorf("at a loss: %d, %t", v, ok)
	}
}

// Few attempts mean nothing, many do.
func TestSmall(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		of    quality.Measure
		m     quality.Measures
		small bool
	}{
		{"asr", quality.Measures{Seizures: 20, Answers: 10}, true},
		{"asr", quality.Measures{Seizures: 100, Answers: 50}, false},
		{"asr", quality.Measures{Seizures: 20, Answers: 20}, false}, // surely high
		{"acd", quality.Measures{Answers: 29}, true},
		{"acd", quality.Measures{Answers: 30}, false},
		{"loss", quality.Measures{Media: quality.Media{Legs: 29, Expected: 1e6}}, true},
		{"margin_share", quality.Measures{Answers: 3, Sale: 1}, true},
		{"bids", quality.Measures{Bids: 1}, false},
		{"margin", quality.Measures{}, false},
	} {
		if got := c.of.Small(&c.m); got != c.small {
			t.Errorf("%s of %+v: %t", c.of, c.m, got)
		}
	}
}

// A difference is one in both directions, never of the same to the same, and is not
// lost when there are more attempts of both.
func TestDiffers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) quality.Measures {
			n := rapid.Int64Range(0, 5000).Draw(t, name)
			return quality.Measures{Bids: n, Seizures: n, Answers: rapid.Int64Range(0, n).Draw(t, name+" answers")}
		}
		a, b := draw("now"), draw("before")
		up, differs := quality.MeasureASR.Differs(&a, &b)
		down, back := quality.MeasureASR.Differs(&b, &a)
		if differs != back || differs && up == down {
			t.Fatalf("%v to %v: %t %t, back %t %t", a.ASR(), b.ASR(), up, differs, down, back)
		}
		if _, same := quality.MeasureASR.Differs(&a, &a); same {
			t.Fatal("differs from itself")
		}
		if differs && up != (a.Answers*b.Seizures > b.Answers*a.Seizures) {
			t.Fatalf("%v to %v: up %t", a.ASR(), b.ASR(), up)
		}
		tenfold := func(m quality.Measures) quality.Measures {
			return quality.Measures{Bids: 10 * m.Bids, Seizures: 10 * m.Seizures, Answers: 10 * m.Answers}
		}
		a, b = tenfold(a), tenfold(b)
		if _, still := quality.MeasureASR.Differs(&a, &b); differs && !still {
			t.Fatalf("%v to %v: lost with ten times as many", a.ASR(), b.ASR())
		}
	})
	// 50 % of 1000 to 45 %: z = 2.24; to 47 %: z = 1.34 (two proportions, pooled).
	now := quality.Measures{Seizures: 1000, Answers: 500}
	if up, differs := quality.MeasureASR.Differs(&now, &quality.Measures{Seizures: 1000, Answers: 450}); !up || !differs {
		t.Error("50 % does not differ from 45 %")
	}
	if _, differs := quality.MeasureASR.Differs(&now, &quality.Measures{Seizures: 1000, Answers: 470}); differs {
		t.Error("50 % differs from 47 %")
	}
	if _, differs := quality.MeasureCost.Differs(&now, &quality.Measures{}); differs {
		t.Error("a sum differs")
	}
}
