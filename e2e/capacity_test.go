//go:build e2e

package e2e_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/billing"
	"tandem/internal/e164"
	"tandem/internal/q850"
	"tandem/play"
	"tandem/play/sip"
	"tandem/routing"
)

// Limits are rows like any other; each part sets some and meets them.
func TestLimits(t *testing.T) {
	t.Parallel()
	x := own(t, with(func(s *play.NodeSettings) { s.Ring = huntPause * 2 }))
	x.phone(t, moscow)
	x.tookUp(t)
	ok := t.Run("channels", x.limitsChannels)
	ok = ok && t.Run("calls per second", x.limitsCallsPerSecond)
	ok = ok && t.Run("switched off during the hunt", x.switchesOffDuringTheHunt)
	ok = ok && t.Run("Asterisk is silent", x.limitsComeLate)
	ok = ok && t.Run("the node dies", x.limitsOutliveTheNode)
	if ok && t.Run("no other route", x.limitsTheOnlyRoute) {
		x.heardEveryEnd(t)
	}
}

// unlimited is what each part begins with: nobody holds anything, nothing is
// limited.
func (x *exchange) unlimited(t *testing.T) {
	t.Helper()
	x.heardEveryEnd(t)
	x.exec(t, `UPDATE providers SET enabled = 1, channels = 0, cps = 0`)
	x.exec(t, `UPDATE gates SET enabled = 1, channels = 0, cps = 0`)
	x.exec(t, `UPDATE accounts SET channels = 0, cps = 0`)
	x.exec(t, `DELETE FROM route_rules`)
}

// A call that is up leaves no room for a second one; when it is over there is.
func (x *exchange) limitsChannels(t *testing.T) {
	x.unlimited(t)
	x.change(t, `UPDATE providers SET channels = 1 WHERE id = 7`)
	first, b := x.up(t)
	x.second(t, routing.ReasonNoChannel)
	x.down(t, first, b)
	x.second(t, "")

	x.exec(t, `UPDATE providers SET channels = 0 WHERE id = 7`)
	x.change(t, `UPDATE gates SET channels = 1 WHERE id = 8`)
	first, b = x.up(t)
	x.second(t, routing.ReasonGateFull)
	x.down(t, first, b)
	x.second(t, "")

	x.exec(t, `UPDATE gates SET channels = 0 WHERE id = 8`)
	x.change(t, `UPDATE accounts SET channels = 1 WHERE id = 1`)
	first, b = x.up(t)
	x.full(t, routing.ReasonAccountFull)
	x.down(t, first, b)
	x.second(t, "")
}

// up is a call from Moscow that WestCall has answered.
func (x *exchange) up(t *testing.T) (*sip.Call, e164.Number) {
	t.Helper()
	b := x.number("9307")
	call := x.dial(t, moscow, national(b))
	answered(t, call)
	x.wantOffers(t, string(b), "WestCall "+string(b))
	return call, b
}

// down hangs it up and waits until what it held is free.
func (x *exchange) down(t *testing.T, call *sip.Call, b e164.Number) {
	t.Helper()
	if err := call.Hangup(soon(t)); err != nil {
		t.Fatal(err)
	}
	x.record(t, national(b))
	eventually(t, patience, func() error { // what it held is free when the log tells of it
		for _, n := range x.Nodes {
			if strings.Contains(tail(n.Log, 100_000), `"dialled":"`+national(b)+`"`) {
				return nil
			}
		}
		return errors.New("no node has told its log of the end")
	})
}

// second is another call from Moscow: WestCall is the first route for it, or was
// left out for a reason.
func (x *exchange) second(t *testing.T, why routing.Reason) {
	t.Helper()
	b := x.number("0486")
	offer := "WestCall " + string(b)
	if why != "" {
		offer = "VoiceBuy 9992" + string(b)
	}
	r := x.busyAt(t, moscow, national(b), string(b), offer)
	if got := whyLeftOut(r, "7.c.g8"); got != why {
		t.Errorf("WestCall was left out for %q, want %q", got, why)
	}
}

// full is another call from Moscow, for which the account has no room.
func (x *exchange) full(t *testing.T, why routing.Reason) {
	t.Helper()
	b := x.number("0486")
	call := x.dial(t, moscow, national(b))
	refused(t, call, 503)
	if n := call.EarlyMediaPackets(); n < 50 {
		t.Errorf("%d packets of early media: the announcement was not heard", n)
	}
	x.wantOffers(t, string(b))
	got := x.record(t, national(b))
	if r := reasons(t, got); r.Refused != why || got.Start.Reason != string(why) {
		t.Errorf("refused for %q, in the record for %q; want %q", r.Refused, got.Start.Reason, why)
	}
	want := fromMoscow(b)
	want.Start.Reason = string(why)
	check(t, got, want.failed(billing.Rejected, q850.NoCircuit, 503))
}

