package live

import (
	"time"

	"tandem/geo"
	"tandem/internal/e164"
	"tandem/internal/money"
)

// State is how far a call is.
type State string

// States.
const (
	Routing State = "routing" // no attempt is in progress
	Ringing State = "ringing" // it is offered to a route
	Talking State = "talking"
)

// Call is a call in progress. It is comparable.
type Call struct {
	CallID       string      `json:"call_id"`
	Server       string      `json:"server"`
	Node         string      `json:"node,omitempty" doc:"Tandem that let it in"`
	Direction    string      `json:"direction,omitempty" enum:"out,in,redirect"`
	State        State       `json:"state" enum:"routing,ringing,talking"`
	A            e164.Number `json:"a,omitempty" doc:"A-number, E.164"`
	B            e164.Number `json:"b,omitempty" doc:"B-number, E.164"`
	APlace       geo.Brief   `json:"a_place,omitzero" doc:"Where the A-number is from"`
	BPlace       geo.Brief   `json:"b_place,omitzero" doc:"Where the B-number is from"`
	CLI          e164.Number `json:"cli,omitempty" doc:"Number presented"`
	AccountID    int64       `json:"account_id,omitempty"`
	Account      string      `json:"account,omitempty"`
	SubscriberID int64       `json:"subscriber_id,omitempty"`
	Subscriber   string      `json:"subscriber,omitempty" doc:"Login of who calls, or is rung"`
	Route        string      `json:"route,omitempty" doc:"Key of the route in use"`
	ProviderID   int64       `json:"provider_id,omitempty" doc:"Of the route in use"`
	Provider     string      `json:"provider,omitempty"`
	GateID       int64       `json:"gate_id,omitempty"`
	FromID       int64       `json:"from_provider_id,omitempty" doc:"Who brought an incoming call"`
	From         string      `json:"from_provider,omitempty"`
	BeganAt      time.Time   `json:"began_at"`
	AnsweredAt   time.Time   `json:"answered_at,omitzero" doc:"Absent of one that talks: nobody knows since when"`
	Currency     string      `json:"currency,omitempty" doc:"Of the sums, ISO 4217"`
	Sold         bool        `json:"sold" doc:"The account pays"`
	Limited      bool        `json:"limited" doc:"Paid slice by slice"`
	Known        bool        `json:"known" doc:"Its record is there; false: only Asterisk tells of it yet"`
	Stale        bool        `json:"stale,omitempty" doc:"Its server gives no answer: this is what was seen last"`
	Money
}

// Money is what the call is worth, and for how long it is paid.
type Money struct {
	Cost      money.Amount `json:"cost" doc:"What the talk so far comes to"`
	Held      money.Amount `json:"held" doc:"Set aside for it"`
	PaidUntil time.Time    `json:"paid_until,omitzero" doc:"When the talk that is paid ends"`
	Low       bool         `json:"low,omitempty" doc:"The caller was told that the money is almost spent"`
}

// Cost is what changes while a call talks.
type Cost struct {
	Cost money.Amount `json:"cost"`
}

// fixed is the call without what changes while it talks.
func (c Call) fixed() Call {
	c.Cost = 0
	return c
}

// Picture is all that goes on at a moment. Nobody changes it.
type Picture struct {
	At       time.Time `json:"at"`
	Total    int       `json:"total" doc:"Calls in progress; calls lists the first of them"`
	Calls    []Call    `json:"calls" nullable:"false" doc:"In the order in which they began"`
	Problems []string  `json:"problems" nullable:"false" doc:"Why something is not shown, or old"`
}

// most bounds the calls that are shown.
const most = 5000
