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

// fiveWindows is a call that comes upon five windows one after the other, the
// last of them after the clocks were changed.
func fiveWindows(tb testing.TB) question {
	tb.Helper()
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		tb.Fatal(err)
	}
	q := question{answered: time.Date(2026, 3, 28, 22, 30, 0, 0, london), talk: 5 * time.Hour}
	q.card.Zone = london
	for i := range 5 {
		start := uint16((23*60 + 60*i) % 1440)
		q.card.Rates = append(q.card.Rates, rate.Rate{PerMinute: 1_000_000, First: 1, Next: 1, Window: rate.Window{Start: start, End: start + 60}})
	}
	q.card.Rates = append(q.card.Rates, rate.Rate{PerMinute: 1_400_000, First: 30, Next: 6})
	return q
}

func BenchmarkCardPrice(b *testing.B) {
	five := fiveWindows(b)
	one := five
	one.card.Rates = []rate.Rate{five.card.Rates[0], five.card.Rates[5]}
	none := five
	none.card.Rates = five.card.Rates[5:]
	for _, v := range []struct {
		name string
		q    question
	}{{"0_windows", none}, {"1_window", one}, {"5_windows", five}} {
		b.Run(v.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := v.q.card.Price(v.q.answered, v.q.talk); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(v.name+"/afford", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if v.q.card.Afford(v.q.answered, 1_000_000, 1, 1, 5*time.Hour) == 0 {
					b.Fatal("nothing")
				}
			}
		})
	}
}
