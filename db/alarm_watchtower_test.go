package db_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

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

// events are what was written for channels, in order.
func (w watchtower) events() (list []string) {
	w.t.Helper()
	for _, row := range w.table(`SELECT event, message FROM alarm_deliveries ORDER BY id`) {
		list = append(list, row[0])
	}
	return list
}

// terms of a call that is sold in the base currency.
func (w watchtower) terms() string {
	w.t.Helper()
	return `{"sale":{"currency_id":1,"to":"1.00000000"},"base":"1.00000000"}`
}
