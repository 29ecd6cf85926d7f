package db_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"tandem/db"
)

// Every change of every configuration table is heard of, whoever makes it.
func TestEveryChangeReachesChangeLog(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	b.exec("INSERT INTO stop_rules (id, stop) VALUES (1, 1)")
	b.exec("INSERT INTO policies (id, name, kind) VALUES (1, 'office', 'priority')")
	b.exec("INSERT INTO policy_routes (id, policy_id, provider_id) VALUES (1, 1, 7)")
	b.exec("INSERT INTO policy_rules (id, position, policy_id) VALUES (1, 1, 1)")
	b.exec("INSERT INTO route_rules (id, action) VALUES (1, 'block')")
	b.exec("INSERT INTO block_list (id, side, prefix) VALUES (1, 'A', '447')")
	b.exec("INSERT INTO allow_list (account_id, prefix) VALUES (1, '447')")
	for _, c := range []struct{ table, change, insert, remove string }{
		{"currency", "name_ru = 'рубль' WHERE id = 96", "(iso, name_en, numcode) VALUES ('GBP', 'Pound', 826)", "iso = 'GBP'"},
		{"fx_rates", "per_eur = 93 WHERE currency_id = 96", "(currency_id, valid_from, per_eur) VALUES (96, '2026-03-01', 94)", "valid_from = '2026-03-01'"},
		{"providers", "enabled = 0 WHERE id = 8", "(providername, currency_id) VALUES ('New', 96)", "providername = 'New'"},
		{"providers_ips", "port = 5070 WHERE id = 1", "(provider_id, ipaddress, direction, proto) VALUES (8, '192.0.2.9', 'IN', 'SIP')", "ipaddress = '192.0.2.9'"},
		{"servers", "comment = 'rack 5' WHERE id = 1", "(servername) VALUES ('new')", "servername = 'new'"},
		{"server_addresses", "ipaddress = '127.0.0.2' WHERE ipaddress = '127.0.0.1'", "VALUES (2, '127.0.0.1')", "server_id = 2"},
		{"accounts", "enabled = 0 WHERE id = 3", "(name) VALUES ('new')", "name = 'new'"},
		{"subscribers", "secret = 'other' WHERE id = 1", "(login, secret, account_id, server_id) VALUES ('new', 'new', 1, 1)", "login = 'new'"},
		{"subscriber_numbers", "number = '74951815009' WHERE subscriber_id = 5", "VALUES (6, '74951815000')", "subscriber_id = 6"},
		{"numbers_pool", "echotest = 1 WHERE id = 279", "(number, provider_id, direction) VALUES ('4930123456', 8, 'IN')", "number = '4930123456'"},
		{"gates", "enabled = 0 WHERE id = 8", "(numbers_pool_id, serverid, gatename, gatenumber) VALUES (529, 1, 'new', '442038070121')", "gatename = 'new'"},
		{"duty_operators", "subscriber_id = 2 WHERE id = 1", "(subscriber_id, server_id) VALUES (1, 2)", "server_id = 2"},
		{"stop_rules", "stop = 0 WHERE id = 1", "(cause, stop) VALUES (1, 1)", "cause = 1"},
		{"tariffs", "name = 'Wholesale' WHERE id = 1", "(name, currency_id) VALUES ('new', 96)", "name = 'new'"},
		{"decks", "revision = 2 WHERE id = 1", "(provider_id, tier, version, state, created_at) VALUES (3, 'cli', 2, 'draft', '2026-01-01')", "state = 'draft'"},
		{"policies", "min_tier = 'cli' WHERE id = 1", "(name, kind) VALUES ('new', 'share')", "name = 'new'"},
		{"policy_routes", "weight = 2 WHERE id = 1", "(policy_id, provider_id) VALUES (1, 3)", "provider_id = 3"},
		{"policy_rules", "position = 2 WHERE id = 1", "(position, policy_id) VALUES (3, 1)", "position = 3"},
		{"route_rules", "enabled = 0 WHERE id = 1", "(action, gate_id) VALUES ('force', 8)", "action = 'force'"},
		{"allow_list", "prefix = '4471' WHERE account_id = 1", "(account_id, prefix) VALUES (3, '882')", "account_id = 3"},
		{"block_list", "prefix = '4471' WHERE id = 1", "(side, prefix) VALUES ('B', '882')", "side = 'B'"},
	} {
		for _, statement := range []string{
			"UPDATE " + c.table + " SET " + c.change,
			"INSERT INTO " + c.table + " " + c.insert,
			"DELETE FROM " + c.table + " WHERE " + c.remove,
		} {
			before := b.one("SELECT COUNT(*) FROM change_log WHERE topic = ?", c.table)
			b.exec(statement)
			if after := b.one("SELECT COUNT(*) FROM change_log WHERE topic = ?", c.table); after == before {
				t.Errorf("%s: nobody hears of it", statement)
			}
		}
	}
	// No configuration table was forgotten above.
	if rows := b.table(`SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'
		AND TABLE_NAME NOT LIKE 'goose%' AND TABLE_NAME NOT IN ('calls', 'attempts', 'change_log', 'deck_rates', 'call_lengths', 'ported_numbers', 'nodes', 'jobs',
			'balances', 'holds', 'ledger', 'asterisk_cdrs', 'servers_seen',
			'users', 'sessions', 'api_keys', 'sign_in_tries', 'one_time_links', 'audit_log', 'verifications', 'deck_imports', 'deck_import_parts', 'replays',
			'quality_dirty', 'quality_routes', 'quality_countries', 'quality_accounts', 'quality_providers', 'quality_destinations', 'quality_customers', 'quality_origins', 'quality_servers', 'quality_causes',
			'quality_thresholds', 'places', 'alarm_rules', 'alarm_channels', 'alarm_rule_channels', 'alarms', 'alarm_deliveries')
		AND (SELECT COUNT(*) FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = DATABASE() AND EVENT_OBJECT_TABLE = TABLE_NAME) <> 3`); len(rows) != 0 {
		t.Errorf("tables without their three triggers: %v", rows)
	}
}

