package db_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/alarm"
	"tandem/db"
)

// watchtower is a database with a route that turns bad.
type watchtower struct {
	bundle

	watch *db.AlarmWatch
}

func newWatchtower(t *testing.T) watchtower {
	t.Helper()
	b := migrated(t)
	b.exec(`DELETE FROM alarm_rules`)
	return watchtower{b, b.NewAlarmWatch("https://tandem.example")}
}

// rule makes a rule; what is left out is usual.
func (w watchtower) rule(r db.AlarmRule) db.AlarmRule {
	w.t.Helper()
	if r.WindowS == 0 {
		r.WindowS = 3600
	}
	if r.MinSamples == 0 {
		r.MinSamples = 30
	}
	if r.Severity == "" {
		r.Severity = "warning"
	}
	made, err := db.AlarmRules().Create(w.t.Context(), w.DB, r)
	if err != nil {
		w.t.Fatal(err)
	}
	return made
}

// channel makes a webhook.
func (w watchtower) channel(c db.AlarmChannel) db.AlarmChannel {
	w.t.Helper()
	c.Kind, c.URL = "webhook", "https://noc.example/alarms"
	if c.MinSeverity == "" {
		c.MinSeverity = "info"
	}
	made, err := db.AlarmChannels().Create(w.t.Context(), w.DB, c)
	if err != nil {
		w.t.Fatal(err)
	}
	return made
}

