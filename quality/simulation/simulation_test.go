package simulation_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"tandem/quality"
	"tandem/quality/simulation"
)

// profit alone, so that the oracle, who looks at nothing else, is a fair measure.
func profit() quality.Config {
	c := quality.Defaults()
	c.Goodwill, c.MaxCells = 0, 1<<14
	return c
}

// day is a shorter scenario: the cheapest carrier fails in two ways and recovers.
func day() simulation.Scenario {
	s := simulation.Standard()
	well := s.Carriers[0].Phases[0]
	lost, fake := well, well
	lost.From, lost.Lost = 2*time.Hour, 0.9
	fake.From, fake.False = 8*time.Hour, 0.6
	back, again := well, well
	back.From, again.From = 4*time.Hour, 10*time.Hour
	s.Carriers[0].Phases = []simulation.Phase{well, lost, back, fake, again}
	s.Length = 14 * time.Hour
	s.Events = []simulation.Event{
		{Name: "rings into nothing", From: 2 * time.Hour, Until: 4 * time.Hour, Leave: true},
		{Name: "false answers", From: 8 * time.Hour, Until: 10 * time.Hour, Leave: true},
	}
	return s
}

// What the figures in the documentation rest on, whatever the chances: quality
// leaves a failing carrier and returns to it by itself, earns more than least
// cost and than a lock, and what it spends on testing routes is bounded.
func TestClaims(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		r, err := simulation.Run(day(), profit(), seed)
		if err != nil {
			t.Fatal(err)
		}
		lines := map[string]simulation.Policy{}
		for _, p := range r.Policies {
			lines[p.Name] = p
			if p.OfOracle > quality.Whole {
				t.Errorf("seed %d: %s earns %s of what the oracle does", seed, p.Name, p.OfOracle)
			}
		}
		ours := lines["quality"]
		for _, other := range []string{"least cost", "threshold lock"} {
			if ours.OfOracle <= lines[other].OfOracle {
				t.Errorf("seed %d: quality earns %s of the oracle, %s %s", seed, ours.OfOracle, other, lines[other].OfOracle)
			}
		}
		for _, e := range ours.Events {
			if e.Away || e.Leave == nil || e.Return == nil {
				t.Errorf("seed %d: %s: away %t, left %t, returned %t; want left and returned", seed, e.Event, e.Away, e.Leave != nil, e.Return != nil)
			}
		}
		for _, e := range lines["least cost"].Events {
			if e.Leave != nil {
				t.Errorf("seed %d: least cost has left the carrier after %d s: the measure is broken", seed, *e.Leave)
			}
		}
		c := profit()
		if ours.Explored > c.Trial || ours.Testing > quality.Whole/100 {
			t.Errorf("seed %d: %s of the calls explore and cost %s of the profit; want at most %s and 1 %%", seed, ours.Explored, ours.Testing, c.Trial)
		}
		if blind := lines["quality, no tests"]; blind.Explored != 0 || blind.Testing != 0 {
			t.Errorf("seed %d: without tests %s explored", seed, blind.Explored)
		}
		if t.Failed() {
			t.Log("\n" + r.Text())
		}
	}
}

// The same seed is the same report, another one is not; and it reads as a table
// and as JSON.
func TestReportIsReproducible(t *testing.T) {
	t.Parallel()
	s := day()
	s.Length, s.Events = 90*time.Minute, nil
	run := func(seed uint64) (simulation.Report, string) {
		r, err := simulation.Run(s, profit(), seed)
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		return r, string(b)
	}
	r, once := run(7)
	if _, again := run(7); again != once {
		t.Errorf("the same seed gave\n%s\nand\n%s", once, again)
	}
	if _, other := run(8); other == strings.Replace(once, `"seed":7`, `"seed":8`, 1) {
		t.Error("another seed gave the same report")
	}
	text := r.Text()
	for _, p := range r.Policies {
		if !strings.Contains(text, p.Name) || !strings.Contains(once, `"name":"`+p.Name+`"`) {
			t.Errorf("%s is missing from the table or the JSON", p.Name)
		}
	}
	if _, err := simulation.Run(s, quality.Config{}, 1); err == nil {
		t.Error("a configuration without anything was taken")
	}
}

// The summary of several seeds is their mean, and its ranges are of their times.
func TestSummaryIsOfItsSeeds(t *testing.T) {
	t.Parallel()
	s := day()
	s.Length, s.Events = 4*time.Hour, s.Events[:1]
	const seeds = 3
	sum, err := simulation.RunSeeds(t.Context(), s, profit(), seeds)
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	var of quality.Share
	least, most := int64(1<<60), int64(0)
	for seed := range uint64(seeds) {
		r, err := simulation.Run(s, profit(), seed)
		if err != nil {
			t.Fatal(err)
		}
		ours := r.Policies[len(r.Policies)-1]
		calls += r.Calls
		of += ours.OfOracle
		least, most = min(least, *ours.Events[0].Leave), max(most, *ours.Events[0].Leave)
	}
	got := sum.Policies[len(sum.Policies)-1]
	left := got.Events[0].Left
	if sum.Calls != calls || got.OfOracle != of/seeds || left.Least != least || left.Most != most || left.Times != seeds || left.Median < least || left.Median > most {
		t.Errorf("%d calls, %+v; want %d calls, %s of the oracle, left after %d to %d s", sum.Calls, got, calls, of/seeds, least, most)
	}
	var text strings.Builder
	if err := sum.Print(&text); err != nil || !strings.Contains(text.String(), got.OfOracle.String()) || !strings.Contains(text.String(), "rings into nothing") {
		t.Errorf("%v:\n%s", err, text.String())
	}
	if _, err := simulation.RunSeeds(t.Context(), s, profit(), 0); err == nil {
		t.Error("no seed was taken")
	}
}
