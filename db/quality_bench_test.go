package db_test

import (
	"testing"

	"github.com/go-sql-driver/mysql"

	"tandem/db"
	"tandem/geo"
	"tandem/play/dbtest"
)

// benchAttempts is how many attempts lie in one day of the benchmarks.
const benchAttempts = 100_000

// busyDay is a day of attempts of 12 providers to 400 prefixes.
func busyDay(tb testing.TB) *db.DB {
	tb.Helper()
	c, err := mysql.ParseDSN(dbtest.DSN(tb))
	if err != nil {
		tb.Fatal(err)
	}
	d, err := db.Open(tb.Context(), db.Config{Address: c.Addr, User: c.User, Password: c.Passwd, Database: c.DBName})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := d.Close(); err != nil {
			tb.Error(err)
		}
	})
	if err := d.Migrate(tb.Context(), nil); err != nil {
		tb.Fatal(err)
	}
	for _, statement := range []string{
		`INSERT INTO calls (call_id, server, direction, account_id, b_number, started_at, disposition, closed_by, sale_base, cost_base)
			SELECT CONCAT('a-', seq), CONCAT('server', seq % 3), 'out', 1 + seq % 40, CONCAT('79', LPAD(seq * 7919 % 400, 3, '0'), '123456'),
			'2026-03-01' + INTERVAL seq * 864000 MICROSECOND, IF(seq % 3 = 0, 'answered', 'failed'), 'report', IF(seq % 3 = 0, 0.02, NULL), 0.01 FROM seq_1_to_100000`,
		`INSERT INTO attempts (call_id, n, route, provider_id, tier, gate_id, started_at, result, sip_status, cause, rang, pdd_ms, talk_ms, elapsed_ms, blame, cost, cost_base)
			SELECT CONCAT('a-', seq), 1, CONCAT(seq % 12, '.c.g', seq % 5), 1 + seq % 12, 'cli', seq % 5, '2026-03-01' + INTERVAL seq * 864000 MICROSECOND,
			IF(seq % 3 = 0, 'answered', 'failed'), 503, 34, seq % 2, IF(seq % 2, 500 + seq % 4000, NULL), IF(seq % 3 = 0, 60000, 0), 3000, IF(seq % 3 = 0, NULL, 'route'), 0.01, 0.01
			FROM seq_1_to_100000`,
	} {
		if _, err := d.Pool().ExecContext(tb.Context(), statement); err != nil {
			tb.Fatal(err)
		}
	}
	return d
}

// What it takes to count a day anew, of 5 minutes, hours and the day.
func BenchmarkRollQuality(b *testing.B) {
	day := busyDay(b)
	places, err := geo.New(0)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := day.RebuildQuality(b.Context(), at("2026-03-01 00:00:00")); err != nil {
			b.Fatal(err)
		}
		done, err := day.RollQuality(b.Context(), db.QualityRoll{Place: places.Place}, nil)
		if err != nil || done.Attempts == 0 {
			b.Fatal(done, err)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()*1e6/float64(b.N)/(benchAttempts/1000), "us/1000-attempts")
}

// A report of a day, from rollups and from attempts.
func BenchmarkQualityReport(b *testing.B) {
	day := busyDay(b)
	if _, err := day.RebuildQuality(b.Context(), at("2026-03-01 00:00:00")); err != nil {
		b.Fatal(err)
	}
	if _, err := day.RollQuality(b.Context(), db.QualityRoll{Place: plainPlace}, nil); err != nil {
		b.Fatal(err)
	}
	q := db.QualityQuery{By: []db.QualityDimension{db.ByProvider, db.ByCountry}, From: at("2026-03-01 00:00:00"), To: at("2026-03-02 00:00:00")}
	for grain := range map[db.QualityGrain]bool{db.GrainTotal: true, db.GrainHour: true} {
		q.Grain = grain
		b.Run(string(grain), func(b *testing.B) {
			for b.Loop() {
				if r, err := day.QualityReport(b.Context(), q); err != nil || len(r.Rows) == 0 {
					b.Fatal(r, err)
				}
			}
		})
	}
	b.Run("attempts", func(b *testing.B) {
		for b.Loop() {
			if _, err := day.Pool().ExecContext(b.Context(), `SELECT provider_id, LEFT(b_number, 2), COUNT(*), SUM(seized), SUM(effective), SUM(answered), SUM(short_answer),
				SUM(talk_ms), SUM(cost), SUM(sale) FROM vw_quality_attempts WHERE started_at >= '2026-03-01' AND started_at < '2026-03-02' GROUP BY 1, 2`); err != nil {
				b.Fatal(err)
			}
		}
	})
}
