package replay

import (
	"strings"

	"tandem/internal/money"
	"tandem/routing"
)

// Recorded holds the before side against what happened: how many calls went the
// way that the replay gives them, and what the others cost.
type Recorded struct {
	Carried  int64        // answered calls that a provider carried
	SameWay  int64        // of Carried: by the provider and tier of the before side
	SameKey  int64        // of Carried: by the very route of the before side
	Retried  int64        // of Carried: not at the first attempt
	Priced   int64        // of Carried: both ways have a price by the decks of the before side
	Cost     money.Amount // of Priced, by the route that carried them
	Replayed money.Amount // of Priced, by the before side
}

// keys reads route keys, each once: there are some hundred of them in millions
// of calls. The zero Key stands for one that is none.
type keys map[string]routing.Key

func (k keys) of(text string) routing.Key {
	key, ok := k[text]
	if !ok {
		var err error
		if key, err = routing.ParseKey(text); err != nil {
			key = routing.Key{}
		}
		k[strings.Clone(text)] = key
	}
	return key
}

// recordedCost prices a call by the route that carried it. ok is false where its
// provider has no rate for the number any more.
func (s *side) recordedCost(c *Call, key routing.Key) (cost money.Amount, ok bool) {
	provider := s.snapshot.Provider(key.ProviderID)
	if provider == nil {
		return 0, false
	}
	r, ok := s.plan.RateOf(key.ProviderID, key.Tier)
	if !ok {
		return 0, false
	}
	cost, err := charge(s.snapshot, &r, provider.CurrencyID, c.Talk)
	return cost, err == nil
}

// add counts an answered call; key is that of the route that carried it.
func (r *Recorded) add(c *Call, key routing.Key, before *outcome, cost money.Amount, priced bool) {
	r.Carried++
	if c.Attempts > 1 {
		r.Retried++
	}
	if before.routed && before.way() == (wayKey{key.ProviderID, key.Tier}) {
		r.SameWay++
	}
	if before.routed && before.key == key {
		r.SameKey++
	}
	if priced {
		r.Priced++
		r.Cost += cost
		r.Replayed += before.cost
	}
}
