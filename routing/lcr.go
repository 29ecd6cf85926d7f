package routing

import (
	"math/bits"
	"time"

	"tandem/billing/rate"
	"tandem/internal/e164"
	"tandem/internal/money"
)

// Request is what a plan is made for. The account and the number to show have
// been settled before (Present).
type Request struct {
	Server  *Server
	Account *Account
	Shown   Presented
	BNumber e164.Number
	Routing e164.Number // of a ported number: what is looked up in the decks; empty: BNumber
	At      time.Time
	Policy  *Policy              // instead of the one that the rules pick; nil: that one
	Ticket  uint64               // policies that share: 0, 1, 2, … of their calls; the same ticket draws the same order
	Draw    func(*Policy) uint64 // instead of Ticket: asked only when there is something to share; nil: Ticket
	Room    Room                 // nil: there is room everywhere
	Quality Evidence             // nil: none, quality policies go by cost
}

// Room knows how much is going on right now: channels in use, calls of this
// second, routes that rest. An empty reason: there is room.
type Room interface {
	Room(provider, gate, address int64, at time.Time) Reason
	AccountRoom(account int64, at time.Time) Reason
}

// Route is one way to carry the call.
type Route struct {
	Key      Key
	Provider *Provider
	Tier     Tier
	Gate     *Gate    // nil when the way out is an address
	Address  *Address // nil when the way out is a gate
	CLI      e164.Number
	Deck     int64 // id of the deck in force
	Prefix   e164.Number
	Rate     rate.Rate
	Native   money.Amount // expected cost in the provider's currency
	Cost     money.Amount // expected cost in the base currency
	Rule     string       // that prefers it
	Weight   *Weight      // by what it was ordered; nil: not by its quality
	digits   string       // technical prefix
}

// Drop is a candidate that is no route, and why.
type Drop struct {
	Key      Key // without gate and address where the whole deck is out
	Provider *Provider
	Tier     Tier
	Reason   Reason
	Detail   string
	Cost     money.Amount // expected, in the base currency; 0: not priced
}

// Plan is the answer to a Request: the routes in order, at most MaxRoutes, and
// every candidate that was left out. It may be used for one request after the
// other and then allocates nothing; what it holds is valid until the next.
type Plan struct {
	Refused  Reason  // set: the call may not be made at all
	Detail   string  // of Refused: which row says so
	Redirect *Server // set: the number shown lives there
	Routes   []Route
	Dropped  []Drop
	Policy   *Policy      // that ordered the routes; nil: least cost
	Ticket   uint64       // with which it drew
	Lengths  string       // prefix whose call lengths were expected
	Sale     money.Amount // expected price to the account, in the base currency, rounded down
	Sold     bool         // Sale is known
	Markup   *Markup      // set: the account pays each route's cost and so much more

	sellMatch match
	sellDeck  *tariff

	snapshot *Snapshot
	request  Request
	profile  *lengthProfile
	milli    int64 // request.At
	rules    []*RouteRule
	forced   bool    // a rule allows only its own routes
	matches  []match // by slot
	prices   []price
	found    []candidate
	order    []place
	late     []place // scratch of selectFirst
	groups   []group
	weighing Weighing
	offers   []Weighed // of found, for a policy that goes by quality
	reasons  Reasons
}

// match is the rate of one deck for the number.
type match struct {
	entry uint32 // place in the trie's entries plus one; 0: none
	depth uint8  // digits of its prefix
}

// price is what a deck's rate makes of the expected call.
type price struct {
	entry   uint32 // place in the trie's entries
	depth   uint8
	exact   rate.Exact // native
	fx      money.FX
	cost    rate.Rounded // in the base currency
	attempt money.Amount // fee of a failed attempt, in the base currency, rounded up
}

// candidate is a way out that may carry the call.
type candidate struct {
	deck      *deck
	gate      *Gate
	address   *Address
	cli       e164.Number
	price     uint32 // place in prices
	class     uint8  // 0: preferred by a rule
	preferred string // which
	rank      int32  // of its policy: lower first
	worth     int64  // quality: higher first
}

// Plan finds the routes for a call and writes them into p. It is a pure function
// of the snapshot and the request.
func (s *Snapshot) Plan(r Request, p *Plan) {
	p.begin(s, r)
	if reason := p.refused(); reason != "" {
		p.Refused = reason
		return
	}
	if home := s.Home(r.Shown.Number, r.Server); home != nil && home != r.Server {
		p.redirect(home)
		return
	}
	if r.Room != nil { // a call that is handed over is counted where it leaves
		if p.Refused = r.Room.AccountRoom(r.Account.ID, r.At); p.Refused != "" {
			return
		}
	}
	p.lookup()
	if reason := p.sell(); reason != "" {
		p.Refused = reason
		return
	}
	for i := range s.decks {
		p.addDeck(&s.decks[i])
	}
	p.rank()
	p.choose()
}

