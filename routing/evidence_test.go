package routing_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem/billing/rate"
	"tandem/internal/money"
	"tandem/quality"
	"tandem/routing"
)

// answers is evidence that everybody can work out by hand: answered × (sale −
// cost) − failed × fee, in scripts.
type answers struct {
	percent map[int64]int64 // by provider
	tested  int64           // comes first on odd tickets
	floored int64           // is behind all others
}

func answersOf(w words) *answers {
	a := &answers{percent: map[int64]int64{}, tested: w.num("tested"), floored: w.num("floor")}
	for k := range w.pairs {
		if k != "tested" && k != "floor" {
			a.percent[w.int(k)] = w.num(k)
		}
	}
	return a
}

func (a *answers) Weigh(c *routing.Weighing, offers []routing.Weighed) (explored int) {
	explored = -1
	for i := range offers {
		o := &offers[i]
		p := a.percent[o.Key.ProviderID]
		o.Worth = p*int64(c.Sale-o.Cost)/100 - (100-p)*int64(o.Fee)/100
		o.Weight = routing.Weight{Worth: money.Amount(o.Worth), Low: int32(p * 10_000), Floored: o.Key.ProviderID == a.floored}
		if o.Weight.Floored {
			o.Worth -= 1 << 52
		}
		if o.Key.ProviderID == a.tested && c.Ticket%2 == 1 {
			o.Worth, o.Weight.Exploring, explored = 1<<60, true, i
		}
	}
	return explored
}

// weighed is what a script says of a weight.
func weighed(w *routing.Weight) string {
	if w == nil {
		return ""
	}
	var flags []string
	for name, set := range map[string]bool{"tested": w.Exploring, "floored": w.Floored} {
		if set {
			flags = append(flags, name)
		}
	}
	slices.Sort(flags)
	return fmt.Sprintf(" worth=%s flags=%s", w.Worth, strings.Join(flags, ","))
}

// asked is evidence that remembers what it was asked.
type asked struct {
	calls  []routing.Weighing
	offers [][]routing.Weighed
}

func (a *asked) Weigh(c *routing.Weighing, offers []routing.Weighed) int {
	a.calls, a.offers = append(a.calls, *c), append(a.offers, slices.Clone(offers))
	return -1
}

func weighs() *routing.Policy { return &routing.Policy{ID: 1, Kind: routing.Quality} }

// All candidates of a call are weighed together, once, with one ticket; what a
// plan before left is not among them.
func TestCandidatesAreWeighedTogether(t *testing.T) {
	t.Parallel()
	s := sharing(t, 1_000_000, 3_000_000, 2_000_000)
	e, tickets := &asked{}, uint64(40)
	r := routing.Request{
		Server: s.Server("sw"), Account: s.Account(1), BNumber: "74950000000", Routing: "74990000000", At: now, Policy: weighs(), Quality: e,
		Draw: func(*routing.Policy) uint64 { tickets++; return tickets },
	}
	var p routing.Plan
	for range 2 {
		s.Plan(r, &p)
	}
	key := func(id int64) routing.Key { return routing.Key{ProviderID: id, Tier: routing.TierCLI, AddressID: id} }
	offers := []routing.Weighed{{Key: key(1), Cost: p.Routes[0].Cost}, {Key: key(2), Cost: p.Routes[2].Cost}, {Key: key(3), Cost: p.Routes[1].Cost}}
	want := &asked{
		calls:  []routing.Weighing{{B: "74990000000", At: now, Ticket: 41}, {B: "74990000000", At: now, Ticket: 42}},
		offers: [][]routing.Weighed{offers, offers},
	}
	if diff := cmp.Diff(want, e, cmp.AllowUnexported(asked{})); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	if p.Ticket != 42 {
		t.Errorf("ticket %d kept, want 42", p.Ticket)
	}
}

// A call with one route takes no ticket: there is nothing to test, and of the
// calls that can be tests the share is kept.
func TestNoChoiceTakesNoTicket(t *testing.T) {
	t.Parallel()
	s := sharing(t, 1)
	var p routing.Plan
	s.Plan(routing.Request{
		Server: s.Server("sw"), Account: s.Account(1), BNumber: "74950000000", Policy: weighs(), Quality: &asked{},
		Draw: func(*routing.Policy) uint64 { t.Error("a ticket was drawn"); return 0 },
	}, &p)
	if len(p.Routes) != 1 || p.Routes[0].Weight == nil {
		t.Errorf("routes %+v, want one that was weighed", p.Routes)
	}
}

