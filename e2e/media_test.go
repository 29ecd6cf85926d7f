//go:build e2e

package e2e_test

import (
	"testing"
	"time"

	"tandem/billing"
	"tandem/play/sip"
)

// longEnough is talk after which Asterisk has counted lost packets (its RTCP
// reports are 5 s apart) and a leg is scored (6 s of packets).
const (
	longEnough = 7 * time.Second
	packetTime = 20 * time.Millisecond
)

// mediaOf is of up to three calls: the figures of a leg that ends after its report
// is told are told by nobody.
func (x *exchange) mediaOf(t *testing.T, talk time.Duration, byCaller bool, loseEvery int) billing.Media {
	t.Helper()
	for range 3 {
		if m := x.mediaOnce(t, talk, byCaller, loseEvery); m != (billing.Media{}) {
			return m
		}
	}
	t.Fatal("no media in the records of three calls")
	return billing.Media{}
}

// mediaOnce places a call that is hung up after that much talk, by the caller once
// so many packets have come, and returns what was measured of the carrier's media.
func (x *exchange) mediaOnce(t *testing.T, talk time.Duration, byCaller bool, loseEvery int) billing.Media {
	t.Helper()
	b := x.number("0000")
	o := sip.AnswerFor(talk)
	if byCaller {
		o = sip.Answer()
	}
	o.LoseEvery = loseEvery
	x.Carrier("WestCall").SetOutcomeFor(string(b), o)
	call := x.dial(t, moscow, national(b))
	answered(t, call)
	if byCaller {
		packets := int(talk / packetTime)
		if loseEvery > 0 {
			packets -= packets / loseEvery
		}
		if err := call.WaitMedia(soon(t), packets); err != nil {
			t.Fatal(err)
		}
		if err := call.Hangup(soon(t)); err != nil {
			t.Fatal(err)
		}
	} else if err := call.WaitEnded(soon(t)); err != nil {
		t.Fatal(err)
	}
	// It may come a moment after the record.
	for until := time.Now().Add(2 * slack); time.Now().Before(until); <-time.After(50 * time.Millisecond) {
		got := x.record(t, national(b))
		last := got.Attempts[len(got.Attempts)-1]
		if last.Result != billing.Answered {
			t.Fatalf("not answered: %+v", last)
		}
		if last.Media != (billing.Media{}) {
			return last.Media
		}
	}
	return billing.Media{}
}

// What Asterisk heard of the carrier is in the record, whoever hangs up.
func TestMedia(t *testing.T) {
	t.Parallel()
	x := shared(t)
	for name, byCaller := range map[string]bool{"the caller hangs up": true, "the called party hangs up": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clean := x.mediaOf(t, longEnough, byCaller, 0)
			t.Logf("clean: %+v", clean)
			if want := int64(longEnough / packetTime); clean.Received < want*8/10 || clean.Received > want*12/10 || clean.Sent == 0 {
				t.Errorf("%+v: want about %d packets received", clean, want)
			}
			if clean.Lost > 2 || clean.MOS < 430 {
				t.Errorf("a clean stream: %+v", clean)
			}
			lossy := x.mediaOf(t, longEnough, byCaller, 5)
			t.Logf("lossy: %+v", lossy)
			if share := float64(lossy.Lost) / float64(lossy.Lost+lossy.Received); share < 0.1 || share > 0.25 || lossy.MOS > 330 || lossy.MOS < 100 {
				t.Errorf("every fifth packet lost: %+v", lossy)
			}
		})
	}
	t.Run("nothing is heard", func(t *testing.T) {
		t.Parallel()
		silent := x.mediaOf(t, 3*time.Second, false, 1)
		if silent.Received != 0 || silent.Sent < 100 || silent.MOS != 0 {
			t.Errorf("a carrier that says nothing: %+v", silent)
		}
	})
}
