package alarm

import (
	"math"
	"slices"
	"time"

	"tandem/quality"
)

// Verdict is what a figure says.
type Verdict string

// The verdicts.
const (
	Bad     Verdict = "bad"
	Good    Verdict = "good"    // it is over, if it was
	Between Verdict = "between" // neither: past the limit's good side, but not yet where it is over
	Unknown Verdict = "unknown" // too little to judge by
)

// Figure is the value of a measure of a subject in some time.
type Figure struct {
	Value   Value
	Samples int64          // what a share or mean is of
	Ratio   *quality.Ratio // of a share
	// Others is the same of what the subject is compared with: other routes of the
	// same destination. nil: nothing.
	Others *quality.Ratio
	Detail map[string]string // more, for people
}

// Of is the figure of a set of attempts. ok is false where there is nothing to
// divide by.
func (m *Measure) Of(x *quality.Measures) (f Figure, ok bool) {
	switch m.Kind {
	case Share:
		return ShareFigure(m.ratio(x))
	case Mean:
		v, n, ok := m.mean(x)
		return Figure{Value: v, Samples: n}, ok
	case Sum:
	}
	return Figure{Value: m.sum(x), Samples: x.Bids}, true
}

// ShareFigure is a share with what it is of.
func ShareFigure(r quality.Ratio) (Figure, bool) {
	s, ok := r.Share()
	return Figure{Value: shareValue(s), Samples: r.Whole, Ratio: &r}, ok
}

// CountFigure is so many.
func CountFigure(n int64) Figure { return Figure{Value: countValue(n), Samples: n} }

// Scaled is a sum as it would be of another time: hours are kept longer than five
// minutes, so windows of the past may be longer. What an hour has seen is not enough
// for what needs as much of five minutes; a shorter time has seen no more than it did.
func (m *Measure) Scaled(f Figure, from, to time.Duration) Figure {
	if m.Kind == Sum && from > 0 && from != to {
		share := float64(to) / float64(from)
		f.Value = f.Value.part(share)
		f.Samples = int64(math.Round(float64(f.Samples) * min(share, 1)))
	}
	return f
}

// Judgement is a verdict with what it rests on.
type Judgement struct {
	Verdict   Verdict
	Figure    Figure
	Low, High *Value // 95 % interval, of a share
	Past      *Value // its own past, or the others
}

// LeastPast is how many windows of the past a judgement by it needs.
const LeastPast = 3

// Judge says what a figure means. past are figures of the same hours of earlier
// weeks or days, for conditions that look at them.
func (r *Rule) Judge(now Figure, past []Figure) Judgement {
	j := Judgement{Verdict: Unknown, Figure: now}
	if now.Ratio != nil && now.Ratio.Whole > 0 {
		i := now.Ratio.Wilson(quality.Z95)
		j.Low, j.High = new(shareValue(i.Low)), new(shareValue(i.High))
	}
	if r.enough(true) && now.Samples < r.MinSamples {
		return j
	}
	switch {
	case r.Condition.OfPast():
		r.judgePast(&j, past)
	case now.Others != nil:
		r.judgeOthers(&j)
	default:
		j.Verdict = r.beyond(now.Value, r.Value, r.Clear)
	}
	return j
}

// beyond compares with a limit; over is where it is over, nil: at the limit.
func (r *Rule) beyond(v, limit Value, over *Value) Verdict {
	good := limit
	if over != nil {
		good = *over
	}
	if r.Condition == Below || r.Condition == Drop {
		v, limit, good = -v, -limit, -good
	}
	switch {
	case v > limit:
		return Bad
	case v > good:
		return Between
	}
	return Good
}

// judgeOthers wants more than the limit, and more than the others beyond chance:
// where a destination answers falsely on every route, that is no fault of this one.
func (r *Rule) judgeOthers(j *Judgement) {
	others, ok := ShareFigure(*j.Figure.Others)
	if ok {
		j.Past = &others.Value
	}
	j.Verdict = r.beyond(j.Figure.Value, r.Value, r.Clear)
	if j.Verdict != Bad {
		return
	}
	switch {
	case others.Samples < r.MinSamples:
		j.Verdict = Unknown // nothing to compare with
	case Difference(*j.Figure.Ratio, *j.Figure.Others) <= 0:
		j.Verdict = Good
	}
}

