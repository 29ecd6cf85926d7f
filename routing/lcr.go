package routing

import (
	"slices"
	"time"

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
	At      time.Time
}

// Route is one way to carry the call.
type Route struct {
	Key      Key
	Provider *Provider
	Tier     Tier
	Gate     *Gate    // nil when the way out is an address
	Address  *Address // nil when the way out is a gate
	Dial     string   // what Asterisk dials
	CLI      e164.Number
	Rate     *Rate
	Native   money.Amount // expected cost in the provider's currency
	Cost     money.Amount // expected cost in the base currency
}

// Drop is a candidate that is no route, and why.
type Drop struct {
	Key      Key // without gate and address where the whole deck is out
	Provider *Provider
	Tier     Tier
	Reason   Reason
	Detail   string
}

// Plan is the answer to a Request: the routes in order, at most MaxRoutes, and
// every candidate that was left out. Redirect is set instead of routes when the
// number shown lives on another server.
type Plan struct {
	Redirect *Server
	Dial     string // of the redirect
	Routes   []Route
	Dropped  []Drop
}

// Plan finds the routes for a call. It is a pure function of the snapshot and
// the request.
func (s *Snapshot) Plan(r Request) Plan {
	if home := s.Home(r.Shown.Number, r.Server); home != nil && home != r.Server {
		if dial := RedirectDial(home, r.BNumber); dial != "" {
			return Plan{Redirect: home, Dial: dial}
		}
		return Plan{Dropped: []Drop{{Key: Key{ServerID: home.ID}, Reason: ReasonServerUnbound, Detail: home.Name}}}
	}
	c := candidates{Snapshot: s, request: r}
	rates := make([]int32, len(s.decks))
	s.trie.lookup(string(r.BNumber), r.At, s.rates, rates)
	for i := range s.decks {
		c.addDeck(&s.decks[i], rates[i])
	}
	c.order()
	return c.plan
}

// candidates collects one call's plan.
type candidates struct {
	*Snapshot
	request Request
	plan    Plan
}

func (c *candidates) addDeck(d *deck, rateIndex int32) {
	key := Key{ProviderID: d.provider.ID, Tier: d.tier}
	switch {
	case !d.provider.Enabled:
		c.drop(key, d, ReasonProviderDisabled, "")
		return
	case d.tier < c.request.Account.MinTier:
		c.drop(key, d, ReasonTierTooLow, c.request.Account.MinTier.String())
		return
	case rateIndex < 0:
		c.drop(key, d, ReasonNoRate, "")
		return
	}
	rate := &c.rates[rateIndex]
	native, err := rate.Price(ExpectedTalk)
	if err != nil {
		c.drop(key, d, ReasonRateInvalid, err.Error())
		return
	}
	fx := c.fx[d.provider.CurrencyID]
	if fx == 0 {
		c.drop(key, d, ReasonNoFX, c.currencies[d.provider.CurrencyID])
		return
	}
	cost, err := money.Convert(native, fx, c.baseFX)
	if err != nil {
		c.drop(key, d, ReasonRateInvalid, err.Error())
		return
	}
	priced := Route{Key: key, Provider: d.provider, Tier: d.tier, Rate: rate, Native: native, Cost: cost}
	if !c.addGates(d, priced) && len(c.addresses[d.provider.ID]) == 0 {
		c.drop(key, d, ReasonNoWayOut, "")
	}
	c.addAddresses(d, priced)
}

// addGates adds the provider's dial peers on this server and says whether any
// will do.
func (c *candidates) addGates(d *deck, priced Route) (found bool) {
	var used []string
	for _, g := range c.gates[d.provider.ID] {
		key := priced.Key
		key.GateID = g.ID
		reason, ok := c.mayUseGate(g, c.request.Server, c.request.Shown)
		if ok && slices.Contains(used, g.Name) {
			reason, ok = ReasonGateTwin, false
		}
		if !ok {
			c.drop(key, d, reason, g.Name)
			continue
		}
		used = append(used, g.Name)
		route := priced
		route.Key, route.Gate = key, g
		if g.CLISupport {
			route.CLI = c.numberIDs[g.NumberID].Number // the number shown, or the gate's own when there is none
		}
		route.Dial = gateDial(c.request.Server.Driver, g, c.digits(d))
		c.plan.Routes = append(c.plan.Routes, route)
		found = true
	}
	return found
}

func (c *candidates) addAddresses(d *deck, priced Route) {
	for _, a := range c.addresses[d.provider.ID] {
		key := priced.Key
		key.AddressID = a.ID
		if reason, ok := c.mayUseAddress(d.provider, c.request.Shown); !ok {
			c.drop(key, d, reason, a.Host)
			continue
		}
		route := priced
		route.Key, route.Address = key, a
		route.CLI = c.request.Shown.CLI
		if route.CLI == "" {
			route.CLI = d.provider.DefaultCLI
		}
		route.Dial = addressDial(c.request.Server.Driver, a, c.digits(d))
		c.plan.Routes = append(c.plan.Routes, route)
	}
}

// digits is the B-number as the provider wants it: its technical prefix asks
// for the tier; only a bare number takes the plus.
func (c *candidates) digits(d *deck) string {
	switch {
	case d.prefix != "":
		return d.prefix + string(c.request.BNumber)
	case d.provider.AppendPlus:
		return "+" + string(c.request.BNumber)
	}
	return string(c.request.BNumber)
}

func (c *candidates) drop(key Key, d *deck, reason Reason, detail string) {
	c.plan.Dropped = append(c.plan.Dropped, Drop{Key: key, Provider: d.provider, Tier: d.tier, Reason: reason, Detail: detail})
}
