package db_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/billing"
	schema "tandem/sql"
)

// beforeMoney is a database as the release before balances left it.
func beforeMoney(t *testing.T) bundle {
	t.Helper()
	const last = 39
	b := setup(t)
	files, err := schema.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	b.exec("CREATE TABLE goose_db_version (id SERIAL NOT NULL, version_id BIGINT NOT NULL, is_applied BOOLEAN NOT NULL, tstamp TIMESTAMP NULL DEFAULT NOW(), PRIMARY KEY (id))")
	for version := range last + 1 {
		b.exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (?, 1)", version)
	}
	for _, name := range names {
		if name < fmt.Sprintf("%04d", last+1) {
			b.exec(migrationFile(t, name))
		}
	}
	return b
}

// Whoever could call before can call after; nothing that is over is charged.
func TestMoneyComesToADatabaseInUse(t *testing.T) {
	t.Parallel()
	b := beforeMoney(t)
	b.exec("INSERT INTO currency (id, iso, name_en, numcode) VALUES (156, 'EUR', 'euro', 978), (122, 'USD', 'dollar', 840)")
	b.exec("INSERT INTO fx_rates VALUES (156, '2020-01-01', 1), (122, '2020-01-01', 1.25)")
	b.exec("INSERT INTO tariffs (id, name, currency_id) VALUES (1, 'Retail', 122)")
	b.exec("INSERT INTO accounts (id, name, tariff_id) VALUES (1, 'sold', 1), (2, 'not sold', NULL)")
	b.exec(`INSERT INTO calls (call_id, server, direction, account_id, started_at, ended_at, disposition) VALUES
		('over', 's', 'out', 1, '2026-03-04 05:06:07', '2026-03-04 05:07:00', 'answered'), ('going on', 's', 'out', 1, '2026-03-04 05:06:07', NULL, 'in_progress')`)
	b.exec(`INSERT INTO attempts (call_id, n, route, provider_id, started_at, result, talk_ms) VALUES ('over', 1, '11.c.a35', 11, '2026-03-04 05:06:07', 'answered', 48000)`)
	if err := b.Migrate(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	same(t, "calls", [][]string{{"going on", "NULL", "NULL"}, {"over", "report", "NULL"}}, b.table("SELECT call_id, closed_by, sale FROM calls ORDER BY call_id"))
	same(t, "balances", [][]string{{"1", "122", "0.000000", "0.000000"}}, b.table("SELECT account_id, currency_id, balance, held FROM balances"))
	b.exec("INSERT INTO calls (call_id, server, direction, started_at) VALUES ('new', 's', 'out', '2026-03-04')")
	same(t, "a new call", "NULL", b.one("SELECT closed_by FROM calls WHERE call_id = 'new'"))
	data, _ := b.load()
	if a := data.Accounts[0]; a.CurrencyID != usd || a.Credit != nil || a.Daily != nil || a.CallLimit != nil || a.AllowOnly || a.Zone != nil {
		t.Errorf("loaded as %+v", a)
	}
	if a := data.Accounts[1]; a.CurrencyID != 0 {
		t.Errorf("loaded as %+v", a)
	}
	// Reports of before, late: one again, one of a call that was going on, without
	// a hold and without terms.
	for _, id := range []string{"over", "going on"} {
		e := talked(id, 1, time.Minute)
		if id == "over" {
			e.Terms = new(terms())
		}
		b.write(billing.Record{End: e})
	}
	same(t, "charged", "0", b.one("SELECT COUNT(*) FROM ledger"))
	b.books()
	// The program before, for the time of the upgrade, on this schema.
	b.exec("INSERT INTO calls (call_id, server, direction, started_at, ended_at, disposition, talk_ms) VALUES ('by the old', 's', 'out', '2026-03-04', '2026-03-04', 'answered', 1000)")
	e := talked("by the old", 1, time.Minute)
	e.Terms = new(terms())
	b.write(billing.Record{End: e})
	same(t, "charged", "0", b.one("SELECT COUNT(*) FROM ledger"))
}

// Tables that may have a hundred million rows change without being copied.
func TestMoneyColumnsComeAtOnce(t *testing.T) {
	t.Parallel()
	b := beforeMoney(t)
	for _, name := range []string{"0047_calls_money.sql", "0048_calls_closed_by.sql", "0050_attempts_cost.sql"} {
		b.exec(strings.TrimSuffix(strings.TrimSpace(migrationFile(t, name)), ";") + ", ALGORITHM=INSTANT")
	}
}
