package ari

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// What may go wrong. Errors of the connection and of contexts come wrapped as
// they are, any other status as a [StatusError].
var (
	// ErrNoChannel: the channel is gone, or never was.
	ErrNoChannel = errors.New("no such channel")
	// ErrRefused: user and secret are not those of ari.conf.
	ErrRefused = errors.New("user or secret refused")
	// ErrAnswer: something answered that is not ARI, or half an answer.
	ErrAnswer = errors.New("not an answer of ARI")
	// ErrAway: there is no connection just now.
	ErrAway = errors.New("not connected")
	// ErrText: a value that cannot be sent.
	ErrText = errors.New("text refused")
	// ErrTooLong: the answer is longer than Config.MaxBody, or than AMI's bound.
	ErrTooLong = errors.New("answer too long")
	// ErrOtherServer: the Asterisk there has another name.
	ErrOtherServer = errors.New("another server answers")
)

// StatusError is an answer that says no.
type StatusError struct {
	Status  int
	Message string // Asterisk's; empty if it gave none
}

func (e *StatusError) Error() string {
	text := strconv.Itoa(e.Status) + " " + http.StatusText(e.Status)
	if e.Message != "" {
		text += ": " + quoted(e.Message)
	}
	switch {
	case e.Status == http.StatusServiceUnavailable:
		text += ": Asterisk is starting or stopping"
	case e.Status == http.StatusNotFound && e.Message == "":
		text += ": Asterisk is starting, or BaseURL does not name its ARI"
	case e.Status == http.StatusNotFound:
		text += ": check that modules.conf loads the res_ari module for it"
	case e.Status == http.StatusForbidden:
		text += ": ari.conf must give the user read_only = no"
	}
	return text
}

// ActionError is an answer of AMI that says no.
type ActionError struct {
	Message string // Asterisk's
}

func (e *ActionError) Error() string {
	text := "refused: " + quoted(e.Message)
	if strings.Contains(e.Message, "ermission") || strings.Contains(e.Message, "Forbidden") {
		text += ": manager.conf must give the user the right"
	}
	return text
}

// What Asterisk says of a channel and of a variable that it does not know.
const (
	noChannel       = "Channel not found"
	noChannelToRead = "Provided channel was not found"
	noVariable      = "Provided variable was not found"
)

// refusal makes an error of a status that is not a good one.
func (c *Client) refusal(status int, body []byte) error {
	var said struct {
		Message string `json:"message"`
	}
	if err := json.Unmarshal(body, &said); err != nil {
		said.Message = "" // a page for people
	}
	switch {
	case status == http.StatusUnauthorized:
		return fmt.Errorf("%w (401): User %q and its Secret must be a section of ari.conf there", ErrRefused, c.config.User)
	case status == http.StatusNotFound && (said.Message == noChannel || said.Message == noChannelToRead):
		return ErrNoChannel
	}
	return &StatusError{Status: status, Message: said.Message}
}

// connError drops what net/http repeats, and names the clock that ran out.
func (c *Client) connError(ctx context.Context, err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return fmt.Errorf("no whole answer within %v: %w", c.config.Timeout, err)
	}
	return err
}

// maxQuoted bounds how much of a foreign text an error, and so the log, repeats.
const maxQuoted = 100

func quoted(text string) string {
	if len(text) > maxQuoted {
		return strconv.Quote(text[:maxQuoted]) + "…"
	}
	return strconv.Quote(text)
}
