package main

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/go-viper/mapstructure/v2"
	"github.com/knadh/koanf/parsers/yaml"

	"tandem/internal/money"
	"tandem/routing"
)

// policyFile is a policy as people write it. Numbers are read as text: a weight
// of 2.5 is a mistake, not a 2.
type policyFile struct {
	Name        string            `koanf:"name"`
	Kind        string            `koanf:"kind"`
	BandPercent string            `koanf:"band_percent"`
	MinTier     string            `koanf:"min_tier"`
	Routes      []policyFileRoute `koanf:"routes"`
}

type policyFileRoute struct {
	Provider string `koanf:"provider"` // name or id
	Tier     string `koanf:"tier"`     // empty: every tier
	Place    string `koanf:"place"`    // empty: as it stands in the list
	Weight   string `koanf:"weight"`   // empty: 1
}

// maxPolicyFile is more than any policy needs.
const maxPolicyFile = 1 << 20

// maxWeight is the largest weight that routing takes.
const maxWeight = 10_000

// readPolicyFile reads a policy for these providers. Every mistake is named with
// its key.
func readPolicyFile(path string, providers []routing.Provider) (*routing.Policy, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > maxPolicyFile {
		return nil, fmt.Errorf("--policy %s: %d bytes; a policy takes some hundred", path, info.Size())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("--policy: %w", err)
	}
	policy, err := parsePolicy(text, providers)
	if err != nil {
		return nil, fmt.Errorf("--policy %s: %w", path, err)
	}
	return policy, nil
}

func parsePolicy(text []byte, providers []routing.Provider) (*routing.Policy, error) {
	raw, err := yaml.Parser().Unmarshal(text)
	if err != nil {
		return nil, err
	}
	var f policyFile
	decoder, err := mapstructure.NewDecoder(&mapstructure.DecoderConfig{Result: &f, TagName: "koanf", ErrorUnused: true, DecodeHook: asText})
	if err != nil {
		return nil, err
	}
	if err := decoder.Decode(raw); err != nil {
		return nil, fmt.Errorf("%w\nkeys are name, kind, band_percent, min_tier and routes, a list of provider, tier, place and weight", err)
	}
	return f.policy(providers)
}

// asText keeps numbers as they are written, but for zeros at the end, and makes
// keys that are no text into text: the decoder panics over them.
func asText(_, to reflect.Type, v any) (any, error) {
	switch v := v.(type) {
	case int, int64, uint64, float64, bool:
		if to.Kind() == reflect.String {
			return fmt.Sprint(v), nil
		}
	case map[any]any:
		text := make(map[string]any, len(v))
		for key, value := range v {
			text[fmt.Sprint(key)] = value
		}
		return text, nil
	}
	return v, nil
}

func (f *policyFile) policy(providers []routing.Provider) (*routing.Policy, error) {
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
		errs = append(errs, fmt.Errorf("routes: kind %s uses only the providers that are listed; list at least one", p.Kind))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return p, nil
}

func (f *policyFile) kind(p *routing.Policy) error {
	switch p.Kind {
	case routing.LeastCost, routing.Priority, routing.Share, routing.BandShare:
		return nil
	case routing.Quality:
		return fmt.Errorf("kind %s: a replay knows nothing of the routes' quality at that time; compare with %s", p.Kind, routing.LeastCost)
	}
	return fmt.Errorf("kind %q: want %s, %s, %s or %s", f.Kind, routing.LeastCost, routing.Priority, routing.Share, routing.BandShare)
}

func (f *policyFile) band(p *routing.Policy) error {
	if f.BandPercent == "" {
		return nil
	}
	if p.Kind != routing.BandShare {
		return fmt.Errorf("band_percent: only kind %s has a band; leave it away", routing.BandShare)
	}
	const hundredth, most = 10_000, 9999 // of a percent in 1e-6; percent, as the column has it
	band, err := money.ParseAmount(f.BandPercent)
	if err != nil || band < 0 || band%hundredth != 0 || band > most*100*hundredth {
		return fmt.Errorf("band_percent %q: want 0 to %d with at most two digits after the point", f.BandPercent, most)
	}
	p.Band = int(band / hundredth)
	return nil
}

func (f *policyFile) minTier(p *routing.Policy) (err error) {
	if f.MinTier == "" {
		return nil
	}
	if p.MinTier, err = routing.ParseTier(f.MinTier); err != nil {
		return fmt.Errorf("min_tier: %w", err)
	}
	return nil
}

func (f *policyFile) route(p *routing.Policy, i int, providers []routing.Provider) error {
	v, key := &f.Routes[i], fmt.Sprintf("routes[%d].", i)
	names := make([]named, 0, len(providers))
	for _, o := range providers {
		names = append(names, named{o.ID, o.Name})
	}
	at, err := findNamed(key+"provider", v.Provider, names)
	if err != nil {
		return err
	}
	r := routing.PolicyRoute{ProviderID: providers[at].ID, Place: i + 1, Weight: 1}
	if v.Tier != "" {
		tier, err := routing.ParseTier(v.Tier)
		if err != nil {
			return fmt.Errorf("%stier: %w", key, err)
		}
		if !sellsTier(&providers[at], tier) {
			return fmt.Errorf("%stier: provider %s does not sell %s; leave tier away for all it sells", key, providers[at].Name, tier)
		}
		r.Tier = &tier
	}
	if slices.ContainsFunc(p.Routes, func(o routing.PolicyRoute) bool { return o.ProviderID == r.ProviderID && sameTier(o.Tier, r.Tier) }) {
		return fmt.Errorf("%sprovider: %s is in the list twice; leave one away", key, strings.TrimSpace(providers[at].Name+" "+v.Tier))
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
		return fmt.Errorf("%s: only %s has one; leave it away", key, by)
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxWeight {
		return fmt.Errorf("%s %q: want a whole number, 1 to %d", key, text, maxWeight)
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
