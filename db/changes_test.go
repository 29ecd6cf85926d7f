package db_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

// Every change of every configuration table is heard of, whoever makes it.
func TestEveryChangeReachesChangeLog(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	b.exec("INSERT INTO stop_rules (id, stop) VALUES (1, 1)")
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
		{"rates", "per_minute = 1 WHERE id = 1", "(provider_id, tier, prefix, per_minute, effective_from) VALUES (3, 'cli', '33', 1, '2026-01-01')", "prefix = '33'"},
		{"stop_rules", "stop = 0 WHERE id = 1", "(cause, stop) VALUES (1, 1)", "cause = 1"},
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
		AND TABLE_NAME NOT LIKE 'goose%' AND TABLE_NAME NOT IN ('calls', 'attempts', 'change_log')
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
		b.Watch(ctx, time.Millisecond, zerolog.Nop(), func(context.Context) error {
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

// An exchange rate comes into force without any row changing.
func TestWatchSeesRatesComeIntoForce(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	b.exec("INSERT INTO fx_rates (currency_id, valid_from, per_eur) VALUES (96, UTC_TIMESTAMP(3) + INTERVAL 1 SECOND, 94)")
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
	if err := b.PruneChanges(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	got := b.table("SELECT id FROM change_log ORDER BY id")
	if len(got) != 2 || got[0][0] != "5" || got[1][0] != version {
		t.Errorf("left %v; want the young one, 5, and the newest, %s", got, version)
	}
}
