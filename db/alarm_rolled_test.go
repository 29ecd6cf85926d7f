package db_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/alarm"
	"tandem/db"
)

// talks makes calls of a provider that were answered so long ago and still talk.
func (w watchtower) talks(provider, calls int, ago time.Duration) {
	w.t.Helper()
	w.exec(fmt.Sprintf(`INSERT INTO holds (call_id, account_id, amount, currency_id, paid_s, terms, server, route, began_at, answered_at)
		SELECT CONCAT('live-%[1]d-%[2]d-', seq), 42, 0.12, 1, 7200, ?, 's', '%[1]d.c.a1', UTC_TIMESTAMP(3) - INTERVAL %[2]d SECOND, UTC_TIMESTAMP(3) - INTERVAL %[2]d SECOND FROM seq_1_to_%[3]d`,
		provider, int(ago/time.Second), calls), w.terms())
}

// firing are the things that alarms fire for.
func (w watchtower) firing() (list []string) {
	w.t.Helper()
	for _, a := range w.alarms("firing") {
		list = append(list, strings.TrimSpace(a.By["provider"]+a.By["prefix"]+" "+a.Value.String()))
	}
	slices.Sort(list)
	return list
}

func (w watchtower) fires(what string, want ...string) {
	w.t.Helper()
	if got := w.firing(); !slices.Equal(got, want) {
		w.t.Errorf("%s: %q fire, want %q", what, got, want)
	}
}

// Attempts become figures when they are over: calls that talk are counted beside, or
// the present would always be less than the past.
func TestAlarmSumsCountTalking(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	for _, measure := range []string{"answers", "bids"} {
		w.rule(db.AlarmRule{Name: measure, Measure: measure, Condition: "drop", Value: "50", Each: []string{"provider"}, WindowS: 1800})
	}
	w.rule(db.AlarmRule{Name: "none", Measure: "bids", Condition: "below", Value: "1", Each: []string{"provider"}, WindowS: 1800, Only: []alarm.Only{{What: "provider", Values: []string{"9", "10"}}}})
	for _, provider := range []int{7, 8} {
		w.bids(provider, 20*time.Minute, 40, 40)
		for week := range 4 {
			w.bids(provider, time.Duration(week+1)*7*24*time.Hour+20*time.Minute, 100, 100)
		}
	}
	w.talks(7, 50, 20*time.Minute) // 90 of 100
	w.talks(8, 5, 20*time.Minute)  // 45 of 100: it has dropped
	w.talks(8, 50, 3*time.Hour)    // of before
	w.talks(8, 50, time.Minute)    // of after
	w.talks(9, 1, 20*time.Minute)  // none of its calls is over
	w.round()
	w.fires("with calls that talk", "10 0", "8 45", "8 45")
	w.exec(`DELETE FROM holds`)
	w.round()
	w.fires("without", "10 0", "7 40", "7 40", "8 40", "8 40", "9 0")
}

// Minutes, money and the mean talk are judged when calls are over, unless what is
// missing cannot cross the limit.
func TestAlarmWaitsForTalk(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	w.rule(db.AlarmRule{Name: "little", Measure: "minutes", Condition: "below", Value: "50", Each: []string{"provider"}})
	w.rule(db.AlarmRule{Name: "much", Measure: "minutes", Condition: "above", Value: "150", Each: []string{"provider"}})
	w.rule(db.AlarmRule{Name: "short", Measure: "acd", Condition: "below", Value: "30", Each: []string{"provider"}})
	now, err := w.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for provider, minutes := range map[int][2]int{7: {100, 10}, 8: {40, 200}} {
		for i, ago := range []time.Duration{80 * time.Minute, 15 * time.Minute} {
			at := now.Add(-ago).Truncate(5 * time.Minute)
			w.bidsAt(provider, at, 100, 100)
			w.exec(`UPDATE quality_providers SET talk_ms = ? WHERE level = 0 AND bucket = ? AND provider_id = ?`, minutes[i]*60_000, at, provider)
		}
	}
	w.round()
	w.fires("as late as it is known", "8 200", "8 24", "8 40")
}

