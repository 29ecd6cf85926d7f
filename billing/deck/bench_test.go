package deck_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"tandem/billing/deck"
)

// bigSheet has n rows of distinct codes, in the order carriers send: by
// destination, not by code.
func bigSheet(n int) []byte {
	random := rand.New(rand.NewPCG(1, 2))
	order := random.Perm(n)
	var b bytes.Buffer
	b.WriteString("Destination,Code,Rate,Increments,Effective\n")
	for i := range n {
		fmt.Fprintf(&b, "Destination %d Mobile,%d,0.%05d,60/1,2026-10-01\n", i/50, 10_000_000+order[i]*7, random.IntN(100_000))
	}
	return b.Bytes()
}

// BenchmarkReadCSV is rows a second and bytes a row, all checks included.
func BenchmarkReadCSV(b *testing.B) {
	const rows = 200_000
	data := bigSheet(rows)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		s, err := deck.Read(b.Context(), bytes.NewReader(data), int64(len(data)), deck.Options{})
		if err != nil || s.Rates != rows {
			b.Fatal(s.Rates, err)
		}
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkMemory is what a deck of a million rates keeps, and what reading it
// takes at most.
func BenchmarkMemory(b *testing.B) {
	const rows = 1_000_000
	data := bigSheet(rows)
	var s *deck.Sheet
	for b.Loop() {
		s = nil
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		peak := peakHeap(b.Context(), func() {
			var err error
			if s, err = deck.Read(b.Context(), bytes.NewReader(data), int64(len(data)), deck.Options{}); err != nil {
				b.Fatal(err)
			}
		})
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/rows, "B/row")
		b.ReportMetric(float64(peak-before.HeapAlloc)/(1<<20), "MiB-peak")
	}
	runtime.KeepAlive(s)
}

// peakHeap watches the heap while do runs.
func peakHeap(ctx context.Context, do func()) uint64 {
	ctx, stop := context.WithCancel(ctx)
	done := make(chan uint64)
	go func() {
		peak := uint64(0)
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapAlloc)
			select {
			case <-ctx.Done():
				done <- peak
				return
			case <-tick.C:
			}
		}
	}()
	do()
	stop()
	return <-done
}

func BenchmarkReadXLSX(b *testing.B) {
	const rows = 20_000
	data := bigWorkbook(b, rows)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		s, err := deck.Read(b.Context(), bytes.NewReader(data), int64(len(data)), deck.Options{})
		if err != nil || s.Rates != rows {
			b.Fatal(s.Rates, err)
		}
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkDiff(b *testing.B) {
	const rows = 200_000
	data := bigSheet(rows)
	s, err := deck.Read(b.Context(), bytes.NewReader(data), int64(len(data)), deck.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		c, err := deck.Diff(s.All(), s.All(), time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC), deck.DiffOptions{})
		if err != nil || c.Unchanged != rows {
			b.Fatal(c.Unchanged, err)
		}
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkWriteCSV(b *testing.B) {
	const rows = 200_000
	data := bigSheet(rows)
	s, err := deck.Read(b.Context(), bytes.NewReader(data), int64(len(data)), deck.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := deck.WriteCSV(io.Discard, s.All()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
