//go:build e2e

package e2e_test

import (
	"strings"
	"testing"

	"tandem/billing"
	"tandem/internal/e164"
	"tandem/internal/q850"
	"tandem/play/sip"
)

// Every leg shows the number that its place of the plan says, in From and in
// P-Asserted-Identity.
func TestEachRouteShowsThePlannedNumber(t *testing.T) {
	t.Parallel()
	x := shared(t)
	b := x.number("0503")
	refused(t, x.dialAs(t, moscow, sip.CallSpec{To: national(b), FromUser: "74951815001"}), 503)

	got := x.record(t, national(b))
	want := fromMoscow(b)
	want.Start.ANumber, want.Start.CLI, want.Start.Reason = "74951815001", "74951815001", "shows 74951815001: asked for by the caller"
	gate := westcall()
	gate.Key, gate.GateID = "7.c.g9", 9 // the gate row of that number
	check(t, got, want.failed(billing.Failed, q850.NoCircuit, 503,
		congested(gate), congested(voicebuy(2)), congested(voxbeam(3)), congested(voicebuyPremium(4)), congested(voxbeamPremium(5))))
	for i, leg := range x.legs(string(b)) {
		r := reasons(t, got).Routes[i]
		if leg.From != string(r.CLI) || !strings.Contains(leg.PAI, "<sip:"+string(r.CLI)+"@") {
			t.Errorf("route %s: From %s, P-Asserted-Identity %s, the plan says %s", r.Key, leg.From, leg.PAI, r.CLI)
		}
	}
}

// A call without a number of its own shows what each way out has to offer: the
// provider's default, the gate's number, or nobody.
func TestCallerWithoutANumber(t *testing.T) {
	t.Parallel()
	x := shared(t)
	b := x.number("0503")
	refused(t, x.dial(t, guest, string(b)), 503)

	got := x.record(t, string(b))
	if got.Start.CLI != "" || got.Start.ANumber != "" {
		t.Errorf("shows %q from %q, want nothing", got.Start.CLI, got.Start.ANumber)
	}
	if len(got.Attempts) < 3 {
		t.Fatalf("%d attempts", len(got.Attempts))
	}
	for i, leg := range x.legs(string(b)) {
		r := reasons(t, got).Routes[i]
		shown := string(r.CLI)
		if shown == "" {
			shown = "anonymous"
		}
		if leg.From != shown {
			t.Errorf("route %s %s: From %s, the plan says %q", r.Key, r.Dial, leg.From, r.CLI)
		}
	}
}

// A subscriber that asks for a number it was not given gets the default.
func TestNumberThatMayNotBeShown(t *testing.T) {
	t.Parallel()
	x := shared(t)
	for _, asked := range []string{
		"74957777777",   // nobody's
		"74951815002",   // of the same account, but given to another subscriber
		"442038070121",  // of another account
		"+74951339501",  // of the pool, disabled
		"84951815002",   // as dialled
		"anonymous",     // not a number
		"74951815001x1", // a number with a tail
	} {
		b := x.number("0486")
		refused(t, x.dialAs(t, moscow, sip.CallSpec{To: national(b), FromUser: asked}), 486)
		got := x.record(t, national(b))
		if got.Start.CLI != "74951815000" || got.Start.ANumber != "74951815000" {
			t.Errorf("asked for %s: the record shows %s", asked, got.Start.CLI)
		}
		if leg := x.offered(t, "WestCall", string(b)); leg.From != "74951815000" {
			t.Errorf("asked for %s: From %s", asked, leg.From)
		}
	}
}

// Numbers are asked for in the way the subscriber dials.
func TestNumberAskedForAsDialled(t *testing.T) {
	t.Parallel()
	x := shared(t)
	for _, asked := range []string{"84951815001", "+74951815001", "81074951815001"} {
		b := x.number("0486")
		refused(t, x.dialAs(t, moscow, sip.CallSpec{To: national(b), FromUser: asked}), 486)
		if got := x.record(t, national(b)); got.Start.CLI != e164.Number("74951815001") {
			t.Errorf("asked for %s: shows %s", asked, got.Start.CLI)
		}
	}
}
