package ari

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Up is a call that an Asterisk has.
type Up struct {
	CallID    string    // the id of the caller's channel, to hang up
	Endpoint  string    // whom it is from; a neighbour server's user for its calls
	Account   string    // who pays; empty as long as nobody knows
	Direction string    // out, in, redirect; empty before anybody decided
	Key       string    // route key of the attempt in progress; empty between attempts
	State     string    // of the caller's channel: Up if answered
	Created   time.Time // by Asterisk's clock
}

// CallsUp lists the calls of one server, ours only: one request, and one more
// for each call that Dial says nothing of because it is not there just now, a
// few at once. A call that ends meanwhile is not listed.
func (c *Client) CallsUp(ctx context.Context) ([]Up, error) {
	channels, err := c.Channels(ctx)
	if err != nil {
		return nil, err
	}
	var calls []Up
	var untold []int
	for i := range channels {
		if !channels[i].caller() {
			continue
		}
		up := channels[i].up()
		if up.Direction == "" {
			untold = append(untold, len(calls))
		}
		calls = append(calls, up)
	}
	if err := c.tell(ctx, calls, untold); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(calls, func(u Up) bool { return u.CallID == "" }), nil
}

// caller says whether a channel is a caller's in our dialplan. A called one is
// in none of these contexts, and a caller is at its door for a moment only,
// before anybody was asked about it.
func (ch *Channel) caller() bool {
	switch ch.Context {
	case "service", "make_a_call", "redirect":
		return true
	}
	return false
}

func (ch *Channel) up() Up {
	u := Up{CallID: ch.ID, Endpoint: endpointOf(ch.Name), Account: ch.Account, State: ch.State, Created: ch.Created}
	if ch.App == "Dial" {
		u.Key, u.Direction = attempt(ch.AppData)
	}
	return u
}

// endpointOf takes PJSIP/NAME-0000002a apart.
func endpointOf(channel string) string {
	_, name, _ := strings.Cut(channel, "/")
	if i := strings.LastIndexByte(name, '-'); i >= 0 {
		name = name[:i]
	}
	return name
}

// attempt reads the key and the direction from Dial's arguments, which end in
// U(predial^LIMIT^KEY^DIRECTION^CHANNEL).
func attempt(appData string) (key, direction string) {
	const predial = "U(predial^"
	i := strings.LastIndex(appData, predial)
	if i < 0 {
		return "", ""
	}
	args, _, closed := strings.Cut(appData[i+len(predial):], ")")
	parts := strings.Split(args, "^")
	if !closed || len(parts) < 3 {
		return "", ""
	}
	return parts[1], parts[2]
}

const (
	// readers bounds the requests of one client at once.
	readers = 8
	// nowVariable is DIRECTION/KEY of a call in the dialplan's own variables; no
	// key between attempts.
	nowVariable = `EVAL(${direction}/${IF($["${open}" = "1"]?${T_K${route}}:)})`
)

// tell completes calls[i] for every i of untold. A call that has ended loses its
// id.
func (c *Client) tell(ctx context.Context, calls []Up, untold []int) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var group sync.WaitGroup
	work := make(chan int)
	for range min(readers, len(untold)) {
		group.Go(func() {
			for i := range work {
				if err := c.ask(ctx, &calls[i]); err != nil {
					cancel(err)
				}
			}
		})
	}
	for _, i := range untold {
		work <- i
	}
	close(work)
	group.Wait()
	return context.Cause(ctx)
}

func (c *Client) ask(ctx context.Context, u *Up) error {
	said, err := c.Variable(ctx, u.CallID, nowVariable)
	if errors.Is(err, ErrNoChannel) {
		u.CallID = ""
		return nil
	}
	if err != nil {
		return err
	}
	direction, key, ok := strings.Cut(said, "/")
	if !ok {
		return fmt.Errorf("ari %s: channel %s: %w: variables %s", c.config.Server, quoted(u.CallID), ErrAnswer, quoted(said))
	}
	u.Direction, u.Key = direction, key
	return nil
}
