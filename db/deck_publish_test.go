package db_test

import (
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem/db"
	"tandem/routing"
)

func (b bundle) publish(id int64, at time.Time) {
	b.t.Helper()
	if _, err := b.Publish(b.t.Context(), id, at); err != nil {
		b.t.Fatal(err)
	}
}

// inForce is the deck that routing sees for VoxBeam's tier cli.
func (b bundle) inForce() int64 {
	b.t.Helper()
	data, problems := b.load()
	if len(problems) != 0 {
		b.t.Errorf("problems: %v", problems)
	}
	return voxBeamDeck(data, routing.TierCLI)
}

func voxBeamDeck(data routing.Data, tier routing.Tier) int64 {
	for _, d := range data.Decks {
		if d.ProviderID == 8 && d.Tier == tier {
			return d.ID
		}
	}
	return 0
}

// Who publishes a draft that another has published just now is told that, and not
// that some deck has come in force.
func TestPublishedAlready(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	id := b.draft(voxBeam(), some(3))
	if _, err := b.PublishOver(t.Context(), id, time.Time{}, 4); err != nil {
		t.Fatal(err)
	}
	if _, err := b.PublishOver(t.Context(), id, time.Time{}, 4); !errors.Is(err, db.ErrDeckState) || !strings.Contains(err.Error(), "published already") {
		t.Error(err)
	}
}

func TestTheLifeOfADeck(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	id := b.draft(voxBeam(), some(3))
	if got := b.inForce(); got != 4 {
		t.Errorf("deck %d in force beside a draft, want 4", got)
	}

	// Scheduled, taken back, scheduled again: nothing changes yet.
	later := time.Now().Add(time.Hour)
	got, err := b.Publish(t.Context(), id, later)
	if err != nil || got.Status != db.DeckScheduled || !got.PublishAt.Equal(later.UTC().Truncate(time.Millisecond)) {
		t.Errorf("scheduled: %+v, %v", got, err)
	}
	if got, err := b.Unpublish(t.Context(), id); err != nil || got.Status != db.DeckDraft || !got.PublishAt.IsZero() {
		t.Errorf("taken back: %+v, %v", got, err)
	}
	b.publish(id, later)
	if got := b.inForce(); got != 4 {
		t.Errorf("deck %d in force before its time, want 4", got)
	}
	if _, err := b.Unpublish(t.Context(), id); err != nil {
		t.Error(err)
	}

	// In force: the one before is superseded.
	if got, err := b.Publish(t.Context(), id, time.Time{}); err != nil || got.Status != db.DeckPublished {
		t.Errorf("published: %+v, %v", got, err)
	}
	if got := b.deck(4).Status; got != db.DeckSuperseded || b.inForce() != id {
		t.Errorf("deck 4 is %s, %d in force; want it superseded by %d", got, b.inForce(), id)
	}

	// Back again, for good.
	back, now, err := b.Rollback(t.Context(), voxBeam(), id)
	if err != nil || back.ID != id || back.Status != db.DeckRolledBack || back.RolledBackAt.IsZero() || now.ID != 4 || now.Status != db.DeckPublished {
		t.Errorf("rolled back %+v to %+v, %v", back, now, err)
	}
	if got := b.inForce(); got != 4 {
		t.Errorf("deck %d in force after the rollback, want 4", got)
	}

	// One after the other, newest first.
	second, third := b.draft(voxBeam(), some(1)), b.draft(retail(), some(1))
	list, err := b.ListDecks(t.Context(), db.DeckFilter{Limit: 3})
	if err != nil || len(list) != 3 || list[0].ID != third || list[1].ID != second || list[2].ID != id {
		t.Errorf("%+v, %v; want %d, %d, %d", list, err, third, second, id)
	}
	tier := routing.TierCLI
	list, err = b.ListDecks(t.Context(), db.DeckFilter{ProviderID: 8, Tier: &tier, Status: db.DeckDraft})
	if err != nil || len(list) != 1 || list[0].ID != second || list[0].Version != 3 {
		t.Errorf("drafts of the tier: %+v, %v; want %d, version 3", list, err, second)
	}
	list, err = b.ListDecks(t.Context(), db.DeckFilter{TariffID: 1, Status: db.DeckPublished})
	if err != nil || len(list) != 1 || list[0].ID != 11 {
		t.Errorf("in force of the tariff: %+v, %v; want 11", list, err)
	}
}

