package v1_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"tandem/api/access"
)

// TestAbuse walks every operation of the document and uses it as it should not be.
func TestAbuse(t *testing.T) {
	t.Parallel()
	x := newAbused(t)
	t.Run("oversized bodies", x.oversized)
	t.Run("bodies that are none", x.noBodies)
	t.Run("unknown fields", x.unknownFields)
	t.Run("fields in another case", x.otherCase)
	t.Run("wrong types", x.wrongTypes)
	t.Run("SQL and HTML in texts", x.texts)
	t.Run("parameters", x.parameters)
	t.Run("limits of pages", x.limits)
	t.Run("stale versions", x.stale)
	t.Run("replayed postings", x.replayed)
	t.Run("ended sessions", x.ended)
	if strings.Contains(x.log.String(), "goroutine ") || strings.Contains(x.log.String(), "panic") {
		t.Errorf("the log: %s", x.log)
	}
}

// try uses an operation as an administrator. What would sign them out is tried in a
// session of its own.
func (x *abused) try(t *testing.T, o *described, query string, body any, headers ...string) answer {
	t.Helper()
	who := x.admin
	switch {
	case !o.Rule.Public && !o.Rule.Anyone && !slices.Contains(o.Rule.Roles, access.Admin):
		who = x.customer
	case strings.HasPrefix(o.Path, "/session") && o.Method != http.MethodGet:
		who = x.session(access.Admin)
	}
	if o.has("If-Match") {
		headers = append([]string{"If-Match", "*"}, headers...)
	}
	if o.has("Idempotency-Key") {
		headers = append([]string{"Idempotency-Key", "abuse-12345678"}, headers...)
	}
	a := who.do(o.Method, x.path(o)+query, body, headers...)
	x.clean(t, a, body)
	return a
}

func (x *abused) oversized(t *testing.T) {
	big, tried := `{"name":"`+strings.Repeat("x", 1<<20)+`"}`, 0
	for _, o := range x.ops {
		if o.body == nil {
			continue
		}
		if a := x.try(t, o, "", big); a.status != http.StatusRequestEntityTooLarge && a.status != http.StatusTooManyRequests {
			t.Errorf("%s: %d %.300s", a.asked, a.status, a.body)
		}
		tried++
	}
	for _, o := range x.ops {
		if o.body == nil && len(o.RequestBody.Content) > 0 && !slices.Contains([]string{"create-import", "import-numbers", "import-exchange-rates"}, o.ID) {
			t.Errorf("%s: a file that no test tries with more than it may have", o.ID)
		}
	}
	if tried < 40 {
		t.Errorf("only %d operations", tried)
	}
}

func (x *abused) noBodies(t *testing.T) {
	for _, o := range x.ops {
		if o.body == nil {
			continue
		}
		for _, body := range []string{``, `{`, `[]`, `null`, `"x"`, `7`, `{"a":1}{`, strings.Repeat("[", 20000), "\x00\xff"} {
			if a := x.try(t, o, "", body); a.status < 400 && (len(o.body.Required) > 0 || body != "" && body != "null") {
				t.Errorf("%s takes %.20q: %d %.200s", a.asked, body, a.status, a.body)
			}
		}
	}
}

func (x *abused) unknownFields(t *testing.T) {
	for _, o := range x.ops {
		if o.body == nil {
			continue
		}
		a := x.try(t, o, "", with(x.sample(o), "no_such_field", "<b>'"))
		if a.status != http.StatusUnprocessableEntity || !blamed(a, "body.no_such_field") || strings.Contains(string(a.body), "<b>") {
			t.Errorf("%s: %d %s", a.asked, a.status, a.body)
		}
	}
}

// otherCase: the decoder would take NAME for name, past what name may be.
func (x *abused) otherCase(t *testing.T) {
	for _, o := range x.ops {
		if o.body == nil {
			continue
		}
		for name := range o.body.Properties {
			shout := strings.ToUpper(name)
			a := x.try(t, o, "", with(x.sample(o), shout, strings.Repeat("x", 1000)))
			if a.status != http.StatusUnprocessableEntity || !blamed(a, "body."+shout) {
				t.Errorf("%s with %s: %d %.300s", a.asked, shout, a.status, a.body)
			}
		}
	}
}