// heardEveryEnd checks that nothing is held any more, and that no call's end had
// to be found out from Asterisk's list.
func (x *exchange) heardEveryEnd(t *testing.T) {
	t.Helper()
	x.noChannels(t, reportTime+slack)
	for _, n := range x.Nodes {
		for _, gauge := range []string{"tandem_calls_live", "tandem_capacity_calls", "tandem_channels_in_use"} {
			eventually(t, patience, func() error {
				if held := metric(t, n, gauge); held != 0 {
					return fmt.Errorf("%s: %s is %v without a call", n.Name, gauge, held)
				}
				return nil
			})
		}
	}
	// A report that took a node too long is collected.
	eventually(t, patience, func() error {
		collected := 0
		for _, n := range x.Nodes {
			collected += summed(n.Log, "kept end reports collected", "lines")
		}
		for _, n := range x.Nodes {
			if unheard := summed(n.Log, "calls whose end this node did not hear are over", "calls"); unheard > collected {
				return fmt.Errorf("%s did not hear of the ends of %d calls, %d were collected", n.Name, unheard, collected)
			}
		}
		return nil
	})
}

// summed adds up what a node's log says in a field of all lines with a message.
func summed(log, message, field string) int {
	sum := 0
	for _, n := range numbersIn(log, message, field) {
		sum += int(n)
	}
	return sum
}

// tookUp waits until the node, which was there before Asterisk, has asked it which
// calls are up. A call that ends just then is known by Asterisk's answer only.
func (x *exchange) tookUp(t *testing.T) {
	t.Helper()
	eventually(t, patience, func() error {
		if !strings.Contains(tail(x.Nodes[0].Log, 100_000), "calls in progress taken up") {
			return errors.New("the node has not asked Asterisk yet")
		}
		return nil
	})
}

// inUse waits until a node counts so many calls, each on one channel of an
// account, a provider and a gate.
func inUse(t *testing.T, n *play.Node, within time.Duration, calls float64) {
	t.Helper()
	eventually(t, within, func() error {
		for _, kind := range []string{"account", "provider", "gate"} {
			if got := metric(t, n, `tandem_channels_in_use{kind="`+kind+`"}`); got != calls {
				return fmt.Errorf("%s: %v channels of each %s in use, want %v", n.Name, got, kind, calls)
			}
		}
		return nil
	})
}

// A burst: no more calls than the rate allows take the way, and every other call
// goes on, or is refused where it is the account's rate.
func (x *exchange) limitsCallsPerSecond(t *testing.T) {
	const rate, count = 3, 20
	x.unlimited(t)
	burst := func() (numbers []string, took float64) {
		t.Helper()
		for range count {
			numbers = append(numbers, string(x.number("0486")))
		}
		began := time.Now()
		result, err := x.phone(t, moscow).Load(soon(t), sip.LoadSpec{
			Number: func(n int) string { return national(e164.Number(numbers[n])) }, CPS: 100, Count: count,
		})
		if err != nil || result.Answered != 0 || result.ByStatus["486"]+result.ByStatus["503"] != count {
			t.Fatalf("%+v, %v", result, err)
		}
		return numbers, time.Since(began).Seconds()
	}
	offers := func(numbers []string) map[string]int {
		n := map[string]int{}
		for _, b := range numbers {
			legs := x.legs(b)
			if len(legs) > 1 {
				t.Errorf("%s was offered %d times", b, len(legs))
			}
			for _, leg := range legs {
				n[leg.Agent]++
			}
		}
		return n
	}

	x.change(t, `UPDATE providers SET cps = ? WHERE id = 7`, rate)
	numbers, took := burst()
	n, most := offers(numbers), rate+int(rate*took)
	if n["WestCall"] < rate || n["WestCall"] > most || n["WestCall"]+n["VoiceBuy"] != count {
		t.Errorf("offered in %.1f s: %v; want %d to %d of %d to WestCall, the others to VoiceBuy", took, n, rate, most, count)
	}
	left := 0
	for _, b := range numbers {
		if r := reasons(t, x.record(t, national(e164.Number(b)))); whyLeftOut(r, "7.c.g8") == routing.ReasonNoCPS {
			left++
		}
	}
	if left != n["VoiceBuy"] {
		t.Errorf("WestCall was left out of %d calls for its rate, want %d", left, n["VoiceBuy"])
	}

	x.exec(t, `UPDATE providers SET cps = 0 WHERE id = 7`)
	x.change(t, `UPDATE accounts SET cps = ? WHERE id = 1`, rate)
	numbers, took = burst()
	n, most = offers(numbers), rate+int(rate*took)
	if n["WestCall"] < rate || n["WestCall"] > most || len(n) != 1 {
		t.Errorf("offered in %.1f s: %v; want %d to %d, all to WestCall", took, n, rate, most)
	}
	refusals := 0
	for _, b := range numbers {
		if r := reasons(t, x.record(t, national(e164.Number(b)))); r.Refused == routing.ReasonAccountCPS {
			refusals++
		}
	}
	if refusals != count-n["WestCall"] {
		t.Errorf("%d calls were refused for the account's rate, want %d", refusals, count-n["WestCall"])
	}
}