// What cannot be done is refused by name, and nothing changes.
func TestDeckRefusals(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	draft, scheduled := b.draft(voxBeam(), some(1)), b.draft(voxBeam(), some(1))
	b.publish(scheduled, time.Now().Add(time.Hour))
	b.exec("INSERT INTO decks (id, provider_id, tier, version, state, created_at) VALUES (50, 8, 'cli', 9, 'loading', UTC_TIMESTAMP(3))")
	before := b.table("SELECT * FROM decks ORDER BY id")
	publish := func(id int64, at time.Time) func() error {
		return func() error {
			_, err := b.Publish(t.Context(), id, at)
			return err
		}
	}
	rollback := func(owner db.DeckOwner, id int64) func() error {
		return func() error {
			_, _, err := b.Rollback(t.Context(), owner, id)
			return err
		}
	}
	for name, c := range map[string]struct {
		do   func() error
		want error
	}{
		"publish what is in force":        {publish(4, time.Time{}), db.ErrDeckState},
		"publish what is scheduled":       {publish(scheduled, time.Time{}), db.ErrDeckState},
		"publish what is loading":         {publish(50, time.Time{}), db.ErrDeckState},
		"publish what is not there":       {publish(99, time.Time{}), db.ErrNotFound},
		"publish for yesterday":           {publish(draft, time.Now().AddDate(0, 0, -1)), db.ErrPast},
		"delete what is in force":         {func() error { return b.DeleteDraft(t.Context(), 4) }, db.ErrDeckState},
		"delete what is loading":          {func() error { return b.DeleteDraft(t.Context(), 50) }, db.ErrDeckState},
		"delete what is not there":        {func() error { return b.DeleteDraft(t.Context(), 99) }, db.ErrNotFound},
		"take back what is in force":      {func() error { _, err := b.Unpublish(t.Context(), 4); return err }, db.ErrDeckState},
		"take back a draft":               {func() error { _, err := b.Unpublish(t.Context(), draft); return err }, db.ErrDeckState},
		"roll back the first":             {rollback(voxBeam(), 0), db.ErrNoDeckBefore},
		"roll back the first by its id":   {rollback(voxBeam(), 4), db.ErrNoDeckBefore},
		"roll back what is scheduled":     {rollback(voxBeam(), scheduled), db.ErrDeckState},
		"roll back what is not there":     {rollback(db.DeckOwner{Provider: "IPPort", Tier: routing.TierPremium}, 0), db.ErrNotFound},
		"roll back an unknown provider":   {rollback(db.DeckOwner{Provider: "nobody"}, 0), db.ErrNotFound},
		"read what is not there":          {func() error { _, err := b.Deck(t.Context(), 99); return err }, db.ErrNotFound},
		"read deck 0":                     {func() error { _, err := b.Deck(t.Context(), 0); return err }, db.ErrNotFound},
		"in force where nothing is":       {func() error { _, err := b.DeckInForce(t.Context(), db.DeckOwner{ProviderID: 16}); return err }, db.ErrNotFound},
		"replay with a deck that is none": {func() error { _, _, err := b.LoadSnapshotDataAt(t.Context(), nil, time.Now(), 99); return err }, db.ErrNotFound},
		"replay with a loading deck":      {func() error { _, _, err := b.LoadSnapshotDataAt(t.Context(), nil, time.Now(), 50); return err }, db.ErrNotFound},
	} {
		if err := c.do(); !errors.Is(err, c.want) {
			t.Errorf("%s: %v; want %v", name, err, c.want)
		}
	}
	same(t, "decks", before, b.table("SELECT * FROM decks ORDER BY id"))

	// A minute late is in time, but not behind the deck in force.
	b.publish(draft, time.Now().Add(-30*time.Second))
	behind := b.draft(voxBeam(), some(1))
	if _, err := b.Publish(t.Context(), behind, time.Now().Add(-45*time.Second)); !errors.Is(err, db.ErrDeckState) {
		t.Errorf("behind the deck in force: %v; want %v", err, db.ErrDeckState)
	}
	if got := b.inForce(); got != draft {
		t.Errorf("deck %d in force, want %d", got, draft)
	}
}

func TestOwnersByNameAndID(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	b.exec("INSERT INTO providers (id, providername, currency_id) VALUES (900, '8', 96)")
	for _, c := range []struct {
		asked db.DeckOwner
		want  db.DeckOwner
	}{
		{db.DeckOwner{Provider: "voxbeam"}, db.DeckOwner{ProviderID: 8, Provider: "VoxBeam", Currency: "USD"}},
		{db.DeckOwner{Provider: "16"}, db.DeckOwner{ProviderID: 16, Provider: "IPPort", Currency: "RUB"}},
		{db.DeckOwner{Provider: "8"}, db.DeckOwner{ProviderID: 900, Provider: "8", Currency: "RUB"}}, // who bears that name
		{db.DeckOwner{ProviderID: 8}, db.DeckOwner{ProviderID: 8, Provider: "VoxBeam", Currency: "USD"}},
		{db.DeckOwner{Tariff: "1"}, db.DeckOwner{TariffID: 1, Tariff: "Retail", Currency: "EUR"}},
	} {
		got, err := b.FindOwner(t.Context(), c.asked)
		if err != nil {
			t.Errorf("%v: %v", c.asked, err)
		}
		same(t, c.asked.String(), c.want, got)
	}
	for _, unknown := range []db.DeckOwner{{Provider: ""}, {Provider: "0"}, {Provider: "x' OR 1=1 -- "}, {TariffID: 7}} {
		if got, err := b.FindOwner(t.Context(), unknown); err == nil {
			t.Errorf("%v: found %v", unknown, got)
		}
	}
}

