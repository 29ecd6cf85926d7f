package routing_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tandem/billing/rate"
	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/routing"
)

// At every moment of a call the card's rate is the one that a call which begins
// then would be planned by.
func TestCardIsWhatPlansComeTo(t *testing.T) {
	t.Parallel()
	london, sydney := zone(t, "Europe/London"), zone(t, "Australia/Sydney")
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.SampledFrom([]time.Time{now, time.Date(2026, 3, 28, 22, 0, 0, 0, time.UTC)}).Draw(t, "at")
		account := routing.Account{ID: 1, Enabled: true, TariffID: 1, Zone: rapid.SampledFrom([]*time.Location{nil, london, sydney}).Draw(t, "account's zone")}
		s := timedCompany(t, at, account, rapid.SampledFrom([]*time.Location{nil, london}).Draw(t, "deck's zone"))
		b := e164.Number(rapid.StringMatching(`[12]{7,9}`).Draw(t, "B-number"))
		plan := timedPlan(s, b, at)
		sell, deck, prefix, currency, sold := plan.SellCard()
		if sold != plan.Sold || sold && (deck != 2 || currency != 1) {
			t.Fatalf("sold %t, plan says %t; deck %d, currency %d", sold, plan.Sold, deck, currency)
		}
		if r, _, _ := plan.SellRate(); sold && sell.At(at) != r {
			t.Fatalf("the card begins with %+v, the plan with %+v", sell.At(at), r)
		}
		checkCards(t, s, plan, b, at, sell, prefix)
		later := at.Add(time.Duration(rapid.Int64Range(0, int64(rate.MaxTalk)).Draw(t, "later"))).Truncate(time.Millisecond)
		then := timedPlan(s, b, later)
		if r, _, ok := then.SellRate(); ok && sold && sell.At(later) != r {
			t.Fatalf("%s after %s: the card has %+v, a plan %+v; card %+v", later.Sub(at), at, sell.At(later), r, sell)
		}
		if len(plan.Routes) == 1 && len(then.Routes) == 1 {
			buy, ok := plan.BuyCard(0)
			if !ok || buy.At(later) != then.Routes[0].Rate || buy.At(at) != plan.Routes[0].Rate {
				t.Fatalf("%s after %s: the card has %+v, %t, a plan %+v", later.Sub(at), at, buy, ok, then.Routes[0].Rate)
			}
		}
	})
}

// checkCards: without the plan the same cards are found.
func checkCards(t *rapid.T, s *routing.Snapshot, plan *routing.Plan, b e164.Number, at time.Time, sell rate.Card, prefix e164.Number) {
	key := routing.Key{ProviderID: 1, Tier: routing.TierCLI, AddressID: 1}
	got := s.CardsFor(s.Account(1), b, "", at, []routing.Key{key, {ProviderID: 99}})
	if (got.Sale != nil) != plan.Sold || plan.Sold && (!sameCard(got.Sale.Card, sell) || got.Sale.Prefix != prefix || got.Sale.Deck != 2 || got.Sale.CurrencyID != 1) {
		t.Fatalf("%+v, want %+v of %s", got.Sale, sell, prefix)
	}
	if len(got.Routes) != 2 || got.Routes[0].Key != key || got.Routes[1].Cost != nil {
		t.Fatalf("routes %+v", got.Routes)
	}
	cost := got.Routes[0].Cost
	if len(plan.Routes) == 1 {
		if buy, _ := plan.BuyCard(0); cost == nil || !sameCard(cost.Card, buy) || cost.Prefix != plan.Routes[0].Prefix || cost.Deck != 1 {
			t.Fatalf("%+v, want %+v", cost, buy)
		}
	}
}

func sameCard(a, b rate.Card) bool { return a.Zone == b.Zone && slices.Equal(a.Rates, b.Rates) }

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func timedPlan(s *routing.Snapshot, b e164.Number, at time.Time) *routing.Plan {
	var p routing.Plan
	s.Plan(routing.Request{Server: s.Server("sw"), Account: s.Account(1), BNumber: b, At: at}, &p)
	return &p
}

