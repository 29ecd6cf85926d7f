package chaos_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/bench/chaos"
)

// In a minute everything happens to everything.
func TestPlanOfAMinuteBreaksEverythingInEachWay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		plan := chaos.PlanOf(seed, time.Minute)
		kinds := map[string]bool{}
		last := time.Duration(0)
		for _, b := range plan {
			kinds[b.Kind()] = true
			if b.At < last || b.At > time.Minute {
				t.Fatalf("%s at %s, after one at %s", b, b.At, last)
			}
			last = b.At
			if strings.HasPrefix(b.Kind(), "pause") && (b.For < time.Second || b.For > 8*time.Second) {
				t.Fatalf("%s", b)
			}
		}
		if len(kinds) != 12 {
			t.Fatalf("%d kinds of 12: %v", len(kinds), plan)
		}
		if !slices.Equal(plan, chaos.PlanOf(seed, time.Minute)) {
			t.Fatal("another plan of the same seed")
		}
	})
	if slices.Equal(chaos.PlanOf(1, time.Minute), chaos.PlanOf(2, time.Minute)) {
		t.Error("two seeds, one plan")
	}
}

func TestOrdersAreOfTheSeedAndNeverRepeatANumber(t *testing.T) {
	t.Parallel()
	const n = 2000
	list := chaos.Orders(7, n)
	if !slices.Equal(list, chaos.Orders(7, n)) {
		t.Fatal("another list of the same seed")
	}
	if slices.Equal(list, chaos.Orders(8, n)) {
		t.Error("two seeds, one list")
	}
	numbers, says, people := map[string]bool{}, map[string]bool{}, map[int]bool{}
	for _, o := range list {
		if numbers[o.Number] {
			t.Fatalf("%s twice", o.Number)
		}
		if len(o.Number) < 12 || len(o.Number) > 15 {
			t.Errorf("%s: %d digits", o.Number, len(o.Number))
		}
		numbers[o.Number], says[o.Says], people[o.Subject] = true, true, true
	}
	if len(says) < 14 || len(people) != 7 {
		t.Errorf("only %d fates of %d people: %v", len(says), len(people), says)
	}
}
