package live_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"tandem/api/live"
	"tandem/billing"
)

// A call that was up before this node was talks since its answer, and not since
// this node looks; as long as nobody knows the answer, none is shown.
func TestTalkCountsFromTheAnswer(t *testing.T) {
	t.Parallel()
	truth := began.Add(10 * time.Second)
	now := began.Add(time.Hour)
	hold := billing.Hold{CallID: "a-1", AccountID: 5, Amount: 90_000_000, Paid: 2 * time.Hour, Terms: priced(), Server: "alpha", Node: "n1", BeganAt: began}
	look := func(h *house, answered bool) {
		h.board.Saw("alpha", h.now, ids("a-1"), []live.Seen{up("a-1", "8.c.a1", answered)})
	}
	for name, c := range map[string]struct {
		happens func(h *house)
		want    time.Time
	}{
		"nobody knows":                 {func(*house) {}, time.Time{}},
		"the hold of another node":     {func(h *house) { h.books.holds["a-1"] = billing.OpenHold{Hold: hold, AnsweredAt: truth} }, truth},
		"a hold without an answer yet": {func(h *house) { h.books.holds["a-1"] = billing.OpenHold{Hold: hold} }, time.Time{}},
		"the keeper": {func(h *house) {
			h.keeper.Add(hold, 5)
			h.keeper.Answered("a-1", truth)
		}, truth},
		"the channel": {func(h *house) { h.board.AnsweredAt("alpha", "a-1", truth) }, truth},
		"the channel, and the hold by a later look": {func(h *house) {
			h.books.holds["a-1"] = billing.OpenHold{Hold: hold, AnsweredAt: truth.Add(4 * time.Second)}
			h.board.AnsweredAt("alpha", "a-1", truth)
		}, truth},
	} {
		h := newHouse(t, "alpha")
		h.now = now
		look(h, true)
		c.happens(h)
		got := h.only(t)
		if !got.AnsweredAt.Equal(c.want) || got.State != live.Talking {
			t.Errorf("%s: answered at %v, want %v", name, got.AnsweredAt, c.want)
		}
		if got.Sold && !c.want.IsZero() && (got.Cost.String() != "35.900000" || !got.PaidUntil.Equal(c.want.Add(hold.Paid))) {
			t.Errorf("%s: cost %v, paid until %v", name, got.Cost, got.PaidUntil)
		}
	}

	h := newHouse(t, "alpha")
	look(h, false)
	h.now = truth
	look(h, true) // two looks close to each other
	if got := h.only(t); !got.AnsweredAt.Equal(truth) {
		t.Errorf("between two looks: %v", got.AnsweredAt)
	}
	h = newHouse(t, "alpha")
	look(h, false)
	h.now = now // nobody looked for an hour
	look(h, true)
	if got := h.only(t); !got.AnsweredAt.IsZero() {
		t.Errorf("somewhere in an hour: %v", got.AnsweredAt)
	}
	h = newHouse(t, "alpha")
	h.board.Told("alpha", up("a-1", "8.c.a1", false))
	h.now = truth
	h.board.Told("alpha", up("a-1", "8.c.a1", true))
	h.now = now
	h.board.AnsweredAt("alpha", "a-1", now)
	if got := h.only(t); !got.AnsweredAt.Equal(truth) {
		t.Errorf("what was seen: %v", got.AnsweredAt)
	}
}

// What nobody can tell is not asked for ever.
func TestUntimed(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "alpha")
	h.board.Saw("alpha", h.now, ids("a-1", "a-2", "a-3"), []live.Seen{up("a-1", "", true), up("a-2", "", true), up("a-3", "", false)})
	if got := h.board.Untimed("alpha", 10); len(got) != 2 {
		t.Fatalf("%q", got)
	}
	if got := h.board.Untimed("beta", 10); len(got) != 0 {
		t.Errorf("a server that is not ours: %q", got)
	}
	h.board.AnsweredAt("alpha", "a-1", began)
	for range 3 {
		if got := h.board.Untimed("alpha", 1); len(got) != 1 || got[0] != "a-2" {
			t.Fatalf("%q", got)
		}
		h.board.AnsweredAt("alpha", "a-2", time.Time{})
	}
	if got := h.board.Untimed("alpha", 10); len(got) != 0 {
		t.Errorf("asked three times, and again %q", got)
	}
	h.board.AnsweredAt("alpha", "gone", began)
}

// slowBooks answer after a while, unless whoever asks has left.
type slowBooks struct {
	*books

	takes time.Duration
}

func (b *slowBooks) OpenHolds(ctx context.Context, server string) ([]billing.OpenHold, error) {
	timer := time.NewTimer(b.takes)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-timer.C:
		return b.books.OpenHolds(ctx, server)
	}
}

// Who leaves spoils the picture for nobody, and nobody waits longer than they want
// to for what somebody else asks.
func TestWhoLeavesSpoilsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, "alpha")
		slow := &slowBooks{books: h.books, takes: 300 * time.Millisecond}
		h.books.holds["a-1"] = billing.OpenHold{Hold: billing.Hold{CallID: "a-1", AccountID: 5, Amount: 7_000_000, Server: "alpha", BeganAt: began}}
		board := h.boardOn(slow, "alpha")
		board.Saw("alpha", h.now, ids("a-1"), []live.Seen{up("a-1", "8.c.a1", false)})
		gone, leave := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer leave()
		done := make(chan *live.Picture, 1)
		go func() { done <- board.Picture(gone) }()
		synctest.Wait()

		hasty, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		asked := time.Now()
		if p := board.Picture(hasty); len(p.Problems) != 1 || time.Since(asked) != 50*time.Millisecond {
			t.Errorf("one in a hurry has %+v after %v", p, time.Since(asked))
		}
		if p := board.Picture(t.Context()); len(p.Problems) != 0 || p.Calls[0].Held != 7_000_000 {
			t.Errorf("after one who left: %+v", p)
		}
		<-done

		// As long as the money cannot be read, everybody is told so.
		slow.takes = time.Hour
		for range 4 {
			h.now = h.now.Add(1200 * time.Millisecond)
			if p := board.Picture(t.Context()); h.now.Sub(began) > 2*time.Second && len(p.Problems) != 1 {
				t.Errorf("%v: %q", h.now.Sub(began), p.Problems)
			}
		}
	})
}
