package replay

import (
	"cmp"
	"slices"

	"tandem/internal/money"
	"tandem/routing"
)

// Move is calls that go from one way to another. Where both are the same, they
// take another gate or address of it.
type Move struct {
	From, To Way
	Calls    int64
	TalkMS   int64
	Before   money.Amount // their cost
	After    money.Amount
	Gain     money.Amount
}

// Way is a provider in one of its tiers; without a provider: no route.
type Way struct {
	ProviderID int64
	Provider   string
	Tier       routing.Tier
}

// wayKey is a Way by number.
type wayKey struct {
	provider int64
	tier     routing.Tier
}

func (o *outcome) way() wayKey { return wayKey{o.key.ProviderID, o.key.Tier} }

type moveKey struct{ from, to wayKey }

type moves map[moveKey]*Move

func (m moves) add(p *pair) {
	key := moveKey{p.before.way(), p.after.way()}
	v := m[key]
	if v == nil {
		v = &Move{}
		m[key] = v
	}
	v.Calls++
	v.TalkMS += p.talkMS
	v.Before += p.before.cost
	v.After += p.after.cost
	v.Gain += p.gain()
}

// list is the moves, those of the most calls first.
func (m moves) list(name func(provider int64) string) []Move {
	list := make([]Move, 0, len(m))
	for key, v := range m {
		v.From = Way{key.from.provider, name(key.from.provider), key.from.tier}
		v.To = Way{key.to.provider, name(key.to.provider), key.to.tier}
		list = append(list, *v)
	}
	slices.SortFunc(list, func(a, b Move) int {
		return cmp.Or(cmp.Compare(b.Calls, a.Calls), a.From.compare(b.From), a.To.compare(b.To))
	})
	return list
}

func (w Way) compare(o Way) int {
	return cmp.Or(cmp.Compare(w.ProviderID, o.ProviderID), cmp.Compare(w.Tier, o.Tier))
}
