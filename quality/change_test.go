package quality_test

import (
	"testing"
	"time"

	"tandem/internal/money"
	"tandem/quality"
	"tandem/routing"
)

const london = "4420712"

func (b *bed) effects(prefix string) []routing.Weight {
	return weights(b.Evidence, &quality.Call{B: number(prefix, 1), At: b.at, Sale: 60_000, Sold: true}, offersOf(30_000, 36_000))
}

// all is what calls to a prefix come to, whatever their route.
func (b *bed) all(prefix string) quality.Share {
	c := quality.Call{B: number(prefix, 1), At: b.at}
	b.Weigh(&c, offersOf(1))
	return quality.Share(c.Destination.Answered)
}

// A provider that is found to have recovered at one destination is forgiven at
// the others: tests there begin without what was held against it.
func TestRecoveryIsForgivenElsewhere(t *testing.T) {
	t.Parallel()
	b := newBed(t, nil)
	both := func(r, n int, answered float64) {
		for range n {
			b.calls(r, 1, moscow, answered)
			b.calls(r, 1, london, answered)
		}
	}
	for range 10 {
		both(1, 20, 0.5)
		both(2, 20, 0.5)
	}
	both(1, 60, 0)
	both(2, 60, 0.5)
	before := b.effects(london)[0]
	if before.Samples < 15 || before.Demoted == 0 {
		t.Fatalf("%d calls count against the failing route, demoted %d", before.Samples, before.Demoted)
	}
	b.calls(1, 150, moscow, 0.5)
	after := b.effects(london)[0]
	if after.Samples > 3 || after.Expected < 2*before.Expected {
		t.Errorf("%d calls still count, %d expected; before %d and %d", after.Samples, after.Expected, before.Samples, before.Expected)
	}
}

// A destination that fails alone does not take the good memories of the others
// away, it only leaves fewer of them.
func TestOneDestinationFailsAlone(t *testing.T) {
	t.Parallel()
	b := newBed(t, nil)
	for range 10 {
		b.calls(1, 30, london, 0.5)
		b.calls(1, 10, moscow, 0.5)
		b.calls(2, 10, moscow, 0.5)
		b.calls(2, 10, london, 0.5)
	}
	b.calls(1, 60, moscow, 0)
	v := b.effects(london)[0]
	if v.Samples < 15 || v.Expected < 300_000 {
		t.Errorf("at the other destination %d calls count and %d is expected", v.Samples, v.Expected)
	}
}

// What all routes do is not what the busiest does, nor the one that was told of
// last.
func TestAllRoutesHaveASay(t *testing.T) {
	t.Parallel()
	b := newBed(t, nil)
	for i, answered := range []int64{400, 100} {
		b.Prime(route(i+1), moscow, noon, quality.Count{Bids: 500, Answered: answered, Ended: 500, Waited: 1000 * time.Second})
	}
	if v := b.all(moscow); v < 400_000 || v > 600_000 {
		t.Errorf("of two routes with 80 and 20 %%, told at once, all do %s", v)
	}
	b = newBed(t, nil)
	for range 20 {
		b.calls(1, 95, moscow, 0.1)
		b.calls(2, 5, moscow, 0.6)
	}
	if v := b.all(moscow); v < 150_000 {
		t.Errorf("the busy route answers 10 %%, the other, with a twentieth of the calls, 60 %%: all do %s, want more than by calls", v)
	}
}

// What is not known of a delay changes nothing.
func TestUnknownWait(t *testing.T) {
	t.Parallel()
	b := newBed(t, nil)
	b.calls(1, 60, moscow, 0.5) // two seconds each
	for i := range 60 {
		b.Learn(&quality.Tried{Key: route(1), B: number(moscow, 5000+i), At: b.at, Outcome: quality.Outcome{Answered: true, Wait: -1}})
	}
	if v := b.effects(moscow)[0]; v.Wait < 1900 || v.Wait > 2200 {
		t.Errorf("%d ms expected, want about 2000", v.Wait)
	}
}

