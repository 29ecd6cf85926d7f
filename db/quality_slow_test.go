package db_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/billing"
	"tandem/db"
	"tandem/geo"
	"tandem/internal/e164"
	"tandem/internal/q850"
	"tandem/quality"
)

// plainPlace is a place that SQL can work out, too.
func plainPlace(number string) geo.Place {
	p := geo.Place{Prefix: number[:min(4, len(number))], Network: "net " + number[min(3, len(number)):min(5, len(number))]}
	switch {
	case strings.HasPrefix(number, "7"):
		p.Country = "RU"
	case strings.HasPrefix(number, "44"):
		p.Country = "GB"
	}
	return p
}

// Expressions of plainPlace.
const (
	sqlCountry = "CASE WHEN b_number LIKE '7%' THEN 'RU' WHEN b_number LIKE '44%' THEN 'GB' ELSE '' END"
	sqlOrigin  = "(SELECT CASE WHEN o.a_number LIKE '7%' THEN 'RU' WHEN o.a_number LIKE '44%' THEN 'GB' ELSE '' END FROM calls o WHERE o.call_id = vw_quality_attempts.call_id)"
	sqlPrefix  = "LEFT(COALESCE(b_number, ''), 4)"
	sqlNetwork = "CONCAT('net ', SUBSTR(COALESCE(b_number, ''), 4, 2))"
)

