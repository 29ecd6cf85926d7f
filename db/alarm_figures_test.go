package db_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/alarm"
	"tandem/db"
)

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

// An alarm about a gate says what the gate is called, and which of that name.
func TestAlarmNamesItsGate(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	w.rule(db.AlarmRule{Name: "gate", Measure: "asr", Condition: "below", Value: "40", Each: []string{"gate"}})
	w.exec(`SET STATEMENT foreign_key_checks = 0 FOR INSERT INTO gates (id, numbers_pool_id, serverid, gatename, gatenumber) VALUES (7, 1, 1, 'moscow-7', '74951234567')`)
	now, err := w.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	at := now.Add(-10 * time.Minute).Truncate(5 * time.Minute)
	w.exec(`INSERT IGNORE INTO quality_dirty (level, bucket, mark) VALUES (1, ?, 0)`, at.Truncate(time.Hour))
	w.exec(`SET STATEMENT sql_mode = '' FOR INSERT INTO quality_servers (level, bucket, server, provider_id, tier, gate_id, bids, seizures, effective, answers) VALUES (0, ?, 's', 1, 'cli', 7, 100, 100, 10, 10)`, at)
	w.round()
	if list := w.alarms("firing"); len(list) != 1 || list[0].By["gate"] != "7" || list[0].Name["gate"] != "moscow-7 #7" {
		t.Errorf("%+v", list)
	}
}
