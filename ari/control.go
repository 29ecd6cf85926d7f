package ari

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

// Variable reads a variable of a channel, or a dialplan function such as
// CHANNEL(language). A variable that was never set is empty, as in Asterisk.
func (c *Client) Variable(ctx context.Context, channelID, name string) (string, error) {
	path, err := c.channelPath(channelID)
	if err != nil {
		return "", err
	}
	value, err := get(ctx, c, path+"/variable", url.Values{"variable": {name}}, decodeVariable)
	if status, ok := errors.AsType[*StatusError](err); ok && status.Status == http.StatusNotFound && status.Message == noVariable {
		return "", nil
	}
	return value, err
}

func decodeVariable(body []byte) (string, error) {
	v, err := object[struct {
		Value *string `json:"value"`
	}](body)
	if err != nil {
		return "", err
	}
	if v.Value == nil {
		return "", fmt.Errorf("%w: no value", ErrAnswer)
	}
	return *v.Value, nil
}

// Hangup ends a channel. reason is a Q.850 cause, "1" to "127", or one of ARI's
// words: normal, busy, congestion, no_answer and so on; empty means normal,
// which refuses a caller who was not yet answered with 603.
func (c *Client) Hangup(ctx context.Context, channelID, reason string) error {
	path, err := c.channelPath(channelID)
	if err != nil {
		return err
	}
	query := url.Values{}
	switch cause, err := strconv.Atoi(reason); {
	case reason == "":
	case err != nil:
		query.Set("reason", reason)
	case cause < 1 || cause > 127: // Asterisk takes any number
		return fmt.Errorf("ari %s: hang up %s: reason %d is not a Q.850 cause, 1 to 127", c.config.Server, quoted(channelID), cause)
	default:
		query.Set("reason_code", reason)
	}
	_, err = c.do(ctx, http.MethodDelete, path, query)
	return err
}

// channelPath refuses what would make another request of it.
func (c *Client) channelPath(id string) (string, error) {
	if id == "" || id == "." || id == ".." {
		return "", fmt.Errorf("ari %s: channel id %q: %w", c.config.Server, id, ErrNoChannel)
	}
	return "/channels/" + url.PathEscape(id), nil
}
