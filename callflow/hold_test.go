package callflow_test

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tandem/billing"
	"tandem/billing/rate"
	"tandem/callflow"
	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/routing"
)

// Accounts of the market, each with a subscriber of its name.
const (
	poor      = iota + 1 // prepaid, 0.60 a minute
	trusted              // postpaid without a limit, 0.60 a minute
	house                // pays nobody
	penniless            // has a tariff and no balance
	careful              // 3.00 a day, 0.60 a minute
	brief                // no call dearer than 0.50, 0.60 a minute
	guest                // prepaid, calls for nothing
	worker               // prepaid, 1.20 a minute from nine to six, else 0.60
	partner              // prepaid, what the route costs and half of it
	broker               // without a limit, no call dearer than 0.50
	late                 // pays only for calls in half minutes with a fee of 0.20
)

func market(t *testing.T) *routing.Snapshot {
	t.Helper()
	rules, err := e164.NewDialRules("RU", "810", "8")
	if err != nil {
		t.Fatal(err)
	}
	half, err := rate.ParsePercent("50")
	if err != nil {
		t.Fatal(err)
	}
	at := func(perMinute money.Rate) rate.Rate { return rate.Rate{PerMinute: perMinute, First: 1, Next: 1} }
	peak := at(120_000_000)
	peak.Window = rate.Window{Start: 9 * 60, End: 18 * 60}
	fee := rate.Rate{PerMinute: 60_000_000, First: 30, Next: 30, ConnectionFee: 20 * cent}
	decks := []routing.Deck{
		{ID: 1, ProviderID: 1, Tier: routing.TierCLI},
		{ID: 2, ProviderID: 2, Tier: routing.TierCLI},
		{ID: 11, TariffID: 1},
		{ID: 12, TariffID: 2},
		{ID: 13, TariffID: 3},
		{ID: 15, TariffID: 5},
	}
	rates, err := routing.TableOf(decks, map[int64][]routing.DeckRow{
		1: {{Prefix: "7", Rate: at(30_000_000)}}, 2: {{Prefix: "7", Rate: at(40_000_000)}},
		11: {{Prefix: "7", Rate: at(60_000_000)}}, 12: {{Prefix: "7", Rate: at(0)}},
		13: {{Prefix: "7", Rate: peak}, {Prefix: "7", Rate: at(60_000_000)}}, 15: {{Prefix: "7", Rate: fee}},
	})
	if err != nil {
		t.Fatal(err)
	}
	data := routing.Data{
		Version: 7, Currencies: []routing.Currency{{ID: 1, ISO: "USD"}}, FX: map[int64]money.FX{1: 100_000_000},
		Servers: []routing.Server{{ID: 1, Name: "alpha", Driver: routing.PJSIP}},
		Providers: []routing.Provider{
			{ID: 1, Name: "cheap", CurrencyID: 1, Enabled: true, Plain: true, CLIAllowed: true, Dynamic: true},
			{ID: 2, Name: "dear", CurrencyID: 1, Enabled: true, Plain: true, CLIAllowed: true, Dynamic: true},
		},
		Addresses: []routing.Address{
			{ID: 1, ProviderID: 1, Network: netip.MustParsePrefix("192.0.2.1/32"), Host: "a.example", Direction: routing.Out, Protocol: "SIP"},
			{ID: 2, ProviderID: 2, Network: netip.MustParsePrefix("192.0.2.2/32"), Host: "b.example", Direction: routing.Out, Protocol: "SIP"},
		},
		Decks: decks, Rates: rates,
		Tariffs: []routing.Tariff{
			{ID: 1, CurrencyID: 1}, {ID: 2, CurrencyID: 1}, {ID: 3, CurrencyID: 1}, {ID: 4, CurrencyID: 1, Markup: &routing.Markup{Percent: half}}, {ID: 5, CurrencyID: 1},
		},
		Accounts: []routing.Account{
			{ID: poor, TariffID: 1, CurrencyID: 1, Credit: new(money.Amount(0))},
			{ID: trusted, TariffID: 1, CurrencyID: 1},
			{ID: house},
			{ID: penniless, TariffID: 1},
			{ID: careful, TariffID: 1, CurrencyID: 1, Daily: new(3 * unit)},
			{ID: brief, TariffID: 1, CurrencyID: 1, Credit: new(money.Amount(0)), CallLimit: new(50 * cent)},
			{ID: guest, TariffID: 2, CurrencyID: 1, Credit: new(money.Amount(0))},
			{ID: worker, TariffID: 3, CurrencyID: 1, Credit: new(money.Amount(0))},
			{ID: partner, TariffID: 4, CurrencyID: 1, Credit: new(money.Amount(0))},
			{ID: broker, TariffID: 1, CurrencyID: 1, CallLimit: new(50 * cent)},
			{ID: late, TariffID: 5, CurrencyID: 1, Credit: new(money.Amount(0))},
		},
	}
	for i := range data.Accounts {
		a := &data.Accounts[i]
		a.Name, a.Enabled, a.Rules = fmt.Sprint("account ", a.ID), true, rules
		data.Subscribers = append(data.Subscribers, routing.Subscriber{ID: a.ID, Login: login(a.ID), AccountID: a.ID, ServerID: 1, Enabled: true})
	}
	s, problems, err := routing.NewSnapshot(data, routing.Options{BaseCurrency: "USD"}, noon)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	return s
}

