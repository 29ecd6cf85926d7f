package db_test

import (
	"context"
	"database/sql"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"

	"tandem/db"
	"tandem/quality"
)

// manual is what people who connect a BI tool read.
func manual(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../docs/quality-reports.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// viewKeys are what the view of each table tells by.
func viewKeys() map[string][]db.QualityDimension {
	return map[string][]db.QualityDimension{
		"vw_quality_routes":    {db.ByProvider, db.ByTier, db.ByGate, db.ByCountry, db.ByPrefix, db.ByNetwork},
		"vw_quality_countries": {db.ByProvider, db.ByTier, db.ByCountry}, "vw_quality_accounts": {db.ByAccount, db.ByCountry},
		"vw_quality_providers": {db.ByProvider, db.ByTier}, "vw_quality_destinations": {db.ByCountry}, "vw_quality_origins": {db.ByACountry},
		"vw_quality_customers": {db.ByAccount}, "vw_quality_servers": {db.ByServer, db.ByProvider, db.ByTier, db.ByGate},
	}
}

// viewFigures are the other columns of these views.
func viewFigures() map[string]func(*quality.Measures) float64 {
	of := func(n func(m *quality.Measures) int64) func(*quality.Measures) float64 {
		return func(m *quality.Measures) float64 { return float64(n(m)) }
	}
	over := func(part, whole func(m *quality.Measures) int64) func(*quality.Measures) float64 {
		return func(m *quality.Measures) float64 {
			if whole(m) == 0 {
				return -1 // NULL
			}
			return float64(part(m)) / float64(whole(m))
		}
	}
	type m = quality.Measures
	bids, seizures, answers := func(m *m) int64 { return m.Bids }, func(m *m) int64 { return m.Seizures }, func(m *m) int64 { return m.Answers }
	legs, heard := func(m *m) int64 { return m.Media.Legs }, func(m *m) int64 { return m.Media.Legs + m.Media.Silent }
	return map[string]func(*m) float64{
		"bids": of(bids), "seizures": of(seizures), "effective": of(func(m *m) int64 { return m.Effective }), "answers": of(answers),
		"short_answers": of(func(m *m) int64 { return m.Short }), "talk_minutes": func(m *m) float64 { return m.Talk.Minutes() },
		"cost": func(m *m) float64 { return float64(m.Cost) / 1e6 }, "sale": func(m *m) float64 { return float64(m.Sale) / 1e6 }, "margin": func(m *m) float64 { return float64(m.Margin()) / 1e6 },
		"blame_caller": of(func(m *m) int64 { return m.Blamed.Caller }), "blame_called": of(func(m *m) int64 { return m.Blamed.Called }),
		"blame_route": of(func(m *m) int64 { return m.Blamed.Route }), "blame_us": of(func(m *m) int64 { return m.Blamed.Us }),
		"abr": over(answers, bids), "asr": over(answers, seizures), "ner": over(func(m *m) int64 { return m.Effective }, seizures),
		"acd_seconds": over(func(m *m) int64 { return m.Talk.Milliseconds() }, func(m *m) int64 { return 1000 * m.Answers }),
		"short_share": over(func(m *m) int64 { return m.Short }, answers),
		"rtp_legs":    of(legs), "rtp_silent": of(func(m *m) int64 { return m.Media.Silent }), "rtp_expected": of(func(m *m) int64 { return m.Media.Expected }),
		"rtp_lost": of(func(m *m) int64 { return m.Media.Lost }), "rtp_jitter_us": of(func(m *m) int64 { return m.Media.JitterMicros }), "rtp_mos": of(func(m *m) int64 { return m.Media.MOS }),
		"loss":      over(func(m *m) int64 { return m.Media.Lost }, func(m *m) int64 { return m.Media.Expected }),
		"jitter_ms": over(func(m *m) int64 { return m.Media.JitterMicros }, func(m *m) int64 { return 1000 * m.Media.Legs }),
		"mos":       over(func(m *m) int64 { return m.Media.MOS }, func(m *m) int64 { return 100 * m.Media.Legs }), "silent_share": over(func(m *m) int64 { return m.Media.Silent }, heard),
		"pdd_calls": of(func(m *m) int64 { return m.PDD.Count() }), "pdd_total_ms": middles,
	}
}

// middles adds delays up, each as the middle of its column.
func middles(m *quality.Measures) (sum float64) {
	low := 0.0
	for i, n := range m.PDD {
		high := float64(quality.BinBound(i).Milliseconds())
		sum += float64(n) * (low + high) / 2
		low = high
	}
	return sum
}

// Every column of the views is in the manual, and is what reports say. Names of
// providers and accounts are theirs.
func TestQualityViewsSayWhatReportsSay(t *testing.T) {
	t.Parallel()
	b, from, to := qualityOfRandomCalls(t, 80, 17)
	for id, name := range map[int]string{7: "VoxBeam", 8: "Other"} { // of 11 nobody knows the name
		b.exec("INSERT INTO providers (id, providername, currency_id) VALUES (?, ?, 156)", id, name)
	}
	text, figures := manual(t), viewFigures()
	for _, row := range b.table(`SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE 'vw\_quality\_%'`) {
		if !strings.Contains(text, "`"+row[1]+"`") {
			t.Errorf("%s.%s is not in the manual", row[0], row[1])
		}
	}
	for view, keys := range viewKeys() {
		if !strings.Contains(text, "`"+view+"`") {
			t.Errorf("%s is not in the manual", view)
		}
		for level, grain := range []db.QualityGrain{db.GrainFiveMinutes, db.GrainHour, db.GrainDay} {
			report, err := b.QualityReport(t.Context(), db.QualityQuery{By: keys, From: from, To: to, Grain: grain})
			if err != nil {
				t.Fatal(err)
			}
			b.viewSays(view, level, string(grain), keys, figures, report.Rows)
		}
	}
}

// viewSays holds a view against rows of a report.
func (b bundle) viewSays(view string, level int, grain string, keys []db.QualityDimension, figures map[string]func(*quality.Measures) float64, rows []db.QualityRow) {
	b.t.Helper()
	columns := []string{"DATE_FORMAT(began_at, '%Y-%m-%d %H:%i:%s')", "grain"}
	for _, k := range keys {
		switch k {
		case db.ByProvider:
			columns = append(columns, "provider_id", "COALESCE(provider, '')")
		case db.ByAccount:
			columns = append(columns, "account_id", "COALESCE(account, '')")
		case db.ByGate:
			columns = append(columns, "gate_id")
		default:
			columns = append(columns, string(k))
		}
	}
	named := len(columns)
	var names []string
	for name := range figures {
		names = append(names, name)
	}
	slices.Sort(names)
	found := map[string][]string{}
	for _, row := range b.table("SELECT "+strings.Join(append(columns, names...), ", ")+" FROM "+view+" WHERE level = ?", level) {
		found[strings.Join(row[:named], "|")] = row[named:]
	}
	if len(found) != len(rows) || len(rows) == 0 {
		b.t.Errorf("%s, level %d: %d rows, want %d", view, level, len(found), len(rows))
	}
	called := map[db.QualityDimension]map[string]string{db.ByProvider: {"7": "|VoxBeam", "8": "|Other", "11": "|"}, db.ByAccount: {"0": "|", "1": "|account 1", "2": "|account 2"}}
	for i := range rows {
		parts := []string{rows[i].At.UTC().Format("2006-01-02 15:04:05"), grain}
		for n, k := range keys {
			parts = append(parts, rows[i].Values[n]+called[k][rows[i].Values[n]])
		}
		key := strings.Join(parts, "|")
		cells, ok := found[key]
		if !ok {
			b.t.Errorf("%s has no %s", view, key)
			continue
		}
		for n, name := range names {
			want := figures[name](&rows[i].Measures)
			got, err := strconv.ParseFloat(cells[n], 64)
			if err != nil { // NULL
				got = -1
			}
			if off := got - want; off > 0.0000501 || off < -0.0000501 { // of four digits
				b.t.Errorf("%s of %s, %s: %s, want %v", name, view, key, cells[n], want)
			}
		}
	}
}

// Causes and delays are those of the attempts, and the median is had as the manual
// says.
func TestQualityViewsOfCausesAndDelays(t *testing.T) {
	t.Parallel()
	b, from, to := qualityOfRandomCalls(t, 60, 18)
	const keys = "provider_id, COALESCE(tier, ''), "
	for level, at := range []string{"TIMESTAMP(DATE(started_at), MAKETIME(HOUR(started_at), MINUTE(started_at) DIV 5 * 5, 0))", "TIMESTAMP(DATE(started_at), MAKETIME(HOUR(started_at), 0, 0))", "TIMESTAMP(DATE(started_at))"} {
		same(t, "causes", b.table("SELECT CAST("+at+" AS DATETIME), "+keys+sqlCountry+` AS land, result, COALESCE(sip_status, 0), COALESCE(cause, 0), COALESCE(blame, ''), COUNT(*)
			FROM vw_quality_attempts GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8`),
			b.table(`SELECT CAST(began_at AS DATETIME), provider_id, tier, country, result, sip_status, cause, blame, bids FROM vw_quality_causes WHERE level = ? ORDER BY 1, 2, 3, 4, 5, 6, 7, 8`, level))
	}
	report, err := b.QualityReport(t.Context(), db.QualityQuery{By: []db.QualityDimension{db.ByProvider}, From: from, To: to})
	if err != nil {
		t.Fatal(err)
	}
	var columns, medians [][]string
	for _, row := range report.Rows {
		sofar, median := int64(0), ""
		for i, n := range row.Measures.PDD {
			if sofar += n; median == "" && 2*sofar >= row.Measures.PDD.Count() {
				median = strconv.FormatInt(quality.BinBound(i).Milliseconds(), 10)
			}
			if n > 0 {
				columns = append(columns, []string{row.Values[0], strconv.FormatInt(quality.BinBound(i).Milliseconds(), 10), strconv.FormatInt(n, 10)})
			}
		}
		medians = append(medians, []string{row.Values[0], median})
	}
	for level := range 3 {
		same(t, "delays", columns, b.table(`SELECT provider_id, COALESCE(up_to_ms, 40390), SUM(bids) FROM vw_quality_delays WHERE level = ? GROUP BY 1, above_ms, 2 ORDER BY 1, above_ms`, level))
	}
	query := regexp.MustCompile("(?s)```sql\n(SELECT provider_id.*?vw_quality_delays.*?);\n```").FindStringSubmatch(manual(t))
	if query == nil {
		t.Fatal("the manual does not say how a median is had")
	}
	same(t, "medians", medians, b.table(query[1]+" ORDER BY provider_id"))
}

// What the manual grants is what a read-only user needs, and no more.
func TestQualityViewsAsTheManualGrants(t *testing.T) {
	t.Parallel()
	b, _, _ := qualityOfRandomCalls(t, 20, 19)
	user := "bi_" + b.config.Database
	b.exec("CREATE USER '" + user + "'@'%' IDENTIFIED BY 'bi'")
	t.Cleanup(func() {
		if _, err := b.hand.ExecContext(context.WithoutCancel(t.Context()), "DROP USER '"+user+"'@'%'"); err != nil {
			t.Error(err)
		}
	})
	for _, grant := range regexp.MustCompile(`(?m)^GRANT .*;$`).FindAllString(manual(t), -1) {
		b.exec(strings.NewReplacer("tandem.", "`"+b.config.Database+"`.", "'bi'@'10.0.0.%'", "'"+user+"'@'%'").Replace(grant))
	}
	c := mysql.NewConfig()
	c.Net, c.Addr, c.User, c.Passwd, c.DBName = "tcp", b.config.Address, user, "bi", b.config.Database
	if strings.HasPrefix(c.Addr, "/") {
		c.Net = "unix"
	}
	connector, err := mysql.NewConnector(c)
	if err != nil {
		t.Fatal(err)
	}
	bi := b
	bi.hand = sql.OpenDB(connector)
	defer bi.hand.Close()
	views := []string{"vw_quality_causes", "vw_quality_delays"}
	for view := range viewKeys() {
		views = append(views, view)
	}
	for _, view := range views {
		if rows := bi.table("SELECT * FROM " + view); len(rows) == 0 {
			t.Errorf("%s is empty", view)
		}
	}
	for _, secret := range []string{"calls", "attempts", "vw_quality_attempts", "users"} {
		if _, err := bi.hand.ExecContext(t.Context(), "SELECT 1 FROM "+secret); err == nil {
			t.Errorf("a user for reports reads %s", secret)
		}
	}
}
