//go:build e2e

package e2e_test

import (
	"testing"

	"tandem/billing"
	"tandem/internal/e164"
)

// A Moscow number that has moved to a mobile network in Britain is routed by
// British prices and dialled as it was.
func TestPortedNumber(t *testing.T) {
	t.Parallel()
	x := own(t, nil)
	call := func(b e164.Number, offer, prefix string) billing.End {
		t.Helper()
		refused(t, x.dial(t, moscow, national(b)), 486)
		x.wantOffers(t, string(b), offer+string(b))
		got := x.record(t, national(b))
		if r := reasons(t, got); len(r.Routes) == 0 || r.Routes[0].Prefix != prefix {
			t.Errorf("routed by %+v, want prefix %s first", r.Routes, prefix)
		}
		if got.Start.BNumber != b {
			t.Errorf("B-number %s, want %s", got.Start.BNumber, b)
		}
		return got
	}
	const routing = "447700900999"
	ported := func() e164.Number {
		t.Helper()
		b := x.number("0486")
		x.exec(t, `INSERT INTO ported_numbers (number, routing_number, changed_at) VALUES (?, ?, UTC_TIMESTAMP(3))`, string(b), routing)
		return b
	}

	// Off unless switched on.
	if got := call(ported(), "WestCall ", "7495"); got.Start.RoutingNumber != "" {
		t.Errorf("routed by %s although the dip is off", got.Start.RoutingNumber)
	}
	x.reconfigure(t, "breaker:\n", "portability:\n  enabled: true\n  timeout: 2s\nbreaker:\n")
	if got := call(ported(), "VoxBeam 0011101", "447"); got.Start.RoutingNumber != routing {
		t.Errorf("routed by %q, want %s", got.Start.RoutingNumber, routing)
	}
	if got := call(x.number("0486"), "WestCall ", "7495"); got.Start.RoutingNumber != "" {
		t.Errorf("routed by %s although it has not moved", got.Start.RoutingNumber)
	}
}
