package alarm_test

import (
	"testing"
	"time"

	"tandem/alarm"
)

// A window ends earlier only where calls that still talk could make it look bad.
func TestLate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		measure   string
		condition alarm.Condition
		value     string
		want      time.Duration
	}{
		{"acd", alarm.Drop, "50", 30 * time.Minute},
		{"acd", alarm.Below, "60", 30 * time.Minute},
		{"acd", alarm.Above, "60", 0},
		{"minutes", alarm.Drop, "50", 30 * time.Minute},
		{"minutes", alarm.Rise, "50", 0},
		{"sale", alarm.Below, "10", 30 * time.Minute},
		{"cost", alarm.Above, "10", 0},
		{"margin", alarm.Below, "1", 30 * time.Minute},
		{"margin", alarm.Below, "0", 0},
		{"margin", alarm.Below, "-1", 0},
		{"margin", alarm.Drop, "50", 30 * time.Minute},
		{"asr", alarm.Drop, "50", 0},
		{"answers", alarm.Drop, "50", 0},
		{"bids", alarm.Below, "1", 0},
		{"pdd_p95", alarm.Rise, "50", 0},
		{"spend", alarm.Rise, "50", 0},
	} {
		r := rule(t, c.measure, c.condition, c.value)
		if got := r.Late(); got != c.want {
			t.Errorf("%s %s %s: %s, want %s", c.measure, c.condition, c.value, got, c.want)
		}
	}
}
