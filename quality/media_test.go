package quality_test

import (
	"testing"
	"time"

	"tandem/billing"
	"tandem/quality"
)

// The E-model's own points: G.107 gives R 93.2 and MOS 4.41 with all defaults;
// the others are worked out by hand from its formulas.
func TestMOS(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]struct {
		lost, of    int64
		jitter, rtt time.Duration
		want        int
	}{
		"nothing known":         {0, 0, 0, 0, 440},
		"clean, near":           {0, 1000, time.Millisecond, 20 * time.Millisecond, 439},
		"1 % lost":              {10, 1000, 0, 0, 432},
		"5 % lost":              {50, 1000, 0, 0, 390},
		"20 % lost":             {200, 1000, 0, 0, 261},
		"half lost":             {500, 1000, 0, 0, 159},
		"all lost":              {1000, 1000, 0, 0, 116},
		"more lost than came":   {2000, 1000, 0, 0, 116},
		"a satellite":           {0, 1000, 0, 600 * time.Millisecond, 359},
		"ten seconds of delay":  {0, 1000, 10 * time.Second, 10 * time.Second, 100},
		"delays of no sense":    {0, 1000, -time.Second, -time.Second, 440},
		"a jitter of 60 ms":     {0, 1000, 60 * time.Millisecond, 40 * time.Millisecond, 432},
		"loss and delay at one": {30, 1000, 20 * time.Millisecond, 200 * time.Millisecond, 399},
	} {
		if got := quality.MOS(quality.Ratio{Part: v.lost, Whole: v.of}, v.jitter, v.rtt); got != v.want {
			t.Errorf("%s: MOS %d, want %d", name, got, v.want)
		}
	}
}

// More loss, more jitter or more delay never sounds better.
func TestMOSFalls(t *testing.T) {
	t.Parallel()
	for name, at := range map[string]func(i int64) int{
		"loss":   func(i int64) int { return quality.MOS(quality.Ratio{Part: i, Whole: 100}, 0, 0) },
		"jitter": func(i int64) int { return quality.MOS(quality.Ratio{}, time.Duration(i)*10*time.Millisecond, 0) },
		"delay":  func(i int64) int { return quality.MOS(quality.Ratio{}, 0, time.Duration(i)*20*time.Millisecond) },
	} {
		for i := range int64(100) {
			if a, b := at(i), at(i+1); b > a || b < 100 || a > 450 {
				t.Errorf("%s: %d gives %d, %d gives %d", name, i, a, i+1, b)
			}
		}
	}
}

// Sums of legs merge, and legs that tell nothing leave the others' mean alone.
func TestMediaSums(t *testing.T) {
	t.Parallel()
	var m, o quality.Media
	m.Add(&billing.Media{Received: 900, Lost: 100, Sent: 1000, Jitter: 10 * time.Millisecond, MOS: 400})
	m.Add(&billing.Media{Received: 50, Sent: 50, Jitter: time.Second}) // too short for a score
	o.Add(&billing.Media{Received: 1000, Sent: 1000, Jitter: 20 * time.Millisecond, MOS: 430})
	o.Add(&billing.Media{Sent: 500})
	o.Add(&billing.Media{Sent: 20}) // over before anything could come
	m.Merge(&o)
	if want := (quality.Media{Legs: 2, Silent: 1, Expected: 2000, Lost: 100, JitterMicros: 30_000, MOS: 830}); m != want {
		t.Errorf("%+v, want %+v", m, want)
	}
	if loss, _ := m.Loss().Share(); loss != 50_000 {
		t.Errorf("loss %v", loss)
	}
	if mos, ok := m.MeanMOS(); !ok || mos != 4.15 {
		t.Errorf("MOS %v %v", mos, ok)
	}
	if jitter, ok := m.Jitter(); !ok || jitter != 15*time.Millisecond {
		t.Errorf("jitter %v %v", jitter, ok)
	}
	if silent := m.SilentShare(); silent != (quality.Ratio{Part: 1, Whole: 3}) {
		t.Errorf("silent %v", silent)
	}
}
