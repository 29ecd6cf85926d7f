package alarm

import (
	"slices"
	"time"

	"tandem/quality"
)

// Unit is what the values of a measure are counted in.
type Unit string

// The units.
const (
	Percent Unit = "percent"
	Seconds Unit = "seconds"
	Money   Unit = "money" // base currency
	Count   Unit = "count"
	Score   Unit = "score" // of speech: 1 to 4.5
)

// Source is where the figures of a measure come from.
type Source string

// The sources.
const (
	Rollups Source = "rollups" // bids to providers, some two minutes old
	Numbers Source = "numbers" // calls by the number that is called or that calls
	Charges Source = "charges" // what accounts were charged
	Answers Source = "answers" // answered attempts, one by one
	Live    Source = "live"    // calls in progress
)

// Kind is how values of a measure are compared.
type Kind int

// The kinds.
const (
	Share Kind = iota // a part of a whole: it has an interval
	Mean              // of samples: an average, a quantile
	Sum               // of the window: grows with it, and is 0 where nothing was
)

// Measure is something that rules look at.
type Measure struct {
	Name   string
	Unit   Unit
	Kind   Kind
	Source Source
	// Conditions that make sense.
	Conditions []Condition
	// Each is what it can be told apart by: dimensions of reports, or the one
	// thing it is always told by. empty in it: everything at once.
	Each []string
	// LongestWindow bounds what is read.
	LongestWindow time.Duration
	// Text says what it is.
	Text string

	// Of rollups: what of them the measure and its samples are made of, and what a
	// call that still talks is to it.
	needs   quality.Measure
	talking talking

	ratio func(*quality.Measures) quality.Ratio
	mean  func(*quality.Measures) (v Value, samples int64, ok bool)
	sum   func(*quality.Measures) Value
}

// talking is what a call that was answered and still talks is to a measure.
type talking int

const (
	unseen  talking = iota // only calls that are over show in it
	counted                // as a bid, a seizure, an answer that was not short
	growing                // it adds what is known at its end
)

// Measures are all that there are.
func Measures() []Measure {
	return slices.Concat(shares(), means(), sums(), others())
}

// MeasureOf finds a measure by its name.
func MeasureOf(name string) (Measure, bool) {
	list := Measures()
	i := slices.IndexFunc(list, func(m Measure) bool { return m.Name == name })
	if i < 0 {
		return Measure{}, false
	}
	return list[i], true
}

// longest is the window of what rollups tell.
const longest = 7 * 24 * time.Hour

func dimensions() []string {
	return []string{"provider", "tier", "gate", "server", "account", "country", "prefix", "network"}
}

func ofShare(name, text string, needs quality.Measure, ratio func(*quality.Measures) quality.Ratio) Measure {
	return Measure{
		Name: name, Unit: Percent, Kind: Share, Source: Rollups, Conditions: AllConditions(), Each: dimensions(),
		LongestWindow: longest, Text: text, needs: needs, talking: counted, ratio: ratio,
	}
}

func shares() []Measure {
	return []Measure{
		ofShare("abr", "answers of bids", quality.MeasureABR, (*quality.Measures).ABR),
		ofShare("asr", "answers of seizures", quality.MeasureASR, (*quality.Measures).ASR),
		ofShare("ner", "seizures that reached the called party", quality.MeasureNER, (*quality.Measures).NER),
		ofShare("short_share", "answers with less than 6 s of talk, of answers", quality.MeasureShort, (*quality.Measures).ShortShare),
		ofShare("route_failures", "bids that failed by the route's doing", quality.MeasureBlameRoute, func(m *quality.Measures) quality.Ratio { return quality.Ratio{Part: m.Blamed.Route, Whole: m.Bids} }),
		withTalking(unseen, ofShare("silent_share", "answered legs on which nothing came back, where media passed Asterisk", quality.MeasureSilent, func(m *quality.Measures) quality.Ratio { return m.Media.SilentShare() })),
		ofShare("our_failures", "bids that failed by our own doing", quality.MeasureBlameUs, func(m *quality.Measures) quality.Ratio { return quality.Ratio{Part: m.Blamed.Us, Whole: m.Bids} }),
	}
}

func ofMean(name, text string, needs quality.Measure, mean func(*quality.Measures) (Value, int64, bool)) Measure {
	return Measure{
		Name: name, Unit: Seconds, Kind: Mean, Source: Rollups, Conditions: AllConditions(), Each: dimensions(),
		LongestWindow: longest, Text: text, needs: needs, mean: mean,
	}
}

func withUnit(u Unit, m Measure) Measure {
	m.Unit = u
	return m
}

func withTalking(t talking, m Measure) Measure {
	m.talking = t
	return m
}

