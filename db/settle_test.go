package db_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/billing"
	"tandem/billing/rate"
)

// guessed is what the reconciler thinks of the call of talked: the first route
// carried it, and longer.
func guessed(id string, account int64, by billing.Source, talk time.Duration) *billing.End {
	e := ended(id)
	e.Start.AccountID, e.Source, e.Route, e.Cut = account, by, "7.c.g8", false
	e.Talk, e.EndedAt = talk, e.AnsweredAt.Add(talk)
	e.Attempts = []billing.Attempt{{
		N: 1, Key: "7.c.g8", ProviderID: 7, Tier: "cli", StartedAt: e.AnsweredAt, Result: billing.Answered, Elapsed: talk, Talk: talk,
	}}
	return e
}

// sums is all that a call came to, and what the ledger has of it.
func (b bundle) sums(id string) [][]string {
	b.t.Helper()
	return slices.Concat(
		b.table(`SELECT closed_by, sale, sale_currency_id, sale_base, cost_base, held, charge_error, disposition, talk_ms, route, answered_at, ended_at, cut FROM calls WHERE call_id = ?`, id),
		b.table(`SELECT n, provider_id, cost, cost_currency_id, talk_ms, elapsed_ms FROM attempts WHERE call_id = ? AND cost IS NOT NULL ORDER BY n`, id),
		b.table(`SELECT party, SUM(amount) FROM (SELECT CONCAT(credit, ' ', IF(credit = 'customer', '', credit_id)) AS party, amount FROM ledger WHERE call_id = ?
			UNION ALL SELECT CONCAT(debit, ' ', IF(debit = 'customer', '', debit_id)), -amount FROM ledger WHERE call_id = ?) sides
			GROUP BY party HAVING SUM(amount) <> 0 ORDER BY party`, id, id),
	)
}

// However often, in whatever order and batches, by however many nodes at once a
// call is closed: it is charged what the best of the sources says, once.
func TestEveryOrderOfEnds(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(0, "0")
	account := int64(0)
	rapid.Check(t, func(rt *rapid.T) {
		account += 2
		for _, a := range []int64{account, account + 1} {
			b.exec("INSERT INTO accounts (id, name, time_zone) VALUES (?, ?, 'Europe/Moscow')", a, strconv.FormatInt(a, 10))
			b.exec("INSERT INTO balances (account_id, currency_id, opened_at) VALUES (?, 156, '2026-01-01')", a)
		}
		slice := time.Duration(rapid.IntRange(30, 200).Draw(rt, "slice")) * time.Second
		by := map[billing.Source]time.Duration{}
		for _, s := range []billing.Source{billing.ByEstimate, billing.ByCDR, billing.ByReport} {
			if len(by) == 0 || rapid.Bool().Draw(rt, string(s)) {
				by[s] = time.Duration(rapid.IntRange(0, 250).Draw(rt, "talk")) * time.Second
			}
		}
		end := func(id string, account int64, s billing.Source) billing.Record {
			if s == billing.ByReport {
				return billing.Record{End: talked(id, account, by[s])}
			}
			return billing.Record{End: guessed(id, account, s, by[s])}
		}
		best, id, plain := billing.Source(""), fmt.Sprintf("%d.a", account), fmt.Sprintf("%d.b", account+1)
		var records []billing.Record
		for s := range by {
			if s.Beats(best) {
				best = s
			}
			for range rapid.IntRange(1, 3).Draw(rt, "told") {
				records = append(records, end(id, account, s))
			}
		}
		slices.SortStableFunc(records, func(x, y billing.Record) int { return strings.Compare(string(x.End.Source), string(y.End.Source)) })
		records = rapid.Permutation(records).Draw(rt, "order")
		// The call has its hold from the store, or with its start.
		h := held(id, account, slice)
		byStart := rapid.Bool().Draw(rt, "hold with the start")
		if byStart {
			s := started(id)
			s.AccountID, s.Hold = account, &h
			records = slices.Concat([]billing.Record{{Start: s}}, records, []billing.Record{{Start: s}})
		} else {
			b.hold(h, billing.Bounds{})
		}
		nodes := rapid.IntRange(1, 2).Draw(rt, "nodes")
		var batches [][]billing.Record
		for rest := records; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(rt, "batch")
			batches, rest = append(batches, rest[:n]), rest[n:]
		}
		var wait sync.WaitGroup
		for node := range nodes {
			wait.Go(func() {
				for i, batch := range batches {
					if byStart && i == 0 && node > 0 {
						continue // a call begins once
					}
					if err := b.WriteRecords(t.Context(), batch); err != nil {
						t.Error(err)
					}
				}
			})
			if byStart {
				wait.Wait()
			}
		}
		wait.Wait()

		b.hold(held(plain, account+1, slice), billing.Bounds{})
		b.write(end(plain, account+1, best))
		if diff := diff(b.sums(plain), b.sums(id)); diff != "" {
			rt.Errorf("(-told by %s alone +told by all):\n%s", best, diff)
		}
		rows := b.table("SELECT balance, held, calls, spent_on, spent FROM balances WHERE account_id >= ? ORDER BY account_id", account)
		if diff := diff(rows[1][:3], rows[0][:3]); diff != "" {
			rt.Errorf("balance, held, calls (-told by %s alone +told by all):\n%s", best, diff)
		}
	})
	b.books()
	same(t, "holds", "0", b.one("SELECT COUNT(*) FROM holds"))
}

