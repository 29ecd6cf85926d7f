package simulation

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"tandem/quality"
)

// Summary is a scenario under every policy with several seeds.
type Summary struct {
	Seeds    int    `json:"seeds"`
	Calls    int    `json:"calls"` // of all seeds
	Policies []Line `json:"policies"`
}

// Line is a policy's mean over the seeds.
type Line struct {
	Name     string        `json:"name"`
	OfOracle quality.Share `json:"of_oracle"`
	ASR      quality.Share `json:"asr"`
	False    quality.Share `json:"false_answers"`
	Wait     int64         `json:"mean_wait_ms"`
	Explored quality.Share `json:"explored"`
	Testing  quality.Share `json:"testing"`
	Events   []Spread      `json:"events"`
}

// Spread is how a policy met an event, over the seeds.
type Spread struct {
	Event string `json:"event"`
	Away  int    `json:"away"` // seeds in which it was not on that carrier
	Left  Range  `json:"left"`
	Back  Range  `json:"back"`
}

// Range is the least, the median and the most of some times, in seconds. Times is
// how many there are; the others never happened.
type Range struct {
	Times  int   `json:"times"`
	Least  int64 `json:"least_s"`
	Median int64 `json:"median_s"`
	Most   int64 `json:"most_s"`
}

// RunSeeds plays a scenario with the seeds from 0 on.
func RunSeeds(ctx context.Context, s Scenario, c quality.Config, seeds int) (*Summary, error) {
	if seeds < 1 {
		return nil, errors.New("simulation: want one seed at least")
	}
	reports := make([]Report, seeds)
	for seed := range reports {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var err error
		if reports[seed], err = Run(s, c, uint64(seed)); err != nil {
			return nil, err
		}
	}
	return summarise(reports), nil
}

func summarise(reports []Report) *Summary {
	s := &Summary{Seeds: len(reports)}
	for i := range reports {
		s.Calls += reports[i].Calls
	}
	for p := range reports[0].Policies {
		lines := make([]*Policy, len(reports))
		for i := range reports {
			lines[i] = &reports[i].Policies[p]
		}
		s.Policies = append(s.Policies, lineOf(lines))
	}
	return s
}

func lineOf(seeds []*Policy) Line {
	mean := func(of func(*Policy) quality.Share) (sum quality.Share) {
		for _, p := range seeds {
			sum += of(p)
		}
		return sum / quality.Share(len(seeds))
	}
	v := Line{
		Name:     seeds[0].Name,
		OfOracle: mean(func(p *Policy) quality.Share { return p.OfOracle }), ASR: mean(func(p *Policy) quality.Share { return p.ASR }),
		False: mean(func(p *Policy) quality.Share { return p.False }), Explored: mean(func(p *Policy) quality.Share { return p.Explored }),
		Testing: mean(func(p *Policy) quality.Share { return p.Testing }),
		Wait:    int64(mean(func(p *Policy) quality.Share { return quality.Share(p.Wait) })),
	}
	for i := range seeds[0].Events {
		e := Spread{Event: seeds[0].Events[i].Event}
		var left, back []int64
		for _, p := range seeds {
			r := &p.Events[i]
			if r.Away {
				e.Away++
			}
			if r.Leave != nil {
				left = append(left, *r.Leave)
			}
			if r.Return != nil {
				back = append(back, *r.Return)
			}
		}
		e.Left, e.Back = rangeOf(left), rangeOf(back)
		v.Events = append(v.Events, e)
	}
	return v
}

func rangeOf(times []int64) Range {
	if len(times) == 0 {
		return Range{}
	}
	slices.Sort(times)
	n := len(times)
	return Range{Times: n, Least: times[0], Median: (times[(n-1)/2] + times[n/2]) / 2, Most: times[n-1]}
}

// Print writes the summary as tables.
func (s *Summary) Print(out io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%d calls, %d seeds\n\n%-18s %10s %8s %8s %8s %9s %9s\n", s.Calls, s.Seeds, "policy", "of oracle", "talked", "false", "wait", "explored", "its cost")
	for i := range s.Policies {
		p := &s.Policies[i]
		fmt.Fprintf(&b, "%-18s %10s %8s %8s %6dms %9s %9s\n", p.Name, p.OfOracle, p.ASR, p.False, p.Wait, p.Explored, p.Testing)
	}
	b.WriteString("\nmedian (least to most), and in how many seeds it was away already or it never happened\n")
	for e := range s.Policies[0].Events {
		fmt.Fprintf(&b, "\n%s\n", s.Policies[0].Events[e].Event)
		for i := range s.Policies {
			v := &s.Policies[i].Events[e]
			fmt.Fprintf(&b, "  %-18s left %-34s back %-34s away %d\n", s.Policies[i].Name, v.Left.text(s.Seeds), v.Back.text(s.Seeds), v.Away)
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func (r Range) text(seeds int) string {
	if r.Times == 0 {
		return "never"
	}
	text := fmt.Sprintf("%s (%s to %s)", seconds(r.Median), seconds(r.Least), seconds(r.Most))
	if r.Times < seeds {
		text += fmt.Sprintf(" in %d", r.Times)
	}
	return text
}

func seconds(n int64) time.Duration { return time.Duration(n) * time.Second }
