package alarm

import (
	"math"

	"tandem/quality"
)

// Difference is the lower end of the 95 % interval of a − b, of two shares: above
// zero, a is the larger beyond chance. It is the hybrid score interval, made of the
// Wilson intervals of both (Newcombe, Statistics in Medicine 17, 1998, method 10):
// it keeps its word for shares near 0 and 1 and for few samples.
func Difference(a, b quality.Ratio) float64 {
	if a.Whole <= 0 || b.Whole <= 0 {
		return -1
	}
	pa, pb := float64(a.Part)/float64(a.Whole), float64(b.Part)/float64(b.Whole)
	low, high := a.Wilson(quality.Z95).Low, b.Wilson(quality.Z95).High
	la, ub := float64(low)/float64(quality.Whole), float64(high)/float64(quality.Whole)
	return pa - pb - math.Sqrt((pa-la)*(pa-la)+(ub-pb)*(ub-pb))
}
