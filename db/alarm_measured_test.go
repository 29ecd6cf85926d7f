package db_test

import (
	"fmt"
	"testing"
	"time"

	"tandem/billing"
	"tandem/db"
)

// call is a call of a minute, two hours ago, by one route at a cost a minute, heard
// with that score.
func (w watchtower) call(id, route string, provider int64, cost string, mos int) {
	w.t.Helper()
	now, err := w.Now(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	began := now.Add(-2 * time.Hour).Truncate(time.Millisecond)
	s := billing.Start{CallID: id, Server: "asterisk-macomnet", Direction: billing.Outgoing, AccountID: 1, ANumber: "74951815000", BNumber: "79161234567", StartedAt: began, Reasons: []byte{1}}
	e := billing.End{Start: s, EndedAt: began.Add(62 * time.Second), AnsweredAt: began.Add(2 * time.Second), Disposition: billing.Answered, Route: route, Talk: time.Minute, Source: billing.ByReport}
	e.Attempts = []billing.Attempt{{
		CallID: id, N: 1, Key: route, ProviderID: provider, Tier: "cli", StartedAt: began, Elapsed: 62 * time.Second, Result: billing.Answered, SIPStatus: 200, Cause: 16,
		Rang: true, PDD: time.Second, Talk: time.Minute, Media: billing.Media{Received: 2990, Lost: 10, Sent: 3000, Jitter: time.Millisecond, MOS: mos},
	}}
	e.Terms = &billing.Terms{Sale: priceOf("0.60"), Base: 1e8, Routes: []billing.RouteTerms{{Key: route, Cost: priceOf(cost)}}}
	w.write(billing.Record{Start: &s}, billing.Record{End: &e})
}

// From the record of calls to the alarm: money that is lost, and speech that sounds
// bad, each with the route that does it.
func TestAlarmsOfWhatCallsEarnAndHowTheySound(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	w.funded(1, "1000.00")
	w.rule(db.AlarmRule{Name: "loses money", Measure: "margin", Condition: "below", Value: "0", WindowS: 6 * 3600, Each: []string{"provider"}})
	w.rule(db.AlarmRule{Name: "sounds bad", Measure: "mos", Condition: "below", Value: "3.6", WindowS: 6 * 3600, Each: []string{"provider"}})
	for i := range 40 {
		w.call(fmt.Sprint("good-", i), "7.c.g8", 7, "0.30", 420)
		w.call(fmt.Sprint("dear-", i), "8.c.a1", 8, "0.85", 410)
		w.call(fmt.Sprint("hoarse-", i), "11.c.a35", 11, "0.12", 250)
	}
	if done := w.roll(); done.Attempts != 120 {
		t.Fatalf("%+v", done)
	}
	w.round()
	got := map[string]string{}
	for _, a := range w.alarms("firing") {
		got[a.Measure+" "+a.By["provider"]] = fmt.Sprint(a.Value)
	}
	same(t, "alarms", map[string]string{"margin 8": "-10", "mos 11": "2.5"}, got) // 40 minutes, each 0.25 dearer than sold
}