// A node that was killed and comes back counts the calls that are up, those that
// it would have counted when they began.
func (x *exchange) limitsOutliveTheNode(t *testing.T) {
	x.unlimited(t)
	x.change(t, `UPDATE providers SET channels = 1 WHERE id = 7`)
	first, b := x.up(t)
	x.phone(t, other).SetIncoming(sip.Answer())
	incoming := x.bring(t, "WestCall", "74951815001", x.number("1111"))
	answered(t, incoming)
	x.started(t, national(b))
	inUse(t, x.Nodes[0], slack, 1)
	x.Nodes[0].Kill()
	x.restart(t)
	inUse(t, x.Nodes[0], slack, 1)
	x.second(t, routing.ReasonNoChannel)
	x.change(t, `UPDATE accounts SET channels = 1 WHERE id = 1`)
	x.full(t, routing.ReasonAccountFull)
	x.down(t, first, b)
	x.second(t, "")
	if err := incoming.Hangup(soon(t)); err != nil {
		t.Fatal(err)
	}
}

// ariTime is how long Tandem waits for an answer of Asterisk's ARI.
const ariTime = 3 * time.Second

// The node comes back while Asterisk gives no answer, and counts the calls as
// soon as there is one.
func (x *exchange) limitsComeLate(t *testing.T) {
	x.unlimited(t)
	x.change(t, `UPDATE providers SET channels = 1 WHERE id = 7`)
	first, b := x.up(t)
	x.Nodes[0].Kill()
	x.Asterisk.Process().Pause()
	t.Cleanup(x.Asterisk.Process().Resume)
	x.restart(t)
	silent := time.NewTimer(ariTime + time.Second)
	defer silent.Stop()
	<-silent.C
	x.Asterisk.Process().Resume()
	inUse(t, x.Nodes[0], ariTime+slack, 1)
	x.second(t, routing.ReasonNoChannel)
	x.down(t, first, b)
}

// A call for which every route is full meets no mistake of the caller's: the
// switch before us may try elsewhere.
func (x *exchange) limitsTheOnlyRoute(t *testing.T) {
	x.unlimited(t)
	x.exec(t, `INSERT INTO route_rules (action, provider_id) VALUES ('force', 7)`)
	x.change(t, `UPDATE providers SET channels = 1 WHERE id = 7`)
	first, b := x.up(t)
	second := x.number("0486")
	refused(t, x.dial(t, moscow, national(second)), 503)
	got := x.record(t, national(second))
	if why := whyLeftOut(reasons(t, got), "7.c.g8"); why != routing.ReasonNoChannel || got.Cause != q850.NoCircuit {
		t.Errorf("WestCall was left out for %q, the cause is %d", why, got.Cause)
	}
	x.down(t, first, b)
}

// huntPause is how long a carrier leaves for a change during the hunt.
const huntPause = 6 * time.Second

// What is switched off during a hunt is not tried, although the hunt's list
// names it.
func (x *exchange) switchesOffDuringTheHunt(t *testing.T) {
	x.unlimited(t)
	x.change(t, `INSERT INTO route_rules (action, provider_id, tier) VALUES ('prefer', 11, 'cli')`)
	b := x.number("0486")
	x.Carrier("VoiceBuy").SetOutcomeFor("9992"+string(b), sip.Outcome{Name: "early media, then 503", Replies: []sip.Reply{
		{Status: 183, Media: true}, {After: huntPause, Status: 503},
	}})
	call := x.dial(t, moscow, national(b))
	x.offered(t, "VoiceBuy", string(b))
	began := time.Now()
	x.exec(t, `UPDATE gates SET enabled = 0 WHERE id = 8`)
	x.change(t, `UPDATE providers SET enabled = 0 WHERE id = 8`)
	if took := time.Since(began); took > changeTime+2*slack {
		t.Errorf("the change took %v to arrive, want %v", took, changeTime)
	}
	refused(t, call, 486)
	keys, _ := plan(t, x.record(t, national(b)))
	if want := []string{"11.c.a35", "7.c.g8", "8.c.a1", "11.p.a35", "8.p.a1"}; !slices.Equal(keys, want) {
		t.Errorf("planned %v, want %v", keys, want)
	}
	x.wantOffers(t, string(b), "VoiceBuy 9992"+string(b), "VoiceBuy 9993"+string(b))

	b = x.number("0486")
	r := x.busyAt(t, moscow, national(b), string(b), "VoiceBuy 9992"+string(b))
	if gate, provider := whyLeftOut(r, "7.c.g8"), whyLeftOut(r, "8.c"); gate != routing.ReasonGateDisabled || provider != routing.ReasonProviderDisabled {
		t.Errorf("WestCall's gate was left out for %q, VoxBeam for %q", gate, provider)
	}
}

