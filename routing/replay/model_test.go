package replay_test

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/billing/rate"
	"tandem/geo"
	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/routing"
	"tandem/routing/replay"
)

// The model adds up calls in the plainest way: routing names the first route of
// each side; its rate is looked for in the plain rows; prices are fractions,
// rounded where the package says so; sums are big numbers.
func TestTotalsAgainstModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := drawModel(t)
		report, err := replay.Run(m.ctx.Context(), m.sides[0].snapshot, m.sides[1].snapshot, replay.Options{
			Policy: m.sides[1].policy, By: replay.Dimensions(), Examples: 3, Place: firstDigit,
		}, of(m.calls), nil)
		if err != nil {
			t.Fatal(err)
		}
		want := m.count()
		if got := sums(report); !slices.Equal(got, want) {
			t.Fatalf("\n got %v\nwant %v", got, want)
		}
		checkRows(t, report)
	})
}

// firstDigit makes the first digit the country and the second the place.
func firstDigit(n string) geo.Place {
	return geo.Place{Country: n[:1], Region: n[:2]}
}

// sums is the report's money and counts in words.
func sums(r *replay.Report) []string {
	t := &r.Total
	list := []string{
		fmt.Sprintf("calls %d changed %d gain %s talk %d", t.Calls, t.Changed, t.Gain, t.TalkMS),
		fmt.Sprintf("before routed %d talk %d cost %s sale %s margin %s", t.Before.Calls, t.Before.TalkMS, t.Before.Cost, t.Before.Sale, t.Before.Margin()),
		fmt.Sprintf("after routed %d talk %d cost %s sale %s margin %s", t.After.Calls, t.After.TalkMS, t.After.Cost, t.After.Sale, t.After.Margin()),
		fmt.Sprintf("recorded %d same %d priced %d cost %s replayed %s", r.Recorded.Carried, r.Recorded.SameWay, r.Recorded.Priced, r.Recorded.Cost, r.Recorded.Replayed),
	}
	for _, table := range r.Tables {
		for _, v := range table.Rows {
			if table.By == replay.ByProvider {
				list = append(list, fmt.Sprintf("%s before %d %s after %d %s lost %d won %d", v.Name, v.Before.Calls, v.Before.Cost, v.After.Calls, v.After.Cost, v.Lost, v.Won))
			}
			if table.By == replay.ByDestination {
				list = append(list, fmt.Sprintf("%s before %s after %s gain %s", v.Name, v.Before.Cost, v.After.Cost, v.Gain))
			}
		}
	}
	for _, v := range r.Moves {
		list = append(list, fmt.Sprintf("%d>%d calls %d gain %s", v.From.ProviderID, v.To.ProviderID, v.Calls, v.Gain))
	}
	slices.Sort(list)
	return list
}

// checkRows: the rows of a dimension, the moves and the reasons agree with the
// total.
func checkRows(t *rapid.T, r *replay.Report) {
	moved := int64(0)
	for _, m := range r.Moves {
		moved += m.Calls
	}
	if moved != r.Total.Changed {
		t.Fatalf("%d calls move, %d change", moved, r.Total.Changed)
	}
	for _, table := range r.Tables {
		var sum replay.Row
		for _, v := range table.Rows {
			sum.Calls += v.Calls
			sum.Gain += v.Gain
			sum.Before.Cost += v.Before.Cost
			sum.After.Cost += v.After.Cost
			sum.Before.TalkMS += v.Before.TalkMS
			sum.After.Sale += v.After.Sale
			sum.After.SoldCost += v.After.SoldCost
		}
		total := &r.Total
		same := sum.Before.Cost == total.Before.Cost && sum.After.Cost == total.After.Cost && sum.After.Sale == total.After.Sale &&
			sum.After.SoldCost == total.After.SoldCost && sum.Before.TalkMS == total.Before.TalkMS
		if table.By != replay.ByProvider {
			same = same && sum.Calls == total.Calls && sum.Gain == total.Gain
		}
		if !same {
			t.Fatalf("rows by %s add up to %+v, the total is %+v", table.By, sum, total)
		}
	}
	for i := 1; i < len(r.Examples); i++ {
		x, y := r.Examples[i-1].Gain, r.Examples[i].Gain
		if max(x, -x) < max(y, -y) {
			t.Fatalf("examples out of order: %+v", r.Examples)
		}
	}
	if want := min(3, r.Total.Changed); int64(len(r.Examples)) != want {
		t.Fatalf("%d examples, want %d", len(r.Examples), want)
	}
}

