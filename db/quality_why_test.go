package db_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tandem/billing"
	"tandem/db"
	"tandem/geo"
	"tandem/internal/q850"
)

// Ends add up whatever the level, and rare ones are one line.
func TestQualityCauses(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	from := at("2026-03-01 00:00:00")
	r := rand.New(rand.NewPCG(10, 10))
	for i := range 300 {
		b.write(randomCall(r, fmt.Sprint("a", i), from, 50*time.Hour)...)
	}
	// Every status that there is, the smaller the more often, and two that are none.
	var odd []billing.Record
	for status := range 60 {
		for n := range 1 + (60-status)/10 {
			odd = append(odd, billing.Record{Attempt: &billing.Attempt{
				CallID: fmt.Sprintf("odd %d.%d", status, n), N: 1, Key: "9.c.a1", ProviderID: 9, Tier: "cli", StartedAt: from.Add(time.Duration(status) * 20 * time.Minute),
				Result: billing.Failed, SIPStatus: 400 + status, Cause: 34, Blame: q850.BlameRoute,
			}})
		}
	}
	for status := range 60 { // all in one bucket
		odd = append(odd, billing.Record{Attempt: &billing.Attempt{
			CallID: fmt.Sprint("at once ", status), N: 1, Key: "10.c.a1", ProviderID: 10, Tier: "cli", StartedAt: from, Result: billing.Failed, SIPStatus: 400 + status, Blame: q850.BlameRoute,
		}})
	}
	odd[0].Attempt.SIPStatus, odd[1].Attempt.SIPStatus = 7, 9999
	b.write(odd...)
	b.roll()
	exact := b.table(`SELECT a.provider_id, COALESCE(a.tier, ''), ` + strings.ReplaceAll(sqlCountry, "b_number", "COALESCE(c.b_number, '')") + ` AS country, a.result, COALESCE(a.blame, ''), COUNT(*)
		FROM attempts a LEFT JOIN calls c ON c.call_id = a.call_id WHERE a.result <> 'in_progress' AND a.provider_id > 0 GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5`)
	for level := range 3 {
		same(t, fmt.Sprint("level ", level), exact, b.table(`SELECT provider_id, tier, country, result, blame, SUM(bids) FROM quality_causes WHERE level = ?
			GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5`, level))
	}
	day := b.table(`SELECT sip_status, cause, bids FROM quality_causes WHERE level = 2 AND provider_id = 9 ORDER BY sip_status`)
	if len(day) != 33 || day[0][0] != "0" || day[0][1] != "0" || day[1][0] != "400" || day[32][0] != "431" {
		t.Errorf("of 60 ends there are %d lines: %v", len(day), day)
	}
	if lines := b.one("SELECT CONCAT(COUNT(*), ' ', MAX(sip_status), ' ', MAX(bids)) FROM quality_causes WHERE level = 0 AND provider_id = 10"); lines != "33 431 28" {
		t.Errorf("of 60 ends at once there are %s", lines)
	}
	if n := b.one("SELECT COUNT(*) FROM quality_causes WHERE level = 0 AND sip_status NOT BETWEEN 100 AND 699 AND sip_status <> 0"); n != "0" {
		t.Errorf("%s strange statuses are kept", n)
	}
}

