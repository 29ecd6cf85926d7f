package db_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem/billing"
	"tandem/db"
	"tandem/internal/q850"
	"tandem/quality"
)

// Whatever is recorded, in whatever order, late, twice, corrected by a better
// source: reports say what a slow query over all attempts says.
func TestQualityIsExact(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(2, "1000.00")
	r := rand.New(rand.NewPCG(6, 6))
	from, over := at("2026-03-01 00:00:00"), 60*time.Hour
	var all [][]billing.Record
	for round := range 4 {
		for i := range 60 {
			all = append(all, randomCall(r, fmt.Sprintf("%d.%d", round, i), from, over))
		}
		for range 200 { // anything so far, the first time or once more
			batch := slices.Clone(all[r.IntN(len(all))])
			if e := randomCall(r, batch[0].CallID(), from, over); r.IntN(4) == 0 { // another story of the same call
				batch = e
			}
			b.write(batch...)
			if r.IntN(50) == 0 {
				b.roll()
			}
		}
		b.roll()
		b.agree(r, from.Add(-time.Hour), from.Add(over+24*time.Hour))
	}
	if n := b.one("SELECT COUNT(*) FROM quality_dirty"); n != "0" {
		t.Errorf("%s marks are left", n)
	}
	before := b.table("SELECT * FROM quality_routes ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9")
	if done := b.roll(); done != (db.QualityRolled{}) {
		t.Errorf("with nothing new: %+v", done)
	}
	if n, err := b.RebuildQuality(t.Context(), from); err != nil || n == 0 {
		t.Fatalf("rebuild: %d, %v", n, err)
	}
	if done := b.roll(); done.Buckets == 0 || done.Hours == 0 || done.Days == 0 || done.Attempts == 0 {
		t.Errorf("rebuilt %+v", done)
	}
	same(t, "rebuilt", before, b.table("SELECT * FROM quality_routes ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9"))
	if sold := b.one("SELECT COUNT(*) FROM quality_accounts WHERE level = 2 AND sale > 0 AND cost > 0 AND answers > short_answers AND blame_us > 0"); sold == "0" {
		t.Error("the calls of the test are too much alike: none was sold, or nobody talked")
	}
}

// What waits to be added up is read from what is there already.
func TestQualityReadsWhatIsUpToDate(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(2, "1000.00")
	r := rand.New(rand.NewPCG(7, 7))
	from, over := at("2026-03-01 00:00:00"), 60*time.Hour
	lazy := db.QualityRoll{Place: plainPlace, Gather: time.Hour}
	for round := range 4 {
		for i := range 60 {
			b.write(randomCall(r, fmt.Sprintf("%d.%d", round, i), from, over)...)
		}
		c := lazy
		if round == 1 {
			c.Gather = 0
		}
		done, err := b.RollQuality(t.Context(), c, nil)
		if err != nil || done.Buckets == 0 || (done.Days > 0) != (round == 1) {
			t.Fatalf("%+v, %v", done, err)
		}
		b.agree(r, from, from.Add(over+24*time.Hour))
	}
	// A mark that may have a transaction beside it waits.
	b.write(randomCall(r, "new", from, over)...)
	b.write(billing.Record{End: talked("new", 1, time.Minute)})
	if done, err := b.RollQuality(t.Context(), db.QualityRoll{Place: plainPlace, Settle: time.Hour, Gather: time.Hour}, nil); err != nil || done != (db.QualityRolled{}) {
		t.Errorf("%+v, %v", done, err)
	}
}

// What is forgotten is read from the larger buckets, and a late record does not
// spoil them.
func TestForgottenQuality(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(2, "1000.00")
	r := rand.New(rand.NewPCG(8, 8))
	now, err := b.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	today := now.Truncate(24 * time.Hour)
	from := today.AddDate(0, 0, -10)
	for i := range 200 {
		b.write(randomCall(r, strconv.Itoa(i), from, 9*24*time.Hour)...)
	}
	b.roll()
	if n, err := b.ForgetQuality(t.Context(), db.QualityKeep{FiveMinutes: 3 * 24 * time.Hour, Hours: 6 * 24 * time.Hour}); err != nil || n == 0 {
		t.Fatalf("%d, %v", n, err)
	}
	check := func() {
		t.Helper()
		report, err := b.QualityReport(t.Context(), db.QualityQuery{By: []db.QualityDimension{db.ByProvider}, From: from.Add(90 * time.Minute), To: today})
		if err != nil || !report.From.Equal(from) {
			t.Fatalf("from %s, %v", report.From, err)
		}
		same(t, "report", b.slowQuality([]db.QualityDimension{db.ByProvider}, "", from, today, "''"), reportLines(&report))
	}
	check()
	for i := range 200 {
		b.write(randomCall(r, "late "+strconv.Itoa(i), from, 9*24*time.Hour)...)
	}
	b.roll()
	check()
	if n := b.one("SELECT COUNT(*) FROM quality_routes WHERE level = 0 AND bucket < ?", today.AddDate(0, 0, -3)); n != "0" {
		t.Errorf("%s short buckets are back", n)
	}
}