type model struct {
	ctx   *rapid.T
	data  routing.Data
	sides [2]modelSide
	calls []replay.Call
}

type modelSide struct {
	snapshot *routing.Snapshot
	policy   *routing.Policy
	rows     map[int64][]routing.DeckRow // by provider; the tariff's under 0
	tickets  map[int64]uint64
}

func drawModel(t *rapid.T) *model {
	m := &model{ctx: t}
	m.data = routing.Data{
		Currencies: []routing.Currency{{ID: 1, ISO: "USD"}, {ID: 2, ISO: "RUB"}},
		FX:         map[int64]money.FX{1: 110_000_000, 2: money.FX(rapid.Int64Range(1e8, 2e10).Draw(t, "rouble"))},
		Servers:    []routing.Server{{ID: 1, Name: "sw"}},
		Tariffs:    []routing.Tariff{{ID: 1, Name: "retail", CurrencyID: rapid.Int64Range(1, 2).Draw(t, "tariff's currency")}},
		Accounts:   []routing.Account{{ID: 1, Name: "one", Enabled: true, TariffID: 1, NoLoss: rapid.Bool().Draw(t, "no loss")}, {ID: 2, Name: "two", Enabled: true}},
	}
	for id := int64(1); id <= 3; id++ {
		m.data.Providers = append(m.data.Providers, routing.Provider{ID: id, Name: fmt.Sprint("p", id), CurrencyID: rapid.Int64Range(1, 2).Draw(t, "currency"), Enabled: true, Dynamic: true, Plain: true})
		m.data.Addresses = append(m.data.Addresses, routing.Address{ID: id, ProviderID: id, Host: "sbc.example", Direction: routing.Out, Protocol: "SIP"})
	}
	if rapid.Bool().Draw(t, "policy by rule") {
		m.data.Policies = []routing.Policy{drawPolicy(t, 7)}
		m.data.PolicyRules = []routing.PolicyRule{{ID: 1, PolicyID: 7, Match: routing.Match{BPrefix: "1"}}}
	}
	rows := map[int64][]routing.DeckRow{}
	for owner := int64(0); owner <= 3; owner++ {
		rows[owner] = drawRows(t)
	}
	m.sides[0] = m.side(t, rows)
	drafts := map[int64][]routing.DeckRow{}
	maps.Copy(drafts, rows)
	owner := rapid.Int64Range(0, 3).Draw(t, "draft of")
	drafts[owner] = drawRows(t)
	m.sides[1] = m.side(t, drafts)
	if rapid.Bool().Draw(t, "draft policy") {
		p := drawPolicy(t, 0)
		m.sides[1].policy = &p
	}
	for i := range rapid.IntRange(1, 30).Draw(t, "calls") {
		c := replay.Call{
			ID: strconv.Itoa(i), Server: "sw", AccountID: rapid.Int64Range(1, 2).Draw(t, "account"), BNumber: e164.Number(rapid.StringMatching(`[12]{7,9}`).Draw(t, "B-number")),
			StartedAt: monday, Answered: rapid.Bool().Draw(t, "answered"), Talk: time.Duration(rapid.Int64Range(0, 4e6).Draw(t, "talk")) * time.Millisecond,
			Route: rapid.SampledFrom([]string{"", "1.c.a1", "2.c.a2", "3.c.a3", "nonsense"}).Draw(t, "route"),
		}
		m.calls = append(m.calls, c)
	}
	return m
}

func drawPolicy(t *rapid.T, id int64) routing.Policy {
	p := routing.Policy{ID: id, Name: "policy", Kind: rapid.SampledFrom([]routing.PolicyKind{routing.LeastCost, routing.Priority, routing.Share, routing.BandShare}).Draw(t, "kind"), Band: 1000}
	for provider := int64(1); provider <= 3; provider++ {
		p.Routes = append(p.Routes, routing.PolicyRoute{ProviderID: provider, Place: rapid.IntRange(1, 3).Draw(t, "place"), Weight: rapid.IntRange(1, 3).Draw(t, "weight")})
	}
	return p
}

