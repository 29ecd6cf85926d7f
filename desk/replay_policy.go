package desk

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tandem/internal/money"
	"tandem/routing"
)

// PolicyDraft is a policy as people write it. Numbers are text: a weight of 2.5
// is a mistake, not a 2.
type PolicyDraft struct {
	Name        string             `json:"name"`
	Kind        string             `json:"kind"`
	BandPercent string             `json:"band_percent"`
	MinTier     string             `json:"min_tier"`
	Routes      []PolicyDraftRoute `json:"routes"`
}

// PolicyDraftRoute is one provider of a policy.
type PolicyDraftRoute struct {
	Provider   string `json:"provider"` // name or id
	ProviderID int64  `json:"-"`        // by id alone
	Tier       string `json:"tier"`     // empty: every tier
	Place      string `json:"place"`    // empty: as it stands in the list
	Weight     string `json:"weight"`   // empty: 1
}

// errQuality: of the past only the costs are known.
const errQuality = "a replay knows nothing of the routes' quality at that time; compare with " + string(routing.LeastCost)

// maxWeight is the largest weight that routing takes.
const maxWeight = 10_000

// Policy is what routing takes. Every mistake is named with its key.
func (f *PolicyDraft) Policy(providers []routing.Provider) (*routing.Policy, error) {
	p := &routing.Policy{Name: f.Name, Kind: routing.PolicyKind(f.Kind)}
	if p.Name == "" {
		p.Name = "draft"
	}
	if err := f.kind(p); err != nil {
		return nil, err // the other keys depend on it
	}
	errs := []error{f.band(p), f.minTier(p)}
	for i := range f.Routes {
		errs = append(errs, f.route(p, i, providers))
	}
	if len(f.Routes) == 0 && (p.Kind == routing.Priority || p.Kind == routing.Share) {
		errs = append(errs, wrong("routes", "", "kind %s uses only the providers that are listed; list at least one", p.Kind))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return p, nil
}

func (f *PolicyDraft) kind(p *routing.Policy) error {
	switch p.Kind {
	case routing.LeastCost, routing.Priority, routing.Share, routing.BandShare:
		return nil
	case routing.Quality:
		return wrong("kind", string(p.Kind), "%s", errQuality)
	}
	return wrong("kind", strconv.Quote(f.Kind), "want %s, %s, %s or %s", routing.LeastCost, routing.Priority, routing.Share, routing.BandShare)
}

func (f *PolicyDraft) band(p *routing.Policy) error {
	if f.BandPercent == "" {
		return nil
	}
	if p.Kind != routing.BandShare {
		return wrong("band_percent", "", "only kind %s has a band; leave it away", routing.BandShare)
	}
	const hundredth, most = 10_000, 9999 // of a percent in 1e-6; percent, as the column has it
	band, err := money.ParseAmount(f.BandPercent)
	if err != nil || band < 0 || band%hundredth != 0 || band > most*100*hundredth {
		return wrong("band_percent", strconv.Quote(f.BandPercent), "want 0 to %d with at most two digits after the point", most)
	}
	p.Band = int(band / hundredth)
	return nil
}

func (f *PolicyDraft) minTier(p *routing.Policy) (err error) {
	if f.MinTier == "" {
		return nil
	}
	if p.MinTier, err = routing.ParseTier(f.MinTier); err != nil {
		return wrong("min_tier", "", "%s", err)
	}
	return nil
}

func (f *PolicyDraft) route(p *routing.Policy, i int, providers []routing.Provider) error {
	v, key := &f.Routes[i], fmt.Sprintf("routes[%d].", i)
	names := make([]Named, 0, len(providers))
	for _, o := range providers {
		names = append(names, Named{o.ID, o.Name})
	}
	at, err := find(key+"provider", v.Provider, v.ProviderID, names)
	if err != nil {
		return err
	}
	r := routing.PolicyRoute{ProviderID: providers[at].ID, Place: i + 1, Weight: 1}
	if v.Tier != "" {
		tier, err := routing.ParseTier(v.Tier)
		if err != nil {
			return wrong(key+"tier", "", "%s", err)
		}
		if !sellsTier(&providers[at], tier) {
			return wrong(key+"tier", "", "provider %s does not sell %s; leave tier away for all it sells", providers[at].Name, tier)
		}
		r.Tier = &tier
	}
	if slices.ContainsFunc(p.Routes, func(o routing.PolicyRoute) bool { return o.ProviderID == r.ProviderID && sameTier(o.Tier, r.Tier) }) {
		return wrong(key+"provider", "", "%s is in the list twice; leave one away", strings.TrimSpace(providers[at].Name+" "+v.Tier))
	}
	shares := p.Kind == routing.Share || p.Kind == routing.BandShare
	if err := policyNumber(key+"place", v.Place, &r.Place, p.Kind == routing.Priority, "kind priority"); err != nil {
		return err
	}
	if err := policyNumber(key+"weight", v.Weight, &r.Weight, shares, "the kinds share and band_share"); err != nil {
		return err
	}
	p.Routes = append(p.Routes, r)
	return nil
}

// policyNumber reads a place or weight; empty leaves what is there.
func policyNumber(key, text string, into *int, used bool, by string) error {
	if text == "" {
		return nil
	}
	if !used {
		return wrong(key, "", "only %s has one; leave it away", by)
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxWeight {
		return wrong(key, strconv.Quote(text), "want a whole number, 1 to %d", maxWeight)
	}
	*into = n
	return nil
}

func sellsTier(p *routing.Provider, t routing.Tier) bool {
	if p.Plain {
		return t == routing.TierCLI
	}
	return p.TierPrefix[t] != nil
}

func sameTier(a, b *routing.Tier) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}
