package portability_test

import (
	"context"
	"strconv"
	"testing"

	"tandem/internal/e164"
	"tandem/portability"
)

// rows is a table that answers at once: every number is ported.
type rows struct{}

func (rows) RoutingNumber(context.Context, e164.Number) (e164.Number, bool, error) {
	return "441234500001", true, nil
}

// A dip that asks nobody allocates nothing.
func TestNoAllocations(t *testing.T) {
	remembered := mustNew(t, patient(enabled(rows{}, "")), nil)
	remembered.Dip(t.Context(), "447700900001")
	elsewhere := patient(enabled(rows{}, ""))
	elsewhere.Prefixes = []string{"7", "33"}
	for name, c := range map[string]struct {
		dipper *portability.Dipper
		source portability.Source
	}{
		"off":             {mustNew(t, portability.Config{}, nil), portability.SourceOff},
		"no prefix of it": {mustNew(t, elsewhere, nil), portability.SourceOff},
		"remembered":      {remembered, portability.SourceCache},
	} {
		ctx := t.Context()
		allocs := testing.AllocsPerRun(100, func() {
			if a := c.dipper.Dip(ctx, "447700900001"); a.Source != c.source {
				t.Fatalf("%s: %+v", name, a)
			}
		})
		if allocs != 0 {
			t.Errorf("%s: %v allocations", name, allocs)
		}
	}
}

func BenchmarkDipOff(b *testing.B) {
	d := mustNew(b, portability.Config{}, nil)
	b.ReportAllocs()
	for b.Loop() {
		d.Dip(b.Context(), "447700900001")
	}
}

// BenchmarkDipCached asks for the numbers of a full cache in turn.
func BenchmarkDipCached(b *testing.B) {
	c := patient(enabled(rows{}, ""))
	d := mustNew(b, c, nil)
	all := series(c.CacheSize)
	for _, n := range all {
		d.Dip(b.Context(), n)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if a := d.Dip(b.Context(), all[i%len(all)]); a.Source != portability.SourceCache {
			b.Fatal(a)
		}
		i += 7919 // not in the order in which they came
	}
}

// BenchmarkDipTable is a dip that is not remembered, of a table that costs
// nothing: the flight, the time-outs and the cache's new entry.
func BenchmarkDipTable(b *testing.B) {
	c := patient(enabled(rows{}, ""))
	c.CacheSize = 1
	d := mustNew(b, c, nil)
	all := series(2)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if a := d.Dip(b.Context(), all[i%2]); a.Source != portability.SourceTable {
			b.Fatal(a)
		}
		i++
	}
}

func series(n int) []e164.Number {
	all := make([]e164.Number, n)
	for i := range all {
		all[i] = e164.Number(strconv.Itoa(447700900000 + i))
	}
	return all
}
