package api_test

import (
	"encoding/json"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"tandem/api"
	"tandem/billing"
	"tandem/callflow"
	"tandem/internal/money"
	"tandem/routing"
)

// What an account can still spend is the least of what its credit and its day
// leave, as when money is set aside.
func TestLiveAvailableCountsTheDay(t *testing.T) {
	none := money.Amount(0)
	for name, c := range map[string]struct {
		credit, daily *money.Amount
		change        func(*billing.Balance)
		want          *money.Amount
	}{
		"no limit":            {nil, nil, func(*billing.Balance) {}, nil},
		"credit alone":        {&none, nil, func(*billing.Balance) {}, new(7 * unit)},
		"the day alone":       {nil, new(5 * unit), func(*billing.Balance) {}, new(unit)},
		"the day leaves less": {&none, new(5 * unit), func(*billing.Balance) {}, new(unit)},
		"credit leaves less":  {&none, new(50 * unit), func(*billing.Balance) {}, new(7 * unit)},
		"the day is spent":    {&none, new(2 * unit), func(*billing.Balance) {}, new(none)},
		"spent yesterday":     {&none, new(5 * unit), func(b *billing.Balance) { b.SpentOn = b.SpentOn.AddDate(0, 0, -1) }, new(2 * unit)},
		"nothing spent ever":  {&none, new(5 * unit), func(b *billing.Balance) { b.SpentOn, b.Spent = time.Time{}, 0 }, new(2 * unit)},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				// Auckland is half a day ahead: its day is not the day of UTC.
				zone := time.FixedZone("NZST", 12*60*60)
				time.Sleep(13 * time.Hour)
				y, m, d := time.Now().In(zone).Date()
				if d == time.Now().UTC().Day() {
					t.Fatal("the days are the same: this shows nothing")
				}
				b := billing.Balance{AccountID: 1, CurrencyID: 1, Balance: 10 * unit, Held: 3 * unit, Spent: unit, SpentOn: time.Date(y, m, d, 0, 0, 0, 0, time.UTC)}
				c.change(&b)
				s := &scene{calls: []callflow.Running{{CallID: "alpha-1.1", AccountID: 1}}, money: map[int64]billing.Balance{1: b}}
				snapshot, problems, err := routing.NewSnapshot(routing.Data{
					Currencies: []routing.Currency{{ID: 1, ISO: "USD"}}, FX: map[int64]money.FX{1: 1},
					Servers:  []routing.Server{{ID: 1, Name: "alpha", Driver: routing.PJSIP, Addresses: []netip.Addr{netip.MustParseAddr("192.0.2.1")}}},
					Accounts: []routing.Account{{ID: 1, Name: "mill", Enabled: true, CurrencyID: 1, Credit: c.credit, Daily: c.daily, Zone: zone}},
				}, routing.Options{BaseCurrency: "USD"}, time.Now())
				if err != nil || len(problems) > 0 {
					t.Fatal(err, problems)
				}
				door := openDoor(t, api.NewHub(api.HubConfig{
					Node: "n1", Running: s.Running, Balances: s, Snapshot: func() *routing.Snapshot { return snapshot }, Every: time.Second, Listeners: 2,
					Now: time.Now, Log: zerolog.Nop(),
				}))
				defer door.stop()
				answer := door.listen("/api/live?format=ndjson")
				defer answer.Body.Close()
				var live api.Live
				if err := json.NewDecoder(answer.Body).Decode(&live); err != nil || len(live.Accounts) != 1 {
					t.Fatal(err, live)
				}
				got := live.Accounts[0].Available
				if (got == nil) != (c.want == nil) || got != nil && *got != *c.want {
					t.Errorf("available %v, want %v", got, c.want)
				}
			})
		})
	}
}
