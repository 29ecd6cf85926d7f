package db_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"tandem/archive"
	"tandem/db"
)

// oldCalls are settled calls of March 2026, with attempts, in every shape that a row
// can have.
func (b bundle) oldCalls(n int) {
	b.t.Helper()
	b.exec(`INSERT INTO calls (call_id, server, direction, account_id, a_number, b_number, reason, reasons, started_at, answered_at, ended_at, disposition, talk_ms, closed_by,
			sale, sale_currency_id, held, terms)
		SELECT CONCAT('alpha-', 1772323200 + seq * 60, '.', seq), 'alpha', 'out', 1, '4420', IF(seq MOD 2, '7495', NULL), IF(seq MOD 3, '', 'Ω "x" \\ \t'),
			IF(seq MOD 5, NULL, x'00ff0a22'), '2026-03-01' + INTERVAL seq MINUTE, '2026-03-01 00:00:01.234', '2026-03-02', 'answered', 1000, 'report',
			0.123456, 156, 1, '{"sale":1}' FROM seq_1_to_` + strconv.Itoa(n))
	b.exec(`INSERT INTO attempts (call_id, n, route, provider_id, started_at, result, cost, cost_currency_id)
		SELECT call_id, n, '7.c.a1', 7, started_at, IF(n = 2, 'answered', 'failed'), IF(n = 2, 0.01, NULL), 156 FROM calls, (SELECT 1 AS n UNION SELECT 2) two WHERE month = 202603`)
}

// partitioned is a database whose tables have a partition for March 2026, as one
// that was in service then has.
func partitioned(t *testing.T) bundle {
	t.Helper()
	b := migrated(t)
	first := b.table(`SELECT PARTITION_NAME, PARTITION_DESCRIPTION FROM information_schema.PARTITIONS
		WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'calls' AND PARTITION_ORDINAL_POSITION = 2`)[0]
	for _, table := range []string{"calls", "attempts"} {
		b.exec(fmt.Sprintf("ALTER TABLE %s REORGANIZE PARTITION %[2]s INTO (PARTITION p202603 VALUES LESS THAN (202604), PARTITION p202604 VALUES LESS THAN (202605), PARTITION %[2]s VALUES LESS THAN (%s))",
			table, first[0], first[1]))
	}
	return b
}

func (b bundle) records() [][]string {
	b.t.Helper()
	return append(b.table("SELECT * FROM calls ORDER BY call_id"), b.table("SELECT * FROM attempts ORDER BY call_id, n")...)
}

// goneAndBack checks that March has left the tables and that its files are all of it.
func (b bundle) goneAndBack(k archive.Keeper, all [][]string) {
	b.t.Helper()
	same(b.t, "gone", "0/0", b.one("SELECT CONCAT((SELECT COUNT(*) FROM calls), '/', (SELECT COUNT(*) FROM attempts))"))
	if _, err := archive.Restore(b.t.Context(), b.RestoredRecords(), k.Dir, 202603, false, nil); err != nil {
		b.t.Fatal(err)
	}
	same(b.t, "restored", all, b.records())
}

func TestMonthMovesOutAndComesBack(t *testing.T) {
	t.Parallel()
	b := partitioned(t)
	b.oldCalls(1000)
	b.exec("INSERT INTO calls (call_id, server, direction, started_at) VALUES ('alpha-1795324814.1', 's', 'out', '2026-11-22'), ('c1', 's', 'out', '2026-11-22')")
	all := b.records()
	k := archive.Keeper{Store: b.Records(), Dir: t.TempDir(), Program: "test"}
	m, err := k.Move(t.Context(), 202603)
	if err != nil {
		t.Fatal(err)
	}
	calls, _ := m.Table("calls")
	attempts, _ := m.Table("attempts")
	if calls.Rows != 1000 || attempts.Rows != 2000 {
		t.Errorf("archived %d calls, %d attempts", calls.Rows, attempts.Rows)
	}
	same(t, "what is left", [][]string{{"alpha-1795324814.1"}, {"c1"}}, b.table("SELECT call_id FROM calls ORDER BY 1"))
	same(t, "partitions and tables", "0", b.one(`SELECT (SELECT COUNT(*) FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA = DATABASE() AND PARTITION_NAME = 'p202603') +
		(SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE '%aside%')`))
	if since, err := b.KeptSince(t.Context()); err != nil || !since.Equal(at("2026-04-01 00:00:00")) {
		t.Errorf("kept since %v, %v", since, err)
	}

	list, err := archive.Restore(t.Context(), b.RestoredRecords(), k.Dir, 202603, true, nil)
	if err != nil || list[0].Added != 2000 || list[1].Added != 1000 || list[1].Table != "calls_restored_202603" {
		t.Errorf("beside: %+v, %v", list, err)
	}
	same(t, "beside", "1000", b.one("SELECT COUNT(*) FROM calls_restored_202603"))
	for try, added := range []int64{1000, 0} {
		list, err = archive.Restore(t.Context(), b.RestoredRecords(), k.Dir, 202603, false, nil)
		if err != nil || list[1].Rows != 1000 || list[1].Added != added || list[0].Added != 2*added {
			t.Errorf("restored, time %d: %+v, %v", try+1, list, err)
		}
	}
	same(t, "everything is back", all, b.records())
}

