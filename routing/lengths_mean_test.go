package routing_test

import (
	"testing"
	"time"

	"tandem/internal/money"
	"tandem/routing"
)

// The mean is that of the longest prefix with calls of its own; elsewhere it is
// what is believed before any was measured.
func TestMeanTalk(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	data := routing.Data{
		Currencies: []routing.Currency{{ID: 1, ISO: "USD"}},
		FX:         map[int64]money.FX{1: 100_000_000},
		Lengths:    []routing.LengthCount{{Prefix: "44", Seconds: 600, Calls: 1_000_000}},
	}
	s, problems, err := routing.NewSnapshot(data, routing.Options{BaseCurrency: "USD"}, now)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	prior := time.Duration(routing.DefaultPrior().Mean()) * time.Millisecond
	if got := s.MeanTalk(""); got != prior {
		t.Errorf("nothing measured: %s, want %s", got, prior)
	}
	if got := s.MeanTalk("442038"); got < 599*time.Second || got > 600*time.Second {
		t.Errorf("a million calls of ten minutes: %s on average", got)
	}
}
