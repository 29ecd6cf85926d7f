package sip

import (
	"math"
	"slices"
	"time"
)

// Spread describes many durations, in milliseconds.
type Spread struct {
	N    int     `json:"n"`
	Min  float64 `json:"min"`
	Mean float64 `json:"mean"`
	P50  float64 `json:"p50"`
	P90  float64 `json:"p90"`
	P99  float64 `json:"p99"`
	Max  float64 `json:"max"`
	// Buckets count the durations up to 1, 2, 5, 10 … ms; the last one has no end.
	Buckets []Bucket `json:"buckets,omitempty"`
}

// Bucket counts durations over the previous bucket's bound and up to its own.
type Bucket struct {
	UpTo float64 `json:"up_to_ms"` // 0: no bound
	N    int     `json:"n"`
}

// bounds are the upper ends of the buckets, in milliseconds.
func bounds() []float64 { return []float64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000} }

// samples collects durations; every one is kept, so that quantiles are exact.
type samples []time.Duration

func (s *samples) add(d time.Duration) { *s = append(*s, d) }

// spread sorts the samples and describes them.
func (s samples) spread() Spread {
	if len(s) == 0 {
		return Spread{}
	}
	slices.Sort(s)
	var sum time.Duration
	for _, d := range s {
		sum += d
	}
	return Spread{
		N: len(s), Min: ms(s[0]), Max: ms(s[len(s)-1]), Mean: ms(sum) / float64(len(s)),
		P50: ms(s.quantile(0.50)), P90: ms(s.quantile(0.90)), P99: ms(s.quantile(0.99)),
		Buckets: s.buckets(),
	}
}

// quantile is the smallest sample that at least the share q does not exceed.
func (s samples) quantile(q float64) time.Duration {
	return s[max(0, int(math.Ceil(q*float64(len(s))))-1)]
}

// buckets leaves empty ones out.
func (s samples) buckets() []Bucket {
	var list []Bucket
	rest := s
	for _, bound := range bounds() {
		n, _ := slices.BinarySearch(rest, time.Duration(bound*float64(time.Millisecond))+1)
		if n > 0 {
			list = append(list, Bucket{UpTo: bound, N: n})
		}
		rest = rest[n:]
	}
	if len(rest) > 0 {
		list = append(list, Bucket{N: len(rest)})
	}
	return list
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
