package billing

import (
	"time"

	"tandem/internal/e164"
	"tandem/internal/q850"
)

// Direction of a call as seen from us.
type Direction string

// The three directions.
const (
	Outgoing   Direction = "out"
	Incoming   Direction = "in"
	Redirected Direction = "redirect" // handed to another server of ours
)

// Disposition is how a call ended, or that it has not.
type Disposition string

// The dispositions of a call.
const (
	InProgress Disposition = "in_progress"
	Answered   Disposition = "answered"
	Busy       Disposition = "busy"
	NoAnswer   Disposition = "no_answer"
	Cancelled  Disposition = "cancelled" // the caller gave up before an answer
	Failed     Disposition = "failed"    // no route took it
	Rejected   Disposition = "rejected"  // we refused it without trying a route
)

// Side is who ended a call.
type Side string

// The sides that can end a call.
const (
	SideUnknown Side = ""
	SideCaller  Side = "caller"
	SideCalled  Side = "called"
	SideUs      Side = "us"
)

// Start is what is known when a call is seized. It is written once, before the
// call is over; the end report repeats the facts so that a lost start loses
// only the reasons and the routing number.
type Start struct {
	CallID       string      `json:"call_id"`
	Server       string      `json:"server"`
	Direction    Direction   `json:"direction"`
	Endpoint     string      `json:"endpoint,omitempty"`
	Source       string      `json:"source,omitempty"` // packet source, host:port
	AccountID    int64       `json:"account_id,omitempty"`
	SubscriberID int64       `json:"subscriber_id,omitempty"`
	ProviderID   int64       `json:"provider_id,omitempty"` // incoming: who brought it
	NumberID     int64       `json:"number_id,omitempty"`   // incoming: our number that was called
	Dialled      string      `json:"dialled,omitempty"`
	ANumber      e164.Number `json:"a_number,omitempty"`
	BNumber      e164.Number `json:"b_number,omitempty"`
	CLI          e164.Number `json:"cli,omitempty"` // the number presented
	StartedAt    time.Time   `json:"started_at"`
	Snapshot     uint64      `json:"snapshot,omitempty"` // version that decided
	Reason       string      `json:"reason,omitempty"`   // why refused, redirected, or rung
	// Reasons are the routes in their order and every candidate that was left
	// out, each with its reason, in the form of package routing. Nil: not known;
	// empty: there were none.
	Reasons       []byte      `json:"reasons,omitempty"`
	RoutingNumber e164.Number `json:"routing_number,omitempty"` // of a ported number; empty: the B-number itself
	Origin        string      `json:"origin,omitempty"`         // call id at the server where the call began; empty: here
	Node          string      `json:"node,omitempty"`           // which Tandem decided
	// Hold is set where nothing had to be checked before the call was let in: it
	// is kept with the record. The others have been set aside already.
	Hold *Hold `json:"hold,omitempty"`
}

// Attempt is one bid: the call offered to one route. Key (CallID, N).
type Attempt struct {
	CallID     string        `json:"call_id"`
	N          int           `json:"n"`
	Key        string        `json:"key"`
	ProviderID int64         `json:"provider_id,omitempty"`
	Tier       string        `json:"tier,omitempty"`
	GateID     int64         `json:"gate_id,omitempty"`
	AddressID  int64         `json:"address_id,omitempty"`
	StartedAt  time.Time     `json:"started_at"`
	Result     Disposition   `json:"result"`
	DialStatus string        `json:"dial_status,omitempty"` // Asterisk's own word
	SIPStatus  int           `json:"sip_status,omitempty"`  // last answer heard: 1xx when none was final, 0 when none came at all
	Cause      q850.Cause    `json:"cause,omitempty"`
	Rang       bool          `json:"rang,omitempty"`     // 180 seen
	Progress   bool          `json:"progress,omitempty"` // 183 seen
	PDD        time.Duration `json:"pdd,omitempty"`      // bid to first ringing or progress; 0 when neither came
	Elapsed    time.Duration `json:"elapsed,omitempty"`
	Talk       time.Duration `json:"talk,omitempty"`
	Blame      q850.Blame    `json:"blame,omitempty"`
	Media      Media         `json:"media,omitzero"`
}

// Source is who closed a call.
type Source string

// The sources, the best first.
const (
	ByReport   Source = "report"   // the end report of its hang-up handler
	ByCDR      Source = "cdr"      // Asterisk's own call record
	ByEstimate Source = "estimate" // when it was last seen up
)

// Beats says whether this source knows better than another; every source beats
// none, and none beats itself.
func (s Source) Beats(other Source) bool { return s.rank() > other.rank() }

func (s Source) rank() int {
	switch s {
	case ByReport:
		return 3
	case ByCDR:
		return 2
	case ByEstimate:
		return 1
	}
	return 0
}

// End is what is known when a call is over: the second half of the record,
// enough by itself if the first half was lost.
type End struct {
	Start       Start         `json:"start"` // identity again; Reasons nil
	AnsweredAt  time.Time     `json:"answered_at"`
	EndedAt     time.Time     `json:"ended_at"`
	Disposition Disposition   `json:"disposition"`
	Cause       q850.Cause    `json:"cause"`      // as sent to or received from the caller
	SIPStatus   int           `json:"sip_status"` // final answer to the caller, 200 when answered
	HangupBy    Side          `json:"hangup_by"`
	Talk        time.Duration `json:"talk"`
	PDD         time.Duration `json:"pdd"`
	Route       string        `json:"route"` // key of the route that carried it
	Attempts    []Attempt     `json:"attempts"`
	Source      Source        `json:"source"`
	Cut         bool          `json:"cut,omitempty"`   // the talk limit ended it
	Terms       *Terms        `json:"terms,omitempty"` // what it is charged by when no hold is found
	// Limited says that the account may have no call without a hold: then a call
	// that has none is told as a problem and not charged.
	Limited bool `json:"limited,omitempty"`
}

// Record is one durable fact about a call: exactly one field is set.
type Record struct {
	Start   *Start   `json:"start,omitempty"`
	Attempt *Attempt `json:"attempt,omitempty"`
	End     *End     `json:"end,omitempty"`
}

// CallID is the key every record carries.
func (r Record) CallID() string {
	switch {
	case r.Start != nil:
		return r.Start.CallID
	case r.Attempt != nil:
		return r.Attempt.CallID
	case r.End != nil:
		return r.End.Start.CallID
	}
	return ""
}
