package v1_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem/api/access"
	v1 "tandem/api/v1"
)

// What looks through very many rows is bounded, and nothing else is.
func TestHeavyOperations(t *testing.T) {
	t.Parallel()
	_, api := v1.New(v1.Config{})
	want := []string{
		"add-number-range", "create-replay", "edit-numbers", "get-account-statement", "get-map", "get-my-statement",
		"get-quality", "get-quality-causes", "get-quality-heatmap", "get-quality-margin", "get-quality-series", "import-numbers", "list-accounts",
		"list-attempts", "list-audit", "list-calls", "list-deck-rates", "list-my-calls", "list-my-rates", "list-party-sums", "list-postings",
		"preview-deck", "search", "simulate-call", "try-alarm-rule", "verify-ledger",
	}
	var got []string
	for _, op := range api.Operations() {
		switch download := strings.HasPrefix(op.ID, "export-"); {
		case download && !op.Heavy:
			t.Errorf("%s is not bounded", op.ID)
		case !download && op.Heavy:
			got = append(got, op.ID)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("bounded are %v", got)
	}
}

// One who asks for very much at a time waits for themself: the others are
// answered, and so is what is small.
func TestOneUserDoesNotTakeAll(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(c *v1.Config) { c.HeavyWithin = time.Minute }) // who waits still waits when the table is free
	greedy, other := h.session(access.Customer), h.session(access.Operator)
	lock, err := h.hand.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = lock.Close() })
	if _, err := lock.ExecContext(t.Context(), `LOCK TABLES attempts WRITE, calls WRITE`); err != nil {
		t.Fatal(err)
	}
	const asked, most = 40, 4 + 12
	answers := make(chan answer, asked)
	var asking sync.WaitGroup
	for i := range asked {
		asking.Go(func() { answers <- greedy.get(fmt.Sprintf("/mine/calls?number=1*&min_talk_s=%d", i)) })
	}
	for range asked - most {
		a := <-answers
		a.want(t, http.StatusTooManyRequests)
		if a.header.Get("Retry-After") == "" || !strings.Contains(string(a.body), "large questions") || a.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%v: %s", a.header, a.body)
		}
	}
	if n := h.one(`SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE '%talk_ms >= %' AND id <> CONNECTION_ID()`); n > "4" || len(n) > 1 {
		t.Errorf("%s questions of one user are under way", n)
	}
	greedy.get("/mine/account").want(t, http.StatusOK)
	other.get("/providers").want(t, http.StatusOK)
	other.get("/ledger").want(t, http.StatusOK)
	if _, err := lock.ExecContext(t.Context(), `UNLOCK TABLES`); err != nil {
		t.Fatal(err)
	}
	asking.Wait()
	for range most {
		(<-answers).want(t, http.StatusOK)
	}
	greedy.get("/mine/calls").want(t, http.StatusOK)
}
