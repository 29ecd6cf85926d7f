package v1_test

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"tandem/alarm"
	"tandem/api/access"
	v1 "tandem/api/v1"
	"tandem/db"
)

// alarmHouse has a rule that fires and a channel that takes tests.
func alarmHouse(t *testing.T) *house {
	t.Helper()
	h := newHouse(t, func(c *v1.Config) {
		c.AlarmTest = func(ctx context.Context, channel int64) (db.AlarmDelivery, error) {
			e, err := c.DB.NewAlarmTest(ctx, channel, "")
			if err != nil {
				return db.AlarmDelivery{}, err
			}
			if err := c.DB.AlarmErrandSent(ctx, &e, ""); err != nil {
				return db.AlarmDelivery{}, err
			}
			return c.DB.AlarmDelivery(ctx, e.ID)
		}
	})
	h.exec(`DELETE FROM alarm_rules`)
	return h
}

func noCalls(channels ...int64) map[string]any {
	return map[string]any{"name": "no calls", "measure": "bids", "condition": "below", "value": "1", "window_s": 900, "channel_ids": append([]int64{}, channels...)}
}

// A rule is made, tried, judged, seen and acknowledged over the API.
func TestAlarmsOverTheAPI(t *testing.T) {
	t.Parallel()
	h := alarmHouse(t)
	operator, analyst := h.session(access.Operator), h.session(access.Analyst)
	var channel db.AlarmChannel
	operator.post("/alarm-channels", map[string]any{"name": "noc", "kind": "webhook", "url": "https://noc.example/x"}).want(t, http.StatusCreated).into(t, &channel)
	if !strings.HasPrefix(channel.NewSecret, "whsec_") {
		t.Errorf("%+v", channel)
	}
	again := analyst.get(h.path("/alarm-channels/%d", channel.ID)).want(t, http.StatusOK)
	if strings.Contains(string(again.body), "whsec_") {
		t.Errorf("the secret is shown again: %s", again.body)
	}
	var rule db.AlarmRule
	operator.post("/alarm-rules", noCalls(channel.ID)).want(t, http.StatusCreated).into(t, &rule)
	if rule.Unit != "count" || len(rule.Channels) != 1 || rule.Channels[0].Name != "noc" || rule.MinSamples != 30 || !*rule.Enabled {
		t.Errorf("%+v", rule)
	}
	operator.delete(h.path("/alarm-channels/%d", channel.ID), "If-Match", "*").want(t, http.StatusConflict)
	var trial v1.AlarmTrial
	analyst.post("/alarm-rules/try", noCalls()).want(t, http.StatusOK).into(t, &trial)
	if trial.Bad != 1 || trial.Total != 1 || trial.Members[0].Verdict != "bad" {
		t.Errorf("%+v", trial)
	}
	if _, err := h.db.NewAlarmWatch("").Round(t.Context()); err != nil {
		t.Fatal(err)
	}
	var page v1.Page[db.Alarm]
	analyst.get("/alarms").want(t, http.StatusOK).into(t, &page)
	if len(page.Items) != 1 || page.Items[0].State != "firing" {
		t.Fatalf("%+v", page)
	}
	path := h.path("/alarms/%d", page.Items[0].ID)
	analyst.put(path+"/acknowledgement", map[string]any{"note": "x"}).want(t, http.StatusForbidden)
	var story v1.AlarmStory
	operator.put(path+"/acknowledgement", map[string]any{"note": "Позвонили"}).want(t, http.StatusOK).into(t, &story)
	if story.AckedBy != "operator" || story.AckNote != "Позвонили" || len(story.Deliveries) != 1 || story.Deliveries[0].Event != "firing" {
		t.Errorf("%+v", story)
	}
	for query, want := range map[string]int{
		"?acknowledged=true": 1, "?acknowledged=false": 0, "?state=resolved": 0, "?state=all&severity=warning": 1, "?severity=critical": 0, h.path("?rule_id=%d", rule.ID): 1, "?to=2026-01-01T00:00:00Z": 0,
	} {
		analyst.get("/alarms"+query).want(t, http.StatusOK).into(t, &page)
		if len(page.Items) != want {
			t.Errorf("%s: %d, want %d", query, len(page.Items), want)
		}
		page = v1.Page[db.Alarm]{}
	}
	var told db.AlarmDelivery
	operator.post(h.path("/alarm-channels/%d/test", channel.ID), nil).want(t, http.StatusOK).into(t, &told)
	if told.State != "sent" || told.Event != "test" || told.AlarmID != 0 {
		t.Errorf("%+v", told)
	}
	operator.post("/alarm-channels/4711/test", nil).want(t, http.StatusNotFound)
	var list v1.Page[db.AlarmDelivery]
	analyst.get(h.path("/alarm-deliveries?channel_id=%d&limit=1", channel.ID)).want(t, http.StatusOK).into(t, &list)
	if len(list.Items) != 1 || list.Next == "" {
		t.Errorf("%+v", list)
	}
	operator.put("/alarms/4711/acknowledgement", map[string]any{}).want(t, http.StatusNotFound)
	var measures v1.Page[v1.AlarmMeasure]
	analyst.get("/alarm-measures").want(t, http.StatusOK).into(t, &measures)
	if len(measures.Items) < 20 {
		t.Errorf("%d measures", len(measures.Items))
	}
}

