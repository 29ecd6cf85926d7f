package db_test

import (
	"fmt"
	"testing"
	"time"

	"tandem/db"
)

// Whichever half of a conversion is named, both are taken back, and that again.
func TestReverseTakesBothHalves(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(1, "5.00")
	id := func(key string) (v int64) {
		t.Helper()
		if _, err := fmt.Sscan(b.one("SELECT id FROM ledger WHERE posting_key = ?", key), &v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, key := range []string{"k1", "k2"} {
		if _, err := b.TopUp(t.Context(), db.TopUp{Key: key, AccountID: 1, Amount: amount("12.50"), CurrencyID: usd, At: time.Now()}); err != nil {
			t.Fatal(err)
		}
	}
	for i, c := range []struct{ named, key, balance string }{
		{"k1:exchange", "r1", "15.000000"},
		{"r1:exchange", "r2", "25.000000"},
		{"r2", "r3", "15.000000"},
		{"k2", "r4", "5.000000"},
		{"r4:exchange", "r5", "15.000000"},
	} {
		for range 2 { // told again it is answered, not made
			posted, err := b.Reverse(t.Context(), id(c.named), c.key, "a mistake", time.Now())
			if err != nil || len(posted) != 2 || posted[0].Key != c.key || posted[1].Key != c.key+":exchange" {
				t.Fatalf("%d: %+v, %v", i, posted, err)
			}
			same(t, c.named, c.balance, b.one("SELECT balance FROM balances"))
		}
		same(t, "exchange of "+c.key, "0", b.one(`SELECT COUNT(*) FROM ledger r JOIN ledger p ON p.id = r.reverses
			WHERE r.posting_key LIKE ? AND (r.debit <> p.credit OR r.credit <> p.debit OR r.amount <> p.amount)`, c.key+"%"))
	}
	b.books()
}
