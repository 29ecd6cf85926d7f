package v1_test

import (
	"net/http"
	"strings"
	"testing"

	"tandem/api/access"
	"tandem/db"
)

// wanted is the body that makes a key of a role.
func wanted(role access.Role, password string) map[string]any {
	return map[string]any{"name": "k", "role": string(role), "scopes": []string{"*"}, "old_password": password}
}

// Who finds a session open makes no key with it: a key would outlive it.
func TestKeysWantThePassword(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	c := h.as(access.Analyst)
	c.post("/keys", map[string]any{"name": "k", "role": "analyst", "scopes": []string{"*"}}).want(t, http.StatusUnprocessableEntity)
	for range 10 {
		c.post("/keys", wanted(access.Analyst, "not the password")).blames(t, "body.old_password", "not your password")
	}
	a := c.post("/keys", wanted(access.Analyst, password)).want(t, http.StatusTooManyRequests)
	if a.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	if n := h.one(`SELECT COUNT(*) FROM api_keys`); n != "0" {
		t.Errorf("%s keys", n)
	}
}

func TestKeysAreBounded(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	c := h.as(access.Analyst)
	for range db.MaxKeys - 1 {
		h.exec(`INSERT INTO api_keys (user_id, name, secret_hash, role, scopes, networks, created_at, expires_at)
			VALUES (?, 'k', REPEAT('x', 32), 'analyst', '*', '', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL 1 DAY)`, h.user(access.Analyst).ID)
	}
	c.post("/keys", wanted(access.Analyst, password)).want(t, http.StatusCreated)
	a := c.post("/keys", wanted(access.Analyst, password)).want(t, http.StatusConflict)
	if !strings.Contains(string(a.body), "remove one") {
		t.Errorf("%s", a.body)
	}
	h.as(access.Operator).post("/keys", wanted(access.Operator, password)).want(t, http.StatusCreated) // others' do not count
	h.exec(`UPDATE api_keys SET expires_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND LIMIT 3`)
	c.post("/keys", wanted(access.Analyst, password)).want(t, http.StatusCreated)
	if n := h.one(`SELECT COUNT(*) FROM api_keys WHERE role = 'analyst'`); n != "18" {
		t.Errorf("%s keys: those that are too old are kept", n)
	}
}

// Another password ends what the old one may have made, unless its owner says that
// their keys are theirs.
func TestKeysEndWithThePassword(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	admin := h.as(access.Admin)
	const another = "another four words here"
	change := func(c *client, old, now string, keep bool) {
		c.put("/session/password", map[string]any{"old_password": old, "password": now, "keep_keys": keep}).want(t, http.StatusNoContent)
	}
	eve, others := h.as(access.Analyst), h.key(access.Operator, "*")
	key := h.key(access.Analyst, "*")
	change(eve, password, another, true)
	key.get("/session").want(t, http.StatusOK)
	change(eve, another, password, false)
	key.get("/session").want(t, http.StatusUnauthorized)
	if n := h.one(`SELECT COUNT(*) FROM audit_log WHERE kind = 'key' AND action = 'delete'`); n != "1" {
		t.Errorf("%s keys ended by the audit log", n)
	}

	key = h.key(access.Analyst, "*")
	user := h.path("/users/%d", h.user(access.Analyst).ID)
	var link struct{ Token string }
	admin.post(user+"/password-reset", nil).want(t, http.StatusOK).into(t, &link)
	key.get("/session").want(t, http.StatusOK) // a link alone ends nothing
	h.nobody().post("/password-reset", map[string]any{"token": link.Token, "password": another}).want(t, http.StatusNoContent)
	key.get("/session").want(t, http.StatusUnauthorized)

	h.exec(`UPDATE users SET password = (SELECT password FROM (SELECT password FROM users WHERE login = 'admin') a) WHERE login = 'analyst'`)
	key, eve = h.key(access.Analyst, "*"), h.as(access.Analyst)
	admin.delete(user+"/sessions").want(t, http.StatusNoContent)
	eve.get("/session").want(t, http.StatusUnauthorized)
	key.get("/session").want(t, http.StatusOK)
	admin.delete(user+"/sessions?keys=true").want(t, http.StatusNoContent)
	key.get("/session").want(t, http.StatusUnauthorized)
	others.get("/session").want(t, http.StatusOK)
}
