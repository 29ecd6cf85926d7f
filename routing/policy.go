package routing

import (
	"cmp"
	"slices"
	"time"

	"tandem/internal/e164"
)

// Policy is the one that orders the routes of such a call: the first rule, by
// position, that matches. Nil: least cost.
func (s *Snapshot) Policy(account int64, a, b e164.Number, at time.Time) *Policy {
	called := s.where(b)
	for _, r := range s.policyRules.of(account) {
		if r.matches(account, a, b, at, &called) {
			return s.policies[r.PolicyID]
		}
	}
	return nil
}

// Shares says whether the policy needs a ticket for each call, see Request: it
// shares between routes, or a share of its calls tests some.
func (p *Policy) Shares() bool {
	return p != nil && (p.Kind == Share || p.Kind == BandShare || p.Kind == Quality)
}

// route is what the policy says of a provider's tier; nil when it does not name
// it. The tier's own line wins over the provider's.
func (p *Policy) route(provider int64, tier Tier) *PolicyRoute {
	var whole *PolicyRoute
	for i := range p.Routes {
		r := &p.Routes[i]
		if r.ProviderID != provider {
			continue
		}
		if r.Tier == nil {
			whole = r
		} else if *r.Tier == tier {
			return r
		}
	}
	return whole
}

// namesAll says that routes which the policy does not name are left out.
func (p *Policy) namesAll() bool { return p != nil && (p.Kind == Priority || p.Kind == Share) }

func (b *builder) addPolicies(policies []Policy, rules []PolicyRule) {
	for i := range policies {
		p := &policies[i]
		switch p.Kind {
		case LeastCost, Priority, Share, BandShare, Quality:
		default:
			b.problem("policies", p.ID, "kind", "%q: want %s, %s, %s, %s or %s", p.Kind, LeastCost, Priority, Share, BandShare, Quality)
			continue
		}
		if p.Band < 0 {
			b.problem("policies", p.ID, "band_percent", "below zero")
			continue
		}
		p.Routes = slices.DeleteFunc(p.Routes, func(r PolicyRoute) bool {
			bad := b.providers[r.ProviderID] == nil || r.Weight < 1 || r.Weight > maxWeight
			if bad {
				b.problem("policy_routes", p.ID, "weight", "provider %d, weight %d: want a provider that exists and 1 to %d", r.ProviderID, r.Weight, maxWeight)
			}
			return bad
		})
		b.policies[p.ID] = p
	}
	var good []PolicyRule
	for _, r := range rules {
		if b.policies[r.PolicyID] == nil {
			b.problem("policy_rules", r.ID, "policy_id", "no policy %d that can be used", r.PolicyID)
			continue
		}
		if b.goodMatch("policy_rules", r.ID, r.Match) {
			good = append(good, r)
		}
	}
	slices.SortStableFunc(good, func(x, y PolicyRule) int { return cmp.Or(cmp.Compare(x.Position, y.Position), cmp.Compare(x.ID, y.ID)) })
	b.policyRules = groupByAccount(good, func(r *PolicyRule) int64 { return r.AccountID })
}

// maxWeight keeps the sum of weights small enough for tickets to go round.
const maxWeight = 10_000
