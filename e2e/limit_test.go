//go:build e2e

package e2e_test

import (
	"testing"
	"time"

	"tandem/billing"
	"tandem/internal/e164"
	"tandem/internal/q850"
	"tandem/play"
	"tandem/play/sip"
)

// The limit of talk is armed at the answer, inside Asterisk.
func TestLongestTalk(t *testing.T) {
	t.Parallel()
	const longest = 2 * time.Second
	x := own(t, shortTalk(longest))
	b := x.number("9202") // rings for two seconds, which is no talk
	call := x.dial(t, moscow, national(b))
	answered(t, call)
	x.started(t, national(b))
	x.Nodes[0].Kill() // nobody is needed for it
	if err := call.WaitEnded(soon(t)); err != nil {
		t.Fatal(err)
	}
	x.noChannels(t, slack)
	x.restart(t)
	got := x.record(t, national(b))
	want := fromMoscow(b).answered(billing.SideUs, ok(westcall()))
	want.Cut = true
	check(t, got, want)
	for name, talk := range map[string]time.Duration{
		"record": got.Talk, "caller": call.Result().Talk(), "carrier": x.ended(t, "WestCall", string(b)).Talk(),
	} {
		if (talk - longest).Abs() > slack/3 {
			t.Errorf("%s: talked %v, want %v", name, talk, longest)
		}
	}
}

// No new attempt once the time for hunting is over: of five routes that take
// their time to fail, three are tried.
func TestHuntBudget(t *testing.T) {
	t.Parallel()
	const budget = 5500 * time.Millisecond
	x := own(t, with(func(s *play.NodeSettings) { s.HuntBudget = budget }))
	b := x.number("0000")
	for _, c := range x.Carriers {
		c.SetOutcomeFor(string(b), failsLate())
	}
	call := x.dial(t, moscow, national(b))
	refused(t, call, 503)
	spoken := time.Duration(call.EarlyMediaPackets()) * 20 * time.Millisecond
	if took := call.Result().FinalAfter; took > budget+spoken+slack {
		t.Errorf("refused after %v, %v of them early media", took, spoken)
	}
	got := x.record(t, national(b))
	checkTimes(t, got)
	if got.Disposition != billing.Failed || got.SIPStatus != 503 || got.Cause != q850.NoCircuit || len(got.Attempts) != 3 {
		t.Errorf("record: %+v", got)
	}
	x.wantOffers(t, string(b), "WestCall "+string(b), "VoiceBuy 9992"+string(b), "VoxBeam 0011101"+string(b))
}

// Many calls at once are many records, each whole and each once.
func TestManyCallsAtOnce(t *testing.T) {
	t.Parallel()
	x := own(t, nil)
	phone := x.phone(t, moscow)
	const count = 60
	numbers := make([]e164.Number, count)
	for i := range numbers {
		numbers[i] = x.number("5503")
	}
	result, err := phone.Load(soon(t), sip.LoadSpec{
		Number: func(n int) string { return national(numbers[n]) }, CPS: 20, Count: count, Hold: 500 * time.Millisecond,
	})
	if err != nil || result.Answered != count || result.Dropped != 0 {
		t.Fatalf("%+v, %v", result, err)
	}
	for _, b := range numbers {
		check(t, x.record(t, national(b)), fromMoscow(b).answered(billing.SideCaller, congested(westcall()), ok(voicebuy(2))))
	}
	var calls int
	if err := x.sql.QueryRowContext(soon(t), `SELECT COUNT(*) FROM calls`).Scan(&calls); err != nil || calls != count {
		t.Errorf("%d calls in the database, %v; want %d", calls, err, count)
	}
	x.noChannels(t, slack)
}