func TestCorrectionsGoBothWays(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(1, "5.00")
	b.hold(held("c1", 1, 2*time.Minute), prepaid())
	b.write(billing.Record{End: guessed("c1", 1, billing.ByEstimate, 30*time.Second)})
	same(t, "by estimate", "4.700000", b.one("SELECT balance FROM balances"))
	b.write(billing.Record{End: guessed("c1", 1, billing.ByCDR, 130*time.Second)})
	same(t, "never above the hold", "3.800000", b.one("SELECT balance FROM balances"))
	b.write(billing.Record{End: talked("c1", 1, 45*time.Second)})
	same(t, "by the report", "4.550000", b.one("SELECT balance FROM balances"))
	b.write(billing.Record{End: guessed("c1", 1, billing.ByEstimate, 30*time.Second)}, billing.Record{End: talked("c1", 1, 100*time.Second)})
	same(t, "postings", [][]string{
		{"call:c1:sale:estimate", "sale", "customer", "0.300000"},
		{"call:c1:cost:1:7:estimate", "purchase", "expense", "0.150000"},
		{"call:c1:sale:cdr", "correction", "customer", "0.900000"},
		{"call:c1:cost:1:7:cdr", "correction", "expense", "0.500000"},
		{"call:c1:sale:report:back", "correction", "revenue", "0.750000"},
		{"call:c1:cost:2:11:report", "correction", "expense", "0.090000"},
		{"call:c1:cost:1:7:report:back", "correction", "provider", "0.650000"},
	}, b.table("SELECT posting_key, kind, debit, amount FROM ledger WHERE call_id = 'c1' ORDER BY id"))
	same(t, "call", [][]string{{"report", "0.450000", "1.200000", "45000", "11.c.a35"}}, b.table("SELECT closed_by, sale, held, talk_ms, route FROM calls"))
	same(t, "attempts", [][]string{{"1", "0.000000", "7.c.g8", "0"}, {"2", "0.090000", "11.c.a35", "45000"}}, b.table("SELECT n, cost, route, talk_ms FROM attempts"))
	b.books()
}

// A call that nobody sells costs us all the same.
func TestCallsWithoutASale(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(1, "5.00")
	h := held("c1", 0, time.Minute)
	h.Terms.Sale, h.Amount = nil, 0
	s := started("c1")
	s.AccountID, s.Hold = 1, &h
	b.write(billing.Record{Start: s})
	b.write(billing.Record{End: talked("c1", 1, time.Minute)})
	e := talked("c2", 1, time.Minute) // no hold and no terms: nothing is known
	b.write(billing.Record{End: e})
	e = talked("c3", 1, time.Minute) // no hold, but terms
	e.Terms = new(terms())
	b.write(billing.Record{End: e})
	e = talked("c4", 0, time.Minute) // terms, but nobody to pay
	e.Terms = new(terms())
	b.write(billing.Record{End: e})
	same(t, "calls", [][]string{
		{"c1", "NULL", "0.120000", "0.000000", "NULL"},
		{"c2", "NULL", "NULL", "NULL", "NULL"},
		{"c3", "0.600000", "0.120000", "NULL", "NULL"},
		{"c4", "NULL", "0.120000", "NULL", "NULL"},
	}, b.table("SELECT call_id, sale, cost_base, held, charge_error FROM calls ORDER BY call_id"))
	b.books()
}

