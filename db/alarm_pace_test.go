package db_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"tandem/db"
)

// falseAnswers makes forty answers of a provider that look false: they come without
// ringing.
func (w watchtower) falseAnswers(provider int, place any) { w.answers(provider, "silent", "0", place) }

func (w watchtower) answers(provider int, kind, rang string, place any) {
	w.t.Helper()
	id := fmt.Sprintf("%s-%d-%v", kind, provider, place)
	w.exec(`INSERT INTO calls (call_id, server, direction, b_number, b_place_id, started_at, disposition)
		SELECT CONCAT(?, '-', seq), 's', 'out', '79161234567', ?, UTC_TIMESTAMP(3) - INTERVAL 9 MINUTE, 'answered' FROM seq_1_to_40`, id, place)
	w.exec(`INSERT INTO attempts (call_id, n, provider_id, tier, started_at, result, rang, elapsed_ms, talk_ms)
		SELECT CONCAT(?, '-', seq), 1, ?, 'cli', UTC_TIMESTAMP(3) - INTERVAL 9 MINUTE, 'answered', ?, 60200 + seq * 3000, 60000 + seq * 3000 FROM seq_1_to_40`, id, provider, rang)
}

func falseRule() db.AlarmRule {
	return db.AlarmRule{Name: "false", Measure: "false_answers", Condition: "above", Value: "30", Each: []string{"provider", "tier", "country"}}
}

// What reads single attempts is judged every five minutes; its alarms stand meanwhile.
// A rule that was changed is judged at once, and so does a node that goes on.
func TestAlarmPace(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	made := w.rule(falseRule())
	w.rule(db.AlarmRule{Name: "no calls", Measure: "bids", Condition: "below", Value: "1"})
	w.answers(1, "honest", "1", nil)
	w.falseAnswers(2, nil)
	want := func(what string, done db.AlarmRound, rules, waiting int, firing ...string) {
		t.Helper()
		var got []string
		for _, a := range w.alarms("firing") {
			if a.Measure == "false_answers" {
				got = append(got, a.By["provider"])
			}
		}
		slices.Sort(got)
		if done.Rules != rules || done.Waiting != waiting || !slices.Equal(got, firing) {
			t.Errorf("%s: %+v, %v fire, want %v", what, done, got, firing)
		}
	}
	want("first", w.round(), 2, 0, "2")
	w.falseAnswers(3, nil)
	want("at once again", w.round(), 1, 1, "2")
	w.watch.Age(4 * time.Minute)
	want("before its time", w.round(), 1, 1, "2")
	w.watch.Age(time.Minute)
	want("in time", w.round(), 2, 0, "2", "3")
	w.falseAnswers(4, nil)
	want("after that", w.round(), 1, 1, "2", "3")
	made.Value = "29"
	if _, err := db.AlarmRules().Update(t.Context(), w.DB, made.ID, made, func(db.AlarmRule) error { return nil }); err != nil {
		t.Fatal(err)
	}
	want("changed", w.round(), 2, 0, "2", "3", "4")
	w.falseAnswers(5, nil)
	w.watch = w.NewAlarmWatch("")
	want("by another node", w.round(), 2, 0, "2", "3", "4", "5")
}

// Answers are of the country that stands with the call; where nobody has looked, of its
// number. A route is compared with others to the same country.
func TestAlarmFalseAnswersOfPlaces(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	w.rule(falseRule())
	w.exec(`INSERT INTO places (id, hash, prefix, country, region, network, type, zones) VALUES (11, REPEAT('a', 16), '33', 'FR', '', '', 'mobile', ''), (12, REPEAT('b', 16), '49', 'DE', '', '', 'mobile', '')`)
	w.answers(1, "honest", "1", 11)
	w.falseAnswers(2, 11)
	w.falseAnswers(2, 12) // where all others are as bad
	w.falseAnswers(3, 12)
	w.answers(1, "honest", "1", nil) // to Russia, by their number
	w.falseAnswers(4, nil)
	w.answers(1, "honest", "1", 0) // to nowhere
	w.falseAnswers(5, 0)
	w.watch = w.placing().NewAlarmWatch("")
	w.round()
	var got []string
	for _, a := range w.alarms("firing") {
		got = append(got, a.By["provider"]+" "+a.By["country"]+" "+a.Value.String())
	}
	slices.Sort(got)
	if want := []string{"2 FR 100", "4 RU 100", "5  100"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// Of calls that ended without a report it is not known how they rang: their attempts
// look false, and say nothing.
func TestAlarmFalseAnswersWithoutReport(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	w.rule(falseRule())
	w.answers(1, "honest", "1", nil)
	for provider, by := range map[int]any{2: nil, 3: "report", 4: "cdr", 5: "estimate"} {
		w.falseAnswers(provider, nil)
		w.exec(`UPDATE calls SET closed_by = ? WHERE call_id LIKE ?`, by, fmt.Sprintf("silent-%d-%%", provider))
	}
	w.round()
	w.fires("of reports", "2 100", "3 100")
}

// Of too many attempts the newest count, and those of one moment together.
func TestAlarmNewestAttempts(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	w.exec(`INSERT INTO attempts (call_id, n, provider_id, started_at, result) SELECT CONCAT('a-', seq), 1, 7, TIMESTAMP('2026-03-01 12:00:00') + INTERVAL seq SECOND, 'failed' FROM seq_1_to_50`)
	begin := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for most, want := range map[int]time.Duration{1: 50 * time.Second, 20: 31 * time.Second, 50: time.Second, 51: 0, 1000: 0} {
		from, err := w.NewestAttempts(t.Context(), begin, begin.Add(time.Minute), most)
		if err != nil || !from.Equal(begin.Add(want)) {
			t.Errorf("of %d: from %s, want %s later than %s (%v)", most, from, want, begin, err)
		}
	}
}