func TestArchivesHaveNoPlaces(t *testing.T) {
	t.Parallel()
	b := partitioned(t)
	b.oldCalls(3)
	b.exec("UPDATE calls SET a_place_id = 77, b_place_id = 78")
	k := archive.Keeper{Store: b.Records(), Dir: t.TempDir()}
	if _, err := k.Move(t.Context(), 202603); err != nil {
		t.Fatal(err)
	}
	if _, err := archive.Restore(t.Context(), b.RestoredRecords(), k.Dir, 202603, false, nil); err != nil {
		t.Fatal(err)
	}
	// Another database has other places under these numbers: they are looked up anew.
	same(t, "calls without places", "3", b.one("SELECT COUNT(*) FROM calls WHERE a_place_id IS NULL AND b_place_id IS NULL"))
}

// A file with checksums that are right may still hold what was never in that month.
func TestRestoreTakesNoOtherMonth(t *testing.T) {
	t.Parallel()
	b := partitioned(t)
	b.exec("INSERT INTO calls (call_id, server, direction, started_at) VALUES ('alpha-1795324814.1', 's', 'out', '2026-11-22')")
	columns := []archive.Column{{Name: "call_id", Kind: archive.Text}, {Name: "n", Kind: archive.Integer}, {Name: "route", Kind: archive.Text}, {Name: "provider_id", Kind: archive.Integer}, {Name: "started_at", Kind: archive.Time}, {Name: "result", Kind: archive.Text}}
	started := at("2026-11-22 05:20:14")
	for _, id := range []string{"alpha-1795324814.1", "without-a-time"} {
		_, err := b.RestoredRecords().Add(t.Context(), archive.Part{Table: "attempts", Month: 202603}, "attempts", columns, [][]any{{id, int64(3), "7.c.a1", int64(7), started, "answered"}})
		if !errors.Is(err, archive.ErrDamaged) {
			t.Errorf("%s: %v", id, err)
		}
	}
	same(t, "attempts", "0", b.one("SELECT COUNT(*) FROM attempts"))
}

// Rows that come back lie in the oldest partition that is left, and leave with it.
func TestRestoredMonthLeavesWithTheNext(t *testing.T) {
	t.Parallel()
	b := partitioned(t)
	b.oldCalls(10)
	all := b.records()
	k := archive.Keeper{Store: b.Records(), Dir: t.TempDir()}
	restore := func(month int) {
		t.Helper()
		if _, err := archive.Restore(t.Context(), b.RestoredRecords(), k.Dir, month, false, nil); err != nil {
			t.Fatal(err)
		}
		same(t, "all is back", all, b.records())
	}
	move := func(month int) {
		t.Helper()
		if _, err := k.Move(t.Context(), month); err != nil {
			t.Fatal(err)
		}
		same(t, "all has left", "0", b.one("SELECT COUNT(*) FROM calls"))
	}
	move(202603)
	restore(202603)
	move(202604)
	restore(202604)
}

func TestUnsettledMonthStays(t *testing.T) {
	t.Parallel()
	b := partitioned(t)
	b.oldCalls(10)
	k := archive.Keeper{Store: b.Records(), Dir: t.TempDir()}
	for name, statements := range map[string][2]string{
		"a call without an end": {
			"INSERT INTO calls (call_id, server, direction, started_at) VALUES ('alpha-1772323200.77', 's', 'out', '2026-03-01')",
			"DELETE FROM calls WHERE call_id = 'alpha-1772323200.77'",
		},
		"money held": {
			"INSERT INTO holds (call_id, amount, currency_id, paid_s, limited, terms, server, node, began_at) VALUES ('alpha-1772323260.1', 1, 156, 1, 1, '{}', 's', 'n', '2026-03-01')",
			"DELETE FROM holds",
		},
	} {
		b.exec(statements[0])
		all := b.records()
		if _, err := k.Move(t.Context(), 202603); !errors.Is(err, archive.ErrUnsettled) {
			t.Errorf("%s: %v", name, err)
		}
		if err := b.ForgetMonth(t.Context(), 202603); !errors.Is(err, archive.ErrUnsettled) {
			t.Errorf("%s, forgotten: %v", name, err)
		}
		same(t, name, all, b.records())
		b.exec(statements[1])
	}
	if _, err := k.Move(t.Context(), 202604); err != nil {
		t.Errorf("an empty month: %v", err)
	}
	if _, err := k.Move(t.Context(), 202503); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("a month without a partition: %v", err)
	}
	if err := b.ForgetMonth(t.Context(), 202603); err != nil {
		t.Error(err)
	}
	same(t, "forgotten", "0", b.one("SELECT COUNT(*) FROM calls"))
}

