package db_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem/billing"
)

func callIDs(list []billing.Orphan) []string {
	var ids []string
	for _, o := range list {
		ids = append(ids, o.CallID)
	}
	slices.Sort(ids)
	return ids
}

// Orphans are calls that only Asterisk's records know; what has been seen to is
// not looked through again.
func TestOrphans(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	record := func(id, linked string, sequence int64) billing.AsteriskCDR {
		return billing.AsteriskCDR{
			UniqueID: id, LinkedID: linked, Sequence: sequence, Channel: "PJSIP/a-1", Start: at("2026-03-01 12:00:00").Add(time.Duration(sequence)), End: at("2026-03-01 12:01:00"), Disposition: "BUSY",
		}
	}
	put := func(list ...billing.AsteriskCDR) {
		t.Helper()
		for range 2 { // a file is read again when something went wrong
			if err := b.PutAsteriskCDRs(t.Context(), list); err != nil {
				t.Fatal(err)
			}
		}
	}
	look := func(age time.Duration, want ...string) time.Time {
		t.Helper()
		list, to, more, err := b.Orphans(t.Context(), age)
		if err != nil || more {
			t.Fatal(more, err)
		}
		if diff := cmp.Diff(want, callIDs(list)); diff != "" {
			t.Fatal(diff)
		}
		return to
	}
	put(record("a-1", "a-1", 1), record("a-1", "a-1", 2), record("a-2", "a-1", 3), record("a-3", "a-3", 4), record("a-4", "a-4", 5), record("a-5", "a-5", 6))
	b.exec("INSERT INTO calls (call_id, server, direction, started_at, disposition) VALUES ('a-3', 'a', 'out', '2026-03-01', 'in_progress')")
	b.exec("INSERT INTO holds (call_id, amount, paid_s, terms, server, began_at) VALUES ('a-4', 0, 60, '{}', 'a', '2026-03-01')")
	look(time.Hour)
	b.exec("UPDATE asterisk_cdrs SET collected_at = UTC_TIMESTAMP(3) - INTERVAL 2 MINUTE")
	to := look(time.Minute, "a-1", "a-5")
	look(time.Minute, "a-1", "a-5") // nobody has seen to them yet
	if err := b.OrphansClosed(t.Context(), to); err != nil {
		t.Fatal(err)
	}
	look(time.Minute)
	if err := b.OrphansClosed(t.Context(), to.Add(-time.Hour)); err != nil { // another node is behind
		t.Fatal(err)
	}
	look(time.Minute)
	put(record("a-6", "a-6", 7)) // its file lay for days: it is looked at nevertheless
	b.exec("DO SLEEP(0.002)")    // times are in milliseconds
	look(0, "a-6")
}

// Calls that were closed by estimate are told with what their end is made of.
func TestOrphansTellEstimatedCalls(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(1, "5.00")
	for _, id := range []string{"c1", "c2", "c3"} {
		b.hold(held(id, 1, 2*time.Minute), prepaid())
	}
	b.write(billing.Record{End: guessed("c1", 1, billing.ByEstimate, 30*time.Second)}, billing.Record{End: guessed("c2", 1, billing.ByCDR, 30*time.Second)},
		billing.Record{End: talked("c3", 1, 30*time.Second)})
	for _, id := range []string{"c0", "c1", "c2", "c3"} {
		if err := b.PutAsteriskCDRs(t.Context(), []billing.AsteriskCDR{{UniqueID: id, LinkedID: id, Start: at("2026-03-04 05:06:07"), End: at("2026-03-04 05:09:00")}}); err != nil {
			t.Fatal(err)
		}
	}
	b.exec("UPDATE asterisk_cdrs SET collected_at = UTC_TIMESTAMP(3) - INTERVAL 2 MINUTE")
	list, _, _, err := b.Orphans(t.Context(), time.Minute)
	if err != nil || !slices.Equal(callIDs(list), []string{"c0", "c1"}) {
		t.Fatalf("%+v, %v", list, err)
	}
	slices.SortFunc(list, func(x, y billing.Orphan) int { return strings.Compare(x.CallID, y.CallID) })
	guess := guessed("c1", 1, billing.ByEstimate, 30*time.Second)
	o := list[1]
	if list[0].Closed != nil || list[0].Hold != nil || o.Closed == nil || o.Closed.AccountID != 1 || o.Closed.Server != guess.Start.Server ||
		o.Hold.Amount != amount("1.20") || o.Hold.Route != "7.c.g8" || !o.Hold.AnsweredAt.Equal(guess.AnsweredAt) || o.Hold.AccountID != 1 || len(o.Hold.Terms.Routes) != 3 {
		t.Errorf("%+v, %+v", o.Closed, o.Hold)
	}
}

