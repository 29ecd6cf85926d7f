package sip

import (
	"net/netip"
	"time"
)

// Side is one of the two ends of a call.
type Side string

// The sides of a call.
const (
	Caller Side = "caller"
	Called Side = "called"
)

// CallRecord is what the called side knows of one INVITE.
type CallRecord struct {
	Agent       string         `json:"agent"`   // the carrier or phone that was called
	CallID      string         `json:"call_id"` // SIP Call-ID
	Called      string         `json:"called"`  // user part of the Request-URI, exactly as on the wire
	From        string         `json:"from"`    // user part of From, as on the wire
	FromDisplay string         `json:"from_display,omitempty"`
	PAI         string         `json:"pai,omitempty"` // P-Asserted-Identity, the whole value
	Source      netip.AddrPort `json:"source"`
	Outcome     string         `json:"outcome"` // name of the Outcome
	At          time.Time      `json:"at"`
	RangAt      time.Time      `json:"rang_at,omitzero"` // our first 18x
	AnsweredAt  time.Time      `json:"answered_at,omitzero"`
	EndedAt     time.Time      `json:"ended_at,omitzero"`
	// Status is our final response; 0 before it, and for ever if we stay mute.
	Status int `json:"status"`
	// EndedBy says who ended it: Caller by BYE or CANCEL, Called by BYE or by
	// refusing.
	EndedBy Side `json:"ended_by,omitempty"`
	// Text is the INVITE, if the configuration asks to keep it.
	Text string `json:"text,omitempty"`
}

// Answered reports whether the call was answered.
func (r CallRecord) Answered() bool { return !r.AnsweredAt.IsZero() }

// Ended reports whether nothing more will happen to the call.
func (r CallRecord) Ended() bool { return !r.EndedAt.IsZero() }

// Talk is the time from answer to end; 0 if one of them is missing.
func (r CallRecord) Talk() time.Duration {
	if !r.Answered() || !r.Ended() {
		return 0
	}
	return r.EndedAt.Sub(r.AnsweredAt)
}

// Counters are totals since start. They count what the records, which are
// bounded, may have forgotten.
type Counters struct {
	Invites   int         `json:"invites"`
	Active    int         `json:"active"` // not ended yet
	Answered  int         `json:"answered"`
	Cancelled int         `json:"cancelled"` // ended by the caller before an answer
	ByStatus  map[int]int `json:"by_status"` // final responses
	Registers int         `json:"registers"` // accepted
	Options   int         `json:"options"`
}

// Ended matches a finished call to a number that ends like this.
func Ended(suffix string) func(CallRecord) bool {
	return func(r CallRecord) bool { return r.Ended() && endsWith(r.Called, suffix) }
}

// Offered matches any call to a number that ends like this.
func Offered(suffix string) func(CallRecord) bool {
	return func(r CallRecord) bool { return endsWith(r.Called, suffix) }
}
