package v1

import (
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
	"tandem/billing/deck"
	"tandem/db"
	"tandem/desk"
	"tandem/routing"
)

// decks are versions of prices: of a provider for a tier, or of a tariff.
func decks(d *door) {
	d.deckLists()
	d.deckRates()
	d.deckPublishing()
}

type deckListInput struct {
	Paging

	ProviderID int64  `query:"provider_id"`
	TariffID   int64  `query:"tariff_id"`
	Tier       string `query:"tier" enum:"noncli,cli,premium"`
	Status     string `query:"status" enum:"loading,draft,scheduled,published,superseded,rolled_back"`
	Q          string `query:"q" maxLength:"100" doc:"In the file's name, the comment or the owner's name"`
}

func (in *deckListInput) filter() (db.DeckFilter, error) {
	f := db.DeckFilter{ProviderID: in.ProviderID, TariffID: in.TariffID, Status: db.DeckStatus(in.Status), Text: in.Q, Limit: in.Limit + 1}
	if in.Tier != "" {
		t, err := routing.ParseTier(in.Tier)
		if err != nil {
			return f, err
		}
		f.Tier = &t
	}
	return f, readCursor(in.Cursor, &f.Before)
}

// deckDetail is a deck with what stands before and after it.
type deckDetail struct {
	desk.Deck

	InForceID    int64 `json:"in_force_id,omitempty" doc:"The deck of the same owner that is in force"`
	RollbackToID int64 `json:"rollback_to_id,omitempty" doc:"Of the deck in force: what a rollback puts in force again; none: it is the first"`
}

type deckAnswer struct {
	ETag string `header:"ETag"`
	Body deckDetail
}

