//go:build e2e

package e2e_test

import (
	"slices"
	"testing"

	"tandem/billing"
)

func TestAnsweredByTheFirstRoute(t *testing.T) {
	t.Parallel()
	x := shared(t)
	b := x.number("0000")
	call := x.dial(t, moscow, national(b))
	talked(t, call)

	leg := x.ended(t, "WestCall", string(b))
	if leg.Called != string(b) || leg.From != "74951815000" {
		t.Errorf("WestCall was called %s by %s", leg.Called, leg.From)
	}
	got := x.record(t, national(b))
	check(t, got, fromMoscow(b).answered(billing.SideCaller, ok(westcall())))
	keys, dial := plan(t, got)
	if want := []string{"7.c.g8", "11.c.a35", "8.c.a1", "11.p.a35", "8.p.a1"}; !slices.Equal(keys, want) {
		t.Errorf("planned %v, want %v", keys, want)
	}
	if want := "PJSIP/" + string(b) + "@westcall"; dial[0] != want {
		t.Errorf("first dial string %s, want %s", dial[0], want)
	}
	x.wantOffers(t, string(b), "WestCall "+string(b))
	sameTalk(t, got.Talk, call.Result().Talk(), leg.Talk())
}

func TestServiceUnavailableThenAnswered(t *testing.T) {
	t.Parallel()
	x := shared(t)
	b := x.number("5503")
	call := x.dial(t, moscow, national(b))
	talked(t, call)

	got := x.record(t, national(b))
	check(t, got, fromMoscow(b).answered(billing.SideCaller, congested(westcall()), ok(voicebuy(2))))
	x.wantOffers(t, string(b), "WestCall "+string(b), "VoiceBuy 9992"+string(b))
	sameTalk(t, got.Talk, call.Result().Talk(), x.ended(t, "VoiceBuy", string(b)).Talk())
}

func TestSilentRouteThenAnswered(t *testing.T) {
	t.Parallel()
	x := shared(t)
	b := x.number("5100")
	talked(t, x.dial(t, moscow, national(b)))

	got := x.record(t, national(b))
	check(t, got, fromMoscow(b).answered(billing.SideCaller, silent(westcall()), ok(voicebuy(2))))
	if e := got.Attempts[0].Elapsed; e < silenceTime || e > silenceTime+slack {
		t.Errorf("the silent route was given %v, want %v", e, silenceTime)
	}
	if leg := x.ended(t, "WestCall", string(b)); leg.EndedBy != "caller" {
		t.Errorf("the silent route was not cancelled: %+v", leg)
	}
}
