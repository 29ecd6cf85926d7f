package v1_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"tandem/api/access"
)

func TestFirstAdministrator(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := func() string {
		l, err := access.FirstAdminLink(t.Context(), h.db, "https://tandem.example/")
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	one, two := link(), link() // two nodes start at once
	token, ok := strings.CutPrefix(one, "https://tandem.example/setup#token=")
	_, other, _ := strings.Cut(two, "=")
	if !ok || token == other {
		t.Fatal(one, two)
	}
	h.nobody().get("/setup").want(t, http.StatusOK).saysJSON(t, `{"needed":true}`)
	c := h.nobody()
	body := map[string]any{"token": token, "login": "Root", "name": "The Root", "password": "four words to begin"}
	c.post("/setup", map[string]any{"token": "guess", "login": "root", "password": "four words to begin"}).want(t, http.StatusGone)
	c.post("/setup", map[string]any{"token": token, "login": "root", "password": "short"}).blames(t, "body.password", "12")
	c.post("/setup", map[string]any{"token": token, "login": "no good", "password": "four words to begin"}).blames(t, "body.login", "letters")
	c.post("/setup", body).want(t, http.StatusOK)
	var me access.Principal
	c.get("/session").want(t, http.StatusOK).into(t, &me)
	if me.Login != "root" || me.Role != access.Admin {
		t.Errorf("%+v", me)
	}
	body["login"] = "again"
	h.nobody().post("/setup", body).want(t, http.StatusGone)
	body["token"] = other
	h.nobody().post("/setup", body).want(t, http.StatusGone)
	h.nobody().get("/setup").saysJSON(t, `{"needed":false}`)
	if l := link(); l != "" {
		t.Errorf("another link: %s", l)
	}
}

// Of two who set up at once, one does.
func TestFirstAdministratorOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var done [2]answer
	var group sync.WaitGroup
	for i, login := range []string{"one", "two"} {
		link, err := access.FirstAdminLink(t.Context(), h.db, "")
		if err != nil {
			t.Fatal(err)
		}
		c := h.nobody()
		group.Go(func() {
			done[i] = c.post("/setup", map[string]any{"token": strings.TrimPrefix(link, "/setup#token="), "login": login, "password": "four words to begin"})
		})
	}
	group.Wait()
	if done[0].status+done[1].status != http.StatusOK+http.StatusGone {
		t.Errorf("%d %s\n%d %s", done[0].status, done[0].body, done[1].status, done[1].body)
	}
	if n := h.one(`SELECT COUNT(*) FROM users`); n != "1" {
		t.Errorf("%s administrators", n)
	}
}

// A node that starts anew and anew leaves no link each time; the latest are good.
func TestSetupLinksAreBounded(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	var tokens []string
	for range 6 {
		link, err := access.FirstAdminLink(t.Context(), h.db, "")
		if err != nil {
			t.Fatal(err)
		}
		h.exec(`UPDATE one_time_links SET expires_at = expires_at - INTERVAL 1 SECOND`) // the order of the starts
		tokens = append(tokens, strings.TrimPrefix(link, "/setup#token="))
	}
	if n := h.one(`SELECT COUNT(*) FROM one_time_links`); n != "4" {
		t.Errorf("%s links", n)
	}
	try := func(token string) answer {
		return h.nobody().post("/setup", map[string]any{"token": token, "login": "root", "password": "short"})
	}
	try(tokens[1]).want(t, http.StatusGone)
	try(tokens[2]).want(t, http.StatusUnprocessableEntity)
	try(tokens[5]).want(t, http.StatusUnprocessableEntity)
}
