package quality_test

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/internal/money"
	"tandem/quality"
	"tandem/routing"
)

// known is evidence with some counts for each of some routes, and what they cost.
func known(t *rapid.T, change func(*quality.Config)) (*quality.Evidence, []quality.Offer) {
	c := quality.Defaults()
	c.MaxCells, c.Explore, c.Trial = 2048, 0, 0
	if change != nil {
		change(&c)
	}
	e, err := quality.New(c)
	if err != nil {
		t.Fatal(err)
	}
	offers := make([]quality.Offer, rapid.IntRange(2, 5).Draw(t, "routes"))
	for i := range offers {
		offers[i] = quality.Offer{
			Key: route(i + 1), Cost: money.Amount(rapid.Int64Range(0, 90_000).Draw(t, "cost")), Fee: money.Amount(rapid.Int64Range(0, 2000).Draw(t, "fee")),
		}
		n := rapid.Int64Range(0, 400).Draw(t, "calls")
		ended := rapid.Int64Range(0, n).Draw(t, "ended")
		e.Prime(route(i+1), moscow, noon, quality.Count{
			Bids: n, Ended: ended, Answered: rapid.Int64Range(0, ended).Draw(t, "answered"), Waited: time.Duration(n) * time.Duration(rapid.IntRange(0, 20_000).Draw(t, "wait")) * time.Millisecond,
		})
	}
	return e, offers
}

func sold() *quality.Call {
	return &quality.Call{B: number(moscow, 1), At: noon, Sale: 60_000, Sold: true}
}

// Of all orders of the routes, the one by worth earns the most, with what is
// believed of each.
func TestOrderEarnsMost(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e, offers := known(t, nil)
		effects := weights(e, sold(), offers)
		earns := func(order []int) (sum float64) {
			left := 1.0
			for _, i := range order {
				v := &effects[i]
				p := float64(v.Low) / 1e6
				sum += left * (p*float64(v.Gain) - (1-p)*float64(v.Fee) - float64(v.Delay))
				left *= 1 - max(float64(v.Ended)/1e6, p)
			}
			return sum
		}
		for _, v := range effects {
			if v.Gain < 0 {
				return // the loss of an answer counts in full, which is no expectation
			}
		}
		order := sorted(offers)
		for i := range order {
			order[i]--
		}
		got := earns(order)
		most := math.Inf(-1)
		var best []int
		permute(make([]int, 0, len(offers)), len(offers), func(p []int) {
			if v := earns(p); v > most {
				most, best = v, append(best[:0], p...)
			}
		})
		if got < most-2 { // two millionths for rounding
			t.Fatalf("order %v earns %.1f, %v %.1f", order, got, best, most)
		}
	})
}

func permute(p []int, n int, f func([]int)) {
	if len(p) == n {
		f(p)
		return
	}
next:
	for i := range n {
		for _, v := range p {
			if v == i {
				continue next
			}
		}
		permute(append(p, i), n, f)
	}
}

// What is told of a route is what it was ordered by, to the last millionth: its
// worth is what the figures told come to, and they are in order.
func TestWeightIsTheArgument(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e, offers := known(t, func(c *quality.Config) {
			c.Explore, c.Trial = quality.Whole/4, quality.Whole/2
			c.Floors = []quality.Floor{{Measure: quality.MeasureABR, Least: quality.Whole / 10, Over: 50}}
		})
		c := sold()
		c.Ticket = rapid.Uint64Range(0, 20).Draw(t, "ticket")
		explored := e.Weigh(c, offers)
		first := sorted(offers)[0] - 1
		if c.Destination.Prefix != moscow || c.Destination.Answered <= 0 {
			t.Fatalf("destination %+v", c.Destination)
		}
		for i := range offers {
			v := &offers[i].Weight
			if v.Exploring != (i == explored) || v.Exploring && first != i {
				t.Fatalf("route %d: exploring %t, Weigh explored %d, first is %d", i, v.Exploring, explored, first)
			}
			if !v.Floored && !v.Exploring && int64(v.Worth) != offers[i].Worth {
				t.Fatalf("route %d: worth %s told, %d weighed", i, v.Worth, offers[i].Worth)
			}
			low, gain := float64(v.Low)/1e6, float64(v.Gain)
			earns := low * gain
			if gain < 0 {
				earns = gain
			}
			worth := (earns - (1-low)*float64(v.Fee) - float64(v.Delay)) / max(float64(v.Ended)/1e6, low)
			if rounding := (2 + math.Abs(gain)/1e6) / max(float64(v.Ended)/1e6, low); math.Abs(worth-float64(v.Worth)) > rounding+math.Abs(worth)/1e4 {
				t.Fatalf("route %d: worth %s told, %.1f by the figures of %+v", i, v.Worth, worth, v)
			}
			n, k := float64(v.Samples), float64(quality.Defaults().Borrowed)
			if rate := (n*float64(v.Own) + k*float64(v.Borrowed)) / (n + k); math.Abs(rate-float64(v.Expected)) > 15_000 {
				t.Fatalf("route %d: %d expected, %.0f by own and borrowed of %+v", i, v.Expected, rate, v)
			}
			if v.Low > v.Expected || v.Ended < v.Expected-1 || v.Low < 0 || v.Wait > 300_000 || v.Lender > 5 {
				t.Fatalf("route %d: %+v", i, v)
			}
			if v.Floored != (v.Floor != routing.Floor{}) || v.Floored && (v.Floor.Of != v.Samples || v.Floor.Share != v.Own || !v.Floor.ABR) {
				t.Fatalf("route %d: floor %+v of %+v", i, v.Floor, v)
			}
		}
	})
}

