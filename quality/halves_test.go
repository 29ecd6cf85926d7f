package quality

import (
	"math"
	"testing"
)

func TestHalves(t *testing.T) {
	t.Parallel()
	for i := range 100_000 {
		x := float64(i) / 1000
		if got, want := float64(halves(x)), math.Exp2(-x); math.Abs(got-want) > 1e-6*want {
			t.Fatalf("a half to the power of %g: %g, want %g", x, got, want)
		}
	}
	if got := halves(1e9); got != 0 {
		t.Errorf("after ever so long: %g, want nothing", got)
	}
}
