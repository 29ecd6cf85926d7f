package v1_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"

	"tandem/api/access"
)

// What was read may be sent back to make another one: the id in it is not looked at.
func TestCreateForgetsTheID(t *testing.T) {
	t.Parallel()
	h := seededHouse(t)
	admin := h.as(access.Admin)
	list := append(samples(),
		sample{path: "tariffs", body: map[string]any{"name": "Another", "currency_id": 122}},
		sample{path: "accounts", body: map[string]any{"name": "Another", "currency": "USD"}},
	)
	for _, s := range list {
		t.Run(s.path, func(t *testing.T) {
			for _, id := range []int64{1, 999_999} {
				body := s.made()
				delete(body, "secret") // made up
				body["id"] = id
				var made struct{ ID json.Number }
				a := admin.post("/"+s.path, body).want(t, http.StatusCreated).into(t, &made)
				if made.ID == "999999" {
					t.Errorf("made %s", made.ID)
				}
				admin.delete(strings.TrimPrefix(a.header.Get("Location"), "/api/v1"), "If-Match", "*").want(t, http.StatusNoContent)
			}
		})
	}
}

// A server that is up, or has calls in progress, is not cut off by a slip.
func TestServersAreNotCutOff(t *testing.T) {
	t.Parallel()
	h := seededHouse(t)
	admin := h.as(access.Admin)
	const one = "/servers/1"
	var before map[string]any
	admin.get(one).want(t, http.StatusOK).into(t, &before)
	name, _ := before["name"].(string)
	put := func(change map[string]any) answer {
		body := maps.Clone(before)
		maps.Copy(body, change)
		return admin.put(one, body, "If-Match", "*")
	}
	renamed, moved := map[string]any{"name": "another"}, map[string]any{"address": "192.0.2.200", "addresses": []string{}}
	nowhere := map[string]any{"address": "", "addresses": []string{}}
	refused := func(state string) {
		t.Helper()
		for _, change := range []map[string]any{renamed, moved, nowhere} {
			if a := put(change).want(t, http.StatusConflict); !strings.Contains(string(a.body), name) || !strings.Contains(string(a.body), state) {
				t.Errorf("%v: %s", change, a.body)
			}
		}
	}
	put(map[string]any{"address": "192.0.2.7", "addresses": []string{"192.0.2.8"}}).want(t, http.StatusOK)
	h.exec(`INSERT INTO servers_seen (server, seen_at) VALUES (?, UTC_TIMESTAMP(3)) ON DUPLICATE KEY UPDATE seen_at = VALUES(seen_at)`, name)
	refused("is up")
	put(map[string]any{"address": "192.0.2.8", "addresses": []string{"192.0.2.9"}, "comment": "moves"}).want(t, http.StatusOK) // step by step
	h.exec(`UPDATE servers_seen SET seen_at = UTC_TIMESTAMP(3) - INTERVAL 3 MINUTE`)
	h.exec(`INSERT INTO holds (call_id, amount, paid_s, terms, server, began_at) VALUES ('c-1', 0, 60, '{}', ?, UTC_TIMESTAMP(3))`, name)
	refused("has calls in progress")
	h.exec(`DELETE FROM holds`)
	put(moved).want(t, http.StatusOK)
	put(nowhere).want(t, http.StatusOK)
	put(renamed).want(t, http.StatusOK)
}

// Of a sum that no balance holds the field is named.
func TestSumsOutOfRange(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.coins()
	admin := h.as(access.Admin)
	path := h.funded(admin, "Rich", "5")
	for _, sum := range []string{"9999999999999", "9999999999999.999999", "1000000000000"} {
		admin.post(path+"/topup", map[string]any{"amount": sum}, "Idempotency-Key", "key-"+sum).blames(t, "body.amount", "12 digits")
	}
	admin.post(path+"/topup", map[string]any{"amount": "999999999999.999999"}, "Idempotency-Key", "key-most-of-all").blames(t, "body.amount", "at most")
}
