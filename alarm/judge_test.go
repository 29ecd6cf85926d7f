package alarm_test

import (
	"testing"
	"time"

	"tandem/alarm"
	"tandem/internal/money"
	"tandem/quality"
)

func value(t *testing.T, text string) alarm.Value {
	t.Helper()
	v, err := alarm.ParseValue(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func rule(t *testing.T, measure string, c alarm.Condition, v string) alarm.Rule {
	t.Helper()
	m, ok := alarm.MeasureOf(measure)
	if !ok {
		t.Fatalf("no measure %s", measure)
	}
	return alarm.Rule{Measure: m, Condition: c, Value: value(t, v), Window: time.Hour, MinSamples: 30}
}

func share(part, whole int64) alarm.Figure {
	f, _ := alarm.ShareFigure(quality.Ratio{Part: part, Whole: whole})
	return f
}

// A limit is crossed only beyond it, and by enough samples.
func TestJudgeLimit(t *testing.T) {
	t.Parallel()
	below, above := rule(t, "asr", alarm.Below, "40"), rule(t, "pdd_p95", alarm.Above, "12")
	below.Clear = new(value(t, "45"))
	for _, c := range []struct {
		rule alarm.Rule
		f    alarm.Figure
		want alarm.Verdict
	}{
		{below, share(39, 100), alarm.Bad},
		{below, share(40, 100), alarm.Between},
		{below, share(44, 100), alarm.Between},
		{below, share(45, 100), alarm.Good},
		{below, share(0, 29), alarm.Unknown},
		{below, share(0, 30), alarm.Bad},
		{above, alarm.Figure{Value: value(t, "12"), Samples: 30}, alarm.Good},
		{above, alarm.Figure{Value: value(t, "12.000001"), Samples: 30}, alarm.Bad},
		{above, alarm.Figure{Value: value(t, "99"), Samples: 29}, alarm.Unknown},
		{rule(t, "margin", alarm.Below, "0"), alarm.Figure{Value: -1}, alarm.Bad},
		{rule(t, "margin", alarm.Below, "0"), alarm.Figure{}, alarm.Good},
		{rule(t, "bids", alarm.Below, "1"), alarm.Figure{}, alarm.Bad}, // a sum needs no samples: nothing is something
	} {
		if got := c.rule.Judge(c.f, nil); got.Verdict != c.want {
			t.Errorf("%s %s %s, %v: %s, want %s", c.rule.Measure.Name, c.rule.Condition, c.rule.Value, c.f, got.Verdict, c.want)
		}
	}
}

// The past is judged by intervals: a small or a chance change is none.
func TestJudgePast(t *testing.T) {
	t.Parallel()
	past := []alarm.Figure{share(480, 1000), share(520, 1000), share(500, 1000)}
	r := rule(t, "asr", alarm.Drop, "40")
	for _, c := range []struct {
		name string
		now  alarm.Figure
		past []alarm.Figure
		want alarm.Verdict
	}{
		{"half of it", share(250, 1000), past, alarm.Bad},
		{"30 % less", share(350, 1000), past, alarm.Good},
		{"42 % less, of few", share(9, 31), past, alarm.Bad},
		{"41 % less, by chance", share(8, 31), []alarm.Figure{share(13, 30), share(14, 30), share(13, 30)}, alarm.Between},
		{"half of it, as was there before", share(250, 1000), []alarm.Figure{share(480, 1000), share(520, 1000), share(249, 1000), share(990, 1000)}, alarm.Between},
		{"too little past", share(250, 1000), past[:2], alarm.Unknown},
		{"past of too few", share(250, 1000), []alarm.Figure{share(10, 20), share(10, 20), share(10, 20)}, alarm.Unknown},
		{"too few now", share(0, 29), past, alarm.Unknown},
	} {
		if got := r.Judge(c.now, c.past); got.Verdict != c.want {
			t.Errorf("%s: %s, want %s", c.name, got.Verdict, c.want)
		}
	}
	rise := rule(t, "spend", alarm.Rise, "300")
	usual := []alarm.Figure{{Value: value(t, "10")}, {Value: value(t, "12")}, {Value: value(t, "8")}, {}}
	for text, want := range map[string]alarm.Verdict{"36": alarm.Good, "36.1": alarm.Bad} { // the middle is 9
		if got := rise.Judge(alarm.Figure{Value: value(t, text), Samples: 30}, usual); got.Verdict != want {
			t.Errorf("spent %s: %s, want %s", text, got.Verdict, want)
		}
	}
	if got := rise.Judge(alarm.Figure{Value: value(t, "99"), Samples: 29}, usual); got.Verdict != alarm.Unknown {
		t.Errorf("a few calls: %s", got.Verdict)
	}
	for _, c := range []struct {
		now  alarm.Figure
		past []alarm.Figure
		want alarm.Verdict
	}{
		{alarm.Figure{Value: value(t, "99"), Samples: 30}, make([]alarm.Figure, 4), alarm.Bad}, // it never spends at this hour
		{alarm.Figure{Value: value(t, "99"), Samples: 29}, make([]alarm.Figure, 4), alarm.Unknown},
		{alarm.Figure{Value: value(t, "99"), Samples: 30}, make([]alarm.Figure, 2), alarm.Unknown},
		{alarm.Figure{Value: value(t, "99"), Samples: 30}, []alarm.Figure{{}, {}, {}, {Value: value(t, "100")}}, alarm.Between}, // it did so once
		{alarm.Figure{Samples: 30}, make([]alarm.Figure, 4), alarm.Good},
	} {
		if got := rise.Judge(c.now, c.past); got.Verdict != c.want || c.want == alarm.Bad && (got.Past == nil || *got.Past != 0) {
			t.Errorf("%s after nothing: %s (past %v), want %s", c.now.Value, got.Verdict, got.Past, c.want)
		}
	}
	if got := (&alarm.Rule{Measure: rule(t, "asr", alarm.Rise, "40").Measure, Condition: alarm.Rise, Value: value(t, "40"), MinSamples: 30}).Judge(
		share(20, 100), []alarm.Figure{share(0, 100), share(0, 100), share(0, 100)}); got.Verdict != alarm.Unknown {
		t.Errorf("no share can be a percentage of nothing: %s", got.Verdict)
	}
}

// So little money is no rise, and so little in the past no drop; it counts for money
// alone.
func TestJudgeLittleMoney(t *testing.T) {
	t.Parallel()
	of := func(text string) alarm.Figure { return alarm.Figure{Value: value(t, text), Samples: 100} }
	times := func(text string) []alarm.Figure { return []alarm.Figure{of(text), of(text), of(text)} }
	rise, drop, bids := rule(t, "spend", alarm.Rise, "300"), rule(t, "sale", alarm.Drop, "70"), rule(t, "bids", alarm.Rise, "300")
	for _, c := range []struct {
		rule alarm.Rule
		now  string
		past []alarm.Figure
		want alarm.Verdict
	}{
		{rise, "1", times("0.01"), alarm.Good},
		{rise, "9.999999", times("0"), alarm.Good},
		{rise, "10", times("0"), alarm.Bad},
		{rise, "10", times("2"), alarm.Bad},
		{rise, "10", times("9"), alarm.Good},
		{rise, "1", times("0.01")[:2], alarm.Unknown},
		{drop, "0", times("9.99"), alarm.Unknown},
		{drop, "0", times("10"), alarm.Bad},
		{bids, "9", times("1"), alarm.Bad},
	} {
		c.rule.MinMoney = value(t, "10")
		if got := c.rule.Judge(of(c.now), c.past); got.Verdict != c.want {
			t.Errorf("%s of %s after %s: %s, want %s", c.rule.Measure.Name, c.now, c.past[0].Value, got.Verdict, c.want)
		}
		c.rule.MinMoney = 0
		if got := c.rule.Judge(of(c.now), c.past); c.want == alarm.Bad && got.Verdict != alarm.Bad {
			t.Errorf("%s of %s after %s, of any money: %s", c.rule.Measure.Name, c.now, c.past[0].Value, got.Verdict)
		}
	}
	if got := rise.Judge(of("1"), times("0.01")); got.Verdict != alarm.Bad {
		t.Errorf("of any money: %s", got.Verdict)
	}
}

// Answers of a route look false only where those of others do not.
func TestJudgeOthers(t *testing.T) {
	t.Parallel()
	r := rule(t, "false_answers", alarm.Above, "30")
	for _, c := range []struct {
		own, others quality.Ratio
		want        alarm.Verdict
	}{
		{quality.Ratio{Part: 50, Whole: 100}, quality.Ratio{Part: 5, Whole: 100}, alarm.Bad},
		{quality.Ratio{Part: 50, Whole: 100}, quality.Ratio{Part: 48, Whole: 100}, alarm.Good},
		{quality.Ratio{Part: 50, Whole: 100}, quality.Ratio{Part: 0, Whole: 29}, alarm.Unknown},
		{quality.Ratio{Part: 20, Whole: 100}, quality.Ratio{Part: 1, Whole: 100}, alarm.Good},
	} {
		f, _ := alarm.ShareFigure(c.own)
		f.Others = &c.others
		if got := r.Judge(f, nil); got.Verdict != c.want {
			t.Errorf("%v against %v: %s, want %s", c.own, c.others, got.Verdict, c.want)
		}
	}
}

// The lower end of the difference agrees with Newcombe's table II (1998): 56/70 and
// 48/80 by method 10 are 0.0524 to 0.3339.
func TestDifference(t *testing.T) {
	t.Parallel()
	low := alarm.Difference(quality.Ratio{Part: 56, Whole: 70}, quality.Ratio{Part: 48, Whole: 80})
	if low < 0.0523 || low > 0.0525 {
		t.Errorf("56/70 less 48/80: %f, want 0.0524", low)
	}
	if alarm.Difference(quality.Ratio{}, quality.Ratio{Part: 1, Whole: 2}) >= 0 {
		t.Error("nothing differs from nothing")
	}
}

// Every measure tells its figure in its unit.
func TestFigures(t *testing.T) {
	t.Parallel()
	m := quality.Measures{Bids: 100, Seizures: 80, Effective: 60, Answers: 40, Short: 10, Talk: 100 * time.Minute, Cost: 2_500_000, Sale: money.Amount(2_000_000)}
	m.Blamed.Route, m.Blamed.Us = 15, 5
	for range 10 {
		m.PDD.Add(1500 * time.Millisecond)
	}
	m.Media = quality.Media{Legs: 4, Silent: 1, Expected: 1000, Lost: 20, JitterMicros: 40_000, MOS: 1600}
	want := map[string]string{
		"abr": "40", "asr": "50", "ner": "75", "short_share": "25", "route_failures": "15", "our_failures": "5", "silent_share": "20",
		"acd": "150", "bids": "100", "answers": "40", "short_calls": "10", "minutes": "100", "margin": "-0.5", "cost": "2.5", "sale": "2",
		"mos": "4", "loss": "2", "jitter": "0.01",
	}
	for _, x := range alarm.Measures() {
		if x.Source != alarm.Rollups || x.Name == "pdd_p50" || x.Name == "pdd_p95" {
			continue
		}
		f, ok := x.Of(&m)
		if !ok || f.Value.String() != want[x.Name] {
			t.Errorf("%s: %s, want %s", x.Name, f.Value, want[x.Name])
		}
		if _, ok := x.Of(&quality.Measures{}); ok != (x.Kind == alarm.Sum) {
			t.Errorf("%s of nothing: %v", x.Name, ok)
		}
	}
}

// A past that is known by the hour has seen no more than its share of the hour: what
// needs thirty bids of five minutes does not find them in three.
func TestPastByTheHourIsNotEnough(t *testing.T) {
	t.Parallel()
	r := rule(t, "bids", alarm.Drop, "50")
	r.Window = 5 * time.Minute
	hour := func(bids int64) alarm.Figure {
		f, ok := r.Measure.Of(&quality.Measures{Bids: bids})
		if !ok {
			t.Fatal("no bids")
		}
		return r.Measure.Scaled(f, time.Hour, r.Window)
	}
	for bids, want := range map[int64]alarm.Verdict{36: alarm.Unknown, 12 * 400: alarm.Bad} {
		past := []alarm.Figure{hour(bids), hour(bids), hour(bids), hour(bids)}
		if j := r.Judge(alarm.Figure{}, past); j.Verdict != want {
			t.Errorf("%d bids an hour, none now: %+v, want %s", bids, j, want)
		}
	}
	shorter, _ := r.Measure.Of(&quality.Measures{Bids: 20})
	if f := r.Measure.Scaled(shorter, time.Minute, r.Window); f.Samples != 20 || f.Value.String() != "100" {
		t.Errorf("of one minute: %+v", f)
	}
}
