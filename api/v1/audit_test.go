package v1_test

import (
	"encoding/csv"
	"net/http"
	"strings"
	"testing"

	"tandem/api/access"
)

type auditEntry struct {
	ID                                   int64
	Actor, Address, Action, Kind, Object string
	Name                                 string
	Before, After                        map[string]any
}

func TestAuditLog(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	admin := h.as(access.Admin)
	var u struct{ ID int64 }
	admin.post("/users", map[string]any{"login": "eve", "name": "=cmd()", "role": "analyst", "enabled": true, "password": "four words for a start"}).want(t, http.StatusCreated).into(t, &u)
	admin.put(h.path("/users/%d", u.ID), map[string]any{"login": "eve", "role": "operator", "enabled": true}, "If-Match", "*").want(t, http.StatusOK)
	h.key(access.Admin, "*").delete(h.path("/users/%d", u.ID), "If-Match", "*").want(t, http.StatusForbidden) // people only
	admin.delete(h.path("/users/%d", u.ID), "If-Match", "*").want(t, http.StatusNoContent)

	list := func(query string) (entries []auditEntry) {
		var p struct{ Items []auditEntry }
		admin.get("/audit?"+query).want(t, http.StatusOK).into(t, &p)
		return p.Items
	}
	all := list(h.path("kind=user&id=%d", u.ID))
	if len(all) != 3 || all[0].Action != "delete" || all[1].Action != "update" || all[2].Action != "create" {
		t.Fatalf("%+v", all)
	}
	if e := all[1]; e.Actor != "admin" || e.Address != "127.0.0.1" || e.Name != "eve" || e.Before["role"] != "analyst" || e.After["role"] != "operator" {
		t.Errorf("%+v", e)
	}
	if e := all[2]; e.Before != nil || e.After["name"] != "=cmd()" || all[0].After != nil {
		t.Errorf("%+v", e)
	}
	for query, n := range map[string]int{
		"action=sign+in": 1, "actor=nobody": 0, h.path("user=%d&kind=user&action=create", h.user(access.Admin).ID): 1,
		"to=2001-01-01T00:00:00Z": 0, "from=2001-01-01T00:00:00Z&kind=key": 1, "kind=%27+OR+1=1+--": 0,
	} {
		if got := list(query); len(got) != n {
			t.Errorf("%s: %d entries, want %d", query, len(got), n)
		}
	}
	admin.get(h.path("/audit/%d", all[1].ID)).want(t, http.StatusOK)
	admin.get("/audit/99999").want(t, http.StatusNotFound)
	admin.get("/audit?from=yesterday").want(t, http.StatusUnprocessableEntity)
	if text := string(admin.get("/audit?limit=1000").body); strings.Contains(text, "argon2") || strings.Contains(text, "four words") {
		t.Error(text)
	}
}

func TestAuditPagesAndExport(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	admin := h.as(access.Admin)
	h.exec(`INSERT INTO audit_log (at, actor, action, kind, object_id, object_name) SELECT NOW(3), '=evil()', 'update', 'gate', seq, 'gate' FROM seq_1_to_12345`)
	seen, cursor := 0, ""
	last := int64(1 << 60)
	for range 14 {
		var p struct {
			Items []auditEntry
			Next  string
		}
		admin.get("/audit?kind=gate&limit=1000&cursor="+cursor).want(t, http.StatusOK).into(t, &p)
		for _, e := range p.Items {
			if e.ID >= last {
				t.Fatalf("%d after %d", e.ID, last)
			}
			last = e.ID
		}
		seen += len(p.Items)
		if cursor = p.Next; cursor == "" {
			break
		}
	}
	if seen != 12345 {
		t.Errorf("%d entries", seen)
	}
	rows, err := csv.NewReader(strings.NewReader(string(admin.get("/audit/export?kind=gate").want(t, http.StatusOK).body))).ReadAll()
	if err != nil || len(rows) != 12346 || rows[0][0] != "id" || rows[1][4] != "'=evil()" {
		t.Errorf("%v: %d rows", err, len(rows))
	}
	lines := strings.Count(string(admin.get("/audit/export?kind=gate&format=ndjson").want(t, http.StatusOK).body), "\n")
	if lines != 12345 {
		t.Errorf("%d lines", lines)
	}
}
