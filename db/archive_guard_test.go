package db_test

import (
	"errors"
	"testing"
	"time"

	"tandem/archive"
)

// A run may die while it puts back what it could not move: all is put back then,
// and moved by the next one.
func TestPutBackMayDie(t *testing.T) {
	t.Parallel()
	for step, change := range map[string]string{
		"put back calls":    "",
		"put back attempts": "UPDATE calls SET talk_ms = 2 WHERE call_id = 'alpha-1772323260.1'",
	} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			b := partitioned(t)
			b.oldCalls(50)
			k := archive.Keeper{Store: dying{Store: b.Records(), b: b, step: step, change: change}, Dir: t.TempDir()}
			if _, err := k.Move(t.Context(), 202603); !errors.Is(err, errDied) {
				t.Fatalf("%v", err)
			}
			k.Store = b.Records()
			if err := k.Recover(t.Context()); err != nil {
				t.Fatalf("recover: %v", err)
			}
			all := b.records()
			same(t, "calls and attempts", 150, len(all))
			if _, err := k.Move(t.Context(), 202603); err != nil {
				t.Fatalf("the next run: %v", err)
			}
			b.in(t).goneAndBack(k, all)
		})
	}
}

// Who uses a table for some seconds does not make a month go back.
func TestMoveWaitsForAMoment(t *testing.T) {
	t.Parallel()
	b := partitioned(t)
	b.oldCalls(50)
	tx, err := b.hand.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := tx.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM attempts").Scan(&n); err != nil {
		t.Fatal(err)
	}
	over := time.AfterFunc(3*time.Second, func() { _ = tx.Rollback() })
	defer over.Stop()
	k := archive.Keeper{Store: b.Records(), Dir: t.TempDir()}
	if _, err := k.Move(t.Context(), 202603); err != nil {
		t.Fatal(err)
	}
	same(t, "gone", "0/0", b.one("SELECT CONCAT((SELECT COUNT(*) FROM calls), '/', (SELECT COUNT(*) FROM attempts))"))
}

// Calls may have left before their attempts could.
func TestHalfAMonthLeaves(t *testing.T) {
	t.Parallel()
	b := partitioned(t)
	b.oldCalls(10)
	b.exec("ALTER TABLE calls DROP PARTITION p202603")
	b.exec("ALTER TABLE attempts DROP PARTITION p202604")
	if err := b.ForgetMonth(t.Context(), 202604); err != nil {
		t.Errorf("without attempts: %v", err)
	}
	if gone, err := b.DropEmptyMonth(t.Context(), 202603); gone || err != nil {
		t.Errorf("attempts without calls: %v, %v", gone, err)
	}
	k := archive.Keeper{Store: b.Records(), Dir: t.TempDir()}
	m, err := k.Move(t.Context(), 202603)
	if err != nil {
		t.Fatal(err)
	}
	if attempts, _ := m.Table("attempts"); attempts.Rows != 20 {
		t.Errorf("archived %+v", m)
	}
	same(t, "left", "0", b.one(`SELECT (SELECT COUNT(*) FROM attempts) +
		(SELECT COUNT(*) FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA = DATABASE() AND PARTITION_NAME = 'p202603') +
		(SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE '%aside%')`))
}

func TestHalfAMonthIsForgotten(t *testing.T) {
	t.Parallel()
	b := partitioned(t)
	b.oldCalls(10)
	b.exec("ALTER TABLE calls DROP PARTITION p202603")
	hold := "INSERT INTO holds (call_id, amount, currency_id, paid_s, limited, terms, server, node, began_at) VALUES ('alpha-1772323260.1', 1, 156, 1, 1, '{}', 's', 'n', '2026-03-01')"
	b.exec(hold)
	if err := b.ForgetMonth(t.Context(), 202603); !errors.Is(err, archive.ErrUnsettled) {
		t.Errorf("money held: %v", err)
	}
	b.exec("DELETE FROM holds")
	if err := b.ForgetMonth(t.Context(), 202603); err != nil {
		t.Error(err)
	}
	same(t, "forgotten", "0", b.one("SELECT COUNT(*) FROM attempts"))
}

// Months of which calls or corrections may still come stay.
func TestYoungMonthStays(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	now, err := b.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	month := now.Year()*100 + int(now.Month())
	k := archive.Keeper{Store: b.Records(), Dir: t.TempDir()}
	for what, do := range map[string]func() error{
		"archived":  func() error { _, err := k.Archive(t.Context(), month); return err },
		"moved":     func() error { _, err := k.Move(t.Context(), month); return err },
		"forgotten": func() error { return b.ForgetMonth(t.Context(), month) },
	} {
		if err := do(); !errors.Is(err, archive.ErrTooYoung) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if since, err := b.KeptSince(t.Context()); err != nil || !since.IsZero() {
		t.Errorf("kept since %v, %v", since, err)
	}
}

func TestOnlyRecordsAreRestored(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	for _, beside := range []bool{false, true} {
		if table, err := b.RestoredRecords().Prepare(t.Context(), archive.Part{Table: "ledger", Month: 202603}, beside); !errors.Is(err, archive.ErrDamaged) {
			t.Errorf("%q, %v", table, err)
		}
	}
}
