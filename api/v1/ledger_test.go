package v1_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"tandem/api/access"
	v1 "tandem/api/v1"
	"tandem/db"
	"tandem/view"
)

// funded is an account in euros with so much on it.
func (h *house) funded(admin *client, name, balance string) (path string) {
	h.t.Helper()
	var a view.Account
	admin.post("/accounts", map[string]any{"name": name, "currency": "EUR"}).want(h.t, http.StatusCreated).into(h.t, &a)
	path = h.path("/accounts/%d", a.ID)
	admin.post(path+"/topup", map[string]any{"amount": balance}, "Idempotency-Key", "opening-of-"+name).want(h.t, http.StatusOK)
	return path
}

func TestMoneyIsMovedOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.coins()
	admin := h.as(access.Admin)
	path := h.funded(admin, "Zoe", "100")
	top := map[string]any{"amount": "12.5", "note": "by hand"}
	var m v1.MoneyMoved
	admin.post(path+"/topup", top, "Idempotency-Key", "key-12345").want(t, http.StatusOK).into(t, &m)
	if m.Before.String() != "100.000000" || m.After.String() != "112.500000" || m.Repeated || len(m.Postings) != 1 || m.Postings[0].Credit.Name != "Zoe" {
		t.Errorf("%+v", m)
	}
	admin.post(path+"/topup", top, "Idempotency-Key", "key-12345").want(t, http.StatusOK).into(t, &m)
	if m.After.String() != "112.500000" || !m.Repeated {
		t.Errorf("again: %+v", m)
	}
	admin.post(path+"/topup", map[string]any{"amount": "13", "note": "by hand"}, "Idempotency-Key", "key-12345").want(t, http.StatusConflict)
	admin.post(path+"/topup", map[string]any{"amount": "10", "currency": "USD"}, "Idempotency-Key", "dollars-1").want(t, http.StatusOK).into(t, &m)
	if m.After.String() != "120.500000" || len(m.Postings) != 2 || m.Postings[0].Foreign.Currency != "USD" {
		t.Errorf("dollars: %+v", m)
	}
	admin.post(path+"/withdraw", map[string]any{"amount": "0.5"}, "Idempotency-Key", "withdraw-1").want(t, http.StatusOK).into(t, &m)
	admin.post(path+"/adjust", map[string]any{"amount": "-20", "note": "wrong bill"}, "Idempotency-Key", "adjust-11").want(t, http.StatusOK).into(t, &m)
	if m.After.String() != "100.000000" || m.Postings[0].Kind != "adjustment" {
		t.Errorf("adjusted: %+v", m)
	}
	admin.post(path+"/withdraw", map[string]any{"amount": "100.01"}, "Idempotency-Key", "withdraw-2").blames(t, "body.amount", "more than is free")
	admin.post(path+"/withdraw", map[string]any{"amount": "100.01", "force": true}, "Idempotency-Key", "withdraw-2").want(t, http.StatusOK).into(t, &m)
	if m.After.String() != "-0.010000" {
		t.Errorf("forced: %+v", m)
	}
	for _, c := range []struct {
		path, key string
		body      map[string]any
		blamed    string
	}{
		{"/topup", "key-20000", map[string]any{"amount": "0"}, "body.amount"},
		{"/topup", "key-20000", map[string]any{"amount": "-1"}, "body.amount"},
		{"/topup", "key-20000", map[string]any{"amount": "1000000000000"}, "body.amount"},
		{"/topup", "key-20000", map[string]any{"amount": "1", "currency": "XYZ"}, "body.currency"},
		{"/topup", "key-20000", map[string]any{"amount": "1", "force": true}, "body.force"},
		{"/adjust", "key-20000", map[string]any{"amount": "1"}, "body.note"},
		{"/adjust", "key-20000", map[string]any{"amount": "1", "note": "x", "currency": "USD"}, "body.currency"},
		{"/topup", "call:1234", map[string]any{"amount": "1"}, "header.Idempotency-Key"},
		{"/topup", "key 2000 0", map[string]any{"amount": "1"}, "header.Idempotency-Key"},
		{"/topup", "short", map[string]any{"amount": "1"}, "header.Idempotency-Key"},
	} {
		admin.post(path+c.path, c.body, "Idempotency-Key", c.key).blames(t, c.blamed, "")
	}
	admin.post(path+"/topup", top).want(t, http.StatusUnprocessableEntity)
	for _, role := range []access.Role{access.Operator, access.Analyst, access.Customer} {
		h.as(role).post(path+"/topup", top, "Idempotency-Key", "key-99999").want(t, http.StatusForbidden)
	}
	if n := h.one("SELECT COUNT(*) FROM audit_log WHERE kind = 'posting' AND actor = 'admin'"); n != "7" {
		t.Errorf("%s entries of the audit log", n)
	}
	var v db.Verified
	admin.get("/ledger/verification").want(t, http.StatusNotFound)
	admin.post("/ledger/verification", nil).want(t, http.StatusOK)
	admin.get("/ledger/verification").want(t, http.StatusOK).into(t, &v)
	if v.Postings != 7 || len(v.Findings) != 0 || v.Node != "test" {
		t.Errorf("%+v", v)
	}
}

