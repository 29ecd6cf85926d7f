package main

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tandem/billing"
	"tandem/db"
	"tandem/quality"
)

// A node that starts knows what was counted of the routes in the last hours, and
// nothing of what was long ago.
func TestPrime(t *testing.T) {
	t.Parallel()
	path := seededOffice(t)
	c, err := loadConfig(path)
	if err != nil {
		t.Fatal(err)
	}
	known := func(ctx context.Context, database *db.DB, back time.Duration) int {
		c.Quality.Prime = back
		n := unopened(t, c, database)
		n.log = zerolog.New(t.Output())
		if err := n.snapshots.reload(ctx); err != nil {
			t.Fatal(err)
		}
		n.prime(ctx)
		evidence, is := n.flow.Quality.(*quality.Evidence)
		if !is {
			t.Fatalf("the flow asks %T", n.flow.Quality)
		}
		cells, _ := evidence.Known()
		return cells
	}
	withDatabase(t, path, func(ctx context.Context, database *db.DB) error {
		now, err := database.Now(ctx)
		if err != nil {
			return err
		}
		var records []billing.Record
		for i := range 50 {
			id := fmt.Sprintf("call-%d", i)
			at := now.Add(-2*time.Hour - time.Duration(i)*time.Second)
			records = append(records, billing.Record{Start: &billing.Start{CallID: id, Server: "alpha", Direction: billing.Outgoing, BNumber: "74957777777", StartedAt: at}},
				billing.Record{Attempt: &billing.Attempt{CallID: id, N: 1, Key: "7.c.g8", ProviderID: 7, Tier: "cli", GateID: 8, StartedAt: at, Result: billing.Failed, SIPStatus: 503, Blame: "route"}})
		}
		if err := database.WriteRecords(ctx, records); err != nil {
			return err
		}
		if _, err := database.RollQuality(ctx, db.QualityRoll{Place: database.Atlas().Place}, nil); err != nil {
			return err
		}
		for back, want := range map[time.Duration]bool{6 * time.Hour: true, time.Hour: false, 0: false} {
			if n := known(ctx, database, back); n > 0 != want {
				t.Errorf("%s back: %d cells", back, n)
			}
		}
		gone, cancel := context.WithCancelCause(ctx)
		cancel(errors.New("the database is away"))
		c.Quality.Prime = time.Hour
		unopened(t, c, database).prime(gone) // and the start goes on
		return nil
	})
}
