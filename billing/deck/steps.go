package deck

import (
	"fmt"

	"tandem/billing/rate"
	"tandem/internal/money"
)

// Bounds of grace and free seconds, as package rate has them.
const (
	maxGrace = 60
	maxFree  = 3600
)

// readSeconds reads a column of seconds; an empty cell is none.
func (f rowFaults) readSeconds(column, most int) int16 {
	c := f.r.cell(column)
	if len(c) == 0 || len(c) == 1 && c[0] == '-' {
		return 0
	}
	v, ok := wholeSeconds(c)
	if !ok || int(v) > most {
		f.add(column, &problem{"not seconds", fmt.Sprintf("write whole seconds from 0 to %d", most)})
		return 0
	}
	return int16(v)
}

// readSteps reads the steps from their column, or one from its two columns.
func (f rowFaults) readSteps(x *terms) {
	p, r := f.p, f.r
	if c := r.cell(p.at.steps); len(c) > 0 {
		var err error
		if x.steps, err = rate.ParseSteps(string(c)); err != nil {
			f.add(p.at.steps, &problem{"not steps", fmt.Sprintf("write seconds:price, at most %d of them, ascending, as in 300:0.01,600:0.005, in a cell that holds text", rate.MaxSteps)})
			return
		}
		for _, s := range x.steps {
			if int64(s.PerMinute) > p.step.max {
				f.add(p.at.steps, p.step.absurd())
			}
		}
	}
	after, price := r.cell(p.at.stepAfter), r.cell(p.step.column)
	switch {
	case len(after) == 0 && len(price) == 0:
		return
	case len(after) == 0:
		f.add(p.at.stepAfter, &problem{"a step's price without its seconds", "write after how many seconds it begins"})
		return
	case len(price) == 0:
		f.add(p.step.column, &problem{"a step without a price", "write its price per minute"})
		return
	case x.steps != [rate.MaxSteps]rate.Step{}:
		f.add(p.at.stepAfter, &problem{"a step in two places", "write it in one of them"})
		return
	}
	seconds, ok := wholeSeconds(after)
	if !ok {
		f.add(p.at.stepAfter, &problem{"not seconds", "write whole seconds of billed time, such as 300"})
		return
	}
	v, wrong := p.step.parse(price, r.number(p.step.column), r.line)
	f.add(p.step.column, wrong)
	if seconds > 0 {
		x.steps[0] = rate.Step{After: seconds, PerMinute: money.Rate(v)}
	}
}

// bothOfStep refuses the price of a step without its seconds, and the other way
// round.
func (l *layout) bothOfStep() error {
	after, price := l.index(FieldStepAfter), l.index(FieldStepPrice)
	if (after < 0) == (price < 0) {
		return nil
	}
	have, want := FieldStepAfter, FieldStepPrice
	if after < 0 {
		have, want = want, have
	}
	at := max(after, price)
	return l.fault(l.header, at, nil, problem{
		fmt.Sprintf("a column for %s and none for %s", have, want),
		fmt.Sprintf(`map the other one, --map "%s=B", or say --map ignore=%s`, want, letter(at+1)),
	})
}

func looksSeconds(c []byte) bool {
	_, ok := wholeSeconds(c)
	return ok
}

func looksSteps(c []byte) bool {
	_, err := rate.ParseSteps(string(c))
	return err == nil
}
