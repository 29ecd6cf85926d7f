//go:build e2e

package e2e_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tandem/billing"
	"tandem/internal/q850"
	"tandem/play/sip"
)

// Tandem may die; calls do not.

func TestNodeDiesBetweenAttempts(t *testing.T) {
	t.Parallel()
	x := own(t, nil)
	b := x.number("0000")
	x.Carrier("WestCall").SetOutcomeFor(string(b), failsLate())
	call := x.dial(t, moscow, national(b))
	x.offered(t, "WestCall", string(b))
	x.started(t, national(b))
	x.Nodes[0].Kill()
	talked(t, call) // the second route is from the list that Asterisk has
	x.wantOffers(t, string(b), "WestCall "+string(b), "VoiceBuy 9992"+string(b))
	x.noChannels(t, reportTime+slack)
	x.wantKept(t, 1)

	x.restart(t)
	got := x.record(t, national(b))
	check(t, got, fromMoscow(b).answered(billing.SideCaller, early(congested(westcall())), ok(voicebuy(2))))
	sameTalk(t, got.Talk, call.Result().Talk())
	if keys, _ := plan(t, got); len(keys) != 5 {
		t.Errorf("plan %v: what was told before the death is lost", keys)
	}
	x.nothingKept(t)
}

// The first node never heard of the call: the record is made of the end report
// alone.
func TestNodeIsDownFromRouteToEnd(t *testing.T) {
	t.Parallel()
	x := own(t, nil)
	x.phone(t, moscow)
	x.Nodes[0].Kill()
	b := x.number("0000")
	call := x.dial(t, moscow, national(b))
	refused(t, call, 503) // so that the switch before us tries another way
	if n := call.EarlyMediaPackets(); n < 50 {
		t.Errorf("%d packets of early media: the announcement was not heard", n)
	}
	x.noChannels(t, slack)
	x.wantKept(t, 1)

	x.restart(t)
	want := fromMoscow(b)
	want.Start.Reason = ""
	got := x.record(t, national(b))
	got.Start.Snapshot = 1 // nobody decided
	check(t, got, want.failed(billing.Failed, q850.NoCircuit, 503))
	x.wantOffers(t, string(b))
	x.nothingKept(t)
}

// The called party is busy while no node answers: the dialplan knows by itself
// that hunting on is useless.
func TestBusyStopsTheHuntWithoutANode(t *testing.T) {
	t.Parallel()
	x := own(t, nil)
	b := x.number("0000")
	o := failsLate()
	o.Replies[1].Status = 486
	x.Carrier("WestCall").SetOutcomeFor(string(b), o)
	call := x.dial(t, moscow, national(b))
	x.started(t, national(b))
	x.Nodes[0].Kill()
	refused(t, call, 486)
	x.wantOffers(t, string(b), "WestCall "+string(b))
	x.restart(t)
	check(t, x.record(t, national(b)), fromMoscow(b).failed(billing.Busy, q850.UserBusy, 486, early(busy(westcall()))))
}

// failsLate gives a test the time to break something during the first attempt.
func failsLate() sip.Outcome {
	return sip.Outcome{Name: "early media, then 503", Replies: []sip.Reply{
		{Status: 183, Media: true},
		{After: ringTime / 2, Status: 503},
	}}
}

// early is an attempt that had early media.
func early(a billing.Attempt) billing.Attempt {
	a.Progress = true
	return a
}

// started waits until the database knows of a call's start.
func (x *exchange) started(t *testing.T, dialled string) {
	t.Helper()
	eventually(t, patience, func() error {
		ids, err := x.callsWhere(t, "dialled = ?", dialled)
		if err == nil && len(ids) == 0 {
			err = errors.New("the call is not in the database")
		}
		return err
	})
}

// restart starts the first node again after it was killed.
func (x *exchange) restart(t *testing.T) {
	t.Helper()
	if err := x.Nodes[0].Start(soon(t)); err != nil {
		t.Fatal(err)
	}
}

// noChannels waits until Asterisk has no call any more.
func (x *exchange) noChannels(t *testing.T, within time.Duration) {
	t.Helper()
	eventually(t, within, func() error { return x.channels(soon(t)) })
}

// wantKept checks how many end reports Asterisk keeps because no node took them.
func (x *exchange) wantKept(t *testing.T, n int) {
	t.Helper()
	text, err := os.ReadFile(x.ReportFile())
	if err != nil && n > 0 {
		t.Fatal(err)
	}
	if got := strings.Count(string(text), "\n"); got != n {
		t.Errorf("%d kept reports, want %d:\n%s", got, n, text)
	}
}

// nothingKept waits until every kept report has been collected and none was put
// aside.
func (x *exchange) nothingKept(t *testing.T) {
	t.Helper()
	eventually(t, patience, func() error {
		files, err := filepath.Glob(x.ReportFile() + "*")
		if err == nil && len(files) > 0 {
			err = fmt.Errorf("%v", files)
		}
		return err
	})
}
