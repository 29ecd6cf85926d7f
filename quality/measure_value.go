package quality

import (
	"math"
	"time"

	"tandem/internal/money"
)

// Value is the measure in its unit; ok is false when there is nothing to divide by.
func (x Measure) Value(m *Measures) (v int64, ok bool) {
	if r, is := x.Ratio(m); is {
		s, ok := r.Share()
		return int64(s), ok
	}
	switch x {
	case MeasureBids:
		return m.Bids, true
	case MeasureSeizures:
		return m.Seizures, true
	case MeasureEffective:
		return m.Effective, true
	case MeasureAnswers:
		return m.Answers, true
	case MeasureACD:
		return inMS(m.ACD())
	case MeasurePDD50:
		return inMS(m.PDD.Quantile(0.5))
	case MeasurePDD95:
		return inMS(m.PDD.Quantile(0.95))
	case MeasureTalk:
		return m.Talk.Milliseconds(), true
	case MeasureCost:
		return int64(m.Cost), true
	case MeasureSale:
		return int64(m.Sale), true
	case MeasureMargin:
		return int64(m.Margin()), true
	case MeasureMarginShare:
		return m.MarginShare()
	case MeasureLoss:
		s, ok := m.Media.Loss().Share()
		return int64(s), ok
	case MeasureJitter:
		d, ok := m.Media.Jitter()
		return d.Microseconds(), ok
	case MeasureMOS:
		mos, ok := m.Media.MeanMOS()
		return int64(math.Round(mos * 100)), ok
	default:
		return 0, false
	}
}

func inMS(d time.Duration, ok bool) (int64, bool) { return d.Milliseconds(), ok }

// MarginShare is the margin in millionths of the sale, below zero where calls
// cost more than they brought; ok is false when nothing was sold.
func (m *Measures) MarginShare() (share int64, ok bool) {
	if m.Sale <= 0 {
		return 0, false
	}
	share, err := money.MulDiv(int64(m.Margin()), int64(Whole), int64(m.Sale))
	return share, err == nil
}

// How much is needed for a figure to mean anything.
const (
	widest     = Whole / 5 // of the interval of a share: 10 percentage points to either side
	fewestMean = 30        // calls that a mean or a quantile is of
	fewestTail = 100       // those that a 95th percentile is of: five beyond it
)

// Small says whether the measure is of too few attempts to mean anything: the 95 %
// interval of a share is wider than 20 percentage points, a mean or a median is of
// fewer than 30 calls, a 95th percentile of fewer than 100. Counts and sums are
// what they are.
func (x Measure) Small(m *Measures) bool {
	if r, is := x.Ratio(m); is {
		i := r.Wilson(Z95)
		return i.High-i.Low > widest
	}
	switch x {
	case MeasureACD:
		return m.Answers < fewestMean
	case MeasurePDD50:
		return m.PDD.Count() < fewestMean
	case MeasurePDD95:
		return m.PDD.Count() < fewestTail
	case MeasureMarginShare:
		return m.Answers < fewestMean
	case MeasureLoss, MeasureJitter, MeasureMOS:
		return m.Media.Legs < fewestMean
	default:
		return false
	}
}

// Differs says whether a share is another one than before with 95 % confidence:
// by the difference of two proportions with the pooled variance, once both are
// large enough for it. up says that it is larger now. What is no share never
// differs: how much it scatters is not kept.
func (x Measure) Differs(now, before *Measures) (up, differs bool) {
	a, is := x.Ratio(now)
	b, _ := x.Ratio(before)
	if !is || x.Small(now) || x.Small(before) {
		return false, false
	}
	n, k := float64(a.Whole), float64(b.Whole)
	p, q := float64(a.Part)/n, float64(b.Part)/k
	pooled := float64(a.Part+b.Part) / (n + k)
	variance := pooled * (1 - pooled) * (1/n + 1/k)
	return p > q, variance > 0 && (p-q)*(p-q) > Z95*Z95*variance
}