// A call that cannot be charged is kept, gives its hold back, and is reported.
func TestCallsThatCannotBeCharged(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(2, "5.00")
	overflow := held("c1", 1, time.Minute)
	overflow.Terms.Sale.Card = rate.Card{Rates: []rate.Rate{{PerMinute: 1 << 62, First: 3600, Next: 3600, ConnectionFee: 1 << 62}}}
	overflow.Terms.Sale.From, overflow.Terms.Sale.To = 1, 1<<62
	b.hold(overflow, prepaid())
	b.hold(held("c2", 1, time.Minute), prepaid())
	b.exec("UPDATE holds SET terms = '{\"sale\":' WHERE call_id = 'c2'")
	b.hold(held("c3", 2, time.Minute), prepaid())
	other := talked("c4", 77, time.Minute) // an account that there is not
	other.Terms = new(terms())
	dollars := talked("c5", 1, time.Minute)
	dollars.Terms = new(terms())
	dollars.Terms.Sale.CurrencyID = usd
	b.write(
		billing.Record{End: talked("c1", 1, time.Minute)}, billing.Record{End: talked("c2", 1, time.Minute)}, billing.Record{End: talked("c3", 2, time.Minute)},
		billing.Record{End: other}, billing.Record{End: dollars},
	)
	for _, row := range b.table("SELECT call_id, sale, charge_error, closed_by, talk_ms FROM calls ORDER BY call_id") {
		charged := row[0] == "c3"
		if (row[1] != "NULL") != charged || (row[2] == "NULL") != charged || row[3] != "report" || row[4] != "60000" {
			t.Errorf("%v", row)
		}
	}
	same(t, "balances", [][]string{{"5.000000", "0.000000", "0"}, {"4.400000", "0.000000", "0"}}, b.table("SELECT balance, held, calls FROM balances"))
	if n := b.Unpriced(); n != 4 {
		t.Errorf("%d calls counted as not charged, want 4", n)
	}
	v, err := b.Verify(t.Context(), nil)
	if err != nil || len(v.Findings) != 4 {
		t.Fatalf("%+v, %v", v, err)
	}
	for _, f := range v.Findings {
		if f.Kind != billing.NotCharged {
			t.Errorf("%+v", f)
		}
	}
}

// The rows of calls are gone, the ledger stays: the report of such a call, told
// again, is not charged again.
func TestRemovedCallIsNotChargedAgain(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(1, "5.00")
	e := talked("c1", 1, time.Minute)
	e.Terms = new(terms())
	b.write(billing.Record{End: e})
	b.exec("DELETE FROM calls")
	b.write(billing.Record{End: talked("c2", 1, time.Minute)}, billing.Record{End: e})
	same(t, "balance", "4.400000", b.one("SELECT balance FROM balances"))
	b.books()
}

// Calls that ended before there was money are over: their reports, late, are not
// charged.
func TestOldCallsAreNotCharged(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(1, "5.00")
	b.exec(`INSERT INTO calls (call_id, server, direction, started_at, ended_at, disposition) VALUES ('c1', 's', 'out', '2026-03-04', '2026-03-04', 'answered')`)
	e := talked("c1", 1, time.Minute)
	e.Terms = new(terms())
	b.write(billing.Record{End: e})
	same(t, "balance", "5.000000", b.one("SELECT balance FROM balances"))
	b.books()
}