func login(account int64) string { return fmt.Sprint("tel-", account) }

// nobody counts.
type nobody struct{}

func (nobody) Decided(billing.Direction, callflow.Action)   {}
func (nobody) Attempted(*billing.Attempt, string)           {}
func (nobody) Heard(*billing.Media, string)                 {}
func (nobody) Ended(billing.Direction, billing.Disposition) {}
func (nobody) LeftOut(routing.Reason)                       {}
func (nobody) RecordLost()                                  {}

// desk is a flow over the market, with a till.
func desk(t *testing.T, balance money.Amount) (*callflow.Flow, *till) {
	t.Helper()
	f, _, _ := flow(t, &notebook{}, agents{})
	snapshot := market(t)
	s := newTill(t, balance)
	for account := range int64(late) {
		s.balance[account+1] = balance
	}
	delete(s.balance, penniless)
	f.Snapshot = func() *routing.Snapshot { return snapshot }
	f.Money, f.Holds, f.Metrics = slices10(), s, nobody{}
	f.Keeper = callflow.NewKeeper(callflow.KeeperConfig{Money: f.Money, Now: f.Now})
	return f, s
}

func dials(t *testing.T, f *callflow.Flow, account int64, call string, at time.Time) callflow.Decision {
	t.Helper()
	d, err := f.Outgoing(t.Context(), callflow.Seizure{CallID: "alpha-" + call, Server: "alpha", Endpoint: login(account), Dialled: "84951112233", At: at})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// What a new call is let in with: its talk, what is set aside, and whether the
// store was asked.
func TestCallsAreLetInWithWhatIsPaid(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		account int64
		balance money.Amount
		at      time.Time
		talk    time.Duration
		amount  money.Amount
		limited bool
		spent   callflow.Message
	}{
		"a slice":                          {poor, 10 * unit, noon, time.Minute, 60 * cent, true, callflow.MessageSpent},
		"exactly a slice":                  {poor, 60 * cent, noon, time.Minute, 60 * cent, true, callflow.MessageSpent},
		"the part that is affordable":      {poor, 17 * cent, noon, 17 * time.Second, 17 * cent, true, callflow.MessageSpent},
		"fee and a whole increment":        {late, 79 * cent, noon, 30 * time.Second, 50 * cent, true, callflow.MessageSpent},
		"a daily limit":                    {careful, 0, noon, time.Minute, 60 * cent, true, callflow.MessageSpent},
		"no limit: the longest call":       {trusted, -5 * unit, noon, time.Hour, 36 * unit, false, callflow.MessageNone},
		"nobody pays":                      {house, 0, noon, time.Hour, 0, false, callflow.MessageNone},
		"for nothing":                      {guest, -unit, noon, time.Hour, 0, false, callflow.MessageNone},
		"a call limit below a slice":       {brief, 10 * unit, noon, 50 * time.Second, 50 * cent, true, callflow.MessageSpent},
		"a call limit, money without one":  {broker, -unit, noon, 50 * time.Second, 50 * cent, false, callflow.MessageSpent},
		"at the dearer hour":               {worker, 10 * unit, noon, time.Minute, 120 * cent, true, callflow.MessageSpent},
		"at the cheaper hour":              {worker, 10 * unit, noon.Add(8 * time.Hour), time.Minute, 60 * cent, true, callflow.MessageSpent},
		"it may ring into the dearer hour": {worker, 10 * unit, noon.Add(-3*time.Hour - 20*time.Second), time.Minute, 120 * cent, true, callflow.MessageSpent},
		"it may not":                       {worker, 10 * unit, noon.Add(-3*time.Hour - 3*time.Minute), time.Minute, 60 * cent, true, callflow.MessageSpent},
		"it may ring into the cheaper":     {worker, 10 * unit, noon.Add(6*time.Hour - 20*time.Second), time.Minute, 80 * cent, true, callflow.MessageSpent},
		"cost plus: the dearest route":     {partner, 10 * unit, noon, time.Minute, 60 * cent, true, callflow.MessageSpent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, s := desk(t, c.balance)
			d := dials(t, f, c.account, "1.1", c.at)
			if d.Action != callflow.Dial || d.Hold == nil {
				t.Fatalf("%s %+v", d.Action, d.Refusal)
			}
			if d.Talk(f.Limits) != c.talk || d.Hold.Amount != c.amount || d.Hold.Limited != c.limited || d.Spent(f.Limits) != c.spent {
				t.Errorf("talk %s for %s, limited %t, then %q", d.Talk(f.Limits), d.Hold.Amount, d.Hold.Limited, d.Spent(f.Limits))
			}
			// What had to be checked is in the till, the rest goes with the record.
			if asked := len(s.holds) > 0; asked != c.limited || (d.Record.Hold != nil) == asked {
				t.Errorf("asked %t, in the record %t", asked, d.Record.Hold != nil)
			}
			if (d.Hold.AccountID == 0) != (c.account == house) {
				t.Errorf("account %d pays", d.Hold.AccountID)
			}
			if len(d.Hold.Terms.Routes) != 2 || d.Hold.Terms.Routes[0].Cost == nil {
				t.Errorf("terms %+v", d.Hold.Terms)
			}
		})
	}
}