// A change that is rolled back was none.
func TestChangeAndNewsCommitTogether(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	before := b.one("SELECT COUNT(*) FROM change_log")
	tx, err := b.hand.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.ExecContext(t.Context(), "UPDATE providers SET enabled = 0"); err != nil {
		t.Fatal(err)
	}
	if now := b.one("SELECT COUNT(*) FROM change_log"); now != before {
		t.Error("news of a change that is not committed")
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if now := b.one("SELECT COUNT(*) FROM change_log"); now != before {
		t.Error("news of a change that was rolled back")
	}
}

// watch runs Watch until the test ends; each reload tells whether it went well.
func (b bundle) watch(reload func() error) <-chan bool {
	reloads, _ := b.watchCurrent(reload)
	return reloads
}

// watchCurrent tells as well when a look found nothing new.
func (b bundle) watchCurrent(reload func() error) (reloads <-chan bool, current <-chan struct{}) {
	told, looked := make(chan bool, 100), make(chan struct{}, 1)
	ctx, cancel := context.WithCancel(b.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		b.Watch(ctx, db.Mark{}, time.Millisecond, zerolog.Nop(), func(context.Context) error {
			err := reload()
			told <- err == nil
			return err
		}, func() {
			select {
			case looked <- struct{}{}:
			default:
			}
		})
	}()
	b.t.Cleanup(func() { cancel(); <-done })
	return told, looked
}

func TestWatch(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	reloads, current := b.watchCurrent(func() error { return nil })
	<-reloads // at once
	<-current // and is known to be the newest from then on

	b.exec("UPDATE providers SET enabled = 0 WHERE id = 8")
	<-reloads

	b.exec("INSERT INTO change_log (topic, at) VALUES ('by hand', UTC_TIMESTAMP(3))")
	<-reloads
	select {
	case <-reloads:
		t.Error("reloaded although nothing has changed")
	default:
	}
}

// A transaction that began first may commit last: its lower id appears after a
// higher one that has been seen.
func TestWatchSeesLateCommits(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	tx, err := b.hand.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(t.Context(), "UPDATE providers SET enabled = 0 WHERE id = 8"); err != nil {
		t.Fatal(err)
	}
	b.exec("UPDATE providers SET enabled = 0 WHERE id = 3")
	reloads := b.watch(func() error { return nil })
	<-reloads
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	<-reloads
}

func TestWatchTriesAgain(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	left := 3
	reloads := b.watch(func() error {
		if left--; left >= 0 {
			return errors.New("not now")
		}
		return nil
	})
	for i := range 3 {
		if <-reloads {
			t.Fatalf("reload %d went well, want it to fail", i+1)
		}
	}
	if !<-reloads {
		t.Fatal("the fourth reload failed")
	}
}

// behind makes a change that commits behind more than a look counts: it begins
// first, then come eleven thousand others.
func (b bundle) behind() (commit func()) {
	b.t.Helper()
	tx, err := b.hand.BeginTx(b.t.Context(), nil)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := tx.ExecContext(b.t.Context(), "UPDATE providers SET enabled = 0 WHERE id = 8"); err != nil {
		b.t.Fatal(errors.Join(err, tx.Rollback()))
	}
	b.exec("INSERT INTO change_log (topic, at) SELECT 'import', UTC_TIMESTAMP(3) FROM seq_1_to_11000")
	return func() {
		if err := tx.Commit(); err != nil {
			b.t.Error(err)
		}
	}
}

// A look counts the newest changes, and now and then all of them: what commits
// far behind is seen late, but seen.
func TestChangesFarBehindAreSeenByTheCountOfAll(t *testing.T) {
	t.Parallel()
	for _, always := range []bool{true, false} {
		b := seeded(t)
		commit := b.behind()
		since, err := b.Mark(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		reloads, looks, committed := 0, 0, 0
		b.WatchCounting(ctx, since, always, func(context.Context) error {
			reloads++
			cancel()
			return nil
		}, func() {
			switch looks++; {
			case looks == 3:
				commit()
				committed = looks
			case committed > 0 && looks > committed+3:
				cancel() // it will not come
			}
		})
		if seen := reloads == 1; seen != always {
			t.Errorf("counting always %t: seen %t", always, seen)
		}
		if m, err := b.Mark(t.Context()); err != nil || m == since {
			t.Errorf("the mark is the same as before: %v", err)
		}
	}
}

// From a mark that is still true nothing is loaded again.
func TestWatchGoesOnFromAMark(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	since, err := b.Mark(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var story []string
	b.Watch(ctx, since, time.Millisecond, zerolog.Nop(), func(context.Context) error {
		story = append(story, "reload")
		return nil
	}, func() {
		story = append(story, "current")
		switch len(story) {
		case 1:
			b.exec("UPDATE accounts SET enabled = 0 WHERE id = 3")
		case 3:
			cancel()
		}
	})
	if diff := cmp.Diff([]string{"current", "reload", "current"}, story); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A deck that was scheduled comes into force without any row changing, and
// before a look has seen it nobody loads it.
func TestWatchSeesDecksComeIntoForce(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	b.exec(`INSERT INTO decks (id, provider_id, tier, version, state, publish_at, created_at)
		VALUES (20, 3, 'cli', 2, 'published', UTC_TIMESTAMP(3) + INTERVAL 10 SECOND, UTC_TIMESTAMP(3))`)
	deck := func() int64 {
		data, _, err := b.LoadSnapshotData(t.Context(), nil)
		if err != nil {
			t.Error(err)
		}
		for _, d := range data.Decks {
			if d.ProviderID == 3 {
				return d.ID
			}
		}
		return 0
	}
	decks := make(chan int64, 2)
	reloads := b.watch(func() error {
		decks <- deck()
		return nil
	})
	for _, want := range []int64{1, 20} {
		<-reloads
		if got := <-decks; got != want {
			t.Errorf("deck %d in force, want %d", got, want)
		}
	}
}

// An exchange rate comes into force without any row changing.
func TestWatchSeesRatesComeIntoForce(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	b.exec("INSERT INTO fx_rates (currency_id, valid_from, per_eur) VALUES (96, UTC_TIMESTAMP(3) + INTERVAL 5 SECOND, 94)")
	reloads := b.watch(func() error { return nil })
	<-reloads
	<-reloads
}

func TestPruneKeepsTheVersion(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	version := b.one("SELECT MAX(id) FROM change_log")
	b.exec("UPDATE change_log SET at = '2020-01-01'")
	b.exec("UPDATE change_log SET at = UTC_TIMESTAMP(3) WHERE id = 5")
	if more, err := b.PruneChanges(t.Context(), time.Hour); err != nil || more {
		t.Fatalf("%v, more %t", err, more)
	}
	got := b.table("SELECT id FROM change_log ORDER BY id")
	if len(got) != 2 || got[0][0] != "5" || got[1][0] != version {
		t.Errorf("left %v; want the young one, 5, and the newest, %s", got, version)
	}
}

// A large import is forgotten bite by bite, until nothing is left but the newest.
func TestPruneKeepsUpWithAnImport(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.exec("INSERT INTO change_log (topic, at) SELECT 'import', '2020-01-01' FROM seq_1_to_25000")
	for i, want := range []bool{true, true, false, false} {
		more, err := b.PruneChanges(t.Context(), time.Hour)
		if err != nil || more != want {
			t.Errorf("bite %d: more %t, %v; want %t", i+1, more, err, want)
		}
	}
	if n := b.one("SELECT COUNT(*) FROM change_log"); n != "1" {
		t.Errorf("%s rows left, want the newest", n)
	}
}

// A look costs the same however long the log is: it reads its end only.
func TestALookReadsTheEndOfTheLogOnly(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.exec("INSERT INTO change_log (topic, at) SELECT 'import', UTC_TIMESTAMP(3) FROM seq_1_to_60000")
	b.exec("ANALYZE TABLE change_log")
	plan := b.table(`EXPLAIN SELECT COUNT(*) FROM change_log WHERE id > (SELECT IF(MAX(id) > 10000, MAX(id) - 10000, 0) FROM change_log)`)
	if got := plan[0]; got[3] != "range" || got[5] != "PRIMARY" {
		t.Errorf("plan %v, want a range of the primary key", got)
	}
}
