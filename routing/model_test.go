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
		c := drawCompany(t)
		d := c.Data
		s := c.snapshot(t)
		var plan routing.Plan // used again and again, as a node does
		for range 5 {
			b := e164.Number(rapid.StringMatching(`[12]{7,12}`).Draw(t, "B-number"))
			shown := drawShown(t, s, d)
			here := s.Server(d.Servers[rapid.IntRange(0, 1).Draw(t, "server")].Name)
			account := s.Account(1)
			s.Plan(routing.Request{Server: here, Account: account, Shown: shown, BNumber: b, At: now}, &plan)
			got := describePlan(&plan)
			want := model(c, here, account, shown, b)
			if !slices.Equal(got, want) {
				t.Fatalf("call for %s showing %q on %s\n got %v\nwant %v", b, shown.CLI, here.Name, got, want)
			}
			checkEveryCandidateIsNamed(t, &plan, d)
			checkCosts(t, &plan, c, b)
		}
	})
}

func describePlan(p *routing.Plan) []string {
	if p.Redirect != nil {
		return []string{"redirect " + p.Redirect.Name}
	}
	if p.Refused != "" {
		return []string{"refused " + string(p.Refused)}
	}
	keys := []string{}
	for _, r := range p.Routes {
		keys = append(keys, r.Key.String())
	}
	return keys
}

// The expected cost of every route, and the rate it comes from.
func checkCosts(t *rapid.T, p *routing.Plan, c *company, b e164.Number) {
	for _, r := range p.Routes {
		row := modelRow(c, r.Key.ProviderID, r.Tier, b)
		cost, _ := modelCost(c, row, r.Provider.CurrencyID)
		half := new(big.Rat).Add(cost, big.NewRat(1, 2))
		if want := new(big.Int).Div(half.Num(), half.Denom()); int64(r.Cost) != want.Int64() || r.Rate != row.Rate {
			t.Fatalf("%s costs %s by %+v, want %s by %+v", r.Key, r.Cost, r.Rate, want, row.Rate)
		}
	}
}