// at many at once: how often each of them succeeded, and that the others were
// told so.
func (b bundle) atOnce(n int, do func(i int) error) (succeeded int) {
	b.t.Helper()
	outcomes := make(chan error, n)
	var ready sync.WaitGroup
	ready.Add(n)
	for i := range n {
		go func() {
			ready.Done()
			ready.Wait()
			outcomes <- do(i)
		}()
	}
	for range n {
		switch err := <-outcomes; {
		case err == nil:
			succeeded++
		case !errors.Is(err, db.ErrDeckState) && !errors.Is(err, db.ErrNotFound):
			b.t.Errorf("%v; want success or %v", err, db.ErrDeckState)
		}
	}
	return succeeded
}

// Of many who do the same at once, one does it.
func TestOneOfManyAdministratorsWins(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	for round := range 5 {
		t.Run(strconv.Itoa(round), func(t *testing.T) {
			b := b.in(t)
			id := b.draft(voxBeam(), some(1))
			if n := b.atOnce(8, func(int) error { _, err := b.Publish(t.Context(), id, time.Time{}); return err }); n != 1 {
				t.Errorf("%d of 8 published the draft", n)
			}
			if n := b.atOnce(8, func(int) error { _, _, err := b.Rollback(t.Context(), voxBeam(), id); return err }); n != 1 {
				t.Errorf("%d of 8 rolled it back", n)
			}
			if got := b.inForce(); got != 4 {
				t.Errorf("deck %d in force, want 4: a rollback went two steps", got)
			}
			id = b.draft(voxBeam(), some(1))
			if n := b.atOnce(4, func(i int) error {
				if i%2 == 0 {
					return b.DeleteDraft(t.Context(), id)
				}
				_, err := b.Publish(t.Context(), id, time.Now().Add(time.Hour))
				return err
			}); n != 1 {
				t.Errorf("%d of 4 deleted or scheduled the draft", n)
			}
		})
	}
}

// A draft is published while the deck in force is rolled back: whoever comes
// first, what is in force in the end is what one of the two meant, and no deck
// is rolled back that nobody named.
func TestPublishAgainstRollback(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	for round := range 10 {
		bad, good := b.draft(voxBeam(), some(1)), b.draft(voxBeam(), some(1))
		b.publish(bad, time.Time{})
		rolledBack := false
		b.atOnce(2, func(i int) error {
			if i == 0 {
				_, err := b.Publish(t.Context(), good, time.Time{})
				return err
			}
			_, _, err := b.Rollback(t.Context(), voxBeam(), bad)
			rolledBack = err == nil
			return err
		})
		if got := b.inForce(); got != good {
			t.Errorf("round %d: deck %d in force, want %d", round, got, good)
		}
		want := db.DeckSuperseded
		if rolledBack {
			want = db.DeckRolledBack
		}
		if got := b.deck(bad).Status; got != want {
			t.Errorf("round %d: deck %d is %s, want %s", round, bad, got, want)
		}
	}
}

// Many publish drafts of their own, all compared with the deck that is in force:
// one does, and the others are told that their comparison is old.
func TestOneComparisonHolds(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	base := b.inForce()
	for round := range 3 {
		drafts := make([]int64, 6)
		for i := range drafts {
			drafts[i] = b.draft(voxBeam(), some(1))
		}
		if n := b.atOnce(len(drafts), func(i int) error { _, err := b.PublishOver(t.Context(), drafts[i], time.Time{}, base); return err }); n != 1 {
			t.Errorf("round %d: %d of %d published over deck %d", round, n, len(drafts), base)
		}
		base = b.inForce()
	}
	// What is scheduled counts for who begins after it.
	first, second := b.draft(voxBeam(), some(1)), b.draft(voxBeam(), some(1))
	b.publish(first, time.Now().Add(time.Hour))
	if _, err := b.PublishOver(t.Context(), second, time.Now().Add(2*time.Hour), base); !errors.Is(err, db.ErrDeckState) {
		t.Errorf("over a deck that is not in force any more then: %v", err)
	}
	if _, err := b.PublishOver(t.Context(), second, time.Now().Add(2*time.Hour), first); err != nil {
		t.Error(err)
	}
}
