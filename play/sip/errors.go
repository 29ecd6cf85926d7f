package sip

import (
	"errors"
	"fmt"
)

// Errors of the whole package.
var (
	// ErrClosed is anything asked of a carrier or phone that is not running.
	ErrClosed = errors.New("sip: closed, or not started")
	// ErrStarted is a second Start.
	ErrStarted = errors.New("sip: started already")
	// ErrNoResponse is a request nobody gave a final response to.
	ErrNoResponse = errors.New("no response")

	errNoServer   = errors.New("no server to call")
	errGivenUp    = errors.New("given up before it was sent")
	errNoMedia    = errors.New("call has no media socket")
	errUnsendable = errors.New("cannot stand in a SIP message, use RawInvite")
)

// RejectedError is a call or registration that was refused.
type RejectedError struct {
	Status int    // final SIP status, 0 if none came
	Reason string // its reason phrase, or why none came
}

// Error implements error.
func (e *RejectedError) Error() string {
	return fmt.Sprintf("sip: rejected: %d %s", e.Status, e.Reason)
}
