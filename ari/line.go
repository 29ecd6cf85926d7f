package ari

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// Names that the dialplan and a Line share; package dialplan says what they mean.
const (
	calledVariable = "DIALEDPEERNAME"    // on the caller's channel: the called one, from its answer on
	sinceVariable  = "since"             // on the called channel: when it answered, ms since 1970
	limitVariable  = "limit"             // on the caller's channel: seconds of talk that are paid for
	spentVariable  = "spent"             // on the caller's channel: what is played when they are over
	limitFunction  = "TIMEOUT(absolute)" // of the called channel: seconds until it is released
	nowFunction    = "STRFTIME(,,%s%3q)"
)

const (
	// LimitMargin is how much earlier than the paid talk ends the limit strikes: a
	// started second is charged, and Asterisk needs a moment to end the talk. Some
	// milliseconds as a rule, more on a machine without a core to spare. It is
	// dialplan.LimitMargin.
	LimitMargin = 100 * time.Millisecond
	// armLate is how late an order may arrive before it is given again: it counts
	// from its arrival, which nobody knows any closer than it took.
	armLate = 100 * time.Millisecond
	// armTries bounds that.
	armTries = 3
	// leastLimit is what is left of a limit that should have struck: 0 would mean
	// none.
	leastLimit = 10 * time.Millisecond
)

// Line is what may be done to one server's calls in progress. Its methods may be
// used from any goroutine.
type Line struct {
	client *Client
	ami    *AMI
	stream *Stream
}

// NewLine makes a Line of what one server is reached by. Without a stream it
// cannot [Line.Warn].
func NewLine(c *Client, a *AMI, s *Stream) *Line { return &Line{client: c, ami: a, stream: s} }

// Server is the name of the server.
func (l *Line) Server() string { return l.ami.Server() }

// Armed is a call's limit as Asterisk has it.
type Armed struct {
	Answered bool
	Called   string        // name of the called channel
	Left     time.Duration // until the limit strikes
	Talked   time.Duration // since the answer
	At       time.Time     // our time when that was so, or a little before
}

// Limit reads when a call's limit will strike. A call without a called party
// that has answered, an echo test too, is not Answered. ErrNoChannel: the call,
// or its talk, is over.
func (l *Line) Limit(ctx context.Context, callID string) (Armed, error) {
	said, err := l.ami.getvars(ctx, callID, calledVariable)
	if err != nil {
		return Armed{}, err
	}
	a := Armed{Called: said[0]}
	if a.Called == "" {
		return a, nil
	}
	a.At = time.Now()
	said, err = l.ami.getvars(ctx, a.Called, limitFunction, sinceVariable, nowFunction)
	if err != nil {
		return Armed{}, err
	}
	if said[1] == "" { // the dialplan is just about to arm it
		return Armed{Called: a.Called}, nil
	}
	left, leftErr := time.ParseDuration(said[0] + "s")
	since, sinceErr := strconv.ParseInt(said[1], 10, 64)
	now, nowErr := strconv.ParseInt(said[2], 10, 64)
	if err := errors.Join(leftErr, sinceErr, nowErr); err != nil {
		return Armed{}, l.ami.failed("Getvar", a.Called, fmt.Errorf("%w: %w", ErrAnswer, err))
	}
	a.Answered, a.Left = true, left
	a.Talked = max(0, time.Duration(now-since)*time.Millisecond)
	return a, nil
}

// Arm moves the limit of an answered call: it strikes left after a.At, or
// [LimitMargin] earlier. total is the talk from the answer to then, and spent
// the sound that the caller hears when it strikes, empty for none. An error
// leaves open whether it was moved.
func (l *Line) Arm(ctx context.Context, callID string, a Armed, left, total time.Duration, spent string) error {
	switch {
	case callID == "" || a.Called == "":
		return l.ami.failed("Setvar", callID, ErrNoChannel)
	case a.At.IsZero():
		return l.ami.failed("Setvar", callID, errors.New("the limit to move was not read: call Limit first"))
	case total < time.Second:
		return l.ami.failed("Setvar", callID, fmt.Errorf("total is %v: want at least a second of talk", total))
	case spent != "" && !soundName(spent):
		return l.ami.failed("Setvar", callID, fmt.Errorf("%w: sound %s: use A-Z a-z 0-9 / _ -", ErrText, quoted(spent)))
	}
	end := a.At.Add(left - LimitMargin)
	for range armTries {
		sent := time.Now()
		err := l.ami.setvars(
			ctx,
			amiSet{a.Called, limitFunction, asteriskSeconds(max(leastLimit, end.Sub(sent)))},
			amiSet{callID, limitVariable, strconv.FormatInt(int64(total/time.Second), 10)},
			amiSet{callID, spentVariable, spent},
		)
		if err != nil {
			return err
		}
		if time.Since(sent) <= armLate {
			break
		}
	}
	return nil
}

// asteriskSeconds writes a duration as Asterisk reads it, down to milliseconds.
func asteriskSeconds(d time.Duration) string {
	ms := d.Milliseconds()
	return fmt.Sprintf("%d.%03d", ms/1000, ms%1000)
}

// soundName says whether text names a sound file without its suffix, of which
// the dialplan's FILTER leaves everything.
func soundName(text string) bool {
	return len(text) <= 80 && regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9/_-]*$`).MatchString(text)
}
