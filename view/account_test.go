package view_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"tandem/db"
	"tandem/internal/money"
	"tandem/view"
)

func sum(t *testing.T, text string) *money.Amount {
	t.Helper()
	v, err := money.ParseAmount(text)
	if err != nil {
		t.Fatal(err)
	}
	return &v
}

// What is shown of an account may be sent back, and changes nothing: null, none
// and zero are kept apart.
func TestAccountSentBackIsTheSame(t *testing.T) {
	t.Parallel()
	for name, a := range map[string]db.Account{
		"bare":          {ID: 1, Name: "a", Payment: db.Postpaid, MinTier: "noncli"},
		"any prefix":    {Name: "a", Payment: db.Prepaid, MinTier: "cli", Credit: sum(t, "0"), Allowed: nil},
		"no prefix":     {Name: "a", Payment: db.Postpaid, MinTier: "cli", AllowOnly: true},
		"some prefixes": {Name: "a", Payment: db.Postpaid, MinTier: "cli", AllowOnly: true, Allowed: []string{"44", "7"}, Blocked: []string{"882"}},
		"limits": {
			Name: "a", Payment: db.Postpaid, MinTier: "premium", Credit: sum(t, "-5"), DailyLimit: sum(t, "0"), CallLimit: sum(t, "1.5"), LowBalance: sum(t, "10"),
			Enabled: true, NoLoss: true, Channels: 3, CPS: 2, Country: "GB", InternationalPrefix: "00", TrunkPrefix: "0", DefaultCLI: "442038070121",
			MaxPerMinute: new(money.Rate(1250000)), MaxConnectionFee: sum(t, "0.01"), Language: "en", TimeZone: "Europe/London",
			Currency: "GBP", CurrencyID: 9, TariffID: 5, Tariff: "Retail",
		},
	} {
		text, err := json.Marshal(view.OfAccount(a))
		if err != nil {
			t.Fatal(err)
		}
		var sent view.AccountSettings
		if err := json.Unmarshal(text, &sent); err != nil {
			t.Fatal(err)
		}
		after := a
		sent.Apply(&after)
		if x, y := view.OfAccount(a), view.OfAccount(after); !reflect.DeepEqual(x, y) || a.AllowOnly != after.AllowOnly || a.CurrencyID != after.CurrencyID {
			t.Errorf("%s:\n%+v\n%+v", name, x, y)
		}
	}
}

// What is available is what the tighter of both limits leaves.
func TestAvailable(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name          string
		credit, daily string
		spent         string
		want          string
	}{
		{"prepaid", "0", "", "0", "70.000000"},
		{"credit", "25", "", "0", "95.000000"},
		{"a floor", "-50", "", "0", "20.000000"},
		{"a day's limit", "25", "40", "5", "5.000000"},
		{"no limit", "", "", "9", ""},
		{"the day's alone", "", "40", "5", "5.000000"},
	} {
		a := db.Account{CurrencyID: 1, Payment: db.Postpaid, Balance: *sum(t, "100"), Held: *sum(t, "30"), LowBalance: sum(t, "100.000001")}
		if c.credit != "" {
			a.Credit = sum(t, c.credit)
		}
		if c.daily != "" {
			a.DailyLimit = sum(t, c.daily)
		}
		l := view.LineOfAccount(a, *sum(t, c.spent))
		got := ""
		if l.Available != nil {
			got = l.Available.String()
		}
		if got != c.want || !l.BelowLow {
			t.Errorf("%s: %q available, want %q; low %v", c.name, got, c.want, l.BelowLow)
		}
	}
	if l := view.LineOfAccount(db.Account{}, 0); l.Balance != nil || l.Available != nil || l.BelowLow {
		t.Errorf("without a balance: %+v", l)
	}
}
