package db_test

import (
	"testing"
	"time"

	"tandem/billing"
)

// What a provider is owed does not hang on what the account can pay, and a report
// that is told again charges the account that was mended.
func TestRepairedAccountIsChargedByTheSameReport(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(1, "5.00")
	b.exec("INSERT INTO accounts (id, name) VALUES (2, 'without a balance')")
	e := talked("c1", 2, time.Minute)
	e.Terms = new(terms())
	b.write(billing.Record{End: e})
	b.write(billing.Record{End: e}) // nothing is mended yet
	call := func(want ...string) {
		t.Helper()
		same(t, "call", [][]string{want}, b.table("SELECT sale, cost_base, charge_error IS NULL FROM calls"))
	}
	call("NULL", "0.120000", "0")
	same(t, "not counted twice", 1, b.Unpriced())
	longer := talked("c1", 2, 2*time.Minute) // a report of the same rank, with other costs
	b.write(billing.Record{End: longer})
	call("NULL", "0.240000", "0")
	b.write(billing.Record{End: guessed("c1", 2, billing.ByCDR, time.Second)})
	call("NULL", "0.240000", "0") // a worse source is still not heard

	b.exec("INSERT INTO balances (account_id, currency_id, opened_at) VALUES (2, 156, '2026-01-01')")
	for range 2 {
		b.write(billing.Record{End: longer}, billing.Record{End: longer})
		call("1.200000", "0.240000", "1")
		same(t, "balance", "-1.200000", b.one("SELECT balance FROM balances WHERE account_id = 2"))
	}
	b.write(billing.Record{End: e}) // charged: nothing is heard any more
	same(t, "ledger", [][]string{
		{"call:c1:cost:2:11:report", "0.120000"}, {"call:c1:cost:2:11:report:2", "0.120000"}, {"call:c1:sale:report", "1.200000"},
	}, b.table("SELECT posting_key, amount FROM ledger WHERE call_id = 'c1' ORDER BY id"))
	b.books()
}

// A sale that was guessed stays when the report's cannot be posted.
func TestGuessedSaleStaysWhenTheReportFails(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(1, "5.00")
	b.hold(held("c1", 1, 2*time.Minute), prepaid())
	b.write(billing.Record{End: guessed("c1", 1, billing.ByEstimate, 30*time.Second)})
	b.exec("UPDATE calls SET terms = REPLACE(terms, '156', '122')")
	b.write(billing.Record{End: talked("c1", 1, time.Minute)})
	same(t, "call", [][]string{{"report", "0.300000", "156", "0"}}, b.table("SELECT closed_by, sale, sale_currency_id, charge_error IS NULL FROM calls"))
	same(t, "balance", "4.700000", b.one("SELECT balance FROM balances"))
	v, err := b.Verify(t.Context(), nil)
	if err != nil || len(v.Findings) != 1 || v.Findings[0].Kind != billing.NotCharged {
		t.Errorf("%+v, %v", v, err)
	}
}

// Of a call that only Asterisk's records know nobody knows the price.
func TestOrphanOfAnAccountWithATariff(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(2, "5.00")
	b.exec("INSERT INTO tariffs (id, name, currency_id) VALUES (9, 'retail', 156)")
	b.exec("UPDATE accounts SET tariff_id = 9 WHERE id = 1")
	b.exec("UPDATE balances SET opened_at = '2026-03-04'")
	orphan := func(id string, account int64, change func(e *billing.End)) billing.Record {
		e := guessed(id, account, billing.ByCDR, time.Minute)
		e.Attempts, e.Route = nil, ""
		change(e)
		return billing.Record{End: e}
	}
	as := func(*billing.End) {}
	b.write(billing.Record{Start: started("known")})
	b.write(
		orphan("c1", 1, as), orphan("no tariff", 2, as), orphan("nobody", 0, as), orphan("known", 1, as),
		orphan("busy", 1, func(e *billing.End) { e.Disposition, e.AnsweredAt, e.Talk = billing.Failed, time.Time{}, 0 }),
		orphan("incoming", 1, func(e *billing.End) { e.Start.Direction = billing.Incoming }),
		orphan("carried by none", 1, func(e *billing.End) { e.Source = billing.ByReport }),
		orphan("before there was money", 1, func(e *billing.End) { e.Start.StartedAt = at("2026-03-03 23:59:59") }),
		orphan("reported", 1, func(e *billing.End) { e.Source, e.Route = billing.ByReport, "7.c.g8" }),
	)
	same(t, "uncharged", [][]string{{"c1"}, {"reported"}}, b.table("SELECT call_id FROM calls WHERE charge_error IS NOT NULL ORDER BY call_id"))
	v, err := b.Verify(t.Context(), nil)
	if err != nil || len(v.Findings) != 2 || v.Findings[0].Kind != billing.NotCharged || v.Findings[0].AccountID != 1 {
		t.Errorf("%+v, %v", v, err)
	}
}

// A clock that was ahead does not switch the daily limit off.
func TestDayToCome(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(1, "50.00")
	b.exec("UPDATE balances SET spent_on = UTC_DATE() + INTERVAL 2 DAY, spent = 1")
	b.hold(held("c1", 1, 5*time.Minute), billing.Bounds{})
	now, err := b.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	e := talked("c1", 1, time.Minute)
	e.EndedAt = now.Add(time.Hour * 30)
	b.write(billing.Record{End: e})
	same(t, "spent", [][]string{{"1.600000", "1"}}, b.table("SELECT spent, spent_on <= UTC_DATE() FROM balances"))
	daily := billing.Bounds{Daily: sum("2.00"), Day: now.AddDate(0, 0, 2)}
	b.exec("UPDATE balances SET spent_on = DATE(UTC_TIMESTAMP() + INTERVAL 14 HOUR)")
	same(t, "a node that is ahead", billing.Grant{Limit: billing.LimitDaily, Room: amount("0.40")}, b.hold(held("c2", 1, time.Minute), daily))
	granted := b.hold(held("c2", 1, 20*time.Second), daily)
	same(t, "within the limit", true, granted.Granted)
	same(t, "an extension", billing.LimitDaily, b.extend(billing.Extension{
		CallID: "c2", AccountID: 1, From: granted.Paid, To: time.Minute, Amount: amount("0.60"), Bounds: daily,
	}).Limit)
}

func TestHoldServers(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(1, "50.00")
	for id, server := range map[string]string{"c1": "b", "c2": "a", "c3": "b"} {
		h := held(id, 1, time.Minute)
		h.Server = server
		b.hold(h, prepaid())
	}
	list, err := b.HoldServers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	same(t, "servers", []string{"a", "b"}, list)
}

// Calls are kept for a time, the ledger for ever.
func TestVerifyPassesOverRemovedCalls(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(1, "5.00")
	for _, id := range []string{"c1", "c2"} {
		b.hold(held(id, 1, time.Minute), prepaid())
		b.write(billing.Record{End: talked(id, 1, time.Minute)})
	}
	b.exec("UPDATE calls SET started_at = UTC_TIMESTAMP(3) WHERE call_id = 'c2'")
	b.exec("UPDATE ledger SET at = at - INTERVAL 1 HOUR WHERE call_id = 'c1'")
	b.exec("DELETE FROM calls WHERE call_id = 'c1'")
	b.books()
}
