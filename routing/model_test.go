package routing_test

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/billing/rate"
	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/routing"
)

// The model does what routing does in the plainest way that can be thought of:
// it looks at every rate of every deck, prices with big.Rat, restates the
// binding rule as a table, and sorts. Random companies must come out the same.

// now is when the model's calls happen.
var now = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func TestPlanAgainstExhaustiveModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := drawCompany(t)
		s, _, err := routing.NewSnapshot(d, routing.Options{BaseCurrency: "USD"}, now)
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			b := e164.Number(rapid.StringMatching(`[12]{7,12}`).Draw(t, "B-number"))
			shown := drawShown(t, s, d)
			here := s.Server(d.Servers[rapid.IntRange(0, 1).Draw(t, "server")].Name)
			account := s.Account(1)
			plan := s.Plan(routing.Request{Server: here, Account: account, Shown: shown, BNumber: b, At: now})
			got := describePlan(plan)
			want := model(d, here, account, shown, b)
			if !slices.Equal(got, want) {
				t.Fatalf("call for %s showing %q on %s\n got %v\nwant %v", b, shown.CLI, here.Name, got, want)
			}
			checkEveryCandidateIsNamed(t, plan, d)
		}
	})
}

func describePlan(p routing.Plan) []string {
	if p.Redirect != nil {
		return []string{"redirect " + p.Redirect.Name}
	}
	keys := []string{}
	for _, r := range p.Routes {
		keys = append(keys, r.Key.String())
	}
	return keys
}

// Every provider that sells anything is either a route or left out with a reason.
func checkEveryCandidateIsNamed(t *rapid.T, p routing.Plan, d routing.Data) {
	if p.Redirect != nil {
		return
	}
	seen := map[int64]bool{}
	for _, r := range p.Routes {
		seen[r.Key.ProviderID] = true
	}
	for _, v := range p.Dropped {
		if v.Reason == "" {
			t.Fatalf("%s was left out without a reason", v.Key)
		}
		seen[v.Key.ProviderID] = true
	}
	for _, provider := range d.Providers {
		if !seen[provider.ID] {
			t.Fatalf("provider %d is neither a route nor left out", provider.ID)
		}
	}
}

