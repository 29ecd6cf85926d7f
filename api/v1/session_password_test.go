package v1_test

import (
	"net/http"
	"strings"
	"testing"

	"tandem/api/access"
)

func TestChangePassword(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	here, there := h.as(access.Operator), h.as(access.Operator)
	const another = "another four words here"
	here.put("/session/password", map[string]any{"old_password": "no", "password": another}).blames(t, "body.old_password", "not your password")
	here.put("/session/password", map[string]any{"old_password": password, "password": "short"}).blames(t, "body.password", "12 characters")
	here.put("/session/password", map[string]any{"old_password": password, "password": "my-operator-password"}).blames(t, "body.password", "login")
	here.put("/session/password", map[string]any{"old_password": password, "password": "aaaaaaaaaaaaaaaa"}).blames(t, "body.password", "guessed")
	here.put("/session/password", map[string]any{"old_password": password, "password": password}).blames(t, "body.password", "that you have")
	stolen := here.cookie()
	here.put("/session/password", map[string]any{"old_password": password, "password": another}).want(t, http.StatusNoContent)
	here.get("/session").want(t, http.StatusOK)
	there.get("/session").want(t, http.StatusUnauthorized)
	h.nobody().get("/session", "Cookie", stolen).want(t, http.StatusUnauthorized)
	h.nobody().post("/session", map[string]any{"login": "operator", "password": password}).want(t, http.StatusUnauthorized)
	h.nobody().post("/session", map[string]any{"login": "operator", "password": another}).want(t, http.StatusOK)
}

// Ten wrong passwords, and the eleventh attempt waits, even with the right one.
func TestThrottleByLogin(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.user(access.Admin)
	try := func(login, password string) answer {
		return h.nobody().post("/session", map[string]any{"login": login, "password": password})
	}
	for _, login := range []string{"admin", "nobody"} { // who is not there is throttled as well
		for range 9 {
			try(login, "wrong").want(t, http.StatusUnauthorized)
		}
	}
	try("ADMIN", password).want(t, http.StatusOK) // forgives those before
	for range 10 {
		try("Admin", "wrong").want(t, http.StatusUnauthorized)
	}
	a := try("admin", password).want(t, http.StatusTooManyRequests)
	if a.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	try("nobody", "wrong").want(t, http.StatusUnauthorized)
	try("nobody", "wrong").want(t, http.StatusTooManyRequests)
	h.exec(`UPDATE sign_in_tries SET since = since - INTERVAL 16 MINUTE`)
	try("admin", password).want(t, http.StatusOK)
}

func TestThrottleByAddress(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.user(access.Admin)
	h.exec(`INSERT INTO sign_in_tries (subject, tries, since) VALUES ('address 127.0.0.1', 29, UTC_TIMESTAMP(3))`)
	h.nobody().post("/session", map[string]any{"login": "a", "password": "wrong"}).want(t, http.StatusUnauthorized)
	h.nobody().post("/session", map[string]any{"login": "admin", "password": password}).want(t, http.StatusTooManyRequests)
	if n := h.one(`SELECT COUNT(*) FROM sign_in_tries WHERE subject = 'login admin'`); n != "0" {
		t.Error("who is throttled by address uses up a login")
	}
}

// Who came in from an address before still does when others there have guessed too
// often, with ten tries of their own; and a password asked for in a session does not
// count for the address.
func TestThrottleOfAnAddressSparesWhoIsAtHome(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.user(access.Admin)
	try := func(login, password string) answer {
		return h.nobody().post("/session", map[string]any{"login": login, "password": password})
	}
	try("admin", password).want(t, http.StatusOK)
	h.user(access.Operator) // was never here
	h.exec(`INSERT INTO sign_in_tries (subject, tries, since) VALUES ('address 127.0.0.1', 30, UTC_TIMESTAMP(3)) ON DUPLICATE KEY UPDATE tries = 30`)
	try("operator", password).want(t, http.StatusTooManyRequests)
	try("nobody", "wrong").want(t, http.StatusTooManyRequests)
	try("admin", password).want(t, http.StatusOK)
	for range 10 {
		try("admin", "wrong").want(t, http.StatusUnauthorized)
	}
	try("admin", password).want(t, http.StatusTooManyRequests)
}

func TestPasswordsInASessionDoNotCountForTheAddress(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	c := h.as(access.Analyst)
	before := h.one(`SELECT COALESCE(SUM(tries), 0) FROM sign_in_tries WHERE subject LIKE 'address %'`)
	for range 3 {
		c.put("/session/password", map[string]any{"old_password": "wrong", "password": "another four words here"}).want(t, http.StatusUnprocessableEntity)
	}
	if after := h.one(`SELECT COALESCE(SUM(tries), 0) FROM sign_in_tries WHERE subject LIKE 'address %'`); after != before {
		t.Errorf("%s tries of the address, before %s", after, before)
	}
	h.exec(`INSERT INTO sign_in_tries (subject, tries, since) VALUES ('address 127.0.0.1', 31, UTC_TIMESTAMP(3)) ON DUPLICATE KEY UPDATE tries = 31`)
	c.put("/session/password", map[string]any{"old_password": password, "password": "another four words here"}).want(t, http.StatusNoContent)
}

