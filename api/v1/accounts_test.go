package v1_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"tandem/api/access"
	v1 "tandem/api/v1"
	"tandem/view"
)

// coins are the currencies that accounts may be in, and a tariff.
func (h *house) coins() {
	h.t.Helper()
	h.exec("INSERT INTO currency (id, iso, name_en, numcode) VALUES (156, 'EUR', 'euro', 978), (122, 'USD', 'dollar', 840)")
	h.exec("INSERT INTO fx_rates (currency_id, valid_from, per_eur) VALUES (156, '2020-01-01', 1), (122, '2020-01-01', 1.25)")
	h.exec("INSERT INTO tariffs (id, name, currency_id) VALUES (5, 'Retail', 156)")
}

func TestAccountIsOpenedAndChanged(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.coins()
	admin := h.as(access.Admin)
	made := admin.post("/accounts", map[string]any{"name": "Café Zoë", "tariff_id": 5, "daily_limit": "20", "allow": []string{"7", "44"}}).want(t, http.StatusCreated)
	var a view.Account
	made.into(t, &a)
	if a.Currency != "EUR" || a.Payment != "prepaid" || !a.Enabled || !a.NoLoss || a.Tariff != "Retail" || a.DailyLimit.String() != "20.000000" || len(a.Allow) != 2 || a.CreditLimit == nil {
		t.Errorf("%+v", a)
	}
	if where := made.header.Get("Location"); where != h.path("/api/v1/accounts/%d", a.ID) {
		t.Errorf("at %s", where)
	}
	path := h.path("/accounts/%d", a.ID)
	shown := admin.get(path).want(t, http.StatusOK)
	if shown.header.Get("ETag") != made.header.Get("ETag") {
		t.Errorf("%s shown, %s made", shown.header.Get("ETag"), made.header.Get("ETag"))
	}

	// What was read may be sent back, changed.
	var settings map[string]any
	made.into(t, &settings)
	settings["name"], settings["payment"], settings["credit_limit"], settings["allow"] = "Zoë & Cie", "postpaid", nil, nil
	admin.put(path, settings).want(t, http.StatusPreconditionRequired)
	admin.put(path, settings, "If-Match", `"stale"`).want(t, http.StatusPreconditionFailed)
	changed := admin.put(path, settings, "If-Match", shown.header.Get("ETag")).want(t, http.StatusOK)
	changed.into(t, &a)
	if a.Name != "Zoë & Cie" || a.CreditLimit != nil || a.Allow != nil || a.Currency != "EUR" || a.TariffID != 5 {
		t.Errorf("%+v", a)
	}
	// The second of two who edit the same is told.
	admin.put(path, settings, "If-Match", shown.header.Get("ETag")).want(t, http.StatusPreconditionFailed)
	// Money that comes in changes no settings: the version stays.
	admin.post(path+"/topup", map[string]any{"amount": "5"}, "Idempotency-Key", "first-money").want(t, http.StatusOK)
	admin.put(path, settings, "If-Match", changed.header.Get("ETag")).want(t, http.StatusOK)

	if n := h.one("SELECT COUNT(*) FROM audit_log WHERE kind = 'account' AND actor = 'admin' AND after_json LIKE '%Zoë%' AND (action = 'create' OR before_json IS NOT NULL)"); n != "2" {
		t.Errorf("%s entries of the audit log", n)
	}
	admin.get("/accounts/99").want(t, http.StatusNotFound)
	h.as(access.Operator).put(path, settings, "If-Match", "*").want(t, http.StatusForbidden)
	h.as(access.Operator).get(path).want(t, http.StatusOK)
}

func TestAccountsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.coins()
	admin := h.as(access.Admin)
	admin.post("/accounts", map[string]any{"name": "taken", "currency": "EUR"}).want(t, http.StatusCreated)
	for _, c := range []struct {
		field string
		value any
		says  string
	}{
		{"name", "", ""},
		{"name", " x", "blanks"},
		{"name", "12", "digits alone"},
		{"name", "taken", "taken"},
		{"name", "a\nb", "control"},
		{"payment", "barter", "prepaid or postpaid"},
		{"currency", "XYZ", "no such currency"},
		{"tariff_id", 77, "no such tariff"},
		{"daily_limit", "-1", "0 or more"},
		{"credit_limit", "1000000000000", "at most 12 digits"},
		{"call_limit", "1.0000001", "6 after"},
		{"credit_limit", 5, ""},
		{"call_limit", "1e3", "50.00"},
		{"time_zone", "Mars/Olympus", "IANA"},
		{"language", "../etc", "language"},
		{"channels", -1, "no limit"},
		{"cps", 2_000_000, "1000000"},
		{"allow", []string{"+44"}, "digits"},
		{"block", []string{"<b>"}, "digits"},
		{"country", "ZZ", ""},
		{"international_prefix", "abc", ""},
		{"default_cli", "12", ""},
		{"min_tier", "gold", ""},
		{"colour", "red", ""},
	} {
		body := map[string]any{"name": "new", "currency": "EUR"}
		body[c.field] = c.value
		admin.post("/accounts", body).blames(t, "body."+c.field, c.says)
	}
	if n := h.one("SELECT COUNT(*) FROM accounts"); n != "1" {
		t.Errorf("%s accounts", n)
	}
	admin.post("/accounts", `{"name":`).want(t, http.StatusBadRequest)
}

