package quality

// Measure names one figure of a set of attempts, in reports, thresholds and rules.
type Measure string

// The measures.
const (
	MeasureBids        Measure = "bids"
	MeasureSeizures    Measure = "seizures"
	MeasureEffective   Measure = "effective"
	MeasureAnswers     Measure = "answers"
	MeasureABR         Measure = "abr"
	MeasureASR         Measure = "asr"
	MeasureNER         Measure = "ner"
	MeasureShort       Measure = "short" // of answers
	MeasureACD         Measure = "acd"
	MeasurePDD50       Measure = "pdd_p50"
	MeasurePDD95       Measure = "pdd_p95"
	MeasureTalk        Measure = "talk"
	MeasureCost        Measure = "cost"
	MeasureSale        Measure = "sale"
	MeasureMargin      Measure = "margin"
	MeasureMarginShare Measure = "margin_share" // of sale
	MeasureBlameCaller Measure = "blame_caller" // of bids, as the three that follow
	MeasureBlameCalled Measure = "blame_called"
	MeasureBlameRoute  Measure = "blame_route"
	MeasureBlameUs     Measure = "blame_us"
	MeasureLoss        Measure = "loss" // of packets of media, as the three that follow
	MeasureJitter      Measure = "jitter"
	MeasureMOS         Measure = "mos"
	MeasureSilent      Measure = "silent" // of answered legs: nothing was heard
)

// AllMeasures lists them, as reports show them.
func AllMeasures() []Measure {
	return []Measure{
		MeasureBids, MeasureSeizures, MeasureEffective, MeasureAnswers, MeasureABR, MeasureASR, MeasureNER, MeasureShort, MeasureACD, MeasurePDD50, MeasurePDD95,
		MeasureTalk, MeasureCost, MeasureSale, MeasureMargin, MeasureMarginShare, MeasureBlameCaller, MeasureBlameCalled, MeasureBlameRoute, MeasureBlameUs,
		MeasureLoss, MeasureJitter, MeasureMOS, MeasureSilent,
	}
}

// Unit is what the whole numbers of a measure count.
type Unit string

// The units.
const (
	UnitCount Unit = "count"
	UnitShare Unit = "share" // millionths
	UnitTime  Unit = "ms"
	UnitMoney Unit = "money" // millionths of the base currency
	UnitMicro Unit = "us"    // microseconds
	UnitScore Unit = "mos"   // hundredths of a point, 100 to 450
)

// Unit is that of the measure; empty: there is no such measure.
func (x Measure) Unit() Unit {
	switch x {
	case MeasureBids, MeasureSeizures, MeasureEffective, MeasureAnswers:
		return UnitCount
	case MeasureABR, MeasureASR, MeasureNER, MeasureShort, MeasureMarginShare, MeasureBlameCaller, MeasureBlameCalled, MeasureBlameRoute, MeasureBlameUs, MeasureLoss, MeasureSilent:
		return UnitShare
	case MeasureACD, MeasurePDD50, MeasurePDD95, MeasureTalk:
		return UnitTime
	case MeasureCost, MeasureSale, MeasureMargin:
		return UnitMoney
	case MeasureJitter:
		return UnitMicro
	case MeasureMOS:
		return UnitScore
	}
	return ""
}

// Worse says in which direction a measure gets worse.
type Worse string

// The directions.
const (
	WorseBelow Worse = "below"
	WorseAbove Worse = "above"
)

// Worse is empty of measures that are neither good nor bad by themselves.
func (x Measure) Worse() Worse {
	switch x {
	case MeasureABR, MeasureASR, MeasureNER, MeasureACD, MeasureMargin, MeasureMarginShare, MeasureMOS:
		return WorseBelow
	case MeasureShort, MeasurePDD50, MeasurePDD95, MeasureBlameRoute, MeasureBlameUs, MeasureLoss, MeasureJitter, MeasureSilent:
		return WorseAbove
	case MeasureBids, MeasureSeizures, MeasureEffective, MeasureAnswers, MeasureTalk, MeasureCost, MeasureSale, MeasureBlameCaller, MeasureBlameCalled:
	}
	return ""
}

// Ratio is the measure as counts; ok is false of what is no ratio of things that
// happen each by itself. Packets are lost together.
func (x Measure) Ratio(m *Measures) (r Ratio, ok bool) {
	switch x {
	case MeasureABR:
		return m.ABR(), true
	case MeasureASR:
		return m.ASR(), true
	case MeasureNER:
		return m.NER(), true
	case MeasureShort:
		return m.ShortShare(), true
	case MeasureBlameCaller:
		return Ratio{m.Blamed.Caller, m.Bids}, true
	case MeasureBlameCalled:
		return Ratio{m.Blamed.Called, m.Bids}, true
	case MeasureBlameRoute:
		return Ratio{m.Blamed.Route, m.Bids}, true
	case MeasureBlameUs:
		return Ratio{m.Blamed.Us, m.Bids}, true
	case MeasureSilent:
		return m.Media.SilentShare(), true
	default:
		return Ratio{}, false
	}
}
