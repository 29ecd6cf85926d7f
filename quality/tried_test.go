package quality_test

import (
	"testing"
	"time"

	"tandem/quality"
)

// Who talks does not wait.
func TestWaited(t *testing.T) {
	t.Parallel()
	const s = time.Second
	for name, c := range map[string]struct {
		a    quality.Attempt
		want time.Duration
	}{
		"rang, answered":               {quality.Attempt{Answered: true, PDD: 2 * s, Elapsed: 40 * s, Talk: 30 * s}, 2 * s},
		"answered without ringing":     {quality.Attempt{Answered: true, Elapsed: 33 * s, Talk: 30 * s}, 3 * s},
		"nobody saw when":              {quality.Attempt{Answered: true, Elapsed: 30 * s, Talk: 30 * s}, -1},
		"talk that is counted as more": {quality.Attempt{Answered: true, Elapsed: 30 * s, Talk: 31 * s}, -1},
		"rang, nobody":                 {quality.Attempt{NoAnswer: true, PDD: 4 * s, Elapsed: 30 * s}, 4 * s},
		"silence, then refused":        {quality.Attempt{Elapsed: 5 * s}, 5 * s},
	} {
		if got := c.a.Waited(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
