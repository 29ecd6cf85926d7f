package bench

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"tandem/db"
	"tandem/geo"
	"tandem/play"
)

// Goals of reports, set before the runs: ReportGoal for sums over all attempts,
// SeriesGoal for a month hour by hour, RollGoal for counting a thousand attempts
// that are new.
const (
	ReportGoal = 100.0  // ms
	SeriesGoal = 1000.0 // ms
	RollGoal   = 15.0   // ms
)

// ReportsSpec bounds the bench Reports.
type ReportsSpec struct {
	Attempts int
	Days     int // that they are spread over
	Rounds   int // of each report
	Raw      int // rounds of the same from attempts, which take their time; 0: none
}

func (s ReportsSpec) validate() error {
	switch {
	case s.Attempts < 1000 || s.Attempts > 100_000_000:
		return fmt.Errorf("attempts %d: want 1000 to 100000000", s.Attempts)
	case s.Days < 1 || s.Days > 366:
		return fmt.Errorf("days %d: want 1 to 366", s.Days)
	case s.Rounds < 1 || s.Rounds > 100:
		return fmt.Errorf("rounds %d: want 1 to 100", s.Rounds)
	case s.Raw < 0 || s.Raw > 10:
		return fmt.Errorf("raw rounds %d: want 0 to 10", s.Raw)
	}
	return nil
}

// from is when the attempts begin: long ago, so that all buckets are over.
func (ReportsSpec) from() time.Time { return time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC) }

func (s ReportsSpec) length() time.Duration { return time.Duration(s.Days) * 24 * time.Hour }

func (s ReportsSpec) to() time.Time { return s.from().Add(s.length()) }

// ReportsReport is what Reports found.
type ReportsReport struct {
	Bench    string         `json:"bench"`
	Host     Host           `json:"host"`
	Attempts int            `json:"attempts"`
	Days     int            `json:"days"`
	Fill     float64        `json:"fill_s"`
	Rolls    []ReportsRoll  `json:"rolls"`
	Cases    []ReportsCase  `json:"cases"`
	Tables   []ReportsTable `json:"tables"`
	Goals    []GoalHeld     `json:"goals"`
}

// ReportsRoll is what it takes to count attempts.
type ReportsRoll struct {
	What       string  `json:"what"`
	Attempts   int64   `json:"attempts"`
	Buckets    int     `json:"buckets"`
	Each       float64 `json:"ms_per_1000"`
	CPU        float64 `json:"cpu_ms_per_1000"` // of our process
	MariaDBCPU float64 `json:"mariadb_cpu_ms_per_1000"`
	Others     float64 `json:"share_of_the_machine_used_by_others"`
}

// ReportsTable is how large a table is.
type ReportsTable struct {
	Name  string  `json:"table"`
	Rows  int64   `json:"rows"`
	Bytes int64   `json:"bytes"`
	Each  float64 `json:"bytes_a_row"`
	Per   float64 `json:"bytes_an_attempt"`
}

// Reports measures reports of route quality from rollups against the same from
// attempts, and what the rollups cost.
func Reports(ctx context.Context, o Options, spec ReportsSpec) (ReportsReport, error) {
	report := ReportsReport{Bench: "reports", Host: hostOf(o.Version, o.Tools), Attempts: spec.Attempts, Days: spec.Days}
	if err := spec.validate(); err != nil {
		return report, err
	}
	err := o.within(ctx, "reports", func(dir string, teardown *play.Teardown) error {
		b := reportsBench{options: o, spec: spec, traffic: newTraffic(spec)}
		if err := b.open(ctx, dir, teardown); err != nil {
			return err
		}
		return b.run(ctx, &report)
	})
	report.judge()
	return report, err
}

type reportsBench struct {
	options Options
	spec    ReportsSpec
	traffic *traffic
	places  *geo.Atlas
	db      *db.DB
	pool    *sql.DB // one connection
	meter   meter   // ourselves, MariaDB
}

// open starts MariaDB with empty tables. The data, which may be large, go when it
// has ended.
func (b *reportsBench) open(ctx context.Context, dir string, teardown *play.Teardown) (err error) {
	data := filepath.Join(dir, "mariadb")
	teardown.Add("the data", func(context.Context) error { return os.RemoveAll(data) })
	m, err := play.StartMariaDB(ctx, b.options.Tools, data)
	if err != nil {
		return err
	}
	teardown.Add("MariaDB", m.Close)
	if b.places, err = geo.New(0); err != nil {
		return err
	}
	c := m.Config()
	if b.db, err = db.Open(ctx, db.Config{Address: c.Addr, User: c.User, Password: c.Passwd, Database: c.DBName, Program: "bench"}); err != nil {
		return err
	}
	teardown.Add("the database", func(context.Context) error { return b.db.Close() })
	if err := b.db.Migrate(ctx, nil); err != nil {
		return err
	}
	if b.pool, err = sql.Open("mysql", m.DSN()); err != nil {
		return err
	}
	b.pool.SetMaxOpenConns(1) // settings are those of a session
	teardown.Add("connections to MariaDB", func(context.Context) error { return b.pool.Close() })
	b.meter = meter{os.Getpid(), pidOf(m)}
	return nil
}

