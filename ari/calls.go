package ari

import (
	"context"
	"encoding/json"
)

// CallObserver is told what events say of calls in our dialplan. It is called from
// a Stream's goroutine and should return soon.
type CallObserver interface {
	// CallChanged says that a call is there: it was let in, is offered to a route,
	// or was answered.
	CallChanged(server string, call Up)
	// CallEnded says that a channel is gone, a caller's or a called one.
	CallEnded(server, channelID string)
}

// CallHandlers are the handlers of a [Stream] of Everything that tell o about the
// calls of one server.
func CallHandlers(server string, o CallObserver) map[string]func(Event) {
	changed := func(e Event) {
		if ch, ok := eventChannel(e.Raw); ok && ch.caller() {
			o.CallChanged(server, ch.up())
		}
	}
	return map[string]func(Event){
		"Dial":               changed,
		"ChannelStateChange": changed,
		"ChannelDestroyed": func(e Event) {
			if ch, ok := eventChannel(e.Raw); ok {
				o.CallEnded(server, ch.ID)
			}
		},
	}
}

// eventChannel is whom an event is about; of Dial it is the caller.
func eventChannel(raw json.RawMessage) (Channel, bool) {
	var said struct {
		Channel *wireChannel `json:"channel"`
		Caller  *wireChannel `json:"caller"`
	}
	if json.Unmarshal(raw, &said) != nil {
		return Channel{}, false
	}
	w := said.Channel
	if said.Caller != nil {
		w = said.Caller
	}
	if w == nil || w.ID == "" {
		return Channel{}, false
	}
	return w.channel(), true
}

// Callers lists, in one request, the ids of every channel, and which of them are
// calls in our dialplan. A call between two attempts shows no route.
func (c *Client) Callers(ctx context.Context) (channelIDs map[string]struct{}, calls []Up, err error) {
	channels, err := c.Channels(ctx)
	if err != nil {
		return nil, nil, err
	}
	return ids(channels), callers(channels), nil
}
