package db_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"tandem/billing"
	"tandem/billing/fx"
	"tandem/db"
)

// crowd takes n connections of people's until stop is called.
func (b bundle) crowd(n int) (stop func()) {
	b.t.Helper()
	ctx, end := context.WithCancel(b.t.Context())
	var asking sync.WaitGroup
	for range n {
		asking.Go(func() { _ = b.AskAsPeople(ctx, `DO SLEEP(20)`) }) // stopped
	}
	stop = func() { end(); asking.Wait() }
	b.t.Cleanup(stop)
	return stop
}

// until asks a question until the answer is 1.
func (b bundle) until(question string) {
	b.t.Helper()
	for end := time.Now().Add(time.Minute); b.one(question) != "1"; {
		if time.Now().After(end) {
			b.t.Fatal(question)
		}
	}
}

const asleep = ` FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE 'DO SLEEP%'`

// Who has published a deck is told so, even if all connections of people's were
// taken the moment it was done.
func TestDoneIsNotToldAsOverloaded(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	b.SetPatience(5 * time.Second) // less than the crowd sleeps
	people := db.ForPeople(t.Context())
	owner := voxBeam()
	deck := b.draft(owner, some(1))
	b.beside(deck, "publish", func() error { _, err := b.Publish(people, deck, time.Time{}); return err })
	if got := b.one(`SELECT state FROM decks WHERE id = ?`, deck); got != "published" {
		t.Errorf("it is %s", got)
	}
	b.beside(deck, "rollback", func() error {
		gone, inForce, err := b.Rollback(people, owner, deck)
		if err == nil && (gone.ID != deck || inForce.ID == 0) {
			t.Errorf("rolled back %d, in force %d", gone.ID, inForce.ID)
		}
		return err
	})
	later := b.draft(owner, some(1))
	if _, err := b.Publish(t.Context(), later, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	b.beside(later, "unpublish", func() error { _, err := b.Unpublish(people, later); return err })
}

// beside runs a deed whose connection is taken by others as soon as it is over.
func (b bundle) beside(deck int64, name string, do func() error) {
	b.t.Helper()
	tx, err := b.hand.BeginTx(b.t.Context(), nil)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := tx.ExecContext(b.t.Context(), `SELECT id FROM decks WHERE id = ? FOR UPDATE`, deck); err != nil {
		b.t.Fatal(err)
	}
	stop := b.crowd(11)
	b.until(`SELECT COUNT(*) = 11` + asleep)
	done := make(chan error, 1)
	go func() { done <- do() }()
	b.until(`SELECT COUNT(*) = 1 FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE '%FROM decks WHERE%FOR UPDATE' AND time_ms > 20`)
	waited := b.PeopleWaited()
	queue := b.crowd(3)
	for b.PeopleWaited() < waited+3 {
		b.until(`SELECT 1`)
	}
	if err := tx.Commit(); err != nil {
		b.t.Fatal(err)
	}
	if err := <-done; err != nil {
		b.t.Errorf("%s: it is done, and told as %v", name, err)
	}
	stop()
	queue()
}

// Sums for people wait for each other: neither the background nor anything else
// that people do waits for them.
func TestSumsTakeNothingFromOthers(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	b.SetPatience(2 * time.Second) // five refusals take less than people's statements may
	people := db.ForPeople(t.Context())
	lock, err := b.hand.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = lock.Close() })
	if _, err := lock.ExecContext(t.Context(), `LOCK TABLES ledger WRITE, calls WRITE, accounts WRITE`); err != nil {
		t.Fatal(err)
	}
	var sums sync.WaitGroup
	for range 2 {
		sums.Go(func() {
			if _, err := b.PartySums(people, billing.Provider); err != nil {
				t.Error(err)
			}
		})
	}
	b.until(`SELECT COUNT(*) = 2 FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE '%FROM ledger%' AND id <> CONNECTION_ID()`)
	for name, ask := range map[string]func() error{
		"sums of parties": func() error { _, err := b.PartySums(people, billing.Provider); return err },
		"traffic":         func() error { _, _, err := b.Traffic(people, time.Time{}); return err },
		"sold traffic":    func() error { _, _, err := b.SoldTraffic(people, time.Time{}, 1); return err },
		"calls":           func() error { _, err := b.CountCalls(people, time.Time{}, time.Now()); return err },
		"the books":       func() error { _, err := b.Verify(people, nil); return err },
	} {
		if err := ask(); !errors.Is(err, db.ErrOverloaded) {
			t.Errorf("%s: %v", name, err)
		}
	}
	rates := []fx.Rate{{Currency: "USD", From: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC), PerEUR: 110_000_000}}
	for name, ctx := range map[string]context.Context{"people": people, "background": t.Context()} {
		if err := b.PutFX(ctx, rates); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := lock.ExecContext(t.Context(), `UNLOCK TABLES`); err != nil {
		t.Fatal(err)
	}
	sums.Wait()
}

// What is written in bulk for people waits for its turn as all they do; what is
// written in the background does not.
func TestBulkForPeopleWaitsItsTurn(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	b.SetPatience(300 * time.Millisecond)
	b.crowd(12)
	b.until(`SELECT COUNT(*) = 12` + asleep)
	people := db.ForPeople(t.Context())
	rates := []fx.Rate{{Currency: "USD", From: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC), PerEUR: 110_000_000}}
	for name, do := range map[string]func(context.Context) error{
		"exchange rates": func(ctx context.Context) error { return b.PutFX(ctx, rates) },
		"configuration":  func(ctx context.Context) error { _, _, err := b.LoadSnapshotDataAt(ctx, nil, time.Time{}); return err },
		"rates": func(ctx context.Context) (err error) {
			for _, err = range b.DeckRows(ctx, 4) {
			}
			return err
		},
	} {
		if err := do(people); !errors.Is(err, db.ErrOverloaded) {
			t.Errorf("%s: %v", name, err)
		}
		if err := do(t.Context()); err != nil {
			t.Errorf("%s in the background: %v", name, err)
		}
		if err := do(db.ForDeeds(people)); err != nil {
			t.Errorf("%s of a deed: %v", name, err)
		}
	}
}
