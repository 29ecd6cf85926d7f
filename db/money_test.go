package db_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem/billing"
	"tandem/billing/rate"
	"tandem/internal/money"
)

const (
	eur = int64(156)
	usd = int64(122)
)

// funded makes accounts 1 to n with a balance in euros each, brought in by a
// posting.
func (b bundle) funded(n int, balance string) {
	b.t.Helper()
	b.exec("INSERT INTO currency (id, iso, name_en, numcode) VALUES (156, 'EUR', 'euro', 978), (122, 'USD', 'dollar', 840)")
	b.exec("INSERT INTO fx_rates (currency_id, valid_from, per_eur) VALUES (156, '2020-01-01', 1), (122, '2020-01-01', 1.25)")
	for id := 1; id <= n; id++ {
		b.exec("INSERT INTO accounts (id, name, payment) VALUES (?, ?, 'prepaid')", id, fmt.Sprintf("account %d", id))
		b.exec("INSERT INTO balances (account_id, currency_id, balance, opened_at) VALUES (?, 156, ?, UTC_TIMESTAMP(3))", id, balance)
		if balance != "0" {
			b.exec(`INSERT INTO ledger (posting_key, at, kind, debit, credit, credit_id, amount, currency_id)
				VALUES (?, UTC_TIMESTAMP(3), 'topup', 'cash', 'customer', ?, ?, 156)`, fmt.Sprintf("opening:%d", id), id, balance)
		}
	}
}

func amount(text string) money.Amount {
	v, err := money.ParseAmount(text)
	if err != nil {
		panic(err)
	}
	return v
}

func sum(text string) *money.Amount {
	v := amount(text)
	return &v
}

// priceOf is a price in euros a minute, charged by the second.
func priceOf(perMinute string) *billing.Price {
	v, err := money.ParseRate(perMinute)
	if err != nil {
		panic(err)
	}
	return &billing.Price{
		Card:       rate.Card{Rates: []rate.Rate{{PerMinute: v, First: 1, Next: 1}}},
		CurrencyID: eur, CardCurrencyID: eur, From: 1e8, To: 1e8,
	}
}

// terms: sold at 0.60 a minute, a cent a second; bought from provider 7 at 0.30
// and from provider 11 at 0.12.
func terms() billing.Terms {
	return billing.Terms{
		Sale: priceOf("0.60"), Base: 1e8,
		Routes: []billing.RouteTerms{{Key: "7.c.g8", Cost: priceOf("0.30")}, {Key: "11.c.a35", Cost: priceOf("0.12")}, {Key: "8.c.a1", Cost: priceOf("0.50")}},
	}
}

// held is a hold for talk at the price of terms.
func held(id string, account int64, talk time.Duration) billing.Hold {
	return billing.Hold{
		CallID: id, AccountID: account, Amount: money.Amount(talk/time.Second) * 10_000, Paid: talk, Limited: true, Terms: terms(),
		Server: "asterisk-macomnet", Node: "a", BeganAt: at("2026-03-04 05:06:07"),
	}
}

// prepaid bounds an account to its balance.
func prepaid() billing.Bounds { return billing.Bounds{Credit: new(money.Amount)} }

func (b bundle) hold(h billing.Hold, bounds billing.Bounds) billing.Grant {
	b.t.Helper()
	g, err := b.Hold(b.t.Context(), h, bounds)
	if err != nil {
		b.t.Fatal(err)
	}
	return g
}

func (b bundle) extend(e billing.Extension) billing.Grant {
	b.t.Helper()
	g, err := b.Extend(b.t.Context(), e)
	if err != nil {
		b.t.Fatal(err)
	}
	return g
}

// talked is the report of an answered call of an account, carried by the second
// route after the first one failed.
func talked(id string, account int64, talk time.Duration) *billing.End {
	e := ended(id)
	e.Start.AccountID = account
	e.Talk, e.Attempts[1].Talk = talk, talk
	e.EndedAt = e.AnsweredAt.Add(talk)
	return e
}