func TestOrphansAreLookedThroughInBites(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	const many = 12_001
	var list []billing.AsteriskCDR
	for n := range many {
		id := fmt.Sprintf("a-%05d", n)
		list = append(list, billing.AsteriskCDR{UniqueID: id, LinkedID: id, Start: at("2026-03-01 12:00:00"), End: at("2026-03-01 12:01:00")})
	}
	for some := range slices.Chunk(list, 500) {
		if err := b.PutAsteriskCDRs(t.Context(), some); err != nil {
			t.Fatal(err)
		}
	}
	seen, looks := map[string]int{}, 0
	for more := true; more; looks++ {
		var orphans []billing.Orphan
		var to time.Time
		var err error
		if orphans, to, more, err = b.Orphans(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		for _, o := range orphans {
			seen[o.CallID]++
			if !o.CollectedAt.Before(to) {
				t.Fatalf("%s was collected at %s, looked through to %s", o.CallID, o.CollectedAt, to)
			}
		}
		if err := b.OrphansClosed(t.Context(), to); err != nil {
			t.Fatal(err)
		}
		if looks > 20 {
			t.Fatal("no end")
		}
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s was told %d times", id, n)
		}
	}
	if len(seen) != many || looks < 3 {
		t.Errorf("%d of %d orphans in %d looks", len(seen), many, looks)
	}
	// And all of them are forgotten in time.
	b.exec("UPDATE asterisk_cdrs SET collected_at = UTC_TIMESTAMP(3) - INTERVAL 3 DAY WHERE uniqueid < 'a-11000'")
	if n, err := b.ForgetAsteriskCDRs(t.Context(), 48*time.Hour); err != nil || n != 11_000 || b.one("SELECT COUNT(*) FROM asterisk_cdrs") != "1001" {
		t.Errorf("%d forgotten, %v", n, err)
	}
}

func TestBalancesOfCallsInProgress(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	b.exec("DELETE FROM balances")
	b.exec("INSERT INTO balances (account_id, currency_id, balance, held, calls, opened_at) SELECT 1, id, -5.000001, 2.5, 3, '2026-01-01' FROM currency ORDER BY id LIMIT 1")
	ids := []int64{1, 2}
	for n := range int64(2000) { // more than one statement asks for
		ids = append(ids, 1000+n)
	}
	list, err := b.Balances(t.Context(), ids)
	if err != nil || len(list) != 1 || list[0].AccountID != 1 || list[0].CurrencyID == 0 || list[0].Balance != -5_000_001 || list[0].Held != 2_500_000 || list[0].Calls != 3 {
		t.Fatalf("%+v, %v", list, err)
	}
	same(t, "nothing spent", time.Time{}, list[0].SpentOn)
	b.exec("UPDATE balances SET spent_on = '2026-03-04', spent = 1.25")
	list, err = b.Balances(t.Context(), ids)
	if err != nil || len(list) != 1 || !list[0].SpentOn.Equal(at("2026-03-04 00:00:00")) || list[0].Spent != 1_250_000 {
		t.Fatalf("%+v, %v", list, err)
	}
	if list, err := b.Balances(t.Context(), nil); err != nil || list != nil {
		t.Fatalf("%+v, %v", list, err)
	}
}
