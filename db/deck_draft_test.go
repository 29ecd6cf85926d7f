package db_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tandem/billing/deck"
	"tandem/billing/rate"
	"tandem/db"
	"tandem/internal/money"
	"tandem/play"
	"tandem/routing"
)

// voxBeam sells all tiers, in dollars.
func voxBeam() db.DeckOwner { return db.DeckOwner{Provider: "VoxBeam", Tier: routing.TierCLI} }

func retail() db.DeckOwner { return db.DeckOwner{Tariff: "Retail"} }

func priced(prefix string, perMinute money.Rate) deck.Rate {
	return deck.Rate{Prefix: prefix, Destination: "somewhere", Rate: rate.Rate{PerMinute: perMinute, First: 60, Next: 6}}
}

// some gives n rates, in order.
func some(n int) iter.Seq2[deck.Rate, error] {
	return func(yield func(deck.Rate, error) bool) {
		for i := range n {
			if !yield(priced(strconv.Itoa(1_000_000+i), money.Rate(i)), nil) {
				return
			}
		}
	}
}

func listed(rates ...deck.Rate) iter.Seq2[deck.Rate, error] {
	return func(yield func(deck.Rate, error) bool) {
		for _, r := range rates {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// with calls do before rate n.
func with(rates iter.Seq2[deck.Rate, error], n int, do func() error) iter.Seq2[deck.Rate, error] {
	return func(yield func(deck.Rate, error) bool) {
		i := 0
		for r, err := range rates {
			if i++; i == n {
				if err := do(); err != nil {
					yield(deck.Rate{}, err)
					return
				}
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// draft imports and must succeed.
func (b bundle) draft(owner db.DeckOwner, rates iter.Seq2[deck.Rate, error]) int64 {
	b.t.Helper()
	id, err := b.NewDraft(b.t.Context(), db.Draft{Owner: owner}, rates, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return id
}

func (b bundle) deck(id int64) db.Deck {
	b.t.Helper()
	d, err := b.Deck(b.t.Context(), id)
	if err != nil {
		b.t.Fatal(err)
	}
	return d
}

// rows are the rates of a deck as they come out.
func (b bundle) rows(id int64) []deck.Rate {
	b.t.Helper()
	var list []deck.Rate
	for r, err := range b.DeckRows(b.t.Context(), id) {
		if err != nil {
			b.t.Fatal(err)
		}
		list = append(list, r)
	}
	return list
}

// nothingLeft says that an import has left no trace and that the seed's deck is
// what is in force.
func (b bundle) nothingLeft() {
	b.t.Helper()
	if rows := b.table("SELECT id, state FROM decks WHERE state <> 'published'"); len(rows) != 0 {
		b.t.Errorf("decks left: %v", rows)
	}
	if rows := b.table("SELECT deck_id, COUNT(*) FROM deck_rates WHERE deck_id NOT IN (SELECT id FROM decks) GROUP BY deck_id"); len(rows) != 0 {
		b.t.Errorf("rates without a deck left: %v", rows)
	}
	if rows := b.table("SELECT * FROM jobs"); len(rows) != 0 {
		b.t.Errorf("jobs left: %v", rows)
	}
	d, err := b.DeckInForce(b.t.Context(), voxBeam())
	if err != nil || d.ID != 4 || d.Rates != len(b.rows(4)) {
		b.t.Errorf("in force %+v, %v; want deck 4 with all its rates", d, err)
	}
}

func TestDraftFieldByField(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	rates := []deck.Rate{
		priced("44", 1_000_000),
		{
			Prefix: "447", Destination: `Vereinigtes Königreich \ "mobil" 'x' \N`,
			Rate: rate.Rate{
				PerMinute: 99999_99999999, ConnectionFee: 1, Minimum: 2_000_000, AttemptFee: 3, First: 1, Next: 3600,
				Grace: 60, Free: 3600, Steps: [rate.MaxSteps]rate.Step{{After: 1, PerMinute: 999999_99999999}, {After: 604800, PerMinute: 999999_99999999}},
				From: at("2026-03-01 00:00:00"), To: at("2026-04-01 12:30:00").Add(7 * time.Millisecond),
				Window: rate.Window{Days: 0x1f, Start: 480, End: 1200},
			},
		},
		{Prefix: "447", Destination: "night", Rate: rate.Rate{First: 60, Next: 60, Window: rate.Window{Start: 1320, End: 360}}},
		{Prefix: "882", Blocked: true, Rate: rate.Rate{First: 60, Next: 60}},
		{Prefix: "999999999999999", Rate: rate.Rate{First: 60, Next: 60}},
	}
	var told []int
	id, err := b.NewDraft(t.Context(), db.Draft{
		Owner: voxBeam(), Zone: "Europe/Moscow", File: "voxbeam.csv", SHA256: strings.Repeat("ab", 32), Comment: "from March",
	}, listed(rates...), func(n int) { told = append(told, n) })
	if err != nil {
		t.Fatal(err)
	}
	same(t, "rates", rates, b.rows(id))
	same(t, "progress", []int{5}, told)
	got := b.deck(id)
	if age := time.Since(got.CreatedAt); age < -time.Minute || age > time.Minute {
		t.Errorf("created %s", got.CreatedAt)
	}
	got.CreatedAt = time.Time{}
	same(t, "deck", db.Deck{
		ID: id, Owner: db.DeckOwner{ProviderID: 8, Provider: "VoxBeam", Tier: routing.TierCLI, Currency: "USD"}, Version: 2, Status: db.DeckDraft,
		Revision: 1, Zone: "Europe/Moscow", File: "voxbeam.csv", SHA256: strings.Repeat("ab", 32), Comment: "from March", Rates: 5,
	}, got)
	b.exec("DELETE FROM jobs WHERE owner = ''")
	if rows := b.table("SELECT * FROM jobs"); len(rows) != 0 {
		t.Errorf("jobs left: %v", rows)
	}

	tariff := b.deck(b.draft(retail(), some(1)))
	same(t, "owner", db.DeckOwner{TariffID: 1, Tariff: "Retail", Currency: "EUR"}, tariff.Owner)
}

// What goes in comes out, by LOAD DATA and by INSERT.
func TestDraftRoundTrip(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	rapid.Check(t, func(rt *rapid.T) {
		b.RefuseLocal(rapid.Bool().Draw(rt, "by INSERT"))
		rates := rapid.SliceOfN(rapid.Custom(drawRate), 1, 30).Draw(rt, "rates")
		slices.SortStableFunc(rates, func(x, y deck.Rate) int { return strings.Compare(x.Prefix, y.Prefix) })
		id, err := b.NewDraft(t.Context(), db.Draft{Owner: retail()}, listed(rates...), nil)
		if err != nil {
			rt.Fatal(err)
		}
		var got []deck.Rate
		for r, err := range b.DeckRows(t.Context(), id) {
			if err != nil {
				rt.Fatal(err)
			}
			got = append(got, r)
		}
		if diff := cmp.Diff(rates, got); diff != "" {
			rt.Errorf("(-want +got):\n%s", diff)
		}
		if err := b.DeleteDraft(t.Context(), id); err != nil {
			rt.Error(err)
		}
	})
	if n := b.one("SELECT COUNT(*) FROM deck_rates WHERE deck_id NOT IN (SELECT id FROM decks)"); n != "0" {
		t.Errorf("%s rates of deleted drafts are left", n)
	}
}

func drawRate(t *rapid.T) deck.Rate {
	instant := func(name string) time.Time {
		if rapid.Bool().Draw(t, name+" open") {
			return time.Time{}
		}
		return time.UnixMilli(rapid.Int64Range(0, 4e12).Draw(t, name)).UTC()
	}
	r := deck.Rate{
		Prefix:      rapid.StringMatching(`[1-9][0-9]{0,2}`).Draw(t, "prefix"),
		Destination: rapid.StringMatching(`[ -~äжλ😀]{0,20}`).Draw(t, "destination"),
		Blocked:     rapid.Bool().Draw(t, "blocked"),
		Rate: rate.Rate{
			PerMinute:     money.Rate(rapid.Int64Range(0, 1e14-1).Draw(t, "per minute")),
			ConnectionFee: money.Amount(rapid.Int64Range(0, 1e18-1).Draw(t, "fee")),
			Minimum:       money.Amount(rapid.SampledFrom([]int64{0, 1, 1e18 - 1}).Draw(t, "minimum")),
			AttemptFee:    money.Amount(rapid.SampledFrom([]int64{0, 1, 1e18 - 1}).Draw(t, "attempt")),
			Grace:         rapid.SampledFrom([]int32{0, 0, 5}).Draw(t, "grace"),
			Free:          rapid.SampledFrom([]int32{0, 0, 30}).Draw(t, "free"),
			Steps:         [rate.MaxSteps]rate.Step{{After: rapid.SampledFrom([]int32{0, 0, 300}).Draw(t, "step")}},
			First:         rapid.Int32Range(1, 3600).Draw(t, "first"),
			Next:          rapid.Int32Range(1, 3600).Draw(t, "next"),
			From:          instant("from"),
			To:            instant("to"),
			Window: rate.Window{
				Days: rapid.Uint8Range(0, 127).Draw(t, "days"), Start: rapid.Uint16Range(0, 1439).Draw(t, "start"), End: rapid.Uint16Range(0, 1440).Draw(t, "end"),
			},
		},
	}
	if r.Window.Validate() != nil {
		r.Window = rate.Window{}
	}
	if !r.To.IsZero() && !r.From.Before(r.To) {
		r.To = time.Time{}
	}
	return r
}

// More than one chunk, and the count after each.
func TestDraftOfManyChunks(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	const n = 25_000
	var told []int
	id, err := b.NewDraft(t.Context(), db.Draft{Owner: voxBeam()}, some(n), func(rates int) { told = append(told, rates) })
	if err != nil {
		t.Fatal(err)
	}
	same(t, "progress", []int{10_000, 20_000, 25_000}, told)
	i := 0
	for r, err := range b.DeckRows(t.Context(), id) {
		if err != nil || r != priced(strconv.Itoa(1_000_000+i), money.Rate(i)) {
			t.Fatalf("rate %d: %+v, %v", i, r, err)
		}
		i++
	}
	if d := b.deck(id); i != n || d.Rates != n {
		t.Errorf("%d rates, %d said; want %d", i, d.Rates, n)
	}
	// Who has seen enough stops.
	for _, err := range b.DeckRows(t.Context(), id) {
		if err != nil {
			t.Error(err)
		}
		break
	}
	if err := b.DeleteDraft(t.Context(), id); err != nil {
		t.Error(err)
	}
	b.exec("DELETE FROM jobs WHERE owner = ''")
	b.nothingLeft()
}

// Whatever is wrong with an import, nothing of it stays, and what is in force
// stays as it is.
func TestFailedImportLeavesNothing(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	broken := errors.New("line 15001: broken")
	dear := priced("1", 1e15)
	invalid := priced("8", 1)
	invalid.First = 0
	for _, c := range []struct {
		name  string
		draft db.Draft
		rates iter.Seq2[deck.Rate, error]
		want  string
	}{
		{"fault of the source", db.Draft{Owner: voxBeam()}, with(some(20_000), 15_001, func() error { return broken }), broken.Error()},
		{"no rates", db.Draft{Owner: voxBeam()}, some(0), db.ErrEmptyDeck.Error()},
		{"not sorted", db.Draft{Owner: voxBeam()}, listed(priced("44", 1), priced("43", 1)), "not sorted"},
		{"impossible increment", db.Draft{Owner: voxBeam()}, listed(priced("44", 1), invalid), "first increment 0 s"},
		{"impossible price", db.Draft{Owner: voxBeam()}, listed(dear, priced("44", 1)), "per_minute"},
		{"unknown provider", db.Draft{Owner: db.DeckOwner{Provider: "Voxbean"}}, some(1), "VoxBeam"},
		{"unknown tariff", db.Draft{Owner: db.DeckOwner{Tariff: "Wholesale"}}, some(1), "Retail"},
		{"nobody's", db.Draft{}, some(1), "either a provider or a tariff"},
		{"two owners", db.Draft{Owner: db.DeckOwner{ProviderID: 8, TariffID: 1}}, some(1), "either a provider or a tariff"},
		{"tier that a plain provider does not sell", db.Draft{Owner: db.DeckOwner{Provider: "WestCall", Tier: routing.TierPremium}}, some(1), "sells no tiers"},
		{"unknown time zone", db.Draft{Owner: voxBeam(), Zone: "MSK"}, some(1), "Europe/Moscow"},
		{"sum that is none", db.Draft{Owner: voxBeam(), SHA256: strings.Repeat("ä", 64)}, some(1), "sha256"},
	} {
		for _, inserts := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, by INSERT %t", c.name, inserts), func(t *testing.T) {
				b := b.in(t)
				b.RefuseLocal(inserts)
				id, err := b.NewDraft(t.Context(), c.draft, c.rates, nil)
				if err == nil || id != 0 || !strings.Contains(err.Error(), c.want) {
					t.Errorf("deck %d, %v; want an error with %q", id, err, c.want)
				}
				b.nothingLeft()
			})
		}
	}
}

func TestCancelledImportLeavesNothing(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := b.NewDraft(ctx, db.Draft{Owner: voxBeam()}, with(some(30_000), 15_000, func() error {
		cancel()
		return nil
	}), nil)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v; want %v", err, context.Canceled)
	}
	b.nothingLeft()
}

// A connection that breaks in the middle of a chunk, and a database that is gone
// for good: the first is cleaned up at once, the second by the next import.
func TestImportThatLosesItsConnection(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	w := newWire(t, b.config.Address)
	config := b.config
	config.Address = w.path
	d, err := db.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }() // its connections are broken
	_, err = d.NewDraft(t.Context(), db.Draft{Owner: voxBeam()}, some(40_000), func(rates int) {
		if rates == 20_000 {
			w.cut()
		}
	})
	if !errors.Is(err, db.ErrUnavailable) {
		t.Errorf("%v; want %v", err, db.ErrUnavailable)
	}
	if n := b.one("SELECT COUNT(*) FROM deck_rates WHERE deck_id = (SELECT id FROM decks WHERE state = 'loading')"); n != "20000" {
		t.Errorf("%s rates left behind, want two chunks", n)
	}
	data, problems := b.load()
	if len(problems) != 0 || len(data.Decks) != 11 {
		t.Errorf("%d decks in force, %v; want the seed's 11", len(data.Decks), problems)
	}

	// Another one that has just begun, and has no job yet.
	b.exec("INSERT INTO decks (id, provider_id, tier, version, state, created_at) VALUES (90, 3, 'cli', 2, 'loading', UTC_TIMESTAMP(3))")

	// The next import finds them still warm, the last one does not.
	b.draft(retail(), some(1))
	if n := b.one("SELECT COUNT(*) FROM decks WHERE state = 'loading'"); n != "2" {
		t.Errorf("%s decks loading: an import that may be alive was removed", n)
	}
	b.exec("DELETE FROM decks WHERE id = 90")
	b.exec("UPDATE decks SET created_at = created_at - INTERVAL 10 MINUTE WHERE state = 'loading'")
	b.draft(retail(), some(1))
	if n := b.one("SELECT COUNT(*) FROM decks WHERE state = 'loading'"); n != "1" {
		t.Errorf("%s decks loading: an import whose job is kept was removed", n)
	}
	b.exec("UPDATE jobs SET lease_until = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND")
	b.draft(retail(), some(1))
	b.exec("DELETE FROM deck_rates WHERE deck_id IN (SELECT id FROM decks WHERE state = 'draft')")
	b.exec("DELETE FROM decks WHERE state = 'draft'")
	b.nothingLeft()
}

// Who was taken for dead can write no more.
func TestImportTakenForDeadStops(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	_, err := b.NewDraft(t.Context(), db.Draft{Owner: voxBeam()}, with(some(30_000), 15_000, func() error {
		b.exec("UPDATE decks SET created_at = created_at - INTERVAL 2 DAY WHERE state = 'loading'")
		b.draft(retail(), some(1))
		return nil
	}), nil)
	if err == nil || !strings.Contains(err.Error(), "abandoned") {
		t.Errorf("%v; want it to be told that the job was taken for abandoned", err)
	}
	b.exec("DELETE FROM deck_rates WHERE deck_id IN (SELECT id FROM decks WHERE state = 'draft')")
	b.exec("DELETE FROM decks WHERE state = 'draft'")
	b.nothingLeft()
}

func TestImportsAtOnceTakeDifferentVersions(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	const imports = 6
	var wait sync.WaitGroup
	for range imports {
		wait.Go(func() {
			if _, err := b.NewDraft(t.Context(), db.Draft{Owner: voxBeam()}, some(300), nil); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	got := b.table(`SELECT version, rates, (SELECT COUNT(*) FROM deck_rates WHERE deck_id = id) FROM decks WHERE provider_id = 8 AND tier = 'cli' ORDER BY version`)
	want := [][]string{{"1", "6", "6"}}
	for v := range imports {
		want = append(want, []string{strconv.Itoa(v + 2), "300", "300"})
	}
	same(t, "versions", want, got)
}

func TestServerWithoutLocalInfile(t *testing.T) {
	t.Parallel()
	tools, err := play.FindTools()
	if err != nil {
		t.Fatal(err)
	}
	if tools.MariaDBDSN != "" {
		t.Skip("the setting is the whole server's, and this server is not ours")
	}
	m, err := play.StartMariaDB(t.Context(), tools, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	b := opened(t, m.DSN())
	if err := b.Migrate(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	b.seed()
	b.exec("SET GLOBAL local_infile = 0")
	id := b.draft(voxBeam(), some(10_500))
	if !b.LocalRefused() || b.deck(id).Rates != 10_500 {
		t.Errorf("refused %t, %+v", b.LocalRefused(), b.deck(id))
	}
}
