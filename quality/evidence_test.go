package quality_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/quality"
	"tandem/routing"
)

// noon is when tests happen.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func route(i int) routing.Key {
	return routing.Key{ProviderID: int64(i), Tier: routing.TierCLI, AddressID: int64(i)}
}

// bed is evidence with a clock and a way to make calls.
type bed struct {
	*quality.Evidence
	t       testing.TB
	at      time.Time
	dialled int
	random  *rand.Rand
}

func newBed(tb testing.TB, change func(*quality.Config)) *bed {
	tb.Helper()
	c := quality.Defaults()
	c.Goodwill, c.MaxCells = 0, 1<<14
	if change != nil {
		change(&c)
	}
	e, err := quality.New(c)
	if err != nil {
		tb.Fatal(err)
	}
	return &bed{Evidence: e, t: tb, at: noon, random: rand.New(rand.NewPCG(1, 2))}
}

const moscow, lagos = "7495123", "2348031"

// calls lets a route carry n calls to numbers of a prefix, a share of which is
// answered, one a second.
func (b *bed) calls(r, n int, prefix string, answered float64) {
	for range n {
		b.at = b.at.Add(time.Second)
		b.dialled++
		b.Learn(&quality.Tried{
			Key: route(r), B: number(prefix, b.dialled), At: b.at,
			Outcome: quality.Outcome{Seized: true, Answered: b.random.Float64() < answered, Ended: true, Wait: 2 * time.Second},
		})
	}
}

func number(prefix string, i int) e164.Number {
	return e164.Number(fmt.Sprintf("%s%04d", prefix, i%10_000))
}

// order is the routes for a call that is sold for 0.060, by what they cost.
func (b *bed) order(prefix string, costs ...money.Amount) []int {
	offers := offersOf(costs...)
	c := quality.Call{B: number(prefix, 1), At: b.at, Sale: 60_000, Sold: true}
	b.Weigh(&c, offers)
	return sorted(offers)
}

func offersOf(costs ...money.Amount) (offers []quality.Offer) {
	for i, c := range costs {
		offers = append(offers, quality.Offer{Key: route(i + 1), Cost: c})
	}
	return offers
}

func sorted(offers []quality.Offer) (routes []int) {
	for i := range offers {
		routes = append(routes, i)
	}
	slices.SortStableFunc(routes, func(x, y int) int {
		if offers[x].Worth != offers[y].Worth {
			return int(min(1, max(-1, offers[y].Worth-offers[x].Worth)))
		}
		return int(offers[x].Cost - offers[y].Cost)
	})
	for i := range routes {
		routes[i]++
	}
	return routes
}

// weights are what is known of routes for a call.
func weights(e *quality.Evidence, c *quality.Call, offers []quality.Offer) []routing.Weight {
	e.Weigh(c, offers)
	list := make([]routing.Weight, len(offers))
	for i := range offers {
		list[i] = offers[i].Weight
	}
	return list
}

func (b *bed) wants(what, prefix, want string, costs ...money.Amount) {
	b.t.Helper()
	if got := fmt.Sprint(b.order(prefix, costs...)); got != want {
		b.t.Errorf("%s: order %s, want %s", what, got, want)
		for i, w := range weights(b.Evidence, &quality.Call{B: number(prefix, 1), At: b.at, Sale: 60_000, Sold: true}, offersOf(costs...)) {
			b.t.Logf("%d: %+v", i+1, w)
		}
	}
}

func TestNothingKnownIsLeastCost(t *testing.T) {
	t.Parallel()
	newBed(t, nil).wants("nothing known", moscow, "[2 1 3]", 40_000, 30_000, 50_000)
}

func TestBetterRouteIsWorthItsPrice(t *testing.T) {
	t.Parallel()
	b := newBed(t, nil)
	b.calls(1, 300, moscow, 0.2)
	b.calls(2, 300, moscow, 0.6)
	b.wants("a fifth against three fifths", moscow, "[2 1]", 30_000, 40_000)
	b.wants("but not any price", moscow, "[1 2]", 30_000, 52_000)
}

// Three unlucky calls do not condemn a route, three lucky ones do not make one.
func TestFewCallsDoLittle(t *testing.T) {
	t.Parallel()
	b := newBed(t, nil)
	b.calls(1, 300, moscow, 0.5)
	b.calls(2, 3, moscow, 0)
	b.wants("three unlucky calls of one that is much cheaper", moscow, "[2 1]", 45_000, 30_000)
	b = newBed(t, nil)
	b.calls(1, 300, moscow, 0.5)
	b.calls(2, 3, moscow, 1)
	b.wants("three lucky calls of one that is a little dearer", moscow, "[1 2]", 30_000, 33_000)
}

// Where hardly anybody picks up, that is nobody's fault: the cheapest stays first.
func TestHardDestinationChangesNothing(t *testing.T) {
	t.Parallel()
	b := newBed(t, func(c *quality.Config) { c.Floors = []quality.Floor{{Least: quality.Whole / 5, Over: 50}} })
	for range 10 {
		b.calls(1, 100, lagos, 0.1)
		b.calls(2, 100, lagos, 0.1)
		b.calls(2, 100, moscow, 0.6)
	}
	b.wants("a destination that is hard for everybody", lagos, "[1 2]", 30_000, 40_000)
}

