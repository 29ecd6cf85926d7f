package v1_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tandem/api/access"
	"tandem/db"
)

// A preview tells what the deed then does, and writes nothing.
func TestNumberRange(t *testing.T) {
	t.Parallel()
	h := seededHouse(t)
	admin := h.as(access.Admin)
	before := h.id(`SELECT COUNT(*) FROM numbers_pool`)
	body := map[string]any{"from": "74951815000", "to": "74951815100", "provider_id": 7, "server_id": 1, "account_id": 2, "direction": "IN"}
	var preview, done db.NumberReport
	admin.post("/numbers/ranges?preview=true", body).want(t, http.StatusOK).into(t, &preview)
	if n := h.id(`SELECT COUNT(*) FROM numbers_pool`); n != before || h.id(`SELECT COUNT(*) FROM audit_log WHERE kind = 'number'`) != 0 {
		t.Errorf("a preview wrote %d numbers", n-before)
	}
	admin.post("/numbers/ranges", body).want(t, http.StatusOK).into(t, &done)
	// Four of them are in the pool already.
	if preview.Created != 97 || done.Created != 97 || done.Refused != 4 || preview.Refused != 4 || done.Matched != 101 {
		t.Errorf("preview %+v\ndone %+v", preview, done)
	}
	if r := done.Refusals[0]; r.Number != "74951815000" || !strings.Contains(r.Reason, "already, rented from WestCall") {
		t.Errorf("refusal %+v", r)
	}
	if n := h.id(`SELECT COUNT(*) FROM numbers_pool WHERE number BETWEEN '74951815003' AND '74951815100' AND account_id = 2 AND direction = 'IN'`); n != 97 {
		t.Errorf("%d numbers in the pool, want 97", n)
	}
	if n := h.id(`SELECT COUNT(*) FROM audit_log WHERE action = 'create' AND kind = 'number'`); n != 97 {
		t.Errorf("%d entries in the audit log, want 97", n)
	}
	admin.post("/numbers/ranges", map[string]any{"from": "74951815100", "to": "74951815000", "provider_id": 7}).blames(t, "body.to", "before")
	admin.post("/numbers/ranges", map[string]any{"from": "74951815100", "to": "749518151000", "provider_id": 7}).blames(t, "body.to", "digits")
	admin.post("/numbers/ranges", map[string]any{"from": "74950000000", "to": "74959999999", "provider_id": 7}).blames(t, "body.to", "10000")
	admin.post("/numbers/ranges?preview=true", map[string]any{"from": "74950000000", "to": "74950000009", "provider_id": 700}).blames(t, "body.provider_id", "none")
	admin.post("/numbers/ranges?preview=true", map[string]any{"from": "74950000000", "to": "74950009999", "provider_id": 7}).want(t, http.StatusOK).into(t, &preview)
	if preview.Created != 10_000 || len(preview.Items) != 200 {
		t.Errorf("%d created, %d shown", preview.Created, len(preview.Items))
	}
}

func TestNumberBulk(t *testing.T) {
	t.Parallel()
	h := seededHouse(t)
	admin := h.as(access.Admin)
	var r db.NumberReport
	body := map[string]any{
		"filter": map[string]any{"prefix": "7495"},
		"change": map[string]any{"account_id": 0, "destination_subscriber_id": 0, "direction": "OUT", "destination_number": "74951815001"},
	}
	admin.post("/numbers/bulk?preview=true", body).want(t, http.StatusOK).into(t, &r)
	// One would be forwarded to itself.
	if r.Matched != 9 || r.Changed != 8 || r.Refused != 1 || r.Refusals[0].Number != "74951815001" || !r.Preview {
		t.Errorf("preview %+v", r)
	}
	if n := h.id(`SELECT COUNT(*) FROM numbers_pool WHERE direction = 'OUT'`); n != 0 {
		t.Errorf("a preview changed %d numbers", n)
	}
	admin.post("/numbers/bulk", body).want(t, http.StatusOK).into(t, &r)
	if n := h.id(`SELECT COUNT(*) FROM numbers_pool WHERE direction = 'OUT' AND account_id IS NULL AND destination_number = '74951815001'`); n != 8 || r.Changed != 8 {
		t.Errorf("%d numbers changed, told %d, want 8", n, r.Changed)
	}
	if c := r.Items[0].Changes; len(c) < 2 || fmt.Sprint(c) == "" {
		t.Errorf("changes %+v", c)
	}
	if n := h.id(`SELECT COUNT(*) FROM audit_log WHERE action = 'update' AND before_json <> after_json`); n != 8 {
		t.Errorf("%d entries in the audit log, want 8", n)
	}
	admin.post("/numbers/bulk", body).want(t, http.StatusOK).into(t, &r)
	if r.Unchanged != 8 || r.Changed != 0 {
		t.Errorf("the second time: %+v", r)
	}

	// Deleting leaves what others name.
	admin.post("/numbers/bulk", map[string]any{"filter": map[string]any{"prefix": "7495"}, "change": map[string]any{"delete": true}}).want(t, http.StatusOK).into(t, &r)
	if r.Deleted == 0 || r.Refused == 0 || r.Deleted+r.Refused != r.Matched || !strings.Contains(r.Refusals[0].Reason, "still used by") {
		t.Errorf("delete: %+v", r)
	}
	if n := h.id(`SELECT COUNT(*) FROM numbers_pool WHERE number LIKE '7495%'`); n != int64(r.Refused) {
		t.Errorf("%d are left, %d were refused", n, r.Refused)
	}

	admin.post("/numbers/bulk", map[string]any{"ids": []int{125}, "change": map[string]any{}}).blames(t, "body.change", "nothing")
	admin.post("/numbers/bulk", map[string]any{"change": map[string]any{"enabled": true}}).blames(t, "body.ids", "filter")
	admin.post("/numbers/bulk", map[string]any{"ids": []int{125, 99999}, "change": map[string]any{"enabled": true}}).blames(t, "body.ids", "1 of them")
	admin.post("/numbers/bulk", map[string]any{"ids": []int{125}, "change": map[string]any{"account_id": 999}}).blames(t, "body.change.account_id", "none")
	admin.post("/numbers/bulk", map[string]any{"ids": []int{125}, "change": map[string]any{"direction": "UP"}}).blames(t, "body.change.direction", "OUT")
}