// deadAfter is how long a node may be silent before its part of the limits goes
// to the others.
const deadAfter = 10 * time.Second

// A node that is left alone has the whole limit, and counts the calls of the one
// that is gone.
func TestLimitsOutliveTheirNode(t *testing.T) {
	t.Parallel()
	x := own(t, twoNodes)
	x.tookUp(t)
	x.change(t, `UPDATE providers SET channels = 2 WHERE id = 7`)
	first, b := x.up(t)
	x.started(t, national(b))
	x.Nodes[0].Kill()
	inUse(t, x.Nodes[1], deadAfter+2*slack, 1) // and a heartbeat of the other
	second, b2 := x.up(t)
	x.second(t, routing.ReasonNoChannel)
	x.down(t, first, b)
	x.second(t, "")
	x.down(t, second, b2)
	inUse(t, x.Nodes[1], slack, 0)
}

// Calls that end in every way there is give back all they held, and no more.
func TestEveryEndFreesItsChannel(t *testing.T) {
	t.Parallel()
	x := own(t, nil)
	x.tookUp(t)
	endings := []string{
		"9307", // the caller hangs up
		"9101", // the called party does
		"0486", // busy
		"9301", // nobody answers: given up by the caller, or by us
		"9305", // the answer crosses the caller's cancel
		"5503", // fails over, then answers
		"5100", // silent, then fails over
		"1480", // rings, then is refused
		"0503", // every route fails
		"9306", // is sent elsewhere
	}
	const rounds = 4
	for _, login := range []string{moscow, other} {
		x.phone(t, login)
	}
	numbers := make([]string, 2*rounds*len(endings))
	for i := range numbers {
		numbers[i] = national(x.number(endings[i%len(endings)]))
	}
	half := len(numbers) / 2
	loads := []struct {
		login   string
		numbers []string
		limit   time.Duration
	}{{moscow, numbers[:half], 2 * time.Second}, {other, numbers[half:], 0}}
	done := make(chan error, len(loads))
	for _, l := range loads {
		go func() {
			_, err := x.phones[l.login].Load(soon(t), sip.LoadSpec{
				Number: func(n int) string { return l.numbers[n] }, CPS: 20, Count: half, Hold: 300 * time.Millisecond, SetupLimit: l.limit,
			})
			done <- err
		}()
	}
	// In between: a number that is none, and a call that comes in and goes on to
	// a mobile network.
	refused(t, x.dial(t, moscow, "89"), 484)
	talked(t, x.bring(t, "VoiceBuy", "442038070123", x.number("1111")))
	if err := errors.Join(<-done, <-done); err != nil {
		t.Fatal(err)
	}
	ends := map[billing.Disposition]int{}
	for _, n := range numbers {
		ends[x.record(t, n).Disposition]++
	}
	for _, d := range []billing.Disposition{billing.Answered, billing.Busy, billing.NoAnswer, billing.Cancelled, billing.Failed} {
		if ends[d] == 0 {
			t.Errorf("no call ended as %s: %v", d, ends)
		}
	}
	x.heardEveryEnd(t)

	// Just two calls fit into two channels: of the provider, then of the account.
	x.exec(t, `UPDATE providers SET channels = 2 WHERE id = 7`)
	x.change(t, `UPDATE accounts SET channels = 3 WHERE id = 1`)
	var calls []*sip.Call
	for range 2 {
		call, _ := x.up(t)
		calls = append(calls, call)
	}
	x.second(t, routing.ReasonNoChannel)
	b := x.number("9307")
	third := x.dial(t, moscow, national(b))
	answered(t, third)
	x.wantOffers(t, string(b), "VoiceBuy 9992"+string(b))
	x.full(t, routing.ReasonAccountFull)
	for _, call := range append(calls, third) {
		if err := call.Hangup(soon(t)); err != nil {
			t.Fatal(err)
		}
	}
	x.heardEveryEnd(t)
}
