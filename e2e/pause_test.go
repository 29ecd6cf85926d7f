//go:build e2e

package e2e_test

import (
	"testing"
	"time"

	"tandem/billing"
	"tandem/internal/q850"
)

// A Tandem that takes connections and says nothing is the worst failure: only
// the dialplan's own bounds help. No call waits longer than they say, none
// stays, and every record is there in the end, once.

func TestNodeStopsDuringRoute(t *testing.T) {
	t.Parallel()
	x := own(t, nil)
	x.phone(t, moscow)
	b := x.number("0000")
	x.Nodes[0].Pause()
	call := x.dial(t, moscow, national(b))
	refused(t, call, 503)
	spoken := time.Duration(call.EarlyMediaPackets()) * 20 * time.Millisecond
	if spoken < time.Second {
		t.Errorf("%v of early media: the announcement was not heard", spoken)
	}
	if took := call.Result().FinalAfter; took > exchangeTime+spoken+reportTime+slack {
		t.Errorf("the caller waited %v, of which an announcement of %v", took, spoken)
	}
	x.noChannels(t, slack)
	x.wantKept(t, 1)

	x.Nodes[0].Resume()
	x.nothingKept(t)
	got := x.record(t, national(b))
	want := fromMoscow(b)
	want.Start.Reason = ""
	got.Start.Snapshot = 1
	check(t, got, want.failed(billing.Failed, q850.NoCircuit, 503))
	x.wantOffers(t, string(b))
}

func TestNodeStopsBetweenAttempts(t *testing.T) {
	t.Parallel()
	x := own(t, nil)
	b := x.number("0000")
	x.Carrier("WestCall").SetOutcomeFor(string(b), failsLate())
	call := x.dial(t, moscow, national(b))
	x.started(t, national(b))
	x.Nodes[0].Pause()
	talked(t, call)
	first, second := x.ended(t, "WestCall", string(b)), x.offered(t, "VoiceBuy", string(b))
	if wait := second.At.Sub(first.EndedAt); wait > exchangeTime+slack {
		t.Errorf("%v from the end of the first attempt to the second", wait)
	}
	x.noChannels(t, reportTime+slack)
	x.wantKept(t, 1)

	x.Nodes[0].Resume()
	x.nothingKept(t)
	check(t, x.record(t, national(b)), fromMoscow(b).answered(billing.SideCaller, early(congested(westcall())), ok(voicebuy(2))))
	x.wantOffers(t, string(b), "WestCall "+string(b), "VoiceBuy 9992"+string(b))
}

func TestNodeStopsAtHangup(t *testing.T) {
	t.Parallel()
	x := own(t, nil)
	b := x.number("0000")
	call := x.dial(t, moscow, national(b))
	heard(t, call)
	x.Nodes[0].Pause()
	hungUp := time.Now()
	if err := call.Hangup(soon(t)); err != nil {
		t.Fatal(err)
	}
	leg := x.ended(t, "WestCall", string(b))
	if late := leg.EndedAt.Sub(hungUp); late > slack {
		t.Errorf("the carrier's leg ended %v after the caller hung up: somebody pays for that", late)
	}
	x.noChannels(t, reportTime+slack)
	x.wantKept(t, 1)

	x.Nodes[0].Resume()
	x.nothingKept(t)
	got := x.record(t, national(b))
	check(t, got, fromMoscow(b).answered(billing.SideCaller, ok(westcall())))
	sameTalk(t, got.Talk, call.Result().Talk(), leg.Talk())
}
