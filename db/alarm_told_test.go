package db_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/db"
)

// Of a message somebody has taken nobody else hears, until that one has been silent
// for too long; what failed waits longer each time; what is gone is given up.
func TestAlarmErrands(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	c := w.channel(db.AlarmChannel{Name: "noc"})
	w.rule(db.AlarmRule{Name: "no calls", Measure: "bids", Condition: "below", Value: "1", ChannelIDs: []int64{c.ID}})
	w.round()
	take := func() (db.AlarmErrand, bool) {
		t.Helper()
		e, ok, err := w.TakeAlarmErrand(t.Context(), []string{"webhook"})
		if err != nil {
			t.Fatal(err)
		}
		return e, ok
	}
	e, ok := take()
	if !ok || e.Target.URL != "https://noc.example/alarms" || !strings.HasPrefix(e.Target.Secret, "whsec_") || e.Tries != 1 {
		t.Fatalf("%+v", e)
	}
	if _, ok := take(); ok {
		t.Error("taken twice")
	}
	w.exec(`UPDATE alarm_deliveries SET lease_until = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND`) // who had it died
	again, ok := take()
	if !ok || again.Message != e.Message {
		t.Fatalf("%+v", again)
	}
	if err := w.AlarmErrandSent(t.Context(), &e, ""); err != nil { // the first one is late: it is not theirs any more
		t.Fatal(err)
	}
	if err := w.AlarmErrandFailed(t.Context(), &again, "refused", false); err != nil {
		t.Fatal(err)
	}
	row := w.table(`SELECT state, error, next_at > UTC_TIMESTAMP(3) FROM alarm_deliveries`)[0]
	if !slices.Equal(row, []string{"waiting", "refused", "1"}) {
		t.Errorf("%v", row)
	}
	w.exec(`UPDATE alarm_deliveries SET next_at = UTC_TIMESTAMP(3)`)
	third, ok := take()
	if !ok {
		t.Fatal("not tried again")
	}
	if err := w.AlarmErrandFailed(t.Context(), &third, "gone", true); err != nil {
		t.Fatal(err)
	}
	if row := w.table(`SELECT state FROM alarm_deliveries`)[0]; row[0] != "failed" {
		t.Errorf("%v", row)
	}
	var m db.AlarmMessage
	if err := json.Unmarshal(e.Body, &m); err != nil || m.Event != "firing" || m.Alarm == nil || !strings.HasPrefix(m.Link, "https://tandem.example/quality?") || m.Alarm.Value != 0 {
		t.Errorf("%+v %v", m, err)
	}
}

// A message by which it is known who was told outlives others: an alarm that fires
// for longer than messages are kept is told once.
func TestAlarmForgetting(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	c := w.channel(db.AlarmChannel{Name: "noc"})
	r := w.rule(db.AlarmRule{Name: "no calls", Measure: "bids", Condition: "below", Value: "1", ChannelIDs: []int64{c.ID}})
	w.round()
	forget := func() {
		t.Helper()
		if _, err := w.ForgetAlarms(t.Context(), 24*time.Hour, 240*time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	w.exec(`UPDATE alarm_deliveries SET created_at = created_at - INTERVAL 30 DAY, state = 'sent'`)
	w.exec(`INSERT INTO alarm_deliveries (message, alarm_id, channel_id, channel, event, body, state, next_at, created_at) VALUES
		('test-1', 0, ?, 'noc', 'test', '{}', 'sent', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) - INTERVAL 30 DAY), ('test-2', 0, ?, 'noc', 'test', '{}', 'waiting', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) - INTERVAL 30 DAY)`, c.ID, c.ID)
	forget()
	if got := w.events(); !slices.Equal(got, []string{"firing", "test"}) {
		t.Errorf("left: %v", got)
	}
	if done := w.round(); done.Told != 0 {
		t.Errorf("told again: %+v", done)
	}
	if err := db.AlarmRules().Delete(t.Context(), w.DB, r.ID, func(db.AlarmRule) error { return nil }); err != nil {
		t.Fatal(err)
	}
	w.round()
	forget()
	if done := w.round(); done.Told != 0 || len(w.events()) != 3 {
		t.Errorf("told again that it is over: %+v %v", done, w.events())
	}
	w.exec(`UPDATE alarms SET resolved_at = resolved_at - INTERVAL 2 DAY`)
	w.exec(`UPDATE alarm_deliveries SET created_at = created_at - INTERVAL 30 DAY, state = 'sent'`)
	forget()
	if got := w.events(); len(got) != 0 {
		t.Errorf("left for good: %v", got)
	}
}

// A channel that cannot be read keeps nobody else from being told; what waits for it
// is said to be impossible. A node that cannot send mail leaves it to one that can.
func TestAlarmChannelsApart(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	bad, good := w.channel(db.AlarmChannel{Name: "bad"}), w.channel(db.AlarmChannel{Name: "good"})
	w.rule(db.AlarmRule{Name: "no calls", Measure: "bids", Condition: "below", Value: "1", ChannelIDs: []int64{bad.ID, good.ID}})
	w.exec(`UPDATE alarm_channels SET silent_from = '22:00', silent_to = '23:00', silent_zone = 'Mars/Phobos' WHERE id = ?`, bad.ID)
	if done := w.round(); done.Told != 1 {
		t.Fatalf("%+v", done)
	}
	w.exec(`UPDATE alarm_deliveries SET channel_id = ?`, bad.ID)
	e, ok, err := w.TakeAlarmErrand(t.Context(), []string{"webhook"})
	if err != nil || !ok || !strings.Contains(e.Problem, "cannot be read") {
		t.Fatalf("%+v %v %v", e, ok, err)
	}
	w.exec(`UPDATE alarm_deliveries SET channel_id = ?, lease_until = '2000-01-01'`, good.ID)
	if e, ok, err := w.TakeAlarmErrand(t.Context(), []string{"email"}); ok || err != nil {
		t.Errorf("taken by a node that cannot send it: %+v %v", e, err)
	}
	w.exec(`UPDATE alarm_deliveries SET next_at = next_at - INTERVAL 61 SECOND`)
	if _, ok, err := w.TakeAlarmErrand(t.Context(), []string{"email"}); !ok || err != nil {
		t.Errorf("nobody says that nobody can send it: %v", err)
	}
}
