package v1

import (
	"context"
	"net/http"
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
		Description: "Runs the code of the live call. Channels in use and routes that rest are known to running calls only, and are not looked at.",
	}, func(ctx context.Context, in *simulateInput) (*struct{ Body desk.Explanation }, error) {
		q := desk.Question{To: in.Body.To, From: in.Body.From, AccountID: in.Body.AccountID, SubscriberID: in.Body.SubscriberID, ServerID: in.Body.ServerID}
		if in.Body.At != nil {
			q.At = in.Body.At.UTC()
		}
		v, err := d.Desk.Now(ctx, q)
		if err != nil {
			return nil, err
		}
		return &struct{ Body desk.Explanation }{v}, nil
	})
}
