//go:build e2e

package e2e_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tandem/play"
	"tandem/play/sip"
	"tandem/routing"
)

// A way out rests that long after so many failures.
const (
	failuresToOpen = 5
	firstRest      = 4 * time.Second
)

// A carrier that fails again and again rests, and comes back by itself; so does
// one that does not answer its probes.
func TestBreaker(t *testing.T) {
	t.Parallel()
	x := own(t, with(func(s *play.NodeSettings) { s.MinFailures = failuresToOpen }))
	x.reconfigure(t, "breaker:\n", fmt.Sprintf("ari:\n  poll: 200ms\nbreaker:\n  open_for: %v\n", firstRest))
	x.probe(t)
	probed := time.Now()
	x.phone(t, moscow)
	t.Run("503", x.restsAfterFailures)
	// What is told right after a reload is not proved; see package ari.
	eventually(t, patience, func() error {
		if since := time.Since(probed); since < proved {
			return fmt.Errorf("Asterisk was reloaded %v ago", since)
		}
		return nil
	})
	t.Run("no answer to probes", x.restsOutOfSight)
}

// proved is when, after a reload, an endpoint that answers is known to.
const proved = 8 * time.Second

// reconfigure changes the first node's configuration and starts it again.
func (x *exchange) reconfigure(t *testing.T, old, with string) {
	t.Helper()
	n := x.Nodes[0]
	text, err := os.ReadFile(n.Config)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(text), old, with, 1)
	if changed == string(text) {
		t.Fatalf("%s has no %q", n.Config, old)
	}
	if err := os.WriteFile(n.Config, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	n.Kill()
	x.restart(t)
}

// WestCall is the first route of a call from Moscow.
func (x *exchange) restsAfterFailures(t *testing.T) {
	westcall := x.Carrier("WestCall")
	call := func(offers ...string) (b string, why routing.Reason) {
		t.Helper()
		b = string(x.number("0486"))
		for i := range offers {
			offers[i] += b
		}
		return b, whyLeftOut(x.busyAt(t, moscow, "8"+b[1:], b, offers...), "7.c.g8")
	}
	westcall.SetOutcome(sip.Fail(503))
	var last string
	for n := range failuresToOpen {
		b, why := call("WestCall ", "VoiceBuy 9992")
		if why != "" {
			t.Fatalf("left out for %q after %d failures of %d", why, n, failuresToOpen)
		}
		last = b
	}
	if _, why := call("VoiceBuy 9992"); why != routing.ReasonBreakerOpen {
		t.Errorf("left out for %q, want %q", why, routing.ReasonBreakerOpen)
	}

	// It is well again, which nobody knows before a call has tried it. While
	// that one is on its way, all others are kept away.
	westcall.SetOutcome(sip.Outcome{Name: "long ring, then 486", Replies: []sip.Reply{{Status: 180}, {After: ringTime - 500*time.Millisecond, Status: 486}}})
	var trial *sip.Call
	var leg sip.CallRecord
	eventually(t, firstRest+slack, func() error {
		b := x.number("0486")
		trial = x.dial(t, moscow, national(b))
		if err := trial.WaitRinging(soon(t)); err != nil {
			return err
		}
		leg = x.legs(string(b))[0]
		if leg.Agent != "WestCall" {
			return fmt.Errorf("offered to %s", leg.Agent)
		}
		return nil
	})
	if rested := leg.At.Sub(x.legs(last)[0].EndedAt); rested < firstRest {
		t.Errorf("it rested for %v, want %v", rested, firstRest)
	}
	if _, why := call("VoiceBuy 9992"); why != routing.ReasonProbing {
		t.Errorf("left out for %q, want %q", why, routing.ReasonProbing)
	}
	refused(t, trial, 486)
	westcall.ClearOutcomes()
	if _, why := call("WestCall "); why != "" {
		t.Errorf("left out for %q after a call that it carried", why)
	}
}

// VoiceBuy is the first route to Germany.
func (x *exchange) restsOutOfSight(t *testing.T) {
	voicebuy, c := x.Carrier("VoiceBuy"), x.Carrier("VoiceBuy").Carrier
	germany := func(offer string) routing.Reason {
		t.Helper()
		b := "4930" + string(x.number("0486")[4:])
		return whyLeftOut(x.busyAt(t, moscow, "810"+b, b, offer+b), "11.c.a35")
	}
	unreachable := func(want float64) func() error {
		return func() error {
			if n := metric(t, x.Nodes[0], `tandem_ways{state="unreachable"}`); n != want {
				return fmt.Errorf("%v ways are unreachable, want %v", n, want)
			}
			return nil
		}
	}
	if why := germany("VoiceBuy 9992"); why != "" {
		t.Errorf("left out for %q", why)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, qualify+probeTime+2*slack, unreachable(1))
	if why := germany("VoxBeam 0011101"); why != routing.ReasonUnreachable {
		t.Errorf("left out for %q, want %q", why, routing.ReasonUnreachable)
	}
	again := sip.NewCarrier(sip.CarrierConfig{Name: c.Name(), Addr: c.Addr(), Log: zerolog.Nop()})
	if err := again.Start(soon(t)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { again.Close() })
	voicebuy.Carrier = again
	eventually(t, qualify+2*slack, unreachable(0))
	if why := germany("VoiceBuy 9992"); why != "" {
		t.Errorf("left out for %q although it answers again", why)
	}
}