// bids writes rollups of a provider: so many bids and answers, so long ago.
func (w watchtower) bids(provider int, ago time.Duration, bids, answers int) {
	w.t.Helper()
	now, err := w.Now(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	w.bidsAt(provider, now.Add(-ago).Truncate(5*time.Minute), bids, answers)
}

func (w watchtower) bidsAt(provider int, at time.Time, bids, answers int) {
	w.t.Helper()
	// The hour has not been added up: figures are those of its five minutes, however
	// the window lies.
	w.exec(`INSERT IGNORE INTO quality_dirty (level, bucket, mark) VALUES (1, ?, 0)`, at.Truncate(time.Hour))
	for _, table := range []string{"quality_providers", "quality_countries"} {
		country, value := "", ""
		if table == "quality_countries" {
			country, value = ", country", ", 'RU'"
		}
		w.exec(fmt.Sprintf(`SET STATEMENT sql_mode = '' FOR INSERT INTO %s (level, bucket, provider_id, tier%s, bids, seizures, effective, answers) VALUES (0, ?, ?, 'cli'%s, ?, ?, ?, ?)
			ON DUPLICATE KEY UPDATE bids = VALUES(bids), seizures = VALUES(seizures), effective = VALUES(effective), answers = VALUES(answers)`, table, country, value),
			at, provider, bids, bids, answers, answers)
	}
}

func (w watchtower) round() db.AlarmRound {
	w.t.Helper()
	done, err := w.watch.Round(w.t.Context())
	if err = errors.Join(append(done.Failed, err)...); err != nil {
		w.t.Fatal(err)
	}
	return done
}

func (w watchtower) alarms(state string) []db.Alarm {
	w.t.Helper()
	list, err := w.Alarms(w.t.Context(), db.AlarmFilter{State: state}, 1000)
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

// earlier makes everything that alarms remember so much older.
func (w watchtower) earlier(d time.Duration) {
	w.t.Helper()
	s := int64(d / time.Second)
	w.exec(`UPDATE alarms SET since = since - INTERVAL ? SECOND, fired_at = fired_at - INTERVAL ? SECOND, seen_at = seen_at - INTERVAL ? SECOND, clear_since = clear_since - INTERVAL ? SECOND`, s, s, s, s)
}

// An alarm waits, fires, is told, is over, and is told to be over: once each,
// however many rounds there are, whichever node makes them.
func TestAlarmCourse(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	c := w.channel(db.AlarmChannel{Name: "noc"})
	w.exec(`SET STATEMENT sql_mode = '', foreign_key_checks = 0 FOR INSERT INTO providers (id, providername) VALUES (7, 'VoxBeam')`)
	w.rule(db.AlarmRule{Name: "ASR", Measure: "asr", Condition: "below", Value: "40", Each: []string{"provider"}, ForS: 300, ClearForS: 600, ChannelIDs: []int64{c.ID}})
	w.bids(7, 30*time.Minute, 200, 20)
	w.bids(8, 30*time.Minute, 200, 150)
	w.bids(9, 30*time.Minute, 20, 0) // too few
	w.round()
	list := w.alarms("open")
	if len(list) != 1 || list[0].State != "pending" || list[0].By["provider"] != "7" {
		t.Fatalf("%+v", list)
	}
	w.earlier(299 * time.Second)
	w.round()
	if list := w.alarms("open"); list[0].State != "pending" || list[0].FiredAt != nil {
		t.Fatalf("fired too early: %+v", list)
	}
	w.earlier(2 * time.Second)
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
	w.bids(7, 30*time.Minute, 200, 180)
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

// events are what was written for channels, in order.
func (w watchtower) events() (list []string) {
	w.t.Helper()
	for _, row := range w.table(`SELECT event, message FROM alarm_deliveries ORDER BY id`) {
		list = append(list, row[0])
	}
	return list
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

// The same hours of earlier weeks are the past; where there are too few, those of
// the days before.
func TestAlarmPast(t *testing.T) {
	t.Parallel()
	for _, step := range []time.Duration{7 * 24 * time.Hour, 24 * time.Hour} {
		w := newWatchtower(t)
		w.rule(db.AlarmRule{Name: "ASR fell", Measure: "asr", Condition: "drop", Value: "40", Each: []string{"provider"}, WindowS: 3600})
		w.bids(7, 30*time.Minute, 400, 80)
		w.bids(8, 30*time.Minute, 400, 200)
		for i := range 4 {
			ago := time.Duration(i+1)*step + 30*time.Minute
			w.bids(7, ago, 400, 200)
			w.bids(8, ago, 400, 200)
			w.bids(7, ago+5*time.Hour, 400, 10) // at other hours it is otherwise
		}
		w.round()
		list := w.alarms("firing")
		if len(list) != 1 || list[0].By["provider"] != "7" || list[0].Past == nil || list[0].Past.String() != "50" {
			t.Errorf("%s: %+v", step, list)
		}
	}
}

// One node judges at a time; a lease that is lost stops a round before it writes.
func TestAlarmLease(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	w.exec(`INSERT INTO jobs (name, owner, lease_until) VALUES ('alarms', 'other', UTC_TIMESTAMP(3) + INTERVAL 60 SECOND) ON DUPLICATE KEY UPDATE owner = VALUES(owner), lease_until = VALUES(lease_until)`)
	if _, err := w.watch.Round(t.Context()); !errors.Is(err, db.ErrBusy) {
		t.Errorf("%v", err)
	}
}

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
	row := w.table(`SELECT state, error, TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(3), next_at) BETWEEN 15 AND 20 FROM alarm_deliveries`)[0]
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

// Numbers that are called in bursts, and numbers that call.
func TestAlarmBursts(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	w.rule(db.AlarmRule{Name: "z to", Measure: "calls_to_number", Condition: "above", Value: "20", Each: []string{"b_number"}, WindowS: 600})
	w.rule(db.AlarmRule{Name: "a from", Measure: "calls_from_number", Condition: "above", Value: "20", Each: []string{"a_number"}, WindowS: 600})
	w.exec(`INSERT INTO calls (call_id, server, direction, a_number, b_number, started_at, disposition)
		SELECT CONCAT('s-', seq), 's', 'out', CONCAT('4940', 1000 + seq), '25212345678', UTC_TIMESTAMP(3) - INTERVAL 2 MINUTE, 'failed' FROM seq_1_to_21`)
	w.exec(`INSERT INTO calls (call_id, server, direction, a_number, b_number, started_at, disposition)
		SELECT CONCAT('t-', seq), 's', 'in', '79001234567', '74957777777', UTC_TIMESTAMP(3) - INTERVAL 2 MINUTE, 'failed' FROM seq_1_to_30`)
	w.round()
	list := w.alarms("firing")
	if len(list) != 2 || list[0].By["b_number"] != "25212345678" || list[0].Value != 21_000_000 || list[0].Detail["different_a_numbers"] != "21" ||
		list[1].By["a_number"] != "79001234567" || !strings.HasPrefix(list[1].Link, "/calls?") || !strings.Contains(list[1].Link, "&number=79001234567&") {
		t.Errorf("%+v", list)
	}
	w.exec(`UPDATE calls SET started_at = started_at - INTERVAL 1 HOUR`)
	w.round()
	if list := w.alarms("open"); len(list) != 0 {
		t.Errorf("still open: %+v", list)
	}
}

// The answers of a route look false when they come without ringing, are short, or
// all of one length, and those of other routes do not.
func TestAlarmFalseAnswers(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	w.rule(db.AlarmRule{Name: "false", Measure: "false_answers", Condition: "above", Value: "30", Each: []string{"provider", "tier"}})
	answer := func(provider int, kind string, rang, elapsed, talk string) {
		w.exec(fmt.Sprintf(`INSERT INTO calls (call_id, server, direction, b_number, started_at, disposition) SELECT CONCAT('%[1]s-%[2]d-', seq), 's', 'out', '79161234567', UTC_TIMESTAMP(3) - INTERVAL 9 MINUTE, 'answered' FROM seq_1_to_40`, kind, provider))
		w.exec(fmt.Sprintf(`INSERT INTO attempts (call_id, n, provider_id, tier, started_at, result, rang, elapsed_ms, talk_ms) SELECT CONCAT('%s-%d-', seq), 1, %d, 'cli', UTC_TIMESTAMP(3) - INTERVAL 9 MINUTE, 'answered', %s, %s, %s FROM seq_1_to_40`, kind, provider, provider, rang, elapsed, talk))
	}
	answer(1, "honest", "1", "8000 + seq * 3000", "5000 + seq * 3000")
	answer(2, "silent", "0", "60200", "60000 + seq")
	answer(3, "even", "1", "20000", "12000 + seq * 10")
	w.round()
	got := map[string]string{}
	for _, a := range w.alarms("firing") {
		got[a.By["provider"]] = a.Value.String() + " " + a.Detail["without_ringing"] + " " + a.Detail["of_one_length"]
	}
	if len(got) != 2 || got["2"] != "100 40 0" || got["3"] != "100 0 40" {
		t.Errorf("%v", got)
	}
}

// What an account spends: what it was charged in the window, and what its calls in
// progress cost in it.
func TestAlarmSpend(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	w.rule(db.AlarmRule{Name: "spend", Measure: "spend", Condition: "above", Value: "10", Each: []string{"account"}})
	w.exec(`INSERT INTO accounts (id, name) VALUES (41, 'a'), (42, 'b')`)
	for account, sum := range map[int]string{41: "10.5", 42: "9.5"} {
		id := fmt.Sprintf("s-%d", account)
		w.exec(`INSERT INTO calls (call_id, server, direction, account_id, started_at, disposition, sale_base) VALUES (?, 's', 'out', ?, UTC_TIMESTAMP(3) - INTERVAL 3 HOUR, 'answered', ?)`, id, account, sum)
		w.exec(`INSERT INTO ledger (posting_key, at, kind, debit, debit_id, credit, amount, currency_id, call_id) VALUES (?, UTC_TIMESTAMP(3) - INTERVAL 5 MINUTE, 'sale', 'customer', ?, 'revenue', 99, 1, ?)`, id, account, id)
	}
	w.round()
	if list := w.alarms("firing"); len(list) != 1 || list[0].By["account"] != "41" || list[0].Value.String() != "10.5" || list[0].Name["account"] != "a" {
		t.Fatalf("%+v", list)
	}
	// A call that has talked for ten minutes, at 0.06 a minute.
	w.exec(`INSERT INTO holds (call_id, account_id, amount, currency_id, paid_s, terms, server, began_at, answered_at)
		VALUES ('s-live', 42, 0.12, 1, 120, ?, 's', UTC_TIMESTAMP(3) - INTERVAL 10 MINUTE, UTC_TIMESTAMP(3) - INTERVAL 10 MINUTE)`, w.terms())
	w.round()
	for _, a := range w.alarms("firing") {
		if a.By["account"] == "42" && a.Value > 10_090_000 && a.Value < 10_120_000 {
			return
		}
	}
	t.Errorf("%+v", w.alarms("firing"))
}

// terms of a call that is sold in the base currency.
func (w watchtower) terms() string {
	w.t.Helper()
	return `{"sale":{"currency_id":1,"to":"1.00000000"},"base":"1.00000000"}`
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

// What a rule picks by is kept as figures have it, or refused by name.
func TestAlarmOnly(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	r := db.AlarmRule{Name: "r", Measure: "asr", Condition: "below", Value: "40", Only: []alarm.Only{{What: "provider", Values: []string{"007", "+8"}}, {What: "country", Values: []string{"RU", "-"}}}}
	if made := w.rule(r); !slices.Equal(made.Only[0].Values, []string{"7", "8"}) || !slices.Equal(made.Only[1].Values, []string{"RU", ""}) {
		t.Errorf("%+v", made.Only)
	}
	for what, value := range map[string]string{"provider": "VoxBeam", "gate": "-1", "country": "ru", "tier": "gold", "prefix": "+44", "network": "a\nb"} {
		r := db.AlarmRule{Name: "x", Measure: "asr", Condition: "below", Value: "40", WindowS: 3600, MinSamples: 30, Severity: "info", Only: []alarm.Only{{What: what, Values: []string{value}}}}
		_, err := db.AlarmRules().Create(t.Context(), w.DB, r)
		if field, ok := errors.AsType[*db.FieldError](err); !ok || field.Field != "only[0].values[0]" {
			t.Errorf("%s %q: %v", what, value, err)
		}
	}
}

// Between rounds nobody else begins one; who has the lease goes on.
func TestAlarmRest(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	w.watch.Rests = time.Minute
	w.round()
	if _, err := w.NewAlarmWatch("").Round(t.Context()); !errors.Is(err, db.ErrBusy) {
		t.Errorf("%v", err)
	}
	w.exec(`UPDATE jobs SET lease_until = lease_until - INTERVAL 60 SECOND WHERE name = 'alarms'`)
	w.round()
}
