package v1_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"tandem/api/access"
)

func TestUsers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	admin := h.as(access.Admin)
	made := admin.post("/users", map[string]any{
		"login": "Eve.Adams", "name": `Ева "<script>"'; DROP TABLE users --`, "email": "eve@example.com", "role": "operator", "time_zone": "Europe/Berlin", "enabled": true,
		"password": "four words for a start",
	}).want(t, http.StatusCreated)
	var u map[string]any
	made.into(t, &u)
	if u["login"] != "eve.adams" || u["has_password"] != true || u["name"] != `Ева "<script>"'; DROP TABLE users --` || strings.Contains(string(made.body), "argon2") {
		t.Errorf("%s", made.body)
	}
	path := strings.TrimPrefix(made.header.Get("Location"), "/api/v1")
	tag := made.header.Get("ETag")
	eve := h.nobody()
	eve.post("/session", map[string]any{"login": "EVE.adams", "password": "four words for a start"}).want(t, http.StatusOK)

	settings := map[string]any{"login": "eve", "role": "analyst", "enabled": true}
	admin.put(path, settings).want(t, http.StatusPreconditionRequired)
	admin.put(path, settings, "If-Match", `"another"`).want(t, http.StatusPreconditionFailed)
	next := admin.put(path, settings, "If-Match", tag).want(t, http.StatusOK) // signing in is no change
	admin.put(path, settings, "If-Match", tag).want(t, http.StatusPreconditionFailed)
	if got := admin.get(path).want(t, http.StatusOK).header.Get("ETag"); got != next.header.Get("ETag") {
		t.Errorf("%s %s", got, next.header.Get("ETag"))
	}
	var me access.Principal
	eve.get("/session").want(t, http.StatusOK).into(t, &me)
	if me.Role != access.Analyst {
		t.Errorf("another role is not in force at once: %+v", me)
	}
	settings["enabled"] = false
	admin.put(path, settings, "If-Match", next.header.Get("ETag")).want(t, http.StatusOK)
	eve.get("/session").want(t, http.StatusUnauthorized)
	settings["enabled"] = true
	admin.put(path, settings, "If-Match", "*").want(t, http.StatusOK)
	eve.get("/session").want(t, http.StatusUnauthorized) // the session has ended, not paused

	admin.delete(path).want(t, http.StatusPreconditionRequired)
	admin.delete(path, "If-Match", "*").want(t, http.StatusNoContent)
	admin.get(path).want(t, http.StatusNotFound)
	admin.delete(path, "If-Match", "*").want(t, http.StatusNotFound)
}

func TestUsersAreChecked(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	admin := h.as(access.Admin)
	account, phone := h.account(), h.subscriber()
	h.exec(`INSERT INTO accounts (name) VALUES ('other')`)
	other := h.id(`SELECT id FROM accounts WHERE name = 'other'`)
	for _, c := range []struct {
		change map[string]any
		field  string
		says   string
	}{
		{map[string]any{"login": ""}, "body.login", "length"},
		{map[string]any{"login": "a b"}, "body.login", "letters"},
		{map[string]any{"login": "admin"}, "body.login", "taken"},
		{map[string]any{"name": " x"}, "body.name", "blanks"},
		{map[string]any{"name": "a\u0000b"}, "body.name", "characters"},
		{map[string]any{"email": "Eve <eve@example.com>"}, "body.email", "address"},
		{map[string]any{"role": "king"}, "body.role", "one of"},
		{map[string]any{"role": "customer"}, "body.account_id", "name it"},
		{map[string]any{"account_id": account}, "body.account_id", "only customers"},
		{map[string]any{"role": "customer", "account_id": 99999}, "body.account_id", "no such"},
		{map[string]any{"role": "agent", "account_id": account}, "body.subscriber_id", "telephone"},
		{map[string]any{"role": "agent", "account_id": account, "subscriber_id": 99999}, "body.subscriber_id", "no such"},
		{map[string]any{"role": "agent", "account_id": other, "subscriber_id": phone}, "body.subscriber_id", "another account"},
		{map[string]any{"language": "de"}, "body.language", "en or ru"},
		{map[string]any{"time_zone": "../../etc/passwd"}, "body.time_zone", "IANA"},
		{map[string]any{"password": "tooshort"}, "body.password", "12"},
		{map[string]any{"hash": "x"}, "body", "unexpected"},
		{map[string]any{"enabled": "yes"}, "body.enabled", "boolean"},
	} {
		body := map[string]any{"login": "bob", "role": "analyst", "enabled": true}
		maps.Copy(body, c.change)
		a := admin.post("/users", body)
		if _, unknown := c.change["hash"]; unknown {
			a.want(t, http.StatusUnprocessableEntity)
			continue
		}
		a.blames(t, c.field, c.says)
	}
	if n := h.one(`SELECT COUNT(*) FROM users WHERE login = 'bob'`); n != "0" {
		t.Error("a bad user is there")
	}
}

