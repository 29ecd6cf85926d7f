package db_test

import (
	"io/fs"
	"strconv"
	"testing"
	"time"

	"tandem/db"
	schema "tandem/sql"
)

// migration runs a migration's statement by hand.
func (b bundle) migration(name string) {
	b.t.Helper()
	files, err := schema.Migrations()
	if err != nil {
		b.t.Fatal(err)
	}
	text, err := fs.ReadFile(files, name+".sql")
	if err != nil {
		b.t.Fatal(err)
	}
	b.exec(string(text))
}

// The rule of fast spending that comes with the installation wants some money, unless
// somebody had changed it before.
func TestAlarmMinMoneyOfDefaults(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	least := func() string {
		return b.one(`SELECT min_money FROM alarm_rules WHERE name = 'An account spends fast'`)
	}
	same(t, "of a new installation", "10.000000", least())
	same(t, "of all others", "0.000000", b.one(`SELECT MAX(min_money) FROM alarm_rules WHERE name <> 'An account spends fast'`))
	for change, want := range map[string]string{
		"enabled = 0": "10.000000", "value = 200": "0.000000", "min_samples = 10": "0.000000", "clear_value = NULL": "0.000000", "window_s = 7200": "0.000000",
		`filters = '[{"what":"account","values":["7"]}]'`: "0.000000", "comment = 'ours'": "0.000000", "min_money = 3": "3.000000",
	} {
		b.exec(`DELETE FROM alarm_rules`)
		b.migration("0105_alarm_rules_default")
		b.exec(`UPDATE alarm_rules SET ` + change + ` WHERE name = 'An account spends fast'`)
		b.migration("0125_alarm_rules_min_money_default")
		same(t, change, want, least())
	}
}

// An account that goes from a cent to an euro wakes nobody; one that goes to fifty does.
func TestAlarmSpendOfLittle(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	w.rule(db.AlarmRule{Name: "spends fast", Measure: "spend", Condition: "rise", Value: "300", MinMoney: "10.00", Each: []string{"account"}})
	w.exec(`INSERT INTO accounts (id, name) VALUES (41, 'a'), (42, 'b')`)
	now, err := w.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for account, sum := range map[int]string{41: "1", 42: "50"} {
		for week := range 4 {
			at := now.Add(-time.Duration(week+1)*7*24*time.Hour - 30*time.Minute).Truncate(5 * time.Minute)
			w.exec(`INSERT IGNORE INTO quality_dirty (level, bucket, mark) VALUES (1, ?, 0)`, at.Truncate(time.Hour))
			w.exec(`SET STATEMENT sql_mode = '' FOR INSERT INTO quality_customers (level, bucket, account_id, bids, answers, sale) VALUES (0, ?, ?, 40, 40, 0.01)`, at, account)
		}
		w.exec(`INSERT INTO calls (call_id, server, direction, account_id, started_at, disposition, sale_base) SELECT CONCAT(?, '-', seq), 's', 'out', ?, UTC_TIMESTAMP(3) - INTERVAL 3 HOUR, 'answered', ? / 40 FROM seq_1_to_40`,
			strconv.Itoa(account), account, sum)
		w.exec(`INSERT INTO ledger (posting_key, at, kind, debit, debit_id, credit, amount, currency_id, call_id) SELECT CONCAT(?, '-', seq), UTC_TIMESTAMP(3) - INTERVAL 5 MINUTE, 'sale', 'customer', ?, 'revenue', 1, 1, CONCAT(?, '-', seq) FROM seq_1_to_40`,
			strconv.Itoa(account), account, strconv.Itoa(account))
	}
	w.round()
	list := w.alarms("firing")
	if len(list) != 1 || list[0].By["account"] != "42" || list[0].Past == nil || *list[0].Past <= 0 || *list[0].Past > 10_000 {
		t.Errorf("%+v", list)
	}
	w.exec(`UPDATE alarm_rules SET min_money = 0`)
	w.round()
	if list := w.alarms("firing"); len(list) != 2 {
		t.Errorf("of any money: %+v", list)
	}
}
