package db_test

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	schema "tandem/sql"
)

func migrationFile(t *testing.T, name string) string {
	t.Helper()
	files, err := schema.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	text, err := fs.ReadFile(files, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The rates of the first release become decks, whatever step dies and runs
// again.
func TestRatesBecomeDecks(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.exec("INSERT INTO currency (id, iso, name_en, numcode) VALUES (96, 'RUB', 'rouble', 643)")
	b.exec("INSERT INTO providers (id, providername, currency_id) VALUES (3, 'Zadarma', 96), (8, 'VoxBeam', 96), (9, 'idle', 96)")
	b.exec(migrationFile(t, "0013_rates.sql"))
	b.exec(`INSERT INTO rates (provider_id, tier, prefix, per_minute, connection_fee, first_s, next_s, effective_from, effective_to) VALUES
		(8, 'noncli', '7', 0.5, 0.01, 30, 6, '2026-01-01', NULL),
		(8, 'cli', '447', 3, 0, 60, 60, '2026-03-01 12:00:00.5', NULL),
		(8, 'cli', '447', 2, 0, 60, 60, '2026-01-01', '2026-03-01 12:00:00.5'),
		(3, 'cli', '7', 1, 0, 60, 60, '2026-01-01', NULL)`)
	for _, step := range []string{"0023_rates_to_decks.sql", "0024_rates_to_deck_rates.sql", "0025_drop_rates.sql"} {
		for range 2 {
			b.exec(migrationFile(t, step))
		}
	}
	got := b.table(`SELECT id, provider_id, tier, version, state, publish_at, rates, revision, time_zone FROM decks ORDER BY id`)
	want := [][]string{
		{"1", "3", "cli", "1", "published", "2000-01-01T00:00:00Z", "1", "1", "UTC"},
		{"2", "8", "cli", "1", "published", "2000-01-01T00:00:00Z", "2", "1", "UTC"},
		{"3", "8", "noncli", "1", "published", "2000-01-01T00:00:00Z", "1", "1", "UTC"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("decks (-want +got):\n%s", diff)
	}
	got = b.table(`SELECT deck_id, prefix, n, per_minute, connection_fee, first_s, next_s, effective_from, effective_to FROM deck_rates ORDER BY deck_id, prefix, n`)
	want = [][]string{
		{"1", "7", "0", "1.00000000", "0.000000", "60", "60", "2026-01-01T00:00:00Z", "NULL"},
		{"2", "447", "0", "2.00000000", "0.000000", "60", "60", "2026-01-01T00:00:00Z", "2026-03-01T12:00:00.5Z"},
		{"2", "447", "1", "3.00000000", "0.000000", "60", "60", "2026-03-01T12:00:00.5Z", "NULL"},
		{"3", "7", "0", "0.50000000", "0.010000", "30", "6", "2026-01-01T00:00:00Z", "NULL"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rates (-want +got):\n%s", diff)
	}
	if tables := b.table("SHOW TABLES LIKE 'rates'"); len(tables) != 0 {
		t.Error("the table rates is still there")
	}
}

// On a database of the first release, seeded by it, seeding again finds its own
// decks under its own ids.
func TestSeedAfterRatesBecameDecks(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	want := b.table("SELECT id, provider_id, tier, version FROM decks WHERE provider_id IS NOT NULL ORDER BY id")
	b.exec(migrationFile(t, "0013_rates.sql"))
	// In the order of the first release's seed.
	b.exec(`INSERT INTO rates (provider_id, tier, prefix, per_minute, connection_fee, first_s, next_s, effective_from)
		SELECT provider_id, tier, prefix, per_minute, connection_fee, first_s, next_s, '2026-01-01' FROM deck_rates JOIN decks ON id = deck_id
		WHERE provider_id IS NOT NULL ORDER BY provider_id, FIELD(tier, 'noncli', 'cli', 'premium'), prefix`)
	b.exec("DELETE FROM deck_rates")
	b.exec("DELETE FROM decks")
	b.exec("ALTER TABLE decks AUTO_INCREMENT = 1")
	for _, step := range []string{"0023_rates_to_decks.sql", "0024_rates_to_deck_rates.sql", "0025_drop_rates.sql"} {
		b.exec(migrationFile(t, step))
	}
	b.seed()
	same(t, "decks", want, b.table("SELECT id, provider_id, tier, version FROM decks WHERE provider_id IS NOT NULL ORDER BY id"))
	if n := b.one("SELECT COUNT(*) FROM decks d WHERE rates <> (SELECT COUNT(*) FROM deck_rates WHERE deck_id = d.id)"); n != "0" {
		t.Errorf("%s decks have other rows than they say", n)
	}
}

// The table of calls may have a hundred million rows: its change must not copy
// them.
func TestCallsChangeAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.exec(migrationFile(t, "0015_calls.sql"))
	b.exec(`INSERT INTO calls (call_id, server, direction, started_at, plan, dropped) VALUES ('c', 's', 'out', '2026-01-01', '[]', '[]')`)
	text := strings.TrimSpace(migrationFile(t, "0038_calls_reasons.sql"))
	b.exec(strings.TrimSuffix(text, ";") + ", ALGORITHM=INSTANT")
	got := b.table("SELECT call_id, reasons, routing_number FROM calls")
	same(t, "calls", [][]string{{"c", "NULL", "NULL"}}, got)
}
