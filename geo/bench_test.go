package geo_test

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"tandem/geo"
)

func BenchmarkHit(b *testing.B) {
	a := atlas(b, 0)
	a.Place("442038070121")
	b.ReportAllocs()
	for b.Loop() {
		a.Place("442038070121")
	}
}

func BenchmarkHitParallel(b *testing.B) {
	a := atlas(b, 0)
	a.Place("442038070121")
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			a.Place("442038070121")
		}
	})
}

// BenchmarkMiss asks for numbers of many countries with a cache of one.
func BenchmarkMiss(b *testing.B) {
	a := atlas(b, 1)
	numbers := examples(b)
	for _, number := range numbers {
		a.Place(number)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		a.Place(numbers[i%len(numbers)])
	}
}

// BenchmarkHostile asks for digits that no calling code begins.
func BenchmarkHostile(b *testing.B) {
	a := atlas(b, 0)
	b.ReportAllocs()
	for b.Loop() {
		a.Place("999999999999")
	}
}

func BenchmarkIsQuiet(b *testing.B) {
	a := atlas(b, 0)
	at := moment(b, "2026-11-22T12:00:00Z")
	for name, number := range map[string]string{"1 zone": "442038070121", "16 zones": "79161234567"} {
		p := a.Place(number)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				a.IsQuiet(&p, at, evening, 23*60)
			}
		})
	}
}

func BenchmarkMatch(b *testing.B) {
	p := atlas(b, 0).Place("17035481234")
	m := geo.Match{Countries: []string{"CA", "US"}, Regions: []string{"New Jersey", "VA"}}
	b.ReportAllocs()
	for b.Loop() {
		m.Matches(&p)
	}
}

// TestHotPathAllocatesNothing covers what a call may do while it waits.
func TestHotPathAllocatesNothing(t *testing.T) {
	a := atlas(t, 0)
	at := moment(t, "2026-11-22T12:00:00Z")
	m := geo.Match{Types: []geo.Type{geo.Mobile, geo.Fixed}, Countries: []string{"GB"}, Regions: []string{"LONDON"}}
	if n := testing.AllocsPerRun(200, func() {
		p := a.Place("+442038070121")
		if !m.Matches(&p) || a.IsQuiet(&p, at, evening, morning) {
			t.Error("wrong answer")
		}
		a.Place("999999999999")
	}); n != 0 {
		t.Fatalf("%v allocations, want none", n)
	}
}

// fill takes every place of a cache, with numbers of one plan.
func fill(a *geo.Atlas, size int) {
	r := rand.New(rand.NewPCG(2, 3))
	for tries := 0; a.Len() < size && tries < 4*size; tries++ {
		a.Place("4420" + strconv.FormatUint(30_000_000+r.Uint64N(60_000_000), 10))
	}
}
