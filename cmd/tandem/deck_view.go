package main

import (
	"strings"
	"time"

	"tandem/db"
	"tandem/internal/money"
)

// deckView is a deck as people and scripts read it.
type deckView struct {
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

func viewDeck(d db.Deck) deckView {
	v := deckView{
		ID: d.ID, ProviderID: d.Owner.ProviderID, Provider: d.Owner.Provider, TariffID: d.Owner.TariffID, Tariff: d.Owner.Tariff,
		Currency: d.Owner.Currency, Version: d.Version, Status: d.Status, PublishAt: d.PublishAt, RolledBackAt: d.RolledBackAt,
		CreatedAt: d.CreatedAt, Rates: d.Rates, Revision: d.Revision, TimeZone: d.Zone, File: d.File, SHA256: d.SHA256, Comment: d.Comment,
	}
	if d.Owner.TariffID == 0 {
		v.Tier = d.Owner.Tier.String()
	}
	return v
}

// ownerName is the owner of a deck in few words.
func ownerName(o db.DeckOwner) string {
	if o.TariffID != 0 {
		return "tariff " + printable(o.Tariff)
	}
	return printable(o.Provider) + " " + o.Tier.String()
}

// moment writes a time as all commands show it; the zero time is a dash.
func moment(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(time.DateTime)
}

// shortPrice leaves away the zeros at a price's end, but for two digits.
func shortPrice(v interface{ String() string }) string {
	text := v.String()
	point := strings.IndexByte(text, '.')
	short := strings.TrimRight(text, "0")
	return text[:max(len(short), point+3)]
}

// twoDigits is a sum to the hundredth, with its sign when it is a change.
func twoDigits(v money.Amount, change bool) string {
	const hundredth = 10_000
	rounded := (v + hundredth/2) / hundredth
	if v < 0 {
		rounded = (v - hundredth/2) / hundredth
	}
	text := (rounded * hundredth).String()
	text = text[:len(text)-4]
	if change && rounded > 0 {
		return "+" + text
	}
	return text
}
