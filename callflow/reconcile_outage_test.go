package callflow_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem/billing"
	"tandem/callflow"
)

// What was seen while the books were away is written in pieces that they can take
// in time, and what has been written is not written again.
func TestSightingsThatPiledUpAreKeptInPieces(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	var calls []callflow.Up
	for i := range 2500 {
		id := fmt.Sprint("alpha-1.", i)
		n.hold(id, nil)
		calls = append(calls, talking(id, "2.c.a2"))
	}
	n.books.broken = errors.New("database is away")
	n.watches(s(2), s(6), calls...)
	n.books.broken, n.books.most, n.books.sights = nil, 1000, nil
	n.watches(s(8), s(10), calls...)
	if diff := cmp.Diff([]int{1000, 1000, 500}, n.books.sights); diff != "" {
		t.Fatal(diff)
	}
	for id, h := range n.books.holds {
		if h.Route != "2.c.a2" || h.AnsweredAt.IsZero() {
			t.Fatalf("%s: %+v", id, h)
		}
	}
	n.expect()
}

// What was seen of calls whose end was reported is not piled up.
func TestSightingsOfReportedCallsAreDropped(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.books.broken = errors.New("database is away")
	n.sees(s(2))
	n.books.broken = nil
	n.sees(s(4))
	n.books.broken = errors.New("database is away")
	for i := range 50 {
		id := fmt.Sprint("alpha-1.", i)
		n.hold(id, nil)
		n.watches(s(10*i+6), s(10*i+8), talking(id, ""))
		n.Keeper.Remove(id) // its report is in the spool
		delete(n.books.holds, id)
	}
	n.hold("alpha-2.1", nil)
	n.sees(s(600), talking("alpha-2.1", ""))
	n.sees(s(602)) // nobody reports it
	n.books.broken, n.books.sights = nil, nil
	n.sees(s(604))
	if diff := cmp.Diff([]int{1}, n.books.sights); diff != "" {
		t.Fatal(diff)
	}
	n.watches(s(606), s(640))
	n.expect(`alpha-2.1 answered by estimate, talk 0s over "1.c.a1", ended 10m0s`)
}

// While sightings cannot be written, calls are closed by them all the same.
func TestSightingsThatCannotBeKeptAreKnownToTheLook(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.hold("alpha-1.1", nil)
	n.hold("alpha-1.2", nil)
	n.sees(s(2), up("alpha-1.1"), up("alpha-1.2"))
	n.books.most = -1
	n.watches(s(4), s(20), talking("alpha-1.1", "2.c.a2"), up("alpha-1.2"))
	n.watches(s(22), s(60))
	n.books.most = 0
	n.watches(s(62), s(70))
	n.expect(`alpha-1.1 answered by estimate, talk 16s over "2.c.a2", ended 20s`, `alpha-1.2 failed by estimate, talk 0s over "", ended 20s`)
}

// Terms are read of calls that are due, or new to the keeper: not of all at every
// look.
func TestLookReadsTermsOfFewCalls(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.hold("alpha-1.1", nil)
	n.hold("alpha-1.2", nil)
	n.hold("alpha-1.3", nil)
	n.Keeper.Remove("alpha-1.3")
	n.watches(s(2), s(40), up("alpha-1.1"), up("alpha-1.3"))
	slices.Sort(n.books.read)
	if diff := cmp.Diff([]string{"alpha-1.2", "alpha-1.3"}, n.books.read); diff != "" {
		t.Fatal(diff)
	}
	if !n.Keeper.Has("alpha-1.3") {
		t.Error("a call that is up was not taken")
	}
	for _, r := range n.Keeper.Running() {
		if !r.Sold {
			t.Errorf("%s has lost its terms", r.CallID)
		}
	}
	n.expect(`alpha-1.2 failed by estimate, talk 0s over "", ended 0s`)
}

// Records of a clock that jumped say that a call talked for years. No call does.
func TestTalkWithoutAHoldIsBounded(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.books.calls["alpha-1.1"] = billing.Start{CallID: "alpha-1.1", Server: "alpha", StartedAt: noon, Node: "n1"}
	n.books.cdrs["alpha-1.1"] = []billing.AsteriskCDR{cdr("alpha-1.1", 1, 5, 9_000_000)}
	n.hold("alpha-1.2", func(h *billing.OpenHold) { h.Paid = 1000 * time.Hour })
	n.books.cdrs["alpha-1.2"] = []billing.AsteriskCDR{cdr("alpha-1.2", 1, 5, 9_000_000)}
	n.watches(s(2), s(40))
	for _, r := range n.ends.records {
		for _, a := range r.End.Attempts {
			if a.Talk != 2*time.Hour || a.Elapsed != 2*time.Hour {
				t.Errorf("attempt %+v", a)
			}
		}
	}
	n.expect(`alpha-1.1 answered by cdr, talk 2h0m0s over "", ended 2h0m5s`, `alpha-1.2 answered by cdr, talk 2h0m0s over "1.c.a1", ended 2h0m5s`)
}

// A node that does not see a server's channels has its calls in the keeper until
// no call can be up for so long.
func TestKeeperForgetsWhatNobodyTold(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.hold("alpha-1.1", nil)
	n.hold("alpha-1.2", func(h *billing.OpenHold) { h.BeganAt = noon.Add(time.Hour) })
	clear(n.books.holds) // another node has closed them
	for _, v := range []struct {
		at         time.Duration
		old, young bool
	}{{2*time.Hour + s(30), true, true}, {2*time.Hour + s(31), false, true}, {3*time.Hour + s(31), false, false}} {
		n.clock = noon.Add(v.at)
		if err := n.Away(t.Context(), "alpha"); err != nil {
			t.Fatal(err)
		}
		if old, young := n.Keeper.Has("alpha-1.1"), n.Keeper.Has("alpha-1.2"); old != v.old || young != v.young {
			t.Errorf("after %s: %t, %t", v.at, old, young)
		}
	}
	n.expect()
}