// Money is spent on the account's day, and never on one to come.
func TestSpentByDay(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(1, "50.00")
	b.exec("UPDATE accounts SET time_zone = 'Asia/Tokyo'")
	call := func(id string, ended time.Time, talk time.Duration) {
		t.Helper()
		b.hold(held(id, 1, 5*time.Minute), billing.Bounds{})
		e := talked(id, 1, talk)
		e.EndedAt = ended
		b.write(billing.Record{End: e})
	}
	spent := func(what, day, sum string) {
		t.Helper()
		same(t, what, [][]string{{day + "T00:00:00Z", sum}}, b.table("SELECT spent_on, spent FROM balances"))
	}
	call("c1", at("2026-03-04 14:59:59"), time.Minute)
	spent("before midnight", "2026-03-04", "0.600000")
	call("c2", at("2026-03-04 15:00:00"), 2*time.Minute)
	spent("a new day", "2026-03-05", "1.200000")
	call("c3", at("2026-03-04 14:00:00"), 2*time.Minute)
	spent("late, of the day before", "2026-03-05", "1.200000")
	call("c4", at("2026-03-05 01:00:00"), 3*time.Minute)
	spent("the same day", "2026-03-05", "3.000000")
	daily := billing.Bounds{Daily: sum("3.50"), Day: at("2026-03-05 00:00:00")}
	same(t, "that day", billing.Grant{Limit: billing.LimitDaily, Room: amount("0.50")}, b.hold(held("c5", 1, time.Minute), daily))
	daily.Day = at("2026-03-06 00:00:00")
	same(t, "the next day", true, b.hold(held("c5", 1, time.Minute), daily).Granted)
	call("c6", time.Now().AddDate(3, 0, 0), time.Minute)
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	spent("a clock of the future", time.Now().In(tokyo).Format(time.DateOnly), "0.600000")
	b.books()
}

// A start that comes late, or again, takes no money.
func TestStartsWithHolds(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(1, "5.00")
	begin := func(id string) billing.Record {
		h := held(id, 1, time.Minute)
		h.Limited = false
		s := started(id)
		s.Hold = &h
		return billing.Record{Start: s}
	}
	b.write(begin("c1"))
	b.write(begin("c1"), begin("c1"))
	b.write(begin("c1"))
	same(t, "held once", [][]string{{"0.600000", "1"}}, b.table("SELECT held, calls FROM balances"))
	b.books()
	b.write(billing.Record{End: talked("c1", 1, 10*time.Second)})
	b.write(begin("c1"))
	same(t, "not after its end", [][]string{{"4.900000", "0.000000", "0"}}, b.table("SELECT balance, held, calls FROM balances"))
	b.write(begin("c2"), billing.Record{End: talked("c2", 1, 10*time.Second)})
	same(t, "begun and over at once", [][]string{{"4.800000", "0.000000", "0"}}, b.table("SELECT balance, held, calls FROM balances"))
	same(t, "what was held is known", "0.600000", b.one("SELECT held FROM calls WHERE call_id = 'c2'"))
	h := held("c3", 88, time.Minute) // nobody's
	s := started("c3")
	s.Hold = &h
	b.write(billing.Record{Start: s})
	b.write(begin("c4"), begin("c5"))
	open, err := b.OpenHolds(t.Context(), "asterisk-macomnet")
	if err != nil || len(open) != 3 || open[0].AccountID != 0 || open[1].AccountID != 1 || open[1].Amount != amount("0.60") || wholeHold(b, open[1]).Terms.Sale == nil {
		t.Errorf("%+v, %v", open, err)
	}
	b.books()
	wrong := begin("c6")
	wrong.Start.Hold.CallID = "c7"
	var refused *billing.RefusedError
	if err := b.WriteRecords(t.Context(), []billing.Record{wrong}); !errors.As(err, &refused) {
		t.Errorf("%v", err)
	}
}

