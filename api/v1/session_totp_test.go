package v1_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"tandem/api/access"
)

func TestSecondFactor(t *testing.T) {
	h := newHouse(t)
	c, elsewhere := h.as(access.Admin), h.as(access.Admin)
	signIn := func(code string) answer {
		return h.nobody().post("/session", map[string]any{"login": "admin", "password": password, "totp": code})
	}
	c.post("/session/totp", map[string]any{"old_password": "wrong"}).blames(t, "body.old_password", "not your")
	c.put("/session/totp", map[string]any{"code": "000000"}).blames(t, "body.code", "begin anew")
	var offer struct{ Secret, URL string }
	c.post("/session/totp", map[string]any{"old_password": password}).want(t, http.StatusOK).into(t, &offer)
	if !strings.HasPrefix(offer.URL, "otpauth://totp/Tandem:admin?") {
		t.Error(offer.URL)
	}
	code := func(step int) string {
		v, err := totp.GenerateCode(offer.Secret, time.Now().Add(time.Duration(step)*30*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	signIn("").want(t, http.StatusOK) // it is not in force yet
	c.put("/session/totp", map[string]any{"code": wrongCode(code(-1), code(0), code(1))}).blames(t, "body.code", "wrong")
	// The code of the step before must not be two steps old when it is sent.
	eventually(t, func() bool { return time.Now().Unix()%30 < 20 })
	first := code(-1)
	c.put("/session/totp", map[string]any{"code": first}).want(t, http.StatusNoContent)
	c.get("/session").want(t, http.StatusOK)
	elsewhere.get("/session").want(t, http.StatusUnauthorized)

	if a := signIn("").want(t, http.StatusUnauthorized); !strings.Contains(string(a.body), `"body.totp"`) {
		t.Errorf("%s", a.body)
	}
	signIn(first).want(t, http.StatusUnauthorized) // used before
	second := code(0)
	signIn(second[:3]+" "+second[3:]).want(t, http.StatusOK)
	signIn(second).want(t, http.StatusUnauthorized)
	h.nobody().post("/session", map[string]any{"login": "admin", "password": "wrong", "totp": code(1)}).want(t, http.StatusUnauthorized)

	c.post("/session/totp", map[string]any{"old_password": password}).blames(t, "body.totp", "already")
	c.delete("/session/totp?code="+second).want(t, http.StatusUnprocessableEntity)
	c.delete("/session/totp?code="+code(1)).want(t, http.StatusNoContent)
	signIn("").want(t, http.StatusOK)
	if log := h.one(`SELECT GROUP_CONCAT(COALESCE(before_json, ''), COALESCE(after_json, '')) FROM audit_log`); strings.Contains(log, offer.Secret) {
		t.Error(log)
	}
}

// Codes cannot be tried one after the other, not even by who knows the password.
func TestThrottleOfCodes(t *testing.T) {
	h := newHouse(t)
	h.user(access.Admin)
	h.exec(`UPDATE users SET totp_secret = 'JBSWY3DPEHPK3PXP'`)
	for range 10 {
		h.nobody().post("/session", map[string]any{"login": "admin", "password": password, "totp": "12345x"}).want(t, http.StatusUnauthorized)
		h.nobody().post("/session", map[string]any{"login": "admin", "password": password})
	}
	h.nobody().post("/session", map[string]any{"login": "admin", "password": password, "totp": "123456"}).want(t, http.StatusTooManyRequests)
}

func TestLostDevice(t *testing.T) {
	h := newHouse(t)
	admin := h.as(access.Admin)
	id := h.user(access.Operator).ID
	h.exec(`UPDATE users SET totp_secret = 'JBSWY3DPEHPK3PXP' WHERE id = ?`, id)
	h.nobody().post("/session", map[string]any{"login": "operator", "password": password}).want(t, http.StatusUnauthorized)
	admin.delete(h.path("/users/%d/totp", id)).want(t, http.StatusNoContent)
	h.nobody().post("/session", map[string]any{"login": "operator", "password": password}).want(t, http.StatusOK)
}

// wrongCode is none of those.
func wrongCode(right ...string) string {
	for _, c := range []string{"000000", "111111", "222222", "333333"} {
		if !strings.Contains(strings.Join(right, " "), c) {
			return c
		}
	}
	return ""
}
