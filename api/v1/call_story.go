package v1

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
	"tandem/callflow"
	"tandem/db"
	"tandem/internal/calllog"
	"tandem/view"
)

// CallStory is all that is known of one call.
type CallStory struct {
	Call     view.Call         `json:"call" doc:"The record with attempts, the plan and what was left out, with reasons"`
	Line     db.CallLine       `json:"line" doc:"The same call as lists show it: names in place of numbers, what it came to"`
	Bids     []db.AttemptLine  `json:"bids" nullable:"false" doc:"Attempts in their order, with providers, times and costs"`
	Running  *callflow.Running `json:"running,omitempty" doc:"Of a call in progress: what it has come to"`
	Terms    *view.Terms       `json:"terms,omitempty" doc:"What it is charged by; a key needs money:read"`
	Postings []view.Posting    `json:"postings" nullable:"false" doc:"A key needs money:read; without it there are none"`
	Log      []calllog.Line    `json:"log" nullable:"false" doc:"Log lines of this call that the node that answers still has"`
	Node     string            `json:"log_node" doc:"Which node that is"`
}

type storyOutput struct{ Body CallStory }

func (d *door) callStory(ctx context.Context, in *callInput) (*storyOutput, error) {
	call, err := d.readCall(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	s := CallStory{Call: call, Postings: []view.Posting{}, Log: []calllog.Line{}, Node: d.Node}
	names := d.DB.NewNames()
	lines, err := d.DB.ListCalls(ctx, db.CallFilter{CallID: in.ID}, db.CallPlace{}, false, 1, names)
	if err != nil {
		return nil, err
	}
	if len(lines) > 0 {
		s.Line = lines[0]
	}
	if s.Bids, err = d.DB.ListAttempts(ctx, db.AttemptFilter{CallID: in.ID}, db.AttemptPlace{}, true, feedPage, names); err != nil {
		return nil, err
	}
	if look(access.Money).Allows(access.From(ctx)) {
		if err := d.addMoney(ctx, &s); err != nil {
			return nil, err
		}
	}
	if d.CallLog != nil {
		s.Log = d.CallLog(in.ID)
	}
	return &storyOutput{s}, nil
}

// addMoney adds postings, terms and, of a call in progress, what it has come to.
func (d *door) addMoney(ctx context.Context, s *CallStory) error {
	books := view.NewBooks(d.DB)
	postings, err := d.DB.PostingsOf(ctx, s.Call.CallID)
	if err != nil {
		return err
	}
	if s.Postings, err = books.Postings(ctx, postings...); err != nil {
		return err
	}
	holds, err := d.DB.HoldsOf(ctx, []string{s.Call.CallID})
	if err != nil {
		return err
	}
	if hold, ok := holds[s.Call.CallID]; ok {
		now, err := d.DB.Now(ctx)
		if err != nil {
			return err
		}
		s.Running = new(view.RunningOf(&hold, now))
		s.Terms, err = books.Terms(ctx, &hold.Terms)
		return err
	}
	terms, err := d.DB.CallTerms(ctx, s.Call.CallID)
	if err != nil && !errors.Is(err, db.ErrUnavailable) {
		d.Log.Warn().Err(err).Str("call_id", s.Call.CallID).Msg("terms of a call cannot be read")
		return nil
	}
	if err != nil || terms == nil {
		return err
	}
	s.Terms, err = books.Terms(ctx, terms)
	return err
}

// readCall is a call as tandem call --json shows it.
func (d *door) readCall(ctx context.Context, id string) (view.Call, error) {
	call, err := d.DB.Call(ctx, id)
	if errors.Is(err, db.ErrNotFound) {
		return view.Call{}, huma.NewError(http.StatusNotFound, "there is no such call; its record may still wait in the spool of a node")
	}
	if err != nil {
		return view.Call{}, err
	}
	told, err := d.tellReasons(call.Start.Reasons)
	if err != nil {
		d.Log.Warn().Err(err).Str("call_id", id).Msg("reasons of a call cannot be read")
	}
	money, err := d.DB.CallMoney(ctx, id)
	if err != nil {
		return view.Call{}, err
	}
	v := view.OfCall(call, told)
	v.Money = &money
	return v, v.AddPlaces(ctx, d.DB)
}

// tellReasons puts the reasons kept with a call into words, with the names of today.
func (d *door) tellReasons(reasons []byte) (callflow.Told, error) {
	if len(reasons) == 0 || d.Snapshot == nil {
		return callflow.Told{}, nil
	}
	s := d.Snapshot()
	if s == nil {
		return callflow.Told{}, errNoSnapshot
	}
	return callflow.Tell(s, reasons)
}

var errNoSnapshot = errors.New("no configuration is loaded yet")
