package db

import (
	"database/sql"
	"fmt"

	"tandem/routing"
)

func (r *reader) readTariffs() error {
	return r.each(`SELECT id, name, currency_id, COALESCE(markup_percent, 0), COALESCE(markup_per_minute, 0),
			markup_percent IS NOT NULL OR markup_per_minute IS NOT NULL
		FROM tariffs ORDER BY id`, func(rows *sql.Rows) error {
		var t routing.Tariff
		var m routing.Markup
		var costPlus bool
		if err := rows.Scan(&t.ID, &t.Name, &t.CurrencyID, &m.Percent, &m.PerMinute, &costPlus); err != nil {
			return err
		}
		if costPlus {
			t.Markup = &m
		}
		r.data.Tariffs = append(r.data.Tariffs, t)
		return nil
	})
}

// inForce says which decks are published at a moment; the first of each owner
// and tier, in this order, is in force. A deck that was rolled back was in force
// until then. Of the present that is not asked: on another Galera node the
// present may lie a little behind.
const inForce = `publish_at <= ? AND (state = 'published' OR state = 'rolled_back' AND rolled_back_at > ? AND ?)
	ORDER BY provider_id, tariff_id, tier, publish_at DESC, id DESC`

// loadedDeck is a deck as its row in the table has it.
type loadedDeck struct {
	routing.Deck
	tier, zone string
	rates      int
}

func (d loadedDeck) owner() deckKey { return deckKey{d.ProviderID, d.TariffID, d.tier} }

// deckKey is the owner and tier of a deck.
type deckKey struct {
	provider, tariff int64
	tier             string
}

func (r *reader) readDecks() error {
	taken := map[deckKey]int64{}
	r.sizes = map[routing.DeckRef]int{}
	if err := r.readExtraDecks(taken); err != nil {
		return err
	}
	return r.eachDeck(inForce, func(d loadedDeck) error {
		if taken[d.owner()] == 0 {
			taken[d.owner()] = d.ID
			r.addDeck(d)
		}
		return nil
	}, r.now, r.now, !r.at.IsZero())
}

// readExtraDecks reads the decks that are asked for by id.
func (r *reader) readExtraDecks(taken map[deckKey]int64) error {
	for _, id := range r.extra {
		found := false
		if err := r.eachDeck(`id = ? AND state <> 'loading'`, func(d loadedDeck) error {
			found = true
			if other := taken[d.owner()]; other != 0 {
				return fmt.Errorf("decks %d and %d are of one owner and tier; name one of them", other, id)
			}
			taken[d.owner()] = id
			r.addDeck(d)
			return nil
		}, id); err != nil {
			return err
		}
		if !found {
			return fmt.Errorf("deck %d: %w", id, ErrNotFound)
		}
	}
	return nil
}

func (r *reader) eachDeck(where string, one func(d loadedDeck) error, args ...any) error {
	return r.each(`SELECT id, revision, version, COALESCE(provider_id, 0), COALESCE(tariff_id, 0), COALESCE(tier, ''), time_zone, rates
		FROM decks WHERE `+where, func(rows *sql.Rows) error {
		var d loadedDeck
		if err := rows.Scan(&d.ID, &d.Revision, &d.Version, &d.ProviderID, &d.TariffID, &d.tier, &d.zone, &d.rates); err != nil {
			return err
		}
		return one(d)
	}, args...)
}

// addDeck takes a deck that is in force, unless it cannot be read.
func (r *reader) addDeck(d loadedDeck) {
	if r.leftOut[d.ProviderID] {
		return
	}
	var ok [2]bool
	d.Zone, ok[0] = r.zone("decks", d.ID, d.zone)
	tier, known := r.tier("decks", d.ID, sql.NullString{String: d.tier, Valid: d.TariffID == 0})
	ok[1] = known
	if ok != [2]bool{true, true} {
		return
	}
	if tier != nil {
		d.Tier = *tier
	}
	r.data.Decks = append(r.data.Decks, d.Deck)
	r.sizes[routing.DeckRef{ID: d.ID, Revision: d.Revision}] = d.rates
}
