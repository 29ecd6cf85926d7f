package quality_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/internal/money"
	"tandem/internal/q850"
	"tandem/quality"
)

func attempts() *rapid.Generator[quality.Attempt] {
	return rapid.Custom(func(t *rapid.T) quality.Attempt {
		a := quality.Attempt{
			Rang:  rapid.Bool().Draw(t, "rang"),
			Blame: rapid.SampledFrom([]q850.Blame{q850.BlameCaller, q850.BlameCalled, q850.BlameRoute, q850.BlameUs}).Draw(t, "blame"),
			Cost:  money.Amount(rapid.Int64Range(0, 1e6).Draw(t, "cost")),
		}
		switch rapid.IntRange(0, 5).Draw(t, "end") {
		case 0, 1:
			a.Answered, a.Blame = true, q850.BlameNone
			a.Talk = time.Duration(rapid.IntRange(0, 600_000).Draw(t, "talk")) * time.Millisecond
			a.Sale = money.Amount(rapid.Int64Range(0, 1e6).Draw(t, "sale"))
		case 2:
			a.Busy = true
		case 3:
			a.NoAnswer, a.Rang = true, true
		case 4:
			a.Declined, a.Rang = true, true
		}
		if a.Rang || a.Answered {
			a.PDD = time.Duration(rapid.IntRange(1, 60_000).Draw(t, "pdd")) * time.Millisecond
		}
		return a
	})
}

// However attempts are split into parts, the merged parts are the whole, and
// each stage of a call is part of the one before it.
func TestMeasuresMerge(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var whole quality.Measures
		parts := make([]quality.Measures, 3)
		for _, a := range rapid.SliceOf(attempts()).Draw(t, "attempts") {
			whole.Add(&a, quality.ShortTalk)
			parts[rapid.IntRange(0, 2).Draw(t, "part")].Add(&a, quality.ShortTalk)
		}
		var merged quality.Measures
		for i := range parts {
			merged.Merge(&parts[i])
		}
		if merged != whole {
			t.Fatalf("merged %+v\n want %+v", merged, whole)
		}
		m := &whole
		if m.Seizures > m.Bids || m.Effective > m.Seizures || m.Answers > m.Effective || m.Short > m.Answers {
			t.Fatalf("stages out of order: %+v", m)
		}
		abr, ok := m.ABR().Share()
		asr, ok2 := m.ASR().Share()
		ner, ok3 := m.NER().Share()
		if ok && ok2 && ok3 && (abr > asr || asr > ner) {
			t.Fatalf("ABR %s, ASR %s, NER %s: want them in this order", abr, asr, ner)
		}
	})
}

func TestMeasuresOfKnownAttempts(t *testing.T) {
	t.Parallel()
	var m quality.Measures
	for _, a := range []quality.Attempt{
		{Answered: true, Talk: 90 * time.Second, PDD: 2 * time.Second, Cost: 30, Sale: 50},
		{Answered: true, Talk: 2 * time.Second, PDD: 2 * time.Second, Cost: 10, Sale: 10},
		{Busy: true, Blame: q850.BlameCalled},
		{NoAnswer: true, Rang: true, PDD: 3 * time.Second, Blame: q850.BlameCalled},
		{Declined: true, Rang: true, PDD: 3 * time.Second, Blame: q850.BlameCalled},
		{Rang: true, PDD: 20 * time.Second, Blame: q850.BlameRoute}, // 183, then 503
		{Blame: q850.BlameRoute, Cost: 5},                           // 503 at once, with an attempt fee
		{Blame: q850.BlameCaller},
	} {
		m.Add(&a, quality.ShortTalk)
	}
	for _, c := range []struct {
		name string
		got  quality.Ratio
		want quality.Ratio
	}{
		{"ABR", m.ABR(), quality.Ratio{Part: 2, Whole: 8}},
		{"ASR", m.ASR(), quality.Ratio{Part: 2, Whole: 6}},
		{"NER", m.NER(), quality.Ratio{Part: 5, Whole: 6}},
		{"short", m.ShortShare(), quality.Ratio{Part: 1, Whole: 2}},
	} {
		if c.got != c.want {
			t.Errorf("%s %v, want %v", c.name, c.got, c.want)
		}
	}
	if acd, ok := m.ACD(); !ok || acd != 46*time.Second {
		t.Errorf("ACD %s, want 46s", acd)
	}
	if m.Margin() != 15 {
		t.Errorf("margin %s, want 0.000015", m.Margin())
	}
	if m.Blamed != (quality.Blamed{Caller: 1, Called: 3, Route: 2}) {
		t.Errorf("blamed %+v", m.Blamed)
	}
}

// The true share lies in the interval as often as promised, also for few samples
// and extreme shares.
func TestWilsonCovers(t *testing.T) {
	t.Parallel()
	for _, n := range []int64{10, 40, 200} {
		for _, p := range []float64{0.05, 0.2, 0.5, 0.9} {
			// Over all outcomes of n samples, with their exact probabilities.
			covered, chance := 0.0, 1.0
			for range n {
				chance *= 1 - p
			}
			for k := range n + 1 {
				i := quality.Ratio{Part: k, Whole: n}.Wilson(quality.Z95)
				if v := quality.Share(p * float64(quality.Whole)); i.Low <= v && v <= i.High {
					covered += chance
				}
				chance *= float64(n-k) / float64(k+1) * p / (1 - p)
			}
			if covered < 0.90 || covered > 0.995 {
				t.Errorf("n %d, p %.2f: covered %.3f, want about 0.95", n, p, covered)
			}
		}
	}
	if i := (quality.Ratio{}).Wilson(quality.Z95); i != (quality.Interval{Low: 0, High: quality.Whole}) {
		t.Errorf("nothing sampled: %v, want everything", i)
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 1e9).Draw(t, "n")
		r := quality.Ratio{Part: rapid.Int64Range(0, n).Draw(t, "k"), Whole: n}
		i := r.Wilson(quality.Z95)
		if s, _ := r.Share(); i.Low < 0 || i.Low > s || s > i.High || i.High > quality.Whole {
			t.Fatalf("%v: %v does not hold %s", r, i, s)
		}
	})
}

func TestSharesAreReadExactly(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]quality.Share{"20%": quality.Whole / 5, " 0.5 %": quality.Whole / 200, "0%": 0, "0.0001%": 1, "1000%": 10 * quality.Whole} {
		if got, err := quality.ParseShare(text); got != want || err != nil {
			t.Errorf("%s: %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "20", "%", ".5%", "5.%", "-1%", "+1%", "0.00001%", "1e3%", "20 per cent", "1234567%"} {
		if got, err := quality.ParseShare(text); err == nil {
			t.Errorf("%q was read as %d", text, got)
		}
	}
}
