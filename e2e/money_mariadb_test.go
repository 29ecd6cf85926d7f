//go:build e2e

package e2e_test

import (
	"fmt"
	"testing"
	"time"

	"tandem/billing"
	"tandem/db"
	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/routing"
)

// While nobody can be asked for a balance, nobody whose money is limited begins a
// call, and those who talk do so for what is paid. Who may spend without a limit
// notices nothing. Every call is charged once MariaDB is back.
func TestMoneyWithoutMariaDB(t *testing.T) {
	t.Parallel()
	const paid = 6 * time.Second
	x := own(t, paying(paid, 2*time.Second, time.Second, 15*time.Second))
	if x.MariaDB.Process() == nil {
		t.Skip("the MariaDB server of TANDEM_MARIADB_DSN is not ours to stop")
	}
	x.chargesFees(t)
	x.inLine(t)
	unlimited := func(a *db.Account) { a.Payment = db.Postpaid }
	c := x.customers(t, map[string]deal{
		"prepaid":  {login: moscow, rate: cent(), money: "9.00"},
		"refused":  {login: other, rate: cent(), money: "9.00"},
		"credit":   {login: duty, rate: cent(), more: func(a *db.Account) { a.Payment, a.Credit = db.Postpaid, new(9*aCent) }},
		"across":   {login: london, rate: cent(), more: unlimited},
		"meantime": {login: london2, rate: cent(), more: unlimited},
	})
	cut, cutTo, cutID := c["prepaid"].up(t)
	across, acrossTo, _ := c["across"].up(t)
	if err := x.MariaDB.Stop(soon(t)); err != nil {
		t.Fatal(err)
	}
	refusals := map[string]e164.Number{}
	for _, name := range []string{"refused", "credit"} {
		call, b := c[name].call(t, "9307")
		refused(t, call, 503)
		x.wantOffers(t, string(b))
		refusals[name] = b
	}
	call, meantimeTo := c["meantime"].call(t, "9307")
	talks(t, call, 1200*time.Millisecond)
	if err := cut.WaitEnded(soon(t)); err != nil {
		t.Fatal(err)
	}
	if err := across.Hangup(soon(t)); err != nil {
		t.Fatal(err)
	}
	eventually(t, patience, func() error {
		if n := metric(t, x.Nodes[0], "tandem_spool_records"); n < 5 { // at least each end
			return fmt.Errorf("%v records in the spool", n)
		}
		return nil
	})
	if err := x.MariaDB.Restart(soon(t)); err != nil {
		t.Fatal(err)
	}

	for name, b := range refusals {
		got := x.record(t, string(b))
		if r := reasons(t, got); r.Refused != routing.ReasonMoneyUnknown || got.Disposition != billing.Rejected {
			t.Errorf("%s: refused for %q, %+v", name, r.Refused, got)
		}
		c[name].wantBalance(t, 0)
	}
	for name, b := range map[string]e164.Number{"across": acrossTo, "meantime": meantimeTo} {
		got := x.record(t, string(b))
		sale, cost := priceOf(t, cent(), got.Talk), firstCarrier().cost(t, got.Talk)
		x.wantCharge(t, got.Start.CallID, charged{By: billing.ByReport, Sale: sale, Cost: cost})
		x.wantPostings(t, got.Start.CallID, c[name].pays(sale), firstCarrier().gets(cost))
		c[name].wantBalance(t, sale)
	}
	c["prepaid"].wasCut(t, cut, string(cutTo), cutID, paid)
	c["prepaid"].wantBalance(t, money.Amount(paid/time.Second)*aCent)
	if got := metric(t, x.Nodes[0], `tandem_hold_extensions_total{outcome="failed"}`); got == 0 {
		t.Error("nobody asked for more while MariaDB was away")
	}
	x.balanced(t)
}
