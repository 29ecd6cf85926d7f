package v1_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"tandem/api/access"
	v1 "tandem/api/v1"
	"tandem/db"
	"tandem/internal/calllog"
)

// manyCalls makes n calls, call c-1 the first, a minute after another; every third
// answered, every fourth of account 2, the rest of account 1, with one attempt
// each: of provider 9 for every tenth, else of provider 8.
func (h *house) manyCalls(n int) {
	h.t.Helper()
	h.exec(`INSERT INTO calls (call_id, server, direction, account_id, subscriber_id, dialled, a_number, b_number, cli, started_at, ended_at, disposition,
			sip_status, hangup_by, talk_ms, route, sale, sale_currency_id, sale_base, cost_base, closed_by)
		SELECT CONCAT('c-', seq), IF(seq % 2, 'north', 'south'), 'out', IF(seq % 4, 1, 2), 1 + seq % 3, '=dangerous()', CONCAT('4420', seq % 7), CONCAT('7499', seq), '4420',
			'2026-10-01' + INTERVAL seq MINUTE, '2026-10-01' + INTERVAL seq + 1 MINUTE, IF(seq % 3, 'busy', 'answered'),
			486, 'caller', seq * 1000, IF(seq % 10, '8.c.a1', '9.c.a1'), 0.5, 156, 0.5, 0.2, 'report' FROM seq_1_to_1000000 WHERE seq <= ?`, n)
	h.exec(`INSERT INTO attempts (call_id, n, route, provider_id, tier, started_at, result, cost, cost_currency_id)
		SELECT call_id, 1, route, IF(route LIKE '9%', 9, 8), 'cli', started_at, disposition, 0.2, 156 FROM calls`)
}

type callsPage struct {
	Items []db.CallLine `json:"items"`
	Next  string        `json:"next"`
}

func (p callsPage) ids() string {
	var list []string
	for _, c := range p.Items {
		list = append(list, strings.TrimPrefix(c.CallID, "c-"))
	}
	return strings.Join(list, " ")
}

func TestListCalls(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.manyCalls(40)
	h.exec(`INSERT INTO calls (call_id, server, direction, provider_id, b_number, a_number, started_at, disposition) VALUES ('in-1', 'north', 'in', 9, '74991', '15', '2026-10-02', 'answered')`)
	analyst := h.as(access.Analyst)
	for _, c := range []struct{ query, want string }{
		{"limit=3", "in-1 40 39"},
		{"limit=3&sort=at", "1 2 3"},
		{"account_id=2&limit=4", "40 36 32 28"},
		{"account_id=2&disposition=answered", "36 24 12"},
		{"number=74997", "7"},
		{"number=%2B7%20(499)%207", "7"},
		{"number=74993*", "39 38 37 36 35 34 33 32 31 30 3"},
		{"number=44206", "34 27 20 13 6"},
		{"q=749939", "39"},
		{"q=c-12", "12"},
		{"q=c-120", ""},
		{"provider_id=9", "in-1 40 30 20 10"},
		{"provider_id=9&number=749910", "10"},
		{"provider_id=77", ""},
		{"direction=in", "in-1"},
		{"server=south&min_talk_s=36", "40 38 36"},
		{"subscriber_id=2&limit=2", "40 37"},
		{"from=2026-10-01T00:05:00Z&to=2026-10-01T00:08:00Z", "7 6 5"},
		{"from=2026-10-01T03:05:00%2B03:00&to=2026-10-01T00:07:00Z", "6 5"},
	} {
		var p callsPage
		analyst.get("/calls?"+c.query).want(t, http.StatusOK).into(t, &p)
		if got := p.ids(); got != c.want {
			t.Errorf("%s: %s, want %s", c.query, got, c.want)
		}
	}
	for query, blamed := range map[string][2]string{
		"number=abc":           {"query.number", "digits"},
		"number=1'%20OR%201=1": {"query.number", "digits"},
		"from=2026-10-02T00:00:00Z&to=2026-10-01T00:00:00Z": {"query.to", "after from"},
		"from=yesterday":   {"query.from", ""},
		"cursor=nonsense":  {"query.cursor", "not one of ours"},
		"disposition=gone": {"query.disposition", ""},
		"limit=1001":       {"query.limit", ""},
		"colour=red":       {"query.colour", ""},
	} {
		analyst.get("/calls?"+query).blames(t, blamed[0], blamed[1])
	}
}

