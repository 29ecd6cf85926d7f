package v1_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"tandem/api/access"
	v1 "tandem/api/v1"
	"tandem/callflow"
	"tandem/db"
	"tandem/desk"
)

func TestDecksAreListedAndRead(t *testing.T) {
	t.Parallel()
	h := newDesk(t)
	c := h.session(access.Analyst)
	var page struct {
		Items []desk.Deck
		Next  string
	}
	var seen []int64
	for cursor := ""; ; {
		c.get("/decks?limit=3&cursor="+cursor).want(t, http.StatusOK).into(t, &page)
		for _, d := range page.Items {
			seen = append(seen, d.ID)
		}
		if cursor = page.Next; cursor == "" {
			break
		}
		page.Next = ""
	}
	if fmt.Sprint(seen) != "[11 10 9 8 7 6 5 4 3 2 1]" {
		t.Errorf("%v", seen)
	}
	c.get("/decks?q=voxb&tier=cli").into(t, &page)
	if len(page.Items) != 1 || page.Items[0].ID != 4 {
		t.Errorf("%+v", page.Items)
	}
	c.get("/decks/4/rates?limit=1000").want(t, http.StatusOK)
	codes := func(query string) string {
		var rates struct{ Items []desk.DeckRate }
		c.get("/decks/4/rates?"+query).want(t, http.StatusOK).into(t, &rates)
		var list []string
		for _, r := range rates.Items {
			list = append(list, r.Prefix)
		}
		return strings.Join(list, " ")
	}
	for query, want := range map[string]string{
		"q=44": "44 447", "number=447400123456": "44 447", "q=mobile": "447", "q=%25": "", "q=%27%3B--": "", "q=%3Cscript%3E": "",
	} {
		if got := codes(query); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	export := c.get("/decks/4/export").want(t, http.StatusOK)
	if !strings.HasPrefix(string(export.body), "prefix,destination,per_minute") || strings.Count(string(export.body), "\n") != 7 {
		t.Errorf("%s", export.body)
	}
	c.get("/decks/99").want(t, http.StatusNotFound)
	c.get("/decks/99/export").want(t, http.StatusNotFound)
	c.get("/decks/99/rates").want(t, http.StatusNotFound)
	c.get("/decks?tier=gold").want(t, http.StatusUnprocessableEntity)
	c.get("/decks?cursor=x").blames(t, "query.cursor", "begin again")
}

func TestDraftsAreComparedAndDeleted(t *testing.T) {
	t.Parallel()
	h := newDesk(t)
	c := h.session(access.Operator)
	v := c.until(c.upload("voxbeam-cli.csv", sheet(t, "voxbeam-cli.csv")).ID, db.ImportReady)
	c.post(h.path("/imports/%d/keep", v.ID), nil).want(t, http.StatusAccepted)
	v = c.until(v.ID, db.ImportKept)
	path := h.path("/decks/%d", v.DeckID)
	var p desk.DeckPreview
	c.get(path+"/preview?raise_percent=1").want(t, http.StatusOK).into(t, &p)
	if p.Base.ID != 4 || p.Raised != 2 || p.Options.RaisePercent != 1 || p.Steep != 6 {
		t.Errorf("%+v", p)
	}
	c.get(path+"/preview?against=99").want(t, http.StatusNotFound)
	c.get(path+"/preview?raise_percent=0").want(t, http.StatusUnprocessableEntity)
	c.post(path+"/publish", map[string]any{"at": "2099-01-01 06:00"}).want(t, http.StatusOK)
	c.post(path+"/unpublish", nil).want(t, http.StatusOK)
	shown := c.get(path)
	c.delete(path).want(t, http.StatusPreconditionRequired)
	c.delete(path, "If-Match", `"other"`).want(t, http.StatusPreconditionFailed)
	c.delete(path, "If-Match", shown.header.Get("ETag")).want(t, http.StatusNoContent)
	c.get(path).want(t, http.StatusNotFound)
	inForce := c.get("/decks/4")
	c.delete("/decks/4", "If-Match", inForce.header.Get("ETag")).want(t, http.StatusConflict)
	c.post("/decks/rollback", map[string]any{"provider_id": 8, "tier": "cli", "expected_deck_id": 4}).want(t, http.StatusConflict) // the first
	c.post("/decks/rollback", map[string]any{"provider_id": 8, "expected_deck_id": 4}).blames(t, "body.tier", "say which")
	c.post("/decks/rollback", map[string]any{"expected_deck_id": 4}).blames(t, "body.provider_id", "tariff_id")
}

func TestTariffs(t *testing.T) {
	t.Parallel()
	h := seededHouse(t)
	c := h.session(access.Admin)
	usd := h.id("SELECT id FROM currency WHERE iso = 'USD'")
	made := c.post("/tariffs", map[string]any{"name": "Plus", "currency_id": usd, "cost_plus": true, "percent": "10", "per_minute": "0.005"}).want(t, http.StatusCreated)
	var v db.Tariff
	made.into(t, &v)
	if !v.CostPlus || v.Percent.String() != "10" || v.Currency != "USD" {
		t.Errorf("%+v", v)
	}
	path := h.path("/tariffs/%d", v.ID)
	c.post("/tariffs", map[string]any{"name": "Plus", "currency_id": usd}).blames(t, "body.name", "taken")
	c.post("/tariffs", map[string]any{"name": "Less", "currency_id": usd, "cost_plus": true, "percent": "-100"}).blames(t, "body.percent", "more than -100")
	c.put(path, map[string]any{"name": "Plus 12", "currency_id": usd, "cost_plus": true, "percent": "12.5"}, "If-Match", made.header.Get("ETag")).want(t, http.StatusOK)
	c.put(path, map[string]any{"name": "Plus", "currency_id": usd}, "If-Match", made.header.Get("ETag")).want(t, http.StatusPreconditionFailed)
	if got := h.one("SELECT CONCAT(markup_percent, ' ', markup_per_minute) FROM tariffs WHERE id = ?", v.ID); got != "12.5000 0.00000000" {
		t.Errorf("%s", got)
	}
	retail := h.path("/tariffs/%d", h.id("SELECT id FROM tariffs WHERE name = 'Retail'"))
	shown := c.get(retail).into(t, &v)
	if v.DeckID == 0 || v.CostPlus || v.Accounts == 0 {
		t.Errorf("%+v", v)
	}
	c.put(retail, map[string]any{"name": "Retail", "currency_id": v.CurrencyID, "cost_plus": true}, "If-Match", shown.header.Get("ETag")).blames(t, "body.cost_plus", "has decks")
	c.delete(retail, "If-Match", shown.header.Get("ETag")).want(t, http.StatusConflict)
	c.delete(path, "If-Match", "*").want(t, http.StatusNoContent)
}

func TestSimulate(t *testing.T) {
	t.Parallel()
	h := seededHouse(t, func(c *v1.Config) {
		c.Desk.Limits = callflow.Limits{MaxTalk: time.Hour, HuntBudget: time.Minute, HopLimit: 3, Ring: time.Minute, NoProgress: 10 * time.Second, AgentWithin: time.Second}
	})
	c := h.session(access.Analyst)
	var v desk.Explanation
	account := h.id("SELECT account_id FROM subscribers ORDER BY id LIMIT 1")
	c.post("/simulate", map[string]any{"to": "+7 (495) 777-77-77", "account_id": account, "at": "2026-06-01T12:00:00Z"}).want(t, http.StatusOK).into(t, &v)
	if v.Action != callflow.Dial || v.BNumber != "74957777777" || v.To.Country != "RU" || len(v.Decision.Plan) == 0 || v.Decision.Plan[0].Price == nil {
		t.Errorf("%+v", v)
	}
	for field, body := range map[string]map[string]any{
		"body.account_id":    {"to": "74957777777", "account_id": 999},
		"body.subscriber_id": {"to": "74957777777", "subscriber_id": 999},
		"body.server_id":     {"to": "74957777777", "server_id": 999, "account_id": account},
		"body.from":          {"to": "74957777777", "from": "79990000000"},
	} {
		c.post("/simulate", body).blames(t, field, "")
	}
	c.post("/simulate", map[string]any{"to": ""}).want(t, http.StatusUnprocessableEntity)
	// Nonsense is refused as the live call would be, by a reason.
	c.post("/simulate", map[string]any{"to": "'; DROP TABLE calls", "account_id": account}).want(t, http.StatusOK).into(t, &v)
	if v.Action != callflow.Reject || v.Refusal == nil {
		t.Errorf("%+v", v)
	}
}

func TestReplay(t *testing.T) {
	t.Parallel()
	h := newDesk(t)
	c := h.session(access.Operator)
	account, subscriber := h.id("SELECT account_id FROM subscribers ORDER BY id LIMIT 1"), h.id("SELECT id FROM subscribers ORDER BY id LIMIT 1")
	for n := range 3 {
		h.exec(`INSERT INTO calls (call_id, direction, disposition, server, account_id, subscriber_id, b_number, cli, started_at, talk_ms)
			SELECT ?, 'out', 'answered', 'asterisk-macomnet', ?, ?, '447400123456', '', ?, 60000`, fmt.Sprint("asterisk-macomnet-", n), account, subscriber,
			time.Date(2026, 3, 2, n, 0, 0, 0, time.UTC))
	}
	ask := func(body map[string]any) answer {
		body["from"], body["to"] = "2026-03-01T00:00:00Z", "2026-03-08T00:00:00Z"
		return c.post("/replays", body)
	}
	var v desk.ReplayJob
	ask(map[string]any{"policy": map[string]any{"kind": "least_cost"}, "decks": []int{4}}).want(t, http.StatusAccepted).into(t, &v)
	path := h.path("/replays/%d", v.ID)
	eventually(t, func() bool {
		c.get(path).want(t, http.StatusOK).into(t, &v)
		return v.State == "done" || v.State == "failed"
	})
	if v.State != "done" || v.Result == nil || v.Result.Calls != 3 || v.Progress.Total != 3 || v.Result.Currency != "USD" {
		t.Errorf("%+v %+v", v, v.Result)
	}
	c.delete(path).want(t, http.StatusNoContent)
	c.get(path).want(t, http.StatusNotFound)

	ask(map[string]any{"policy": map[string]any{"kind": "share"}}).blames(t, "body.policy.routes", "list at least one")
	ask(map[string]any{"policy": map[string]any{"kind": "quality"}}).want(t, http.StatusUnprocessableEntity)
	ask(map[string]any{"decks": []int{99}}).want(t, http.StatusNotFound)
	ask(map[string]any{"by": []string{"planet"}}).want(t, http.StatusUnprocessableEntity)
	c.post("/replays", map[string]any{"from": "2026-03-08T00:00:00Z", "to": "2026-03-01T00:00:00Z"}).blames(t, "body.to", "after")
}
