//go:build e2e

package e2e_test

import (
	"slices"
	"testing"
	"time"

	"tandem/billing"
	"tandem/internal/q850"
	"tandem/play/sip"
)

func TestBusyStopsTheHunt(t *testing.T) {
	t.Parallel()
	x := shared(t)
	b := x.number("0486")
	refused(t, x.dial(t, moscow, national(b)), 486)

	check(t, x.record(t, national(b)), fromMoscow(b).failed(billing.Busy, q850.UserBusy, 486, busy(westcall())))
	x.wantOffers(t, string(b), "WestCall "+string(b))
}

func TestRingsOutStopsTheHunt(t *testing.T) {
	t.Parallel()
	x := shared(t)
	b := x.number("9301")
	refused(t, x.dial(t, moscow, national(b)), 480)

	got := x.record(t, national(b))
	check(t, got, fromMoscow(b).failed(billing.NoAnswer, q850.NoAnswer, 480, rungOut(westcall())))
	if e := got.Attempts[0].Elapsed; e < ringTime || e > ringTime+slack {
		t.Errorf("it rang for %v, want %v", e, ringTime)
	}
	x.wantOffers(t, string(b), "WestCall "+string(b))
}

func TestEveryRouteFailsIsSpoken(t *testing.T) {
	t.Parallel()
	x := shared(t)
	b := x.number("0503")
	call := x.dial(t, moscow, national(b))
	refused(t, call, 503)

	if n := call.EarlyMediaPackets(); n < 50 {
		t.Errorf("%d packets of early media: the announcement was not heard", n)
	}
	if r := call.Result(); !slices.ContainsFunc(r.Provisionals, func(p sip.Provisional) bool { return p.Status == 183 && p.Media }) {
		t.Errorf("no 183 with a session description before the refusal: %+v", r.Provisionals)
	}
	check(t, x.record(t, national(b)), fromMoscow(b).failed(billing.Failed, q850.NoCircuit, 503,
		congested(westcall()), congested(voicebuy(2)), congested(voxbeam(3)), congested(voicebuyPremium(4)), congested(voxbeamPremium(5))))
	x.wantOffers(t, string(b), "WestCall "+string(b), "VoiceBuy 9992"+string(b), "VoxBeam 0011101"+string(b),
		"VoiceBuy 9993"+string(b), "VoxBeam 0011102"+string(b))
}

func TestCallerCancelsWhileRinging(t *testing.T) {
	t.Parallel()
	x := shared(t)
	b := x.number("9301")
	call := x.dial(t, moscow, national(b))
	if err := call.WaitRinging(soon(t)); err != nil {
		t.Fatal(err)
	}
	if err := call.Cancel(soon(t)); err != nil {
		t.Fatal(err)
	}
	if r := call.Result(); r.Status != 487 || r.EndedBy != sip.Caller {
		t.Errorf("cancelled call ended with %d by %s", r.Status, r.EndedBy)
	}
	if leg := x.ended(t, "WestCall", string(b)); leg.EndedBy != sip.Caller || leg.Status != 487 {
		t.Errorf("the carrier's leg ended with %d by %s", leg.Status, leg.EndedBy)
	}
	want := fromMoscow(b).failed(billing.Cancelled, q850.NormalClearing, 487, cancelled(westcall()))
	want.HangupBy = billing.SideCaller
	check(t, x.record(t, national(b)), want)
}

func TestAnswerCrossesCancel(t *testing.T) {
	t.Parallel()
	x := shared(t)
	b := x.number("9305")
	call := x.dial(t, moscow, national(b))
	if err := call.WaitRinging(soon(t)); err != nil {
		t.Fatal(err)
	}
	if err := call.Cancel(soon(t)); err != nil {
		t.Fatal(err)
	}
	// The carrier picked up, but nobody was there any more: it is released at
	// once and nobody pays for talk.
	if leg := x.ended(t, "WestCall", string(b)); !leg.Answered() || leg.EndedBy != sip.Caller || leg.Talk() > time.Second {
		t.Errorf("the carrier's leg: answered %t, talked %v, ended by %s", leg.Answered(), leg.Talk(), leg.EndedBy)
	}
	want := fromMoscow(b).failed(billing.Cancelled, q850.NormalClearing, 487, cancelled(westcall()))
	want.HangupBy = billing.SideCaller
	check(t, x.record(t, national(b)), want)
}

func TestCallerHangsUp(t *testing.T) {
	t.Parallel()
	x := shared(t)
	b := x.number("9307") // answered at once
	call := x.dial(t, moscow, national(b))
	talked(t, call)

	leg := x.ended(t, "WestCall", string(b))
	if leg.EndedBy != sip.Caller {
		t.Errorf("the carrier's leg was ended by %s", leg.EndedBy)
	}
	got := x.record(t, national(b))
	check(t, got, fromMoscow(b).answered(billing.SideCaller, ok(westcall())))
	sameTalk(t, got.Talk, call.Result().Talk(), leg.Talk())
}

func TestCalledPartyHangsUp(t *testing.T) {
	t.Parallel()
	x := shared(t)
	b := x.number("9101") // answered for a second
	call := x.dial(t, moscow, national(b))
	answered(t, call)
	if err := call.WaitEnded(soon(t)); err != nil {
		t.Fatal(err)
	}

	if r := call.Result(); r.EndedBy != sip.Called {
		t.Errorf("the caller's leg was ended by %s", r.EndedBy)
	}
	leg := x.ended(t, "WestCall", string(b))
	if leg.EndedBy != sip.Called {
		t.Errorf("the carrier's leg was ended by %s", leg.EndedBy)
	}
	got := x.record(t, national(b))
	check(t, got, fromMoscow(b).answered(billing.SideCalled, ok(westcall())))
	sameTalk(t, got.Talk, call.Result().Talk(), leg.Talk())
}

// The called party is gone in the moment of its answer: the bridge may never
// stand, the record must.
func TestCalledPartyHangsUpAtOnce(t *testing.T) {
	t.Parallel()
	x := shared(t)
	b := x.number("0000")
	o := sip.AnswerAtOnce()
	o.Hold = time.Millisecond
	x.Carrier("WestCall").SetOutcomeFor(string(b), o)
	call := x.dial(t, moscow, national(b))
	if err := call.WaitEnded(soon(t)); err != nil {
		t.Fatal(err)
	}
	got := x.record(t, national(b))
	status := call.Result().Status
	if status != 200 && status != 480 {
		t.Errorf("the caller got %d, want 200 or 480", status)
	}
	if got.Start.BNumber != b || len(got.Attempts) != 1 || got.Talk > time.Second || got.HangupBy != billing.SideCalled {
		t.Errorf("record: %+v", got)
	}
}
