package bench

import (
	"context"
	"fmt"
	"time"

	"tandem/play/sip"
)

// Sustained is the highest rate each side carried, by a search in steps.
type Sustained struct {
	Criteria string  `json:"criteria"`
	Seconds  float64 `json:"seconds_a_step"`
	Tandem   float64 `json:"tandem_cps"`
	Bare     float64 `json:"bare_dial_cps"`
	Ratio    float64 `json:"ratio"`
	Goal     float64 `json:"goal"`
	Reached  bool    `json:"goal_reached"`
	Capped   bool    `json:"capped,omitempty"` // the anchor passed where the search ends: the ratio is at most this
	Steps    []Step  `json:"steps"`
}

// Step is one try of a rate.
type Step struct {
	Side        string  `json:"side"`
	CPS         float64 `json:"offered_cps"`
	Passed      bool    `json:"passed"`
	Why         string  `json:"why,omitempty"` // of a failure
	Offered     int     `json:"offered"`
	Failed      int     `json:"failed"`
	SetupP99    float64 `json:"setup_p99_ms"`
	LateP99     float64 `json:"generator_late_p99_ms"`
	AsteriskCPU float64 `json:"asterisk_cpu_ms_a_call"`
	Others      float64 `json:"share_of_the_machine_used_by_others"`
}

// What a rate must hold to count as sustained, fixed before the run.
const (
	stepTime     = 6 * time.Second
	maxFailed    = 0.01                   // of the offered calls
	maxLate      = 100 * time.Millisecond // p99 of the generator behind its time
	maxSetup     = time.Second            // p99 of INVITE to 200
	searchFactor = 1.5                    // from one step to the next while all pass
	searchEnd    = 0.05                   // distance between the last pass and the first failure
)

func criteria() string {
	return fmt.Sprintf("at most %.0f %% failed, dropped or without an answer to BYE; p99 of INVITE to 200 at most %v; generator at most %v late (p99); a failed step is tried twice",
		100*maxFailed, maxSetup, maxLate)
}

// sustained searches both sides, step by step in turns.
func (b *callBench) sustained(ctx context.Context, s *Sustained) error {
	s.Criteria, s.Seconds, s.Goal = criteria(), stepTime.Seconds(), SustainedGoal
	sides := []struct {
		caller *caller
		search search
		found  *float64
	}{
		{&b.tandem, newSearch(b.spec.CPS, b.spec.MaxCPS), &s.Tandem},
		{&b.bare, newSearch(b.spec.CPS, b.spec.MaxCPS), &s.Bare},
	}
	for open := true; open; {
		open = false
		for i := range sides {
			side := &sides[i]
			cps, more := side.search.next()
			if !more {
				continue
			}
			open = true
			passed, err := b.step(ctx, side.caller, cps, s)
			if err != nil {
				return err
			}
			side.search.tell(cps, passed)
		}
	}
	for i := range sides {
		*sides[i].found = sides[i].search.low
	}
	s.Capped = s.Bare >= b.spec.MaxCPS
	if s.Bare > 0 {
		s.Ratio = s.Tandem / s.Bare
	}
	s.Reached = s.Ratio >= s.Goal && !s.Capped
	return nil
}

// step tries a rate, and once more when it fails: others work on the same cores.
func (b *callBench) step(ctx context.Context, c *caller, cps float64, s *Sustained) (passed bool, err error) {
	for try := 0; try < 2 && !passed; try++ {
		slice, err := b.slice(ctx, c, cps, stepTime)
		if err != nil {
			return false, err
		}
		why := judge(slice.load)
		passed = why == ""
		s.Steps = append(s.Steps, Step{
			Side: c.name, CPS: cps, Passed: passed, Why: why, Offered: slice.load.Offered, Failed: slice.load.Failed + slice.load.Skipped,
			SetupP99: slice.load.Setup.P99, LateP99: slice.load.Late.P99, AsteriskCPU: slice.each(slice.asterisk), Others: slice.others,
		})
		if passed {
			why = "passed"
		}
		b.options.say("search %-9s %5.1f calls/s: %s; others use %.0f %% of the machine", c.name, cps, why, 100*slice.others)
	}
	return passed, nil
}

// judge names the first criterion that a load does not hold; empty: none.
func judge(l sip.LoadResult) string {
	bad := l.Failed + l.Skipped + l.Dropped + l.LostBye
	switch {
	case l.Offered == 0 || float64(bad) > maxFailed*float64(l.Offered):
		return fmt.Sprintf("%d of %d calls failed, %d dropped, %d BYE unanswered, %v", l.Failed+l.Skipped, l.Offered, l.Dropped, l.LostBye, l.ByStatus)
	case l.Setup.P99 > ms(maxSetup):
		return fmt.Sprintf("p99 of INVITE to 200 is %.0f ms", l.Setup.P99)
	case l.Late.P99 > ms(maxLate):
		return fmt.Sprintf("the generator is late by %.0f ms (p99)", l.Late.P99)
	}
	return ""
}

// search finds the highest rate that passes: upwards by a factor until one
// fails, then by halves between the two.
type search struct {
	start, end float64
	low, high  float64 // highest passed, lowest failed; 0: none yet
}

func newSearch(start, end float64) search { return search{start: min(start, end), end: end} }

// next is the rate to try; false when the answer is found.
func (s *search) next() (float64, bool) {
	switch {
	case s.low == 0 && s.high == 0:
		return s.start, true
	case s.high == 0 && s.low >= s.end:
		return 0, false
	case s.high == 0:
		return min(s.low*searchFactor, s.end), true
	case s.high-s.low <= max(searchEnd*s.high, 1):
		return 0, false
	}
	return (s.low + s.high) / 2, true
}

func (s *search) tell(cps float64, passed bool) {
	if passed {
		s.low = cps
	} else {
		s.high = cps
	}
}
