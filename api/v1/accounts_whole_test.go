package v1_test

import (
	"encoding/csv"
	"net/http"
	"slices"
	"strings"
	"testing"

	"tandem/api/access"
)

// An account that nothing was booked for goes with its own settings; any other
// stays, and it is told what names it.
func TestAccountIsDeleted(t *testing.T) {
	t.Parallel()
	h := seededHouse(t)
	admin := h.session(access.Admin)
	open := func(name string) (path, tag string) {
		made := admin.post("/accounts", map[string]any{"name": name, "currency": "EUR", "allow": []string{"44"}, "block": []string{"882"}}).want(t, http.StatusCreated)
		return strings.TrimPrefix(made.header.Get("Location"), "/api/v1"), made.header.Get("ETag")
	}
	path, tag := open("mistake")
	admin.delete(path).want(t, http.StatusPreconditionRequired)
	admin.delete(path, "If-Match", `"old"`).want(t, http.StatusPreconditionFailed)
	h.session(access.Operator).delete(path, "If-Match", tag).want(t, http.StatusForbidden)
	admin.delete(path, "If-Match", tag).want(t, http.StatusNoContent)
	admin.delete(path, "If-Match", tag).want(t, http.StatusNotFound)
	for _, table := range []string{"allow_list", "block_list", "balances"} {
		if n := h.id("SELECT COUNT(*) FROM " + table + " t WHERE account_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.id = t.account_id)"); n != 0 {
			t.Errorf("%d rows of nobody in %s", n, table)
		}
	}
	if before := h.one("SELECT before_json FROM audit_log WHERE action = 'delete' AND kind = 'account'"); !strings.Contains(before, "mistake") {
		t.Errorf("audit log: %s", before)
	}

	paid, _ := open("paid")
	admin.post(paid+"/topup", map[string]any{"amount": "5"}, "Idempotency-Key", "first-money").want(t, http.StatusOK)
	called, _ := open("called")
	h.exec(`INSERT INTO calls (call_id, direction, disposition, server, account_id, cli, started_at, talk_ms) SELECT 'c', 'out', 'busy', 's', id, '', UTC_TIMESTAMP(), 0 FROM accounts WHERE name = 'called'`)
	blocks, _ := open("blocks")
	h.exec(`INSERT INTO block_list (side, account_id, prefix) SELECT 'A', id, '7' FROM accounts WHERE name = 'blocks'`)
	for path, why := range map[string]string{paid: "has postings: ", called: "has call records: ", blocks: "1 blocks of callers", "/accounts/1": "subscribers"} {
		if a := admin.delete(path, "If-Match", "*").want(t, http.StatusConflict); !strings.Contains(string(a.body), why) {
			t.Errorf("%s: %s, want %s", path, a.body, why)
		}
	}
}

// An export is all that the list with the same filters shows, in its order.
func TestAccountsExport(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.coins()
	h.exec(`INSERT INTO accounts (name, enabled) SELECT CONCAT('a', seq), seq % 2 FROM seq_1_to_1100`)
	h.exec(`INSERT INTO accounts (name) VALUES ('=cmd')`)
	c := h.session(access.Analyst)
	rows := func(query string) (names []string) {
		a := c.get("/accounts/export?"+query).want(t, http.StatusOK)
		table, err := csv.NewReader(strings.NewReader(string(a.body))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		at := slices.Index(table[0], "name")
		for _, row := range table[1:] {
			names = append(names, row[at])
		}
		return names
	}
	if got := rows(""); len(got) != 1101 || got[0] != "'=cmd" || len(slices.Compact(slices.Sorted(slices.Values(got)))) != 1101 {
		t.Errorf("%d accounts, the first %q", len(got), got[0])
	}
	if got := rows("enabled=false&sort=-name"); len(got) != 550 || got[0] != "a998" {
		t.Errorf("%d accounts, the first %q", len(got), got[0])
	}
	if n := strings.Count(string(c.get("/accounts/export?format=ndjson&q=a110").want(t, http.StatusOK).body), "\n"); n != 2 {
		t.Errorf("%d lines, want a110 and a1100", n)
	}
	c.get("/accounts/export?limit=5").blames(t, "query.limit", "no pages")
	c.get("/accounts/export?format=xls").blames(t, "query.format", "csv")
}
