package v1_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"tandem/api/access"
)

type keyMade struct {
	ID        int64
	Key       string
	ExpiresAt time.Time `json:"expires_at"`
}

func TestKeys(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	admin := h.as(access.Admin)
	var k keyMade
	admin.post("/keys", map[string]any{"old_password": password, "name": "script", "role": "admin", "scopes": []string{"system:read"}}).want(t, http.StatusCreated).into(t, &k)
	if !strings.HasPrefix(k.Key, h.path("tdm_%d.", k.ID)) || time.Until(k.ExpiresAt) < 364*24*time.Hour {
		t.Errorf("%+v", k)
	}
	script := h.nobody()
	script.bearer = k.Key
	var me access.Principal
	script.get("/session").want(t, http.StatusOK).into(t, &me)
	if me.KeyID != k.ID || me.Login != "admin" {
		t.Errorf("%+v", me)
	}
	script.get("/users").want(t, http.StatusOK)
	script.post("/users", map[string]any{"login": "eve", "role": "analyst", "enabled": true}).want(t, http.StatusForbidden)
	script.post("/keys", map[string]any{"old_password": password, "name": "more", "role": "admin", "scopes": []string{"*"}}).want(t, http.StatusForbidden)
	script.put("/session/password", map[string]any{"old_password": password, "password": "four words to go in"}).want(t, http.StatusForbidden)

	a := admin.get("/keys").want(t, http.StatusOK)
	_, secret, _ := strings.Cut(k.Key, ".")
	log := h.one(`SELECT GROUP_CONCAT(COALESCE(after_json, '')) FROM audit_log`)
	if !strings.Contains(string(a.body), `"used_from":"127.0.0.1"`) || strings.Contains(string(a.body), secret) || strings.Contains(log, secret) || strings.Contains(h.log.String(), secret) {
		t.Errorf("%s\n%s\n%s", a.body, log, h.log)
	}
	admin.delete(h.path("/keys/%d", k.ID)).want(t, http.StatusNoContent)
	script.get("/session").want(t, http.StatusUnauthorized)
}

func TestKeysOfOthers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	admin, analyst := h.as(access.Admin), h.as(access.Analyst)
	var k keyMade
	admin.post("/keys", map[string]any{"old_password": password, "name": "mine", "role": "admin", "scopes": []string{"*"}}).want(t, http.StatusCreated).into(t, &k)
	analyst.delete(h.path("/keys/%d", k.ID)).want(t, http.StatusNotFound)
	analyst.get("/keys?all=true").want(t, http.StatusForbidden)
	analyst.get(h.path("/keys?user_id=%d", h.user(access.Admin).ID)).want(t, http.StatusForbidden)
	if a := analyst.get("/keys").want(t, http.StatusOK); strings.Contains(string(a.body), "mine") {
		t.Errorf("%s", a.body)
	}
	var own keyMade
	analyst.post("/keys", map[string]any{"old_password": password, "name": "theirs", "role": "analyst", "scopes": []string{"calls:read"}}).want(t, http.StatusCreated).into(t, &own)
	for _, query := range []string{"?all=true", h.path("?user_id=%d", h.user(access.Analyst).ID)} {
		if a := admin.get("/keys"+query).want(t, http.StatusOK); !strings.Contains(string(a.body), "theirs") {
			t.Errorf("%s: %s", query, a.body)
		}
	}
	if a := admin.get("/keys"); strings.Contains(string(a.body), "theirs") {
		t.Errorf("%s", a.body)
	}
	admin.delete(h.path("/keys/%d", own.ID)).want(t, http.StatusNoContent)
}