func (b bundle) roll() db.QualityRolled {
	b.t.Helper()
	done, err := b.RollQuality(b.t.Context(), db.QualityRoll{Place: plainPlace}, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return done
}

// slowQuality works a report out of all attempts, by the view for single attempts.
func (b bundle) slowQuality(by []db.QualityDimension, where string, from, to time.Time, at string) []string {
	b.t.Helper()
	columns := []string{at}
	for _, d := range by {
		columns = append(columns, map[db.QualityDimension]string{
			db.ByProvider: "provider_id", db.ByTier: "COALESCE(tier, '')", db.ByGate: "COALESCE(gate_id, 0)", db.ByServer: "COALESCE(server, '')",
			db.ByAccount: "COALESCE(account_id, 0)", db.ByCountry: sqlCountry, db.ByPrefix: sqlPrefix, db.ByNetwork: sqlNetwork, db.ByACountry: "COALESCE(" + sqlOrigin + ", '')",
		}[d])
	}
	sums := []string{
		"COUNT(*)", "SUM(seized)", "SUM(effective)", "SUM(answered)", "SUM(short_answer)", "SUM(talk_ms)",
		"CAST(COALESCE(SUM(cost), 0) AS DECIMAL(19,6))", "CAST(COALESCE(SUM(sale), 0) AS DECIMAL(19,6))",
		"SUM(COALESCE(blame, '') = 'caller')", "SUM(COALESCE(blame, '') = 'called')", "SUM(COALESCE(blame, '') = 'route')", "SUM(COALESCE(blame, '') = 'us')",
	}
	sums = append(sums, "SUM(scored)", "SUM(silent)", "SUM(IF(scored, COALESCE(rtp_received, 0) + COALESCE(rtp_lost, 0), 0))", "SUM(IF(scored, COALESCE(rtp_lost, 0), 0))",
		"SUM(IF(scored, COALESCE(rtp_jitter_us, 0), 0))", "SUM(IF(scored, ROUND(mos * 100), 0))")
	low := int64(0)
	for i := range quality.Bins {
		high := quality.BinBound(i).Milliseconds()
		if i == quality.Bins-1 {
			high = 1 << 40
		}
		sums = append(sums, fmt.Sprintf("COALESCE(SUM(pdd_ms > %d AND pdd_ms <= %d), 0)", low, high))
		low = high
	}
	query := "SELECT " + strings.Join(slices.Concat(columns, sums), ", ") + " FROM vw_quality_attempts WHERE started_at >= ? AND started_at < ? " + where +
		" GROUP BY " + strings.Join(columns, ", ")
	var list []string
	for _, row := range b.table(query, from, to) {
		list = append(list, strings.Join(row, " | "))
	}
	slices.Sort(list)
	return list
}

func reportLines(r *db.QualityReport) []string {
	var list []string
	for _, row := range r.Rows {
		at := ""
		if !row.At.IsZero() {
			at = row.At.Format(time.DateTime)
		}
		m := &row.Measures
		cells := append([]string{at}, row.Values...)
		for _, n := range []int64{m.Bids, m.Seizures, m.Effective, m.Answers, m.Short, m.Talk.Milliseconds()} {
			cells = append(cells, strconv.FormatInt(n, 10))
		}
		cells = append(cells, fmt.Sprintf("%.6f", float64(m.Cost)/1e6), fmt.Sprintf("%.6f", float64(m.Sale)/1e6))
		media := []int64{m.Media.Legs, m.Media.Silent, m.Media.Expected, m.Media.Lost, m.Media.JitterMicros, m.Media.MOS}
		for _, n := range slices.Concat([]int64{m.Blamed.Caller, m.Blamed.Called, m.Blamed.Route, m.Blamed.Us}, media, m.PDD[:]) {
			cells = append(cells, strconv.FormatInt(n, 10))
		}
		list = append(list, strings.Join(cells, " | "))
	}
	slices.Sort(list)
	return list
}

// agree holds many reports against the slow query.
func (b bundle) agree(r *rand.Rand, from, to time.Time) {
	b.t.Helper()
	for _, c := range []struct {
		by    []db.QualityDimension
		where []db.QualityWhere
		sql   string
	}{
		{},
		{by: []db.QualityDimension{db.ByProvider, db.ByCountry}},
		{by: []db.QualityDimension{db.ByTier}, where: []db.QualityWhere{{Dimension: db.ByProvider, Values: []string{"7", "11"}}}, sql: "AND provider_id IN (7, 11)"},
		{by: []db.QualityDimension{db.ByAccount}},
		{by: []db.QualityDimension{db.ByAccount}, where: []db.QualityWhere{{Dimension: db.ByCountry, Values: []string{"GB"}}}, sql: "AND " + sqlCountry + " = 'GB'"},
		{by: []db.QualityDimension{db.ByGate, db.ByPrefix}},
		{by: []db.QualityDimension{db.ByServer, db.ByTier, db.ByGate}},
		{by: []db.QualityDimension{db.ByCountry}},
		{by: []db.QualityDimension{db.ByACountry}},
		{by: []db.QualityDimension{db.ByProvider}},
		{by: []db.QualityDimension{db.ByNetwork}},
	} {
		for grain, at := range map[db.QualityGrain]string{
			db.GrainTotal: "''", db.GrainDay: "CAST(TIMESTAMP(DATE(started_at)) AS CHAR)",
			db.GrainHour:        "CAST(TIMESTAMP(DATE(started_at), MAKETIME(HOUR(started_at), 0, 0)) AS CHAR)",
			db.GrainFiveMinutes: "CAST(TIMESTAMP(DATE(started_at), MAKETIME(HOUR(started_at), MINUTE(started_at) DIV 5 * 5, 0)) AS CHAR)",
		} {
			span := to.Sub(from)
			start := from.Add(time.Duration(r.Int64N(int64(span / 2)))).Truncate(5 * time.Minute)
			end := to.Add(-time.Duration(r.Int64N(int64(span / 3)))).Truncate(5 * time.Minute)
			report, err := b.QualityReport(b.t.Context(), db.QualityQuery{By: c.by, Where: c.where, From: start, To: end, Grain: grain})
			if err != nil {
				b.t.Fatal(err)
			}
			if !report.From.Equal(start) || !report.To.Equal(end) {
				b.t.Fatalf("from %s to %s, want %s and %s", report.From, report.To, start, end)
			}
			want, got := b.slowQuality(c.by, c.sql, start, end, at), reportLines(&report)
			if !slices.Equal(want, got) {
				b.t.Fatalf("by %v, grain %s, from %s to %s:\n%s\nwant\n%s", c.by, grain, start, end, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
	}
}

// randomCall makes the records of one call: attempts, sometimes twice and under
// way first, and its start and end.
func randomCall(r *rand.Rand, id string, from time.Time, over time.Duration) []billing.Record {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	at := from.Add(time.Duration(r.Int64N(int64(over)))).Truncate(time.Millisecond)
	s := billing.Start{
		CallID: id, Server: pick("asterisk-macomnet", "asterisk-westcall"), Direction: billing.Outgoing, AccountID: r.Int64N(3),
		ANumber: e164.Number(pick("74951815000", "447700900001", "")), BNumber: e164.Number(pick("74957777777", "79161234567", "447700900123", "4420712345", "12025550123")),
		StartedAt: at, Reasons: []byte{1},
	}
	e := billing.End{Start: s, EndedAt: at.Add(time.Minute), Disposition: billing.Failed, Source: billing.ByReport}
	for n := range 1 + r.IntN(3) {
		a := billing.Attempt{
			CallID: id, N: n + 1, Key: pick("7.c.g8", "11.c.a35", "8.c.a1"), Tier: pick("cli", "noncli", ""), GateID: r.Int64N(3),
			StartedAt: at.Add(time.Duration(r.IntN(400_000)) * time.Millisecond), Elapsed: time.Duration(1+r.IntN(60_000)) * time.Millisecond,
			Result: billing.Failed, SIPStatus: []int{0, 100, 183, 404, 503}[r.IntN(5)], Cause: []q850.Cause{0, 1, 21, 34}[r.IntN(4)],
			Rang: r.IntN(2) == 0, Progress: r.IntN(3) == 0, Blame: q850.Blame(pick("", "caller", "called", "route", "us")),
		}
		a.ProviderID = map[string]int64{"7.c.g8": 7, "11.c.a35": 11, "8.c.a1": 8}[a.Key]
		if r.IntN(3) == 0 {
			a.PDD = time.Duration(1+r.IntN(50_000)) * time.Millisecond
		}
		switch r.IntN(6) {
		case 0:
			a.Result = billing.Busy
		case 1:
			a.Result = billing.NoAnswer
		case 2, 3:
			a.Result, a.Blame, a.Talk = billing.Answered, "", time.Duration(r.IntN(20_000))*time.Millisecond
			e.Disposition, e.Route, e.Talk, e.AnsweredAt = billing.Answered, a.Key, a.Talk, a.StartedAt.Add(time.Second)
			e.EndedAt = e.AnsweredAt.Add(a.Talk)
		}
		a.Media = randomMedia(rand.New(rand.NewPCG(uint64(at.UnixMilli()), uint64(n))))
		e.Attempts = append(e.Attempts, a)
		if a.Result == billing.Answered {
			break
		}
	}
	e.Terms = new(terms())
	list := []billing.Record{{Start: &s}, {End: &e}}
	for i := range e.Attempts {
		a := e.Attempts[i]
		underway := a
		underway.Result, underway.Talk, underway.Elapsed, underway.Blame, underway.Media = billing.InProgress, 0, 0, "", billing.Media{}
		list = append(list, billing.Record{Attempt: &underway}, billing.Record{Attempt: &a})
	}
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list[:1+r.IntN(len(list))] // some never come
}

// randomMedia is what may be heard of a leg, answered or not: enough for a score,
// too little, nothing although something was sent, or no media at all.
func randomMedia(r *rand.Rand) billing.Media {
	m := billing.Media{Sent: 90 + r.Int64N(20), RTT: time.Duration(r.IntN(300_000)) * time.Microsecond}
	switch r.IntN(5) {
	case 0:
		return billing.Media{}
	case 1: // silent, if enough was sent
	case 2:
		m.Received, m.Lost, m.Jitter = 1+r.Int64N(200), r.Int64N(20), time.Duration(r.IntN(5000))*time.Microsecond
	default:
		m.Received, m.Lost, m.Sent = 280+r.Int64N(20_000), r.Int64N(2000), r.Int64N(20_000)
		m.Jitter, m.MOS = time.Duration(r.IntN(90_000))*time.Microsecond, 100+r.IntN(351)
	}
	return m
}
