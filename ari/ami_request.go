package ari

import (
	"context"
	"errors"
	"fmt"
)

// What Asterisk says of a channel that it does not know.
const amiNoChannel = "No such channel"

// Getvar reads a variable of a channel, or a dialplan function such as
// TIMEOUT(absolute). channel is its name or id. A variable that was never set is
// empty, as in Asterisk. EVAL and SHELL are refused: our user has no such right.
func (a *AMI) Getvar(ctx context.Context, channel, name string) (string, error) {
	values, err := a.getvars(ctx, channel, name)
	if err != nil {
		return "", err
	}
	return values[0], nil
}

// Setvar sets a variable of a channel, or a dialplan function.
func (a *AMI) Setvar(ctx context.Context, channel, name, value string) error {
	return a.setvars(ctx, amiSet{channel, name, value})
}

// getvars reads several variables of one channel at once.
func (a *AMI) getvars(ctx context.Context, channel string, names ...string) ([]string, error) {
	requests := make([]amiAction, len(names))
	for i, name := range names {
		requests[i] = amiAction{"Getvar", []amiField{{"Channel", channel}, {"Variable", name}}}
	}
	said, err := a.do(ctx, channel, requests)
	if err != nil {
		return nil, err
	}
	values := make([]string, len(said))
	for i := range said {
		values[i] = said[i].value
	}
	return values, nil
}

// amiSet is one variable to set.
type amiSet struct{ channel, name, value string }

// setvars sets several variables at once, in order. An error leaves open which
// of them were set.
func (a *AMI) setvars(ctx context.Context, sets ...amiSet) error {
	requests := make([]amiAction, len(sets))
	for i, s := range sets {
		requests[i] = amiAction{"Setvar", []amiField{{"Channel", s.channel}, {"Variable", s.name}, {"Value", s.value}}}
	}
	_, err := a.do(ctx, sets[0].channel, requests)
	return err
}

// do sends requests about a channel and returns the answers when all are good.
func (a *AMI) do(ctx context.Context, channel string, requests []amiAction) ([]amiMessage, error) {
	name := requests[0].name
	for _, r := range requests {
		if err := r.check(); err != nil {
			return nil, a.failed(name, channel, err)
		}
	}
	bounded, cancel := context.WithTimeout(ctx, a.config.Timeout)
	defer cancel()
	c, err := a.connection(bounded)
	if err != nil {
		return nil, a.failed(name, channel, err)
	}
	said, err := c.exchange(bounded, a.config.Timeout, requests)
	if err != nil {
		if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			err = fmt.Errorf("no answer within %v: %w", a.config.Timeout, err)
		}
		return nil, a.failed(name, channel, err)
	}
	for i := range said {
		if err := said[i].refusal(); err != nil {
			return nil, a.failed(name, channel, err)
		}
	}
	return said, nil
}

// refusal makes an error of an answer that is not a good one.
func (m *amiMessage) refusal() error {
	switch {
	case m.good():
		return nil
	case m.message == amiNoChannel:
		return ErrNoChannel
	case m.response == "Error":
		return &ActionError{Message: m.message}
	}
	return fmt.Errorf("%w: response %s", ErrAnswer, quoted(m.response))
}

func (a *AMI) failed(action, channel string, err error) error {
	return fmt.Errorf("ari %s: AMI %s of channel %s: %w", a.config.Server, action, quoted(channel), err)
}
