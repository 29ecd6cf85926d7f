package db_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"tandem/db"
)

// However many people ask, and however slow their questions are, calls have
// their connections, and so has the configuration.
func TestPeopleTakeNothingFromCalls(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(1, "10.00")
	b.SetPatience(200 * time.Millisecond)
	people := db.ForPeople(t.Context())
	slow, stop := context.WithCancel(t.Context())
	var asking sync.WaitGroup
	began := make(chan struct{}, 100)
	for range 100 {
		asking.Go(func() {
			began <- struct{}{}
			_ = b.AskAsPeople(slow, `DO SLEEP(20)`) // stopped
		})
	}
	for range 100 {
		<-began
	}
	for b.one(`SELECT COUNT(*) >= 12 FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE 'DO SLEEP%'`) != "1" {
		if t.Context().Err() != nil {
			t.Fatal("the pool of people is not full")
		}
	}
	at := time.Now()
	if g, err := b.Hold(t.Context(), held("c1", 1, 10*time.Second), prepaid()); err != nil || !g.Granted {
		t.Errorf("a call: %+v, %v", g, err)
	}
	if _, _, err := b.LoadSnapshotData(t.Context(), nil); err != nil {
		t.Errorf("configuration: %v", err)
	}
	for name, ask := range map[string]func() error{
		"a transaction": func() error { _, err := b.Accounts(people); return err },
		"a query":       func() error { _, err := b.Ask(people, `SELECT 1`); return err },
		"a row":         func() error { _, err := b.AskRow(people, `SELECT 1`); return err },
		"a list": func() error {
			_, err := b.Search(people, db.Find{Text: "x", Limit: 1, Kinds: []string{"account"}})
			return err
		},
	} {
		if err := ask(); !errors.Is(err, db.ErrOverloaded) || errors.Is(err, db.ErrUnavailable) {
			t.Errorf("%s for people: %v", name, err)
		}
	}
	if d := time.Since(at); d > 5*time.Second {
		t.Errorf("it took %v", d)
	}
	stop()
	asking.Wait()
	b.SetPatience(time.Minute)
	for range 30 { // none is lost
		if _, err := b.AskRow(people, `SELECT 1`); err != nil {
			t.Errorf("afterwards: %v", err)
		}
		if _, err := b.Accounts(people); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	}
}

// MariaDB itself ends what people ask for too long.
func TestStatementsForPeopleAreBounded(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for want, ctx := range map[string]context.Context{"20": db.ForPeople(t.Context()), "0": t.Context()} {
		if got, err := b.Ask(ctx, `SELECT @@max_statement_time`); err != nil || got != want {
			t.Errorf("%q, %v; want %s", got, err, want)
		}
	}
}
