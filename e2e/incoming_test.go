//go:build e2e

package e2e_test

import (
	"strconv"
	"testing"

	"tandem/billing"
	"tandem/internal/e164"
	"tandem/internal/q850"
	"tandem/play"
	"tandem/play/sip"
)

// bring has a carrier bring a call to a number of ours.
func (x *exchange) bring(t *testing.T, carrier, number string, from e164.Number) *sip.Call {
	t.Helper()
	call, err := x.Carrier(carrier).Call(soon(t), sip.CallSpec{Server: x.SIP(), To: number, FromUser: string(from)})
	if err != nil {
		t.Fatal(err)
	}
	return call
}

// brought is the record of the call from that caller.
func (x *exchange) brought(t *testing.T, from e164.Number) billing.End {
	t.Helper()
	return x.recordWhere(t, "direction = 'in' AND a_number = ?", string(from))
}

// fromWestCall is the record of a call to 74951815000, as far as it is known
// before it ends.
func fromWestCall(from e164.Number) want {
	return want{Start: billing.Start{
		Direction: billing.Incoming, Endpoint: "trunk-7", AccountID: 1, ProviderID: 7, NumberID: 279,
		Dialled: "74951815000", ANumber: from, BNumber: "74951815000", CLI: from, Reason: "the number's destination",
	}}
}

// reached waits for the call's end and says that the telephone was rung by that
// caller.
func (x *exchange) reached(t *testing.T, login string, from e164.Number, call *sip.Call) {
	t.Helper()
	answered(t, call)
	if err := call.WaitEnded(soon(t)); err != nil {
		t.Fatal(err)
	}
	leg, err := x.phone(t, login).WaitCall(soon(t), func(r sip.CallRecord) bool { return r.From == string(from) && r.Ended() })
	if err != nil {
		t.Fatalf("%s was not rung by %s: %v", login, from, err)
	}
	if leg.EndedBy != sip.Called || call.Result().EndedBy != sip.Called {
		t.Errorf("the telephone says %s hung up, the carrier %s", leg.EndedBy, call.Result().EndedBy)
	}
}

func TestIncomingRingsTheDestination(t *testing.T) {
	t.Parallel()
	x := shared(t)
	x.phone(t, moscow)
	from := x.number("1111")
	call := x.bring(t, "WestCall", "74951815000", from)
	x.reached(t, moscow, from, call)
	got := x.brought(t, from)
	check(t, got, fromWestCall(from).answered(billing.SideCalled, ok(billing.Attempt{N: 1, Key: "s1"})))
	if want := x.Carrier("WestCall").Addr().String(); got.Start.Source != want {
		t.Errorf("source %s, want %s", got.Start.Source, want)
	}
	sameTalk(t, got.Talk, call.Result().Talk())
}

func TestIncomingRingsTheLastAgent(t *testing.T) {
	t.Parallel()
	x := shared(t)
	x.phone(t, moscow)
	customer := x.number("0486")
	refused(t, x.dial(t, other, national(customer)), 486) // moscow-102 tries to call the customer
	x.record(t, national(customer))

	call := x.bring(t, "WestCall", "74951815000", customer) // moscow-101's number
	x.reached(t, other, customer, call)
	want := fromWestCall(customer)
	want.Start.Reason = "the agent who last called this number"
	check(t, x.brought(t, customer), want.answered(billing.SideCalled, ok(billing.Attempt{N: 1, Key: "s2"})))
}

// Whoever cannot be reached leaves the call to the next: the agent, the number's
// destination, the duty operator, nobody.
func TestIncomingRingsWhoIsThere(t *testing.T) {
	t.Parallel()
	x := own(t, nil)
	customer := x.number("0486")
	// moscow-102 calls the customer without ever registering.
	answer, err := sip.RawInvite(soon(t), sip.RawSpec{
		Local: x.Loopback.Addr(hostileHost), Server: x.SIP(), URI: "sip:" + national(customer) + "@" + x.SIP().String(),
		From: "<sip:" + other + "@" + x.SIP().Addr().String() + ">", Login: other, Password: play.DemoSecret(other),
	})
	if err != nil || answer.Status != 486 {
		t.Fatalf("%d %s, %v", answer.Status, answer.Reason, err)
	}
	x.record(t, national(customer))
	away := func(n int, key string) billing.Attempt {
		return billing.Attempt{
			N: n, Key: key, Result: billing.Failed, DialStatus: "CHANUNAVAIL", Cause: q850.NoRouteToDestination, Blame: q850.BlameCalled,
		}
	}
	w := fromWestCall(customer)
	w.Start.Reason = "the agent who last called this number"
	bring := func() *sip.Call { return x.bring(t, "WestCall", "74951815000", customer) }
	last := func(n int) billing.End {
		return x.recordWhere(t, "direction = 'in' AND call_id = (SELECT call_id FROM calls WHERE direction = 'in' ORDER BY started_at LIMIT 1 OFFSET ?)", n-1)
	}

	call := bring()
	refused(t, call, 480)
	if n := call.EarlyMediaPackets(); n < 50 {
		t.Errorf("%d packets of early media: nothing was said", n)
	}
	check(t, last(1), w.failed(billing.Failed, q850.NoAnswer, 480, away(1, "s2"), away(2, "s1"), away(3, "s3")))

	x.phone(t, duty)
	x.reached(t, duty, customer, bring())
	check(t, last(2), w.answered(billing.SideCalled, away(1, "s2"), away(2, "s1"), ok(billing.Attempt{N: 3, Key: "s3"})))

	x.phone(t, moscow)
	x.reached(t, moscow, customer, bring())
	check(t, last(3), w.answered(billing.SideCalled, away(1, "s2"), ok(billing.Attempt{N: 2, Key: "s1"})))

	x.phone(t, other)
	x.reached(t, other, customer, bring())
	check(t, last(4), w.answered(billing.SideCalled, ok(billing.Attempt{N: 1, Key: "s2"})))
}