func means() []Measure {
	pdd := func(q float64) func(*quality.Measures) (Value, int64, bool) {
		return func(m *quality.Measures) (Value, int64, bool) {
			d, ok := m.PDD.Quantile(q)
			return durationValue(d), m.PDD.Count(), ok
		}
	}
	return []Measure{
		withTalking(growing, ofMean("acd", "talk of an answer", quality.MeasureACD, func(m *quality.Measures) (Value, int64, bool) {
			d, ok := m.ACD()
			return durationValue(d), m.Answers, ok
		})),
		ofMean("pdd_p50", "delay until the first sign of life, that half of the bids do not exceed", quality.MeasurePDD50, pdd(0.5)),
		withUnit(Score, ofMean("mos", "estimated quality of speech, where media passed Asterisk", quality.MeasureMOS, func(m *quality.Measures) (Value, int64, bool) {
			if m.Media.Legs == 0 {
				return 0, 0, false
			}
			return Value(m.Media.MOS * unit / 100 / m.Media.Legs), m.Media.Legs, true
		})),
		withUnit(Percent, ofMean("loss", "packets lost of those expected, where media passed Asterisk", quality.MeasureLoss, func(m *quality.Measures) (Value, int64, bool) {
			s, ok := m.Media.Loss().Share()
			return shareValue(s), m.Media.Legs, ok
		})),
		ofMean("jitter", "mean jitter of a leg, where media passed Asterisk", quality.MeasureJitter, func(m *quality.Measures) (Value, int64, bool) {
			d, ok := m.Media.Jitter()
			return durationValue(d), m.Media.Legs, ok
		}),
		ofMean("pdd_p95", "delay that 95 % of the bids do not exceed", quality.MeasurePDD95, pdd(0.95)),
	}
}

func ofSum(name string, in Unit, text string, needs quality.Measure, sum func(*quality.Measures) Value) Measure {
	return Measure{
		Name: name, Unit: in, Kind: Sum, Source: Rollups, Conditions: AllConditions(), Each: dimensions(),
		LongestWindow: longest, Text: text, needs: needs, sum: sum,
	}
}

func sums() []Measure {
	return []Measure{
		withTalking(counted, ofSum("bids", Count, "bids to providers", quality.MeasureBids, func(m *quality.Measures) Value { return countValue(m.Bids) })),
		withTalking(counted, ofSum("answers", Count, "answers", quality.MeasureAnswers, func(m *quality.Measures) Value { return countValue(m.Answers) })),
		ofSum("short_calls", Count, "answers with less than 6 s of talk", quality.MeasureShort, func(m *quality.Measures) Value { return countValue(m.Short) }),
		withTalking(growing, ofSum("minutes", Count, "minutes of talk", quality.MeasureTalk, func(m *quality.Measures) Value { return durationValue(m.Talk / 60) })),
		withTalking(growing, ofSum("margin", Money, "sale less cost", quality.MeasureMargin, func(m *quality.Measures) Value { return Value(m.Margin()) })),
		withTalking(growing, ofSum("cost", Money, "what providers are owed", quality.MeasureCost, func(m *quality.Measures) Value { return Value(m.Cost) })),
		withTalking(growing, ofSum("sale", Money, "what the answered calls were sold for", quality.MeasureSale, func(m *quality.Measures) Value { return Value(m.Sale) })),
	}
}

func others() []Measure {
	only := []Condition{Above}
	hour := time.Hour
	return []Measure{
		{
			Name: "spend", Unit: Money, Kind: Sum, Source: Charges, Conditions: []Condition{Above, Rise}, Each: []string{"account"}, LongestWindow: 24 * hour,
			Text: "what an account was charged, in the base currency, with what its calls in progress have cost so far",
		},
		{
			Name: "calls_to_number", Unit: Count, Kind: Sum, Source: Numbers, Conditions: only, Each: []string{"b_number"}, LongestWindow: hour,
			Text: "calls to one number",
		},
		{
			Name: "calls_from_number", Unit: Count, Kind: Sum, Source: Numbers, Conditions: only, Each: []string{"a_number"}, LongestWindow: hour,
			Text: "calls from one number",
		},
		{
			Name: "false_answers", Unit: Percent, Kind: Share, Source: Answers, Conditions: only, Each: []string{"provider", "tier", "country"}, LongestWindow: 6 * hour,
			Text: "answers that look false, of the answers of a route; more of them than on the other routes of the same destination, beyond chance",
		},
		{
			Name: "live_calls", Unit: Count, Kind: Sum, Source: Live, Conditions: only, Each: []string{"account", "provider", "server"}, LongestWindow: longest,
			Text: "calls that talk now",
		},
	}
}

// answersPace is how often single attempts are read.
const answersPace = 5 * time.Minute

// Pace is how long a judgement by the measure stands before it is made again; 0: until
// the next round. What reads single attempts looks at as many of them as there are in
// its window, of at least five minutes: more often it would read the same ones again.
func (m *Measure) Pace() time.Duration {
	if m.Source == Answers {
		return answersPace
	}
	return 0
}

// EachFixed says that a rule's each is exactly the measure's.
func (m *Measure) EachFixed() bool { return m.Source == Numbers || m.Source == Charges }

// Only is what the measure can be picked by.
func (m *Measure) Only() []string {
	switch m.Source {
	case Numbers:
		return []string{"account", "server"}
	case Charges:
		return []string{"account"}
	case Answers:
		return []string{"provider", "tier", "country"}
	case Live:
		return []string{"provider", "tier", "gate", "account", "server"}
	case Rollups:
	}
	return dimensions()
}

// Needs are the measures of rollups that the measure and its samples are made of:
// histograms of delays are half of a row, and are read where they are wanted. nil of
// other sources.
func (m *Measure) Needs() []quality.Measure {
	if m.Source != Rollups {
		return nil
	}
	return []quality.Measure{m.needs}
}

// CountsTalking says that calls which were answered and still talk belong to the
// share or the sum: as bids, seizures and answers that were not short.
func (m *Measure) CountsTalking() bool { return m.talking == counted }
