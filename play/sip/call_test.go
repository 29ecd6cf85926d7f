package sip_test

import (
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"tandem/play/sip"
)

func TestHangup(t *testing.T) {
	t.Parallel()
	carrier := startCarrier(t, sip.CarrierConfig{})
	phone := startPhone(t, carrier.Addr())

	t.Run("by caller", func(t *testing.T) {
		t.Parallel()
		call := talkTo(t, phone, "74950000001")
		must(t, call.Hangup(soon(t)))
		must(t, call.Hangup(soon(t))) // once more is no error
		equal(t, "caller's view", call.Result().EndedBy, sip.Caller)
		equal(t, "called party's view", record(t, carrier, call).EndedBy, sip.Caller)
	})
	t.Run("by called", func(t *testing.T) {
		t.Parallel()
		call := talkTo(t, phone, "74950000002")
		equal(t, "known", carrier.Hangup(call.CallID()), true)
		must(t, call.WaitEnded(soon(t)))
		equal(t, "caller's view", call.Result().EndedBy, sip.Called)
		equal(t, "called party's view", record(t, carrier, call).EndedBy, sip.Called)
		equal(t, "unknown", carrier.Hangup("nobody"), false)
		must(t, call.Hangup(soon(t)))
	})
	t.Run("while ringing, by called", func(t *testing.T) {
		t.Parallel()
		call := dial(t, phone, "74950009301")
		must(t, call.WaitRinging(soon(t)))
		equal(t, "known", carrier.Hangup(call.CallID()), true)
		equal(t, "status", rejected(call.WaitAnswer(soon(t))), 480)
	})
	t.Run("while ringing, by caller", func(t *testing.T) {
		t.Parallel()
		call := dial(t, phone, "74950019301")
		must(t, call.WaitRinging(soon(t)))
		must(t, call.Hangup(soon(t)))
		got := call.Result()
		equal(t, "status", got.Status, 487)
		equal(t, "ended by", got.EndedBy, sip.Caller)
		if got.PDD <= 0 || got.PDD > got.FinalAfter {
			t.Errorf("PDD %v, final %v", got.PDD, got.FinalAfter)
		}
	})
	t.Run("at once", func(t *testing.T) {
		t.Parallel()
		call := dial(t, phone, "74950000003")
		must(t, call.Hangup(soon(t))) // waits for a provisional response by itself
		equal(t, "ended by", record(t, carrier, call).EndedBy, sip.Caller)
	})
}

// TestCrossing: a 200 that crosses the CANCEL is acknowledged and ended by BYE.
func TestCrossing(t *testing.T) {
	t.Parallel()
	carrier := startCarrier(t, sip.CarrierConfig{})
	phone := startPhone(t, carrier.Addr())
	for range 20 {
		call := dial(t, phone, "74950009305")
		must(t, call.WaitRinging(soon(t)))
		must(t, call.Cancel(soon(t)))
		got := call.Result()
		equal(t, "crossed", got.Crossed, true)
		equal(t, "status", got.Status, 200)
		seen := record(t, carrier, call)
		equal(t, "answered", seen.Answered(), true)
		equal(t, "ended by", seen.EndedBy, sip.Caller)
	}
	equal(t, "active", carrier.Counters().Active, 0)
}

// TestRace: CANCEL and answer at about the same time end in one of two ways, and
// both sides agree which.
func TestRace(t *testing.T) {
	t.Parallel()
	carrier := startCarrier(t, sip.CarrierConfig{})
	phone := startPhone(t, carrier.Addr())
	for n := range 100 {
		carrier.SetOutcome(sip.Outcome{Name: "race", Replies: []sip.Reply{
			{Status: 180}, {After: time.Duration(n) * 20 * time.Microsecond, Status: 200},
		}})
		call := dial(t, phone, "74950000001")
		must(t, call.WaitRinging(soon(t)))
		must(t, call.Cancel(soon(t)))
		got, seen := call.Result(), record(t, carrier, call)
		equal(t, "status", got.Status, seen.Status)
		equal(t, "answered", got.Answered(), seen.Answered())
		equal(t, "ended by", seen.EndedBy, sip.Caller)
	}
	equal(t, "active", carrier.Counters().Active, 0)
}