// An answered call more, or a lower price, never makes a route stand worse; of
// two that differ in nothing else, the cheaper comes first.
func TestBetterIsNeverWorse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e, offers := known(t, nil)
		e.Weigh(sold(), offers)
		before := offers[0].Worth
		cheaper := append([]quality.Offer{}, offers...)
		cheaper[0].Cost -= money.Amount(rapid.Int64Range(0, 1000).Draw(t, "less"))
		e.Weigh(sold(), cheaper)
		if cheaper[0].Worth < before {
			t.Fatalf("worth %d at %s, %d at %s", before, offers[0].Cost, cheaper[0].Worth, cheaper[0].Cost)
		}
		v := weights(e, sold(), offers)[0]
		if v.Gain < 0 {
			return
		}
		e.Learn(&quality.Tried{Key: offers[0].Key, B: number(moscow, 9), At: noon, Outcome: quality.Outcome{Answered: true, Wait: -1}})
		w := weights(e, sold(), offers)[0]
		if w.Lender == v.Lender && w.Low < v.Low {
			t.Fatalf("at least %d of calls answered, %d after one more answer", v.Low, w.Low)
		}
	})
}

// No more calls explore than may, however many routes hope; and the same ticket
// gives the same order.
func TestExplorationIsBounded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var explore, trial quality.Share
		e, offers := known(t, func(c *quality.Config) {
			c.Trial = quality.Share(rapid.Int64Range(0, int64(quality.Whole)/2).Draw(t, "trial"))
			c.Explore = quality.Share(rapid.Int64Range(0, int64(c.Trial)).Draw(t, "explore"))
			explore, trial = c.Explore, c.Trial
		})
		const calls = 2000
		start := rapid.Uint64Range(0, 1<<40).Draw(t, "first ticket")
		tests := 0
		for i := range uint64(calls) {
			c := sold()
			c.Ticket = start + i
			if x := e.Weigh(c, offers); x >= 0 {
				tests++
				again := append([]quality.Offer{}, offers...)
				if y := e.Weigh(c, again); x != y {
					t.Fatalf("ticket %d explored %d, then %d", c.Ticket, x, y)
				}
			}
		}
		if most := float64(trial)/float64(quality.Whole)*calls + 2; float64(tests) > most {
			t.Fatalf("%d of %d calls explored, want at most %.0f (explore %s, trial %s)", tests, calls, most, explore, trial)
		}
	})
}

// A route that has failed and recovered is found out and comes back, with nobody
// unlocking it.
func TestDemotedRouteComesBack(t *testing.T) {
	t.Parallel()
	b := newBed(t, nil)
	asr := []float64{0.5, 0.5}
	first := [2]int{}
	carry := func(calls int) {
		first = [2]int{}
		for range calls {
			offers := offersOf(30_000, 36_000)
			c := sold()
			c.At, c.Ticket = b.at, uint64(b.dialled)
			b.Weigh(c, offers)
			r := sorted(offers)[0]
			first[r-1]++
			b.calls(r, 1, moscow, asr[r-1])
		}
	}
	carry(1000)
	if first[0] < 800 {
		t.Fatalf("the cheaper of two equals was first %d times of 1000", first[0])
	}
	asr[0] = 0.02
	carry(1000)
	e := weights(b.Evidence, sold(), offersOf(30_000, 36_000))
	if first[0] > 200 || e[0].Demoted == 0 {
		t.Fatalf("the failing route was first %d times of 1000, demoted %d", first[0], e[0].Demoted)
	}
	carry(3600)
	if first[0] > 200 {
		t.Fatalf("the failing route was first %d times of 3600 later", first[0])
	}
	asr[0] = 0.5
	carry(5000)
	carry(1000)
	if first[0] < 800 {
		t.Fatalf("the recovered route was first %d times of 1000", first[0])
	}
	at := b.at
	b.at = noon // a clock that was set back breaks nothing
	carry(100)
	b.at = at
}
