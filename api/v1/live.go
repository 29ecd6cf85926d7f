package v1

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
	"tandem/api/live"
	"tandem/db"
)

// Live is what the API needs of calls in progress.
type Live struct {
	Board *live.Board
	// Hangup ends a call on the Asterisk that has it, with a Q.850 cause.
	Hangup func(ctx context.Context, server, callID string, cause int) error
}

// Errors of Live.Hangup.
var (
	ErrNoARI  = errors.New("this node cannot reach that server's ARI: give it asterisk.servers.NAME.http and ari_user")
	ErrNoCall = errors.New("this call is over")
)

// liveCalls are operations on calls in progress.
func liveCalls(d *door) {
	handle(d, look(access.Calls), huma.Operation{
		OperationID: "list-live-calls", Method: http.MethodGet, Path: "/live/calls", Tags: []string{"Live"},
		Summary: "Calls in progress on all servers, with their money", Errors: []int{503},
		Description: "The same as the topic live of /stream begins with. At most 5,000 calls are listed, the oldest first; total says how many there are.",
	}, d.listLive)
	handle(d, change(access.Calls), huma.Operation{
		OperationID: "hang-up-call", Method: http.MethodPost, Path: "/live/calls/{id}/hangup", Tags: []string{"Live"},
		Summary: "Hang up a call in progress", DefaultStatus: http.StatusNoContent, Errors: []int{404, 502, 503},
		Description: "The call ends as if the caller's side had hung up; it is charged for its talk. The reason is kept in the audit log.",
	}, d.hangUp)
	handle(d, own(access.Customer, access.Agent), huma.Operation{
		OperationID: "get-my-live-calls", Method: http.MethodGet, Path: "/mine/live", Tags: []string{"Mine"},
		Summary: "My balance and my calls in progress", Errors: []int{503},
	}, d.mineLive)
}

type liveCallsOutput struct {
	Body *live.Picture
}

type ownOutput struct {
	Body live.Own
}

type hangUpInput struct {
	ID   string `path:"id" maxLength:"64" doc:"Call id"`
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"200" doc:"Why, for the audit log"`
		Cause  int    `json:"cause,omitempty" minimum:"1" maximum:"127" default:"16" doc:"Q.850 cause given to both sides"`
	}
}

func (d *door) board() (*live.Board, error) {
	if d.Live == nil || d.Live.Board == nil {
		return nil, huma.Error503ServiceUnavailable("this node shows no calls in progress")
	}
	return d.Live.Board, nil
}

func (d *door) listLive(ctx context.Context, _ *struct{}) (*liveCallsOutput, error) {
	board, err := d.board()
	if err != nil {
		return nil, err
	}
	return &liveCallsOutput{board.Picture(ctx)}, nil
}

func (d *door) mineLive(ctx context.Context, _ *struct{}) (*ownOutput, error) {
	board, err := d.board()
	if err != nil {
		return nil, err
	}
	account, subscriber, err := whoseCalls(access.From(ctx))
	if err != nil {
		return nil, err
	}
	mine, err := board.OwnOf(ctx, d.DB, account, subscriber)
	if err != nil {
		return nil, err
	}
	return &ownOutput{ownFor(mine, subscriber != 0)}, nil
}

// whoseCalls says whose calls somebody may see as their own: an account's, or a
// telephone's.
func whoseCalls(p access.Principal) (account, subscriber int64, err error) {
	switch {
	case p.Role == access.Agent && p.SubscriberID != 0:
		return p.AccountID, p.SubscriberID, nil
	case p.Role == access.Customer && p.AccountID != 0:
		return p.AccountID, 0, nil
	}
	return 0, 0, huma.Error403Forbidden("no account belongs to this user: an administrator can name one")
}

func (d *door) hangUp(ctx context.Context, in *hangUpInput) (*struct{}, error) {
	board, err := d.board()
	if err != nil {
		return nil, err
	}
	call, ok := board.Call(ctx, in.ID)
	if !ok {
		return nil, huma.Error404NotFound(ErrNoCall.Error())
	}
	err = d.Live.Hangup(ctx, call.Server, call.CallID, in.Body.Cause)
	switch {
	case errors.Is(err, ErrNoCall):
		return nil, huma.Error404NotFound(ErrNoCall.Error())
	case errors.Is(err, ErrNoARI):
		return nil, huma.Error503ServiceUnavailable("server " + call.Server + ": " + ErrNoARI.Error())
	case err != nil:
		d.Log.Warn().Err(err).Str("call_id", call.CallID).Msg("a call could not be hung up")
		return nil, huma.NewError(http.StatusBadGateway, "server "+call.Server+" did not hang up; whether the call is over is not known")
	}
	d.Log.Info().Str("call_id", call.CallID).Str("by", access.From(ctx).Login).Msg("call hung up by a person")
	d.auditHangUp(ctx, in, call)
	return nil, nil //nolint:nilnil // it has no body
}

// auditHangUp writes down what has happened, whether or not somebody waits for the
// answer. The answer is the same when it cannot be written: the call is over.
func (d *door) auditHangUp(ctx context.Context, in *hangUpInput, call live.Call) {
	ctx, stop := context.WithTimeout(db.ForDeeds(context.WithoutCancel(ctx)), auditWithin)
	defer stop()
	err := d.DB.Audit(ctx, db.Change{
		Action: "hangup", Kind: "call", ID: call.CallID, Name: string(call.A) + " → " + string(call.B),
		After: map[string]string{"reason": in.Body.Reason, "server": call.Server, "cause": strconv.Itoa(in.Body.Cause)},
	})
	if err != nil {
		d.Log.Error().Err(err).Str("call_id", call.CallID).Str("by", access.From(ctx).Login).Str("reason", in.Body.Reason).
			Msg("a call was hung up by a person, and the audit log does not know")
	}
}

// auditWithin bounds writing to the audit log what is done already.
const auditWithin = 10 * time.Second
