package v1_test

import (
	"context"
	"testing"
	"time"

	"github.com/rs/zerolog"

	v1 "tandem/api/v1"
)

// Who asks first and leaves takes nothing from the others: what they began is
// brought to its end.
func TestWhoLeavesTheOverviewSpoilsNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.exec(`INSERT INTO calls (call_id, server, direction, started_at, disposition, ended_at) SELECT seq, 'alpha', 'out', UTC_TIMESTAMP(3) - INTERVAL seq HOUR, 'busy', UTC_TIMESTAMP(3) FROM seq_1_to_23`)
	o := v1.NewOverviews(&v1.Config{DB: h.db, Log: zerolog.Nop(), Currency: "USD"})
	lock, err := h.hand.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = lock.Close() })
	if _, err := lock.ExecContext(t.Context(), `LOCK TABLES calls WRITE`); err != nil {
		t.Fatal(err)
	}
	ctx, leave := context.WithCancel(t.Context())
	first := make(chan v1.Overview, 1)
	go func() { first <- o.Now(ctx) }()
	for h.one(`SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE '%FROM calls WHERE started_at%' AND id <> CONNECTION_ID()`) == "0" {
		if t.Context().Err() != nil {
			t.Fatal("nobody asks")
		}
	}
	leave()
	began := time.Now()
	if v := o.Now(t.Context()); v.Day.Calls != 0 || time.Since(began) > 10*time.Second { // meanwhile: as it was
		t.Errorf("%+v after %v", v.Day, time.Since(began))
	}
	if _, err := lock.ExecContext(t.Context(), `UNLOCK TABLES`); err != nil {
		t.Fatal(err)
	}
	if v := <-first; v.Day.Calls != 23 || len(v.Problems) != 0 {
		t.Errorf("who left: %+v, %q", v.Day, v.Problems)
	}
	if v := o.Now(t.Context()); v.Day.Calls != 23 || len(v.Problems) != 0 {
		t.Errorf("the next: %+v, %q", v.Day, v.Problems)
	}
}
