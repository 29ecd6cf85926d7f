package v1

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
	"tandem/db"
	"tandem/desk"
)

type deckPublishInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		At string `json:"at,omitempty" doc:"From when on, as 2026-12-01, 2026-12-01 06:00 on the clock of the deck's time zone, or with a zone of its own; none: now"`
		DeckExpected
	}
}

// DeckExpected is for what was looked at before. Exported, or huma would not see
// what embeds it.
type DeckExpected struct {
	ExpectedDeckID *int64 `json:"expected_deck_id,omitempty" doc:"The deck that was compared with, in force at that time, 0 for none: when it is another one by now, nothing is changed"`
}

// check looks whether the deck in force at a time, zero for now, is that one.
func (e DeckExpected) check(from db.Deck, at time.Time) error {
	if e.ExpectedDeckID == nil || *e.ExpectedDeckID == from.ID {
		return nil
	}
	text := fmt.Sprintf("meanwhile deck %d has come in force", from.ID)
	switch {
	case from.ID == 0:
		text = "none is in force before it any more"
	case !at.IsZero():
		text = fmt.Sprintf("deck %d is the one in force at that time", from.ID)
	}
	return huma.NewError(http.StatusConflict, text+": look at the changes anew, for the time that it is to be published at")
}

type deckRollbackInput struct {
	Body struct {
		ProviderID int64  `json:"provider_id,omitempty"`
		TariffID   int64  `json:"tariff_id,omitempty"`
		Tier       string `json:"tier,omitempty" enum:"noncli,cli,premium" doc:"Of the provider; not needed where it sells one only"`
		// A rollback is of one deck: of two who roll back the same, one is told.
		ExpectedDeckID int64 `json:"expected_deck_id" minimum:"1" doc:"The deck in force that is to be taken back"`
	}
}

// deckSwitched is what came of publishing or rolling back.
type deckSwitched struct {
	Deck       desk.Deck  `json:"deck" doc:"In force, or will be"`
	RolledBack *desk.Deck `json:"rolled_back,omitempty"`
	Warning    string     `json:"warning,omitempty"`
}

type deckSwitchedAnswer struct{ Body deckSwitched }

func (d *door) deckPublishing() {
	handleDesk(d, change(access.Routing), huma.Operation{
		OperationID: "publish-deck", Method: http.MethodPost, Path: "/decks/{id}/publish", Summary: "Put a draft in force, now or at a time", Tags: []string{"Decks"},
	}, func(ctx context.Context, in *deckPublishInput) (*deckSwitchedAnswer, error) {
		s, err := d.Desk.Publishing(ctx, in.ID, in.Body.At)
		if err == nil {
			err = in.Body.check(s.From, s.At)
		}
		if err != nil {
			return nil, err
		}
		return d.switchDecks(ctx, s)
	})
	handleDesk(d, change(access.Routing), huma.Operation{
		OperationID: "unpublish-deck", Method: http.MethodPost, Path: "/decks/{id}/unpublish", Tags: []string{"Decks"},
		Summary: "Make a draft again of a deck that is not in force yet",
	}, func(ctx context.Context, in *ByID) (*deckSwitchedAnswer, error) {
		v, err := d.Desk.Unpublish(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return &deckSwitchedAnswer{deckSwitched{Deck: desk.ViewDeck(v)}}, nil
	})
	handleDesk(d, change(access.Routing), huma.Operation{
		OperationID: "rollback-deck", Method: http.MethodPost, Path: "/decks/rollback", Tags: []string{"Decks"},
		Summary: "Take the deck in force back for good; the one before it is in force again",
	}, func(ctx context.Context, in *deckRollbackInput) (*deckSwitchedAnswer, error) {
		owner := desk.OwnerChoice{ProviderID: in.Body.ProviderID, TariffID: in.Body.TariffID, Tier: in.Body.Tier}
		if !owner.Given() {
			return nil, wrong("body.provider_id", "want either provider_id or tariff_id")
		}
		s, err := d.Desk.RollingBack(ctx, owner)
		if err == nil {
			err = DeckExpected{&in.Body.ExpectedDeckID}.check(s.From, time.Time{})
		}
		if err != nil {
			return nil, err
		}
		return d.switchDecks(ctx, s)
	})
	d.deckPreviews()
}

func (d *door) switchDecks(ctx context.Context, s *desk.Switch) (*deckSwitchedAnswer, error) {
	done, err := s.Do(ctx)
	if err != nil {
		return nil, err
	}
	out := deckSwitched{Deck: desk.ViewDeck(done.InForce), Warning: s.Warning}
	if done.Gone.ID != 0 {
		gone := desk.ViewDeck(done.Gone)
		out.RolledBack = &gone
	}
	return &deckSwitchedAnswer{out}, nil
}

type deckPreviewInput struct {
	ID           int64  `path:"id" minimum:"1"`
	Against      int64  `query:"against" doc:"Deck that it is compared with; none: the one that it takes the place of"`
	At           string `query:"at" maxLength:"64" doc:"Of a draft: when it is to be in force, as the at of POST /decks/{id}/publish; none: now. Base is the expected_deck_id for that time"`
	RaisePercent int64  `query:"raise_percent" minimum:"1" maximum:"1000000" default:"25" doc:"Flag prices that rise by more than so many percent"`
	NoticeDays   int    `query:"notice_days" minimum:"0" maximum:"3650" default:"7" doc:"Flag prices that rise within so many days; 0: none"`
}

func (d *door) deckPreviews() {
	handleDesk(d, look(access.Routing), huma.Operation{
		OperationID: "preview-deck", Method: http.MethodGet, Path: "/decks/{id}/preview", Tags: []string{"Decks"},
		Summary: "Compare a deck with another, or with the one in force: codes, money, losses",
	}, func(ctx context.Context, in *deckPreviewInput) (*struct{ Body desk.DeckPreview }, error) {
		c, err := d.Desk.CompareAt(ctx, in.Against, in.ID, in.At)
		if err != nil {
			return nil, err
		}
		v, err := c.Preview(ctx, desk.PreviewOptions{RaisePercent: in.RaisePercent, NoticeDays: in.NoticeDays}, nil)
		if err != nil {
			return nil, err
		}
		return &struct{ Body desk.DeckPreview }{v.Shown()}, nil
	})
}