// TestWire: what the carrier records is what was sent.
func TestWire(t *testing.T) {
	t.Parallel()
	carrier := startCarrier(t, sip.CarrierConfig{KeepText: true})
	carrier.SetOutcome(sip.Fail(404))
	phone := startPhone(t, carrier.Addr())
	for _, to := range []string{
		"74950000001", "+74950000001", "123456%0Aagi_accountcode%3A%20VIP%0A", "12&34", "12/34",
		"12@34", `12"34`, "12,34", "12;x=y", "12:34", "12'34", "a:b@c", "",
	} {
		t.Run(to, func(t *testing.T) {
			t.Parallel()
			call, err := phone.Dial(soon(t), sip.CallSpec{
				To: to, FromUser: "7495%0a" + to, FromDisplay: `a "b" \c ` + to,
				Headers: []sip.Header{{Name: "P-Asserted-Identity", Value: "<sip:74951815000@127.30.1.1>"}},
			})
			must(t, err)
			equal(t, "status", rejected(call.WaitAnswer(soon(t))), 404)
			seen := record(t, carrier, call)
			equal(t, "called", seen.Called, to)
			equal(t, "from", seen.From, "7495%0a"+to)
			equal(t, "pai", seen.PAI, "<sip:74951815000@127.30.1.1>")
			equal(t, "source", seen.Source, phone.Addr())
			if seen.Text == "" {
				t.Error("INVITE not kept")
			}
		})
	}
	for _, to := range []string{"12 34", "12\r\n34", "12>34", "12\x0034"} {
		if _, err := phone.Dial(soon(t), sip.CallSpec{To: to}); err == nil {
			t.Errorf("%q was sent", to)
		}
	}
}

// TestIncoming: a carrier calls a phone, under a false name if it likes.
func TestIncoming(t *testing.T) {
	t.Parallel()
	carrier := startCarrier(t, sip.CarrierConfig{})
	phone := startPhone(t, carrier.Addr())
	call := func() *sip.Call {
		t.Helper()
		c, err := carrier.Call(soon(t), sip.CallSpec{To: "alice", Server: phone.Addr(), FromUser: "74950000000", FromHost: "bank.example"})
		must(t, err)
		return c
	}
	answered := call()
	must(t, answered.WaitAnswer(soon(t)))
	must(t, answered.Hangup(soon(t)))
	seen, err := phone.WaitCall(soon(t), sip.Ended("alice"))
	must(t, err)
	equal(t, "from", seen.From, "74950000000")
	equal(t, "source", seen.Source, carrier.Addr())
	equal(t, "answered", seen.Answered(), true)

	phone.SetIncoming(sip.Fail(486))
	equal(t, "busy", rejected(call().WaitAnswer(soon(t))), 486)

	phone.SetIncoming(sip.RingOnly())
	ringing := call()
	must(t, ringing.WaitRinging(soon(t)))
	must(t, ringing.Hangup(soon(t)))
	equal(t, "ring only", ringing.Result().Status, 487)
}

// TestMedia: what is played before the answer is heard.
func TestMedia(t *testing.T) {
	t.Parallel()
	carrier := startCarrier(t, sip.CarrierConfig{Media: true})
	phone := startPhone(t, carrier.Addr(), func(cfg *sip.PhoneConfig) { cfg.Media = true })

	spoken := dial(t, phone, "74950002503")
	must(t, spoken.WaitMedia(soon(t), 3))
	equal(t, "status", rejected(spoken.WaitAnswer(soon(t))), 503)
	if spoken.EarlyMediaPackets() < 3 {
		t.Errorf("%d packets of early media", spoken.EarlyMediaPackets())
	}

	talk := talkTo(t, phone, "74950000001")
	must(t, talk.WaitMedia(soon(t), talk.EarlyMediaPackets()+3)) // media may be here before the answer
	must(t, talk.Hangup(soon(t)))
	if talk.MediaPackets() <= talk.EarlyMediaPackets() {
		t.Errorf("%d packets, %d of them early", talk.MediaPackets(), talk.EarlyMediaPackets())
	}
}