func TestLedger(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.coins()
	admin := h.as(access.Admin)
	h.funded(admin, "Zoe", "100")
	h.funded(admin, "Max", "50")
	h.exec(`INSERT INTO providers (id, providername, currency_id) VALUES (8, 'West', 156)`)
	h.exec(`INSERT INTO ledger (posting_key, at, kind, debit, debit_id, credit, credit_id, amount, currency_id, call_id) VALUES
		('call:c:cost:1', '2026-10-01 10:00:00', 'purchase', 'expense', 0, 'provider', 8, 3, 156, 'c'),
		('call:c:sale', '2026-10-01 10:00:00', 'sale', 'customer', 1, 'revenue', 0, 4, 156, 'c')`)
	h.exec(`UPDATE balances SET balance = balance - 4 WHERE account_id = 1`)
	analyst := h.as(access.Analyst)
	for query, want := range map[string]string{
		"":                                       "topup topup sale purchase",
		"sort=at":                                "purchase sale topup topup",
		"account_id=1":                           "topup -4",
		"provider_id=8":                          "3",
		"party=customer&sort=at":                 "sale topup topup",
		"party=cash":                             "topup topup",
		"kind=sale":                              "sale",
		"call_id=c&sort=at":                      "purchase sale",
		"key=call:c:sale":                        "sale",
		"to=2026-10-02T00:00:00Z":                "sale purchase",
		"kind=purchase&account_id=1":             "",
		"account_id=2&from=2026-10-02T00:00:00Z": "topup 50",
	} {
		var words []string
		for cursor := ""; ; {
			var p v1.Page[view.Posting]
			analyst.get("/ledger?limit=1&"+query+"&cursor="+cursor).want(t, http.StatusOK).into(t, &p)
			for _, v := range p.Items {
				words = append(words, string(v.Kind)+" "+strings.TrimSuffix(cmpSum(v), ".000000"))
			}
			if cursor = p.Next; cursor == "" {
				break
			}
		}
		got := strings.Join(words, " ")
		for word := range strings.FieldsSeq(want) {
			if !strings.Contains(got, word) {
				t.Errorf("%s: %s, want %s", query, got, want)
			}
		}
		if want == "" && got != "" {
			t.Errorf("%s: %s, want nothing", query, got)
		}
	}
	analyst.get("/ledger?account_id=1&provider_id=8").blames(t, "query.party", "one of")

	var owed v1.Page[view.PartySum]
	analyst.get("/ledger/parties").want(t, http.StatusOK).into(t, &owed)
	if len(owed.Items) != 1 || owed.Items[0].Party.Name != "West" || owed.Items[0].Sum.String() != "3.000000" {
		t.Errorf("%+v", owed)
	}
	var paid v1.ProviderPaid
	admin.post("/ledger/payments", map[string]any{"provider_id": 8, "amount": "2"}, "Idempotency-Key", "payment-1").want(t, http.StatusOK).into(t, &paid)
	if paid.OwedBefore.String() != "3.000000" || paid.OwedAfter.String() != "1.000000" || paid.Provider.Name != "West" {
		t.Errorf("%+v", paid)
	}
	admin.post("/ledger/payments", map[string]any{"provider_id": 99, "amount": "2"}, "Idempotency-Key", "payment-2").blames(t, "body.provider_id", "no such")

	id := h.id("SELECT id FROM ledger WHERE posting_key = 'opening-of-Max'")
	var r v1.Reversed
	reverse := h.path("/ledger/%d/reverse", id)
	admin.post(reverse, map[string]any{}, "Idempotency-Key", "reverse-1").want(t, http.StatusUnprocessableEntity)
	admin.post(reverse, map[string]any{"note": "twice"}, "Idempotency-Key", "reverse-1").want(t, http.StatusOK).into(t, &r)
	if r.Reversed.ID != id || r.Postings[0].Reverses != id || r.Repeated {
		t.Errorf("%+v", r)
	}
	admin.post(reverse, map[string]any{"note": "twice"}, "Idempotency-Key", "reverse-1").want(t, http.StatusOK).into(t, &r)
	if !r.Repeated {
		t.Errorf("%+v", r)
	}
	admin.post(reverse, map[string]any{"note": "twice"}, "Idempotency-Key", "reverse-2").want(t, http.StatusConflict)
	admin.post("/ledger/999/reverse", map[string]any{"note": "x"}, "Idempotency-Key", "reverse-3").want(t, http.StatusNotFound)
	h.as(access.Operator).post(reverse, map[string]any{"note": "x"}, "Idempotency-Key", "reverse-4").want(t, http.StatusForbidden)
	analyst.get(h.path("/ledger/%d", id)).want(t, http.StatusOK)
	analyst.get("/ledger/999").want(t, http.StatusNotFound)
	if n := bytes.Count(analyst.get("/ledger/export").want(t, http.StatusOK).body, []byte("\n")); n != 7 {
		t.Errorf("%d lines", n)
	}
}

