//go:build e2e

package e2e_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"tandem/billing"
	"tandem/internal/e164"
)

// outage is how long MariaDB is away. A record's way out of it is the same
// after half a minute as after three seconds, but connection pools and retries
// are known to give up late, so this is the half minute it should be; -short
// makes it three seconds.
const (
	outage      = 30 * time.Second
	shortOutage = 3 * time.Second
)

// Calls go on without the database: routes come from the snapshot, records wait
// on disk.
func TestMariaDBIsAwayDuringCalls(t *testing.T) {
	t.Parallel()
	x := own(t, nil)
	if x.MariaDB.Process() == nil {
		t.Skip("the MariaDB server of TANDEM_MARIADB_DSN is not ours to stop")
	}
	length := outage
	if testing.Short() {
		length = shortOutage
	}

	across := x.number("9307") // begins before, ends after
	long := x.dial(t, moscow, national(across))
	answered(t, long)
	into := x.number("9307") // begins before, ends during
	cut := x.dial(t, moscow, national(into))
	answered(t, cut)
	x.started(t, national(into))

	if err := x.MariaDB.Stop(soon(t)); err != nil {
		t.Fatal(err)
	}
	back := time.NewTimer(length)
	defer back.Stop()
	if err := cut.Hangup(soon(t)); err != nil {
		t.Fatal(err)
	}
	during := []e164.Number{}
	for away := true; away; {
		b := x.number("5503")
		during = append(during, b)
		call := x.dial(t, moscow, national(b))
		talked(t, call)
		if wait := x.offered(t, "WestCall", string(b)).At.Sub(call.Result().Started); wait > slack {
			t.Errorf("a call waited %v for its route while the database was away", wait)
		}
		eventually(t, patience, func() error {
			if n := metric(t, x.Nodes[0], "tandem_spool_records"); n < float64(len(during)) {
				return fmt.Errorf("%v records in the spool after %d calls", n, len(during))
			}
			return nil
		})
		rest := time.NewTimer(length / 10)
		select {
		case <-back.C:
			away = false
		case <-rest.C:
		}
		rest.Stop()
	}
	// An incoming call whose last agent nobody can look up.
	from := x.number("1111")
	x.phone(t, duty)
	x.reached(t, duty, from, x.bring(t, "WestCall", "74951815002", from))
	x.wantReady(t, http.StatusOK)

	if err := x.MariaDB.Restart(soon(t)); err != nil {
		t.Fatal(err)
	}
	if err := long.Hangup(soon(t)); err != nil {
		t.Fatal(err)
	}
	x.wantKept(t, 0) // the node took every report
	check(t, x.record(t, national(across)), fromMoscow(across).answered(billing.SideCaller, ok(westcall())))
	check(t, x.record(t, national(into)), fromMoscow(into).answered(billing.SideCaller, ok(westcall())))
	for _, b := range during {
		got := x.record(t, national(b))
		check(t, got, fromMoscow(b).answered(billing.SideCaller, congested(westcall()), ok(voicebuy(2))))
		if keys, _ := plan(t, got); len(keys) != 5 {
			t.Errorf("plan %v", keys)
		}
	}
	want := fromWestCall(from)
	want.Start.NumberID, want.Start.Dialled, want.Start.BNumber, want.Start.Reason = 281, "74951815002", "74951815002", "the duty operator"
	check(t, x.brought(t, from), want.answered(billing.SideCalled, ok(billing.Attempt{N: 1, Key: "s3"})))

	eventually(t, patience, func() error {
		if n := metric(t, x.Nodes[0], "tandem_spool_records"); n != 0 {
			return fmt.Errorf("%v records in the spool", n)
		}
		return nil
	})
	if n := metric(t, x.Nodes[0], "tandem_spool_refused_records"); n != 0 {
		t.Errorf("%v records were refused", n)
	}
	var calls, attempts int
	if err := x.sql.QueryRowContext(soon(t), `SELECT (SELECT COUNT(*) FROM calls), (SELECT COUNT(*) FROM attempts)`).Scan(&calls, &attempts); err != nil {
		t.Fatal(err)
	}
	if calls != 3+len(during) || attempts != 3+2*len(during) {
		t.Errorf("%d calls and %d attempts in the database, want %d and %d", calls, attempts, 3+len(during), 3+2*len(during))
	}
}

// The node dies while its records wait on disk: the next one finds them there.
func TestNodeDiesWhileMariaDBIsAway(t *testing.T) {
	t.Parallel()
	x := own(t, nil)
	if x.MariaDB.Process() == nil {
		t.Skip("the MariaDB server of TANDEM_MARIADB_DSN is not ours to stop")
	}
	x.phone(t, moscow)
	if err := x.MariaDB.Kill(); err != nil {
		t.Fatal(err)
	}
	b := x.number("5503")
	talked(t, x.dial(t, moscow, national(b)))
	eventually(t, patience, func() error {
		if n := metric(t, x.Nodes[0], "tandem_spool_records"); n < 3 { // start, attempt, end
			return fmt.Errorf("%v records in the spool", n)
		}
		return nil
	})
	x.Nodes[0].Kill()
	if err := x.MariaDB.Restart(soon(t)); err != nil {
		t.Fatal(err)
	}
	x.restart(t)
	check(t, x.record(t, national(b)), fromMoscow(b).answered(billing.SideCaller, congested(westcall()), ok(voicebuy(2))))
}

// A database that takes connections and says nothing is worse than none: it may
// cost a call a moment, never its record.
func TestMariaDBHangs(t *testing.T) {
	t.Parallel()
	x := own(t, nil)
	if x.MariaDB.Process() == nil {
		t.Skip("the MariaDB server of TANDEM_MARIADB_DSN is not ours to stop")
	}
	x.phone(t, moscow)
	x.MariaDB.Process().Pause()
	t.Cleanup(x.MariaDB.Process().Resume)
	b := x.number("5503")
	call := x.dial(t, moscow, national(b))
	talked(t, call)
	if wait := x.offered(t, "WestCall", string(b)).At.Sub(call.Result().Started); wait > slack {
		t.Errorf("the call waited %v for its route", wait)
	}
	from := x.number("1111") // here the database is asked who last called
	incoming := x.bring(t, "WestCall", "74951815000", from)
	x.reached(t, moscow, from, incoming)
	x.noChannels(t, reportTime+slack)
	eventually(t, patience, func() error {
		if n := metric(t, x.Nodes[0], "tandem_spool_records"); n < 5 { // two starts, an attempt, two ends
			return fmt.Errorf("%v records in the spool", n)
		}
		return nil
	})
	x.wantKept(t, 0)
	x.MariaDB.Process().Resume()
	check(t, x.record(t, national(b)), fromMoscow(b).answered(billing.SideCaller, congested(westcall()), ok(voicebuy(2))))
	check(t, x.brought(t, from), fromWestCall(from).answered(billing.SideCalled, ok(billing.Attempt{N: 1, Key: "s1"})))
}
