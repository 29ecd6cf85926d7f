package v1

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
	"tandem/desk"
)

type simulateInput struct {
	Body struct {
		To           string     `json:"to" minLength:"1" maxLength:"64" doc:"What the caller dials"`
		From         string     `json:"from,omitempty" maxLength:"64" doc:"Number that the caller asks to show"`
		AccountID    int64      `json:"account_id,omitempty" doc:"Whose subscriber calls; none: the first who may show from"`
		SubscriberID int64      `json:"subscriber_id,omitempty" doc:"Who calls"`
		ServerID     int64      `json:"server_id,omitempty" doc:"Where; none: the subscriber's own server, else the first"`
		At           *time.Time `json:"at,omitempty" doc:"When, with the decks of that moment; none: now"`
	}
}

// simulate says what would become of a call.
func simulate(d *door) {
	rule := look(access.Routing) // it changes nothing, though it is a POST
	handleDesk(d, rule, huma.Operation{
		OperationID: "simulate-call", Method: http.MethodPost, Path: "/simulate", Tags: []string{"Simulator"},
		Summary:     "Say which routes a call would take, what they would cost, and why each other was left out",
		Description: "Runs the code of the live call. Channels in use and routes that rest are known to running calls only, and are not looked at. A policy that goes by quality weighs with what this node has learnt.",
	}, func(ctx context.Context, in *simulateInput) (*struct{ Body desk.Explanation }, error) {
		q := desk.Question{To: in.Body.To, From: in.Body.From, AccountID: in.Body.AccountID, SubscriberID: in.Body.SubscriberID, ServerID: in.Body.ServerID}
		if in.Body.At != nil {
			q.At = in.Body.At.UTC()
		}
		if d.Desk.Ported != nil && !d.dips.take(access.From(ctx).UserID, time.Now()) {
			return nil, huma.ErrorWithHeaders(huma.Error429TooManyRequests(
				fmt.Sprintf("at most %d simulations a minute: each may ask a paid service for the operator of a number", dipsEach)), http.Header{"Retry-After": {"60"}})
		}
		v, err := d.wouldBe(ctx, q)
		if err != nil {
			return nil, err
		}
		return &struct{ Body desk.Explanation }{v}, nil
	})
}

// wouldBe asks the configuration that this node has in memory, unless it is about
// another moment.
func (d *door) wouldBe(ctx context.Context, q desk.Question) (desk.Explanation, error) {
	if q.At.IsZero() && d.Snapshot != nil {
		if s := d.Snapshot(); s != nil {
			return d.Desk.NowBy(ctx, s, q)
		}
	}
	return d.Desk.Now(ctx, q)
}

// dipsEach is how often a minute one user may have the operator of a number looked
// up.
const dipsEach = 30

// perMinute counts what users do within a minute.
type perMinute struct {
	mu    sync.Mutex
	began time.Time
	done  map[int64]int
}

// take says whether the user may once more.
func (p *perMinute) take(user int64, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.done == nil || now.Sub(p.began) >= time.Minute {
		p.began, p.done = now, map[int64]int{}
	}
	p.done[user]++
	return p.done[user] <= dipsEach
}
