//go:build e2e

package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// Each deck here is Zadarma's first one with an area of America at a price below
// everybody else's, so that no other test's calls notice. Without it VoxBeam is
// the first route there for a call that shows nothing.

const (
	deckArea      = "1905"
	voxbeamNonCLI = 5 // the deck of VoxBeam's tier noncli
)

// cheapest is the deck that the first route there is from.
func (x *exchange) cheapest(t *testing.T) int64 {
	t.Helper()
	b := x.america(deckArea)
	refused(t, x.dial(t, guest, string(b)), 486)
	routes := reasons(t, x.record(t, string(b))).Routes
	if len(routes) == 0 {
		t.Fatalf("no route to %s", b)
	}
	offer := map[int64]string{8: "VoxBeam 0011103", 3: "Zadarma +"}[routes[0].Key.ProviderID]
	x.wantOffers(t, string(b), offer+string(b))
	return routes[0].Deck
}

// wantCheapest waits until the first route there is of a deck.
func (x *exchange) wantCheapest(t *testing.T, deck int64, within time.Duration) {
	t.Helper()
	eventually(t, within+2*slack, func() error {
		if got := x.cheapest(t); got != deck {
			return fmt.Errorf("the first route to %s is of deck %d, want %d", deckArea, got, deck)
		}
		return nil
	})
}

// newest is the id of the last deck.
func (x *exchange) newest(t *testing.T) (id int64) {
	t.Helper()
	if err := x.sql.QueryRowContext(soon(t), `SELECT MAX(id) FROM decks`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	return id
}

func TestDeckIsPublishedAndRolledBack(t *testing.T) {
	t.Parallel()
	x := shared(t)
	command := func(arguments ...string) {
		t.Helper()
		if _, err := x.Tandem(soon(t), append([]string{"deck"}, arguments...)...); err != nil {
			t.Fatal(err)
		}
	}
	sheet := filepath.Join(t.TempDir(), "zadarma.csv")
	if err := os.WriteFile(sheet, []byte("Code;Price, RUB/min\n+"+deckArea+";0,0001\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	command("import", sheet, "--provider", "Zadarma", "--partial")
	draft := x.newest(t)
	if got := x.cheapest(t); got != voxbeamNonCLI {
		t.Errorf("the first route is of deck %d before the draft is published", got)
	}
	command("publish", strconv.FormatInt(draft, 10), "--yes")
	x.wantCheapest(t, draft, changeTime)
	command("rollback", "--provider", "Zadarma", "--yes")
	x.wantCheapest(t, voxbeamNonCLI, changeTime)

	// By SQL, and ahead of its time: it comes into force by itself.
	const ahead = 3 * time.Second
	x.exec(t, `INSERT INTO decks (provider_id, tier, version, state, rates, created_at)
		SELECT 3, 'cli', MAX(version) + 1, 'loading', 7, UTC_TIMESTAMP(3) FROM decks WHERE provider_id = 3`)
	next := x.newest(t)
	x.exec(t, `INSERT INTO deck_rates (deck_id, prefix, per_minute) SELECT ?, prefix, per_minute FROM deck_rates WHERE deck_id = 1 UNION SELECT ?, ?, 0.0001`, next, next, deckArea)
	began := time.Now()
	x.change(t, `UPDATE decks SET state = 'published', publish_at = UTC_TIMESTAMP(3) + INTERVAL 3 SECOND WHERE id = ?`, next)
	if got := x.cheapest(t); got != voxbeamNonCLI && time.Since(began) < ahead {
		t.Errorf("the first route is of deck %d ahead of its time", got)
	}
	x.wantCheapest(t, next, ahead+changeTime)
	if took := time.Since(began); took < ahead {
		t.Errorf("in force after %v, %v ahead of its time", took, ahead)
	}
	command("rollback", "--provider", "Zadarma", "--yes")
	x.wantCheapest(t, voxbeamNonCLI, changeTime)
}
