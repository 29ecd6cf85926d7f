package v1_test

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tandem/api/access"
)

func escaped(text string) string { return url.QueryEscape(text) }

// Pages of any order, put together, are all rows once.
func TestPagesAreTheWhole(t *testing.T) {
	t.Parallel()
	h := seededHouse(t)
	h.exec(`INSERT INTO numbers_pool (number, provider_id, direction, server_id) SELECT 78120000000 + seq, 3 + (seq % 2), 'IN', IF(seq % 3, 1, NULL) FROM seq_1_to_60`)
	admin := h.as(access.Admin)
	total := h.id(`SELECT COUNT(*) FROM numbers_pool`)
	for _, sort := range []string{"", "number", "-number", "id", "-id", "provider", "-provider", "server_id", "-server_id", "account", "enabled", "-virtual", "gates", "destination_number"} {
		var seen []int64
		cursor := ""
		for range 100 {
			var page struct {
				Items []struct{ ID int64 }
				Next  string
				Total *int64
			}
			admin.get("/numbers?limit=7&sort="+sort+"&cursor="+cursor).want(t, http.StatusOK).into(t, &page)
			if cursor == "" && (page.Total == nil || *page.Total != total) {
				t.Errorf("sort %q: total %v, want %d", sort, page.Total, total)
			}
			for _, n := range page.Items {
				seen = append(seen, n.ID)
			}
			if cursor = page.Next; cursor == "" {
				break
			}
		}
		slices.Sort(seen)
		if once := slices.Compact(slices.Clone(seen)); int64(len(once)) != total || len(once) != len(seen) {
			t.Errorf("sort %q: %d rows, %d different, want %d", sort, len(seen), len(once), total)
		}
	}
}

func TestListsRefuseWhatTheyDoNotKnow(t *testing.T) {
	t.Parallel()
	h := seededHouse(t)
	admin := h.as(access.Admin)
	admin.get("/numbers?sort=password").blames(t, "query.sort", "-number")
	admin.get("/gates?sort=password").blames(t, "query.sort", "")
	admin.get("/numbers?colour=red").blames(t, "query.colour", "unknown")
	admin.get("/numbers?limit=100000").blames(t, "query.limit", "")
	admin.get("/numbers?cursor=abc").blames(t, "query.cursor", "")
	admin.get("/numbers?enabled=maybe").blames(t, "query.enabled", "")
	admin.get("/numbers/export?format=xls").blames(t, "query.format", "")
	var page struct{ Next string }
	admin.get("/numbers?limit=1&sort=id").into(t, &page)
	admin.get("/numbers?limit=1&sort=-id&cursor="+page.Next).blames(t, "query.cursor", "order")
	admin.post("/providers", `{"name":"x","currency_id":96,"colour":"red"}`).blames(t, "body.colour", "unexpected")
	admin.post("/providers", `{"name":"x","currency_id":"96"}`).blames(t, "body.currency_id", "integer")
	admin.post("/providers", `{"name":"x"}`).blames(t, "body", "currency_id")
	admin.post("/providers", `{"name":`).want(t, http.StatusBadRequest)
	admin.post("/providers", `{"name":"`+strings.Repeat("x", 2<<20)+`"}`).want(t, http.StatusRequestEntityTooLarge)
	admin.get("/providers/0").want(t, http.StatusUnprocessableEntity)
	admin.get("/providers/x").want(t, http.StatusUnprocessableEntity)
	admin.get("/servers/0").want(t, http.StatusUnprocessableEntity)
}

func TestFilters(t *testing.T) {
	t.Parallel()
	h := seededHouse(t)
	admin := h.as(access.Admin)
	for path, want := range map[string]string{
		"/providers?enabled=false":                                       `0`,
		"/providers?q=vo":                                                `2`,
		"/addresses?provider_id=3&direction=OUT":                         `SELECT COUNT(*) FROM providers_ips WHERE provider_id = 3 AND direction IN ('OUT', 'IN/OUT')`,
		"/gates?server_id=1&name=westcall":                               `3`,
		"/gates?q=4951815":                                               `3`,
		"/numbers?enabled=false":                                         `3`,
		"/numbers?prefix=7495&direction=OUT":                             `SELECT COUNT(*) FROM numbers_pool WHERE number LIKE '7495%' AND direction <> 'IN'`,
		"/numbers?from=74951815000&to=74951815002":                       `3`,
		"/numbers?account_id=1&bound=false":                              `2`,
		"/numbers?free=true":                                             `SELECT COUNT(*) FROM numbers_pool WHERE account_id IS NULL`,
		"/subscribers?number=74951815001":                                `2`,
		"/numbers?q=" + url.QueryEscape("%"):                             `0`,
		"/providers?q=" + url.QueryEscape("' OR '1'='1"):                 `0`,
		"/gates?name=" + url.QueryEscape("westcall' OR '1'='1"):          `0`,
		"/subscribers?login=" + url.QueryEscape("x' UNION SELECT 1 -- "): `0`,
	} {
		if strings.HasPrefix(want, "SELECT") {
			want = h.one(want)
		}
		var page struct{ Total int64 }
		admin.get(path).want(t, http.StatusOK).into(t, &page)
		if strconv.FormatInt(page.Total, 10) != want {
			t.Errorf("%s: %d rows, want %s", path, page.Total, want)
		}
		resource, query, _ := strings.Cut(path, "?")
		rows, err := csv.NewReader(strings.NewReader(string(admin.get(resource+"/export?"+query).want(t, http.StatusOK).body))).ReadAll()
		if err != nil || strconv.Itoa(len(rows)-1) != want {
			t.Errorf("%s: %d rows in the export, want %s (%v)", path, len(rows)-1, want, err)
		}
	}
}

