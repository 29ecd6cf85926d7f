package routing

import (
	"cmp"
	"slices"
)

// order sorts the routes: the expected cost of the call decides; between equals
// the better tier, then the lower ids, so that the same rows always give the
// same plan. What is dearer than the tenth route is left out.
func (c *candidates) order() {
	slices.SortFunc(c.plan.Routes, func(a, b Route) int {
		return cmp.Or(
			cmp.Compare(a.Cost, b.Cost),
			cmp.Compare(b.Tier, a.Tier),
			cmp.Compare(a.Key.ProviderID, b.Key.ProviderID),
			cmp.Compare(a.Key.AddressID, b.Key.AddressID), // a gate, which has none, comes first
			cmp.Compare(a.Key.GateID, b.Key.GateID),
		)
	})
	if len(c.plan.Routes) <= MaxRoutes {
		return
	}
	for _, r := range c.plan.Routes[MaxRoutes:] {
		c.plan.Dropped = append(c.plan.Dropped, Drop{Key: r.Key, Provider: r.Provider, Tier: r.Tier, Reason: ReasonOverLimit})
	}
	c.plan.Routes = c.plan.Routes[:MaxRoutes]
}