// drawRows is a deck: each prefix once.
func drawRows(t *rapid.T) []routing.DeckRow {
	var rows []routing.DeckRow
	for _, prefix := range rapid.SliceOfNDistinct(rapid.StringMatching(`[12]{1,3}`), 0, 6, rapid.ID).Draw(t, "prefixes") {
		rows = append(rows, routing.DeckRow{Prefix: prefix, Blocked: rapid.IntRange(0, 9).Draw(t, "blocked") == 0, Rate: rate.Rate{
			PerMinute: money.Rate(rapid.Int64Range(0, 3e8).Draw(t, "per minute")), ConnectionFee: money.Amount(rapid.SampledFrom([]int64{0, 1, 99_999}).Draw(t, "fee")),
			Minimum: money.Amount(rapid.SampledFrom([]int64{0, 0, 20_000}).Draw(t, "minimum")), AttemptFee: money.Amount(rapid.SampledFrom([]int64{0, 1, 10_001}).Draw(t, "attempt fee")),
			First: rapid.SampledFrom([]int32{1, 6, 30, 60}).Draw(t, "first"), Next: rapid.SampledFrom([]int32{1, 6, 60}).Draw(t, "next"),
		}})
	}
	return rows
}

func (m *model) side(t *rapid.T, rows map[int64][]routing.DeckRow) modelSide {
	d, byDeck := m.data, map[int64][]routing.DeckRow{}
	for owner, list := range rows {
		deck := routing.Deck{ID: 100 + owner, Revision: 1, ProviderID: owner, Tier: routing.TierCLI}
		if owner == 0 {
			deck.TariffID, deck.Tier = 1, 0
		}
		d.Decks = append(d.Decks, deck)
		byDeck[deck.ID] = list
	}
	var err error
	if d.Rates, err = routing.TableOf(d.Decks, byDeck); err != nil {
		t.Fatal(err)
	}
	s, problems, err := routing.NewSnapshot(d, routing.Options{BaseCurrency: "USD"}, monday)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	return modelSide{snapshot: s, rows: rows, tickets: map[int64]uint64{}}
}

// verdict is what a side of the model makes of a call.
type verdict struct {
	provider   int64 // 0: no route
	cost, sale *big.Int
}

func (m *model) decide(s *modelSide, c *replay.Call) verdict {
	r := routing.Request{Server: s.snapshot.Server("sw"), Account: s.snapshot.Account(c.AccountID), BNumber: c.BNumber, At: c.StartedAt, Policy: s.policy}
	if r.Policy == nil {
		r.Policy = s.snapshot.Policy(c.AccountID, "", c.BNumber, c.StartedAt)
	}
	if r.Policy != nil {
		r.Ticket = s.tickets[r.Policy.ID]
		s.tickets[r.Policy.ID]++
	}
	v := verdict{cost: new(big.Int)}
	var plan routing.Plan
	s.snapshot.Plan(r, &plan)
	if len(plan.Routes) == 0 {
		return v
	}
	v.provider = plan.Routes[0].Provider.ID
	v.cost = m.price(s, v.provider, m.data.Providers[v.provider-1].CurrencyID, c)
	if c.AccountID == 1 && m.row(s, 0, c.BNumber) != nil {
		v.sale = m.price(s, 0, m.data.Tariffs[0].CurrencyID, c)
	}
	return v
}

// row is the rate at the owner's longest prefix.
func (m *model) row(s *modelSide, owner int64, b e164.Number) *routing.DeckRow {
	var best *routing.DeckRow
	for i, r := range s.rows[owner] {
		if strings.HasPrefix(string(b), r.Prefix) && (best == nil || len(r.Prefix) > len(best.Prefix)) {
			best = &s.rows[owner][i]
		}
	}
	return best
}

// price is in millionths of a dollar.
func (m *model) price(s *modelSide, owner, currency int64, c *replay.Call) *big.Int {
	r := m.row(s, owner, c.BNumber)
	sum := big.NewInt(int64(r.AttemptFee))
	if talk := c.Talk; c.Answered && talk > 0 {
		billed := int64(r.First)
		for time.Duration(billed)*time.Second < talk {
			billed += int64(r.Next)
		}
		price := half(big.NewRat(int64(r.PerMinute)*billed, 6000))
		price.Add(price, big.NewInt(int64(r.ConnectionFee)))
		if least := big.NewInt(int64(r.Minimum)); price.Cmp(least) < 0 {
			price = least
		}
		sum.Add(sum, price)
	}
	value := new(big.Rat).SetInt(sum)
	return half(value.Mul(value, big.NewRat(int64(m.data.FX[1]), int64(m.data.FX[currency]))))
}

// half rounds half up.
func half(r *big.Rat) *big.Int {
	r = new(big.Rat).Add(r, big.NewRat(1, 2))
	return new(big.Int).Div(r.Num(), r.Denom())
}

