package v1

import (
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
	"tandem/db"
	"tandem/desk"
)

type replayAnswer struct {
	Location string `header:"Location"`
	Body     desk.ReplayJob
}

// replays run past calls through drafts of decks and policies.
func replays(d *door) {
	handleDesk(d, change(access.Routing), huma.Operation{
		OperationID: "create-replay", Method: http.MethodPost, Path: "/replays", Tags: []string{"Replay"}, DefaultStatus: http.StatusAccepted,
		Summary:     "Run past calls through a draft of a deck or policy, in money",
		Description: "Runs in the background; get-replay tells how far it is. Nothing is changed.",
	}, func(ctx context.Context, in *struct{ Body desk.ReplayRequest }) (*replayAnswer, error) {
		id, err := d.Jobs.Ask(ctx, in.Body)
		if err != nil {
			return nil, err
		}
		return d.replay(db.ForDeeds(ctx), id)
	})
	handleDesk(d, look(access.Routing), huma.Operation{
		OperationID: "get-replay", Method: http.MethodGet, Path: "/replays/{id}", Tags: []string{"Replay"}, Summary: "Read a replay: its progress, then its result",
	}, func(ctx context.Context, in *ByID) (*replayAnswer, error) { return d.replay(ctx, in.ID) })
	handleDesk(d, look(access.Routing), huma.Operation{
		OperationID: "list-replays", Method: http.MethodGet, Path: "/replays", Tags: []string{"Replay"}, Summary: "List replays, newest first, without results",
	}, func(ctx context.Context, in *Paging) (*struct{ Body Page[desk.ReplayJob] }, error) {
		var before int64
		if err := readCursor(in.Cursor, &before); err != nil {
			return nil, err
		}
		list, err := d.DB.Replays(ctx, before, in.Limit+1)
		if err != nil {
			return nil, err
		}
		page, err := pageByID(list, in.Limit, func(v db.Replay) int64 { return v.ID }, desk.ViewReplayJob)
		return &struct{ Body Page[desk.ReplayJob] }{page}, err
	})
	handleDesk(d, change(access.Routing), huma.Operation{
		OperationID: "delete-replay", Method: http.MethodDelete, Path: "/replays/{id}", Tags: []string{"Replay"}, Summary: "Stop a replay, or forget its result",
		DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, in *ByID) (*struct{}, error) { return nil, d.DB.DeleteReplay(ctx, in.ID) })
}

func (d *door) replay(ctx context.Context, id int64) (*replayAnswer, error) {
	v, err := d.DB.Replay(ctx, id)
	if err != nil {
		return nil, err
	}
	shown, err := desk.ViewReplayJob(v)
	return &replayAnswer{Location: Prefix + "/replays/" + strconv.FormatInt(id, 10), Body: shown}, err
}

// pageByID makes a page of a list, newest first, that was asked for with one row
// more than a page has.
func pageByID[T, V any](list []T, limit int, id func(T) int64, view func(T) (V, error)) (Page[V], error) {
	page := Page[V]{Items: []V{}}
	for i, v := range list {
		if i == limit {
			page.Next = cursorOf(id(list[i-1]))
			break
		}
		shown, err := view(v)
		if err != nil {
			return page, err
		}
		page.Items = append(page.Items, shown)
	}
	return page, nil
}
