package billing_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tandem/billing"
	"tandem/billing/rate"
	"tandem/internal/money"
)

// priced has two routes that cost 0.30 and 0.40 a minute and 0.01 and 0.02 for
// each attempt; it is sold at 0.60 a minute and 0.05 for trying.
func priced() billing.Terms {
	fee := func(cents int64, r rate.Rate) *billing.Price {
		r.AttemptFee = money.Amount(cents) * cent
		return priceOf(r)
	}
	return billing.Terms{Base: euro, Sale: fee(5, perMinute(60, 1, 1)), Routes: []billing.RouteTerms{
		{Key: "1.c.a1", Cost: fee(1, perMinute(30, 60, 60))}, {Key: "2.c.a2", Cost: fee(2, perMinute(40, 1, 1))}, {Key: "3.c.a3"},
	}}
}

// tried is a call that was offered to routes in turn; the last carried it if it
// talked.
func tried(talk time.Duration, keys ...string) *billing.End {
	e := &billing.End{Start: billing.Start{CallID: "alpha-1.1", StartedAt: noon}, Source: billing.ByReport, Disposition: billing.Failed, Talk: talk}
	for i, key := range keys {
		a := billing.Attempt{N: i + 1, Key: key, StartedAt: noon, Result: billing.Failed}
		if key[0] != 's' {
			a.ProviderID = int64(key[0] - '0')
		}
		e.Attempts, e.Route = append(e.Attempts, a), key
	}
	if n := len(e.Attempts); talk > 0 {
		e.Disposition, e.AnsweredAt = billing.Answered, noon
		if n > 0 {
			e.Attempts[n-1].Result, e.Attempts[n-1].Talk = billing.Answered, talk
		}
	}
	return e
}

func TestChargeOf(t *testing.T) {
	t.Parallel()
	held := func(a money.Amount) *money.Amount { return &a }
	costPlus := priced()
	costPlus.Sale = nil
	for i := range costPlus.Routes[:2] {
		markedUp := *costPlus.Routes[i].Cost
		markedUp.Card.Rates = []rate.Rate{markedUp.Card.Rates[0]}
		markedUp.Card.Rates[0].PerMinute *= 2
		costPlus.Routes[i].Sale = &markedUp
	}
	abroad := priced()
	abroad.Sale.To, abroad.Sale.CurrencyID = 2*euro, 2 // the account pays in a currency of half the worth
	abroad.Routes[0].Cost.CurrencyID = 3               // the provider is paid in its own
	abroad.Routes[0].Cost.From, abroad.Routes[0].Cost.To = 4*euro, 4*euro
	unsold := priced()
	unsold.Sale = nil
	baseless := priced()
	baseless.Base = 0
	one := func(n int, provider int64, cents int64) billing.Cost {
		return billing.Cost{N: n, ProviderID: provider, Amount: money.Amount(cents) * cent, CurrencyID: 1}
	}
	for name, c := range map[string]struct {
		end   *billing.End
		terms billing.Terms
		hold  *money.Amount
		want  billing.Charge
	}{
		"carried by the first": {
			tried(30*time.Second, "1.c.a1"), priced(), held(unit),
			billing.Charge{Sold: true, Sale: 35 * cent, CurrencyID: 1, Costs: []billing.Cost{one(1, 1, 31)}, SaleBase: 35 * cent, CostBase: 31 * cent},
		},
		"failed over: each attempt costs, trying is sold once": {
			tried(30*time.Second, "1.c.a1", "2.c.a2"), priced(), held(unit),
			billing.Charge{Sold: true, Sale: 35 * cent, CurrencyID: 1, Costs: []billing.Cost{one(1, 1, 1), one(2, 2, 22)}, SaleBase: 35 * cent, CostBase: 23 * cent},
		},
		"all failed": {
			tried(0, "1.c.a1", "2.c.a2"), priced(), held(unit),
			billing.Charge{Sold: true, Sale: 5 * cent, CurrencyID: 1, Costs: []billing.Cost{one(1, 1, 1), one(2, 2, 2)}, SaleBase: 5 * cent, CostBase: 3 * cent},
		},
		"never offered":       {tried(0), priced(), held(unit), billing.Charge{Sold: true, CurrencyID: 1}},
		"rung at one of ours": {tried(0, "s12"), priced(), held(unit), billing.Charge{Sold: true, CurrencyID: 1}},
		"capped by its hold": {
			tried(90*time.Second, "2.c.a2"), priced(), held(80 * cent),
			billing.Charge{Sold: true, Sale: 80 * cent, Cut: 15 * cent, CurrencyID: 1, Costs: []billing.Cost{one(1, 2, 62)}, SaleBase: 80 * cent, CostBase: 62 * cent},
		},
		"a hold of nothing": {
			tried(0, "1.c.a1"), priced(), held(0),
			billing.Charge{Sold: true, Cut: 5 * cent, CurrencyID: 1, Costs: []billing.Cost{one(1, 1, 1)}, CostBase: cent},
		},
		"no hold bounds nothing": {
			tried(100*time.Minute, "3.c.a3"), priced(), nil,
			billing.Charge{Sold: true, Sale: 60*unit + 5*cent, CurrencyID: 1, SaleBase: 60*unit + 5*cent},
		},
		"not sold": {tried(30*time.Second, "1.c.a1"), unsold, nil, billing.Charge{Costs: []billing.Cost{one(1, 1, 31)}, CostBase: 31 * cent}},
		"cost plus: by the route that carried it": {
			tried(30*time.Second, "1.c.a1", "2.c.a2"), costPlus, held(unit),
			billing.Charge{Sold: true, Sale: 42 * cent, CurrencyID: 1, Costs: []billing.Cost{one(1, 1, 1), one(2, 2, 22)}, SaleBase: 42 * cent, CostBase: 23 * cent},
		},
		"cost plus: never offered": {tried(0), costPlus, held(unit), billing.Charge{Sold: true, CurrencyID: 1}},
		"cost plus: all failed": {
			tried(0, "1.c.a1", "2.c.a2"), costPlus, held(unit),
			billing.Charge{Sold: true, Sale: 2 * cent, CurrencyID: 1, Costs: []billing.Cost{one(1, 1, 1), one(2, 2, 2)}, SaleBase: 2 * cent, CostBase: 3 * cent},
		},
		"three currencies": {
			tried(60*time.Second, "1.c.a1"), abroad, held(10 * unit),
			billing.Charge{Sold: true, Sale: 130 * cent, CurrencyID: 2, Costs: []billing.Cost{{N: 1, ProviderID: 1, Amount: 31 * cent, CurrencyID: 3}}, SaleBase: 65 * cent, CostBase: 7*cent + cent*3/4},
		},
		"no base currency": {
			tried(30*time.Second, "1.c.a1"), baseless, held(unit),
			billing.Charge{Sold: true, Sale: 35 * cent, CurrencyID: 1, Costs: []billing.Cost{one(1, 1, 31)}},
		},
		"answered, its attempts not known": {
			tried(30 * time.Second), priced(), held(unit),
			billing.Charge{Sold: true, Sale: 35 * cent, CurrencyID: 1, SaleBase: 35 * cent},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := billing.ChargeOf(c.end, &c.terms, c.hold)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Fatal(diff)
			}
		})
	}
}

