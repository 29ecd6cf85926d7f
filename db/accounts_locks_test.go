package db_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"tandem/billing"
	"tandem/db"
)

// However many people edit accounts at once, none waits for another's connection,
// and the calls of those accounts wait for nobody.
func TestEditsOfAccountsAtOnce(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(60, "10.00")
	b.SetPatience(time.Minute) // sixty edits take their turns
	b.exec("INSERT INTO tariffs (id, name, currency_id) VALUES (5, 'T', 156)")
	people := db.ForPeople(t.Context())
	var edits, calls, full sync.WaitGroup
	full.Add(12) // as many as there are connections for people
	called := make(chan struct{})
	for i := range 60 {
		edits.Go(func() {
			first := i < 12
			if _, _, err := b.UpdateAccount(people, int64(i+1), func(a *db.Account) error {
				if first {
					first = false
					full.Done()
					<-called
				}
				a.Tariff, a.Currency, a.Channels = "T", "EUR", 5
				return nil
			}); err != nil {
				t.Errorf("account %d: %v", i+1, err)
			}
		})
		if i == 11 {
			full.Wait() // every connection is in the middle of an edit
		}
	}
	for i := range 60 {
		calls.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			if g, err := b.Hold(ctx, held(fmt.Sprintf("c%d", i), int64(i+1), 10*time.Second), prepaid()); err != nil || !g.Granted {
				t.Errorf("a call of account %d: %+v, %v", i+1, g, err)
			}
		})
	}
	calls.Wait()
	close(called) // until here the edits were open
	edits.Wait()
	same(t, "edited", "60", b.one("SELECT COUNT(*) FROM accounts WHERE tariff_id = 5 AND channels = 5"))
	b.books()
}

// A call is let in while its account is being edited.
func TestCallDuringAnEdit(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(1, "10.00")
	if _, _, err := b.UpdateAccount(t.Context(), 1, func(a *db.Account) error {
		if g := b.hold(held("c1", 1, 10*time.Second), prepaid()); !g.Granted {
			t.Errorf("%+v", g)
		}
		a.Channels = 5
		return nil
	}); err != nil {
		t.Error(err)
	}
}

// An account that is deleted takes no money with it: what comes at the same time
// is there before, and it stays, or comes too late.
func TestDeleteBesideTopUp(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(40, "0")
	gone := 0
	for id := int64(1); id <= 40; id++ {
		var topped error
		var both sync.WaitGroup
		topUp := func() {
			_, topped = b.TopUp(t.Context(), db.TopUp{Key: fmt.Sprintf("top-up-%d", id), AccountID: id, Amount: amount("5.00"), At: at("2026-03-04 05:06:07")})
		}
		if id%2 == 0 { // from any moment on
			both.Go(topUp)
		}
		err := b.DeleteAccount(t.Context(), id, func(db.Account) error {
			if id%2 == 1 { // when nobody can be faster any more
				both.Go(topUp)
			}
			return nil
		})
		both.Wait()
		var referred *db.ReferredError
		switch {
		case err == nil && errors.Is(topped, db.ErrNotFound):
			gone++
		case errors.As(err, &referred) && topped == nil:
		default:
			t.Errorf("account %d: deleted: %v; topped up: %v", id, err, topped)
		}
	}
	if gone < 20 {
		t.Errorf("%d were deleted; want at least those whose top-up came too late", gone)
	}
	b.books()
}

// A call that ends while the balance it is charged to goes away is not charged,
// and says so; the ledger has no half of it.
func TestBalanceGoesUnderASettlement(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(1, "0")
	tx, err := b.hand.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.ExecContext(t.Context(), "DELETE FROM balances WHERE account_id = 1"); err != nil {
		t.Fatal(err)
	}
	e := talked("c1", 1, 48*time.Second)
	e.Terms = new(terms())
	settled := make(chan error, 1)
	go func() { settled <- b.WriteRecords(t.Context(), []billing.Record{{End: e}}) }()
	for b.one(`SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE 'UPDATE JSON_TABLE%'`) != "1" {
		if t.Context().Err() != nil {
			t.Fatal("no settlement waits for the balance")
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := <-settled; err != nil {
		t.Fatal(err)
	}
	same(t, "postings of the account", "0", b.one("SELECT COUNT(*) FROM ledger WHERE 'customer' IN (debit, credit)"))
	same(t, "call", [][]string{{"NULL", "account 1 is to pay in currency 156: its balance is in 0 (0: it has none)"}}, b.table("SELECT sale, charge_error FROM calls"))
}

// What is recorded for ever is not told to be removed first.
func TestKeptRecordsCannotBeRemoved(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(3, "10.00")
	b.write(billing.Record{End: talked("c1", 2, 48*time.Second)})
	b.exec("UPDATE balances SET balance = 0")
	b.exec("DELETE FROM ledger")
	b.hold(held("c3", 3, 10*time.Second), billing.Bounds{})
	b.exec("INSERT INTO ledger (posting_key, at, kind, debit, debit_id, credit, amount, currency_id) VALUES ('k', UTC_TIMESTAMP(3), 'withdrawal', 'customer', 1, 'cash', 1, 156)")
	for id, says := range map[int64]string{1: "postings", 2: "call records", 3: "calls in progress"} {
		err := b.DeleteAccount(t.Context(), id, func(db.Account) error { return nil })
		want := fmt.Sprintf("delete account %d: account account %d has %s: what was called and booked is kept, so it cannot be deleted; disable it instead", id, id, says)
		if err == nil || err.Error() != want {
			t.Errorf("%v; want %s", err, want)
		}
	}
}