// dying is a store that fails at one step, as a process that dies there.
type dying struct {
	archive.Store

	b      bundle
	step   string
	change string // SQL run just before rows are set aside
}

var errDied = errors.New("died")

func (d dying) SetAside(ctx context.Context, p archive.Part) error {
	if d.change != "" && p.Table == "calls" {
		d.b.exec(d.change)
	}
	if d.step == "set aside "+p.Table || d.step == "put back calls" && p.Table == "attempts" {
		return errDied
	}
	return d.Store.SetAside(ctx, p)
}

func (d dying) Remove(ctx context.Context, p archive.Part) error {
	if d.step == "remove "+p.Table {
		return errDied
	}
	return d.Store.Remove(ctx, p)
}

func (d dying) PutBack(ctx context.Context, p archive.Part) error {
	if d.step == "put back "+p.Table { // half of it is done
		d.b.exec(fmt.Sprintf("REPLACE INTO %s SELECT * FROM %[1]s_aside_202603 WHERE call_id < 'alpha-17723247'", p.Table))
		return errDied
	}
	if d.step != "" && !strings.HasPrefix(d.step, "put back") {
		return errDied
	}
	return d.Store.PutBack(ctx, p)
}

// Whatever a run dies of, nothing is lost, and the next one ends it.
func TestMoveMayDieAnywhere(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"set aside calls", "set aside attempts", "remove calls", "remove attempts"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			b := partitioned(t)
			b.oldCalls(50)
			all := b.records()
			k := archive.Keeper{Store: dying{Store: b.Records(), b: b, step: step}, Dir: t.TempDir()}
			if _, err := k.Move(t.Context(), 202603); !errors.Is(err, errDied) {
				t.Fatalf("%v", err)
			}
			k.Store = b.Records()
			if err := k.Recover(t.Context()); err != nil {
				t.Fatalf("recover: %v", err)
			}
			if step == "set aside calls" { // nothing was set aside yet
				same(t, "untouched", all, b.records())
				if _, err := k.Move(t.Context(), 202603); err != nil {
					t.Fatalf("the next run: %v", err)
				}
			}
			b.in(t).goneAndBack(k, all)
		})
	}
}

// A row that is written after the month was archived is not lost.
func TestChangedMonthIsPutBack(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]string{
		"a late call":   "INSERT INTO calls (call_id, server, direction, started_at, ended_at, disposition) VALUES ('alpha-1772323200.99', 's', 'out', '2026-03-01', '2026-03-01', 'busy')",
		"a new column":  "ALTER TABLE calls ADD COLUMN later INT NOT NULL DEFAULT 5",
		"a late change": "UPDATE calls SET talk_ms = 2 WHERE call_id = 'alpha-1772323260.1'",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := partitioned(t)
			b.oldCalls(50)
			k := archive.Keeper{Store: dying{Store: b.Records(), b: b, change: change}, Dir: t.TempDir()}
			if _, err := k.Move(t.Context(), 202603); !errors.Is(err, archive.ErrChanged) {
				t.Fatalf("%v", err)
			}
			all := b.records()
			same(t, "attempts", "100", b.one("SELECT COUNT(*) FROM attempts"))
			k.Store = b.Records()
			if _, err := k.Move(t.Context(), 202603); err != nil {
				t.Fatalf("the next run: %v", err)
			}
			if _, err := archive.Restore(t.Context(), b.RestoredRecords(), k.Dir, 202603, false, nil); err != nil {
				t.Fatal(err)
			}
			same(t, "restored", all, b.records())
		})
	}
}

func TestDamagedArchiveIsNotRestored(t *testing.T) {
	t.Parallel()
	b := partitioned(t)
	b.oldCalls(50)
	k := archive.Keeper{Store: b.Records(), Dir: t.TempDir()}
	if _, err := k.Move(t.Context(), 202603); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(k.Dir, "2026-03", "attempts.ndjson.zst")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text[len(text)/2] ^= 1
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := archive.Restore(t.Context(), b.RestoredRecords(), k.Dir, 202603, false, nil); !errors.Is(err, archive.ErrDamaged) {
		t.Errorf("%v", err)
	}
	same(t, "nothing was added", "0", b.one("SELECT COUNT(*) FROM calls"))
}