func (p *Plan) begin(s *Snapshot, r Request) {
	if r.Routing == "" {
		r.Routing = r.BNumber
	}
	*p = Plan{
		snapshot: s, request: r, milli: r.At.UnixMilli(), Policy: r.Policy, Ticket: r.Ticket,
		Routes: p.Routes[:0], Dropped: p.Dropped[:0], rules: p.rules[:0], matches: p.matches[:0], prices: p.prices[:0],
		found: p.found[:0], order: p.order[:0], late: p.late[:0], groups: p.groups[:0], offers: p.offers[:0], reasons: p.reasons,
	}
	if p.Policy == nil {
		p.Policy = s.Policy(r.Account.ID, r.Shown.CLI, r.BNumber, r.At)
	}
}

func (p *Plan) redirect(home *Server) {
	if home.IAX2 == "" {
		p.Dropped = append(p.Dropped, Drop{Key: Key{ServerID: home.ID}, Reason: ReasonServerUnbound, Detail: home.Name})
		return
	}
	p.Redirect = home
}

// refused collects the rules for the call and says what forbids it altogether.
func (p *Plan) refused() Reason {
	s, r := p.snapshot, &p.request
	called := s.where(r.BNumber)
	if reason, row := s.blocked(r.Account.ID, r.Shown.CLI, r.BNumber, &called); reason != "" {
		p.Detail = row
		return reason
	}
	if r.Account.AllowOnly && !s.allowed.has(r.Account.ID, r.BNumber) {
		return ReasonNotAllowed
	}
	for _, rule := range s.routeRules.of(r.Account.ID) {
		if !rule.matches(r.Account.ID, r.Shown.CLI, r.BNumber, r.At, &called) {
			continue
		}
		if rule.blocksAll() {
			p.Detail = rule.name
			return placeReason(&rule.Place, rule.Quiet)
		}
		p.forced = p.forced || rule.Action == Force
		p.rules = append(p.rules, rule)
	}
	return ""
}

// lookup finds for each deck its own longest prefix that is in force, never a
// shallower one because it is cheaper.
func (p *Plan) lookup() {
	s := p.snapshot
	number := string(p.request.Routing)
	p.profile = s.lengths.longest(string(p.request.BNumber)) // as they were measured
	p.Lengths = p.profile.prefix
	t := s.rates
	if t == nil {
		return
	}
	if cap(p.matches) < len(t.decks) {
		p.matches = make([]match, len(t.decks))
	}
	p.matches = p.matches[:len(t.decks)]
	clear(p.matches)
	var path [maxDepth]uint32
	left := len(t.decks) // to be found; the shorter prefixes are not looked at once all are
	for depth := t.trie.find(number, &path); depth > 0 && left > 0; depth-- {
		n := &t.trie.nodes[path[depth-1]]
		run := t.trie.entries[n.first:n.end]
		for i := range run {
			e := &run[i]
			if m := &p.matches[e.slot]; m.entry == 0 && (e.time == 0 || t.inForce(e, p.request.At, p.milli)) {
				*m = match{n.first + uint32(i) + 1, uint8(depth)}
				left--
			}
		}
	}
}

// matched is the rate found in a slot.
func (p *Plan) matched(slot int) (match, bool) {
	if slot < 0 || slot >= len(p.matches) || p.matches[slot].entry == 0 {
		return match{}, false
	}
	return p.matches[slot], true
}

// price works out what the matched rate makes of the expected call, in p.prices.
func (p *Plan) price(m match, currency int64, fx money.FX) (*price, Reason, string) {
	s := p.snapshot
	e := &s.rates.trie.entries[m.entry-1]
	part := &s.rates.parts[e.part]
	switch {
	case part.blocked:
		return nil, ReasonBlockedPrefix, ""
	case fx == 0:
		return nil, ReasonNoFX, s.currencies[currency]
	}
	v := room(&p.prices)
	v.entry, v.depth, v.fx, v.attempt = m.entry-1, m.depth, fx, 0
	if part.plain {
		v.exact = rate.Linear(e.perMinute, p.profile.billed[part.steps], part.fee+part.attempt)
	} else {
		full := s.rates.rate(*e)
		v.exact = p.profile.lengths.Expect(&full, 0)
	}
	var err error
	if v.cost, err = v.exact.In(fx, s.baseFX); err != nil {
		return nil, ReasonRateInvalid, err.Error()
	}
	if part.attempt != 0 {
		if v.attempt, err = roundUp(part.attempt, fx, s.baseFX); err != nil {
			return nil, ReasonRateInvalid, err.Error()
		}
	}
	return v, "", ""
}

