package v1_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"tandem/api/access"
	v1 "tandem/api/v1"
	"tandem/db"
)

// The sums are those of the calls, however they are spread; what is older than a
// day is not among them.
func TestOverviewSums(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	put := func(id string, ago time.Duration, disposition, sale, cost string, ended bool) {
		x.exec(`INSERT INTO calls (call_id, server, direction, started_at, disposition, talk_ms, sale_base, cost_base, ended_at)
			VALUES (?, 'alpha', 'out', UTC_TIMESTAMP(3) - INTERVAL ? SECOND, ?, 30000, NULLIF(?, ''), NULLIF(?, ''), IF(?, UTC_TIMESTAMP(3), NULL))`,
			id, int64(ago/time.Second), disposition, sale, cost, ended)
	}
	put("1", time.Minute, "answered", "1.5", "1", true)
	put("2", 30*time.Minute, "answered", "0.25", "", true)
	put("3", 30*time.Minute, "busy", "", "", true)
	put("4", time.Minute, "in_progress", "", "", false)
	put("6", 5*time.Hour, "answered", "", "0.1", true)
	put("7", 23*time.Hour, "no_answer", "", "", true)
	put("8", 25*time.Hour, "answered", "9", "1", true)
	x.exec(`INSERT INTO servers_seen (server, seen_at) VALUES ('beta', UTC_TIMESTAMP(3) - INTERVAL 1 MINUTE), ('alpha', UTC_TIMESTAMP(3) + INTERVAL 1 MINUTE)`) // up until the test ends
	x.exec(`INSERT INTO nodes (name, seen_at, started_at) VALUES ('test', UTC_TIMESTAMP(3) + INTERVAL 1 MINUTE, UTC_TIMESTAMP(3)), ('gone', UTC_TIMESTAMP(3) - INTERVAL 1 MINUTE, UTC_TIMESTAMP(3) - INTERVAL 1 DAY),
		('long gone', UTC_TIMESTAMP(3) - INTERVAL 3 DAY, UTC_TIMESTAMP(3) - INTERVAL 9 DAY)`)
	var o v1.Overview
	analyst := x.session(access.Analyst)
	look := func() {
		o = v1.Overview{}
		analyst.get("/overview").want(t, http.StatusOK).into(t, &o)
	}
	put("5", 2*time.Second, "rejected", "", "", true)
	eventually(t, func() bool { look(); return o.CPS == 0.1 }) // it will be no new call when all are counted
	eventually(t, func() bool { look(); return !slices.Contains(o.Problems, counting) })
	if d := o.Day; d.Calls != 7 || d.Ended != 6 || d.Answered != 3 || d.Margin.String() != "0.650000" || d.ASR == nil || *d.ASR != 60 {
		t.Errorf("the day: %+v", d)
	}
	if h := o.LastHour; h.Calls != 5 || h.Ended != 4 || h.Answered != 2 || h.Margin.String() != "0.750000" || h.ASR == nil || *h.ASR != 66.6 {
		t.Errorf("the hour: %+v", h)
	}
	if o.Currency != "USD" || o.Live.Calls != 0 {
		t.Errorf("%+v", o)
	}
	var calls int64
	for _, b := range o.Series {
		if calls += b.Calls; b.At.Unix()%300 != 0 {
			t.Errorf("an interval begins at %v", b.At)
		}
	}
	if calls != o.Day.Calls {
		t.Errorf("%d calls in the series, %d in the day", calls, o.Day.Calls)
	}
	if len(o.Nodes) != 2 || o.Nodes[0].Name != "gone" || o.Nodes[0].State != "silent" || !o.Nodes[1].This || o.Nodes[1].State != "up" || o.Nodes[1].Version != "test" {
		t.Errorf("nodes %+v", o.Nodes)
	}
	if len(o.Servers) != 2 || o.Servers[0].State != "up" || o.Servers[1].State != "silent" || len(o.Problems) != 2 {
		t.Errorf("servers %+v, problems %q", o.Servers, o.Problems)
	}
	x.session(access.Customer).get("/overview").want(t, http.StatusForbidden)
	var nodes struct{ Items []v1.NodeHealth }
	x.session(access.Operator).get("/health/nodes").want(t, http.StatusOK).into(t, &nodes)
	var servers struct{ Items []v1.ServerHealth }
	x.session(access.Operator).get("/health/servers").want(t, http.StatusOK).into(t, &servers)
	if len(nodes.Items) != 2 || len(servers.Items) != 2 {
		t.Errorf("%+v %+v", nodes, servers)
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	x.seed()
	x.exec(`INSERT INTO calls (call_id, server, direction, account_id, a_number, b_number, started_at, disposition) VALUES
		('asterisk-macomnet-1.1', 'asterisk-macomnet', 'out', ?, '74951815000', '442079460123', UTC_TIMESTAMP(3), 'answered'),
		('asterisk-macomnet-1.2', 'asterisk-macomnet', 'out', 1, '74951815000', '442079460123', UTC_TIMESTAMP(3), 'busy')`, x.account())
	find := func(c *client, q string) (kinds map[string]int, items []db.Found) {
		var found struct{ Items []db.Found }
		c.get("/search?q="+q).want(t, http.StatusOK).into(t, &found)
		kinds = map[string]int{}
		for _, f := range found.Items {
			kinds[f.Kind]++
		}
		return kinds, found.Items
	}
	operator := x.session(access.Operator)
	for q, want := range map[string]string{
		"voxb": "map[provider:1]", "macomnet": "map[server:1]", "moscow-10": "map[subscriber:2]", "sip_peer_msm_2302": "map[gate:1]", "asterisk-macomnet-1.1": "map[call:1]",
		"%2B44%2020%207946%200123": "map[call:2]", "nothing-like-it": "map[]", "%25%25": "map[]", "'%20OR%201=1%20--": "map[]", "__": "map[]",
	} {
		if kinds, items := find(operator, q); fmt.Sprint(kinds) != want {
			t.Errorf("%s: %v, want %s: %+v", q, kinds, want, items)
		}
	}
	for q, status := range map[string]int{"": 422, "x": 422, "xx&limit=1000": 422, "xx&nonsense=1": 422} {
		operator.get("/search?q="+q).want(t, status)
	}
	x.nobody().get("/search?q=voxb").want(t, http.StatusUnauthorized)
	customer := x.session(access.Customer)
	if kinds, items := find(customer, "442079460123"); fmt.Sprint(kinds) != "map[call:1]" || items[0].ID != "asterisk-macomnet-1.1" {
		t.Errorf("a customer finds %+v", items)
	}
	for _, q := range []string{"voxb", "macomnet", "asterisk-macomnet-1.2", "moscow"} {
		if _, items := find(customer, q); len(items) != 0 {
			t.Errorf("%s: a customer finds %+v", q, items)
		}
	}
	if _, items := find(x.key(access.Admin, "calls:read", "own:read"), "voxb"); len(items) != 0 {
		t.Errorf("a key for calls finds %+v", items)
	}
}
