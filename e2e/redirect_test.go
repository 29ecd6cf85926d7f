//go:build e2e

package e2e_test

import (
	"slices"
	"testing"
	"time"

	"tandem/billing"
	"tandem/internal/e164"
	"tandem/internal/q850"
	"tandem/play/sip"
)

// elsewhere is a number that moscow-102 may show and that lives on asterisk-msm.
const elsewhere = "74957952399"

// iaxGivesUp is how long chan_iax2 waits for any answer to a new call.
const iaxGivesUp = 4 * time.Second

func TestNumberOfAnotherServerIsRedirected(t *testing.T) {
	t.Parallel()
	x := shared(t)
	n := x.neighbour(t)
	b := x.number("0000")
	call := x.dialAs(t, other, sip.CallSpec{To: national(b), FromUser: elsewhere})
	offer := n.offered(t, string(b))
	n.reject(t, offer, byte(q850.UserBusy))
	refused(t, call, 486)

	got := x.record(t, national(b))
	check(t, got, redirected(b).failed(billing.Busy, q850.UserBusy, 486, billing.Attempt{
		N: 1, Key: "x2", Result: billing.Busy, DialStatus: "BUSY", Cause: q850.UserBusy, Blame: q850.BlameCalled,
	}))
	if _, dial := plan(t, got); !slices.Equal(dial, []string{"IAX2/msm@msm/" + string(b)}) {
		t.Errorf("dial strings %v", dial)
	}
	for _, e := range []struct{ name, got, want string }{
		{"called number", offer.elements[ieCalled], string(b)},
		{"caller's number", offer.elements[ieCalling], elsewhere},
		{"caller's name", offer.elements[ieCallingName], ""},
		{"user", offer.elements[ieUser], "msm"},
		{"call id", offer.variable("tandem_call"), got.Start.CallID},
		{"hops", offer.variable("tandem_hops"), "1"},
	} {
		if e.got != e.want {
			t.Errorf("%s on the wire: %q, want %q", e.name, e.got, e.want)
		}
	}
	x.wantOffers(t, string(b))
}

func redirected(b e164.Number) want {
	return want{Start: billing.Start{
		Direction: billing.Redirected, Endpoint: other, AccountID: 1, SubscriberID: 2,
		Dialled: national(b), ANumber: elsewhere, BNumber: b, CLI: elsewhere, Reason: elsewhere + " is bound to server asterisk-msm",
	}}
}

// The other server tries its own routes before anything rings: that takes it
// longer than one route may stay silent.
func TestNeighbourMayHuntLonger(t *testing.T) {
	t.Parallel()
	x := shared(t)
	n := x.neighbour(t)
	b := x.number("0000")
	call := x.dialAs(t, other, sip.CallSpec{To: national(b), FromUser: elsewhere})
	offer := n.offered(t, string(b))
	late := time.NewTimer(silenceTime + 500*time.Millisecond) // before IAX2 gives up
	defer late.Stop()
	select {
	case <-late.C:
	case <-call.Done():
	}
	n.reject(t, offer, byte(q850.UserBusy))
	refused(t, call, 486)
}

// Nobody answers at the neighbour's address: chan_iax2 gives up by itself, long
// before a hunt there could have taken that long.
func TestNeighbourIsDown(t *testing.T) {
	t.Parallel()
	x := own(t, nil) // nobody has the neighbour's address
	b := x.number("0000")
	call := x.dialAs(t, other, sip.CallSpec{To: national(b), FromUser: elsewhere})
	refused(t, call, 503)
	if n := call.EarlyMediaPackets(); n < 50 {
		t.Errorf("%d packets of early media: the announcement was not heard", n)
	}
	got := x.record(t, national(b))
	check(t, got, redirected(b).failed(billing.Failed, q850.NoCircuit, 503, billing.Attempt{
		N: 1, Key: "x2", Result: billing.Failed, DialStatus: "CONGESTION", Blame: q850.BlameRoute,
	}))
	if e := got.Attempts[0].Elapsed; e > iaxGivesUp+slack {
		t.Errorf("it took %v to notice, want %v", e, iaxGivesUp)
	}
	x.wantOffers(t, string(b))
}

// A call that another server has handed over already counts its servers.
func TestHandedOverCallIsHandedOn(t *testing.T) {
	t.Parallel()
	x := shared(t)
	n := x.neighbour(t)
	b := x.number("0000")
	n.call(t, string(b), elsewhere, "tandem_call=asterisk-corbina-1.1", "tandem_hops=2")
	offer := n.offered(t, string(b))
	if got := offer.variable("tandem_hops"); got != "3" {
		t.Errorf("tandem_hops %q, want 3", got)
	}
	if got := offer.variable("tandem_call"); got != "asterisk-corbina-1.1" {
		t.Errorf("tandem_call %q, want the first server's call", got)
	}
	n.reject(t, offer, byte(q850.UserBusy))
	got := x.record(t, string(b))
	if got.Start.Direction != billing.Redirected || got.Start.Endpoint != iaxUser || got.Route != "x2" {
		t.Errorf("record: %+v", got)
	}
}

func TestHopLimit(t *testing.T) {
	t.Parallel()
	x := shared(t)
	n := x.neighbour(t)
	for _, hops := range []string{"3", "4", "99", "100", "3/../0"} {
		b := x.number("0000")
		n.call(t, string(b), elsewhere, "tandem_call=x", "tandem_hops="+hops)
		got := x.record(t, string(b))
		if len(got.Attempts) != 0 || got.SIPStatus != 503 || got.Cause != q850.NoCircuit {
			t.Errorf("%s hops: %+v", hops, got)
		}
		n.nothing(t, string(b))
		x.wantOffers(t, string(b))
	}
}

// A neighbour hands over what is ours to ring.
func TestHandedOverCallRingsTheSubscriber(t *testing.T) {
	t.Parallel()
	x := shared(t)
	n := x.neighbour(t)
	phone := x.phone(t, moscow)
	n.call(t, "74951815000", "74952999999", "tandem_call=asterisk-msm-1.1", "tandem_hops=1")
	if _, err := phone.WaitCall(soon(t), func(r sip.CallRecord) bool { return r.From == "74952999999" && r.Ended() }); err != nil {
		t.Fatal(err)
	}
	got := x.recordWhere(t, "endpoint = 'macomnet' AND dialled = '74951815000'")
	check(t, got, want{Start: billing.Start{
		Direction: billing.Outgoing, Endpoint: iaxUser, Dialled: "74951815000", BNumber: "74951815000",
		ANumber: "74952999999", CLI: "74952999999", Origin: "asterisk-msm-1.1",
		Reason: "handed over by server macomnet",
	}}.answered(billing.SideCalled, ok(billing.Attempt{N: 1, Key: "s1"})))
}

// Somebody at the neighbour's address who does not know the secret is no
// neighbour.
func TestForgedNeighbour(t *testing.T) {
	t.Parallel()
	x := shared(t)
	n := x.neighbour(t)
	forged, honest := x.number("0486"), x.number("0486")
	secret := n.secret
	n.secret = "guess"
	n.call(t, string(forged), "74951815000", "tandem_hops=1")
	n.secret = secret
	n.call(t, string(honest), "74951815000", "tandem_hops=1")
	x.record(t, string(honest))
	x.wantNoRecord(t, string(forged))
	x.wantOffers(t, string(forged))
}