// TestClose: who closes leaves no call behind, on either side.
func TestClose(t *testing.T) {
	t.Parallel()
	carrier := startCarrier(t, sip.CarrierConfig{})
	phone := startPhone(t, carrier.Addr())

	guest := startPhone(t, carrier.Addr())
	left, ringing := talkTo(t, guest, "74950000001"), dial(t, guest, "74950009301")
	must(t, ringing.WaitRinging(soon(t)))
	must(t, guest.Close())
	equal(t, "answered", record(t, carrier, left).EndedBy, sip.Caller)
	equal(t, "ringing", record(t, carrier, ringing).Status, 487)
	must(t, ringing.WaitEnded(soon(t)))

	answered, waiting := talkTo(t, phone, "74950000002"), dial(t, phone, "74950009301")
	must(t, waiting.WaitRinging(soon(t)))
	must(t, carrier.Close())
	must(t, answered.WaitEnded(soon(t)))
	equal(t, "answered", answered.Result().EndedBy, sip.Called)
	equal(t, "ringing", rejected(waiting.WaitAnswer(soon(t))), 503)
}

// TestNotRunning: nothing works before Start and after Close.
func TestNotRunning(t *testing.T) {
	t.Parallel()
	carrier := sip.NewCarrier(sip.CarrierConfig{Name: "acme", Addr: on(t, "127.30.0.1")})
	if _, err := carrier.Call(soon(t), sip.CallSpec{To: "1", Server: on(t, "127.30.0.1")}); err == nil {
		t.Error("called before start")
	}
	must(t, carrier.Start(t.Context()))
	if err := carrier.Start(t.Context()); err == nil {
		t.Error("started twice")
	}
	must(t, carrier.Close())
	must(t, carrier.Close())
	everywhere := sip.NewCarrier(sip.CarrierConfig{Addr: on(t, "0.0.0.0")})
	if err := everywhere.Start(t.Context()); err == nil {
		t.Error("listens on all addresses")
	}
}

// TestManyCalls: three hundred calls at once, and nothing is left of them.
func TestManyCalls(t *testing.T) {
	carrier := sip.NewCarrier(sip.CarrierConfig{Name: "acme", Addr: on(t, "127.30.0.1")})
	must(t, carrier.Start(t.Context()))
	phone := sip.NewPhone(sip.PhoneConfig{Login: "alice", Local: on(t, "127.30.1.1"), Server: carrier.Addr()})
	must(t, phone.Start(t.Context()))
	before := goleak.IgnoreCurrent()

	const calls = 300
	var wg sync.WaitGroup
	for range calls {
		wg.Go(func() {
			call, err := phone.Dial(soon(t), sip.CallSpec{To: "74950000001"})
			if err == nil {
				err = call.WaitAnswer(soon(t))
			}
			if err == nil {
				err = call.Hangup(soon(t))
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	must(t, carrier.WaitIdle(soon(t)))
	must(t, goleak.Find(before))
	got := carrier.Counters()
	equal(t, "invites", got.Invites, calls)
	equal(t, "answered", got.Answered, calls)
	equal(t, "active", got.Active, 0)
	must(t, phone.Close())
	must(t, carrier.Close())
}

// TestKeep: records are bounded, counters are not.
func TestKeep(t *testing.T) {
	t.Parallel()
	carrier := startCarrier(t, sip.CarrierConfig{Keep: 3})
	carrier.SetOutcome(sip.Fail(503))
	phone := startPhone(t, carrier.Addr())
	var last *sip.Call
	for range 10 {
		last = dial(t, phone, "74950000001")
		equal(t, "status", rejected(last.WaitAnswer(soon(t))), 503)
		record(t, carrier, last)
	}
	calls := carrier.Calls()
	equal(t, "kept", len(calls), 3)
	equal(t, "newest", calls[2].CallID, last.CallID())
	equal(t, "counted", carrier.Counters().Invites, 10)
}