func (b *reportsBench) run(ctx context.Context, report *ReportsReport) error {
	began := time.Now()
	if err := b.fill(ctx); err != nil {
		return err
	}
	report.Fill = time.Since(began).Seconds()
	b.options.say("filled in %.0f s", report.Fill)
	for _, r := range []struct {
		what  string
		since time.Time
	}{{"all, for the first time", b.spec.from()}, {"the last day, again", b.spec.to().AddDate(0, 0, -1)}} {
		roll, err := b.roll(ctx, r.what, r.since)
		if err != nil {
			return err
		}
		report.Rolls = append(report.Rolls, roll)
	}
	var err error
	if report.Tables, err = b.sizes(ctx); err != nil {
		return err
	}
	report.Cases, err = b.ask(ctx)
	return err
}

// roll counts everything since then.
func (b *reportsBench) roll(ctx context.Context, what string, since time.Time) (ReportsRoll, error) {
	r := ReportsRoll{What: what}
	if _, err := b.db.RebuildQuality(ctx, since); err != nil {
		return r, err
	}
	watch, err := startWatch()
	if err != nil {
		return r, err
	}
	before, err := b.meter.read()
	if err != nil {
		return r, err
	}
	began, told := time.Now(), time.Now()
	done, err := b.db.RollQuality(ctx, db.QualityRoll{Place: b.places.Place}, func(done db.QualityRolled) {
		if time.Since(told) > 10*time.Second {
			told = time.Now()
			b.options.say("%s: %d attempts counted, %d days", what, done.Attempts, done.Days)
		}
	})
	if err != nil {
		return r, err
	}
	took := time.Since(began)
	used, err := b.meter.since(before)
	if err != nil {
		return r, err
	}
	per := float64(max(1, done.Attempts)) / 1000
	r.Attempts, r.Buckets = done.Attempts, done.Buckets
	r.Each, r.CPU, r.MariaDBCPU = ms(took)/per, ms(used[0])/per, ms(used[1])/per
	b.options.say("%s: %.1f ms a thousand attempts", what, r.Each)
	r.Others, err = watch.others(used)
	return r, err
}

// sizes are those of records and rollups, once all is counted.
func (b *reportsBench) sizes(ctx context.Context) (list []ReportsTable, err error) {
	names := []string{
		"calls", "attempts", "quality_providers", "quality_destinations", "quality_origins", "quality_customers", "quality_servers", "quality_countries", "quality_accounts",
		"quality_routes", "quality_causes",
	}
	for _, name := range names {
		if _, err := b.pool.ExecContext(ctx, "ANALYZE TABLE "+name); err != nil {
			return nil, err
		}
		t := ReportsTable{Name: name}
		if err := b.pool.QueryRowContext(ctx, `SELECT COUNT(*) FROM `+name).Scan(&t.Rows); err != nil {
			return nil, err
		}
		if err := b.pool.QueryRowContext(ctx, `SELECT data_length + index_length FROM information_schema.tables
			WHERE table_schema = DATABASE() AND table_name = ?`, name).Scan(&t.Bytes); err != nil {
			return nil, err
		}
		t.Each, t.Per = float64(t.Bytes)/float64(max(1, t.Rows)), float64(t.Bytes)/float64(b.spec.Attempts)
		list = append(list, t)
	}
	return list, nil
}

// leastDense is how many attempts a day has at least for counting to be judged: five
// hundred in each five minutes.
const leastDense = 500 * 24 * 12

func (r *ReportsReport) judge() {
	for _, c := range r.Cases {
		if c.Goal > 0 {
			r.Goals = append(r.Goals, atMost(c.What+", ms", c.Goal, c.Rollup.Median))
		}
	}
	if r.Attempts < leastDense*r.Days {
		return // of buckets that are nearly empty each attempt has its own rows
	}
	for _, roll := range r.Rolls[:min(1, len(r.Rolls))] {
		r.Goals = append(r.Goals, atMost("rolling a thousand attempts, ms", RollGoal, roll.Each))
	}
}
