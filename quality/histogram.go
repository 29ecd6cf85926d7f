package quality

import (
	"math"
	"time"
)

// Bins is how many columns a Histogram has.
const Bins = 32

const (
	firstBin = 50 * time.Millisecond
	binRatio = 1.25
)

// Histogram counts delays in columns of fixed bounds: column i holds those
// above BinBound(i-1) up to BinBound(i), the last everything beyond. Because the
// bounds never change, histograms merge by adding column by column, also in SQL.
//
// A quantile that is read from it lies in the column of the exact one, so between
// 50 ms and 40 s it is wrong by less than a quarter; interpolation brings that to
// a few percent as a rule. Below 50 ms it is wrong by at most 50 ms.
type Histogram [Bins]int64

// BinBound is the upper bound of a column; the last has none and gives the
// longest delay that can be told apart.
func BinBound(i int) time.Duration {
	i = min(max(i, 0), Bins-2)
	return time.Duration(math.Round(float64(firstBin) * math.Pow(binRatio, float64(i)))).Round(time.Millisecond)
}

// BinOf is the column of a delay.
func BinOf(d time.Duration) int {
	if d <= firstBin {
		return 0
	}
	i := int(math.Ceil(math.Log(float64(d)/float64(firstBin)) / math.Log(binRatio)))
	i = min(max(i, 1), Bins-1)
	// Bounds are whole milliseconds, the logarithm is not: go to the true column.
	for i > 0 && d <= BinBound(i-1) {
		i--
	}
	for i < Bins-1 && d > BinBound(i) {
		i++
	}
	return i
}

// Add counts a delay.
func (h *Histogram) Add(d time.Duration) { h[BinOf(d)]++ }

// Merge adds the counts of another.
func (h *Histogram) Merge(o *Histogram) { h.plus(o, 1) }

func (h *Histogram) plus(o *Histogram, times int64) {
	for i := range h {
		h[i] += times * o[i]
	}
}

// Count is how many delays were counted.
func (h *Histogram) Count() (n int64) {
	for _, c := range h {
		n += c
	}
	return n
}

// Quantile is the delay that the share q of all delays does not exceed, by
// straight interpolation within its column; ok is false when there are none.
func (h *Histogram) Quantile(q float64) (d time.Duration, ok bool) {
	n := h.Count()
	if n == 0 {
		return 0, false
	}
	// The same rank as that of the sorted list: the smallest that has q of all
	// at or below it.
	rank := max(1, int64(math.Ceil(min(max(q, 0), 1)*float64(n))))
	before := int64(0)
	for i, c := range h {
		if before+c < rank {
			before += c
			continue
		}
		if i == Bins-1 {
			return BinBound(Bins - 2), true
		}
		low := time.Duration(0)
		if i > 0 {
			low = BinBound(i - 1)
		}
		return low + time.Duration(float64(BinBound(i)-low)*float64(rank-before)/float64(c)), true
	}
	return 0, false
}