func cmpSum(v view.Posting) string {
	if v.Sum != nil {
		return v.Sum.String()
	}
	return ""
}

func TestExchangeRates(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.coins()
	admin := h.as(access.Admin)
	var c view.FXChange
	admin.put("/fx/usd", map[string]any{"per_eur": "1.30", "from": "2026-10-01T00:00:00Z"}).want(t, http.StatusOK).into(t, &c)
	if c.Currency != "USD" || c.Last.String() != "1.25000000" {
		t.Errorf("%+v", c)
	}
	admin.put("/fx/USD", map[string]any{"per_eur": "13"}).blames(t, "body.per_eur", "force")
	admin.put("/fx/USD", map[string]any{"per_eur": "0"}).want(t, http.StatusUnprocessableEntity)
	admin.put("/fx/EUR", map[string]any{"per_eur": "2"}).blames(t, "path.currency", "one euro")
	admin.put("/fx/XYZ", map[string]any{"per_eur": "2"}).want(t, http.StatusNotFound)
	var list v1.Page[view.FXLine]
	h.as(access.Analyst).get("/fx").want(t, http.StatusOK).into(t, &list)
	if len(list.Items) != 2 || list.Items[1].Currency != "USD" || list.Items[1].PerEUR.String() != "1.30000000" {
		t.Errorf("%+v", list)
	}
	admin.get("/fx?at=2025-01-01T00:00:00Z").want(t, http.StatusOK).into(t, &list)
	if list.Items[1].PerEUR.String() != "1.25000000" {
		t.Errorf("%+v", list)
	}
	var history v1.Page[v1.FXRate]
	admin.get("/fx/USD").want(t, http.StatusOK).into(t, &history)
	if len(history.Items) != 2 || history.Items[0].PerEUR.String() != "1.30000000" {
		t.Errorf("%+v", history)
	}
	const file = "Date, USD, GBP, \n20 November 2026, 1.31, 0.85, \n"
	var in view.FXImport
	admin.post("/fx/import?dry_run=true&add=true", file, "Content-Type", "text/csv").want(t, http.StatusOK).into(t, &in)
	if in.Written || in.New != 2 || len(in.Added) != 1 {
		t.Errorf("%+v", in)
	}
	admin.post("/fx/import?file=eurofxref.csv", file, "Content-Type", "text/csv").want(t, http.StatusOK).into(t, &in)
	if !in.Written || in.New != 1 || in.LeftOut[0] != "GBP" || in.File != "eurofxref.csv" {
		t.Errorf("%+v", in)
	}
	// What is not taken is no success: nothing was changed, and it is told why.
	in = view.FXImport{}
	const faulty, far = "Date, USD, \n20 November 2026, abc, \n", "Date, USD, \n21 November 2026, 9.99, \n"
	admin.post("/fx/import?dry_run=true", faulty, "Content-Type", "text/csv").want(t, http.StatusOK).into(t, &in)
	if in.Errors == nil || in.Errors.Faults[0].Line != 2 || in.Written {
		t.Errorf("%+v", in)
	}
	admin.post("/fx/import", faulty, "Content-Type", "text/csv").blames(t, "body.line 2", "abc")
	admin.post("/fx/import?dry_run=true", far, "Content-Type", "text/csv").want(t, http.StatusOK).into(t, &in)
	if len(in.Far) != 1 || in.Written {
		t.Errorf("%+v", in)
	}
	admin.post("/fx/import", far, "Content-Type", "text/csv").blames(t, "body.USD", "percent against 1.31")
	if n := h.one("SELECT COUNT(*) FROM fx_rates WHERE per_eur > 9"); n != "0" {
		t.Error("a rate that moves far was taken unasked")
	}
	// Of two who have read the same, the second is told.
	seen := admin.get("/fx/USD").want(t, http.StatusOK).header.Get("ETag")
	admin.put("/fx/USD", map[string]any{"per_eur": "1.32"}, "If-Match", seen).want(t, http.StatusOK)
	admin.put("/fx/USD", map[string]any{"per_eur": "1.33"}, "If-Match", seen).want(t, http.StatusPreconditionFailed)
	admin.post("/fx/import", "nonsense", "Content-Type", "text/csv").want(t, http.StatusUnprocessableEntity)
	h.as(access.Operator).post("/fx/import", file).want(t, http.StatusForbidden)
	if n := h.one("SELECT COUNT(*) FROM audit_log WHERE kind = 'exchange rate' AND actor = 'admin'"); n != "3" {
		t.Errorf("%s entries of the audit log", n)
	}
}
