package desk_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"tandem/callflow"
	"tandem/db"
	"tandem/desk"
	"tandem/play/dbtest"
)

// seeded is a database of the test's own with the article's data and the demo's.
func seeded(t *testing.T) *db.DB {
	t.Helper()
	c, err := mysql.ParseDSN(dbtest.DSN(t))
	if err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(t.Context(), db.Config{Address: c.Addr, User: c.User, Password: c.Passwd, Database: c.DBName})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := d.Migrate(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := d.SeedArticle(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	if _, err := d.SeedDemo(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	return d
}

// A comparison reads several decks side by side. Many of them at once wait for
// each other's connections, and none for good; the configuration of calls is
// loaded meanwhile as ever.
func TestManyComparisonsAtOnce(t *testing.T) {
	t.Parallel()
	database := seeded(t)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	list, err := database.ListDecks(ctx, db.DeckFilter{})
	if err != nil {
		t.Fatal(err)
	}
	d := desk.New(desk.Config{DB: database, BaseCurrency: "USD", Limits: callflow.Limits{}})
	const each = 12
	done := make(chan error, each)
	var comparing sync.WaitGroup
	for i := range each {
		comparing.Go(func() {
			v := list[i%len(list)]
			c, err := d.Compare(ctx, v.ID, v.ID)
			for n := 0; n < 5 && err == nil; n++ {
				var p desk.Preview
				if p, err = c.Preview(ctx, desk.DefaultPreview(), nil); err == nil && p.NoMoney != "" {
					err = errors.New(p.NoMoney)
				}
			}
			done <- err
		})
	}
	if _, _, err := database.LoadSnapshotData(ctx, nil); err != nil {
		t.Errorf("configuration: %v", err)
	}
	for range each {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	comparing.Wait()
}