// The view says of every kind of attempt what package quality says.
func TestQualityDefinitions(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	var records []billing.Record
	want := map[string]string{}
	digit := func(v bool) string { return map[bool]string{true: "1", false: "0"}[v] }
	for _, result := range []billing.Disposition{billing.Answered, billing.Busy, billing.NoAnswer, billing.Cancelled, billing.Failed, billing.Rejected, billing.InProgress} {
		for _, blame := range []q850.Blame{"", q850.BlameCaller, q850.BlameCalled, q850.BlameRoute, q850.BlameUs} {
			for _, status := range []int{0, 100, 101, 180, 183, 199, 200, 404, 486, 503, 603} {
				for _, cause := range []q850.Cause{0, 17, 21} {
					for flags := range 8 {
						id := fmt.Sprintf("%s/%s/%d/%d/%d", result, blame, status, cause, flags)
						a := billing.Attempt{
							CallID: id, N: 1, Key: "7.c.g8", ProviderID: 7, StartedAt: at("2026-03-04 05:06:07"), Result: result, SIPStatus: status, Cause: cause,
							Blame: blame, Rang: flags&1 != 0, Progress: flags&2 != 0, Talk: 5999 * time.Millisecond,
						}
						if flags&4 != 0 {
							a.PDD, a.Talk = time.Second, 6*time.Second
						}
						records = append(records, billing.Record{Attempt: &a})
						q := quality.AttemptOf(&a)
						var m quality.Measures
						m.Add(&q, quality.ShortTalk)
						if result != billing.InProgress {
							want[id] = digit(q.Seized()) + digit(q.Effective()) + digit(q.Answered) + digit(m.Short == 1) +
								fmt.Sprint(" ", m.Talk.Milliseconds(), " ", m.PDD.Count(), " ", m.Blamed)
						}
					}
				}
			}
		}
	}
	for some := range slices.Chunk(records, 500) {
		b.write(some...)
	}
	got := map[string]string{}
	for _, row := range b.table(`SELECT call_id, CONCAT(seized, effective, answered, short_answer, ' ', talk_ms, ' ', pdd_ms IS NOT NULL, ' {',
		COALESCE(blame = 'caller', 0), ' ', COALESCE(blame = 'called', 0), ' ', COALESCE(blame = 'route', 0), ' ', COALESCE(blame = 'us', 0), '}') FROM vw_quality_attempts`) {
		got[row[0]] = row[1]
	}
	if len(got) != len(want) {
		t.Errorf("%d attempts, want %d", len(got), len(want))
	}
	for id, w := range want {
		if got[id] != w {
			t.Errorf("%s: %s in SQL, %s in Go", id, got[id], w)
		}
	}
}

// Reports take the smallest table, and say what they cannot tell.
func TestQualityCubes(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	for _, c := range []struct {
		by   string
		want string
	}{
		{"", "quality_providers"},
		{"tier,provider", "quality_providers"},
		{"country", "quality_destinations"},
		{"a_country", "quality_origins"},
		{"country,tier", "quality_countries"},
		{"server,gate", "quality_servers"},
		{"account", "quality_customers"},
		{"account,country", "quality_accounts"},
		{"gate", "quality_servers"},
		{"gate,country", "quality_routes"},
		{"prefix,provider", "quality_routes"},
		{"account,provider", "by: account goes with country alone"},
		{"a_country,country", "by: a_country goes alone"},
		{"server,country", "by: server goes with provider, tier and gate alone"},
		{"colour", `by: has no "colour"`},
		{"tier,tier", "by: has tier twice"},
	} {
		q := db.QualityQuery{From: at("2026-03-04 05:06:07"), To: at("2026-03-04 05:16:07")}
		for by := range strings.SplitSeq(c.by, ",") {
			if by != "" {
				q.By = append(q.By, db.QualityDimension(by))
			}
		}
		report, err := b.QualityReport(t.Context(), q)
		got := report.Cube
		if err != nil {
			got = err.Error()
		}
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("by %q: %s, want %s", c.by, got, c.want)
		}
		if err == nil && (!report.From.Equal(at("2026-03-04 05:05:00")) || !report.To.Equal(at("2026-03-04 05:20:00"))) {
			t.Errorf("from %s to %s", report.From, report.To)
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.RollQuality(gone, db.QualityRoll{Place: plainPlace}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// Nodes write while one counts: nothing that is written stays uncounted, and
// nobody waits for the other. They write until something was counted meanwhile.
func TestQualityWhileWriting(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(2, "1000.00")
	from, over := at("2026-03-01 00:00:00"), time.Hour
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	counted := make(chan struct{})
	more := func(written int) bool {
		select {
		case <-counted:
			return written < 60
		case <-ctx.Done():
			return false
		default:
			return true
		}
	}
	var writers, counter sync.WaitGroup
	for w := range 6 {
		writers.Go(func() {
			r := rand.New(rand.NewPCG(9, uint64(w)))
			for n := 0; more(n); n++ {
				// Calls that other nodes tell of, too, at the same time.
				records := randomCall(r, strconv.Itoa(r.IntN(80)), from, over)
				if err := b.WriteRecords(t.Context(), records); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	counter.Go(func() {
		tell := sync.OnceFunc(func() { close(counted) })
		defer tell()
		for ctx.Err() == nil {
			// It goes on for as long as there is something new.
			done, err := b.RollQuality(t.Context(), db.QualityRoll{Place: plainPlace, Settle: 4 * time.Second}, func(done db.QualityRolled) {
				if done.Buckets > 0 {
					tell()
				}
			})
			if err != nil {
				t.Error(err)
			}
			if err != nil || done.Buckets > 0 {
				return
			}
		}
		t.Error("nothing was counted while others wrote")
	})
	writers.Wait()
	counter.Wait()
	b.roll()
	b.agree(rand.New(rand.NewPCG(1, 1)), from, from.Add(over+time.Hour))
}
