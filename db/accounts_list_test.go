package db_test

import (
	"slices"
	"testing"

	"tandem/db"
)

// In every order the pages, put together, are the whole list: each account once,
// those without money last.
func TestPagesOfAccounts(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.exec(`INSERT INTO currency (id, iso, name_en, numcode) VALUES (156, 'EUR', 'euro', 978)`)
	for i, zone := range []string{"UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "nowhere"} {
		b.exec(`INSERT INTO accounts (name, time_zone) SELECT CONCAT('a', ?, '-', seq), ? FROM seq_1_to_8`, i, zone)
	}
	b.exec(`INSERT INTO balances (account_id, currency_id, balance, calls, spent, spent_on, opened_at)
		SELECT id, 156, (id % 5 - 2) * 10.000001, id % 3, id % 4, UTC_DATE() - INTERVAL id % 3 DAY, UTC_TIMESTAMP(3) FROM accounts WHERE id % 4 <> 0`)
	for _, sort := range []string{"name", "id", "calls", "balance", "spent_today", "-name", "-id", "-calls", "-balance", "-spent_today"} {
		whole, err := b.ListAccounts(t.Context(), db.AccountQuery{Limit: 1000, Sort: sort})
		if err != nil || len(whole.Items) != 32 || whole.Next != nil || whole.Total == nil || *whole.Total != 32 {
			t.Fatalf("%s: %d, %v", sort, len(whole.Items), err)
		}
		q := db.AccountQuery{Limit: 3, Sort: sort}
		var list []int64
		for {
			page, err := b.ListAccounts(t.Context(), q)
			if err != nil {
				t.Fatal(sort, err)
			}
			for _, a := range page.Items {
				list = append(list, a.ID)
			}
			if q.After = page.Next; q.After == nil || len(list) > 100 {
				break
			}
		}
		var want []int64
		none := false
		for i, a := range whole.Items {
			want = append(want, a.ID)
			if none = none || a.CurrencyID == 0; none && a.CurrencyID != 0 && (sort == "balance" || sort == "-balance") {
				t.Errorf("%s: account %d without money comes before one with it", sort, whole.Items[i-1].ID)
			}
		}
		if !slices.Equal(list, want) {
			t.Errorf("%s: by pages %v, at once %v", sort, list, want)
		}
	}
	spent, err := b.SpentToday(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all, err := b.ListAccounts(t.Context(), db.AccountQuery{Limit: 1000, Sort: "id"})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all.Items {
		if a.Spent != spent[a.ID] {
			t.Errorf("account %d: %s spent, want %s", a.ID, a.Spent, spent[a.ID])
		}
	}
}