// judgePast compares with the past: the change must be large enough, beyond chance,
// and beyond all that the same hours have shown.
func (r *Rule) judgePast(j *Judgement, past []Figure) {
	past = r.usable(past)
	if len(past) < LeastPast {
		return
	}
	middle := r.middle(past)
	j.Past = &middle
	if v, is := r.little(j.Figure.Value, middle); is {
		j.Verdict = v
		return
	}
	if middle <= 0 { // nothing can be a percentage of that
		if middle == 0 && r.Measure.Kind == Sum && r.Condition == Rise {
			j.Verdict = r.fromNothing(&j.Figure, past)
		}
		return
	}
	percent := Value((float64(j.Figure.Value)/float64(middle) - 1) * 100 * unit)
	limit, over := r.Value, r.Clear
	if r.Condition == Drop {
		limit = -limit
		if over != nil {
			over = new(-*over)
		}
	}
	switch j.Verdict = r.beyond(percent, limit, over); {
	case j.Verdict != Bad:
	case !r.beyondChance(j.Figure, past):
		j.Verdict = Between
	}
}

// little says whether so little money is meant that its course does not matter, and
// what is said of it then: to have risen to so little is no harm, to have dropped from
// so little tells nothing.
func (r *Rule) little(now, middle Value) (v Verdict, is bool) {
	if r.Measure.Unit != Money || r.MinMoney <= 0 {
		return "", false
	}
	if r.Condition == Rise {
		return Good, now < r.MinMoney
	}
	return Unknown, middle < r.MinMoney
}

// fromNothing judges a sum that was nothing at these hours, as a rise: anything is
// more than so many percent of that. An account that never calls at night and spends
// then is what people want to hear of.
func (r *Rule) fromNothing(now *Figure, past []Figure) Verdict {
	switch {
	case now.Value <= 0:
		return Good
	case !r.beyondChance(*now, past):
		return Between
	}
	return Bad
}

// enough says whether MinSamples are wanted, of the figure now or of those of the past:
// shares and means do always. Of a sum a few mean nothing when it is said to have
// risen, nor in the past when it is said to have dropped.
func (r *Rule) enough(now bool) bool {
	return r.Measure.Kind != Sum || now && r.Condition == Rise || !now && r.Condition == Drop
}

func (r *Rule) usable(past []Figure) []Figure {
	if !r.enough(false) {
		return past
	}
	return slices.DeleteFunc(slices.Clone(past), func(f Figure) bool { return f.Samples < r.MinSamples })
}

// middle is what the past comes to: of shares all of it together, else the median.
func (r *Rule) middle(past []Figure) Value {
	if r.Measure.Kind == Share {
		f, _ := ShareFigure(together(past))
		return f.Value
	}
	values := make([]Value, len(past))
	for i, f := range past {
		values[i] = f.Value
	}
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}

func together(list []Figure) (all quality.Ratio) {
	for _, f := range list {
		if f.Ratio != nil {
			all.Part += f.Ratio.Part
			all.Whole += f.Ratio.Whole
		}
	}
	return all
}

// beyondChance says whether the figure lies outside of everything that the past
// has shown; a share also by the interval of the difference.
func (r *Rule) beyondChance(now Figure, past []Figure) bool {
	for _, f := range past {
		if r.Condition == Drop && now.Value >= f.Value || r.Condition == Rise && now.Value <= f.Value {
			return false
		}
	}
	if r.Measure.Kind != Share || now.Ratio == nil {
		return true
	}
	if r.Condition == Drop {
		return Difference(together(past), *now.Ratio) > 0
	}
	return Difference(*now.Ratio, together(past)) > 0
}