// What cannot be priced is an error and no sum; the other side of the call stands.
func TestChargeOfWhatCannotBePriced(t *testing.T) {
	t.Parallel()
	dear := priced()
	dear.Routes[0].Cost = priceOf(rate.Rate{PerMinute: 1 << 62, First: 1, Next: 1})
	dear.Routes[0].Cost.To = 1 << 62
	c, err := billing.ChargeOf(tried(time.Hour, "1.c.a1"), &dear, nil)
	if err == nil || !c.Sold || c.Sale == 0 || len(c.Costs) != 0 {
		t.Errorf("cost out of range: %+v, %v", c, err)
	}
	dear = priced()
	dear.Sale = dear.Routes[0].Cost
	sale := *dear.Sale
	sale.Card = rate.Card{Rates: []rate.Rate{{PerMinute: 1 << 62, First: 1, Next: 1}}}
	sale.To = 1 << 62
	dear.Sale = &sale
	c, err = billing.ChargeOf(tried(time.Hour, "1.c.a1"), &dear, nil)
	if err == nil || c.Sold || c.Sale != 0 || len(c.Costs) == 0 {
		t.Errorf("sale out of range: %+v, %v", c, err)
	}
}

// A clock that jumped makes no call free: more than the longest talk that can be
// priced is charged as that.
func TestChargeOfAnEndlessCall(t *testing.T) {
	t.Parallel()
	terms := priced()
	week, err := billing.ChargeOf(tried(rate.MaxTalk, "1.c.a1"), &terms, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := billing.ChargeOf(tried(rate.MaxTalk+24*time.Hour, "1.c.a1"), &terms, nil)
	if err != nil || got.Sale != week.Sale {
		t.Errorf("%v, sale %s, want %s", err, got.Sale, week.Sale)
	}
}

// Another node let the call in by a plan of its own: its route is priced by what
// the end brings. Sold by what a route costs, a route that nobody knows is an
// error, never a free call.
func TestChargeOfARouteThatTheTermsDoNotKnow(t *testing.T) {
	t.Parallel()
	end := tried(time.Minute, "1.c.a1")
	all := priced()
	want, err := billing.ChargeOf(end, &all, nil)
	if err != nil {
		t.Fatal(err)
	}
	known := all
	known.Routes = nil
	end.Terms = &billing.Terms{Routes: all.Routes}
	got, err := billing.ChargeOf(end, &known, nil)
	if err != nil || !cmp.Equal(want, got) {
		t.Errorf("%v, %s", err, cmp.Diff(want, got))
	}
	end.Terms = nil
	plus := billing.Terms{Base: all.Base, Routes: []billing.RouteTerms{{Key: "9.c.a9", Cost: all.Routes[0].Cost, Sale: all.Sale}}}
	if c, err := billing.ChargeOf(end, &plus, nil); err == nil || c.Sold {
		t.Errorf("%+v, %v: want an error", c, err)
	}
}

// Whatever a call was, the account pays no more than the hold, nothing below
// zero, and what is cut is exactly the rest.
func TestChargeStaysWithinItsHold(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		terms := billing.Terms{Base: drawFX(t, "base"), Sale: priceOf(drawRate(t)), Routes: []billing.RouteTerms{{Key: "1.c.a1", Cost: priceOf(drawRate(t))}}}
		terms.Sale.From, terms.Sale.To = drawFX(t, "from"), drawFX(t, "to")
		hold := money.Amount(rapid.Int64Range(0, 5_000_000).Draw(t, "hold"))
		e := tried(time.Duration(rapid.Int64Range(0, 600_000).Draw(t, "talk"))*time.Millisecond, "1.c.a1")
		bounded, err := billing.ChargeOf(e, &terms, &hold)
		if err != nil {
			t.Fatal(err)
		}
		free, err := billing.ChargeOf(e, &terms, nil)
		if err != nil {
			t.Fatal(err)
		}
		if bounded.Sale > hold || bounded.Sale < 0 || bounded.Sale+bounded.Cut != free.Sale || free.Cut != 0 {
			t.Fatalf("%s and %s cut, of %s and a hold of %s", bounded.Sale, bounded.Cut, free.Sale, hold)
		}
		if base, err := money.Convert(bounded.Sale, terms.Sale.To, terms.Base); err != nil || base != bounded.SaleBase {
			t.Fatalf("%s in the base currency, want %s, %v", bounded.SaleBase, base, err)
		}
	})
}