func TestCallsAreRefusedForTheirMoney(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		account int64
		prepare func(*callflow.Flow, *till)
		reason  routing.Reason
		says    callflow.Message
	}{
		"nothing left":       {poor, func(_ *callflow.Flow, s *till) { s.balance[poor] = cent - 1 }, routing.ReasonNoMoney, callflow.MessageNoMoney},
		"in debt":            {poor, func(_ *callflow.Flow, s *till) { s.balance[poor] = -unit }, routing.ReasonNoMoney, callflow.MessageNoMoney},
		"all of it held":     {poor, func(_ *callflow.Flow, s *till) { s.put(billing.Hold{CallID: "x", AccountID: poor, Amount: 10 * unit}) }, routing.ReasonNoMoney, callflow.MessageNoMoney},
		"less than the fee":  {late, func(_ *callflow.Flow, s *till) { s.balance[late] = 49 * cent }, routing.ReasonNoMoney, callflow.MessageNoMoney},
		"the day is spent":   {careful, func(_ *callflow.Flow, s *till) { s.spent[careful] = 3 * unit }, routing.ReasonDailyLimit, callflow.MessageNoMoney},
		"no balance":         {penniless, nil, routing.ReasonNoBalance, callflow.MessageNoMoney},
		"balance taken away": {poor, func(_ *callflow.Flow, s *till) { delete(s.balance, poor) }, routing.ReasonNoBalance, callflow.MessageNoMoney},
		"store away":         {poor, func(_ *callflow.Flow, s *till) { s.broken = billing.ErrUnavailable }, routing.ReasonMoneyUnknown, callflow.MessageAllBusy},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, s := desk(t, 10*unit)
			if c.prepare != nil {
				c.prepare(f, s)
			}
			before := len(s.holds)
			d := dials(t, f, c.account, "1.1", noon)
			if d.Action != callflow.Reject || d.Refusal.Message != c.says || !strings.HasPrefix(d.Record.Reason, string(c.reason)) || d.Hold != nil {
				t.Fatalf("%s %+v, want %s", d.Action, d.Refusal, c.reason)
			}
			if sip, mapped := d.Refusal.Cause.SIP(); !mapped || sip == 603 {
				t.Errorf("cause %d becomes %d", d.Refusal.Cause, sip)
			}
			told, err := callflow.Tell(f.Snapshot(), d.Record.Reasons)
			if err != nil || told.Refused != c.reason {
				t.Errorf("told %q, %v", told.Refused, err)
			}
			if inUse(f) != 0 || len(s.holds) != before {
				t.Errorf("%d channels and %d holds are kept", inUse(f), len(s.holds)-before)
			}
		})
	}
}