func (x *abused) wrongTypes(t *testing.T) {
	for _, o := range x.ops {
		if o.body == nil {
			continue
		}
		for name, p := range o.body.Properties {
			p = x.deref(p)
			if p.ReadOnly || p.Type == nil {
				continue
			}
			for _, v := range []any{map[string]any{"a": 1}, []any{map[string]any{}}, "x", 7, 1e300, true} {
				switch v.(type) {
				case string:
					if p.is("string") {
						continue
					}
				case bool:
					if p.is("boolean") {
						continue
					}
				case int, float64:
					if p.is("integer") || p.is("number") {
						v = 1.5e300
					}
				case []any:
					if p.is("array") && !x.deref(p.Items).is("string") && !x.deref(p.Items).is("integer") {
						continue
					}
				case map[string]any:
					if p.is("object") {
						continue
					}
				}
				a := x.try(t, o, "", with(x.sample(o), name, v))
				if a.status != http.StatusUnprocessableEntity && a.status != http.StatusTooManyRequests || a.status == http.StatusUnprocessableEntity && !blamed(a, "body."+name) {
					t.Errorf("%s with %s %v: %d %.300s", a.asked, name, v, a.status, a.body)
				}
			}
		}
	}
}

// nasty are texts that have hurt others.
func nasty() []string {
	return []string{
		`'; DROP TABLE accounts; -- `, `<script>alert(1)</script>"'`, `=HYPERLINK("http://example.com")`, `%s%n${7*7}{{7*7}}\`, "\u0000\u202e\u0007", "é\U0001F4DE",
		strings.Repeat("я", 70000),
	}
}

func (x *abused) texts(t *testing.T) {
	kept := 0
	for _, o := range x.ops {
		if o.body == nil || o.ID == "sign-in" {
			continue
		}
		for name, p := range o.body.Properties {
			p = x.deref(p)
			inList := p.is("array") && x.deref(p.Items).is("string")
			if p.ReadOnly || !p.is("string") && !inList {
				continue
			}
			for _, text := range nasty() {
				var v any = text
				if inList {
					v = []any{text}
				}
				a := x.try(t, o, "", with(x.sample(o), name, v))
				if a.status == http.StatusUnprocessableEntity && !blamed(a, "body") && !blamed(a, "query") && !blamed(a, "header") {
					t.Errorf("%s with %s %.40q: refused without a name: %s", a.asked, name, text, a.body)
				}
				var got map[string]any
				if a.status < 300 && len(a.body) > 0 && json.Unmarshal(a.body, &got) != nil {
					t.Errorf("%s: no JSON: %.100s", a.asked, a.body)
				}
				_, deeper := got[name].(map[string]any) // an answer of its own, not what was sent
				if said, ok := got[name]; ok && !deeper && a.status < 300 {
					if fmt.Sprint(said) != fmt.Sprint(v) {
						t.Errorf("%s keeps %s %.60q as %.60q", a.asked, name, v, said)
					}
					kept++
				}
			}
		}
	}
	if kept < 30 {
		t.Errorf("only %d texts were kept", kept)
	}
	if n := x.one(`SELECT COUNT(*) FROM accounts`); n == "0" {
		t.Error("the accounts are gone")
	}
}

func (x *abused) parameters(t *testing.T) {
	for _, o := range x.ops {
		if o.ID == "stream" || o.ID == "sign-out-user" || o.Method == http.MethodDelete && strings.HasPrefix(o.Path, "/session") {
			continue
		}
		for _, p := range o.Parameters {
			for _, text := range append(nasty()[:6:6], "-1", "99999999999999999999", "e30", "W10", "x") {
				switch p.In {
				case "query":
					x.try(t, o, "?"+url.Values{p.Name: {text}}.Encode(), nil)
				case "path":
					a := x.admin.do(o.Method, o.Path[:strings.Index(o.Path, "{")]+url.PathEscape(text)+o.Path[strings.Index(o.Path, "}")+1:], nil, "If-Match", "*")
					x.clean(t, a, text)
				case "header":
					if p.Name != "If-Match" && !strings.Contains(text, "\u0000") {
						x.try(t, o, "", nil, p.Name, text)
					}
				}
			}
		}
		if o.Method == http.MethodGet && !strings.Contains(o.Path, "firewall") {
			if a := x.try(t, o, "?no_such_parameter=1", nil); a.status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d", a.asked, a.status)
			}
		}
	}
}

func (x *abused) limits(t *testing.T) {
	tried := 0
	for _, o := range x.ops {
		if !o.has("limit") {
			continue
		}
		for _, limit := range []string{"10000", "0", "-5", "1e3", "x"} {
			if a := x.try(t, o, "?limit="+limit, nil); a.status != http.StatusUnprocessableEntity || !blamed(a, "query.limit") {
				t.Errorf("%s: %d %.200s", a.asked, a.status, a.body)
			}
		}
		tried++
	}
	if tried < 20 {
		t.Errorf("only %d lists", tried)
	}
}

// stale: who has not seen what is there now overwrites nothing.
func (x *abused) stale(t *testing.T) {
	tried := 0
	for _, o := range x.ops {
		// A rate of exchange is a row a day: seeing what is there is a choice.
		if !o.has("If-Match") || o.ID == "set-exchange-rate" || x.first(parameter.ReplaceAllString(o.Path, "")) == "" {
			continue
		}
		var body any
		if o.body != nil {
			body = x.sample(o)
		}
		for tag, want := range map[string]int{`"stale"`: http.StatusPreconditionFailed, `W/"stale"`: http.StatusPreconditionFailed, `'; --`: http.StatusPreconditionFailed, "": http.StatusPreconditionRequired} {
			a := x.admin.do(o.Method, x.path(o), body, "If-Match", tag)
			if x.clean(t, a, body); a.status != want {
				t.Errorf("%s with If-Match %s: %d, want %d: %s", a.asked, tag, a.status, want, a.body)
			}
		}
		tried++
	}
	if tried < 15 {
		t.Errorf("only %d operations", tried)
	}
}

