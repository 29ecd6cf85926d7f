package v1_test

import (
	"net/http"
	"reflect"
	"testing"

	"tandem/api/access"
	"tandem/db"
)

// What a preview foresees is what the deed does, word for word.
func TestNumberPreviewIsTheDeed(t *testing.T) {
	t.Parallel()
	h := seededHouse(t)
	admin := h.session(access.Admin)
	for name, change := range map[string]map[string]any{
		"references": {"account_id": 2, "server_id": 1, "provider_id": 7},
		"none":       {"account_id": 0, "server_id": 0, "destination_subscriber_id": 0},
		"settings":   {"enabled": false, "direction": "OUT", "virtual": true, "echo_test": true, "destination_number": "74951815001"},
		"delete":     {"delete": true},
	} {
		var preview, done db.NumberReport
		body := map[string]any{"filter": map[string]any{"prefix": "7495"}, "change": change}
		admin.post("/numbers/bulk?preview=true", body).want(t, http.StatusOK).into(t, &preview)
		body["selection"] = preview.Selection
		admin.post("/numbers/bulk", body).want(t, http.StatusOK).into(t, &done)
		if done.Preview = true; !reflect.DeepEqual(preview, done) || done.Matched == 0 {
			t.Errorf("%s: foreseen\n%+v\ndone\n%+v", name, preview, done)
		}
	}
}

// Numbers that the preview has not shown are not touched.
func TestNumberSelection(t *testing.T) {
	t.Parallel()
	h := seededHouse(t)
	admin := h.session(access.Admin)
	preview := func(body map[string]any) string {
		var r db.NumberReport
		admin.post("/numbers/bulk?preview=true", body).want(t, http.StatusOK).into(t, &r)
		return r.Selection
	}
	body := map[string]any{"filter": map[string]any{"free": "true"}, "change": map[string]any{"delete": true}}
	h.exec(`UPDATE numbers_pool SET account_id = NULL WHERE number = '74951815001'`)
	count := h.id(`SELECT COUNT(*) FROM numbers_pool`)

	body["selection"] = preview(body)
	h.exec(`UPDATE numbers_pool SET account_id = NULL WHERE number = '74951815002'`) // one more is met
	admin.post("/numbers/bulk", body).want(t, http.StatusConflict)
	body["selection"] = preview(body)
	h.exec(`UPDATE numbers_pool SET echotest = 1 - echotest WHERE number = '74951815001'`) // changed since
	admin.post("/numbers/bulk", body).want(t, http.StatusConflict)
	if n := h.id(`SELECT COUNT(*) FROM numbers_pool`); n != count {
		t.Errorf("%d numbers are gone", count-n)
	}
	body["selection"] = preview(body)
	admin.post("/numbers/bulk", body).want(t, http.StatusOK)
}

// A preview waits for nobody and makes nobody wait: calls read the same rows.
func TestNumberPreviewLocksNothing(t *testing.T) {
	t.Parallel()
	h := seededHouse(t)
	admin := h.session(access.Admin)
	tx, err := h.hand.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(t.Context(), `UPDATE numbers_pool SET echotest = 1 - echotest`); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.ExecContext(t.Context(), `UPDATE providers SET enabled = enabled`); err != nil {
		t.Fatal(err)
	}
	admin.post("/numbers/bulk?preview=true", map[string]any{"filter": map[string]any{"prefix": "7"}, "change": map[string]any{"enabled": false}}).want(t, http.StatusOK)
	admin.post("/numbers/bulk?preview=true", map[string]any{"filter": map[string]any{"prefix": "7"}, "change": map[string]any{"delete": true}}).want(t, http.StatusOK)
	admin.post("/numbers/ranges?preview=true", map[string]any{"from": "74950000000", "to": "74950000009", "provider_id": 7}).want(t, http.StatusOK)
	admin.post("/numbers/import?preview=true", "number,enabled\n74951815001,false\n", "Content-Type", "text/csv").want(t, http.StatusOK)
}