// timedCompany buys by deck 1 and sells by deck 2, both full of times.
func timedCompany(t *rapid.T, at time.Time, account routing.Account, zone *time.Location) *routing.Snapshot {
	d := routing.Data{
		Currencies: []routing.Currency{{ID: 1, ISO: "USD"}}, FX: map[int64]money.FX{1: 1}, Servers: []routing.Server{{ID: 1, Name: "sw"}},
		Accounts: []routing.Account{account}, Tariffs: []routing.Tariff{{ID: 1, Name: "retail", CurrencyID: 1}},
		Providers: []routing.Provider{{ID: 1, Name: "p", CurrencyID: 1, Enabled: true, Plain: true}},
		Addresses: []routing.Address{{ID: 1, ProviderID: 1, Host: "x", Direction: routing.Out, Protocol: "SIP"}},
		Decks:     []routing.Deck{{ID: 1, ProviderID: 1, Tier: routing.TierCLI, Zone: zone}, {ID: 2, TariffID: 1, Zone: zone}},
	}
	var err error
	if d.Rates, err = routing.TableOf(d.Decks, map[int64][]routing.DeckRow{1: timedRows(t, at), 2: timedRows(t, at)}); err != nil {
		t.Fatal(err)
	}
	s, problems, err := routing.NewSnapshot(d, routing.Options{BaseCurrency: "USD"}, at)
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	return s
}

func timedRows(t *rapid.T, at time.Time) []routing.DeckRow {
	rows := []routing.DeckRow{{Prefix: "1", Rate: rate.Rate{PerMinute: 1, First: 1, Next: 1}}, {Prefix: "2", Rate: rate.Rate{PerMinute: 2, First: 1, Next: 1}}}
	for i := range rapid.IntRange(0, 10).Draw(t, "rows") {
		r := routing.DeckRow{Prefix: rapid.StringMatching(`[12]{1,4}`).Draw(t, "prefix"), Blocked: rapid.IntRange(0, 9).Draw(t, "blocked") == 0}
		r.Rate = rate.Rate{PerMinute: money.Rate(i + 3), First: 60, Next: 60, Grace: 3, Steps: [rate.MaxSteps]rate.Step{{After: 300, PerMinute: money.Rate(i)}}}
		if rapid.Bool().Draw(t, "dated") {
			r.From = at.Add(time.Duration(rapid.IntRange(-48, 200).Draw(t, "hours")) * time.Hour)
			if rapid.Bool().Draw(t, "ends") {
				r.To = r.From.Add(time.Duration(rapid.IntRange(1, 100).Draw(t, "hours")) * time.Hour)
			}
		}
		if rapid.Bool().Draw(t, "window") {
			r.Window = rate.Window{
				Days: uint8(rapid.SampledFrom([]int{0, 0x1f, 0x60}).Draw(t, "days")), Start: uint16(rapid.IntRange(1, 23).Draw(t, "start") * 60), End: uint16(rapid.IntRange(0, 23).Draw(t, "end")*60 + 30),
			}
		}
		rows = append(rows, r)
	}
	return rows
}

