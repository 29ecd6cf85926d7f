package v1_test

import (
	"net/http"
	"strings"
	"testing"

	"tandem/api/access"
)

func TestSignInAndOut(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.nobody().get("/session").want(t, http.StatusUnauthorized)
	admin := h.as(access.Admin)
	var me access.Principal
	admin.get("/session").want(t, http.StatusOK).into(t, &me)
	if me.Login != "admin" || me.Role != access.Admin || me.UserID != h.user(access.Admin).ID {
		t.Errorf("%+v", me)
	}
	a := admin.delete("/session").want(t, http.StatusNoContent)
	if c := a.header.Get("Set-Cookie"); !strings.Contains(c, "Max-Age=0") {
		t.Error(c)
	}
	admin.get("/session").want(t, http.StatusUnauthorized)
	if n := h.one(`SELECT COUNT(*) FROM sessions`); n != "0" {
		t.Errorf("%s sessions are left", n)
	}
}

// Who guesses learns nothing from the answer.
func TestSignInRefusals(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.user(access.Admin)
	h.user(access.Analyst)
	h.exec(`UPDATE users SET enabled = 0 WHERE login = 'analyst'`)
	h.exec(`INSERT INTO users (login, role, created_at) VALUES ('fresh', 'analyst', NOW(3))`)
	answers := map[string]bool{}
	for login, password := range map[string]string{"admin": "wrong", "nobody": "wrong", "analyst": password, "fresh": password, `' OR 1=1 --`: "<script>"} {
		a := h.nobody().post("/session", map[string]any{"login": login, "password": password}).want(t, http.StatusUnauthorized)
		answers[string(a.body)] = true
		if a.header.Get("Set-Cookie") != "" || strings.Contains(string(a.body), "<script>") {
			t.Errorf("%s: %s", a.header, a.body)
		}
	}
	if len(answers) != 1 {
		t.Errorf("they differ: %v", answers)
	}
	for _, body := range []string{`{`, `[]`, `{"login":"admin"}`, `{"login":"admin","password":"s3cret-of-mine","more":1}`, `{"login":1,"password":"s3cret-of-mine"}`} {
		a := h.nobody().post("/session", body)
		if a.status < 400 || a.status > 422 || strings.Contains(string(a.body), "s3cret") {
			t.Errorf("%s: %d %s", body, a.status, a.body)
		}
	}
	if strings.Contains(h.log.String(), "s3cret") {
		t.Error(h.log)
	}
}

func TestCookie(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	login := map[string]any{"login": h.user(access.Admin).Login, "password": password}
	c := h.nobody().post("/session", login).want(t, http.StatusOK).header.Get("Set-Cookie")
	for _, part := range []string{"tandem_session=", "Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=604800"} {
		if !strings.Contains(c, part) {
			t.Errorf("%s lacks %s", c, part)
		}
	}
	token, _, _ := strings.Cut(strings.TrimPrefix(c, "tandem_session="), ";")
	if n := h.one(`SELECT COUNT(*) FROM sessions WHERE token_hash = UNHEX(SHA2(?, 256))`, token); n != "1" {
		t.Errorf("%s sessions have the hash of the token", n)
	}
	// Over TLS the cookie is bound to the host.
	guard, err := access.NewGuard(access.Config{DB: h.db, Secure: true})
	if err != nil {
		t.Fatal(err)
	}
	_, secure, err := guard.SignIn(t.Context(), "admin", password, "")
	if err != nil || secure.Name != "__Host-tandem" || !secure.Secure || secure.Path != "/" || secure.Domain != "" {
		t.Errorf("%v %v", &secure, err)
	}
}

// A page of somebody else cannot use a browser's cookie.
func TestForeignPages(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	admin := h.as(access.Admin)
	for _, headers := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}} {
		admin.put("/session/preferences", map[string]any{"language": "ru", "time_zone": ""}, headers...).want(t, http.StatusForbidden)
		h.nobody().post("/session", map[string]any{"login": "admin", "password": password}, headers...).want(t, http.StatusForbidden)
	}
	admin.put("/session/preferences", map[string]any{"language": "ru", "time_zone": ""}, "Sec-Fetch-Site", "same-origin").want(t, http.StatusOK)
}

func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	admin := h.as(access.Admin)
	h.exec(`UPDATE sessions SET seen_at = seen_at - INTERVAL 2 MINUTE, expires_at = expires_at - INTERVAL 2 MINUTE`)
	before := h.one(`SELECT expires_at FROM sessions`)
	admin.get("/session").want(t, http.StatusOK)
	if after := h.one(`SELECT expires_at FROM sessions`); after <= before {
		t.Errorf("a session in use is not prolonged: %s, %s", before, after)
	}
	h.exec(`UPDATE sessions SET seen_at = seen_at - INTERVAL 2 MINUTE, ends_at = UTC_TIMESTAMP(3) + INTERVAL 1 MINUTE`)
	admin.get("/session").want(t, http.StatusOK)
	if over := h.one(`SELECT expires_at > ends_at FROM sessions`); over != "0" {
		t.Error("a session goes on for longer than its life")
	}
	h.exec(`UPDATE sessions SET expires_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND`)
	admin.get("/session").want(t, http.StatusUnauthorized)
}

func TestOtherSessions(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	here, there := h.as(access.Operator), h.as(access.Operator)
	other := h.as(access.Admin)
	var list struct {
		Items []struct{ Address, Agent string }
	}
	here.get("/session/others").want(t, http.StatusOK).into(t, &list)
	if len(list.Items) != 1 || list.Items[0].Address != "127.0.0.1" || list.Items[0].Agent == "" {
		t.Errorf("%+v", list)
	}
	here.delete("/session/others").want(t, http.StatusNoContent)
	here.get("/session").want(t, http.StatusOK)
	there.get("/session").want(t, http.StatusUnauthorized)
	other.get("/session").want(t, http.StatusOK)
}

func TestPreferences(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	c := h.as(access.Customer)
	c.put("/session/preferences", map[string]any{"language": "ru", "time_zone": "Asia/Almaty"}).want(t, http.StatusOK)
	var me access.Principal
	c.get("/session").into(t, &me)
	if me.Language != "ru" || me.TimeZone != "Asia/Almaty" || me.AccountID != h.account() {
		t.Errorf("%+v", me)
	}
	c.put("/session/preferences", map[string]any{"language": "xx", "time_zone": ""}).blames(t, "body.language", "en or ru")
	c.put("/session/preferences", map[string]any{"language": "", "time_zone": "Mars/Olympus"}).blames(t, "body.time_zone", "IANA")
}
