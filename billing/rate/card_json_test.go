package rate_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/billing/rate"
)

// A card that was stored prices as the one it was made of.
func TestCardIsStoredWhole(t *testing.T) {
	t.Parallel()
	zones := zones(t)
	rapid.Check(t, func(t *rapid.T) {
		q := draw(rapidSource(t), zones)
		text, err := json.Marshal(q.card)
		if err != nil {
			t.Fatal(err)
		}
		var back rate.Card
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if !slices.Equal(back.Rates, q.card.Rates) {
			t.Fatalf("%s became %+v, want %+v", text, back, q.card)
		}
		want, err := q.card.Price(q.answered, q.talk)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := back.Price(q.answered, q.talk); err != nil || got != want {
			t.Fatalf("%s: %v, %v; want %v", text, got, err, want)
		}
	})
}

func TestPlainCardIsSmall(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(rate.Card{Rates: []rate.Rate{{PerMinute: 12_345_678, ConnectionFee: 123_456, First: 60, Next: 60}}})
	if err != nil || len(text) > 120 {
		t.Errorf("%d bytes, %v: %s", len(text), err, text)
	}
}

func TestStoredCardIsReadStrictly(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"rates":[{"price":"1","first":1,"next":1,"extra":1}]}`:                                                  "extra",
		`{"rates":[{"price":1,"first":1,"next":1}]}`:                                                              "price",
		`{"rates":[{"price":"1"}]}`:                                                                               "first increment",
		`{"rates":[{"price":"-1","first":1,"next":1}]}`:                                                           "below zero",
		`{"rates":[{"price":"0.000000001","first":1,"next":1}]}`:                                                  "digits",
		`{"zone":"Mars/Olympus","rates":[{"price":"1","first":1,"next":1}]}`:                                      "Mars",
		`{"zone":"Local","rates":[{"price":"1","first":1,"next":1}]}`:                                             "Local",
		`{"rates":[{"price":"1","first":1,"next":1,"steps":[{"after":0,"price":"1"}]}]}`:                          "step",
		`{"rates":[{"price":"1","first":1,"next":1,"steps":[{"after":1,"price":"1"},{"after":2},{"after":3}]}]}`:  "steps",
		`{"rates":[{"price":"1","first":1,"next":1,"from":"yesterday"}]}`:                                         "yesterday",
		`{"rates":[{"price":"1","first":1,"next":1,"days":128}]}`:                                                 "days",
		`{"rates":[{"price":"1","first":1,"next":1,"grace":61}]}`:                                                 "grace",
		`{"rates":[{"price":"1","first":1,"next":1,"free":-1}]}`:                                                  "free",
		`{"rates":[{"price":"1","first":1,"next":1,"steps":[{"after":2,"price":"1"},{"after":2,"price":"1"}]}]}`:  "step 2",
		`{"rates":[{"price":"1","first":1,"next":1,"steps":[{"after":2,"price":"-1"},{"after":3,"price":"1"}]}]}`: "step 1",
		`{"rates":[{"price":"1","first":1,"next":1,"steps":[{"after":700000,"price":"1"}]}]}`:                     "step 1",
		`{"rates":[{"price":"1","first":1,"next":1,"from":"2026-01-02T00:00:00Z","to":"2026-01-01T00:00:00Z"}]}`:  "effective from",
		`{"rates":[]}`: "without rates",
		`{}`:           "without rates",
	} {
		var c rate.Card
		if err := json.Unmarshal([]byte(text), &c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q named", text, err, want)
		}
	}
}

// Whatever is read is a card that can be charged by and stored again.
func FuzzCard(f *testing.F) {
	f.Add(`{"rates":[{"price":"0.0125","first":60,"next":60}]}`)
	f.Add(`{"zone":"Europe/London","rates":[{"price":"0","first":1,"next":1,"fee":"0.01","min":"0.02","attempt":"0.001","grace":5,"free":30,"steps":[{"after":300,"price":"0.01"}],"from":"2026-10-01T00:00:00+02:00","days":31,"start":480,"end":1200}]}`)
	f.Add(`{"zone":"UTC","rates":[]}`)
	f.Fuzz(func(t *testing.T, text string) {
		var c rate.Card
		if err := json.Unmarshal([]byte(text), &c); err != nil {
			return
		}
		if err := c.Validate(); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Price(time.Unix(1_790_000_000, 0), time.Hour); err != nil {
			t.Fatal(err)
		}
		again, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		var back rate.Card
		if err := json.Unmarshal(again, &back); err != nil || !slices.Equal(c.Rates, back.Rates) {
			t.Fatalf("%s was stored as %s: %v", text, again, err)
		}
	})
}

func FuzzParseSteps(f *testing.F) {
	f.Add("300:0.01,600:0.005")
	f.Add("1:2; 3:4")
	f.Fuzz(func(t *testing.T, text string) {
		steps, err := rate.ParseSteps(text)
		if err != nil {
			return
		}
		r := rate.Rate{First: 1, Next: 1, Steps: steps}
		if err := r.Validate(); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if back, err := rate.ParseSteps(string(rate.AppendSteps(nil, steps))); err != nil || back != steps {
			t.Fatalf("%q: %v became %v, %v", text, steps, back, err)
		}
	})
}

func TestParseStepsRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"300": "seconds:price", "300:": "steps", "x:1": "number of seconds", "0:1": "at least a second", "1:1,2:2,3:3": "more than 2",
		"600:1,300:1": "more than the 600", "-1:1": "number of seconds", "1:-1": "below zero", "1:0.000000001": "digits",
	} {
		if _, err := rate.ParseSteps(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; want %q named", text, err, want)
		}
	}
}

func TestPercent(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]rate.Percent{"10": 100_000, "-2.5": -25_000, "0.0001": 1, "12.5000": 125_000, "0": 0, "9999.9999": rate.MaxPercent} {
		got, err := rate.ParsePercent(text)
		if err != nil || got != want {
			t.Errorf("%q: %d, %v; want %d", text, got, err, want)
		}
		if back, err := rate.ParsePercent(got.String()); err != nil || back != got {
			t.Errorf("%q was written as %s", text, got)
		}
	}
	for _, text := range []string{"", "ten", "0.00001", "10000", "-10000", "10%"} {
		if got, err := rate.ParsePercent(text); err == nil {
			t.Errorf("%q: %s", text, got)
		}
	}
	var p rate.Percent
	if err := p.Scan([]byte("12.5000")); err != nil || p != 125_000 {
		t.Errorf("DECIMAL text: %s, %v", p, err)
	}
	if err := p.Scan(1.5); err == nil {
		t.Error("a float was taken")
	}
}

func TestCostPlusRefuses(t *testing.T) {
	t.Parallel()
	card := rate.Card{Rates: []rate.Rate{{PerMinute: 1 << 62, First: 1, Next: 1}}}
	for name, err := range map[string]error{
		"overflow":       func() error { _, err := rate.CostPlus(card, rate.MaxPercent, 0); return err }(),
		"sum":            func() error { _, err := rate.CostPlus(card, 0, 1<<62); return err }(),
		"below -100 %":   func() error { _, err := rate.CostPlus(card, -1_000_001, 0); return err }(),
		"above the most": func() error { _, err := rate.CostPlus(card, rate.MaxPercent+1, 0); return err }(),
		"no rate":        func() error { _, err := rate.CostPlus(rate.Card{}, 0, 0); return err }(),
	} {
		if err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// The card that is bought by stays as it is.
func TestCostPlusLeavesTheCardAlone(t *testing.T) {
	t.Parallel()
	card := rate.Card{Rates: []rate.Rate{{PerMinute: 100, First: 1, Next: 1}, {PerMinute: 200, First: 1, Next: 1}}}
	before := rate.Card{Rates: slices.Clone(card.Rates)}
	if _, err := rate.CostPlus(card, 100_000, 5); err != nil || !reflect.DeepEqual(card, before) {
		t.Errorf("%+v, %v", card, err)
	}
}
