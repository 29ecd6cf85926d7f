package v1_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"tandem/api/access"
	v1 "tandem/api/v1"
)

// mineAndTheirs gives account house and its telephone, and another account, calls
// and money.
func (h *house) mineAndTheirs() (account, subscriber int64) {
	h.t.Helper()
	account, subscriber = h.account(), h.subscriber()
	h.exec("INSERT INTO currency (id, iso, name_en, numcode) VALUES (156, 'EUR', 'euro', 978)")
	h.exec("INSERT INTO accounts (name) VALUES ('others')")
	others := h.id("SELECT id FROM accounts WHERE name = 'others'")
	for i, c := range []struct {
		id         string
		account    int64
		subscriber int64
	}{{"mine-1", account, subscriber}, {"mine-2", account, subscriber + 1000}, {"theirs-1", others, subscriber + 2000}} {
		h.exec(`INSERT INTO calls (call_id, server, direction, account_id, subscriber_id, a_number, b_number, started_at, disposition, talk_ms, route, sale, sale_currency_id, cost_base)
			VALUES (?, 'north', 'out', ?, ?, '4420', '7499', '2026-10-01' + INTERVAL ? MINUTE, 'answered', 61500, '8.c.a1', 0.7, 156, 0.123456)`, c.id, c.account, c.subscriber, i)
	}
	for _, id := range []int64{account, others} {
		h.exec("INSERT INTO balances (account_id, currency_id, balance, opened_at) VALUES (?, 156, 10, UTC_TIMESTAMP(3))", id)
		h.exec(`INSERT INTO ledger (posting_key, at, kind, debit, credit, credit_id, amount, currency_id) VALUES (?, UTC_TIMESTAMP(3), 'topup', 'cash', 'customer', ?, 10, 156)`, h.path("open:%d", id), id)
	}
	return account, subscriber
}

func TestCustomersSeeOnlyTheirOwn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.mineAndTheirs()
	customer := h.as(access.Customer)
	var p callsPage
	customer.get("/mine/calls").want(t, http.StatusOK).into(t, &p)
	if p.ids() != "mine-2 mine-1" {
		t.Errorf("calls %s", p.ids())
	}
	a := customer.get("/mine/calls/mine-2").want(t, http.StatusOK)
	for _, secret := range []string{"0.123456", "cost", "margin", "8.c.a1", "provider", "node"} {
		if bytes.Contains(a.body, []byte(secret)) {
			t.Errorf("%q is told: %s", secret, a.body)
		}
	}
	customer.get("/mine/calls/theirs-1").want(t, http.StatusNotFound)
	// Whose it is cannot be asked for.
	for _, path := range []string{"/mine/calls?account_id=2", "/mine/statement?account_id=2", "/mine/balance?account_id=2", "/mine/rates?account_id=2", "/mine/calls/export?account_id=2"} {
		customer.get(path).want(t, http.StatusUnprocessableEntity)
	}
	customer.get("/mine/calls?q=theirs-1").want(t, http.StatusOK).into(t, &p)
	if p.ids() != "" {
		t.Errorf("theirs by their id: %s", p.ids())
	}
	export := string(customer.get("/mine/calls/export").want(t, http.StatusOK).body)
	if strings.Count(export, "\n") != 3 || strings.Contains(export, "theirs") || !strings.Contains(export, ",62,") {
		t.Errorf("export %s", export)
	}
	var b v1.MyBalance
	customer.get("/mine/balance").want(t, http.StatusOK).into(t, &b)
	if b.Balance.String() != "10.000000" || b.Currency != "EUR" {
		t.Errorf("balance %+v", b)
	}
	statement := customer.get("/mine/statement").want(t, http.StatusOK)
	if bytes.Count(statement.body, []byte(`"key"`)) != 1 || !bytes.Contains(statement.body, []byte(`"closing":"10.000000"`)) {
		t.Errorf("statement %s", statement.body)
	}
	for _, path := range []string{"/calls", "/accounts", "/ledger", "/calls/mine-1", "/attempts", "/fx"} {
		customer.get(path).want(t, http.StatusForbidden)
	}
	var rates v1.MyRates
	customer.get("/mine/rates").want(t, http.StatusOK).into(t, &rates)
	if rates.Tariff != "" || len(rates.Items) != 0 {
		t.Errorf("rates %+v", rates)
	}
}