// A provider that only carries to hard destinations is not held to be bad at
// easy ones.
func TestRatesAreNotBorrowedButComparisons(t *testing.T) {
	t.Parallel()
	b := newBed(t, nil)
	for range 10 {
		b.calls(1, 30, lagos, 0.1)
		b.calls(2, 30, lagos, 0.1)
		b.calls(2, 30, moscow, 0.6)
	}
	b.wants("an unknown route that does as well as others elsewhere", moscow, "[1 2]", 25_000, 40_000)

	b = newBed(t, nil)
	for range 10 {
		b.calls(1, 30, lagos, 0.1)
		b.calls(2, 30, lagos, 0.5)
		b.calls(2, 30, moscow, 0.6)
	}
	b.wants("an unknown route that does much worse than others elsewhere", moscow, "[2 1]", 25_000, 40_000)
}

func TestFloorPutsBehindAll(t *testing.T) {
	t.Parallel()
	b := newBed(t, func(c *quality.Config) {
		c.Floors = []quality.Floor{{Prefix: "7", Least: quality.Whole * 3 / 10, Over: 50}}
	})
	b.calls(1, 200, moscow, 0.2)
	b.calls(2, 200, moscow, 0.45)
	b.wants("below the floor, though worth more", moscow, "[2 1]", 10_000, 55_000)
	b.at = b.at.Add(6 * time.Hour) // the calls have faded below the floor's number
	b.wants("after a while", moscow, "[1 2]", 10_000, 55_000)
}

// Chance alone hardly ever makes a memory be forgotten, and a real failure is
// noticed within some tens of calls.
func TestSuddenChange(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		b := newBed(t, func(c *quality.Config) { c.RepeatWithin = 0 })
		b.random = rand.New(rand.NewPCG(seed, 7))
		b.calls(2, 200, moscow, 0.5)
		forgotten := 0
		for n := range 5000 {
			b.calls(1, 1, moscow, 0.5)
			e := weights(b.Evidence, &quality.Call{B: number(moscow, 1), At: b.at}, offersOf(1))
			if n > 250 && e[0].Samples < 100 {
				forgotten++
				b.calls(1, 300, moscow, 0.5)
			}
		}
		if forgotten > 2 {
			t.Errorf("seed %d: forgotten %d times in 5000 steady calls", seed, forgotten)
		}
		b.calls(2, 100, moscow, 0.5)
		n := 0
		for ; n < 100 && b.order(moscow, 30_000, 33_000)[0] == 1; n++ {
			b.calls(1, 1, moscow, 0)
		}
		if n > 60 {
			t.Errorf("seed %d: still first after %d failed calls", seed, n)
		}
	}
}

func TestWhatIsNoEvidence(t *testing.T) {
	t.Parallel()
	b := newBed(t, nil)
	fail := quality.Tried{Key: route(1), B: number(moscow, 1), At: noon, Outcome: quality.Outcome{Ended: true}}
	spoilt, ours := fail, fail
	spoilt.Spoilt, spoilt.B = true, number(moscow, 2)
	ours.Key, ours.B = routing.Key{SubscriberID: 7}, number(moscow, 3)
	for range 50 {
		b.Learn(&fail)
		b.Learn(&spoilt)
		b.Learn(&ours)
	}
	if n := b.Ever(route(1), number(moscow, 1)); n != 1 {
		t.Errorf("%d calls count, want one: the others repeat it, or are no test of a route", n)
	}
}

// Numbers that nobody calls twice fill the table, and push out each other.
func TestHostileNumbers(t *testing.T) {
	t.Parallel()
	b := newBed(t, func(c *quality.Config) { c.MaxCells = 4096 })
	b.calls(1, 100, moscow, 0.5)
	before := weights(b.Evidence, &quality.Call{B: number(moscow, 1), At: b.at}, offersOf(1))[0]
	for range 100_000 {
		b.Learn(&quality.Tried{Key: route(1 + b.random.IntN(50)), B: e164.Number(strconv.Itoa(10_000_000 + b.random.IntN(90_000_000))), At: b.at})
	}
	if cells, most := b.Known(); cells > most || most > 4096 {
		t.Errorf("%d cells of %d, want at most 4096", cells, most)
	}
	after := weights(b.Evidence, &quality.Call{B: number(moscow, 1), At: b.at}, offersOf(1))[0]
	if after.Samples != before.Samples || after.Own != before.Own {
		t.Errorf("what was known of a busy prefix has changed from %d calls, %d to %d, %d", before.Samples, before.Own, after.Samples, after.Own)
	}
	for i := range 3 * 1 << 15 { // nor do strange route keys take more than their share
		b.Learn(&quality.Tried{Key: route(1000 + i%10), B: number(moscow, i), At: b.at})
	}
}

// Numbers that are no numbers change nothing but themselves.
func TestStrangeNumbers(t *testing.T) {
	t.Parallel()
	b := newBed(t, nil)
	for _, n := range []e164.Number{"", "7", "74", "abc", "749x123", "+749512345", "74951234567890123456"} {
		b.Learn(&quality.Tried{Key: route(1), B: n, At: noon, Outcome: quality.Outcome{Answered: true}})
		if e := weights(b.Evidence, &quality.Call{B: n, At: noon}, offersOf(1, 2)); e[0].Low <= 0 || e[1].Low <= 0 {
			t.Errorf("%q: %+v", n, e)
		}
	}
	if got := b.Weigh(&quality.Call{At: noon}, nil); got != -1 {
		t.Errorf("no offers: explored %d", got)
	}
}