// The money store does not answer: the call is told so in time for another node.
func TestCallsDoNotWaitForTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, s := desk(t, 10*unit)
		s.takes = time.Hour
		began := time.Now()
		d := dials(t, f, poor, "1.1", noon)
		if d.Action != callflow.Reject || d.Record.Reason != string(routing.ReasonMoneyUnknown) || time.Since(began) != f.Money.Within {
			t.Fatalf("%s %s after %s", d.Action, d.Record.Reason, time.Since(began))
		}
		// Who needs no money does not ask.
		for _, account := range []int64{trusted, house, guest} {
			if d := dials(t, f, account, fmt.Sprint("2.", account), noon); d.Action != callflow.Dial {
				t.Errorf("account %d: %s %s", account, d.Action, d.Record.Reason)
			}
		}
	})
}

// A call that is asked about twice, on whatever node, has one hold.
func TestCallIsHeldOnce(t *testing.T) {
	t.Parallel()
	f, s := desk(t, 90*cent)
	first := dials(t, f, poor, "1.1", noon)
	s.extend(billing.Extension{CallID: "alpha-1.1", AccountID: poor, From: first.Hold.Paid, To: 80 * time.Second, Amount: 80 * cent})
	other, _ := desk(t, 0)
	other.Holds, other.Node = s, "n2"
	second := dials(t, other, poor, "1.1", noon)
	if second.Action != callflow.Dial || second.Hold.Paid != 80*time.Second || second.Hold.Amount != 80*cent || s.sums[poor] != 80*cent {
		t.Fatalf("%s %+v, %s held", second.Action, second.Hold, s.sums[poor])
	}
}

// Others take what was left between the answer and the next question: a call gets
// less talk, or is refused; it is never let in for more than was set aside.
func TestManyCallsOfOneAccount(t *testing.T) {
	t.Parallel()
	f, s := desk(t, 10*unit)
	var group sync.WaitGroup
	var mu sync.Mutex
	let, talk := 0, time.Duration(0)
	for n := range 100 {
		group.Go(func() {
			d := dials(t, f, poor, fmt.Sprint("1.", n), noon)
			mu.Lock()
			defer mu.Unlock()
			if d.Action == callflow.Dial {
				let++
				talk += d.Talk(f.Limits)
			}
		})
	}
	group.Wait()
	if s.sums[poor] != 10*unit || talk != 1000*time.Second || let != 17 {
		t.Fatalf("%d calls for %s of talk, %s held of 10", let, talk, s.sums[poor])
	}
}

// What a store says that answers and then refuses the smaller sum as well.
func TestHoldGivesUpAgainstARace(t *testing.T) {
	t.Parallel()
	f, _ := desk(t, 10*unit)
	store := &shrinking{}
	f.Holds = store
	if d := dials(t, f, poor, "1.1", noon); d.Action != callflow.Reject || d.Record.Reason != string(routing.ReasonNoMoney) || store.asked > 5 {
		t.Fatalf("%s %s, asked %d times", d.Action, d.Record.Reason, store.asked)
	}
}

// shrinking has always a little less than is asked for.
type shrinking struct {
	billing.HoldStore
	asked int
}

func (s *shrinking) Hold(_ context.Context, h billing.Hold, _ billing.Bounds) (billing.Grant, error) {
	s.asked++
	return billing.Grant{Limit: billing.LimitNoMoney, Room: h.Amount - cent}, nil
}