func TestPagesOfCallsMeetWithoutGap(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.manyCalls(25)
	h.exec(`UPDATE calls SET started_at = '2026-10-01 00:10:00' WHERE call_id IN ('c-8', 'c-9', 'c-10', 'c-11', 'c-12')`) // of one moment
	h.exec(`UPDATE attempts a JOIN calls c ON c.call_id = a.call_id SET a.started_at = c.started_at`)
	operator := h.as(access.Operator)
	for _, sort := range []string{"at", "-at"} {
		for _, filter := range []string{"", "&provider_id=8", "&number=7499*"} {
			seen := map[string]int{}
			pages, cursor := 0, ""
			for ; pages < 100; pages++ {
				var p callsPage
				operator.get("/calls?limit=2&sort="+sort+filter+"&cursor="+url.QueryEscape(cursor)).want(t, http.StatusOK).into(t, &p)
				for _, c := range p.Items {
					seen[c.CallID]++
				}
				if cursor = p.Next; cursor == "" {
					break
				}
			}
			want := 25
			if filter == "&provider_id=8" {
				want = 23
			}
			for id, n := range seen {
				if n != 1 {
					t.Errorf("%s%s: %s %d times", sort, filter, id, n)
				}
			}
			if len(seen) != want || pages > 13 {
				t.Errorf("%s%s: %d calls on %d pages, want %d", sort, filter, len(seen), pages+1, want)
			}
		}
	}
}

func TestExportCalls(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.exec(`INSERT INTO providers (id, providername, currency_id) SELECT 9, 'North', id FROM currency LIMIT 1`)
	const calls = 12_345 // more than two pages
	h.manyCalls(calls)
	analyst := h.as(access.Analyst)
	a := analyst.get("/calls/export?sort=at").want(t, http.StatusOK)
	if kind := a.header.Get("Content-Type"); kind != "text/csv; charset=utf-8" || !strings.Contains(a.header.Get("Content-Disposition"), "calls.csv") {
		t.Errorf("%s, %s", kind, a.header.Get("Content-Disposition"))
	}
	rows, err := csv.NewReader(bytes.NewReader(a.body)).ReadAll()
	if err != nil || len(rows) != calls+1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	cell := func(row int, column string) string { return rows[row][slices.Index(rows[0], column)] }
	if cell(10, "call_id") != "c-10" || cell(calls, "call_id") != fmt.Sprint("c-", calls) || cell(10, "sale") != "0.500000" || cell(10, "margin") != "0.300000" ||
		cell(10, "started_at") != "2026-10-01T00:10:00.000Z" || cell(10, "provider_id") != "9" {
		t.Errorf("row 10: %q", rows[10])
	}
	if cell(1, "dialled") != "'=dangerous()" {
		t.Errorf("a formula: %s", cell(1, "dialled"))
	}
	lines := bytes.Split(bytes.TrimSpace(analyst.get("/calls/export?format=ndjson&account_id=2").want(t, http.StatusOK).body), []byte("\n"))
	var first db.CallLine
	if err := json.Unmarshal(lines[0], &first); err != nil || len(lines) != calls/4 || first.CallID != "c-12344" || first.Currency == "" && first.Sale == nil {
		t.Errorf("%d lines, first %s, %v", len(lines), lines[0], err)
	}
	// A provider with many attempts is looked for in another way.
	var p callsPage
	analyst.get("/calls?provider_id=8&limit=4").want(t, http.StatusOK).into(t, &p)
	if p.ids() != "12345 12344 12343 12342" {
		t.Errorf("of a busy provider: %s", p.ids())
	}
	if n := bytes.Count(analyst.get("/calls/export?provider_id=8").want(t, http.StatusOK).body, []byte("\n")); n != calls-calls/10+1 {
		t.Errorf("%d lines of a busy provider", n)
	}
	analyst.get("/calls/export?number=x").blames(t, "query.number", "digits")
	if n := bytes.Count(analyst.get("/attempts/export?provider_id=9").want(t, http.StatusOK).body, []byte("\n")); n != calls/10+1 {
		t.Errorf("%d lines of attempts", n)
	}
}