// Reports, records of Asterisk and estimates of one call come in any order, any
// number of times, and say different things. After each of them the books hold
// exactly what the best source so far says, posted with keys of their own.
func TestPostingsAddUpToTheBestSource(t *testing.T) {
	t.Parallel()
	rank := map[billing.Source]int{"": 0, billing.ByEstimate: 1, billing.ByCDR: 2, billing.ByReport: 3}
	type owed struct{ provider, currency int64 }
	rapid.Check(t, func(t *rapid.T) {
		said := map[billing.Source]billing.Charge{}
		for _, source := range []billing.Source{billing.ByEstimate, billing.ByCDR, billing.ByReport} {
			c := billing.Charge{Sold: rapid.Bool().Draw(t, "sold")}
			if c.Sold {
				c.Sale, c.CurrencyID = money.Amount(rapid.Int64Range(0, 3).Draw(t, "sale")), rapid.Int64Range(1, 2).Draw(t, "currency")
			}
			for n := range rapid.IntRange(0, 3).Draw(t, "attempts") {
				c.Costs = append(c.Costs, billing.Cost{
					N: n + 1, ProviderID: rapid.Int64Range(1, 2).Draw(t, "provider"), Amount: money.Amount(rapid.Int64Range(1, 3).Draw(t, "cost")),
					CurrencyID: rapid.Int64Range(1, 2).Draw(t, "of"),
				})
			}
			said[source] = c
		}
		var before billing.Billed
		keys := map[string]bool{}
		customer, providers := map[int64]money.Amount{}, map[owed]money.Amount{} // what they have paid, and got
		for range rapid.IntRange(1, 8).Draw(t, "ends") {
			source := rapid.SampledFrom([]billing.Source{billing.ByEstimate, billing.ByCDR, billing.ByReport}).Draw(t, "source")
			now := said[source]
			list := billing.Settle(&billing.End{Start: billing.Start{CallID: "alpha-1.1"}, Source: source}, 9, before, now, noon)
			if rank[source] <= rank[before.By] && len(list) > 0 {
				t.Fatalf("%s after %s posts %+v", source, before.By, list)
			}
			for _, p := range list {
				if err := p.Validate(); err != nil || keys[p.Key] || p.CallID != "alpha-1.1" || (p.Kind == billing.Correction) == (before.By == "") {
					t.Fatalf("after %q: %+v, %v", before.By, p, err)
				}
				keys[p.Key] = true
				for side, sign := range map[billing.Party]money.Amount{p.Debit: 1, p.Credit: -1} {
					if side.Kind == billing.Customer {
						customer[p.CurrencyID] += sign * p.Amount
					}
					if side.Kind == billing.Provider {
						providers[owed{side.ID, p.CurrencyID}] -= sign * p.Amount
					}
				}
			}
			if rank[source] > rank[before.By] {
				before = billing.Billed{By: source, Sale: now.Sale, CurrencyID: now.CurrencyID, Costs: now.Costs}
			}
			best := said[before.By]
			for currency := range int64(3) {
				want := money.Amount(0)
				if best.Sold && best.CurrencyID == currency {
					want = best.Sale
				}
				if customer[currency] != want {
					t.Fatalf("closed by %s: the account has paid %s of currency %d, want %s", before.By, customer[currency], currency, want)
				}
			}
			wanted := map[owed]money.Amount{}
			for _, c := range best.Costs {
				wanted[owed{c.ProviderID, c.CurrencyID}] += c.Amount
			}
			for k := range providers {
				if providers[k] != wanted[k] {
					t.Fatalf("closed by %s: owed %v: %s, want %s", before.By, k, providers[k], wanted[k])
				}
			}
			for k := range wanted {
				if providers[k] != wanted[k] {
					t.Fatalf("closed by %s: owed %v: %s, want %s", before.By, k, providers[k], wanted[k])
				}
			}
		}
	})
}

