package callflow

import (
	"fmt"

	"tandem/billing"
	"tandem/routing"
)

// begin starts a decision with what the door knows.
func begin(s *routing.Snapshot, direction billing.Direction, in Seizure) Decision {
	return Decision{Record: billing.Start{
		CallID: in.CallID, Server: in.Server, Direction: direction, Endpoint: in.Endpoint, Source: in.Source,
		Dialled: in.Dialled, StartedAt: in.At, Snapshot: s.Version,
	}}
}

// describe turns a plan into what is kept with the call: every route with its
// place and price, every other candidate with its reason.
func describe(s *routing.Snapshot, plan routing.Plan) ([]billing.PlannedRoute, []billing.DroppedRoute) {
	var routes []billing.PlannedRoute
	for i, r := range plan.Routes {
		currency := s.Currency(r.Provider.CurrencyID)
		routes = append(routes, billing.PlannedRoute{
			N: i + 1, Key: r.Key.String(), Provider: r.Provider.Name, Tier: r.Tier.String(), Dial: r.Dial, CLI: r.CLI,
			Prefix: r.Rate.Prefix, PerMinute: r.Rate.PerMinute.String() + " " + currency, Cost: r.Cost,
			Reason: fmt.Sprintf("place %d of %d: 3 minutes cost %s %s (%s %s: %s/min by %d/%d, fee %s, prefix %s)",
				i+1, len(plan.Routes), r.Cost, s.Options.BaseCurrency, r.Native, currency,
				r.Rate.PerMinute, r.Rate.First, r.Rate.Next, r.Rate.ConnectionFee, r.Rate.Prefix),
		})
	}
	var dropped []billing.DroppedRoute
	for _, d := range plan.Dropped {
		drop := billing.DroppedRoute{Key: d.Key.String(), Reason: string(d.Reason), Detail: d.Detail}
		if d.Provider != nil {
			drop.Provider, drop.Tier = d.Provider.Name, d.Tier.String()
		}
		dropped = append(dropped, drop)
	}
	return routes, dropped
}

// planned describes offers that need no price: subscribers and other servers.
func planned(offers []Offer, why string) []billing.PlannedRoute {
	var routes []billing.PlannedRoute
	for i, o := range offers {
		routes = append(routes, billing.PlannedRoute{N: i + 1, Key: o.Key.String(), Dial: o.Dial, CLI: o.CLI, Reason: why})
	}
	return routes
}
