package bench

import (
	"fmt"
	"slices"
)

// Ratio is one figure over another, taken pair by pair: what the noise of the
// machine does to it shows as the distance between Min and Max.
type Ratio struct {
	Min    float64 `json:"min"`
	Median float64 `json:"median"`
	Max    float64 `json:"max"`
}

// ratioOf divides ours by anchor, pair by pair. A pair whose anchor is zero says
// nothing and is left out.
func ratioOf(ours, anchor []float64) Ratio {
	var list []float64
	for i := range min(len(ours), len(anchor)) {
		if anchor[i] != 0 {
			list = append(list, ours[i]/anchor[i])
		}
	}
	return rangeOf(list)
}

// differenceOf subtracts anchor from ours, pair by pair.
func differenceOf(ours, anchor []float64) Ratio {
	var list []float64
	for i := range min(len(ours), len(anchor)) {
		list = append(list, ours[i]-anchor[i])
	}
	return rangeOf(list)
}

func rangeOf(list []float64) Ratio {
	if len(list) == 0 {
		return Ratio{}
	}
	return Ratio{Min: slices.Min(list), Median: median(list), Max: slices.Max(list)}
}

// median of a list; of an even number, the mean of the two in the middle.
func median(list []float64) float64 {
	if len(list) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(list))
	half := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[half]
	}
	return (sorted[half-1] + sorted[half]) / 2
}

// String is the form for people.
func (r Ratio) String() string {
	return fmt.Sprintf("%.2f (%.2f to %.2f)", r.Median, r.Min, r.Max)
}

// values picks one figure out of each slice of a measurement.
func values[T any](list []T, figure func(T) float64) []float64 {
	picked := make([]float64, len(list))
	for i, v := range list {
		picked[i] = figure(v)
	}
	return picked
}
