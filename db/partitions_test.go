package db_test

import (
	"errors"
	"testing"
	"time"

	"tandem/db"
)

// Months that no node made a partition for get theirs, with the rows that came
// meanwhile; nobody who uses the table is kept waiting for it.
func TestPartitionsAreMadeAhead(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	if n, err := b.MakePartitions(t.Context()); n != 0 || err != nil {
		t.Errorf("of a new database: %d, %v", n, err)
	}
	last := b.one(`SELECT PARTITION_NAME FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'calls'
		AND PARTITION_NAME REGEXP '^p[0-9]' ORDER BY PARTITION_ORDINAL_POSITION DESC LIMIT 1`)
	b.exec("ALTER TABLE calls DROP PARTITION " + last)
	b.exec(`INSERT INTO calls (call_id, server, direction, started_at) SELECT CONCAT('a-', UNIX_TIMESTAMP(?) + 86400, '.1'), 's', 'out', ?`, last[1:]+"01", last[1:]+"01")

	tx, err := b.hand.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := tx.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM calls").Scan(&n); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if _, err := b.MakePartitions(t.Context()); !errors.Is(err, db.ErrBusy) || time.Since(began) > 20*time.Second {
		t.Errorf("while the table is in use: %v after %v", err, time.Since(began))
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}

	if n, err := b.MakePartitions(t.Context()); n != 1 || err != nil {
		t.Errorf("made %d, %v", n, err)
	}
	same(t, "in its month", "1", b.one("SELECT COUNT(*) FROM calls PARTITION ("+last+")"))
}