// However many rates there are, the one in force is on the card.
func TestCardNeverLeavesOutTheRateInForce(t *testing.T) {
	t.Parallel()
	var rows []routing.DeckRow
	for i := range 24 { // one of each hour of the day, with the same date
		w := rate.Window{Start: uint16(i * 60), End: uint16(i*60 + 60)}
		rows = append(rows, routing.DeckRow{Prefix: "1", Rate: rate.Rate{PerMinute: money.Rate(i), First: 1, Next: 1, Window: w}})
	}
	d := routing.Data{
		Currencies: []routing.Currency{{ID: 1, ISO: "USD"}}, FX: map[int64]money.FX{1: 1}, Servers: []routing.Server{{ID: 1, Name: "sw"}},
		Accounts: []routing.Account{{ID: 1, Enabled: true, TariffID: 1}}, Tariffs: []routing.Tariff{{ID: 1, CurrencyID: 1}},
		Decks: []routing.Deck{{ID: 2, TariffID: 1}},
	}
	var err error
	if d.Rates, err = routing.TableOf(d.Decks, map[int64][]routing.DeckRow{2: rows}); err != nil {
		t.Fatal(err)
	}
	s, _, err := routing.NewSnapshot(d, routing.Options{BaseCurrency: "USD"}, now)
	if err != nil {
		t.Fatal(err)
	}
	for hour := range 24 {
		at := time.Date(2026, 5, 1, hour, 30, 0, 0, time.UTC)
		card, _, _, _, ok := timedPlan(s, "12345678", at).SellCard()
		if !ok || len(card.Rates) != 16 || card.At(at).PerMinute != money.Rate(hour) {
			t.Errorf("%d o'clock: %t, %d rates, %+v", hour, ok, len(card.Rates), card.At(at))
		}
	}
}

// A card is as short as it can be: what always holds ends it, what is over and
// what begins after the longest call is left out, and a closed prefix leaves the
// rate in force alone.
func TestCardIsShort(t *testing.T) {
	t.Parallel()
	per := func(v money.Rate) rate.Rate { return rate.Rate{PerMinute: v, First: 1, Next: 1} }
	ended, far, evening, promo := per(90), per(91), per(5), per(6)
	ended.To = now.Add(-time.Second)
	far.From = now.Add(9 * 24 * time.Hour)
	evening.Window = rate.Window{Start: 20 * 60, End: 6 * 60}
	promo.To = now.Add(time.Hour)
	for name, v := range map[string]struct {
		rows []routing.DeckRow
		want []money.Rate
	}{
		"plain":     {[]routing.DeckRow{{Prefix: "12", Rate: per(1)}, {Prefix: "1", Rate: per(2)}}, []money.Rate{1}},
		"over, far": {[]routing.DeckRow{{Prefix: "123", Rate: ended}, {Prefix: "12", Rate: far}, {Prefix: "12", Rate: per(1)}}, []money.Rate{1}},
		"evening":   {[]routing.DeckRow{{Prefix: "12", Rate: evening}, {Prefix: "12", Rate: per(1)}, {Prefix: "1", Rate: per(2)}}, []money.Rate{5, 1}},
		"closed":    {[]routing.DeckRow{{Prefix: "12", Rate: promo}, {Prefix: "12", Rate: per(1), Blocked: true}, {Prefix: "1", Rate: per(2)}}, []money.Rate{6}},
	} {
		d := routing.Data{
			Currencies: []routing.Currency{{ID: 1, ISO: "USD"}}, FX: map[int64]money.FX{1: 1}, Servers: []routing.Server{{ID: 1, Name: "sw"}},
			Accounts: []routing.Account{{ID: 1, Enabled: true, TariffID: 1}}, Tariffs: []routing.Tariff{{ID: 1, CurrencyID: 1}},
			Decks: []routing.Deck{{ID: 2, TariffID: 1}},
		}
		var err error
		if d.Rates, err = routing.TableOf(d.Decks, map[int64][]routing.DeckRow{2: v.rows}); err != nil {
			t.Fatal(err)
		}
		s, _, err := routing.NewSnapshot(d, routing.Options{BaseCurrency: "USD"}, now)
		if err != nil {
			t.Fatal(err)
		}
		card, _, _, _, ok := timedPlan(s, "12345678", now).SellCard()
		var got []money.Rate
		for _, r := range card.Rates {
			got = append(got, r.PerMinute)
		}
		if diff := cmp.Diff(v.want, got); !ok || diff != "" {
			t.Errorf("%s: %t %s", name, ok, diff)
		}
	}
}

