package rate

import (
	"fmt"
	"strconv"
	"strings"

	"tandem/internal/money"
)

// MaxSteps is how many steps a rate may have.
const MaxSteps = 2

// Step is another price per minute for what comes after so many seconds of
// billed time. It takes hold with the next increment.
type Step struct {
	After     int32 // seconds of billed time; 0: there is no such step
	PerMinute money.Rate
}

// validateSteps wants them ascending, and the unused ones last and zero.
func validateSteps(steps [MaxSteps]Step) error {
	last := int32(0)
	for i, s := range steps {
		switch {
		case s == Step{}:
			if i+1 < MaxSteps && steps[i+1] != (Step{}) {
				return fmt.Errorf("step %d is empty, but step %d is not", i+1, i+2)
			}
			continue
		case s.After < 1 || int64(s.After) > maxSeconds:
			return fmt.Errorf("step %d begins after %d s: want 1 to %d", i+1, s.After, maxSeconds)
		case s.After <= last:
			return fmt.Errorf("step %d begins after %d s: want more than the %d s of the step before", i+1, s.After, last)
		case s.PerMinute < 0:
			return fmt.Errorf("step %d: price per minute %s: below zero", i+1, s.PerMinute)
		}
		last = s.After
	}
	return nil
}

// at is the price per minute of an increment that begins after so many seconds
// of billed time, and how many seconds the next step is away; 0: there is none.
func (r *Rate) at(billed int64) (perMinute money.Rate, left int64) {
	perMinute = r.PerMinute
	for _, s := range r.Steps {
		switch {
		case s.After == 0:
			return perMinute, 0
		case int64(s.After) > billed:
			return perMinute, int64(s.After) - billed
		}
		perMinute = s.PerMinute
	}
	return perMinute, 0
}

// ParseSteps reads "300:0.01,600:0.005": 0.01 a minute after 300 s of billed
// time, 0.005 after 600 s. Blanks and semicolons part steps as well.
func ParseSteps(text string) (steps [MaxSteps]Step, err error) {
	n := 0
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ';' || r == ' ' }) {
		after, price, ok := strings.Cut(part, ":")
		if !ok {
			return steps, fmt.Errorf("steps %q: want seconds:price, as in 300:0.01,600:0.005", text)
		}
		if n == MaxSteps {
			return steps, fmt.Errorf("steps %q: more than %d", text, MaxSteps)
		}
		seconds, err := strconv.ParseUint(after, 10, 31)
		if err != nil {
			return steps, fmt.Errorf("steps %q: %q is no number of seconds", text, after)
		}
		s := Step{After: int32(seconds)}
		if s.PerMinute, err = money.ParseRate(price); err != nil {
			return steps, fmt.Errorf("steps %q: %w", text, err)
		}
		if s.After == 0 {
			return steps, fmt.Errorf("steps %q: a step begins after at least a second", text)
		}
		steps[n] = s
		n++
	}
	return steps, validateSteps(steps)
}

// AppendSteps writes steps as ParseSteps reads them; nothing when there are none.
func AppendSteps(b []byte, steps [MaxSteps]Step) []byte {
	for i, s := range steps {
		if s.After == 0 {
			break
		}
		if i > 0 {
			b = append(b, ',')
		}
		b = append(strconv.AppendInt(b, int64(s.After), 10), ':')
		b = append(b, trimZeros(s.PerMinute.String())...)
	}
	return b
}

// Dearest is the highest price per minute that the rate comes to.
func (r *Rate) Dearest() money.Rate {
	dearest := r.PerMinute
	for _, s := range r.Steps {
		if s.After != 0 {
			dearest = max(dearest, s.PerMinute)
		}
	}
	return dearest
}