// Every provider that sells anything is either a route or left out with a reason.
func checkEveryCandidateIsNamed(t *rapid.T, p *routing.Plan, d routing.Data) {
	if p.Redirect != nil || p.Refused != "" {
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

// company is Data with its decks as plain rows.
type company struct {
	routing.Data
	rows   []deckRow
	counts map[int32]uint64 // calls by length, the same everywhere
}

// deckRow is a rate with its owner: a provider and tier, or the tariff (0).
type deckRow struct {
	provider int64
	tier     routing.Tier
	routing.DeckRow
}

func (c *company) snapshot(t *rapid.T) *routing.Snapshot {
	prior, err := rate.NewLengths(c.counts)
	if err != nil {
		t.Fatal(err)
	}
	s, _, err := routing.NewSnapshot(c.Data, routing.Options{BaseCurrency: "USD", Prior: prior}, now)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// build makes the decks of the rows.
func (c *company) build(t *rapid.T) {
	rows := map[int64][]routing.DeckRow{}
	for _, r := range c.rows {
		d := routing.Deck{ProviderID: r.provider, Tier: r.tier, ID: 100 + 10*r.provider + int64(r.tier), Revision: 1}
		if r.provider == 0 {
			d.TariffID = 1
		}
		if rows[d.ID] == nil {
			c.Decks = append(c.Decks, d)
		}
		rows[d.ID] = append(rows[d.ID], r.DeckRow)
	}
	var err error
	if c.Rates, err = routing.TableOf(c.Decks, rows); err != nil {
		t.Fatal(err)
	}
}

func drawCompany(t *rapid.T) *company {
	d := company{counts: rapid.MapOfN(rapid.SampledFrom([]int32{1, 5, 29, 30, 31, 59, 60, 61, 119, 180, 301, 1000}), rapid.Uint64Range(1, 1000), 1, 8).Draw(t, "call lengths")}
	d.Data = routing.Data{
		Currencies: []routing.Currency{{ID: 1, ISO: "USD"}, {ID: 2, ISO: "RUB"}},
		FX:         map[int64]money.FX{1: 110_000_000, 2: money.FX(rapid.Int64Range(1e8, 2e10).Draw(t, "rouble"))},
		Servers:    []routing.Server{{ID: 1, Name: "alpha", IAX2: "IAX2/a@a"}, {ID: 2, Name: "beta", IAX2: "IAX2/b@b"}},
		Tariffs:    []routing.Tariff{{ID: 1, Name: "retail", CurrencyID: rapid.Int64Range(1, 2).Draw(t, "tariff's currency")}},
		Accounts: []routing.Account{{
			ID: 1, Enabled: true, MinTier: rapid.SampledFrom(routing.Tiers()).Draw(t, "tier wanted"),
			TariffID: rapid.Int64Range(0, 1).Draw(t, "tariff"), NoLoss: rapid.Bool().Draw(t, "no loss"),
		}},
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
		r := deckRow{provider: rapid.Int64Range(0, 4).Draw(t, "rate's provider"), tier: rapid.SampledFrom(routing.Tiers()).Draw(t, "rate's tier")}
		if r.provider == 0 {
			r.tier = 0
		}
		r.Prefix = rapid.StringMatching(`[12]{1,3}`).Draw(t, "prefix")
		r.Blocked = rapid.IntRange(0, 19).Draw(t, "blocked") == 0
		coarse := money.Rate(rapid.SampledFrom([]int64{1, 1e6}).Draw(t, "coarse")) // coarse prices make equal costs
		r.Rate = rate.Rate{
			PerMinute: money.Rate(rapid.Int64Range(0, 3e6).Draw(t, "per minute")) / coarse * coarse, ConnectionFee: money.Amount(rapid.SampledFrom([]int64{0, 0, 1, 99_999}).Draw(t, "fee")),
			Minimum: money.Amount(rapid.SampledFrom([]int64{0, 0, 0, 20_000}).Draw(t, "minimum")), AttemptFee: money.Amount(rapid.SampledFrom([]int64{0, 0, 0, 1, 10_000}).Draw(t, "attempt fee")),
			First: rapid.SampledFrom([]int32{1, 6, 30, 60, 240}).Draw(t, "first"), Next: rapid.SampledFrom([]int32{1, 6, 60}).Draw(t, "next"),
		}
		if rapid.IntRange(0, 2).Draw(t, "not plain") == 0 {
			r.Grace = rapid.SampledFrom([]int32{0, 5, 30}).Draw(t, "grace")
			r.Free = rapid.SampledFrom([]int32{0, 30, 61}).Draw(t, "free")
			if after := rapid.SampledFrom([]int32{0, 30, 100}).Draw(t, "step"); after > 0 {
				r.Steps = [rate.MaxSteps]rate.Step{{After: after, PerMinute: money.Rate(rapid.Int64Range(0, 3e6).Draw(t, "step's price"))}, {After: after + 60, PerMinute: r.PerMinute}}
			}
		}
		// Two rates of one deck and prefix would be told apart by date only.
		if !slices.ContainsFunc(d.rows, func(o deckRow) bool {
			return o.provider == r.provider && o.tier == r.tier && o.Prefix == r.Prefix
		}) {
			if rapid.IntRange(0, 9).Draw(t, "not yet") == 0 {
				r.From = now.Add(time.Hour)
			}
			d.rows = append(d.rows, r)
		}
	}
	d.build(t)
	return &d
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

// way is a candidate of the model; its cost is exact, in millionths of a dollar.
type way struct {
	key     routing.Key
	cost    *big.Rat
	attempt *big.Rat
}

func model(d *company, here *routing.Server, account *routing.Account, shown routing.Presented, b e164.Number) []string {
	if home := modelHome(d.Data, here, shown); home != 0 && home != here.ID {
		return []string{"redirect " + d.Servers[home-1].Name}
	}
	sale, refused := modelSale(d, account, b)
	if refused != "" {
		return []string{"refused " + refused}
	}
	var ways []way
	for _, p := range d.Providers {
		for _, tier := range routing.Tiers() {
			sold := p.TierPrefix[tier] != nil || (p.Plain && tier == routing.TierCLI)
			row := modelRow(d, p.ID, tier, b)
			if !p.Enabled || !sold || tier < account.MinTier || row == nil || row.Blocked {
				continue
			}
			price, attempt := modelCost(d, row, p.CurrencyID)
			peers := map[string]bool{}
			for _, g := range d.Gates {
				n := d.Numbers[g.NumberID-1]
				allowed := shown.CLI == "" || (shown.Number != nil && shown.Number.ID == n.ID && n.Direction&routing.Out != 0)
				if n.ProviderID == p.ID && g.Enabled && g.ServerID == here.ID && allowed && !peers[g.Name] {
					peers[g.Name] = true
					ways = append(ways, way{routing.Key{ProviderID: p.ID, Tier: tier, GateID: g.ID}, price, attempt})
				}
			}
			for _, a := range d.Addresses {
				if a.ProviderID == p.ID && modelMayShow(d.Data, p, shown) {
					ways = append(ways, way{routing.Key{ProviderID: p.ID, Tier: tier, AddressID: a.ID}, price, attempt})
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
	spent := new(big.Int)
	for _, w := range ways {
		if len(keys) == routing.MaxRoutes {
			break
		}
		if sale != nil && account.NoLoss && new(big.Int).Add(up(w.cost), spent).Cmp(sale) > 0 {
			continue
		}
		spent.Add(spent, up(w.attempt))
		keys = append(keys, w.key.String())
	}
	return keys
}

// modelSale is what the account pays, rounded down to a millionth; nil: not known.
func modelSale(d *company, account *routing.Account, b e164.Number) (*big.Int, string) {
	if account.TariffID == 0 {
		return nil, ""
	}
	row := modelRow(d, 0, 0, b)
	switch {
	case row == nil:
		return nil, string(routing.ReasonNoSellRate)
	case row.Blocked:
		return nil, string(routing.ReasonBlockedPrefix)
	}
	cost, _ := modelCost(d, row, d.Tariffs[0].CurrencyID)
	return new(big.Int).Div(cost.Num(), cost.Denom()), ""
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

// modelRow is the rate at the owner's longest prefix in force.
func modelRow(d *company, provider int64, tier routing.Tier, b e164.Number) *deckRow {
	var best *deckRow
	for i := range d.rows {
		r := &d.rows[i]
		if r.provider == provider && r.tier == tier && strings.HasPrefix(string(b), r.Prefix) && !r.From.After(now) &&
			(best == nil || len(r.Prefix) > len(best.Prefix)) {
			best = r
		}
	}
	return best
}

// modelCost is the exact expected price over the call lengths, in millionths of
// a dollar, and the attempt fee.
func modelCost(d *company, r *deckRow, currency int64) (cost, attempt *big.Rat) {
	prior, err := rate.NewLengths(d.counts)
	if err != nil {
		panic(err)
	}
	cost = new(big.Rat)
	for _, p := range prior.Points() {
		price := new(big.Rat).SetFrac64(modelTalk(r, int64(p.Seconds)), 6000)
		price.Add(price, new(big.Rat).SetInt64(int64(r.ConnectionFee)))
		if p.Seconds <= r.Grace {
			continue
		}
		if least := new(big.Rat).SetInt64(int64(r.Minimum)); price.Cmp(least) < 0 {
			price = least
		}
		cost.Add(cost, price.Mul(price, big.NewRat(int64(p.Weight), rate.Weight)))
	}
	attempt = new(big.Rat).SetInt64(int64(r.AttemptFee))
	cost.Add(cost, attempt)
	fx := big.NewRat(int64(d.FX[1]), int64(d.FX[currency]))
	return cost.Mul(cost, fx), attempt.Mul(attempt, fx)
}

// modelTalk lays increment after increment: seconds times price per minute.
func modelTalk(r *deckRow, seconds int64) (sum int64) {
	length := int64(r.First)
	for billed := int64(0); billed < seconds-int64(r.Free); billed += length {
		if billed > 0 {
			length = int64(r.Next)
		}
		perMinute := r.PerMinute
		for _, s := range r.Steps {
			if s.After > 0 && int64(s.After) <= billed {
				perMinute = s.PerMinute
			}
		}
		sum += length * int64(perMinute)
	}
	return sum
}

// up rounds to the next whole millionth.
func up(r *big.Rat) *big.Int {
	v := new(big.Int).Div(r.Num(), r.Denom())
	if !r.IsInt() {
		v.Add(v, big.NewInt(1))
	}
	return v
}