// What cannot be is refused by the field that it is in.
func TestAlarmRuleRefused(t *testing.T) {
	t.Parallel()
	h := alarmHouse(t)
	operator := h.session(access.Operator)
	for i, c := range []struct {
		field string
		value any
		at    string
		text  string
	}{
		{"measure", "beauty", "body.measure", "want one of abr"},
		{"condition", "drop", "", ""},
		{"value", "forty", "body.value", "want a decimal"},
		{"value", "-1", "body.value", "want nothing below 0"},
		{"value", "1e9", "body.value", "want a decimal"},
		{"value", "99999999999", "body.value", "want a decimal"},
		{"clear", "0.5", "body.clear", "want value or more"},
		{"each", []string{"moon"}, "body.each[0]", "of bids want each of"},
		{"each", []string{"account", "provider"}, "body.each", "account goes with country alone"},
		{"each", []string{"provider", "provider"}, "body.each[1]", "once at most"},
		{"only", []any{map[string]any{"what": "provider", "values": []string{"x"}}}, "body.only[0].values[0]", "want an id"},
		{"only", []any{map[string]any{"what": "provider", "values": []string{}}}, "body.only[0].values", "want 1 to 100"},
		{"window_s", 60, "body.window_s", "want 300 to 604800"},
		{"window_s", 301, "body.window_s", "in whole 5 minutes"},
		{"for_s", -1, "body.for_s", "want 0 to 86400"},
		{"min_money", "-1", "body.min_money", "want nothing below 0"},
		{"min_money", "1,5", "body.min_money", "want a decimal"},
		{"min_money", "", "", ""},
		{"repeat_s", 10, "body.repeat_s", "want 0 for never"},
		{"silent_from", "22:00", "body.silent_to", "want both"},
		{"silent_zone", "Mars/Olympus", "body.silent_zone", "IANA"},
		{"channel_ids", []int64{4711}, "body.channel_ids[0]", "there is none"},
		{"name", " x", "body.name", "without blanks"},
		{"nonsense", 1, "body.nonsense", ""},
	} {
		body := noCalls()
		body["name"] = h.path("rule %d", i)
		body[c.field] = c.value
		answer := operator.post("/alarm-rules", body)
		if c.at == "" {
			answer.want(t, http.StatusCreated)
			continue
		}
		answer.blames(t, c.at, c.text)
	}
	for _, c := range []struct {
		change map[string]any
		at     string
	}{
		{map[string]any{"url": "ftp://x"}, "body.url"},
		{map[string]any{"url": "https://user:pass@x"}, "body.url"},
		{map[string]any{"url": "https://"}, "body.url"},
		{map[string]any{"secret": "short"}, "body.secret"},
		{map[string]any{"to": []string{"a@example.com"}}, "body.to"},
		{map[string]any{"kind": "email", "url": "", "to": []string{"a@example.com\r\nBcc: b@example.com"}}, "body.to[0]"},
		{map[string]any{"kind": "email", "url": "", "to": []string{"Anna <a@example.com>"}}, "body.to[0]"},
		{map[string]any{"kind": "email", "url": "", "to": []string{}}, "body.to"},
		{map[string]any{"kind": "pigeon"}, "body.kind"},
	} {
		body := map[string]any{"name": "c", "kind": "webhook", "url": "https://noc.example"}
		maps.Copy(body, c.change)
		operator.post("/alarm-channels", body).blames(t, c.at, "")
	}
}

// The topic tells what is open, and again when something is new.
func TestAlarmTopic(t *testing.T) {
	t.Parallel()
	h := alarmHouse(t)
	operator := h.session(access.Operator)
	operator.post("/alarm-rules", noCalls()).want(t, http.StatusCreated)
	if _, err := h.db.NewAlarmWatch("").Round(t.Context()); err != nil {
		t.Fatal(err)
	}
	hub := v1.NewStream(&v1.Config{DB: h.db})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); hub.Run(ctx) }()
	defer func() { cancel(); <-ended }()
	listener, err := hub.Subscribe([]string{"alarms"}, "")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	first := <-listener.Items()
	var news v1.AlarmNews
	if err := json.Unmarshal(first.Data, &news); err != nil || news.Firing != 1 || news.Unacknowledged != 1 || len(news.Alarms) != 1 {
		t.Errorf("%s %v", first.Data, err)
	}
	if _, err := h.db.Acknowledge(t.Context(), news.Alarms[0].ID, ""); err != nil {
		t.Fatal(err)
	}
	next := <-listener.Items()
	if err := json.Unmarshal(next.Data, &news); err != nil || news.Unacknowledged != 0 || news.Alarms[0].AckedAt == nil {
		t.Errorf("%s %v", next.Data, err)
	}
	h.session(access.Customer).get("/stream?topics=alarms").want(t, http.StatusForbidden)
	h.session(access.Customer).get("/alarms").want(t, http.StatusForbidden)
	h.session(access.Agent).get("/alarm-rules").want(t, http.StatusForbidden)
}

// What links of alarms ask the lists for is what those know.
func TestAlarmLinks(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	analyst := h.as(access.Analyst)
	to := time.Now().UTC()
	some := map[string]string{"tier": "cli", "country": "RU", "network": "n"}
	for _, m := range alarm.Measures() {
		for _, none := range []string{"7", "", "0"} { // a member that there is, and none: what is not known, what has no id
			sets := map[bool][]string{}
			for _, what := range m.Each {
				apart := m.Source == alarm.Rollups && (what == "account" || what == "server") // those do not go with the others
				sets[apart] = append(sets[apart], what)
			}
			sets[true] = append(sets[true], "account")[:1]
			for _, each := range sets {
				by := map[string]string{}
				for _, what := range each {
					by[what] = none
					if value, is := some[what]; is && none != "" {
						by[what] = value
					}
				}
				r := alarm.Rule{Measure: m}
				if m.Source == alarm.Numbers {
					r.Only = []alarm.Only{{What: "account", Values: []string{none}}, {What: "server", Values: []string{"s"}}}
				}
				if link := r.Link(by, to.Add(-time.Hour), to); link != "/live" {
					analyst.get(link).want(t, http.StatusOK)
				}
			}
		}
	}
}
