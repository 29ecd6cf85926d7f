//go:build e2e

package e2e_test

import (
	"testing"
	"time"

	"tandem/internal/e164"
	"tandem/routing"
)

// changeTime is how long a change in the database may take to reach calls.
const changeTime = time.Second

// Multitel is the first route to Latvia for a call that shows nothing; no other
// test uses it.
func TestProviderSwitchedOffIsNotUsed(t *testing.T) {
	t.Parallel()
	x := shared(t)
	latvia := func() e164.Number { return e164.Number("3716" + string(x.number("0486")[4:])) }

	first := latvia()
	refused(t, x.dial(t, guest, string(first)), 486)
	x.wantOffers(t, string(first), "Multitel +"+string(first))

	began := time.Now()
	x.change(t, `UPDATE providers SET enabled = 0 WHERE id = 4`)
	if took := time.Since(began); took > changeTime+2*slack {
		t.Errorf("the change took %v to arrive, want %v", took, changeTime)
	}
	second := latvia()
	refused(t, x.dial(t, guest, string(second)), 486)
	x.wantOffers(t, string(second), "VoxBeam 0011103"+string(second))
	var reason routing.Reason
	for _, d := range reasons(t, x.record(t, string(second))).Dropped {
		if d.Key.ProviderID == 4 {
			reason = d.Reason
		}
	}
	if reason != routing.ReasonProviderDisabled {
		t.Errorf("Multitel was left out for %q", reason)
	}

	x.change(t, `UPDATE providers SET enabled = 1 WHERE id = 4`)
	third := latvia()
	refused(t, x.dial(t, guest, string(third)), 486)
	x.wantOffers(t, string(third), "Multitel +"+string(third))
}