// An agent who is busy is there: nobody else is disturbed.
func TestIncomingToABusyAgent(t *testing.T) {
	t.Parallel()
	x := own(t, nil)
	x.phone(t, duty)
	x.phone(t, moscow).SetIncoming(sip.Fail(486))
	from := x.number("1111")
	refused(t, x.bring(t, "WestCall", "74951815000", from), 486)
	check(t, x.brought(t, from), fromWestCall(from).failed(billing.Busy, q850.UserBusy, 486, busy(billing.Attempt{N: 1, Key: "s1"})))
	if calls := x.phone(t, duty).Calls(); len(calls) != 0 {
		t.Errorf("the duty operator was rung: %+v", calls)
	}
}

func TestUnknownCallerRingsTheDutyOperator(t *testing.T) {
	t.Parallel()
	x := shared(t)
	x.phone(t, duty)
	from := x.number("1111")
	x.reached(t, duty, from, x.bring(t, "WestCall", "74951815002", from)) // a number without a destination
	want := fromWestCall(from)
	want.Start.NumberID, want.Start.Dialled, want.Start.BNumber, want.Start.Reason = 281, "74951815002", "74951815002", "the duty operator"
	check(t, x.brought(t, from), want.answered(billing.SideCalled, ok(billing.Attempt{N: 1, Key: "s3"})))
}

func TestCallerWhoHidesRingsTheDutyOperator(t *testing.T) {
	t.Parallel()
	x := shared(t)
	x.phone(t, duty)
	call := x.bring(t, "WestCall", "74951815002", "anonymous")
	x.reached(t, duty, "anonymous", call)
	want := fromWestCall("")
	want.Start.NumberID, want.Start.Dialled, want.Start.BNumber, want.Start.Reason = 281, "74951815002", "74951815002", "the duty operator"
	got := x.recordWhere(t, "direction = 'in' AND dialled = '74951815002' AND a_number IS NULL")
	check(t, got, want.answered(billing.SideCalled, ok(billing.Attempt{N: 1, Key: "s3"})))
}

func TestEchoTest(t *testing.T) {
	t.Parallel()
	x := shared(t)
	from := x.number("1111")
	call := x.bring(t, "WestCall", "74951815099", from)
	talked(t, call) // it hears itself

	got := x.brought(t, from)
	want := fromWestCall(from)
	want.Start.NumberID, want.Start.Dialled, want.Start.BNumber = 9002, "74951815099", "74951815099"
	want.Start.Reason = "echo test"
	want.Disposition, want.Cause, want.SIPStatus, want.HangupBy = billing.Answered, q850.NormalClearing, 200, billing.SideCaller
	check(t, got, billing.End(want))
	sameTalk(t, got.Talk, call.Result().Talk())
}

func TestIncomingIsForwardedOutside(t *testing.T) {
	t.Parallel()
	x := shared(t)
	from := x.number("1111")
	call := x.bring(t, "VoiceBuy", "442038070123", from) // forwarded to 447700900123
	talked(t, call)
	leg := x.ended(t, "VoxBeam", "0011101447700900123")
	if leg.From != "442038070123" {
		t.Errorf("From %s, want the number that was called", leg.From)
	}
	want := fromWestCall(from)
	want.Start.Endpoint, want.Start.ProviderID, want.Start.NumberID, want.Start.AccountID = "trunk-11", 11, 531, 2
	want.Start.Dialled, want.Start.BNumber, want.Start.CLI = "442038070123", "442038070123", "442038070123"
	want.Start.Reason = "shows 442038070123: the number that was called, forwarding to 447700900123"
	check(t, x.brought(t, from), want.answered(billing.SideCaller, ok(voxbeam(1))))
}

// What we refuse is said to the caller before anybody pays for it, and told to
// the switch before us by a cause.
func TestIncomingRefused(t *testing.T) {
	t.Parallel()
	x := shared(t)
	for _, c := range []struct {
		name, carrier, number, reason string
		provider                      int64
		cause                         q850.Cause
		status                        int
	}{
		{"number disabled", "Zadarma", "74951339502", "number_disabled", 3, q850.UnallocatedNumber, 404},
		{"number of another server", "IPPort", "74957952302", "number_of_other_server", 16, q850.NoRouteToDestination, 404},
		{"number of another provider", "Zadarma", "74951815000", "number_of_other_provider", 3, q850.CallRejected, 403},
		{"number of nobody", "WestCall", "74951815077", "unknown_number", 7, q850.UnallocatedNumber, 404},
		{"not a number", "WestCall", "112", "unknown_number", 7, q850.UnallocatedNumber, 404},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			from := x.number("1111")
			call := x.bring(t, c.carrier, c.number, from)
			refused(t, call, c.status)
			if n := call.EarlyMediaPackets(); n < 50 {
				t.Errorf("%d packets of early media: nothing was said", n)
			}
			got := x.recordWhere(t, "direction = 'in' AND source = ? AND dialled = ? AND cli = ?", x.Carrier(c.carrier).Addr().String(), c.number, string(from))
			w := want{Start: billing.Start{
				Direction: billing.Incoming, Endpoint: "trunk-" + strconv.FormatInt(c.provider, 10), ProviderID: c.provider, Dialled: c.number, ANumber: from, CLI: from, Reason: c.reason,
			}}
			if n, err := e164.Parse(c.number); err == nil {
				w.Start.BNumber = n
			}
			check(t, got, w.failed(billing.Rejected, c.cause, c.status))
		})
	}
}
