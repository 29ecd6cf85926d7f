package db_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"tandem/billing"
	"tandem/db"
)

func TestForgetReasons(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	// Twelve thousand a day for three days, some of them without a start report.
	b.exec(`INSERT INTO calls (call_id, server, direction, started_at, reasons)
		SELECT CONCAT('c-', seq), 's', 'out', UTC_TIMESTAMP(3) - INTERVAL 3 DAY + INTERVAL (seq * 7200) * 1000 MICROSECOND, IF(seq MOD 100, 'x', NULL) FROM seq_1_to_36000`)
	forget := func(keep time.Duration) int64 {
		t.Helper()
		n, err := b.ForgetReasons(t.Context(), keep)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	left := func(keep string) string {
		return b.one("SELECT CONCAT(SUM(reasons = 'x' AND started_at < UTC_TIMESTAMP(3) - INTERVAL " + keep + "), '/', SUM(reasons IS NULL)) FROM calls")
	}
	if n := forget(48 * time.Hour); n < 11_860 || n > 11_910 {
		t.Errorf("%d forgotten of the first day, want about 11880", n)
	}
	if got := left("49 HOUR"); got != "0/360" {
		t.Errorf("old reasons left / calls without start: %s; want 0/360", got)
	}
	if n := b.one("SELECT COUNT(*) FROM calls WHERE reasons = 'x'"); n < "23700" {
		t.Errorf("%s reasons left of two days", n)
	}

	// What is done is not looked at again, even if it were to be done once more.
	b.exec("UPDATE calls SET reasons = 'again' WHERE call_id = 'c-1'")
	if n := forget(47 * time.Hour); n < 475 || n > 520 {
		t.Errorf("%d forgotten of another hour, want about 495", n)
	}
	if got := b.one("SELECT reasons FROM calls WHERE call_id = 'c-1'"); got != "again" {
		t.Error("done calls are looked at again")
	}
	if n := forget(72 * time.Hour); n != 0 {
		t.Errorf("%d forgotten for a longer time of keeping", n)
	}
	if n := forget(0); n < 23_235 || n > 23_295 {
		t.Errorf("%d forgotten of the rest, want about 23265", n)
	}
}

// More calls in one millisecond than a bite takes.
func TestForgetReasonsOfOneMoment(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.exec(`INSERT INTO calls (call_id, server, direction, started_at, reasons)
		SELECT CONCAT('c-', seq), 's', 'out', '2026-03-01', 'x' FROM seq_1_to_12000`)
	b.exec(`INSERT INTO calls (call_id, server, direction, started_at, reasons) VALUES ('later', 's', 'out', '2026-03-02', 'x')`)
	n, err := b.ForgetReasons(t.Context(), time.Hour)
	if err != nil || n != 12_001 {
		t.Errorf("%d forgotten, %v; want 12001", n, err)
	}
}

func TestEachCall(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	second := started("c2")
	second.StartedAt = second.StartedAt.Add(-time.Minute)
	second.AccountID, second.SubscriberID, second.RoutingNumber, second.CLI = 0, 0, "", ""
	incoming, early, late := started("in"), started("early"), started("late")
	incoming.Direction = billing.Incoming
	early.StartedAt, late.StartedAt = at("2026-03-03 23:59:59"), at("2026-03-05 00:00:00")
	nowhere := started("nowhere")
	nowhere.BNumber = ""
	b.write(billing.Record{Start: started("c1")}, billing.Record{End: ended("c1")}, billing.Record{Start: second},
		billing.Record{Start: incoming}, billing.Record{Start: early}, billing.Record{Start: late}, billing.Record{Start: nowhere})

	from, to := at("2026-03-04 00:00:00"), at("2026-03-05 00:00:00")
	var got []db.CallRow
	if err := b.EachCall(t.Context(), from, to, func(c db.CallRow) error {
		got = append(got, c)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	same(t, "calls", []db.CallRow{
		{
			CallID: "c2", Server: "asterisk-macomnet", BNumber: "74957777777", StartedAt: second.StartedAt, Disposition: billing.InProgress,
		},
		{
			CallID: "c1", Server: "asterisk-macomnet", AccountID: 1, SubscriberID: 1, CLI: "74951815000", BNumber: "74957777777",
			RoutingNumber: "74957777000", StartedAt: started("c1").StartedAt, Talk: 48 * time.Second, Disposition: billing.Answered,
			Route: "11.c.a35", Attempts: 2,
		},
	}, got)
	if n, err := b.CountCalls(t.Context(), from, to); err != nil || n != 2 {
		t.Errorf("%d calls, %v; want 2", n, err)
	}

	// Who has seen enough says so, and gets his own error back.
	enough := errors.New("enough")
	if err := b.EachCall(t.Context(), from, to, func(db.CallRow) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("%v; want %v", err, enough)
	}
}

func TestEachCallIsCancelled(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.exec(`INSERT INTO calls (call_id, server, direction, b_number, started_at)
		SELECT CONCAT('c-', seq), 's', 'out', 440000000000 + seq, '2026-03-01' + INTERVAL seq SECOND FROM seq_1_to_50000`)
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	last := time.Time{}
	err := b.EachCall(ctx, at("2026-03-01 00:00:00"), at("2026-04-01 00:00:00"), func(c db.CallRow) error {
		if c.StartedAt.Before(last) {
			t.Errorf("%s comes after %s", c.StartedAt, last)
		}
		last = c.StartedAt
		if n++; n == 100 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || n == 50_000 {
		t.Errorf("%d calls, %v; want it to end before all were read", n, err)
	}
}