// A key never may more than its owner, who may change; and it ends at once.
func TestKeysFollowTheirOwner(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	key := h.key(access.Operator, "*")
	role := func() (me access.Principal) {
		key.get("/session").want(t, http.StatusOK).into(t, &me)
		return me
	}
	if got := role().Role; got != access.Operator {
		t.Error(got)
	}
	h.exec(`UPDATE users SET role = 'admin' WHERE login = 'operator'`)
	if got := role().Role; got != access.Operator {
		t.Errorf("its owner rose, and so did the key: %s", got)
	}
	customers := h.key(access.Customer, "own:read")
	customers.get("/mine/account").want(t, http.StatusOK)
	h.exec(`UPDATE users SET role = 'admin', account_id = NULL WHERE login = 'customer'`)
	customers.get("/mine/account").want(t, http.StatusUnauthorized) // it does not become an administrator's
	h.exec(`UPDATE users SET role = 'analyst' WHERE login = 'operator'`)
	if got := role().Role; got != access.Analyst {
		t.Errorf("its owner fell, and the key did not: %s", got)
	}
	for _, end := range []string{
		`UPDATE users SET enabled = 0 WHERE login = 'operator'`,
		`UPDATE api_keys SET expires_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND`,
		`UPDATE api_keys SET networks = '192.0.2.0/24 2001:db8::/32'`,
		`UPDATE api_keys SET secret_hash = REPEAT('x', 32)`,
	} {
		h.exec(`UPDATE users SET enabled = 1`)
		h.exec(`UPDATE api_keys SET networks = '127.0.0.0/8', expires_at = UTC_TIMESTAMP(3) + INTERVAL 1 DAY`)
		role()
		h.exec(end)
		key.get("/session").want(t, http.StatusUnauthorized)
	}
}

func TestKeysAreChecked(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	operator, customer := h.as(access.Operator), h.as(access.Customer)
	for _, c := range []struct {
		who    *client
		change map[string]any
		field  string
		says   string
	}{
		{operator, map[string]any{"role": "admin"}, "body.role", "more than its owner"},
		{operator, map[string]any{"role": "customer"}, "body.role", "more than its owner"},
		{customer, map[string]any{"role": "analyst"}, "body.role", "more than its owner"},
		{operator, map[string]any{"scopes": []string{"calls:destroy"}}, "body.scopes[0]", "routing:read"},
		{operator, map[string]any{"scopes": []string{}}, "body.scopes", "length"},
		{operator, map[string]any{"name": " "}, "body.name", "blanks"},
		{operator, map[string]any{"networks": []string{"192.0.2.0/24", "here"}}, "body.networks[1]", "network"},
		{operator, map[string]any{"expires_at": "2001-01-01T00:00:00Z"}, "body.expires_at", "to come"},
		{operator, map[string]any{"expires_at": "2999-01-01T00:00:00Z"}, "body.expires_at", "ten years"},
	} {
		body := map[string]any{"old_password": password, "name": "k", "role": "operator", "scopes": []string{"calls:read"}}
		maps.Copy(body, c.change)
		c.who.post("/keys", body).blames(t, c.field, c.says)
	}
	var k struct{ Networks []string }
	operator.post("/keys", map[string]any{"old_password": password, "name": "k", "role": "analyst", "scopes": []string{"*"}, "networks": []string{"192.0.2.7", "2001:db8::1/32"}}).want(t, http.StatusCreated).into(t, &k)
	if got := strings.Join(k.Networks, " "); got != "192.0.2.7/32 2001:db8::/32" {
		t.Error(got)
	}
}

// What is no key of ours is refused, not taken for nobody.
func TestBadKeys(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	good := h.key(access.Analyst, "*").bearer
	for _, key := range []string{"x", "tdm_", "tdm_1", "tdm_1.", "tdm_x.y", "tdm_99999.secret", good + "x", good[:len(good)-1], strings.Replace(good, "tdm_", "abc_", 1), strings.Repeat("a", 4000)} {
		c := h.nobody()
		c.bearer = key
		a := c.get("/session").want(t, http.StatusUnauthorized)
		if !strings.Contains(a.header.Get("WWW-Authenticate"), "Bearer") || strings.Contains(string(a.body), key+`"`) {
			t.Errorf("%s: %v %s", key, a.header, a.body)
		}
		c.get("/setup").want(t, http.StatusUnauthorized) // even where nobody needs one
	}
}