func drawCompany(t *rapid.T) routing.Data {
	d := routing.Data{
		Currencies: []routing.Currency{{ID: 1, ISO: "USD"}, {ID: 2, ISO: "RUB"}},
		FX:         map[int64]money.FX{1: 110_000_000, 2: money.FX(rapid.Int64Range(1e8, 2e10).Draw(t, "rouble"))},
		Servers:    []routing.Server{{ID: 1, Name: "alpha", IAX2: "IAX2/a@a"}, {ID: 2, Name: "beta", IAX2: "IAX2/b@b"}},
		Accounts:   []routing.Account{{ID: 1, Enabled: true, MinTier: rapid.SampledFrom(routing.Tiers()).Draw(t, "tier wanted")}},
	}
	for id := int64(1); id <= 4; id++ {
		p := routing.Provider{
			ID: id, Name: fmt.Sprint("p", id), CurrencyID: rapid.Int64Range(1, 2).Draw(t, "currency"),
			Enabled: rapid.IntRange(0, 5).Draw(t, "enabled") > 0, CLIAllowed: rapid.Bool().Draw(t, "cli allowed"), Dynamic: rapid.Bool().Draw(t, "dynamic"),
		}
		for _, tier := range routing.Tiers() {
			if rapid.Bool().Draw(t, "sells") {
				prefix := fmt.Sprint(90 + tier)
				p.TierPrefix[tier] = &prefix
			}
		}
		p.Plain = p.TierPrefix == [3]*string{}
		d.Providers = append(d.Providers, p)
		for range rapid.IntRange(0, 2).Draw(t, "addresses") {
			d.Addresses = append(d.Addresses, routing.Address{ID: int64(len(d.Addresses) + 1), ProviderID: id, Host: "x.example", Direction: routing.Out, Protocol: "SIP"})
		}
	}
	for id := int64(1); id <= 6; id++ {
		d.Numbers = append(d.Numbers, routing.Number{
			ID: id, Number: e164.Number(fmt.Sprintf("7495000%04d", id)), ProviderID: rapid.Int64Range(1, 4).Draw(t, "number's provider"),
			ServerID: rapid.Int64Range(0, 2).Draw(t, "number's server"), Enabled: true,
			Direction: rapid.SampledFrom([]routing.Direction{routing.In, routing.Out, routing.In | routing.Out}).Draw(t, "direction"),
		})
		if rapid.Bool().Draw(t, "has gate") {
			d.Gates = append(d.Gates, routing.Gate{
				ID: int64(len(d.Gates) + 1), NumberID: id, ServerID: rapid.Int64Range(1, 2).Draw(t, "gate's server"), CLISupport: true,
				Name: fmt.Sprint("gate", rapid.IntRange(1, 3).Draw(t, "dial peer")), Enabled: rapid.IntRange(0, 5).Draw(t, "gate enabled") > 0,
			})
		}
	}
	for range rapid.IntRange(0, 60).Draw(t, "rates") {
		provider := &d.Providers[rapid.IntRange(0, 3).Draw(t, "rate's provider")]
		r := routing.Rate{
			ID: int64(len(d.Rates) + 1), ProviderID: provider.ID, Tier: rapid.SampledFrom(routing.Tiers()).Draw(t, "rate's tier"),
			Prefix: rapid.StringMatching(`[12]{1,3}`).Draw(t, "prefix"),
		}
		coarse := money.Rate(rapid.SampledFrom([]int64{1, 1e6}).Draw(t, "coarse")) // coarse prices make equal costs
		r.Rate = rate.Rate{
			PerMinute: money.Rate(rapid.Int64Range(0, 3e6).Draw(t, "per minute")) / coarse * coarse, ConnectionFee: money.Amount(rapid.SampledFrom([]int64{0, 0, 1, 99_999}).Draw(t, "fee")),
			First: rapid.SampledFrom([]int32{1, 6, 30, 60, 240}).Draw(t, "first"), Next: rapid.SampledFrom([]int32{1, 6, 60}).Draw(t, "next"),
		}
		// Two rates of one deck and prefix would be told apart by date only.
		if !slices.ContainsFunc(d.Rates, func(o routing.Rate) bool {
			return o.ProviderID == r.ProviderID && o.Tier == r.Tier && o.Prefix == r.Prefix
		}) {
			if rapid.IntRange(0, 9).Draw(t, "not yet") == 0 {
				r.From = now.Add(time.Hour)
			}
			d.Rates = append(d.Rates, r)
		}
	}
	return d
}

func drawShown(t *rapid.T, s *routing.Snapshot, d routing.Data) routing.Presented {
	switch rapid.IntRange(0, 4).Draw(t, "shows") {
	case 0:
		return routing.Presented{}
	case 1:
		return routing.Presented{CLI: "447700900123"}
	}
	n := d.Numbers[rapid.IntRange(0, len(d.Numbers)-1).Draw(t, "shown")].Number
	return routing.Presented{CLI: n, Number: s.Number(n)}
}

// way is a candidate of the model.
type way struct {
	key  routing.Key
	cost *big.Int
}

