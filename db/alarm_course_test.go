package db_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/alarm"
	"tandem/db"
)

// An alarm waits, fires, is told, is over, and is told to be over: once each,
// however many rounds there are, whichever node makes them.
func TestAlarmCourse(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	c := w.channel(db.AlarmChannel{Name: "noc"})
	w.exec(`SET STATEMENT sql_mode = '', foreign_key_checks = 0 FOR INSERT INTO providers (id, providername) VALUES (7, 'VoxBeam')`)
	w.rule(db.AlarmRule{Name: "ASR", Measure: "asr", Condition: "below", Value: "40", Each: []string{"provider"}, ForS: 300, ClearForS: 600, ChannelIDs: []int64{c.ID}})
	now, err := w.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	at := now.Add(-30 * time.Minute).Truncate(5 * time.Minute)
	w.bidsAt(7, at, 200, 20)
	w.bidsAt(8, at, 200, 150)
	w.bidsAt(9, at, 20, 0) // too few
	w.round()
	list := w.alarms("open")
	if len(list) != 1 || list[0].State != "pending" || list[0].By["provider"] != "7" {
		t.Fatalf("%+v", list)
	}
	w.earlier(240 * time.Second)
	w.round()
	if list := w.alarms("open"); list[0].State != "pending" || list[0].FiredAt != nil {
		t.Fatalf("fired too early: %+v", list)
	}
	w.earlier(61 * time.Second)
	other := watchtower{w.bundle, w.NewAlarmWatch("")}
	if done := w.round(); done.Fired != 1 || done.Told != 1 {
		t.Fatalf("%+v", done)
	}
	if done := other.round(); done.Fired+done.Told+done.Resolved != 0 {
		t.Fatalf("again: %+v", done)
	}
	a := w.alarms("firing")[0]
	if a.Value.String() != "10" || a.Samples != 200 || a.Low == nil || a.Name["provider"] != "VoxBeam" || !strings.HasPrefix(a.Link, "/quality?") ||
		!strings.HasPrefix(a.Text, "ASR of provider VoxBeam in 60 min: 10 %, limit 40 %") {
		t.Errorf("%+v", a)
	}
	w.bidsAt(7, at, 200, 180)
	w.round()
	if len(w.alarms("firing")) != 1 {
		t.Fatal("over too early")
	}
	w.earlier(601 * time.Second)
	if done := w.round(); done.Resolved != 1 || done.Told != 1 {
		t.Fatalf("%+v", done)
	}
	if done := w.round(); done.Resolved+done.Told != 0 {
		t.Fatalf("again: %+v", done)
	}
	over := w.alarms("resolved")[0]
	if over.ResolvedBy != "value" || over.Value.String() != "90" || over.Worst.String() != "10" {
		t.Errorf("%+v", over)
	}
	if events := w.events(); !slices.Equal(events, []string{"firing", "resolved"}) {
		t.Errorf("told %v", events)
	}
}

// In silent hours nobody is told; what still fires at their end is told then.
func TestAlarmSilence(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	c := w.channel(db.AlarmChannel{Name: "noc"})
	now, err := w.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r := db.AlarmRule{
		Name: "no calls", Measure: "bids", Condition: "below", Value: "1", ChannelIDs: []int64{c.ID},
		SilentFrom: now.Add(-time.Hour).Format("15:04"), SilentTo: now.Add(time.Hour).Format("15:04"), SilentZone: "UTC",
	}
	made := w.rule(r)
	if done := w.round(); done.Fired != 1 || done.Told != 0 {
		t.Fatalf("%+v", done)
	}
	if a := w.alarms("firing")[0]; !a.Silenced {
		t.Errorf("%+v", a)
	}
	made.SilentFrom, made.SilentTo = "", ""
	if _, err := db.AlarmRules().Update(t.Context(), w.DB, made.ID, made, func(db.AlarmRule) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if done := w.round(); done.Told != 1 {
		t.Errorf("after the silence: %+v", done)
	}
}

// Reminders come until somebody has acknowledged; severity bounds what a channel is
// told.
func TestAlarmReminders(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	c := w.channel(db.AlarmChannel{Name: "noc"})
	w.channel(db.AlarmChannel{Name: "boss", MinSeverity: "critical"})
	all := []int64{c.ID, c.ID + 1}
	w.rule(db.AlarmRule{Name: "no calls", Measure: "bids", Condition: "below", Value: "1", ChannelIDs: all, RepeatS: 600})
	w.round()
	w.earlier(601 * time.Second)
	w.round()
	w.round()
	if events := w.events(); !slices.Equal(events, []string{"firing", "reminder"}) {
		t.Fatalf("told %v", events)
	}
	id := w.alarms("firing")[0].ID
	ctx := db.WithActor(t.Context(), db.Actor{Name: "anna"})
	a, err := w.Acknowledge(ctx, id, "called the carrier")
	if err != nil || a.AckedBy != "anna" || a.AckNote != "called the carrier" || a.AckedAt == nil {
		t.Fatalf("%+v %v", a, err)
	}
	w.earlier(600 * time.Second)
	w.round()
	if events := w.events(); len(events) != 2 {
		t.Errorf("told %v", events)
	}
	if n := len(w.table(`SELECT id FROM audit_log WHERE kind = 'alarm' AND action = 'acknowledge' AND actor = 'anna'`)); n != 1 {
		t.Errorf("%d entries in the audit log", n)
	}
	if a, err := w.Unacknowledge(ctx, id); err != nil || a.AckedAt != nil || a.AckedBy != "" {
		t.Errorf("%+v %v", a, err)
	}
}

// A rule that is switched off ends its alarms, and who was told is told.
func TestAlarmOfNoRule(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	c := w.channel(db.AlarmChannel{Name: "noc"})
	r := w.rule(db.AlarmRule{Name: "no calls", Measure: "bids", Condition: "below", Value: "1", ChannelIDs: []int64{c.ID}})
	w.round()
	if err := db.AlarmRules().Delete(t.Context(), w.DB, r.ID, func(db.AlarmRule) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if done := w.round(); done.Resolved != 1 || done.Told != 1 {
		t.Fatalf("%+v", done)
	}
	if a := w.alarms("resolved"); len(a) != 1 || a[0].ResolvedBy != "rule" {
		t.Errorf("%+v", a)
	}
}

// A rule that looks at something else ends the alarms it does not look at any more.
func TestAlarmOfChangedRule(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	r := w.rule(db.AlarmRule{
		Name: "no calls", Measure: "bids", Condition: "below", Value: "1", Each: []string{"provider"},
		Only: []alarm.Only{{What: "provider", Values: []string{"7", "8"}}},
	})
	w.round()
	if open := w.alarms("open"); len(open) != 2 {
		t.Fatalf("%+v", open)
	}
	w.exec(`UPDATE alarm_rules SET filters = REPLACE(filters, '"7",', '') WHERE id = ?`, r.ID)
	w.round()
	if open := w.alarms("open"); len(open) != 1 || open[0].By["provider"] != "8" {
		t.Errorf("open: %+v", open)
	}
	if over := w.alarms("resolved"); len(over) != 1 || over[0].By["provider"] != "7" || over[0].ResolvedBy != "rule" {
		t.Errorf("resolved: %+v", over)
	}
	w.exec(`UPDATE alarm_rules SET measure = 'answers' WHERE id = ?`, r.ID)
	w.round()
	if open := w.alarms("open"); len(open) != 1 || open[0].Measure != "answers" {
		t.Errorf("of another measure: %+v", open)
	}
}
