package quality_test

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/quality"
)

const benchRoutes = 50

// full is evidence of 50 routes at 200,000 prefixes, each route at some of them,
// with the table full.
func full(tb testing.TB) (*quality.Evidence, []e164.Number) {
	tb.Helper()
	c := quality.Defaults()
	e, err := quality.New(c)
	if err != nil {
		tb.Fatal(err)
	}
	random := rand.New(rand.NewPCG(3, 4))
	numbers := make([]e164.Number, 200_000)
	for i := range numbers {
		digits := make([]byte, 11)
		digits[0] = byte('1' + random.IntN(9))
		for j := 1; j < len(digits); j++ {
			digits[j] = byte('0' + random.IntN(10))
		}
		numbers[i] = e164.Number(digits)
	}
	for i := range 3 * len(numbers) {
		e.Prime(route(1+random.IntN(benchRoutes)), numbers[i%len(numbers)], noon, quality.Count{Bids: 10, Answered: int64(random.IntN(11)), Ended: 10, Waited: time.Minute})
	}
	return e, numbers
}

// One call with as many routes as there are, each call to another number.
func BenchmarkWeigh50Routes(b *testing.B) {
	e, numbers := full(b)
	costs := make([]money.Amount, benchRoutes)
	for i := range costs {
		costs[i] = money.Amount(20_000 + 500*i)
	}
	offers := offersOf(costs...)
	cells, most := e.Known()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		e.Weigh(&quality.Call{B: numbers[i*7919%len(numbers)], At: noon, Sale: 60_000, Sold: true, Ticket: uint64(i)}, offers)
		i++
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRoutes, "ns/route")
	b.ReportMetric(float64(cells)/float64(most), "full")
}

func BenchmarkLearn(b *testing.B) {
	e, numbers := full(b)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		e.Learn(&quality.Tried{Key: route(1 + i%benchRoutes), B: numbers[i*7919%len(numbers)], At: noon, Outcome: quality.Outcome{Answered: i%2 == 0}})
		i++
	}
}

func BenchmarkWeighWhileLearning(b *testing.B) {
	e, numbers := full(b)
	done := make(chan struct{})
	var learner sync.WaitGroup
	learner.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-done:
				return
			default:
				e.Learn(&quality.Tried{Key: route(1 + i%benchRoutes), B: numbers[i*31%len(numbers)], At: noon, Outcome: quality.Outcome{Answered: i%2 == 0}})
			}
		}
	})
	b.ReportAllocs()
	b.ResetTimer() // RunParallel, unlike Loop, counts what comes before
	b.RunParallel(func(pb *testing.PB) {
		offers := offersOf(30_000)
		for i := 0; pb.Next(); i++ {
			offers[0].Key = route(1 + i%benchRoutes)
			e.Weigh(&quality.Call{B: numbers[i*7919%len(numbers)], At: noon}, offers)
		}
	})
	close(done)
	learner.Wait()
}

func TestHotPathAllocatesNothing(t *testing.T) {
	b := newBed(t, func(c *quality.Config) { c.Explore, c.Trial = quality.Whole/4, quality.Whole/2 })
	b.calls(1, 50, moscow, 0.5)
	offers := offersOf(30_000, 40_000, 50_000)
	ticket, called := uint64(0), number(moscow, 1)
	if n := testing.AllocsPerRun(200, func() {
		ticket++
		b.Weigh(&quality.Call{B: called, At: b.at, Sale: 60_000, Sold: true, Ticket: ticket}, offers)
	}); n > 0 {
		t.Errorf("%.0f allocations", n)
	}
}

// Many goroutines learn and weigh at the same time; with the race
// detector on. Nothing that is learnt gets lost.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	b := newBed(t, func(c *quality.Config) { c.RepeatWithin = 0 })
	const workers, each = 8, 300
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			offers := offersOf(30_000, 40_000)
			for i := range each {
				b.Learn(&quality.Tried{Key: route(1 + i%2), B: number(moscow, w*each+i), At: noon, Outcome: quality.Outcome{Answered: true, Ended: true}})
				b.Weigh(&quality.Call{B: number(moscow, i), At: noon, Ticket: uint64(i)}, offers)
			}
		})
	}
	all.Wait()
	for r := 1; r <= 2; r++ {
		if n := b.Ever(route(r), number(moscow, 1)); n != workers*each/2 {
			t.Errorf("route %d: %d calls, want %d", r, n, workers*each/2)
		}
	}
}
