package db_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"tandem/db"
)

// One node judges at a time.
func TestAlarmLease(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	w.exec(`INSERT INTO jobs (name, owner, lease_until) VALUES ('alarms', 'other', UTC_TIMESTAMP(3) + INTERVAL 60 SECOND) ON DUPLICATE KEY UPDATE owner = VALUES(owner), lease_until = VALUES(lease_until)`)
	if _, err := w.watch.Round(t.Context()); !errors.Is(err, db.ErrBusy) {
		t.Errorf("%v", err)
	}
}

// held makes a rule whose figures cannot be read before unlock, and a round that waits
// for them.
func (w watchtower) held() (unlock func(), round <-chan error) {
	w.t.Helper()
	w.watch.Hold(4 * time.Second)
	w.rule(db.AlarmRule{Name: "ASR", Measure: "asr", Condition: "below", Value: "40", Each: []string{"provider"}})
	w.bids(7, 30*time.Minute, 200, 20)
	conn, err := w.hand.Conn(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = conn.Close() })
	unlock = func() { w.by(conn, `UNLOCK TABLES`) }
	w.by(conn, `LOCK TABLES quality_providers WRITE`)
	came := make(chan error, 1)
	ctx, cancel := context.WithTimeout(w.t.Context(), 30*time.Second)
	go func() {
		defer cancel()
		_, err := w.watch.Round(ctx)
		came <- err
	}()
	w.until(`SELECT COUNT(*) > 0 FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE '%FROM quality_providers%' AND id <> CONNECTION_ID()`)
	return unlock, came
}

func (w watchtower) by(conn *sql.Conn, statement string) {
	w.t.Helper()
	if _, err := conn.ExecContext(w.t.Context(), statement); err != nil {
		w.t.Fatal(err)
	}
}

// A round that takes longer than its lease keeps it: nobody else begins one.
func TestAlarmLeaseOfSlowRound(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	unlock, round := w.held()
	first := w.one(`SELECT lease_until FROM jobs WHERE name = 'alarms'`)
	w.until(`SELECT UTC_TIMESTAMP(3) > '` + first + `'`)
	if _, err := w.NewAlarmWatch("").Round(t.Context()); !errors.Is(err, db.ErrBusy) {
		t.Errorf("another begins: %v", err)
	}
	unlock()
	if err := <-round; err != nil {
		t.Error(err)
	}
	if list := w.alarms("firing"); len(list) != 1 {
		t.Errorf("%+v", list)
	}
}

// A lease that is lost ends a round, wherever it is, before it writes.
func TestAlarmLeaseLost(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	unlock, round := w.held()
	w.exec(`UPDATE jobs SET owner = 'other', lease_until = UTC_TIMESTAMP(3) + INTERVAL 60 SECOND WHERE name = 'alarms'`)
	if err := <-round; !errors.Is(err, db.ErrLeaseLost) {
		t.Errorf("it ends with %v", err)
	}
	unlock()
	if list := w.alarms("open"); len(list) != 0 {
		t.Errorf("written without the lease: %+v", list)
	}
	if got := w.one(`SELECT owner = 'other' AND lease_until > UTC_TIMESTAMP(3) FROM jobs WHERE name = 'alarms'`); got != "1" {
		t.Error("the lease of the other is gone")
	}
}

// Between rounds nobody else begins one; who has the lease goes on.
func TestAlarmRest(t *testing.T) {
	t.Parallel()
	w := newWatchtower(t)
	w.watch.Rests = time.Minute
	w.round()
	if _, err := w.NewAlarmWatch("").Round(t.Context()); !errors.Is(err, db.ErrBusy) {
		t.Errorf("%v", err)
	}
	w.exec(`UPDATE jobs SET lease_until = lease_until - INTERVAL 61 SECOND WHERE name = 'alarms'`)
	w.round()
}