// A node dies while it counts; another goes on. Nothing is counted twice.
func TestQualityCounterDies(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(2, "1000.00")
	from, over := at("2026-03-01 00:00:00"), 3*time.Hour
	r := rand.New(rand.NewPCG(11, 11))
	for i := range 100 {
		b.write(randomCall(r, strconv.Itoa(i), from, over)...)
	}
	numbers := 0
	_, err := b.RollQuality(t.Context(), db.QualityRoll{Place: func(number string) geo.Place {
		if numbers++; numbers != 20 {
			return plainPlace(number)
		}
		// In the middle of a bucket the connection breaks, and nothing is heard of the
		// node for longer than its lease.
		for _, id := range b.table(`SELECT t.trx_mysql_thread_id FROM information_schema.INNODB_TRX t
			JOIN information_schema.PROCESSLIST p ON p.ID = t.trx_mysql_thread_id WHERE p.DB = DATABASE() AND p.ID <> CONNECTION_ID()`) {
			b.exec("KILL " + id[0])
		}
		b.exec("UPDATE jobs SET lease_until = '2000-01-01' WHERE name = 'quality'")
		if done := b.roll(); done.Buckets == 0 {
			t.Errorf("the other node: %+v", done)
		}
		return plainPlace(number)
	}}, nil)
	if err == nil || numbers < 20 {
		t.Errorf("the node that died has counted %d numbers to the end", numbers)
	}
	if done := b.roll(); done.Buckets != 0 {
		t.Errorf("left: %+v", done)
	}
	b.agree(r, from, from.Add(over+time.Hour))
	// One that was only slow finds, after a bucket, that another has its job.
	if _, err := b.RebuildQuality(t.Context(), from); err != nil {
		t.Fatal(err)
	}
	taken := false
	if done, err := b.RollQuality(t.Context(), db.QualityRoll{Place: plainPlace}, func(db.QualityRolled) {
		if !taken {
			taken = true
			b.exec("UPDATE jobs SET lease_until = '2000-01-01' WHERE name = 'quality'")
			b.roll()
		}
	}); err == nil {
		t.Errorf("went on: %+v", done)
	}
	b.agree(r, from, from.Add(over+time.Hour))
}

// Of months whose records are gone, what was counted stays, whatever comes late.
func TestQualityOfForgottenRecords(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(2, "1000.00")
	r := rand.New(rand.NewPCG(12, 12))
	from, over := at("2026-03-01 00:00:00"), 3*time.Hour
	for i := range 100 {
		b.write(randomCall(r, strconv.Itoa(i), from, over)...)
	}
	b.roll()
	report := func() []string {
		t.Helper()
		v, err := b.QualityReport(t.Context(), db.QualityQuery{By: []db.QualityDimension{db.ByProvider}, From: from, To: from.Add(24 * time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		return reportLines(&v)
	}
	before := report()
	b.exec("INSERT INTO jobs (name, owner, lease_until, done_to) VALUES (?, '', '2000-01-01', '2026-04-01')", db.ForgottenJob)
	b.exec("DELETE FROM attempts")
	b.write(randomCall(r, "late", from, over)...)
	b.write(billing.Record{Attempt: &billing.Attempt{CallID: "later", N: 1, Key: "7.c.g8", ProviderID: 7, StartedAt: from.Add(time.Hour), Result: billing.Busy}})
	b.roll()
	if after := report(); !slices.Equal(before, after) {
		t.Errorf("before\n%s\nafter\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
	}
	if n := b.one("SELECT COUNT(*) FROM quality_dirty"); n != "0" {
		t.Errorf("%s marks are left", n)
	}
	if n, err := b.RebuildQuality(t.Context(), from); err != nil || n != 0 {
		t.Errorf("rebuild: %d, %v", n, err)
	}
}

// Delays that are far apart, many of them, come back as they went in.
func TestQualityDelays(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	from := at("2026-03-01 00:00:00")
	var records []billing.Record
	for i := range 64 {
		for n := range 1 + i%11 {
			records = append(records, billing.Record{Attempt: &billing.Attempt{
				CallID: fmt.Sprintf("%d.%d", i, n), N: 1, Key: "7.c.g8", ProviderID: 7, StartedAt: from, Result: billing.Busy, PDD: time.Duration(1+i*i*12) * time.Millisecond,
			}})
		}
	}
	b.write(records...)
	b.roll()
	b.agree(rand.New(rand.NewPCG(13, 13)), from, from.Add(time.Hour))
	seen := 0
	if err := b.EachRouteQuality(t.Context(), from, func(r *db.RouteQuality) {
		seen++
		if !r.At.Equal(from) || r.ProviderID != 7 || r.Measures.Bids != int64(len(records)) || r.Measures.Seizures != int64(len(records)) || r.Measures.PDD.Count() != int64(len(records)) {
			t.Errorf("%+v", r)
		}
	}); err != nil || seen != 1 {
		t.Errorf("%d rows, %v", seen, err)
	}
	if err := b.EachRouteQuality(t.Context(), from.Add(5*time.Minute), func(r *db.RouteQuality) { t.Errorf("of another time: %+v", r) }); err != nil {
		t.Error(err)
	}
}