// replayed: a posting that is sent again is answered, and made once.
func (x *abused) replayed(t *testing.T) {
	pay := x.first("/providers")
	bodies := map[string][2]map[string]any{
		"top-up-account":   {{"amount": "50"}, {"amount": "51"}},
		"withdraw-account": {{"amount": "1"}, {"amount": "2"}},
		"adjust-account":   {{"amount": "-1", "note": "a"}, {"amount": "-2", "note": "a"}},
		"pay-provider":     {{"provider_id": json.Number(pay), "amount": "1"}, {"provider_id": json.Number(pay), "amount": "2"}},
		"reverse-posting":  {{"note": "a"}, nil},
	}
	postings := func() string { return x.one(`SELECT COUNT(*) FROM ledger`) }
	delete(x.ids, "/ledger")
	x.ids["/accounts"] = x.one(`SELECT MIN(account_id) FROM balances`)
	x.admin.post("/accounts/"+x.first("/accounts")+"/topup", map[string]any{"amount": "3"}, "Idempotency-Key", "before-all-1").want(t, http.StatusOK)
	for _, o := range x.ops {
		if !o.has("Idempotency-Key") {
			continue
		}
		body, known := bodies[o.ID]
		if !known {
			t.Errorf("%s: say what to post", o.ID)
			continue
		}
		path, key := x.path(o), "replayed-"+o.ID
		before := postings()
		first := x.admin.post(path, body[0], "Idempotency-Key", key).want(t, http.StatusOK)
		made := postings()
		again := x.admin.post(path, body[0], "Idempotency-Key", key).want(t, http.StatusOK)
		if after := postings(); before == made || after != made {
			t.Errorf("%s: %s postings, then %s, then %s\n%s\n%s", o.ID, before, made, after, first.body, again.body)
		}
		if body[1] != nil {
			x.admin.post(path, body[1], "Idempotency-Key", key).want(t, http.StatusConflict)
		}
		x.admin.post(path, body[0]).want(t, http.StatusUnprocessableEntity) // without a key
	}
}

// ended: a session that has ended is nobody's, for every operation.
func (x *abused) ended(t *testing.T) {
	old := x.session(access.Admin)
	x.exec(`UPDATE sessions SET expires_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND ORDER BY id DESC LIMIT 1`)
	for _, o := range x.ops {
		if o.Rule.Public {
			continue
		}
		if a := old.do(o.Method, x.path(o), nil, "If-Match", "*"); a.status != http.StatusUnauthorized || a.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s", a.asked, a.status, a.body)
		}
	}
}