func model(d routing.Data, here *routing.Server, account *routing.Account, shown routing.Presented, b e164.Number) []string {
	if home := modelHome(d, here, shown); home != 0 && home != here.ID {
		return []string{"redirect " + d.Servers[home-1].Name}
	}
	var ways []way
	for _, p := range d.Providers {
		for _, tier := range routing.Tiers() {
			sold := p.TierPrefix[tier] != nil || (p.Plain && tier == routing.TierCLI)
			price := modelPrice(d, p, tier, b)
			if !p.Enabled || !sold || tier < account.MinTier || price == nil {
				continue
			}
			peers := map[string]bool{}
			for _, g := range d.Gates {
				n := d.Numbers[g.NumberID-1]
				allowed := shown.CLI == "" || (shown.Number != nil && shown.Number.ID == n.ID && n.Direction&routing.Out != 0)
				if n.ProviderID == p.ID && g.Enabled && g.ServerID == here.ID && allowed && !peers[g.Name] {
					peers[g.Name] = true
					ways = append(ways, way{routing.Key{ProviderID: p.ID, Tier: tier, GateID: g.ID}, price})
				}
			}
			for _, a := range d.Addresses {
				if a.ProviderID == p.ID && modelMayShow(d, p, shown) {
					ways = append(ways, way{routing.Key{ProviderID: p.ID, Tier: tier, AddressID: a.ID}, price})
				}
			}
		}
	}
	slices.SortStableFunc(ways, func(a, b way) int {
		if c := a.cost.Cmp(b.cost); c != 0 {
			return c
		}
		if a.key.Tier != b.key.Tier {
			return int(b.key.Tier) - int(a.key.Tier)
		}
		if a.key.ProviderID != b.key.ProviderID {
			return int(a.key.ProviderID - b.key.ProviderID)
		}
		if (a.key.GateID != 0) != (b.key.GateID != 0) {
			return map[bool]int{true: -1, false: 1}[a.key.GateID != 0]
		}
		return int(a.key.GateID - b.key.GateID + a.key.AddressID - b.key.AddressID)
	})
	keys := []string{}
	for _, w := range ways[:min(len(ways), routing.MaxRoutes)] {
		keys = append(keys, w.key.String())
	}
	return keys
}

func modelHome(d routing.Data, here *routing.Server, shown routing.Presented) int64 {
	if shown.Number == nil {
		return 0
	}
	home := int64(0)
	for _, g := range d.Gates {
		if g.NumberID != shown.Number.ID {
			continue
		}
		if g.ServerID == here.ID {
			return here.ID
		}
		if home == 0 {
			home = g.ServerID
		}
	}
	if home == 0 {
		home = shown.Number.ServerID
	}
	return home
}

func modelMayShow(d routing.Data, p routing.Provider, shown routing.Presented) bool {
	if shown.CLI == "" {
		return true
	}
	own := shown.Number != nil && shown.Number.ProviderID == p.ID
	for _, g := range d.Gates {
		if own && g.NumberID == shown.Number.ID {
			return false // it has its gate there
		}
	}
	return p.Dynamic || (p.CLIAllowed && shown.Number != nil) || (own && shown.Number.Direction&routing.Out != 0)
}

// modelPrice is the exact price of three minutes in millionths of a dollar,
// rounded where routing rounds: once in the provider's currency, once in ours.
func modelPrice(d routing.Data, p routing.Provider, tier routing.Tier, b e164.Number) *big.Int {
	best := -1
	for i, r := range d.Rates {
		if r.ProviderID == p.ID && r.Tier == tier && strings.HasPrefix(string(b), r.Prefix) && !r.From.After(now) &&
			(best < 0 || len(r.Prefix) > len(d.Rates[best].Prefix)) {
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	r := d.Rates[best]
	billed := int64(r.First)
	for billed < 180 {
		billed += int64(r.Next)
	}
	native := halfUp(new(big.Rat).SetFrac64(int64(r.PerMinute)*billed, 6000))
	native.Add(native, big.NewInt(int64(r.ConnectionFee)))
	if p.CurrencyID == 1 {
		return native
	}
	dollars := new(big.Rat).SetFrac(new(big.Int).Mul(native, big.NewInt(int64(d.FX[1]))), big.NewInt(int64(d.FX[p.CurrencyID])))
	return halfUp(dollars)
}

func halfUp(r *big.Rat) *big.Int {
	r.Add(r, big.NewRat(1, 2))
	return new(big.Int).Div(r.Num(), r.Denom())
}