// room makes place for one more and returns it, as it was left: it is filled in
// where it lies instead of being copied there.
func room[T any](list *[]T) *T {
	n := len(*list)
	if n < cap(*list) {
		*list = (*list)[:n+1]
	} else {
		*list = append(*list, *new(T))
	}
	return &(*list)[n]
}

// roundUp converts a sum and rounds it up.
func roundUp(a money.Amount, from, to money.FX) (money.Amount, error) {
	if from == to {
		return a, nil
	}
	hi, lo := bits.Mul64(uint64(a), uint64(to))
	lo, carry := bits.Add64(lo, uint64(from)-1, 0)
	if hi += carry; hi >= uint64(from) {
		return 0, money.ErrOverflow
	}
	q, _ := bits.Div64(hi, lo, uint64(from))
	return money.Amount(q), nil
}

// sell finds what the account pays for the expected call. An account is not
// served where its tariff has no price.
func (p *Plan) sell() Reason {
	account := p.request.Account
	tariff := p.snapshot.tariffs[account.TariffID]
	switch {
	case tariff == nil:
		return ""
	case tariff.bad:
		return ReasonNoSellRate
	case tariff.Markup != nil:
		p.Markup = tariff.Markup
		return ""
	}
	m, ok := p.matchSale(tariff)
	if !ok {
		return ReasonNoSellRate // whoever may lose on a call still has to pay for it
	}
	v, reason, _ := p.price(m, tariff.CurrencyID, tariff.fx)
	if reason != "" {
		return reason
	}
	p.Sale, p.Sold = v.cost.Down, true
	p.sellMatch, p.sellDeck = m, tariff
	return ""
}

// RateOf is the rate that was found in a provider's deck for a tier, whatever
// became of the candidate; ok is false when none is in force, or it closes the
// destination.
func (p *Plan) RateOf(provider int64, tier Tier) (r rate.Rate, ok bool) {
	for i := range p.snapshot.decks {
		d := &p.snapshot.decks[i]
		if d.provider.ID != provider || d.tier != tier {
			continue
		}
		m, found := p.matched(d.slot)
		if !found {
			return rate.Rate{}, false
		}
		t := p.snapshot.rates
		e := t.trie.entries[m.entry-1]
		return t.rate(e), !t.parts[e.part].blocked
	}
	return rate.Rate{}, false
}

// SellRate is the rate of the account's tariff for the number, with its currency;
// ok is false when the account has no price.
func (p *Plan) SellRate() (r rate.Rate, currencyID int64, ok bool) {
	if !p.Sold {
		return rate.Rate{}, 0, false
	}
	t := p.snapshot.rates
	return t.rate(t.trie.entries[p.sellMatch.entry-1]), p.sellDeck.CurrencyID, true
}

// addDeck makes candidates of all ways out of a provider's tier.
func (p *Plan) addDeck(d *deck) {
	key := Key{ProviderID: d.provider.ID, Tier: d.tier}
	m, found := p.matched(d.slot)
	switch least := p.leastTier(); {
	case !d.provider.Enabled:
		p.drop(key, d, ReasonProviderDisabled, "")
		return
	case d.tier < least:
		p.drop(key, d, ReasonTierTooLow, least.String())
		return
	case p.Policy.namesAll() && p.Policy.route(key.ProviderID, d.tier) == nil:
		p.drop(key, d, ReasonNotInPolicy, p.Policy.Name)
		return
	case !found:
		p.drop(key, d, ReasonNoRate, "")
		return
	}
	v, reason, detail := p.price(m, d.provider.CurrencyID, d.fx)
	if reason != "" {
		p.drop(key, d, reason, detail)
		return
	}
	at := uint32(len(p.prices) - 1)
	if reason := p.overCap(v); reason != "" {
		p.dropAt(key, d, reason, "", v.cost.Nearest)
		return
	}
	if !p.addGates(d, at) && len(d.addresses) == 0 {
		p.drop(key, d, ReasonNoWayOut, "")
	}
	p.addAddresses(d, at)
}

// leastTier is the lowest tier that will do.
func (p *Plan) leastTier() Tier {
	if p.Policy != nil {
		return max(p.request.Account.MinTier, p.Policy.MinTier)
	}
	return p.request.Account.MinTier
}

