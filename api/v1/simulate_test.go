package v1_test

import (
	"context"
	"encoding/json"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"tandem/api/access"
	v1 "tandem/api/v1"
	"tandem/callflow"
	"tandem/desk"
	"tandem/internal/e164"
	"tandem/routing"
)

// About now the configuration in memory is asked, and it says what a configuration
// loaded for the question says. Numbers are looked up outside so often and no more.
func TestSimulateByTheConfigurationInMemory(t *testing.T) {
	t.Parallel()
	var snapshot atomic.Pointer[routing.Snapshot]
	h := seededHouse(t, func(c *v1.Config) {
		c.Desk.Limits = callflow.Limits{MaxTalk: time.Hour, HuntBudget: time.Minute, HopLimit: 3, Ring: time.Minute, NoProgress: 10 * time.Second, AgentWithin: time.Second}
		c.Desk.Ported = func(_ context.Context, n e164.Number) e164.Number { return n }
		c.Snapshot = snapshot.Load
	})
	c := h.session(access.Analyst)
	body := map[string]any{"to": "74957777777", "account_id": h.id("SELECT account_id FROM subscribers ORDER BY id LIMIT 1")}
	ask := func() string {
		t.Helper()
		var v desk.Explanation
		c.post("/simulate", body).want(t, http.StatusOK).into(t, &v)
		v.At = time.Time{}
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	loaded := ask()
	data, _, err := h.db.LoadSnapshotData(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	s, _, err := routing.NewSnapshot(data, routing.Options{BaseCurrency: "USD"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	snapshot.Store(s)
	h.exec(`UPDATE providers SET enabled = 0`) // not in memory yet
	if got := ask(); got != loaded {
		t.Errorf("in memory\n%s\nloaded\n%s", got, loaded)
	}
	for range 28 {
		ask()
	}
	if a := c.post("/simulate", body).want(t, http.StatusTooManyRequests); a.header.Get("Retry-After") != "60" {
		t.Errorf("%v", a.header)
	}
	h.session(access.Operator).post("/simulate", body).want(t, http.StatusOK)
}