// Many nodes close the same calls of the same accounts in opposite orders, while
// new ones begin.
func TestSettlingStorm(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(3, "100.00")
	b.floored()
	for i := range 30 {
		b.hold(held(fmt.Sprintf("c%d", i), int64(1+i%3), time.Minute), prepaid())
	}
	var wait sync.WaitGroup
	for w := range 8 {
		wait.Go(func() {
			r := rand.New(rand.NewPCG(2, uint64(w)))
			for round := range 6 {
				var records []billing.Record
				for _, i := range r.Perm(30)[:20] {
					id, account := fmt.Sprintf("c%d", i), int64(1+i%3)
					by := []billing.Source{billing.ByEstimate, billing.ByCDR}[r.IntN(2)]
					if round > 2 {
						records = append(records, billing.Record{End: talked(id, account, 40*time.Second)})
					}
					records = append(records, billing.Record{End: guessed(id, account, by, 50*time.Second)})
				}
				if err := b.WriteRecords(t.Context(), records); err != nil {
					t.Error(err)
				}
				id := fmt.Sprintf("new %d %d", w, round)
				if _, err := b.Hold(t.Context(), held(id, 1+r.Int64N(3), time.Second), prepaid()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	same(t, "sold", "30 of 0.400000", b.one("SELECT CONCAT(COUNT(*), ' of ', sale) FROM calls WHERE closed_by = 'report' GROUP BY sale"))
	b.books()
}

// Nodes that know different things of the same calls, none of which has a hold to
// meet at, close them at the same time.
func TestNodesThatDisagree(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(2, "1000.00")
	for round := range 15 {
		for n := range 20 {
			b.write(billing.Record{Start: started(fmt.Sprintf("%d.%d", round, n))})
		}
		var wait sync.WaitGroup
		for i, by := range []billing.Source{billing.ByEstimate, billing.ByCDR, billing.ByReport, billing.ByReport, billing.ByCDR} {
			var records []billing.Record
			for n := range 20 {
				id, account := fmt.Sprintf("%d.%d", round, n), int64(1)
				e := guessed(id, account, by, time.Duration(20+i)*time.Second)
				if by == billing.ByReport {
					e = talked(id, account, 40*time.Second)
				}
				e.Terms = new(terms())
				records = append(records, billing.Record{End: e})
			}
			if i%2 == 0 {
				slices.Reverse(records)
			}
			wait.Go(func() {
				if err := b.WriteRecords(t.Context(), records); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
	}
	same(t, "sold", "300 of 0.400000", b.one("SELECT CONCAT(COUNT(*), ' of ', sale) FROM calls WHERE closed_by = 'report' GROUP BY sale"))
	b.books()
}

// Every fault in the books is found and named.
func TestVerifyFindsFaults(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(2, "5.00")
	for i := range 4 {
		id := fmt.Sprintf("c%d", i)
		b.hold(held(id, 1, time.Minute), prepaid())
		b.write(billing.Record{End: talked(id, 1, 40*time.Second)})
	}
	b.hold(held("open", 2, time.Minute), prepaid())
	b.write(billing.Record{Start: started("open")})
	b.books()
	const post = `INSERT INTO ledger (posting_key, at, kind, debit, debit_id, credit, credit_id, amount, currency_id, call_id) VALUES `
	for what, c := range map[string]struct {
		fault, mend []string
		want        string
	}{
		"balance": {
			[]string{"UPDATE balances SET balance = balance + 0.000001 WHERE account_id = 2"},
			[]string{"UPDATE balances SET balance = balance - 0.000001 WHERE account_id = 2"},
			"balance of 2 ''",
		},
		"held":  {[]string{"UPDATE balances SET held = held + 1 WHERE account_id = 2"}, []string{"UPDATE balances SET held = held - 1 WHERE account_id = 2"}, "held of 2 ''"},
		"calls": {[]string{"UPDATE balances SET calls = 0 WHERE account_id = 2"}, []string{"UPDATE balances SET calls = 1 WHERE account_id = 2"}, "held of 2 ''"},
		"charged twice": {
			[]string{post + "('twice', '2026-01-01', 'sale', 'customer', 1, 'revenue', 0, 0.4, 156, 'c1')", "UPDATE balances SET balance = balance - 0.4 WHERE account_id = 1"},
			[]string{"DELETE FROM ledger WHERE posting_key = 'twice'", "UPDATE balances SET balance = balance + 0.4 WHERE account_id = 1"},
			"sale of 0 'c1'",
		},
		"charged to another": {
			[]string{"UPDATE calls SET account_id = 2 WHERE call_id = 'c1'"}, []string{"UPDATE calls SET account_id = 1 WHERE call_id = 'c1'"}, "sale of 0 'c1'",
		},
		"another sale":     {[]string{"UPDATE calls SET sale = 0.39 WHERE call_id = 'c1'"}, []string{"UPDATE calls SET sale = 0.4 WHERE call_id = 'c1'"}, "sale of 0 'c1'"},
		"another currency": {[]string{"UPDATE calls SET sale_currency_id = 122 WHERE call_id = 'c1'"}, []string{"UPDATE calls SET sale_currency_id = 156 WHERE call_id = 'c1'"}, "sale of 0 'c1'"},
		"cost":             {[]string{"UPDATE attempts SET cost = 0 WHERE call_id = 'c2' AND n = 2"}, []string{"UPDATE attempts SET cost = 0.08 WHERE call_id = 'c2' AND n = 2"}, "cost of 0 'c2'"},
		"cost to another":  {[]string{"UPDATE attempts SET provider_id = 9 WHERE call_id = 'c2'"}, []string{"UPDATE attempts SET provider_id = 11 WHERE call_id = 'c2'"}, "cost of 0 'c2'"},
		"above the hold":   {[]string{"UPDATE calls SET held = 0.39 WHERE call_id = 'c3'"}, []string{"UPDATE calls SET held = 0.6 WHERE call_id = 'c3'"}, "above_hold of 1 'c3'"},
		"not charged":      {[]string{"UPDATE calls SET charge_error = 'x' WHERE call_id = 'c3'"}, []string{"UPDATE calls SET charge_error = NULL"}, "unpriced of 1 'c3'"},
		"left uncharged": {
			[]string{"UPDATE calls SET sale = NULL WHERE call_id = 'c3'", "DELETE FROM ledger WHERE posting_key = 'call:c3:sale:report'", "UPDATE balances SET balance = balance + 0.4 WHERE account_id = 1"},
			[]string{"UPDATE calls SET sale = 0.4 WHERE call_id = 'c3'", "UPDATE balances SET balance = balance - 0.4 WHERE account_id = 1", post + "('call:c3:sale:report', UTC_TIMESTAMP(3), 'sale', 'customer', 1, 'revenue', 0, 0.4, 156, 'c3')"},
			"unpriced of 1 'c3'",
		},
		"no such call": {
			[]string{post + "('ghost', '2026-03-06', 'purchase', 'expense', 0, 'provider', 7, 1, 156, 'zz')"}, []string{"DELETE FROM ledger WHERE posting_key = 'ghost'"}, "no_call of 0 'zz'",
		},
		"foreign money": {
			[]string{post + "('dollars', '2026-01-01', 'topup', 'cash', 0, 'customer', 2, 1, 122, NULL)"}, []string{"DELETE FROM ledger WHERE posting_key = 'dollars'"}, "currency of 2 ''",
		},
		"a call that is over": {
			[]string{"UPDATE calls SET ended_at = '2026-03-05' WHERE call_id = 'open'"}, []string{"UPDATE calls SET ended_at = NULL WHERE call_id = 'open'"}, "stale_hold of 2 'open'",
		},
		"holds without a balance": {
			[]string{"UPDATE holds SET account_id = 9", "UPDATE balances SET held = 0, calls = 0"}, []string{"UPDATE holds SET account_id = 2", "UPDATE balances SET held = 0.6, calls = 1 WHERE account_id = 2"}, "held of 9 ''",
		},
	} {
		for _, s := range c.fault {
			b.exec(s)
		}
		v, err := b.Verify(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range v.Findings {
			got = append(got, fmt.Sprintf("%s of %d '%s'", f.Kind, f.AccountID, f.CallID))
			if f.Detail == "" {
				t.Errorf("%s: %+v says nothing", what, f)
			}
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s: found %q, want %q", what, got, c.want)
		}
		for _, s := range c.mend {
			b.exec(s)
		}
	}
	b.books()
	// A reversal by hand is no fault.
	id := b.one("SELECT id FROM ledger WHERE posting_key = 'call:c1:sale:report'")
	var number int64
	if _, err := fmt.Sscan(id, &number); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Reverse(t.Context(), number, "sorry", "the line was bad", time.Now()); err != nil {
		t.Fatal(err)
	}
	b.books()
	var told []int64
	if _, err := b.Verify(t.Context(), func(done, total int64) { told = append(told, done, total) }); err != nil || len(told) < 4 || told[len(told)-2] != told[len(told)-1] && told[len(told)-1] < told[len(told)-2] {
		t.Errorf("progress %v, %v", told, err)
	}
}