// overCap holds a rate against the dearest that the account allows. The
// comparison multiplies instead of dividing, so nothing is rounded.
func (p *Plan) overCap(v *price) Reason {
	a, base, t := p.request.Account, p.snapshot.baseFX, p.snapshot.rates
	e := &t.trie.entries[v.entry]
	if a.MaxRate != nil && dearer(int64(t.parts[e.part].dearest(e.perMinute)), v.fx, int64(*a.MaxRate), base) {
		return ReasonRateCap
	}
	if a.MaxFee != nil && dearer(int64(t.parts[e.part].fee), v.fx, int64(*a.MaxFee), base) {
		return ReasonFeeCap
	}
	return ""
}

// dearer says whether x in one currency is more than y in another.
func dearer(x int64, fx money.FX, y int64, fy money.FX) bool {
	h1, l1 := bits.Mul64(uint64(x), uint64(fy))
	h2, l2 := bits.Mul64(uint64(max(0, y)), uint64(fx))
	return h1 > h2 || h1 == h2 && l1 > l2
}

// addGates adds the provider's dial peers on this server and says whether any
// will do.
func (p *Plan) addGates(d *deck, at uint32) (usable bool) {
	s, r := p.snapshot, &p.request
	first := len(p.found)
	for _, g := range d.gates {
		key := Key{ProviderID: d.provider.ID, Tier: d.tier, GateID: g.ID}
		reason, ok := s.mayUseGate(g, r.Server, r.Shown)
		if ok && twin(p.found[first:], g.Name) {
			reason, ok = ReasonGateTwin, false
		}
		if !ok {
			p.dropAt(key, d, reason, g.Name, p.prices[at].cost.Nearest)
			continue
		}
		usable = true
		if c := p.add(key, d, at, g.Name); c != nil {
			c.gate = g
			if g.CLISupport {
				c.cli = s.numberIDs[g.NumberID].Number // the number shown, or the gate's own when there is none
			}
		}
	}
	return usable
}

// twin says whether another row of the same dial peer is a candidate already.
func twin(found []candidate, name string) bool {
	for i := range found {
		if found[i].gate != nil && found[i].gate.Name == name {
			return true
		}
	}
	return false
}

func (p *Plan) addAddresses(d *deck, at uint32) {
	s, r := p.snapshot, &p.request
	for _, a := range d.addresses {
		key := Key{ProviderID: d.provider.ID, Tier: d.tier, AddressID: a.ID}
		if reason, ok := s.mayUseAddress(d.provider, r.Shown); !ok {
			p.dropAt(key, d, reason, a.Host, p.prices[at].cost.Nearest)
			continue
		}
		if c := p.add(key, d, at, a.Host); c != nil {
			c.address, c.cli = a, r.Shown.CLI
			if c.cli == "" {
				c.cli = d.provider.DefaultCLI
			}
		}
	}
}

// add takes a candidate unless a rule or its load speaks against it.
func (p *Plan) add(key Key, d *deck, at uint32, name string) *candidate {
	reason, rule := p.ruled(key)
	if reason != "" && rule != nil {
		name = rule.name
	}
	if reason == "" && p.request.Room != nil {
		reason = p.request.Room.Room(key.ProviderID, key.GateID, key.AddressID, p.request.At)
	}
	if reason != "" {
		p.dropAt(key, d, reason, name, p.prices[at].cost.Nearest)
		return nil
	}
	c := room(&p.found)
	*c = candidate{deck: d, price: at, class: 1}
	if rule != nil {
		c.class, c.preferred = 0, rule.name
	}
	return c
}

// ruled says what the route rules make of a way out, and which one: that forbids
// it, or, without a reason, that prefers it.
func (p *Plan) ruled(key Key) (reason Reason, by *RouteRule) {
	allowed := !p.forced
	for _, rule := range p.rules {
		if !rule.covers(key.ProviderID, key.Tier, key.GateID) {
			continue
		}
		switch rule.Action {
		case Forbid:
			return ReasonRuleBlocks, rule
		case Force:
			allowed = true
		case Prefer:
			by = rule
		}
	}
	if !allowed {
		return ReasonRuleForces, nil
	}
	return "", by
}

func (p *Plan) drop(key Key, d *deck, reason Reason, detail string) {
	p.dropAt(key, d, reason, detail, 0)
}

func (p *Plan) dropAt(key Key, d *deck, reason Reason, detail string, cost money.Amount) {
	*room(&p.Dropped) = Drop{Key: key, Provider: d.provider, Tier: d.tier, Reason: reason, Detail: detail, Cost: cost}
}
