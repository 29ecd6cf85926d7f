package db_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/billing"
	"tandem/db"
	"tandem/internal/money"
)

// However many withdrawals and calls ask at once: no more goes out than there is
// without what calls hold, and what a key was paid for once is not paid again.
func TestWithdrawalsLeaveWhatIsHeld(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(1, "10.00")
	b.floored()
	var paid, taken atomic.Int64
	var group sync.WaitGroup
	ask := func(i int) {
		if i%2 == 0 {
			h := held(fmt.Sprintf("c%d", i), 1, 100*time.Second)
			if g, err := b.Hold(t.Context(), h, prepaid()); err != nil {
				t.Error(err)
			} else if g.Granted {
				taken.Add(int64(g.Amount))
			}
			return
		}
		out := db.TopUp{Key: fmt.Sprintf("out-%d", i), AccountID: 1, Amount: 1_000_000, At: time.Now()}
		for range 2 {
			posted, err := b.Withdraw(t.Context(), out)
			switch {
			case errors.Is(err, db.ErrNotFree):
				return
			case err != nil:
				t.Error(err)
				return
			case len(posted) != 1 || posted[0].Kind != billing.Withdrawal || posted[0].Amount != 1_000_000 || posted[0].Debit.ID != 1:
				t.Errorf("%+v", posted)
			}
		}
		paid.Add(1_000_000)
	}
	ask(0) // one of each kind comes before the money is gone
	ask(1)
	for i := 2; i < 24; i++ {
		group.Go(func() { ask(i) })
	}
	group.Wait()
	m, err := b.AccountMoney(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if sum := int64(m.Balance.Balance) + paid.Load(); sum != 10_000_000 || int64(m.Held) != taken.Load() || m.Balance.Balance < m.Held {
		t.Errorf("balance %s, held %s; paid out %s, granted %s", m.Balance.Balance, m.Held, money.Amount(paid.Load()), money.Amount(taken.Load()))
	}
	if paid.Load() == 0 || taken.Load() == 0 || *m.Available >= 1_000_000 {
		t.Errorf("paid %d, taken %d, available %s: nobody had to do without", paid.Load(), taken.Load(), m.Available)
	}
	if v, err := b.Verify(t.Context(), nil); err != nil || !v.OK() {
		t.Errorf("%v: %+v", err, v.Findings)
	}
	if _, err := b.Withdraw(t.Context(), db.TopUp{Key: "x", AccountID: 99, Amount: 1, At: time.Now()}); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("an account that is not there: %v", err)
	}
}

// The last entries are the end of the statement, whatever was posted.
func TestLastEntriesEndTheStatement(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(1, "10.00")
	customer, provider := billing.Party{Kind: billing.Customer, ID: 1}, billing.Party{Kind: billing.Provider, ID: 7}
	n := 0
	rapid.Check(t, func(r *rapid.T) {
		if n > 60 {
			return // enough is there
		}
		n++
		p := billing.Posting{
			Key: fmt.Sprintf("k%d", n), At: at("2026-03-01 00:00:00").Add(time.Duration(rapid.IntRange(0, 5).Draw(r, "hour")) * time.Hour), Kind: billing.Adjust,
			Debit: customer, Credit: billing.Party{Kind: billing.Adjustment}, Amount: money.Amount(rapid.Int64Range(1, 5_000_000).Draw(r, "sum")), CurrencyID: 156,
		}
		if rapid.Bool().Draw(r, "in") {
			p.Debit, p.Credit = p.Credit, p.Debit
		}
		if rapid.Bool().Draw(r, "provider") {
			if p.Debit == customer {
				p.Debit = provider
			} else {
				p.Credit = provider
			}
		}
		if _, err := b.Post(t.Context(), []billing.Posting{p}); err != nil {
			r.Fatal(err)
		}
		limit := rapid.IntRange(1, 80).Draw(r, "limit")
		for _, party := range []billing.Party{customer, provider} {
			s, err := b.Statement(t.Context(), party, time.Time{}, time.Time{}, "", 1000)
			if err != nil {
				r.Fatal(err)
			}
			last, sums, err := b.LastEntries(t.Context(), party, limit)
			if err != nil {
				r.Fatal(err)
			}
			if len(last) != min(limit, len(s.Entries)) || sums[156] != s.Closing[156] {
				r.Fatalf("%s: %d of %d entries, %s and %s", party, len(last), len(s.Entries), sums[156], s.Closing[156])
			}
			for i, e := range last {
				if want := s.Entries[len(s.Entries)-1-i]; e.ID != want.ID || e.Sum != want.Sum || e.Closes != want.Closes {
					r.Fatalf("%s: %+v, want %+v", party, e, want)
				}
			}
		}
	})
	if p, err := b.Posting(t.Context(), 1); err != nil || p.ID != 1 || p.Amount == 0 {
		t.Errorf("%+v, %v", p, err)
	}
	if _, err := b.Posting(t.Context(), 9999); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("%v", err)
	}
}

// Sold are the calls of the accounts that have the tariff, by routed number.
func TestSoldTraffic(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	for i, c := range []struct {
		account, direction, disposition, number string
		routed                                  any
		day, ms                                 int
	}{
		{"4", "out", "answered", "447700900001", nil, 1, 60_000},
		{"4", "out", "answered", "447700900001", nil, 2, 60_001},
		{"4", "out", "answered", "447700900002", "99447700900002", 1, 1_000},
		{"4", "out", "answered", "447700900003", nil, 40, 1_000}, // long ago
		{"4", "in", "answered", "447700900004", nil, 1, 1_000},
		{"4", "out", "busy", "447700900005", nil, 1, 0},
		{"3", "out", "answered", "447700900006", nil, 1, 1_000}, // no tariff
	} {
		b.exec(`INSERT INTO calls (call_id, server, direction, account_id, b_number, routing_number, started_at, disposition, talk_ms)
			VALUES (?, 'sw', ?, ?, ?, ?, UTC_TIMESTAMP() - INTERVAL ? DAY, ?, ?)`, fmt.Sprintf("t%d", i), c.direction, c.account, c.number, c.routed, c.day, c.disposition, c.ms)
	}
	list, digits, err := b.SoldTraffic(t.Context(), time.Now().AddDate(0, 0, -30), 1)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(list, digits), "[{447700900001 2 121} {99447700900002 1 1}] 15"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if list, _, err := b.SoldTraffic(t.Context(), time.Time{}, 99); err != nil || len(list) != 0 {
		t.Errorf("%v, %v", list, err)
	}
}

// A day is the account's own.
func TestSpentToday(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	b.exec(`INSERT INTO balances (account_id, currency_id, spent_on, spent, opened_at) VALUES
		(1, 156, DATE(UTC_TIMESTAMP()) - INTERVAL 2 DAY, 1.5, UTC_TIMESTAMP()), (2, 156, NULL, 0, UTC_TIMESTAMP()), (3, 156, DATE(CONVERT_TZ(UTC_TIMESTAMP(), '+00:00', '+13:00')), 2.5, UTC_TIMESTAMP())`)
	b.exec(`UPDATE accounts SET time_zone = 'Pacific/Tongatapu' WHERE id = 3`)
	spent, err := b.SpentToday(t.Context())
	if err != nil || len(spent) != 1 || spent[3] != 2_500_000 {
		t.Errorf("%v, %v", spent, err)
	}
}
