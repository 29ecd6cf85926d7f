package routing

import (
	"cmp"
	"math"
	"slices"

	"tandem/billing/rate"
	"tandem/internal/money"
)

// rank gives every candidate its place by the policy and sorts. Preferred routes
// go first, then the policy's order, then the expected cost; between equals the
// better tier, then the lower ids, so that the same rows always give the same
// plan.
func (p *Plan) rank() {
	switch {
	case p.Policy == nil:
	case p.Policy.Kind == Priority:
		for i := range p.found {
			c := &p.found[i]
			c.rank = int32(p.Policy.route(c.deck.provider.ID, c.deck.tier).Place)
		}
	case p.Policy.Kind == Share, p.Policy.Kind == BandShare:
		p.share()
	case p.Policy.Kind == Quality && p.request.Quality != nil:
		p.weigh()
	}
	for i := range p.found {
		c := &p.found[i]
		p.order = append(p.order, place{
			rank: int64(c.class)<<33 + int64(c.rank), worth: c.worth, cost: p.prices[c.price].cost.Down, at: uint32(i),
		})
	}
	if p.mustEarn() || len(p.order) <= MaxRoutes {
		slices.SortFunc(p.order, func(a, b place) int { return p.compare(&a, &b) })
	} else {
		p.selectFirst()
	}
}

// mustEarn says that routes are left out by what they cost, so that more than
// the first ten may be looked at.
func (p *Plan) mustEarn() bool { return p.Sold && p.request.Account.NoLoss }

// selectFirst puts the first MaxRoutes places in order and leaves the others as
// they come: nobody asks in which order they are not tried.
func (p *Plan) selectFirst() {
	best := p.order[:0]
	for _, v := range p.order {
		if len(best) == MaxRoutes {
			if p.compare(&v, &best[MaxRoutes-1]) >= 0 {
				p.late = append(p.late, v)
				continue
			}
			p.late = append(p.late, best[MaxRoutes-1])
			best = best[:MaxRoutes-1]
		}
		i := len(best)
		best = best[:i+1] // within the room of what has been read
		for ; i > 0 && p.compare(&v, &best[i-1]) < 0; i-- {
			best[i] = best[i-1]
		}
		best[i] = v
	}
	p.order = append(best, p.late...)
}

// place is a candidate by what orders it.
type place struct {
	rank  int64 // preferred ones first, then as the policy says
	worth int64
	cost  money.Amount
	at    uint32 // in found
}

// compare is called some hundred times a call, so it looks at one thing after
// the other and seldom beyond the cost.
func (p *Plan) compare(a, b *place) int {
	if a.rank != b.rank {
		return cmp.Compare(a.rank, b.rank)
	}
	if a.worth != b.worth {
		return cmp.Compare(b.worth, a.worth)
	}
	if a.cost != b.cost {
		return cmp.Compare(a.cost, b.cost) // what differs when rounded down differs exactly
	}
	v, w := &p.found[a.at], &p.found[b.at]
	x, y := &p.prices[v.price], &p.prices[w.price]
	if c := rate.CompareFX(x.exact, x.fx, y.exact, y.fx); c != 0 {
		return c
	}
	k, l := v.key(), w.key()
	return cmp.Or(
		cmp.Compare(l.Tier, k.Tier),
		cmp.Compare(k.ProviderID, l.ProviderID),
		cmp.Compare(k.AddressID, l.AddressID), // a gate, which has none, comes first
		cmp.Compare(k.GateID, l.GateID),
	)
}

func (c *candidate) key() Key {
	k := Key{ProviderID: c.deck.provider.ID, Tier: c.deck.tier}
	if c.gate != nil {
		k.GateID = c.gate.ID
	} else {
		k.AddressID = c.address.ID
	}
	return k
}

// choose takes the routes from the order: at most MaxRoutes, and for an account
// that must not lose only those that, after all attempts before them have
// failed, still cost no more than the call is sold for.
func (p *Plan) choose() {
	mustEarn := p.mustEarn()
	var spent money.Amount // fees of the attempts before
	for i := range p.order {
		c := &p.found[p.order[i].at]
		v := &p.prices[c.price]
		switch {
		case len(p.Routes) >= MaxRoutes:
			p.dropAt(c.key(), c.deck, ReasonOverLimit, "", v.cost.Nearest)
		case p.Markup != nil && p.markupReason(v) != "":
			p.dropAt(c.key(), c.deck, p.markupReason(v), "", v.cost.Nearest)
		case mustEarn && v.cost.Up > p.Sale-min(spent, p.Sale):
			p.dropAt(c.key(), c.deck, ReasonWouldLose, "", v.cost.Nearest)
		default:
			p.Routes = append(p.Routes, p.route(c, v, p.weight(p.order[i].at)))
			if mustEarn {
				spent += v.attempt
			}
		}
	}
}