func TestCostPlusTariff(t *testing.T) {
	t.Parallel()
	buy := routing.DeckRow{Prefix: "1", Rate: rate.Rate{PerMinute: 1_000_000, ConnectionFee: 100, First: 60, Next: 60}}
	for _, v := range []struct {
		markup  routing.Markup
		noLoss  bool
		refused routing.Reason
		routes  int
		price   money.Rate
	}{
		{routing.Markup{Percent: 100_000}, true, "", 1, 1_100_000},
		{routing.Markup{Percent: 100_000, PerMinute: 500_000}, true, "", 1, 1_600_000},
		{routing.Markup{Percent: -100_000}, false, "", 1, 900_000},
		{routing.Markup{Percent: -100_000}, true, "", 0, 0},
		{routing.Markup{Percent: -100_000, PerMinute: 500_000}, true, "", 1, 1_400_000},
		{routing.Markup{Percent: -1_000_001}, false, routing.ReasonNoSellRate, 0, 0},
	} {
		name := fmt.Sprint(v.markup, v.noLoss)
		d := routing.Data{
			Currencies: []routing.Currency{{ID: 1, ISO: "USD"}}, FX: map[int64]money.FX{1: 1}, Servers: []routing.Server{{ID: 1, Name: "sw"}},
			Accounts: []routing.Account{{ID: 1, Enabled: true, TariffID: 1, NoLoss: v.noLoss}}, Tariffs: []routing.Tariff{{ID: 1, CurrencyID: 1, Markup: &v.markup}},
			Providers: []routing.Provider{{ID: 1, Name: "p", CurrencyID: 1, Enabled: true, Plain: true}},
			Addresses: []routing.Address{{ID: 1, ProviderID: 1, Host: "x", Direction: routing.Out, Protocol: "SIP"}},
			Decks:     []routing.Deck{{ID: 1, ProviderID: 1, Tier: routing.TierCLI}},
		}
		var err error
		if d.Rates, err = routing.TableOf(d.Decks, map[int64][]routing.DeckRow{1: {buy}}); err != nil {
			t.Fatal(err)
		}
		s, problems, err := routing.NewSnapshot(d, routing.Options{BaseCurrency: "USD"}, now)
		if err != nil || len(problems) > 0 != (v.refused != "") {
			t.Fatal(problems, err)
		}
		p := timedPlan(s, "12345678", now)
		if p.Refused != v.refused || len(p.Routes) != v.routes {
			t.Errorf("%s: refused %q, %d routes, dropped %+v", name, p.Refused, len(p.Routes), p.Dropped)
			continue
		}
		if _, _, _, _, ok := p.SellCard(); ok {
			t.Errorf("%s: has a card of its own", name)
		}
		late := s.CardsFor(s.Account(1), "12345678", "", now, []routing.Key{{ProviderID: 1, Tier: routing.TierCLI}})
		if late.Sale != nil || (late.Routes[0].Sale != nil) != (v.refused == "") {
			t.Errorf("%s: late cards %+v", name, late)
		}
		if v.routes == 0 {
			continue
		}
		card, ok := p.SellCardOf(0)
		if !ok || card.Rates[0].PerMinute != v.price || !sameCard(card, late.Routes[0].Sale.Card) {
			t.Errorf("%s: %+v, %t; late %+v", name, card, ok, late.Routes[0].Sale)
		}
	}
}

func TestMarkupInWords(t *testing.T) {
	t.Parallel()
	for want, m := range map[string]routing.Markup{
		"cost + 10 %":                  {Percent: 100_000},
		"cost + 2.5 % + 0.01 a minute": {Percent: 25_000, PerMinute: 1_000_000},
		"cost - 1 %":                   {Percent: -10_000},
		"cost":                         {},
	} {
		if m.String() != want {
			t.Errorf("%q, want %q", m, want)
		}
	}
}