func (m *model) count() []string {
	type row struct {
		calls     [2]int64
		cost      [2]*big.Int
		gain      *big.Int
		lost, won int64
	}
	fresh := func() *row { return &row{cost: [2]*big.Int{new(big.Int), new(big.Int)}, gain: new(big.Int)} }
	total, sale, margin, changed := fresh(), [2]*big.Int{new(big.Int), new(big.Int)}, [2]*big.Int{new(big.Int), new(big.Int)}, 0
	providers, places, moves := map[int64]*row{}, map[string]*row{}, map[[2]int64]*row{}
	at := func(p int64) *row {
		if providers[p] == nil {
			providers[p] = fresh()
		}
		return providers[p]
	}
	talk, sideTalk := int64(0), [2]int64{}
	carried, same, priced, cost, replayed := 0, 0, 0, new(big.Int), new(big.Int)
	for i := range m.calls {
		c := &m.calls[i]
		v := [2]verdict{m.decide(&m.sides[0], c), m.decide(&m.sides[1], c)}
		gain := modelGain(v)
		if c.Answered {
			talk += c.Talk.Milliseconds()
		}
		place := string(c.BNumber[:2]) + ", " + string(c.BNumber[:1])
		if places[place] == nil {
			places[place] = fresh()
		}
		for _, r := range []*row{total, places[place]} {
			r.gain.Add(r.gain, gain)
		}
		for s := range v {
			for _, r := range []*row{total, places[place]} {
				r.cost[s].Add(r.cost[s], v[s].cost)
			}
			if v[s].provider != 0 {
				total.calls[s]++
				if c.Answered {
					sideTalk[s] += c.Talk.Milliseconds()
				}
				p := at(v[s].provider)
				p.calls[s]++
				p.cost[s].Add(p.cost[s], v[s].cost)
			}
			if v[s].sale != nil {
				sale[s].Add(sale[s], v[s].sale)
				margin[s].Add(margin[s], v[s].sale).Sub(margin[s], v[s].cost)
			}
		}
		if v[0].provider != v[1].provider {
			changed++
			if v[0].provider != 0 {
				at(v[0].provider).lost++
			}
			if v[1].provider != 0 {
				at(v[1].provider).won++
			}
			key := [2]int64{v[0].provider, v[1].provider}
			if moves[key] == nil {
				moves[key] = fresh()
			}
			moves[key].calls[0]++
			moves[key].gain.Add(moves[key].gain, gain)
		}
		if c.Answered && strings.Contains(c.Route, ".") {
			carried++
			by := int64(c.Route[0] - '0')
			if by == v[0].provider {
				same++
			}
			if row := m.row(&m.sides[0], by, c.BNumber); v[0].provider != 0 && row != nil && !row.Blocked {
				priced++
				cost.Add(cost, m.price(&m.sides[0], by, m.data.Providers[by-1].CurrencyID, c))
				replayed.Add(replayed, v[0].cost)
			}
		}
	}
	a := func(v *big.Int) money.Amount { return money.Amount(v.Int64()) }
	list := []string{
		fmt.Sprintf("calls %d changed %d gain %s talk %d", len(m.calls), changed, a(total.gain), talk),
		fmt.Sprintf("recorded %d same %d priced %d cost %s replayed %s", carried, same, priced, a(cost), a(replayed)),
	}
	for s, name := range []string{"before", "after"} {
		list = append(list, fmt.Sprintf("%s routed %d talk %d cost %s sale %s margin %s", name, total.calls[s], sideTalk[s], a(total.cost[s]), a(sale[s]), a(margin[s])))
	}
	for id, r := range providers {
		list = append(list, fmt.Sprintf("p%d before %d %s after %d %s lost %d won %d", id, r.calls[0], a(r.cost[0]), r.calls[1], a(r.cost[1]), r.lost, r.won))
	}
	for name, r := range places {
		list = append(list, fmt.Sprintf("%s before %s after %s gain %s", name, a(r.cost[0]), a(r.cost[1]), a(r.gain)))
	}
	for key, r := range moves {
		list = append(list, fmt.Sprintf("%d>%d calls %d gain %s", key[0], key[1], r.calls[0], a(r.gain)))
	}
	slices.Sort(list)
	return list
}

func modelGain(v [2]verdict) *big.Int {
	gain := new(big.Int)
	both := v[0].provider != 0 && v[1].provider != 0
	if both || v[0].sale != nil {
		gain.Add(gain, v[0].cost)
	}
	if both || v[1].sale != nil {
		gain.Sub(gain, v[1].cost)
	}
	if v[1].sale != nil && (!both || v[0].sale != nil) {
		gain.Add(gain, v[1].sale)
	}
	if v[0].sale != nil && (!both || v[1].sale != nil) {
		gain.Sub(gain, v[0].sale)
	}
	return gain
}