func TestNumberImport(t *testing.T) {
	t.Parallel()
	h := seededHouse(t)
	admin := h.as(access.Admin)
	send := func(path, table string) answer { return admin.post(path, table, "Content-Type", "text/csv") }
	var r db.NumberImport

	// What was exported comes in again without a change.
	send("/numbers/import", string(admin.get("/numbers/export").body)).want(t, http.StatusOK).into(t, &r)
	if r.Unchanged != 14 || r.Changed+r.Created+r.Refused != 0 {
		t.Errorf("an export that comes back: %+v", r)
	}

	good := "\ufeffNumber;Provider;Account;Direction;Enabled\r\n+74951815000;;london desk;IN;no\r\n442038070999;voicebuy;;IN/OUT;1\r\n"
	send("/numbers/import?preview=true", good).want(t, http.StatusOK).into(t, &r)
	if r.Created != 1 || r.Changed != 1 || len(r.Errors) != 0 || h.id(`SELECT COUNT(*) FROM audit_log WHERE kind = 'number'`) != 0 {
		t.Errorf("preview: %+v", r)
	}
	send("/numbers/import", good).want(t, http.StatusOK)
	if n := h.id(`SELECT COUNT(*) FROM numbers_pool WHERE number = '74951815000' AND account_id = 2 AND direction = 'IN' AND enabled = 0 AND provider_id = 7 AND server_id = 1`); n != 1 {
		t.Error("the columns of the table were to change, and no others")
	}

	bad := "number,provider,account,direction,enabled\n74951815001,Nobody,,IN,true\n74951815002,,,UP,true\n12,,,IN,true\n442038071111,,,IN,true\n74951815001,,,IN,true\n74951339501,,,IN,perhaps\n74951339502,,,IN\n"
	send("/numbers/import?preview=true", bad).want(t, http.StatusOK).into(t, &r)
	want := map[string]bool{"4 number": true, "6 number": true, "8 ": true}
	for _, e := range r.Errors {
		delete(want, fmt.Sprintf("%d %s", e.Line, e.Column))
	}
	if len(want) > 0 || r.Created+r.Changed != 0 {
		t.Errorf("missing errors %v in %+v", want, r)
	}
	bad = "number,provider,account,direction,enabled\n74951815001,Nobody,,IN,true\n74951815002,,,UP,true\n442038071111,,,IN,true\n74951339501,,,IN,perhaps\n74951339502,,Moscow office,IN,true\n"
	a := send("/numbers/import", bad)
	a.blames(t, "body.line 2.provider", "none with this name")
	a.blames(t, "body.line 3.direction", "IN/OUT")
	a.blames(t, "body.line 4.provider", "wants its provider")
	a.blames(t, "body.line 5.enabled", "true or false")
	if n := h.id(`SELECT COUNT(*) FROM numbers_pool WHERE number = '74951339502' AND account_id = 1`); n != 0 {
		t.Error("one line of a table with errors was written")
	}
	send("/numbers/import", "number,colour\n1,red\n").blames(t, "body.line 1", "colour")
	send("/numbers/import", "").want(t, http.StatusBadRequest)
	send("/numbers/import", "\"").blames(t, "body.line 1", "")
	send("/numbers/import", "number\n\"<script>\n").want(t, http.StatusUnprocessableEntity)
	if big := send("/numbers/import", strings.Repeat("x", 17<<20)); big.status != http.StatusRequestEntityTooLarge {
		t.Errorf("17 MiB: %d", big.status)
	}
}
