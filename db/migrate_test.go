package db_test

import (
	"errors"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"tandem/db"
	schema "tandem/sql"
)

func TestMigrate(t *testing.T) {
	t.Parallel()
	b := setup(t)

	err := b.CheckSchema(t.Context())
	if !errors.Is(err, db.ErrSchemaOld) || !strings.Contains(err.Error(), "tandem migrate up") {
		t.Errorf("empty database: %v; want %v and what to run", err, db.ErrSchemaOld)
	}
	if tables := b.table("SHOW TABLES"); len(tables) != 0 {
		t.Errorf("looking at the schema made tables: %v", tables)
	}

	var told []string
	progress := func(done, total int, m db.Migration) {
		if done != len(told)+1 || total < done || m.AppliedAt.IsZero() {
			t.Errorf("progress %d of %d, %+v", done, total, m)
		}
		told = append(told, m.Name)
	}
	if err := b.Migrate(t.Context(), progress); err != nil {
		t.Fatal(err)
	}
	if err := b.CheckSchema(t.Context()); err != nil {
		t.Errorf("after migrating: %v", err)
	}
	list, err := b.Migrations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range list {
		if m.AppliedAt.IsZero() || i > 0 && m.Version <= list[i-1].Version || told[i] != m.Name {
			t.Errorf("step %d: %+v, told as %s", i+1, m, told[i])
		}
	}

	// The second time there is nothing to do.
	told = nil
	if err := b.Migrate(t.Context(), progress); err != nil || told != nil {
		t.Errorf("second run: %v, applied %v", err, told)
	}
}

func TestCheckSchemaTellsOldFromNew(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)")
	if err := b.CheckSchema(t.Context()); !errors.Is(err, db.ErrSchemaNew) {
		t.Errorf("step 9999 is there: %v; want %v", err, db.ErrSchemaNew)
	}
	b.exec("DELETE FROM goose_db_version WHERE version_id IN (12, 9999)")
	err := b.CheckSchema(t.Context())
	if !errors.Is(err, db.ErrSchemaOld) || !strings.Contains(err.Error(), "0012_duty_operators") {
		t.Errorf("step 12 is missing: %v; want %v and its name", err, db.ErrSchemaOld)
	}
}

// A migration that dies after its statement and before it is recorded runs
// again, on top of what it made and of data.
func TestEveryMigrationMayRunAgain(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	files, err := schema.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	end := regexp.MustCompile(`(?m);( --.*)?$`)
	before := b.table("SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1")
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(end.FindAllIndex(text, -1)); n != 1 {
			t.Errorf("%s: %d statements, want one", name, n)
		}
		for range 2 {
			b.exec(string(text))
		}
	}
	b.exec("TRUNCATE goose_db_version")
	b.exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1)")
	if err := b.Migrate(t.Context(), nil); err != nil {
		t.Errorf("all over again: %v", err)
	}
	after := b.table("SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() ORDER BY 1")
	if !slices.EqualFunc(before, after, slices.Equal) {
		t.Errorf("tables before %v, after %v", before, after)
	}
	if n := b.one("SELECT COUNT(*) FROM providers"); n != "6" {
		t.Errorf("%s providers after running again, want 6", n)
	}
}

func TestTwoMigrateAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var wait sync.WaitGroup
	for range 2 {
		wait.Go(func() {
			other, err := db.Open(t.Context(), b.config)
			if err != nil {
				t.Error(err)
				return
			}
			if err := errors.Join(other.Migrate(t.Context(), nil), other.Close()); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if err := b.CheckSchema(t.Context()); err != nil {
		t.Error(err)
	}
	if rows := b.table("SELECT version_id FROM goose_db_version GROUP BY version_id HAVING COUNT(*) > 1"); len(rows) != 0 {
		t.Errorf("steps recorded twice: %v", rows)
	}
}

// The rules of the house: InnoDB, utf8mb4, a primary key, no TIMESTAMP, no
// float, no cascade.
func TestSchemaHabits(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	for what, query := range map[string]string{
		"not InnoDB or not utf8mb4": `SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'
			AND TABLE_NAME NOT LIKE 'goose%' AND (ENGINE <> 'InnoDB' OR TABLE_COLLATION NOT LIKE 'utf8mb4%')`,
		"no primary key": `SELECT TABLE_NAME FROM information_schema.TABLES t WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'
			AND NOT EXISTS (SELECT 1 FROM information_schema.STATISTICS s WHERE s.TABLE_SCHEMA = t.TABLE_SCHEMA AND s.TABLE_NAME = t.TABLE_NAME AND s.INDEX_NAME = 'PRIMARY')`,
		"type that we do not use": `SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()
			AND TABLE_NAME NOT LIKE 'goose%' AND (DATA_TYPE IN ('timestamp', 'float', 'double', 'enum', 'uuid', 'inet6') OR COLUMN_TYPE = 'datetime')`,
		"cascading reference": `SELECT CONSTRAINT_NAME FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE()
			AND (DELETE_RULE NOT IN ('RESTRICT', 'NO ACTION') OR UPDATE_RULE NOT IN ('RESTRICT', 'NO ACTION'))`,
	} {
		if rows := b.table(query); len(rows) != 0 {
			t.Errorf("%s: %v", what, rows)
		}
	}
}

func TestDeleteThatBreaksAReferenceFails(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	for _, statement := range []string{
		"DELETE FROM currency WHERE iso = 'RUB'",
		"DELETE FROM providers WHERE id = 8",
		"DELETE FROM servers WHERE id = 1",
		"DELETE FROM servers WHERE id = 2",
		"DELETE FROM accounts WHERE id = 1",
		"DELETE FROM subscribers WHERE id = 3",
		"DELETE FROM numbers_pool WHERE id = 279",
		"UPDATE gates SET serverid = 77 WHERE id = 8",
		"UPDATE providers SET id = 99 WHERE id = 8",
		"DELETE FROM tariffs WHERE id = 1",
		"UPDATE accounts SET tariff_id = 77 WHERE id = 1",
		"INSERT INTO decks (provider_id, tier, version, state, created_at) VALUES (77, 'cli', 1, 'draft', '2026-01-01')",
		"INSERT INTO policy_rules (position, policy_id) VALUES (1, 77)",
		"INSERT INTO route_rules (action, gate_id) VALUES ('block', 77)",
		"INSERT INTO block_list (side, prefix, account_id) VALUES ('B', '7', 77)",
		// A deck is one of a provider's tier or of a tariff, and its version its own.
		"INSERT INTO decks (version, state, created_at) VALUES (2, 'draft', '2026-01-01')",
		"INSERT INTO decks (provider_id, tariff_id, tier, version, state, created_at) VALUES (3, 1, 'cli', 2, 'draft', '2026-01-01')",
		"INSERT INTO decks (provider_id, version, state, created_at) VALUES (3, 2, 'draft', '2026-01-01')",
		"INSERT INTO decks (tariff_id, tier, version, state, created_at) VALUES (1, 'cli', 2, 'draft', '2026-01-01')",
		"INSERT INTO decks (provider_id, tier, version, state, created_at) VALUES (3, 'cli', 1, 'draft', '2026-01-01')",
		"INSERT INTO decks (tariff_id, version, state, created_at) VALUES (1, 1, 'draft', '2026-01-01')",
		"INSERT INTO decks (tariff_id, version, state, created_at) VALUES (1, 2, 'published', '2026-01-01')",
		// A duty operator is one of a server or of a number.
		"INSERT INTO duty_operators (subscriber_id) VALUES (3)",
		"INSERT INTO duty_operators (subscriber_id, server_id, number_id) VALUES (3, 2, 280)",
		"INSERT INTO duty_operators (subscriber_id, server_id) VALUES (2, 1)",
	} {
		if _, err := b.hand.ExecContext(t.Context(), statement); err == nil {
			t.Errorf("%s: done, want a refusal", statement)
		}
	}
}