// A delete that would break a reference says what refers.
func TestDeleteSaysWhatRefers(t *testing.T) {
	t.Parallel()
	h := seededHouse(t)
	admin := h.as(access.Admin)
	for path, want := range map[string][]string{
		"/providers/7":   {"provider WestCall", "1 addresses", "4 numbers", "1 decks"},
		"/servers/1":     {"server asterisk-macomnet", "gates", "numbers", "subscribers", "duty operators"},
		"/numbers/279":   {"number 74951815000", "1 gates", "accounts that show it by default"},
		"/subscribers/1": {"subscriber moscow-101", "numbers"},
	} {
		body := string(admin.delete(path, "If-Match", "*").want(t, http.StatusConflict).body)
		for _, text := range want {
			if !strings.Contains(body, text) {
				t.Errorf("%s: %q is not in %s", path, text, body)
			}
		}
		admin.get(path).want(t, http.StatusOK)
	}
	// What is part of a row goes with it.
	h.exec(`DELETE FROM duty_operators`)
	h.exec(`DELETE FROM gates WHERE serverid = 2`)
	h.exec(`UPDATE numbers_pool SET server_id = NULL WHERE server_id = 2`)
	h.exec(`DELETE FROM subscribers WHERE server_id = 2`)
	h.exec(`INSERT INTO server_addresses VALUES (2, '192.0.2.1')`)
	admin.delete("/servers/2", "If-Match", "*").want(t, http.StatusNoContent)
}

// Two administrators at the same moment: one of them is told.
func TestTwoAdministrators(t *testing.T) {
	t.Parallel()
	h := seededHouse(t)
	one, two := h.as(access.Admin), h.as(access.Admin)
	read := one.get("/providers/7")
	body := strings.Replace(string(read.body), `"cps":0`, `"cps":7`, 1)
	answers := make(chan int)
	for _, who := range []*client{one, two} {
		go func() { answers <- who.put("/providers/7", body, "If-Match", read.header.Get("ETag")).status }()
	}
	got := []int{<-answers, <-answers}
	slices.Sort(got)
	if !slices.Equal(got, []int{http.StatusOK, http.StatusPreconditionFailed}) {
		t.Errorf("%d, want one 200 and one 412", got)
	}
}

// Secrets go in and never come out, and are kept when they are left out.
func TestSecrets(t *testing.T) {
	t.Parallel()
	h := seededHouse(t)
	admin := h.as(access.Admin)
	var v map[string]any
	a := admin.post("/gates", map[string]any{"name": "g", "number_id": 279, "server_id": 1, "login": "me", "password": "hush-hush"}).want(t, http.StatusCreated).into(t, &v)
	if strings.Contains(string(a.body), "hush") || v["has_password"] != true {
		t.Errorf("answer: %s", a.body)
	}
	one := strings.TrimPrefix(a.header.Get("Location"), "/api/v1")
	admin.put(one, v, "If-Match", "*").want(t, http.StatusOK)
	if p := h.one(`SELECT password FROM gates WHERE gatename = 'g'`); p != "hush-hush" {
		t.Errorf("the password became %q when it was left out", p)
	}
	v["password"] = ""
	admin.put(one, v, "If-Match", "*").blames(t, "body.password", "login")
	v["login"] = ""
	if admin.put(one, v, "If-Match", "*").want(t, http.StatusOK).into(t, &v); v["has_password"] != false {
		t.Error("the password was not taken away")
	}

	a = admin.post("/subscribers", map[string]any{"login": "abc", "account_id": 1, "server_id": 1}).want(t, http.StatusCreated).into(t, &v)
	secret := h.one(`SELECT secret FROM subscribers WHERE login = 'abc'`)
	if len(secret) < 20 || v["new_secret"] != secret {
		t.Errorf("a secret was to be made up and shown once: %s", a.body)
	}
	one = strings.TrimPrefix(a.header.Get("Location"), "/api/v1")
	if body := string(admin.get(one).body); strings.Contains(body, secret) {
		t.Errorf("shown again: %s", body)
	}
	if log := h.one(`SELECT GROUP_CONCAT(CONCAT_WS('', before_json, after_json)) FROM audit_log`); strings.Contains(log, secret) || strings.Contains(log, "hush") {
		t.Errorf("the audit log shows a secret: %s", log)
	}
	if n := h.id(`SELECT COUNT(*) FROM audit_log WHERE action = 'set secret' AND kind = 'gate'`); n != 1 {
		t.Errorf("%d entries tell that a secret was set, want 1", n)
	}
}