// Skip leaves out the first routes, each for its reason: there was no room any
// more when the call came to be placed.
func (p *Plan) Skip(reasons []Reason) {
	for i, reason := range reasons {
		r := &p.Routes[i]
		p.Dropped = append(p.Dropped, Drop{Key: r.Key, Provider: r.Provider, Tier: r.Tier, Reason: reason, Cost: r.Cost})
	}
	p.Routes = slices.Delete(p.Routes, 0, len(reasons))
}

// Refuse takes every route back: the call may not be made after all.
func (p *Plan) Refuse(reason Reason) { p.Refused, p.Routes = reason, p.Routes[:0] }

func (p *Plan) route(c *candidate, v *price, w *Weight) Route {
	s := p.snapshot
	native, err := v.exact.Amount()
	if err != nil {
		native = 0 // out of range natively, though not in the base currency
	}
	return Route{
		Key: c.key(), Provider: c.deck.provider, Tier: c.deck.tier, Gate: c.gate, Address: c.address, CLI: c.cli,
		Deck: c.deck.id, Prefix: p.request.Routing[:v.depth], Rate: s.rates.rate(s.rates.trie.entries[v.entry]), Native: native, Cost: v.cost.Nearest, Rule: c.preferred, Weight: w, digits: c.deck.prefix,
	}
}

// group is what a policy shares between: a provider, or one tier of it.
type group struct {
	route    *PolicyRoute // nil: a provider that the policy does not name
	provider int64
	weight   uint64
	rank     int32 // -1: not drawn yet
}

// share draws the order of the groups with the call's ticket. Over as many
// tickets as the weights add up to, every group comes first exactly as often as
// its weight says; the others follow by the same rule.
func (p *Plan) share() {
	if len(p.found) == 0 {
		return // a ticket that nobody uses would be missing from somebody's share
	}
	if draw := p.request.Draw; draw != nil {
		p.Ticket = draw(p.Policy)
	}
	bound := p.band()
	for i := range p.found {
		c := &p.found[i]
		c.rank = math.MaxInt32 // outside the band: after all others, by cost
		if p.prices[c.price].cost.Down <= bound {
			c.rank = int32(p.groupOf(c))
		}
	}
	p.draw()
	for i := range p.found {
		if c := &p.found[i]; c.rank != math.MaxInt32 {
			c.rank = p.groups[c.rank].rank
		}
	}
}

// band is the dearest cost that still takes part. A millionth that rounding
// leaves open is decided in favour of sharing.
func (p *Plan) band() (bound money.Amount) {
	if p.Policy.Kind == Share {
		return math.MaxInt64
	}
	least := money.Amount(math.MaxInt64)
	for i := range p.found {
		least = min(least, p.prices[p.found[i].price].cost.Up)
	}
	const whole = 100 * 100 // Band is in hundredths of a percent
	if least > money.Amount(math.MaxInt64/int64(whole+p.Policy.Band)) {
		return math.MaxInt64
	}
	return least * money.Amount(whole+p.Policy.Band) / whole
}

func (p *Plan) groupOf(c *candidate) int {
	provider := c.deck.provider.ID
	route := p.Policy.route(provider, c.deck.tier)
	for i := range p.groups {
		if g := &p.groups[i]; g.route == route && (route != nil || g.provider == provider) {
			return i
		}
	}
	g := group{route: route, provider: provider, weight: 1, rank: -1}
	if route != nil {
		g.weight = uint64(route.Weight)
	}
	p.groups = append(p.groups, g)
	return len(p.groups) - 1
}

func (p *Plan) draw() {
	total := uint64(0)
	for i := range p.groups {
		total += p.groups[i].weight
	}
	ticket := p.Ticket
	for n := range p.groups {
		lot := ticket % total
		if n == 0 {
			lot = spread(lot, total)
		}
		ticket /= total
		for i := range p.groups {
			g := &p.groups[i]
			if g.rank >= 0 {
				continue
			}
			if lot < g.weight {
				g.rank = int32(n)
				total -= g.weight
				break
			}
			lot -= g.weight
		}
	}
}

// spread maps 0…total-1 onto itself so that neighbours end up far apart: calls
// alternate between the routes instead of coming in runs.
func spread(lot, total uint64) uint64 {
	step := total * 618 / 1000 // about the golden section
	for step > 1 && gcd(step, total) != 1 {
		step--
	}
	return lot * max(step, 1) % total
}

func gcd(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