func TestListOfAccounts(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.coins()
	admin := h.as(access.Admin)
	for _, a := range []map[string]any{
		{"name": "bravo", "currency": "EUR", "low_balance": "20"}, {"name": "Alpha", "currency": "EUR"}, {"name": "charlie"}, {"name": "delta", "currency": "USD", "payment": "postpaid", "enabled": false},
	} {
		var made view.Account
		admin.post("/accounts", a).want(t, http.StatusCreated).into(t, &made)
		if made.Currency != "" {
			admin.post(h.path("/accounts/%d/topup", made.ID), map[string]any{"amount": h.path("%d", made.ID*10)}, "Idempotency-Key", h.path("opening-%d", made.ID)).want(t, http.StatusOK)
		}
	}
	for query, want := range map[string]string{
		"":                   "Alpha bravo charlie delta",
		"sort=-name":         "delta charlie bravo Alpha",
		"sort=balance":       "bravo Alpha delta charlie",
		"sort=-balance":      "delta Alpha bravo charlie",
		"low=true":           "bravo",
		"q=A":                "Alpha bravo charlie delta",
		"q=ALP":              "Alpha",
		"q=3":                "charlie",
		"payment=postpaid":   "delta",
		"enabled=false":      "delta",
		"limit=2&sort=-name": "delta charlie bravo Alpha",
		"q=%25":              "",
		"tariff_id=5":        "",
		"limit=1&q=lt":       "delta",
	} {
		var list []string
		for cursor := ""; ; {
			var p v1.Page[view.AccountLine]
			admin.get("/accounts?"+query+"&cursor="+cursor).want(t, http.StatusOK).into(t, &p)
			for _, a := range p.Items {
				list = append(list, a.Name)
			}
			if cursor = p.Next; cursor == "" {
				break
			}
		}
		if got := strings.Join(list, " "); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}

func TestStatementOverHTTP(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.coins()
	admin := h.as(access.Admin)
	var a view.Account
	admin.post("/accounts", map[string]any{"name": "Zoë", "currency": "EUR"}).want(t, http.StatusCreated).into(t, &a)
	h.exec(`INSERT INTO ledger (posting_key, at, kind, debit, credit, credit_id, amount, currency_id, note)
		SELECT CONCAT('k', seq), '2026-10-01' + INTERVAL seq HOUR, 'topup', 'cash', 'customer', ?, 1, 156, '=1+1' FROM seq_1_to_5000`, a.ID)
	path := h.path("/accounts/%d/statement", a.ID)
	lines, closing, cursor := 0, "", ""
	for range 100 {
		var s view.Statement
		admin.get(path+"?from=2026-10-01T02:00:00Z&limit=1000&cursor="+cursor).want(t, http.StatusOK).into(t, &s)
		if lines == 0 && s.Opening.String() != "1.000000" {
			t.Errorf("opens with %s", s.Opening)
		}
		lines += len(s.Postings)
		closing = s.Closing.String()
		if cursor = s.After; cursor == "" {
			break
		}
	}
	if lines != 4999 || closing != "5000.000000" {
		t.Errorf("%d lines, closes with %s", lines, closing)
	}
	file := admin.get(path+"/export?from=2026-10-01T02:00:00Z").want(t, http.StatusOK)
	rows, err := csv.NewReader(bytes.NewReader(file.body)).ReadAll()
	if err != nil || len(rows) != 5002 || rows[2][9] != "'=1+1" || rows[5001][5] != "5000.000000" {
		t.Errorf("%d rows, %v, last %v", len(rows), err, rows[len(rows)-1])
	}
	var line view.Posting
	first, _, _ := bytes.Cut(admin.get(path+"/export?format=ndjson&from=2026-10-01T02:00:00Z").want(t, http.StatusOK).body, []byte("\n"))
	if err := json.Unmarshal(first, &line); err != nil || line.Balance.String() != "2.000000" {
		t.Errorf("%s, %v", first, err)
	}
	admin.get(path+"?cursor=nonsense").blames(t, "query.cursor", "not one of ours")
	admin.get(path+"?from=2026-10-02T00:00:00Z&to=2026-10-01T00:00:00Z").blames(t, "query.to", "after from")
	admin.get("/accounts/99/statement").want(t, http.StatusNotFound)
}