// The price of a call is told when it is known; cost-plus has none.
func TestSaleIsTold(t *testing.T) {
	t.Parallel()
	for name, markup := range map[string]*routing.Markup{"tariff": nil, "cost-plus": {Percent: 100_000}} {
		d := routing.Data{
			Currencies: []routing.Currency{{ID: 1, ISO: "USD"}}, FX: map[int64]money.FX{1: 1}, Servers: []routing.Server{{ID: 1, Name: "sw"}},
			Accounts:  []routing.Account{{ID: 1, Enabled: true, TariffID: 1, CurrencyID: 1}},
			Tariffs:   []routing.Tariff{{ID: 1, CurrencyID: 1, Markup: markup}},
			Providers: []routing.Provider{{ID: 1, Name: "p", CurrencyID: 1, Enabled: true, Plain: true}},
			Addresses: []routing.Address{{ID: 1, ProviderID: 1, Host: "x", Direction: routing.Out, Protocol: "SIP"}},
			Decks:     []routing.Deck{{ID: 1, ProviderID: 1, Tier: routing.TierCLI}, {ID: 2, TariffID: 1}},
		}
		row := func(perMinute money.Rate, attempt money.Amount) []routing.DeckRow {
			return []routing.DeckRow{{Prefix: "7", Rate: rate.Rate{PerMinute: perMinute, AttemptFee: attempt, First: 60, Next: 60}}}
		}
		rows := map[int64][]routing.DeckRow{1: row(1_000_000, 700), 2: row(3_000_000, 0)}
		if markup != nil {
			d.Decks, rows = d.Decks[:1], map[int64][]routing.DeckRow{1: rows[1]}
		}
		var err error
		if d.Rates, err = routing.TableOf(d.Decks, rows); err != nil {
			t.Fatal(err)
		}
		s, problems, err := routing.NewSnapshot(d, routing.Options{BaseCurrency: "USD", Prior: threeMinutes(t)}, now)
		if err != nil || len(problems) > 0 {
			t.Fatal(problems, err)
		}
		e := &asked{}
		var p routing.Plan
		s.Plan(routing.Request{Server: s.Server("sw"), Account: s.Account(1), BNumber: "74950000000", At: now, Policy: weighs(), Quality: e}, &p)
		if len(e.calls) != 1 {
			t.Fatalf("%s: asked %d times (refused %q)", name, len(e.calls), p.Refused)
		}
		c, o := e.calls[0], e.offers[0][0]
		if c.Sold != (markup == nil) || c.Sale != p.Sale || markup == nil && c.Sale == 0 || o.Fee != 700 || o.Cost != p.Routes[0].Cost {
			t.Errorf("%s: weighed %+v with %+v, the plan says sale %s, sold %t, cost %s", name, c, o, p.Sale, p.Sold, p.Routes[0].Cost)
		}
	}
}

func TestWeighingAllocatesNothing(t *testing.T) {
	s := sharing(t, 1, 2, 3, 4, 5)
	c := quality.Defaults()
	c.MaxCells = 1024
	e, err := quality.New(c)
	if err != nil {
		t.Fatal(err)
	}
	r := routing.Request{Server: s.Server("sw"), Account: s.Account(1), BNumber: "74950000000", At: now, Policy: weighs(), Quality: e}
	var p routing.Plan
	if n := testing.AllocsPerRun(200, func() { r.Ticket++; s.Plan(r, &p) }); n > 0 {
		t.Errorf("%.0f allocations", n)
	}
	if p.Routes[0].Weight == nil {
		t.Error("nothing was weighed")
	}
}

// BenchmarkPlanQuality is a plan of twelve routes by cost and by quality.
func BenchmarkPlanQuality(b *testing.B) {
	s := sharing(b, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
	e, err := quality.New(quality.Defaults())
	if err != nil {
		b.Fatal(err)
	}
	for id := range int64(12) {
		e.Prime(routing.Key{ProviderID: id + 1, Tier: routing.TierCLI, AddressID: id + 1}, "74950000000", now, quality.Count{Bids: 100, Answered: 40 + id, Ended: 90, Waited: 300 * time.Second})
	}
	for name, policy := range map[string]*routing.Policy{"least cost": {ID: 1, Kind: routing.LeastCost}, "quality": weighs()} {
		b.Run(name, func(b *testing.B) {
			r := routing.Request{Server: s.Server("sw"), Account: s.Account(1), BNumber: "74950000000", At: now, Policy: policy, Quality: e}
			var p routing.Plan
			b.ReportAllocs()
			for b.Loop() {
				s.Plan(r, &p)
			}
		})
	}
}