func TestAgentsSeeTheirTelephone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, subscriber := h.mineAndTheirs()
	agent := h.as(access.Agent)
	var p callsPage
	agent.get("/mine/calls").want(t, http.StatusOK).into(t, &p)
	if p.ids() != "mine-1" {
		t.Errorf("calls %s", p.ids())
	}
	agent.get(h.path("/mine/calls?subscriber_id=%d", subscriber+1000)).want(t, http.StatusOK).into(t, &p)
	if p.ids() != "mine-1" {
		t.Errorf("of another telephone: %s", p.ids())
	}
	agent.get("/mine/calls/mine-2").want(t, http.StatusNotFound)
	agent.get("/mine/account").want(t, http.StatusOK)
	for _, path := range []string{"/mine/balance", "/mine/statement", "/mine/rates"} {
		agent.get(path).want(t, http.StatusForbidden)
	}
	if n := strings.Count(string(agent.get("/mine/calls/export?format=ndjson").want(t, http.StatusOK).body), "\n"); n != 1 {
		t.Errorf("%d lines", n)
	}
}

func TestMyRates(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	account, _ := h.mineAndTheirs()
	h.exec("INSERT INTO tariffs (id, name, currency_id) VALUES (5, 'Retail', 156), (6, 'Theirs', 156)")
	h.exec("UPDATE accounts SET tariff_id = 5 WHERE id = ?", account)
	h.exec(`INSERT INTO decks (id, tariff_id, version, state, publish_at, created_at, rates, time_zone, file, comment) VALUES
		(50, 5, 1, 'published', '2026-01-01', '2026-01-01', 4, 'UTC', '', ''), (51, 5, 2, 'draft', NULL, '2026-01-01', 1, 'UTC', '', ''), (60, 6, 1, 'published', '2026-01-01', '2026-01-01', 1, 'UTC', '', '')`)
	h.exec(`INSERT INTO deck_rates (deck_id, prefix, per_minute, destination, attempt_fee) VALUES (50, '44', 0.02, 'United Kingdom', 0), (50, '4420', 0.01, 'London', 0.5),
		(50, '7', 0.05, 'Russia', 0), (50, '7495', 0.03, 'Moscow', 0), (51, '44', 9, 'draft', 0), (60, '44', 8, 'theirs', 0)`)
	customer := h.as(access.Customer)
	prefixes := func(query string) string {
		t.Helper()
		var list []string
		for cursor := ""; ; {
			var rates v1.MyRates
			customer.get("/mine/rates?limit=2&"+query+"&cursor="+cursor).want(t, http.StatusOK).into(t, &rates)
			for _, r := range rates.Items {
				list = append(list, r.Prefix)
			}
			if rates.Currency != "EUR" || rates.Tariff != "Retail" || rates.CostPlus {
				t.Errorf("%+v", rates)
			}
			if cursor = rates.Next; cursor == "" {
				return strings.Join(list, " ")
			}
		}
	}
	for query, want := range map[string]string{
		"": "44 4420 7 7495", "q=442038070121": "44 4420", "q=%2B74": "7 7495", "q=mosc": "7495", "q=%25": "", "q=theirs": "", "q=draft": "",
	} {
		if got := prefixes(query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	if body := string(customer.get("/mine/rates/export").want(t, http.StatusOK).body); strings.Count(body, "\n") != 5 || strings.Contains(body, "theirs") {
		t.Errorf("%s", body)
	}
	h.exec("UPDATE accounts SET tariff_id = 6 WHERE id = ?", account)
	h.exec("DELETE FROM decks WHERE id = 60")
	var rates v1.MyRates
	customer.get("/mine/rates").want(t, http.StatusOK).into(t, &rates)
	if rates.Tariff != "Theirs" || len(rates.Items) != 0 {
		t.Errorf("%+v", rates)
	}
}
