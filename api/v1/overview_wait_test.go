package v1_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	v1 "tandem/api/v1"
)

const counting = "the calls of the last 24 hours are still being counted"

// overviews are those of a house with a call in each of the last 23 hours, and a
// table of calls that nobody can read until unlock.
func overviews(t *testing.T) (h *house, o *v1.Overviews, unlock func()) {
	t.Helper()
	h = newHouse(t)
	h.exec(`INSERT INTO calls (call_id, server, direction, started_at, disposition, ended_at) SELECT seq, 'alpha', 'out', UTC_TIMESTAMP(3) - INTERVAL seq HOUR, 'busy', UTC_TIMESTAMP(3) FROM seq_1_to_23`)
	o = v1.NewOverviews(&v1.Config{DB: h.db, Log: zerolog.Nop(), Currency: "USD"})
	lock, err := h.hand.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lock.ExecContext(t.Context(), `LOCK TABLES calls WRITE`); err != nil {
		t.Fatal(err)
	}
	unlock = sync.OnceFunc(func() {
		_, err := lock.ExecContext(context.WithoutCancel(t.Context()), `UNLOCK TABLES`)
		if err := errors.Join(err, lock.Close()); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(unlock)
	return h, o, unlock
}

// began runs o until the test ends, or until stop.
func began(t *testing.T, o *v1.Overviews) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); o.Run(ctx) }()
	stop = func() { cancel(); <-done }
	t.Cleanup(stop)
	return stop
}

// Nobody waits until a day of calls is counted: what there is is shown at once, and
// that it is not all.
func TestTheFirstOverviewDoesNotWait(t *testing.T) {
	t.Parallel()
	_, o, unlock := overviews(t)
	began(t, o)
	for range 3 {
		at := time.Now()
		v := o.Now(t.Context())
		if took := time.Since(at); took > 10*time.Second || v.Day.Calls != 0 || !slices.Contains(v.Problems, counting) {
			t.Errorf("after %v: %d calls, %q", took, v.Day.Calls, v.Problems)
		}
	}
	unlock()
	eventually(t, func() bool { return o.Now(t.Context()).Day.Calls == 23 })
	eventually(t, func() bool { return len(o.Now(t.Context()).Problems) == 0 })
}

// Who asks first and leaves takes nothing from the others: what they began is
// brought to its end, even if nobody looks.
func TestWhoLeavesTheOverviewSpoilsNothing(t *testing.T) {
	t.Parallel()
	h, o, unlock := overviews(t)
	began(t, o)
	ctx, leave := context.WithCancel(t.Context())
	leave()
	o.Now(ctx)
	asked := func() bool {
		return h.one(`SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE '%FROM calls WHERE started_at%' AND id <> CONNECTION_ID()`) != "0"
	}
	eventually(t, asked)
	unlock()
	// Who only looks, and does not wait, begins nothing that is not under way.
	eventually(t, func() bool { v := o.Now(ctx); return v.Day.Calls == 23 && len(v.Problems) == 0 })
}

// A node that stops does not wait for a count that is under way.
func TestOverviewsEndWithTheNode(t *testing.T) {
	t.Parallel()
	_, o, _ := overviews(t)
	stop := began(t, o)
	o.Now(t.Context())
	at := time.Now()
	stop()
	if took := time.Since(at); took > 10*time.Second {
		t.Errorf("it ended after %v", took)
	}
	at = time.Now()
	if o.Now(t.Context()); time.Since(at) > 10*time.Second {
		t.Errorf("who looks then waits %v", time.Since(at))
	}
}