// While nobody counts, nothing is judged: half an hour without figures is no half an
// hour without calls.
func TestAlarmFiguresLate(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	rule := db.AlarmRule{Name: "no calls", Measure: "bids", Condition: "below", Value: "1", WindowS: 1800, MinSamples: 30, Severity: "warning"}
	w.rule(rule)
	mark := func(bucket, written time.Duration) {
		t.Helper()
		w.exec(`DELETE FROM quality_dirty`)
		w.exec(`INSERT INTO quality_dirty (level, bucket, mark, at) VALUES (0, FROM_UNIXTIME(UNIX_TIMESTAMP(UTC_TIMESTAMP()) DIV 300 * 300) - INTERVAL ? SECOND, 1, UTC_TIMESTAMP(3) - INTERVAL ? SECOND)`,
			int(bucket/time.Second), int(written/time.Second))
	}
	late := func(what string, want bool) {
		t.Helper()
		done, err := w.watch.Round(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if is := done.Late == 1 && done.Behind > 15*time.Minute; is != want || len(done.Failed) > 0 || !want && done.Behind > 0 {
			t.Errorf("%s: %+v", what, done)
		}
		list, err := w.TryAlarmRule(t.Context(), rule)
		if err != nil || len(list) != 1 || (list[0].Verdict == "unknown") != want || strings.Contains(list[0].Text, "behind") != want {
			t.Errorf("%s: tried: %+v %v", what, list, err)
		}
	}
	mark(15*time.Minute, 10*time.Minute)
	late("nobody has counted for ten minutes", true)
	w.fires("late")
	mark(15*time.Minute, 4*time.Minute)
	late("of a quarter of an hour ago, they wait for more of their time", false)
	w.fires("in time", "0")
	mark(15*time.Minute, 10*time.Minute)
	w.bids(7, 20*time.Minute, 10, 0)
	late("late again", true)
	w.fires("it stays as it was", "0")
	mark(45*time.Minute, 40*time.Minute)
	late("before the window", false)
	w.fires("there are calls")
}

// A rule that is told by too many things looks at the busiest, says how many it left
// out, and does not take those for silent.
func TestAlarmBusiest(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	few := db.AlarmRule{Name: "few", Measure: "bids", Condition: "below", Value: "2", Each: []string{"prefix"}, WindowS: 1800, MinSamples: 1, Severity: "info"}
	w.rule(few)
	w.rule(db.AlarmRule{Name: "fell", Measure: "bids", Condition: "drop", Value: "50", Each: []string{"prefix"}, WindowS: 1800, MinSamples: 1})
	w.rule(db.AlarmRule{Name: "rose", Measure: "bids", Condition: "rise", Value: "50", Each: []string{"prefix"}, WindowS: 1800, MinSamples: 1})
	now, err := w.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	fill := func(at time.Time, bids string) {
		at = at.Add(-20 * time.Minute).Truncate(5 * time.Minute)
		w.exec(`INSERT IGNORE INTO quality_dirty (level, bucket, mark) VALUES (1, ?, 0)`, at.Truncate(time.Hour))
		w.exec(fmt.Sprintf(`SET STATEMENT sql_mode = '' FOR INSERT INTO quality_routes (level, bucket, provider_id, tier, prefix, bids, seizures) SELECT 0, ?, 7, 'cli', seq, %[1]s, %[1]s FROM seq_1_to_%[2]d`,
			bids, db.MostSubjects+5), at)
	}
	fill(now, "IF(seq <= 7, 1, 10)")
	for week := range 4 {
		fill(now.Add(-time.Duration(week+1)*7*24*time.Hour), "IF(seq > 2000, 9, 10)")
	}
	done := w.round()
	if done.Unseen != 15 {
		t.Errorf("%d were left out, want 5 of each rule", done.Unseen)
	}
	list := w.firing()
	for _, s := range list {
		if !strings.HasSuffix(s, " 1") {
			t.Errorf("%q fires: it was left out", s)
		}
	}
	if len(list) == 0 || len(list) > 4 {
		t.Errorf("%q", list)
	}
	if all, err := w.TryAlarmRule(t.Context(), few); err != nil || len(all) != db.MostSubjects {
		t.Errorf("%d are looked at: %v", len(all), err)
	}
}

// A rule reads the columns that its measure is made of, and no others.
func TestAlarmMeasuresOfRollups(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	w.bids(7, 20*time.Minute, 1000, 300)
	w.exec(`UPDATE quality_providers SET seizures = 900, effective = 800, short_answers = 50, talk_ms = 30000000, cost = 11.5, sale = 17.25, blame_caller = 10, blame_called = 20, blame_route = 70, blame_us = 40,
		pdd_0 = 5, pdd_1 = 17000000003, pdd_2 = 400, rtp_legs = 250, rtp_silent = 30, rtp_expected = 100000, rtp_lost = 1700, rtp_jitter_us = 4500000, rtp_mos = 95000`)
	now, err := w.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	report, err := w.QualityReport(t.Context(), db.QualityQuery{By: []db.QualityDimension{"provider"}, From: now.Add(-25 * time.Minute), To: now})
	if err != nil || len(report.Rows) != 1 {
		t.Fatalf("%+v %v", report, err)
	}
	for _, m := range alarm.Measures() {
		if m.Source != alarm.Rollups {
			continue
		}
		r := db.AlarmRule{Name: "r", Measure: m.Name, Condition: "above", Value: "1", Each: []string{"provider"}, WindowS: 1500, MinSamples: 1, Severity: "info"}
		list, err := w.TryAlarmRule(t.Context(), r)
		want, ok := m.Of(&report.Rows[0].Measures)
		if err != nil || len(list) != 1 || !ok || want.Value == 0 || list[0].Value != want.Value || list[0].Samples != want.Samples {
			t.Errorf("%s: %+v %v, want %s of %d", m.Name, list, err, want.Value, want.Samples)
		}
	}
}

// What could not be read of the calls that talk is not known in the whole round: it is
// neither a part of them, nor twice that.
func TestAlarmLiveFails(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	w.talks(7, 20, time.Minute)
	w.exec(`INSERT INTO holds (call_id, account_id, amount, currency_id, paid_s, terms, server, began_at, answered_at) VALUES ('z', 42, 9999999999999.999999, 1, 60, '{}', 's', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`)
	live := w.NewAlarmLive()
	if n, err := live.Count(t.Context()); err == nil || n != 0 {
		t.Errorf("%d calls, %v", n, err)
	}
	w.exec(`DELETE FROM holds WHERE call_id = 'z'`)
	if n, err := live.Count(t.Context()); err == nil || n != 0 {
		t.Errorf("later in the round: %d calls, %v", n, err)
	}
	if n, err := w.NewAlarmLive().Count(t.Context()); err != nil || n != 20 {
		t.Errorf("in the next one: %d calls, %v", n, err)
	}
}