func TestAttempts(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.manyCalls(30)
	h.exec(`INSERT INTO attempts (call_id, n, route, provider_id, started_at, result, blame) SELECT call_id, 2, '7.c.a1', 7, started_at, 'failed', 'route' FROM calls WHERE call_id = 'c-5'`)
	analyst := h.as(access.Analyst)
	var p struct {
		Items []db.AttemptLine `json:"items"`
		Next  string           `json:"next"`
	}
	analyst.get("/attempts?call_id=c-5&sort=at").want(t, http.StatusOK).into(t, &p)
	if len(p.Items) != 2 || p.Items[0].N != 1 || p.Items[1].ProviderID != 7 || p.Items[1].Blame != "route" || p.Items[0].Cost.String() != "0.200000" {
		t.Errorf("%+v", p.Items)
	}
	analyst.get("/attempts?blame=route&result=failed").want(t, http.StatusOK).into(t, &p)
	if len(p.Items) != 1 || p.Next != "" {
		t.Errorf("%+v", p)
	}
	seen, cursor := 0, ""
	for range 40 {
		p.Next = ""
		analyst.get("/attempts?limit=1&cursor="+cursor).want(t, http.StatusOK).into(t, &p)
		seen += len(p.Items)
		if cursor = p.Next; cursor == "" {
			break
		}
	}
	if seen != 31 {
		t.Errorf("%d attempts on pages, want 31", seen)
	}
}

func TestStoryOfACall(t *testing.T) {
	t.Parallel()
	ring := calllog.New(10)
	h := newHouse(t, func(c *v1.Config) { c.CallLog = ring.Of })
	h.exec("INSERT INTO currency (id, iso, name_en, numcode) VALUES (156, 'EUR', 'euro', 978)")
	h.exec(`INSERT INTO accounts (id, name) VALUES (1, 'Retail')`)
	h.exec(`INSERT INTO providers (id, providername, currency_id) VALUES (8, 'West', 156)`)
	h.manyCalls(3)
	h.exec(`INSERT INTO ledger (posting_key, at, kind, debit, debit_id, credit, amount, currency_id, call_id) VALUES ('call:c-3:sale:report', '2026-10-01', 'sale', 'customer', 1, 'revenue', 0.5, 156, 'c-3')`)
	h.exec(`UPDATE calls SET terms = '{"sale":{"card":{"rates":[{"price":"0.6","first":1,"next":1}]},"prefix":"7","currency":156,"from":"1","to":"1"},"base":"1"}' WHERE call_id = 'c-3'`)
	if _, err := ring.Write([]byte(`{"level":"info","call_id":"c-3","message":"hello"}`)); err != nil {
		t.Fatal(err)
	}
	analyst := h.as(access.Analyst)
	var s v1.CallStory
	analyst.get("/calls/c-3/story").want(t, http.StatusOK).into(t, &s)
	if s.Call.CallID != "c-3" || s.Line.Account != "Retail" || s.Line.Provider != "West" || len(s.Call.Attempts) != 1 || len(s.Bids) != 1 || s.Bids[0].Provider != "West" {
		t.Errorf("%+v", s)
	}
	if len(s.Postings) != 1 || s.Postings[0].Debit.Name != "Retail" || s.Postings[0].Currency != "EUR" || s.Postings[0].Amount.String() != "0.500000" {
		t.Errorf("postings %+v", s.Postings)
	}
	if s.Terms == nil || s.Terms.Sale == nil || s.Terms.Sale.Currency != "EUR" || s.Terms.Sale.Prefix != "7" {
		t.Errorf("terms %+v", s.Terms)
	}
	if len(s.Log) != 1 || s.Log[0].Message != "hello" || s.Node != "test" {
		t.Errorf("log %+v", s.Log)
	}
	if s.Call.Money == nil || s.Call.Money.Margin.String() != "0.300000" {
		t.Errorf("money %+v", s.Call.Money)
	}
	h.exec(`UPDATE calls SET terms = '{"sale":7}', reasons = 'nonsense' WHERE call_id = 'c-1'`)
	var bare v1.CallStory
	analyst.get("/calls/c-1/story").want(t, http.StatusOK).into(t, &bare)
	if bare.Terms != nil || bare.Call.CallID != "c-1" || len(bare.Bids) != 1 {
		t.Errorf("a record with nonsense: %+v", bare)
	}
	analyst.get("/calls/none").want(t, http.StatusNotFound)
	analyst.get("/calls/none/story").want(t, http.StatusNotFound)
}