// The platform cannot lose its last administrator.
func TestLastAdministrator(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	admin := h.as(access.Admin)
	path := h.path("/users/%d", h.user(access.Admin).ID)
	admin.post("/users", map[string]any{"login": "unset", "role": "admin", "enabled": true}).want(t, http.StatusCreated) // has no password
	admin.put(path, map[string]any{"login": "admin", "role": "admin", "enabled": false}, "If-Match", "*").blames(t, "body.enabled", "last administrator")
	admin.put(path, map[string]any{"login": "admin", "role": "analyst", "enabled": true}, "If-Match", "*").blames(t, "body.role", "last administrator")
	admin.delete(path, "If-Match", "*").want(t, http.StatusConflict)
	admin.post("/users", map[string]any{"login": "second", "role": "admin", "enabled": true, "password": "four words for a start"}).want(t, http.StatusCreated)
	admin.delete(path, "If-Match", "*").want(t, http.StatusNoContent)
	admin.get("/session").want(t, http.StatusUnauthorized)
}

func TestUserList(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	admin := h.as(access.Admin)
	for _, login := range []string{"a_1", "a%2", "ax3"} {
		h.exec(`INSERT INTO users (login, role, enabled, created_at) VALUES (?, 'analyst', ?, NOW(3))`, login, login != "ax3")
	}
	type page struct {
		Items []struct{ Login string }
		Next  string
	}
	logins := func(query string) string {
		var p page
		admin.get("/users?"+query).want(t, http.StatusOK).into(t, &p)
		var all []string
		for _, u := range p.Items {
			all = append(all, u.Login)
		}
		return strings.Join(all, " ")
	}
	for query, want := range map[string]string{
		"": "a_1 a%2 admin ax3", "q=_": "a_1", "q=%25": "a%2", "role=analyst&enabled=true": "a_1 a%2", "enabled=false": "ax3", "account_id=5": "",
	} {
		if got := logins(query); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	seen, cursor := map[string]bool{}, ""
	for range 2 {
		var p page
		admin.get("/users?limit=2&cursor="+cursor).want(t, http.StatusOK).into(t, &p)
		for _, u := range p.Items {
			seen[u.Login] = true
		}
		cursor = p.Next
	}
	if len(seen) != 4 || cursor != "" {
		t.Errorf("%v %q", seen, cursor)
	}
	admin.get("/users?cursor=x").want(t, http.StatusUnprocessableEntity)
	admin.get("/users?limit=10000").want(t, http.StatusUnprocessableEntity)
	admin.get("/users?colour=red").want(t, http.StatusUnprocessableEntity)
}

func TestSignOutUser(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	admin, eve := h.as(access.Admin), h.as(access.Operator)
	admin.delete(h.path("/users/%d/sessions", h.user(access.Operator).ID)).want(t, http.StatusNoContent)
	eve.get("/session").want(t, http.StatusUnauthorized)
	admin.delete("/users/99999/sessions").want(t, http.StatusNotFound)
}
