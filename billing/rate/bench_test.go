package rate_test

import (
	"testing"
	"time"

	"tandem/billing/rate"
)

// BenchmarkPrice takes as long for a day as for a minute: the price is a
// formula, not a walk over increments.
func BenchmarkPrice(b *testing.B) {
	r := rate.Rate{PerMinute: 1_400_000, ConnectionFee: 10_000, First: 30, Next: 6}
	for _, talk := range []time.Duration{time.Minute, time.Hour, 24 * time.Hour} {
		b.Run(talk.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.Price(talk); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
