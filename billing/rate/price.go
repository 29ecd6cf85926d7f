package rate

import (
	"errors"
	"fmt"
	"time"

	"tandem/internal/money"
)

// Rate is the price of one destination: per minute, with the billing steps and
// the fees, valid from From until before To, within Window.
type Rate struct {
	PerMinute     money.Rate
	ConnectionFee money.Amount // charged once, on answer
	Minimum       money.Amount // an answered call costs at least this
	AttemptFee    money.Amount // charged for every attempt, answered or not; not part of Price
	First         int32        // first increment, seconds, at least 1
	Next          int32        // every further increment, seconds, at least 1
	From          time.Time    // zero: always has been valid
	To            time.Time    // zero: no end known
	Window        Window       // zero: all week
}

// maxIncrement bounds First and Next: an hour. Beyond it a rate is a typing
// mistake, and the product in Price stays far inside int64.
const maxIncrement = 3600

// MaxTalk is the longest talk that Price takes, a week.
const MaxTalk = 7 * 24 * time.Hour

// ErrTalk is Price's answer to a talk time below zero or above MaxTalk.
var ErrTalk = errors.New("talk time out of range")

// Validate names the field that makes the rate unusable.
func (r Rate) Validate() error {
	switch {
	case r.PerMinute < 0:
		return fmt.Errorf("price per minute %s: below zero", r.PerMinute)
	case r.ConnectionFee < 0:
		return fmt.Errorf("connection fee %s: below zero", r.ConnectionFee)
	case r.Minimum < 0:
		return fmt.Errorf("minimum charge %s: below zero", r.Minimum)
	case r.AttemptFee < 0:
		return fmt.Errorf("attempt fee %s: below zero", r.AttemptFee)
	case r.First < 1 || r.First > maxIncrement:
		return fmt.Errorf("first increment %d s: want 1 to %d", r.First, maxIncrement)
	case r.Next < 1 || r.Next > maxIncrement:
		return fmt.Errorf("next increment %d s: want 1 to %d", r.Next, maxIncrement)
	case !r.From.IsZero() && !r.To.IsZero() && !r.From.Before(r.To):
		return fmt.Errorf("effective from %s is not before effective to %s", r.From.Format(time.DateTime), r.To.Format(time.DateTime))
	}
	return r.Window.Validate()
}

// ValidAt says whether the rate is in force at that moment. The window is read
// on the clock of at's time zone, which is the deck's.
func (r Rate) ValidAt(at time.Time) bool {
	return (r.From.IsZero() || !at.Before(r.From)) && (r.To.IsZero() || at.Before(r.To)) && r.Window.Contains(at)
}

// Billed is the talk time after increments, in whole seconds. A started second
// counts; a call without talk is not billed.
func (r Rate) Billed(talk time.Duration) time.Duration {
	return time.Duration(r.billed(int64((talk+time.Second-1)/time.Second))) * time.Second
}

// billed is Billed in whole seconds.
func (r *Rate) billed(seconds int64) int64 {
	if seconds <= 0 {
		return 0
	}
	billed := int64(r.First)
	if over := seconds - billed; over > 0 {
		next := int64(r.Next)
		billed += (over + next - 1) / next * next
	}
	return billed
}

// Price is the exact charge for an answered call of that talk time: connection
// fee plus billed time at the price per minute, rounded once, half up, to
// 1e-6, and at least the minimum. An unanswered call (talk 0) costs nothing.
func (r Rate) Price(talk time.Duration) (money.Amount, error) {
	if talk < 0 || talk > MaxTalk {
		return 0, ErrTalk
	}
	seconds := int64(r.Billed(talk) / time.Second)
	if seconds == 0 {
		return 0, nil
	}
	// 1e-8 per minute x s, over 60 s, down to 1e-6: one division by 6000.
	used, err := money.MulDiv(int64(r.PerMinute), seconds, 60*100)
	if err != nil {
		return 0, fmt.Errorf("%s per minute for %d s: %w", r.PerMinute, seconds, err)
	}
	total := money.Amount(used) + r.ConnectionFee
	if total < r.ConnectionFee {
		return 0, fmt.Errorf("connection fee %s: %w", r.ConnectionFee, money.ErrOverflow)
	}
	return max(total, r.Minimum), nil
}
