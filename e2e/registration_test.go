//go:build e2e

package e2e_test

import (
	"strings"
	"testing"

	"tandem/billing"
	"tandem/play/sip"
)

// gateLogin is what the play stack gives the gate sip_peer_msm_2301.
const gateLogin = "gate-demo"

// The gate registers its number with the provider, who then calls us by it.
func TestGateRegisters(t *testing.T) {
	t.Parallel()
	x := shared(t)
	r, err := x.Carrier("IPPort").WaitRegistration(soon(t), gateLogin)
	if err != nil {
		t.Fatal(err)
	}
	if want := "sip:74957952301@" + x.SIP().String(); !strings.HasPrefix(r.Contact, want) {
		t.Errorf("registered %s, want %s", r.Contact, want)
	}
	if r.Source != x.SIP().String() {
		t.Errorf("registered from %s, want %s", r.Source, x.SIP())
	}
	if left := r.Until.Sub(r.At); left <= 0 {
		t.Errorf("registered for %v", left)
	}

	x.phone(t, moscow)
	from := x.number("1111")
	x.reached(t, moscow, from, x.bring(t, "IPPort", "74957952301", from))
	want := fromWestCall(from)
	want.Start.Endpoint, want.Start.ProviderID, want.Start.NumberID = "trunk-16", 16, 515
	want.Start.Dialled, want.Start.BNumber = "74957952301", "74957952301"
	check(t, x.brought(t, from), want.answered(billing.SideCalled, ok(billing.Attempt{N: 1, Key: "s1"})))
}

// A call that shows the gate's number leaves by the gate first.
func TestGateCarriesItsNumber(t *testing.T) {
	t.Parallel()
	x := shared(t)
	b := x.number("0000")
	talked(t, x.dialAs(t, moscow, sip.CallSpec{To: national(b), FromUser: "74957952301"}))
	legs := x.legs(string(b))
	if len(legs) == 0 {
		t.Fatal("nobody was called")
	}
	got := x.record(t, national(b))
	for i, leg := range legs {
		if leg.From != "74957952301" {
			t.Errorf("route %s shows %s", got.Attempts[i].Key, leg.From)
		}
	}
	var gates []string
	for _, r := range reasons(t, got).Routes {
		if r.Key.ProviderID == 16 { // IPPort
			gates = append(gates, r.Dial)
		}
	}
	if len(gates) != 1 || !strings.HasSuffix(gates[0], "@sip_peer_msm_2301") {
		t.Errorf("IPPort is to be reached by %v, want its gate alone", gates)
	}
}
