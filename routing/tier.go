package routing

import "fmt"

// Tiers lists the tiers from the lowest up.
func Tiers() []Tier { return []Tier{TierNonCLI, TierCLI, TierPremium} }

// String is the tier's name in the rates table.
func (t Tier) String() string {
	switch t {
	case TierNonCLI:
		return "noncli"
	case TierCLI:
		return "cli"
	case TierPremium:
		return "premium"
	}
	return fmt.Sprintf("tier%d", uint8(t))
}

// letter is the tier in a route key.
func (t Tier) letter() string { return t.String()[:1] }

// ParseTier reads what String writes.
func ParseTier(s string) (Tier, error) {
	for _, t := range Tiers() {
		if t.String() == s {
			return t, nil
		}
	}
	return 0, fmt.Errorf("tier %q: want noncli, cli or premium", s)
}

// sells tells whether the provider sells the tier, and the technical prefix
// that asks for it.
func (p *Provider) sells(t Tier) (prefix string, ok bool) {
	if p.Plain {
		return "", t == TierCLI
	}
	if p.TierPrefix[t] == nil {
		return "", false
	}
	return *p.TierPrefix[t], true
}