// Strangers who guess do not shut the owner out where they came in before, and not
// at all from one address.
func TestThrottleSparesTheOwner(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.user(access.Admin)
	try := func(from, password string) answer {
		return h.nobody().post("/session", map[string]any{"login": "admin", "password": password}, "X-Forwarded-For", from)
	}
	const home, hotel = "2001:db8:0:7::1", "198.51.100.7"
	try(home, password).want(t, http.StatusOK)
	h.exec(`DELETE FROM sessions`) // signed out long ago
	for i := range 5 {
		stranger := h.path("203.0.113.%d", i)
		for range 10 {
			try(stranger, "wrong").want(t, http.StatusUnauthorized)
		}
		try(stranger, password).want(t, http.StatusTooManyRequests)
		if i == 3 {
			try(hotel, "wrong").want(t, http.StatusUnauthorized) // four strangers shut nobody out but themselves
			h.exec(`UPDATE sign_in_tries SET tries = tries - 1 WHERE subject = 'login admin'`)
		}
	}
	try(hotel, password).want(t, http.StatusTooManyRequests) // many do, where the owner never was
	try("2001:db8:0:7::2", password).want(t, http.StatusOK)  // the same network
	try("2001:db8:0:8::1", password).want(t, http.StatusTooManyRequests)
	h.exec(`UPDATE audit_log SET at = at - INTERVAL 91 DAY`)
	try(home, password).want(t, http.StatusTooManyRequests) // too long ago
}

// Logins that look like our own counts fill none of them.
func TestCraftedLogins(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.as(access.Admin)
	for _, login := range []string{"admin at 127.0.0.1", "desk 127.0.0.1 login admin", "login admin", "127.0.0.1 login admin", "admin' OR '1'='1"} {
		for range 3 {
			h.exec(`DELETE FROM sign_in_tries WHERE subject LIKE 'address %'`)
			h.nobody().post("/session", map[string]any{"login": login, "password": "wrong"}).want(t, http.StatusUnauthorized)
		}
	}
	if n := h.one(`SELECT COALESCE(SUM(tries), 0) FROM sign_in_tries WHERE subject IN ('login admin', 'desk 127.0.0.1 login admin')`); n != "0" {
		t.Errorf("%s tries are counted against the administrator", n)
	}
}

// What somebody types in place of a login may be a password, and is not in the log.
func TestLoginsAreNotLogged(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for range 12 {
		h.nobody().post("/session", map[string]any{"login": "my Secret passphrase", "password": "alice"})
	}
	h.user(access.Admin)
	h.nobody().post("/session", map[string]any{"login": "admin", "password": "wrong"}).want(t, http.StatusUnauthorized)
	log := h.log.String()
	if strings.Contains(strings.ToLower(log), "secret") || !strings.Contains(log, "throttled") || !strings.Contains(log, h.path(`"user_id":%d`, h.user(access.Admin).ID)) {
		t.Error(log)
	}
}

func TestThrottleOfPasswordsInASession(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	c := h.as(access.Analyst)
	for range 10 {
		c.put("/session/password", map[string]any{"old_password": "wrong", "password": "another four words here"}).want(t, http.StatusUnprocessableEntity)
	}
	c.put("/session/password", map[string]any{"old_password": password, "password": "another four words here"}).want(t, http.StatusTooManyRequests)
}

func TestPasswordLink(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	admin := h.as(access.Admin)
	var u struct{ ID int64 }
	admin.post("/users", map[string]any{"login": "eve", "role": "analyst", "enabled": true}).want(t, http.StatusCreated).into(t, &u)
	link := func() (token string) {
		var l struct{ Link, Token string }
		admin.post(h.path("/users/%d/password-reset", u.ID), nil).want(t, http.StatusOK).into(t, &l)
		if !strings.HasSuffix(l.Link, "/password#token="+l.Token) || l.Token == "" {
			t.Error(l)
		}
		return l.Token
	}
	old, token := link(), link()
	h.nobody().post("/password-reset", map[string]any{"token": old, "password": "four words for eve's"}).want(t, http.StatusGone)
	h.nobody().post("/password-reset", map[string]any{"token": token, "password": "short"}).blames(t, "body.password", "12")
	h.nobody().post("/password-reset", map[string]any{"token": token, "password": "four words to go in"}).want(t, http.StatusNoContent)
	h.nobody().post("/password-reset", map[string]any{"token": token, "password": "four words to go again"}).want(t, http.StatusGone)
	h.nobody().post("/session", map[string]any{"login": "eve", "password": "four words to go in"}).want(t, http.StatusOK)
	token = link()
	h.exec(`UPDATE one_time_links SET expires_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND`)
	h.nobody().post("/password-reset", map[string]any{"token": token, "password": "four words to go again"}).want(t, http.StatusGone)
}
