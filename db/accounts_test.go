package db_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"tandem/billing"
	"tandem/billing/fx"
	"tandem/billing/rate"
	"tandem/db"
	"tandem/internal/money"
)

func TestAccounts(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	made, err := b.CreateAccount(t.Context(), db.Account{
		Name: "Café Zoë", Enabled: true, Tariff: "Retail", Payment: db.Prepaid, DailyLimit: sum("20"), CallLimit: sum("5"), LowBalance: sum("1"),
		Language: "ru", TimeZone: "Europe/Moscow", AllowOnly: true, Allowed: []string{"7", "44", "44"}, Blocked: []string{"4470"}, NoLoss: true, CPS: 3,
	})
	if err != nil {
		t.Fatal(err)
	}
	want := db.Account{
		ID: made.ID, Name: "Café Zoë", Enabled: true, MinTier: "noncli", CPS: 3, TariffID: 1, Tariff: "Retail", NoLoss: true, Payment: db.Prepaid,
		LowBalance: sum("1"), DailyLimit: sum("20"), CallLimit: sum("5"), Language: "ru", TimeZone: "Europe/Moscow", AllowOnly: true,
		Allowed: []string{"44", "7"}, Blocked: []string{"4470"}, CurrencyID: eur, Currency: "EUR",
	}
	same(t, "created", want, made)
	found, err := b.Account(t.Context(), "Café Zoë")
	if err != nil {
		t.Fatal(err)
	}
	same(t, "found", want, found)

	before, after, err := b.UpdateAccount(t.Context(), made.ID, func(a *db.Account) error {
		a.Payment, a.Credit, a.DailyLimit, a.Allowed, a.AllowOnly = db.Postpaid, sum("-2.5"), nil, []string{"7", "1"}, false
		a.Tariff = ""
		a.TariffID = 0
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "before", want, before)
	want.Payment, want.Credit, want.DailyLimit, want.Allowed, want.AllowOnly, want.TariffID, want.Tariff = db.Postpaid, sum("-2.5"), nil, []string{"1", "7"}, false, 0, ""
	same(t, "after", want, after)

	// The snapshot has it.
	data, _ := b.load()
	a := data.Accounts[len(data.Accounts)-1]
	if a.Name != want.Name || a.CurrencyID != eur || *a.Credit != amount("-2.5") || a.Daily != nil || *a.CallLimit != amount("5") ||
		a.Language != "ru" || a.Zone.String() != "Europe/Moscow" || len(data.Allowed) != 2 || data.Allowed[1].Prefix != "7" {
		t.Errorf("loaded as %+v, allowed %v", a, data.Allowed)
	}

	for what, change := range map[string]struct {
		change func(a *db.Account)
		says   string
	}{
		"payment":     {func(a *db.Account) { a.Payment = "barter" }, `payment "barter": want prepaid or postpaid`},
		"zone":        {func(a *db.Account) { a.TimeZone = "Mars/Olympus" }, `time zone "Mars/Olympus"`},
		"language":    {func(a *db.Account) { a.Language = "../etc" }, `language "../etc"`},
		"prefix":      {func(a *db.Account) { a.Allowed = []string{"+44"} }, `prefix "+44"`},
		"limit":       {func(a *db.Account) { a.CallLimit = sum("-1") }, "limit of a call -1.000000"},
		"tier":        {func(a *db.Account) { a.MinTier = "gold" }, `"gold"`},
		"tariff":      {func(a *db.Account) { a.Tariff = "none such" }, `tariff "none such": not found; there are Retail`},
		"currency":    {func(a *db.Account) { a.Currency = "USD" }, "its balance is in EUR"},
		"no currency": {func(a *db.Account) { a.Currency = "XYZ" }, `currency "XYZ": not found; there are EUR, RUB, USD`},
		"name":        {func(a *db.Account) { a.Name = "Retail" }, `the name "Retail" is taken`},
		"huge":        {func(a *db.Account) { a.Credit = sum("1000000000000") }, "want less than"},
	} {
		if _, _, err := b.UpdateAccount(t.Context(), made.ID, func(a *db.Account) error { change.change(a); return nil }); err == nil || !strings.Contains(err.Error(), change.says) {
			t.Errorf("%s: %v; want %q", what, err, change.says)
		}
	}
	if _, err := b.Account(t.Context(), "nobody"); !errors.Is(err, db.ErrNotFound) || !strings.Contains(err.Error(), "Café Zoë, London desk") {
		t.Errorf("nobody: %v", err)
	}
	// An account that has no money gets some by its currency.
	if _, after, err = b.UpdateAccount(t.Context(), 1, func(a *db.Account) error { a.Currency, a.TariffID = "USD", 1; return nil }); err != nil || after.CurrencyID != usd || after.Tariff != "Retail" {
		t.Errorf("opened: %+v, %v", after, err)
	}
	all, err := b.Accounts(t.Context())
	if err != nil || len(all) != 5 || all[0].Name != "Café Zoë" || all[3].Balance != amount("50") {
		t.Errorf("all: %+v, %v", all, err)
	}
	b.books()
}

func TestTopUp(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(1, "10")
	b.exec("INSERT INTO fx_rates (currency_id, valid_from, per_eur) VALUES (122, '2026-05-01', 1.6)")
	top := func(key, sum string, currency int64, when string) []billing.Posting {
		t.Helper()
		list, err := b.TopUp(t.Context(), db.TopUp{Key: key, AccountID: 1, Amount: amount(sum), CurrencyID: currency, At: at(when), Note: "by hand"})
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	balance := func() string { return b.one("SELECT balance FROM balances") }
	first := top("k1", "5.50", 0, "2026-04-01 00:00:00")
	if len(first) != 1 || first[0].ID == 0 || balance() != "15.500000" {
		t.Errorf("%+v, balance %s", first, balance())
	}
	same(t, "again", first, top("k1", "5.50", eur, "2026-06-01 00:00:00"))
	dollars := top("k2", "10", usd, "2026-04-30 23:59:59")
	if len(dollars) != 2 || dollars[0].Amount != amount("8") || *dollars[0].Foreign != (billing.Foreign{Amount: amount("10"), CurrencyID: usd, From: 1.25e8, To: 1e8}) ||
		dollars[1].Kind != billing.Conversion || dollars[1].CurrencyID != usd || balance() != "23.500000" {
		t.Errorf("%+v, balance %s", dollars, balance())
	}
	same(t, "again at another rate", dollars, top("k2", "10", usd, "2026-05-02 00:00:00"))
	top("k3", "10", usd, "2026-05-02 00:00:00")
	if balance() != "29.750000" {
		t.Errorf("at the later rate: %s", balance())
	}
	back := top("k4", "-16", usd, "2026-05-02 00:00:00")
	if back[0].Kind != billing.Withdrawal || balance() != "19.750000" {
		t.Errorf("%+v, balance %s", back, balance())
	}
	same(t, "again", back, top("k4", "-16", usd, "2026-07-02 00:00:00"))
	_, err := b.TopUp(t.Context(), db.TopUp{Key: "k1", AccountID: 1, Amount: amount("5.51"), At: at("2026-04-01 00:00:00"), Note: "by hand"})
	if !errors.Is(err, db.ErrPostingKey) || !strings.Contains(err.Error(), "topup of 5.500000") {
		t.Errorf("another sum by the same key: %v", err)
	}
	for what, top := range map[string]db.TopUp{
		"no balance":     {Key: "x", AccountID: 7, Amount: 1, At: at("2026-04-01 00:00:00")},
		"nothing":        {Key: "x", AccountID: 1, At: at("2026-04-01 00:00:00")},
		"no rate so far": {Key: "x", AccountID: 1, Amount: 1, CurrencyID: usd, At: at("2019-04-01 00:00:00")},
		"less than 1e-6": {Key: "x", AccountID: 1, Amount: 1, CurrencyID: 77, At: at("2026-04-01 00:00:00")},
		"no time":        {Key: "x", AccountID: 1, Amount: 1},
		"no key":         {AccountID: 1, Amount: 1, At: at("2026-04-01 00:00:00")},
	} {
		if _, err := b.TopUp(t.Context(), top); err == nil {
			t.Errorf("%s: done", what)
		}
	}

	reversed, err := b.Reverse(t.Context(), dollars[0].ID, "r1", "a mistake", at("2026-08-01 00:00:00"))
	if err != nil || len(reversed) != 2 || reversed[0].Reverses != dollars[0].ID || balance() != "11.750000" {
		t.Errorf("%+v, %v, balance %s", reversed, err, balance())
	}
	again, err := b.Reverse(t.Context(), dollars[0].ID, "r1", "a mistake", at("2026-09-01 00:00:00"))
	same(t, "reversed again", reversed, again)
	if err != nil {
		t.Error(err)
	}
	if _, err = b.Reverse(t.Context(), dollars[0].ID, "r2", "", at("2026-09-01 00:00:00")); !errors.Is(err, db.ErrReversed) {
		t.Errorf("reversed twice: %v", err)
	}
	b.books()
	m, err := b.AccountMoney(t.Context(), 1)
	if err != nil || *m.Available != amount("11.75") || m.Currency != "EUR" {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestStatement(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.funded(2, "0")
	account, cash := billing.Party{Kind: billing.Customer, ID: 1}, billing.Party{Kind: billing.Cash}
	var postings []billing.Posting
	for i := range 25 {
		p := billing.Posting{
			Key: string(rune('a' + i)), At: at("2026-01-01 00:00:00").AddDate(0, 0, i/2), Kind: billing.TopUp, Debit: cash, Credit: account,
			Amount: money.Amount(i+1) * 1_000_000, CurrencyID: eur,
		}
		if i%3 == 0 {
			p.Debit, p.Credit, p.Kind = account, cash, billing.Withdrawal
		}
		postings = append(postings, p)
	}
	if _, err := b.Post(t.Context(), postings); err != nil {
		t.Fatal(err)
	}
	// Of the third day on, in pages.
	var got []db.Entry
	var opening, closing map[int64]money.Amount
	pages := 0
	for after := ""; ; pages++ {
		s, err := b.Statement(t.Context(), account, at("2026-01-03 00:00:00"), at("2026-01-12 00:00:00"), after, 4)
		if err != nil {
			t.Fatal(err)
		}
		if opening == nil {
			opening = s.Opening
		}
		got = append(got, s.Entries...)
		closing = s.Closing
		if after = s.Next; after == "" {
			break
		}
	}
	balance := money.Amount(0)
	k := 0
	for i, p := range postings {
		sum := p.Amount
		if i%3 == 0 {
			sum = -sum
		}
		if p.At.Before(at("2026-01-03 00:00:00")) {
			balance += sum
			continue
		}
		if k == 0 && opening[eur] != balance {
			t.Errorf("opens with %s; want %s", opening[eur], balance)
		}
		if !p.At.Before(at("2026-01-12 00:00:00")) {
			break
		}
		balance += sum
		if e := got[k]; e.Key != p.Key || e.Sum != sum || e.Closes != balance {
			t.Errorf("entry %d: %+v; want %s of %s, then %s", k, e, p.Key, sum, balance)
		}
		k++
	}
	if k != len(got) || k != 18 || closing[eur] != balance || pages != 4 {
		t.Errorf("%d entries of %d on %d pages, closing with %s of %s", len(got), k, pages+1, closing[eur], balance)
	}
	if _, err := b.Statement(t.Context(), account, time.Time{}, time.Time{}, "nonsense", 4); !errors.Is(err, db.ErrCursor) {
		t.Errorf("%v", err)
	}
	if s, err := b.Statement(t.Context(), account, time.Time{}, time.Time{}, "", 100); err != nil || len(s.Entries) != 25 || s.Next != "" || len(s.Opening) != 0 {
		t.Errorf("%d entries, %v", len(s.Entries), err)
	}
	sums, err := b.PartySums(t.Context(), billing.Cash)
	if err != nil || len(sums) != 1 || sums[0].Sum != -amount(b.one("SELECT balance FROM balances WHERE account_id = 1")) {
		t.Errorf("%+v, %v", sums, err)
	}
}

func TestTariffsAndExchangeRates(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	made, err := b.CreateTariff(t.Context(), db.Tariff{Name: "Partners", Currency: "USD", CostPlus: true, Percent: 125_000, PerMinute: 100_000})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "made", db.Tariff{ID: made.ID, Name: "Partners", CurrencyID: usd, Currency: "USD", CostPlus: true, Percent: 125_000, PerMinute: 100_000}, made)
	list, err := b.Tariffs(t.Context())
	same(t, "list", []db.Tariff{made, {ID: 1, Name: "Retail", CurrencyID: eur, Currency: "EUR", Accounts: 1}}, list)
	if err != nil {
		t.Error(err)
	}
	data, _ := b.load()
	if m := data.Tariffs[1].Markup; m == nil || m.Percent != rate.Percent(125_000) || m.PerMinute != 100_000 {
		t.Errorf("loaded as %+v", data.Tariffs[1])
	}
	for _, bad := range []db.Tariff{{Name: "Retail", Currency: "EUR"}, {Name: " x", Currency: "EUR"}, {Name: "x", Currency: "XXX"}, {Name: "x", Currency: "EUR", CostPlus: true, Percent: -2_000_000}} {
		if _, err := b.CreateTariff(t.Context(), bad); err == nil {
			t.Errorf("%+v: made", bad)
		}
	}

	if err := b.PutFX(t.Context(), []fx.Rate{{From: at("2026-02-01 00:00:00"), Currency: "GBP", PerEUR: 86e6}, {From: at("2026-01-01 00:00:00"), Currency: "USD", PerEUR: 120e6}},
		db.Currency{ISO: "GBP", Name: "Pound", Numeric: 826}, db.Currency{ISO: "USD", Name: "other", Numeric: 1}); err != nil {
		t.Fatal(err)
	}
	rates, err := b.FXRates(t.Context())
	same(t, "rates", []fx.Rate{
		{From: at("2026-01-01 00:00:00"), Currency: "EUR", PerEUR: 1e8},
		{From: at("2026-02-01 00:00:00"), Currency: "GBP", PerEUR: 86e6},
		{From: at("2026-01-01 00:00:00"), Currency: "RUB", PerEUR: 925e7},
		{From: at("2026-01-01 00:00:00"), Currency: "USD", PerEUR: 120e6},
	}, rates)
	if err != nil {
		t.Error(err)
	}
	for _, bad := range []fx.Rate{{From: at("2026-02-01 00:00:00"), Currency: "JPY", PerEUR: 1}, {From: at("2026-02-01 00:00:00"), Currency: "EUR", PerEUR: 1}, {Currency: "USD", PerEUR: 1}, {From: at("2026-02-01 00:00:00"), Currency: "USD"}} {
		if err := b.PutFX(t.Context(), []fx.Rate{{From: at("2026-03-01 00:00:00"), Currency: "USD", PerEUR: 2e8}, bad}, db.Currency{ISO: "SEK", Name: "Krona", Numeric: 752}); err == nil {
			t.Errorf("%+v: taken", bad)
		}
	}
	same(t, "currencies of refused rates", "0", b.one("SELECT COUNT(*) FROM currency WHERE iso = 'SEK'"))
	if n := b.one("SELECT COUNT(*) FROM fx_rates"); n != "4" {
		t.Errorf("%s rates after refused ones, want 4", n)
	}
}
