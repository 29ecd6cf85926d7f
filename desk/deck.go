package desk

import (
	"time"

	"tandem/db"
)

// Deck is a deck as people and scripts read it.
type Deck struct {
	ID           int64         `json:"id"`
	ProviderID   int64         `json:"provider_id,omitempty"`
	Provider     string        `json:"provider,omitempty"`
	TariffID     int64         `json:"tariff_id,omitempty"`
	Tariff       string        `json:"tariff,omitempty"`
	Tier         string        `json:"tier,omitempty"`
	Currency     string        `json:"currency"`
	Version      int           `json:"version"`
	Status       db.DeckStatus `json:"status"`
	PublishAt    time.Time     `json:"publish_at,omitzero"`
	RolledBackAt time.Time     `json:"rolled_back_at,omitzero"`
	CreatedAt    time.Time     `json:"created_at"`
	Rates        int           `json:"rates"`
	Revision     int           `json:"revision"`
	TimeZone     string        `json:"time_zone"`
	File         string        `json:"file,omitempty"`
	SHA256       string        `json:"sha256,omitempty"`
	Comment      string        `json:"comment,omitempty"`
}

// ViewDeck is a deck to be shown.
func ViewDeck(d db.Deck) Deck {
	v := Deck{
		ID: d.ID, ProviderID: d.Owner.ProviderID, Provider: d.Owner.Provider, TariffID: d.Owner.TariffID, Tariff: d.Owner.Tariff,
		Currency: d.Owner.Currency, Version: d.Version, Status: d.Status, PublishAt: d.PublishAt, RolledBackAt: d.RolledBackAt,
		CreatedAt: d.CreatedAt, Rates: d.Rates, Revision: d.Revision, TimeZone: d.Zone, File: d.File, SHA256: d.SHA256, Comment: d.Comment,
	}
	if d.Owner.TariffID == 0 {
		v.Tier = d.Owner.Tier.String()
	}
	return v
}

// OwnerName is the owner of a deck in few words.
func OwnerName(o db.DeckOwner) string {
	if o.TariffID != 0 {
		return "tariff " + Printable(o.Tariff)
	}
	return Printable(o.Provider) + " " + o.Tier.String()
}
