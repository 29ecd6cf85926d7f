package rate

import (
	"errors"
	"fmt"
	"time"

	"tandem/internal/money"
)

// Rate is the price of one destination: per minute, with the billing steps and
// the fees, valid from From until before To, within Window. Times of day are in
// Card, which knows the time zone.
type Rate struct {
	PerMinute     money.Rate
	ConnectionFee money.Amount // charged once, on answer
	Minimum       money.Amount // an answered call costs at least this
	AttemptFee    money.Amount // charged for every attempt, answered or not; not part of Price
	First         int32        // first increment, seconds, at least 1
	Next          int32        // every further increment, seconds, at least 1
	Grace         int32        // an answered call up to so many seconds costs nothing; 0: none
	Free          int32        // seconds from the answer on that are not billed
	Steps         [MaxSteps]Step
	From          time.Time // zero: always has been valid
	To            time.Time // zero: no end known
	Window        Window    // zero: all week
}

// maxIncrement bounds First and Next: an hour. Beyond it a rate is a typing
// mistake, and the product in Price stays far inside 128 bits.
const maxIncrement = 3600

// maxGrace and maxFree bound Grace and Free, for the same reason.
const (
	maxGrace = 60
	maxFree  = 3600
)

// MaxTalk is the longest talk that Price takes, a week.
const MaxTalk = 7 * 24 * time.Hour

// maxSeconds is MaxTalk in seconds.
const maxSeconds = int64(MaxTalk / time.Second)

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
	case r.Grace < 0 || r.Grace > maxGrace:
		return fmt.Errorf("grace %d s: want 0 to %d", r.Grace, maxGrace)
	case r.Free < 0 || r.Free > maxFree:
		return fmt.Errorf("free seconds %d: want 0 to %d", r.Free, maxFree)
	case !r.From.IsZero() && !r.To.IsZero() && !r.From.Before(r.To):
		return fmt.Errorf("effective from %s is not before effective to %s", r.From.Format(time.DateTime), r.To.Format(time.DateTime))
	}
	if err := validateSteps(r.Steps); err != nil {
		return err
	}
	return r.Window.Validate()
}

// ValidAt says whether the rate is in force at that moment. The window is read
// on the clock of at's time zone, which is the deck's.
func (r Rate) ValidAt(at time.Time) bool { return r.validAt(at) }

func (r *Rate) validAt(at time.Time) bool {
	return (r.From.IsZero() || !at.Before(r.From)) && (r.To.IsZero() || at.Before(r.To)) && r.Window.Contains(at)
}

// Plain says that the price follows from the billed seconds alone: no grace, no
// free seconds, no steps and no minimum.
func (r *Rate) Plain() bool {
	return r.Minimum == 0 && r.Grace == 0 && r.Free == 0 && r.Steps[0].After == 0
}

// Billed is the talk time after grace, free seconds and increments, in whole
// seconds. A started second counts; a call without talk is not billed.
func (r Rate) Billed(talk time.Duration) time.Duration {
	return time.Duration(r.billed(started(talk))) * time.Second
}

// started is the number of started seconds.
func started(talk time.Duration) int64 { return int64((talk + time.Second - 1) / time.Second) }

// billed is Billed in whole seconds.
func (r *Rate) billed(seconds int64) int64 {
	if seconds <= int64(r.Grace) {
		return 0
	}
	return r.increments(seconds - int64(r.Free))
}

// increments is how long the increments are that cover so many seconds.
func (r *Rate) increments(seconds int64) int64 {
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
// 1e-6, and at least the minimum. An unanswered call (talk 0) and one within
// the grace cost nothing.
func (r Rate) Price(talk time.Duration) (money.Amount, error) {
	if talk < 0 || talk > MaxTalk {
		return 0, ErrTalk
	}
	price, err := r.exact(started(talk)).times(Weight).Amount()
	if err != nil {
		return 0, fmt.Errorf("%s per minute for %s: %w", r.PerMinute, talk, err)
	}
	return price, nil
}

// exact is Price before rounding, in 1/6000 of 1e-6: what a second costs at a
// price of 1e-8 a minute.
func (r *Rate) exact(seconds int64) Exact {
	if seconds <= int64(r.Grace) || seconds <= 0 {
		return Exact{}
	}
	var sum Exact
	billed := r.increments(seconds - int64(r.Free))
	begin, perMinute := int64(0), r.PerMinute
	for _, s := range r.Steps {
		if s.After == 0 {
			break
		}
		end := min(billed, r.increments(int64(s.After))) // the step takes hold with the next increment
		sum = sum.add(uint64(perMinute), uint64(end-begin))
		begin, perMinute = end, s.PerMinute
	}
	return r.fees(sum.add(uint64(perMinute), uint64(billed-begin)))
}

// fees adds to the price of the billed time what an answered call costs anyway.
func (r *Rate) fees(sum Exact) Exact {
	sum = sum.add(uint64(r.ConnectionFee), 6000)
	if least := exactOf(uint64(r.Minimum), 6000); sum.Compare(least) < 0 {
		return least
	}
	return sum
}
