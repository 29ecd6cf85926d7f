package v1_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem/api/access"
	v1 "tandem/api/v1"
)

// A call that was hung up is told as hung up, also when the audit log cannot be
// written.
func TestHangUpIsToldAsItIs(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	x.tell(t, "Dial", call("a-1", "Up", "8.c.a1"))
	x.soon(t, func() error {
		if calls, _, _ := x.board.Count(); calls != 1 {
			return fmt.Errorf("%d calls", calls)
		}
		return nil
	})
	operator := x.session(access.Operator)
	x.exec(`RENAME TABLE audit_log TO audit_log_away`)
	operator.post("/live/calls/a-1/hangup", map[string]any{"reason": "fraud of today"}).want(t, http.StatusNoContent)
	if len(x.hungUp) != 1 || x.hungUp[0] != "a-1 16" {
		t.Errorf("hung up: %v", x.hungUp)
	}
	if !strings.Contains(x.log.String(), "fraud of today") {
		t.Errorf("the log does not know: %s", x.log)
	}
}

// Who adds up the ledger waits for those who do the same: lists and decks do not.
func TestSumsHaveTheirOwnPlaces(t *testing.T) {
	t.Parallel()
	h := seededHouse(t, func(c *v1.Config) { c.HeavyWithin = 8 * time.Second }) // for the others to be answered in
	customer, operator := h.session(access.Customer), h.session(access.Operator)
	lock, err := h.hand.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = lock.Close() })
	if _, err := lock.ExecContext(t.Context(), `LOCK TABLES ledger WRITE`); err != nil {
		t.Fatal(err)
	}
	var asking sync.WaitGroup
	answers := make(chan answer, 12)
	for _, r := range []access.Role{access.Admin, access.Operator, access.Analyst} {
		c := h.session(r)
		for range 4 {
			asking.Go(func() { answers <- c.get("/ledger/parties") })
		}
	}
	const sums = ` FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE '%FROM ledger%' AND id <> CONNECTION_ID()`
	for end := time.Now().Add(15 * time.Second); h.one(`SELECT COUNT(*)`+sums) != "2"; {
		if time.Now().After(end) {
			t.Fatal("no sums are under way")
		}
	}
	customer.get("/mine/calls").want(t, http.StatusOK)
	operator.post("/decks/rollback", map[string]any{"provider_id": 8, "tier": "cli", "expected_deck_id": 4}).want(t, http.StatusConflict)
	if n := len(answers); n != 0 {
		t.Errorf("the others waited until %d sums had given up", n)
	}
	for range 10 {
		(<-answers).want(t, http.StatusServiceUnavailable)
	}
	if n := h.one(`SELECT COUNT(*)` + sums); n != "2" {
		t.Errorf("%s sums are under way", n)
	}
	if _, err := lock.ExecContext(t.Context(), `UNLOCK TABLES`); err != nil {
		t.Fatal(err)
	}
	asking.Wait()
	for range 2 {
		(<-answers).want(t, http.StatusOK)
	}
}
