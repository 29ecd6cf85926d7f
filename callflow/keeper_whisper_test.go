package callflow_test

import (
	"testing"
	"testing/synctest"
	"time"
)

// A sound that lasts longer than a check may take is heard to its end, once.
func TestKeeperWarnsAtLength(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := keep(t, 60*cent, prepaid())
		defer w.stop()
		w.exchange.lasts = 4 * time.Second
		w.talks()
		w.expect(t, time.Hour, time.Minute, "59s warn low")
	})
}

// A top-up during the warning is not kept waiting by it, and the next end is
// warned of again.
func TestKeeperGoesOnDuringAWarning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := keep(t, 60*cent, prepaid())
		defer w.stop()
		w.exchange.lasts = 4 * time.Second
		w.talks()
		w.expect(t, 56500*time.Millisecond, time.Minute)
		w.till.topUp(20 * cent)
		w.expect(t, 58*time.Second, 80*time.Second, "57s arm 1m20s spent")
		w.expect(t, time.Hour, 80*time.Second, "57s arm 1m20s spent", "59s warn low", "1m19s warn low")
	})
}

// A keeper that ends does not wait for a sound.
func TestKeeperEndsDuringAWarning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := keep(t, 60*cent, prepaid())
		w.exchange.lasts = 4 * time.Second
		w.talks()
		w.expect(t, 56*time.Second, time.Minute)
		w.stop()
		if took := time.Since(w.exchange.began); took != 56*time.Second {
			t.Errorf("ended after %s", took)
		}
	})
}