// A call of nobody's account is posted to providers alone.
func TestCallWithoutAnAccountIsNotSold(t *testing.T) {
	t.Parallel()
	end := &billing.End{Start: billing.Start{CallID: "alpha-1.1"}, Source: billing.ByReport}
	list := billing.Settle(end, 0, billing.Billed{}, billing.Charge{Sold: true, Sale: unit, CurrencyID: 1, Costs: []billing.Cost{{N: 1, ProviderID: 4, Amount: cent, CurrencyID: 1}}}, noon)
	if len(list) != 1 || list[0].Credit != (billing.Party{Kind: billing.Provider, ID: 4}) || list[0].Debit != (billing.Party{Kind: billing.Expense}) {
		t.Fatalf("%+v", list)
	}
}

func TestPostingsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	good := billing.Posting{Key: "k", At: noon, Kind: billing.TopUp, Debit: billing.Party{Kind: billing.Cash}, Credit: billing.Party{Kind: billing.Customer, ID: 1}, Amount: 1, CurrencyID: 1}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*billing.Posting){
		"key":                func(p *billing.Posting) { p.Key = "" },
		"key \"":             func(p *billing.Posting) { p.Key = fmt.Sprintf("%129d", 1) },
		"amount 0.000000":    func(p *billing.Posting) { p.Amount = 0 },
		"amount -0.000001":   func(p *billing.Posting) { p.Amount = -1 },
		"currency":           func(p *billing.Posting) { p.CurrencyID = 0 },
		"both sides":         func(p *billing.Posting) { p.Debit = p.Credit },
		"time":               func(p *billing.Posting) { p.At = time.Time{} },
		"customer with id 0": func(p *billing.Posting) { p.Credit.ID = 0 },
		"cash with id 3":     func(p *billing.Posting) { p.Debit.ID = 3 },
	} {
		p := good
		change(&p)
		if err := p.Validate(); !errors.Is(err, billing.ErrPosting) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An account whose money is limited has a hold for every call: a report of one
// that has none is nobody's to charge by.
func TestChargeOfALimitedAccountWithoutAHold(t *testing.T) {
	t.Parallel()
	terms, end := priced(), tried(time.Minute, "1.c.a1")
	end.Limited = true
	c, err := billing.ChargeOf(end, &terms, nil)
	if !errors.Is(err, billing.ErrTerms) || c.Sold || c.Sale != 0 || len(c.Costs) == 0 {
		t.Errorf("%+v, %v", c, err)
	}
	if c, err = billing.ChargeOf(end, &terms, &[]money.Amount{100 * unit}[0]); err != nil || c.Sale == 0 {
		t.Errorf("with a hold: %+v, %v", c, err)
	}
}