func (d *door) deckLists() {
	handleDesk(d, look(access.Routing), huma.Operation{
		OperationID: "list-decks", Method: http.MethodGet, Path: "/decks", Summary: "List decks, newest first", Tags: []string{"Decks"},
	}, func(ctx context.Context, in *deckListInput) (*struct{ Body Page[desk.Deck] }, error) {
		f, err := in.filter()
		if err != nil {
			return nil, err
		}
		list, err := d.DB.ListDecks(ctx, f)
		if err != nil {
			return nil, err
		}
		out := Page[desk.Deck]{Items: []desk.Deck{}}
		for i, v := range list {
			if i == in.Limit {
				out.Next = cursorOf(list[i-1].ID)
				break
			}
			out.Items = append(out.Items, desk.ViewDeck(v))
		}
		return &struct{ Body Page[desk.Deck] }{out}, nil
	})
	handleDesk(d, look(access.Routing), huma.Operation{
		OperationID: "get-deck", Method: http.MethodGet, Path: "/decks/{id}", Summary: "Read a deck, without its rates", Tags: []string{"Decks"},
	}, func(ctx context.Context, in *ByID) (*deckAnswer, error) {
		v, err := d.Desk.Deck(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		detail, err := d.aroundDeck(ctx, v)
		return &deckAnswer{ETag: etagOf(desk.ViewDeck(v)), Body: detail}, err
	})
	handleDesk(d, change(access.Routing), huma.Operation{
		OperationID: "delete-deck", Method: http.MethodDelete, Path: "/decks/{id}", Summary: "Delete a draft", Tags: []string{"Decks"},
		DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, in *goneRow) (*struct{}, error) {
		v, err := d.Desk.Deck(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		// A draft's rates never change: that it is a draft still is looked at when it goes.
		if err := in.check(desk.ViewDeck(v)); err != nil {
			return nil, err
		}
		_, err = d.Desk.DeleteDraft(ctx, in.ID)
		return nil, err
	})
}

// aroundDeck finds the decks of the same owner that matter to this one.
func (d *door) aroundDeck(ctx context.Context, v db.Deck) (deckDetail, error) {
	out := deckDetail{Deck: desk.ViewDeck(v)}
	f := db.DeckFilter{ProviderID: v.Owner.ProviderID, TariffID: v.Owner.TariffID}
	if v.Owner.TariffID == 0 {
		f.Tier = &v.Owner.Tier
	}
	list, err := d.DB.ListDecks(ctx, f)
	if err != nil {
		return out, err
	}
	world := desk.WorldOf(list)
	for _, other := range list {
		if other.Status == db.DeckPublished {
			out.InForceID = other.ID
			if before, ok := world.Before(other); ok && other.ID == v.ID {
				out.RollbackToID = before.ID
			}
		}
	}
	return out, nil
}

type deckRatesInput struct {
	Paging

	ID     int64  `path:"id" minimum:"1"`
	Q      string `query:"q" maxLength:"96" doc:"Digits: codes that begin with them; else a part of the destination's name"`
	Number string `query:"number" pattern:"^[0-9]{1,15}$" patternDescription:"1 to 15 digits" doc:"Only codes that begin this number: the longest of them counts"`
}

// deckRatePlace is where a page of rates ends.
type deckRatePlace struct {
	Prefix string `json:"p"`
	N      int    `json:"n"`
}

func (d *door) deckRates() {
	handleDesk(d, look(access.Routing), huma.Operation{
		OperationID: "list-deck-rates", Method: http.MethodGet, Path: "/decks/{id}/rates", Summary: "List the rates of a deck, by prefix", Tags: []string{"Decks"},
	}, func(ctx context.Context, in *deckRatesInput) (*struct{ Body Page[desk.DeckRate] }, error) {
		if _, err := d.Desk.Deck(ctx, in.ID); err != nil {
			return nil, err
		}
		var after deckRatePlace
		if err := readCursor(in.Cursor, &after); err != nil {
			return nil, err
		}
		f := db.RateFilter{Number: in.Number, After: after.Prefix, AfterN: after.N, Limit: in.Limit + 1}
		if onlyDigits(in.Q) {
			f.Prefix = in.Q
		} else {
			f.Destination = in.Q
		}
		list, err := d.DB.DeckRates(ctx, in.ID, f)
		if err != nil {
			return nil, err
		}
		out := Page[desk.DeckRate]{Items: []desk.DeckRate{}}
		for i := range list {
			if i == in.Limit {
				out.Next = cursorOf(deckRatePlace{list[i-1].Prefix, list[i-1].N})
				break
			}
			out.Items = append(out.Items, desk.ViewRate(&list[i].Rate))
		}
		return &struct{ Body Page[desk.DeckRate] }{out}, nil
	})
	handleDesk(d, look(access.Routing), huma.Operation{
		OperationID: "export-deck", Method: http.MethodGet, Path: "/decks/{id}/export", Tags: []string{"Decks"},
		Summary:   "Download a deck as CSV that imports to the same rates",
		Responses: map[string]*huma.Response{"200": {Description: "The deck", Content: map[string]*huma.MediaType{"text/csv": {}}}},
	}, d.exportDeck)
}

func onlyDigits(text string) bool {
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// exportDeck streams. An error in the middle breaks the connection off, so that a
// part does not pass for the whole.
func (d *door) exportDeck(ctx context.Context, in *ByID) (*huma.StreamResponse, error) {
	v, err := d.Desk.Complete(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(out huma.Context) {
		download(out, "deck-"+strconv.FormatInt(v.ID, 10), "csv")
		if err := deck.WriteCSV(out.BodyWriter(), d.pagedRates(ctx, v.ID)); err != nil {
			if ctx.Err() == nil {
				d.Log.Warn().Err(err).Int64("deck", v.ID).Msg("the export of a deck was broken off")
			}
			panic(http.ErrAbortHandler) // the client sees that the end is missing
		}
	}}, nil
}

// pagedRates reads page by page: no connection is held while a slow client reads.
// The rates of a complete deck never change.
func (d *door) pagedRates(ctx context.Context, id int64) deck.Rates {
	return func(yield func(deck.Rate, error) bool) {
		f := db.RateFilter{Limit: feedPage}
		for {
			list, err := d.DB.DeckRates(ctx, id, f)
			if err != nil {
				yield(deck.Rate{}, err)
				return
			}
			for i := range list {
				if !yield(list[i].Rate, nil) {
					return
				}
			}
			if len(list) < feedPage {
				return
			}
			f.After, f.AfterN = list[len(list)-1].Prefix, list[len(list)-1].N
		}
	}
}