func TestHoldExtendSettle(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(2, "1.00")
	h := held("c1", 1, 30*time.Second)
	granted := billing.Grant{Granted: true, Amount: amount("0.30"), Paid: 30 * time.Second}
	same(t, "hold", granted, b.hold(h, prepaid()))
	again := h
	again.Amount, again.Paid = amount("0.10"), 10*time.Second
	same(t, "asked again", granted, b.hold(again, prepaid()))
	same(t, "row", [][]string{{"1.000000", "0.300000", "1"}}, b.table("SELECT balance, held, calls FROM balances WHERE account_id = 1"))

	h2 := held("c2", 1, 71*time.Second)
	same(t, "too much", billing.Grant{Limit: billing.LimitNoMoney, Room: amount("0.70")}, b.hold(h2, prepaid()))
	same(t, "too much a day", billing.Grant{Limit: billing.LimitDaily, Room: amount("0.20")},
		b.hold(held("c2", 1, 30*time.Second), billing.Bounds{Credit: sum("5"), Daily: sum("0.50"), Day: at("2026-03-04 00:00:00")}))
	same(t, "a floor", billing.Grant{Limit: billing.LimitNoMoney, Room: amount("0.20")}, b.hold(h2, billing.Bounds{Credit: sum("-0.50")}))
	same(t, "below the floor", billing.Grant{Limit: billing.LimitNoMoney}, b.hold(h2, billing.Bounds{Credit: sum("-0.90")}))
	same(t, "no balance", billing.Grant{Limit: billing.LimitNoBalance}, b.hold(held("c3", 77, time.Second), prepaid()))
	same(t, "nothing else was written", [][]string{{"c1"}}, b.table("SELECT call_id FROM holds"))

	e := billing.Extension{CallID: "c1", AccountID: 1, From: 30 * time.Second, To: 60 * time.Second, Amount: amount("0.60"), Bounds: prepaid()}
	longer := billing.Grant{Granted: true, Amount: amount("0.60"), Paid: time.Minute}
	same(t, "extend", longer, b.extend(e))
	same(t, "extended again", longer, b.extend(e))
	wrong := e
	wrong.From, wrong.To = 45*time.Second, 90*time.Second
	same(t, "from where it is not", billing.Grant{Amount: amount("0.60"), Paid: time.Minute, Limit: billing.LimitGone}, b.extend(wrong))
	e.From, e.To, e.Amount = time.Minute, 2*time.Minute, amount("1.20")
	same(t, "no more money", billing.Grant{Amount: amount("0.60"), Paid: time.Minute, Room: amount("0.40"), Limit: billing.LimitNoMoney}, b.extend(e))
	e.CallID = "nobody"
	same(t, "no such hold", billing.Grant{Limit: billing.LimitGone}, b.extend(e))
	same(t, "row", [][]string{{"1.000000", "0.600000", "1"}}, b.table("SELECT balance, held, calls FROM balances WHERE account_id = 1"))

	// 48 s: 0.48 to the account, 0.096 to provider 11; provider 7 did not carry it.
	b.write(billing.Record{End: talked("c1", 1, 48*time.Second)})
	same(t, "balance", [][]string{{"0.520000", "0.000000", "0", "2026-03-04T00:00:00Z", "0.480000"}},
		b.table("SELECT balance, held, calls, spent_on, spent FROM balances WHERE account_id = 1"))
	same(t, "call", [][]string{{"0.480000", "156", "0.480000", "0.096000", "0.600000", "report", "NULL"}},
		b.table("SELECT sale, sale_currency_id, sale_base, cost_base, held, closed_by, charge_error FROM calls"))
	same(t, "attempts", [][]string{{"1", "0.000000"}, {"2", "0.096000"}}, b.table("SELECT n, cost FROM attempts"))
	same(t, "ledger", [][]string{
		{"call:c1:sale:report", "sale", "customer", "1", "revenue", "0", "0.480000"},
		{"call:c1:cost:2:11:report", "purchase", "expense", "0", "provider", "11", "0.096000"},
	}, b.table("SELECT posting_key, kind, debit, debit_id, credit, credit_id, amount FROM ledger WHERE call_id = 'c1' ORDER BY id"))
	same(t, "holds", "0", b.one("SELECT COUNT(*) FROM holds"))
	same(t, "too late", billing.Grant{Limit: billing.LimitGone}, b.hold(h, prepaid()))
	same(t, "too late", billing.Grant{Limit: billing.LimitGone}, b.extend(e))
	b.books()
}

// books holds everything against everything; what is wrong fails the test.
func (b bundle) books() {
	b.t.Helper()
	v, err := b.Verify(b.t.Context(), nil)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, f := range v.Findings {
		b.t.Errorf("%s: account %d, call %s, posting %d: %s", f.Kind, f.AccountID, f.CallID, f.PostingID, f.Detail)
	}
}

func diff[T any](want, got T) string { return cmp.Diff(want, got) }
