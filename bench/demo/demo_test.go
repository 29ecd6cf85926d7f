package demo_test

import (
	"os"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/rs/zerolog"

	"tandem/bench/demo"
	"tandem/callflow"
	"tandem/db"
	"tandem/play/dbtest"
	"tandem/routing"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m).Run()) }

// TestPlansAreThoseOfTheSeed: what is read from the files decides calls as what
// MariaDB holds after "tandem seed".
func TestPlansAreThoseOfTheSeed(t *testing.T) {
	t.Parallel()
	now := time.Now()
	seeded := fromMariaDB(t, now)
	files, err := demo.Snapshot(now)
	if err != nil {
		t.Fatal(err)
	}
	routes := 0
	for _, login := range []string{"moscow-101", "moscow-102", "london-201", "transit-1"} {
		for _, dialled := range []string{"84957777777", "+442071234567", "+447700900123", "0012125550100", "+37167000000", "102", "12"} {
			for _, cli := range []string{"", "74951815001", "74957952301"} {
				in := callflow.Seizure{CallID: "x", Server: "asterisk-macomnet", Endpoint: login, Dialled: dialled, CLI: cli, At: now}
				limits, world := callflow.Limits{HopLimit: 3}, callflow.World{}
				want := callflow.Outbound(seeded, limits, in, world)
				got := callflow.Outbound(files, limits, in, world)
				want.Record.Reasons, got.Record.Reasons = want.Reasons(), got.Reasons()
				want.Plan, got.Plan = nil, nil
				want.Record.Snapshot = got.Record.Snapshot // the files have no change log
				if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(callflow.Decision{})); diff != "" {
					t.Errorf("%s dials %s and shows %q (-seeded +files):\n%s", login, dialled, cli, diff)
				}
				routes += len(got.Offers)
			}
		}
	}
	if routes < 100 {
		t.Errorf("only %d routes were compared", routes)
	}
}

func fromMariaDB(t *testing.T, now time.Time) *routing.Snapshot {
	t.Helper()
	c, err := mysql.ParseDSN(dbtest.DSN(t))
	must(t, err)
	database, err := db.Open(t.Context(), db.Config{Address: c.Addr, User: c.User, Password: c.Passwd, Database: c.DBName, Log: zerolog.Nop()})
	must(t, err)
	t.Cleanup(func() { must(t, database.Close()) })
	must(t, database.Migrate(t.Context(), nil))
	_, err = database.SeedArticle(t.Context(), false)
	must(t, err)
	_, err = database.SeedDemo(t.Context(), false)
	must(t, err)
	data, problems, err := database.LoadSnapshotData(t.Context(), nil)
	must(t, err)
	s, more, err := routing.NewSnapshot(data, routing.Options{BaseCurrency: "USD"}, now)
	must(t, err)
	for _, p := range append(problems, more...) {
		t.Error(p)
	}
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
