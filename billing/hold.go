package billing

import (
	"context"
	"time"

	"tandem/internal/money"
)

// Hold is money set aside for a call in progress, and the talk that it pays for.
// One call has one hold, by its call id; only the end of the call closes it.
type Hold struct {
	CallID    string        `json:"call_id"`
	AccountID int64         `json:"account_id,omitempty"` // 0: nobody pays
	Amount    money.Amount  `json:"amount"`               // in the account's currency
	Paid      time.Duration `json:"paid"`                 // talk from the answer, whole seconds
	Limited   bool          `json:"limited,omitempty"`    // Paid is a slice: it is extended while the account can pay
	Terms     Terms         `json:"terms"`
	Server    string        `json:"server"`
	Node      string        `json:"node,omitempty"` // who let the call in
	BeganAt   time.Time     `json:"began_at"`
}

// OpenHold is a hold as the store has it, with what was seen of its call.
type OpenHold struct {
	Hold
	AnsweredAt time.Time // zero: not seen up yet
	SeenAt     time.Time // when it was seen for the last time; zero: it is, or was not yet
	Route      string    // key of the route that was seen in use
}

// Bounds are an account's limits on spending, in its currency. They are checked in
// the transaction that sets the money aside.
type Bounds struct {
	Credit *money.Amount // how far below zero the balance may go; below 0: a floor that is not touched; nil: no limit
	Daily  *money.Amount // most a day, holds included; nil: no limit
	Day    time.Time     // which day it is for the account, as midnight UTC
}

// Limited says whether there is anything to check.
func (b Bounds) Limited() bool { return b.Credit != nil || b.Daily != nil }

// Grant is the answer to a request for money.
type Grant struct {
	Granted bool
	Amount  money.Amount  // of the hold as it is now
	Paid    time.Duration // of the hold as it is now
	Room    money.Amount  // refused: the most that could have been set aside
	Limit   Limit         // refused: what stood against it
}

// Limit is what stands against setting money aside.
type Limit string

// The limits.
const (
	LimitNone      Limit = ""
	LimitNoMoney   Limit = "no_money"    // balance and credit
	LimitDaily     Limit = "daily_limit" // spent a day
	LimitNoBalance Limit = "no_balance"  // the account has no balance to charge
	LimitGone      Limit = "gone"        // of an extension: the hold is not there, or not as it was thought to be
)

// Extension asks for more talk of a call in progress.
type Extension struct {
	CallID    string
	AccountID int64
	From      time.Duration // Paid as it is thought to be
	To        time.Duration // Paid as it should be
	Amount    money.Amount  // the hold's new amount, for all of To
	Bounds    Bounds
}

// HoldStore sets money aside. Both are atomic, at once durable, and safe to
// repeat: a call that has a hold already gets that one, an extension that was
// made already is granted again. Nothing is ever set aside that the balance, the
// credit and the daily limit do not cover, however many calls ask at a time.
type HoldStore interface {
	Hold(ctx context.Context, h Hold, b Bounds) (Grant, error)
	Extend(ctx context.Context, e Extension) (Grant, error)
}

// Sighting is what Asterisk's list of channels said of a call.
type Sighting struct {
	CallID     string
	AnsweredAt time.Time // zero: not answered, as far as was seen
	SeenAt     time.Time // zero: it is still up
	Route      string    // empty: not seen
}
