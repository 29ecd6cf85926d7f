package ari

import (
	"context"
	"fmt"
	"time"

	lib "github.com/CyCoreSystems/ari/v5"
)

// Channel is one channel as Asterisk lists it.
type Channel struct {
	ID        string // uniqueid
	Name      string // PJSIP/trunk-11-35-00000005
	State     string // Down, Ring, Ringing, Up
	Account   string // accountcode
	Caller    string // number of who is at the far end
	Connected string // number of who is at the other far end
	Context   string // where in the dialplan it is
	Exten     string
	App       string // what it executes there
	AppData   string // and with what
	Created   time.Time
}

// Channels lists every channel, callers' and called ones, in one request.
func (c *Client) Channels(ctx context.Context) ([]Channel, error) {
	return get(ctx, c, "/channels", nil, decodeChannels)
}

// wireChannel is the library's ChannelData, which would be parsed twice and
// leaves out the application.
type wireChannel struct {
	ID          string       `json:"id"`
	Name        string       `json:"name"`
	State       string       `json:"state"`
	AccountCode string       `json:"accountcode"`
	Caller      lib.CallerID `json:"caller"`
	Connected   lib.CallerID `json:"connected"`
	Created     lib.DateTime `json:"creationtime"`
	Dialplan    struct {
		lib.DialplanCEP
		App     string `json:"app_name"`
		AppData string `json:"app_data"`
	} `json:"dialplan"`
}

func decodeChannels(body []byte) ([]Channel, error) {
	wire, err := list[wireChannel](body)
	if err != nil {
		return nil, err
	}
	channels := make([]Channel, len(wire))
	for i := range wire {
		w := &wire[i]
		if w.ID == "" {
			return nil, fmt.Errorf("%w: channel %d of %d has no id", ErrAnswer, i+1, len(wire))
		}
		channels[i] = w.channel()
	}
	return channels, nil
}

func (w *wireChannel) channel() Channel {
	return Channel{
		ID: w.ID, Name: w.Name, State: w.State, Account: w.AccountCode,
		Caller: w.Caller.Number, Connected: w.Connected.Number,
		Context: w.Dialplan.Context, Exten: w.Dialplan.Exten, App: w.Dialplan.App, AppData: w.Dialplan.AppData,
		Created: time.Time(w.Created),
	}
}