// Tests are for routes that may be the best: not for one that is known to be
// worse, nor, ever, for one that would not be the best if everybody answered.
func TestNothingHopelessIsTested(t *testing.T) {
	t.Parallel()
	b := newBed(t, nil)
	b.calls(1, 300, moscow, 0.8)
	b.calls(2, 300, moscow, 0.2)
	tests := func(cost money.Amount) (n int) {
		offers := offersOf(30_000, cost)
		for ticket := range uint64(500) {
			if b.Weigh(&quality.Call{B: number(moscow, 1), At: b.at, Sale: 60_000, Sold: true, Ticket: ticket}, offers) >= 0 {
				n++
			}
		}
		return n
	}
	if n := tests(30_000); n != 0 {
		t.Errorf("a route that is known to be worse, and was tried a moment ago, is tested %d times", n)
	}
	b.at = b.at.Add(10 * time.Minute)
	if n := tests(30_000); n != 0 {
		t.Errorf("a route that would earn no more than the first is tested %d times after ten minutes", n)
	}
	b.at = b.at.Add(3 * time.Hour)
	if n := tests(30_000); n != 10 {
		t.Errorf("when its test is due it is tested %d times of 500, want 2 %%", n)
	}
	if n := tests(58_000); n != 0 {
		t.Errorf("a route that could never be the best is tested %d times", n)
	}
}

// The better the tests of a demoted route go, the sooner is the next.
func TestGoodTestsComeSooner(t *testing.T) {
	t.Parallel()
	b := newBed(t, nil)
	b.calls(1, 200, moscow, 0.02)
	b.calls(2, 300, moscow, 0.5)
	tests := func() (n int) {
		offers := offersOf(30_000, 36_000)
		for ticket := range uint64(500) {
			if b.Weigh(&quality.Call{B: number(moscow, 1), At: b.at, Sale: 60_000, Sold: true, Ticket: ticket}, offers) == 0 {
				n++
			}
		}
		return n
	}
	b.at = b.at.Add(10 * time.Minute)
	if n := tests(); n != 10 {
		t.Fatalf("a demoted route whose test is due is tested %d times of 500, want 2 %%", n)
	}
	b.calls(1, 1, moscow, 0)
	b.at = b.at.Add(2 * time.Minute)
	if n := tests(); n != 0 {
		t.Fatalf("two minutes after a test that failed it is tested %d times", n)
	}
	b.calls(1, 3, moscow, 1)
	b.at = b.at.Add(2 * time.Minute)
	if n := tests(); n != 10 {
		t.Fatalf("two minutes after three tests that were answered it is tested %d times of 500, want 2 %%", n)
	}
}

// Of two routes that answer as many calls, the one that rings eighteen seconds
// sooner is worth a little more money.
func TestWaitingCosts(t *testing.T) {
	t.Parallel()
	b := newBed(t, nil)
	for r, wait := range []time.Duration{20 * time.Second, 2 * time.Second} {
		for i := range 200 {
			b.Learn(&quality.Tried{Key: route(r + 1), B: number(moscow, i), At: noon, Outcome: quality.Outcome{Answered: i%2 == 0, Ended: true, Wait: wait}})
		}
	}
	b.wants("20 s against 2 s", moscow, "[2 1]", 30_000, 33_000)
	b.wants("but not any price", moscow, "[1 2]", 30_000, 50_000)
}

// A route that may be better is tested with the small share; one that is expected
// to be better, and is only not known well, with the large one.
func TestExpectedBestIsTriedMore(t *testing.T) {
	t.Parallel()
	b := newBed(t, nil)
	b.Prime(route(1), moscow, noon, quality.Count{Bids: 200, Answered: 100, Ended: 200, Waited: 400 * time.Second})
	b.Prime(route(2), moscow, noon, quality.Count{Bids: 10, Answered: 4, Ended: 10, Waited: 20 * time.Second})
	for cost, want := range map[money.Amount]int{30_000: 10, 27_300: 50} {
		n := 0
		for ticket := range uint64(500) {
			if b.Weigh(&quality.Call{B: number(moscow, 1), At: noon, Sale: 60_000, Sold: true, Ticket: ticket}, offersOf(30_000, cost)) == 1 {
				n++
			}
		}
		if n != want {
			t.Errorf("at %s it is tested %d times of 500, want %d", cost, n, want)
		}
	}
}
