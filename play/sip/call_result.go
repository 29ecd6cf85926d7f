package sip

import "time"

// CallResult is what the calling side knows of a call.
type CallResult struct {
	CallID       string        `json:"call_id"`
	Started      time.Time     `json:"started"` // first INVITE sent
	Provisionals []Provisional `json:"provisionals,omitempty"`
	// PDD is the time from the first INVITE to the first 18x or 2xx; 0 if none came.
	PDD time.Duration `json:"pdd"`
	// Status is the final response; 0 before it, or if none came.
	Status int    `json:"status"`
	Reason string `json:"reason"` // its phrase, or why none came
	// FinalAfter is the time from the first INVITE to the final response.
	FinalAfter time.Duration `json:"final_after"`
	AnsweredAt time.Time     `json:"answered_at,omitzero"`
	EndedAt    time.Time     `json:"ended_at,omitzero"`
	// EndedBy says who ended it: Caller by BYE or CANCEL, Called by BYE or by
	// refusing.
	EndedBy Side `json:"ended_by,omitempty"`
	// Crossed: a 200 came although we had sent CANCEL; it was ended with BYE.
	Crossed bool `json:"crossed,omitempty"`
}

// Provisional is one response before the final one.
type Provisional struct {
	Status int           `json:"status"`
	Reason string        `json:"reason"`
	After  time.Duration `json:"after"` // since the first INVITE
	Media  bool          `json:"media"` // carries a session description
}

// Answered reports whether the call was answered.
func (r CallResult) Answered() bool { return !r.AnsweredAt.IsZero() }

// Talk is the time from answer to end; 0 if one of them is missing.
func (r CallResult) Talk() time.Duration {
	if r.AnsweredAt.IsZero() || r.EndedAt.IsZero() {
		return 0
	}
	return r.EndedAt.Sub(r.AnsweredAt)
}
