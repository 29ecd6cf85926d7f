package sip

import (
	"strconv"
	"time"
)

// Times of a call nobody gave other times for: short, so that tests are quick,
// yet long enough that 180 and 200 are two events for the other side.
const (
	ringAfter   = 50 * time.Millisecond
	answerAfter = 150 * time.Millisecond
	failAfter   = time.Second
)

// Outcome is what becomes of a call that is offered to us: the replies in
// order, then, when the last of them answers the call, how long it lasts.
// An outcome without a final reply rings (or stays silent) until the caller
// gives up. The zero Outcome is Answer().
type Outcome struct {
	// Name says it to a human, e.g. "busy"; it ends up in the record.
	Name string
	// Replies are sent in order, each After its predecessor.
	Replies []Reply
	// Hold is the talk time after which we hang up; 0 leaves that to the caller.
	Hold time.Duration
	// Mute sends nothing at all, not even 100 Trying.
	Mute bool
	// CrossCancel answers the call at the very moment its CANCEL arrives, so
	// that 200 and CANCEL cross on the wire (RFC 3261 §9.1).
	CrossCancel bool
	// LoseEvery is how our media gets lost: every so many-th packet is numbered,
	// but not sent. 0 loses none, 1 all of them.
	LoseEvery int
}

// Reply is one response to an INVITE.
type Reply struct {
	After   time.Duration // since the previous reply, or since the INVITE
	Status  int           // 100..699
	Phrase  string        // reason phrase; "" takes the usual one
	Media   bool          // carries a session description; a 200 always does
	Headers []Header      // added as they are
}

// Header is one header line of a SIP message.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Answer rings, answers and stays until the caller hangs up.
func Answer() Outcome {
	return Outcome{Name: "answer", Replies: []Reply{
		{After: ringAfter, Status: statusRinging},
		{After: answerAfter, Status: statusOK},
	}}
}

// AnswerAtOnce sends 180 and 200 back to back: the cheapest answered call, for
// load.
func AnswerAtOnce() Outcome {
	return Outcome{Name: "answer at once", Replies: []Reply{{Status: statusRinging}, {Status: statusOK}}}
}

// AnswerFor answers like Answer and hangs up after talk.
func AnswerFor(talk time.Duration) Outcome {
	o := Answer()
	o.Name, o.Hold = "answer for "+talk.String(), talk
	return o
}

// AnswerLate rings for the given time before it answers.
func AnswerLate(ring time.Duration) Outcome {
	return Outcome{Name: "answer after " + ring.String(), Replies: []Reply{
		{After: ringAfter, Status: statusRinging},
		{After: ring, Status: statusOK},
	}}
}

// AnswerAfterEarly opens early media (183) before it answers.
func AnswerAfterEarly() Outcome {
	return Outcome{Name: "early media, then answer", Replies: []Reply{
		{After: ringAfter, Status: statusProgress, Media: true},
		{After: answerAfter, Status: statusOK},
	}}
}

// Fail refuses at once with the given final status.
func Fail(status int, headers ...Header) Outcome {
	return Outcome{Name: strconv.Itoa(status), Replies: []Reply{{Status: status, Headers: headers}}}
}

// FailAfterRing rings for a second and then refuses.
func FailAfterRing(status int, headers ...Header) Outcome {
	return Outcome{Name: "ring, then " + strconv.Itoa(status), Replies: []Reply{
		{After: ringAfter, Status: statusRinging},
		{After: failAfter, Status: status, Headers: headers},
	}}
}

// FailAfterEarly opens early media (183) for a second and then refuses.
func FailAfterEarly(status int) Outcome {
	return Outcome{Name: "early media, then " + strconv.Itoa(status), Replies: []Reply{
		{After: ringAfter, Status: statusProgress, Media: true},
		{After: failAfter, Status: status},
	}}
}

// RingOnly rings and never answers.
func RingOnly() Outcome {
	return Outcome{Name: "ring only", Replies: []Reply{{After: ringAfter, Status: statusRinging}}}
}

// Silent says 100 Trying and nothing more.
func Silent() Outcome {
	return Outcome{Name: "silent", Replies: []Reply{{Status: statusTrying}}}
}

// Mute says nothing at all, like a host that is down.
func Mute() Outcome {
	return Outcome{Name: "mute", Mute: true}
}

// CrossCancel rings until the CANCEL comes and answers in that very moment.
func CrossCancel() Outcome {
	o := RingOnly()
	o.Name, o.CrossCancel = "answer crosses cancel", true
	return o
}

// Redirect refuses with 302 and names another place to call.
func Redirect(contact string) Outcome {
	o := Fail(statusMovedTemporarily, Header{Name: "Contact", Value: "<" + contact + ">"})
	o.Name = "redirect"
	return o
}

// ReasonHeader is the Reason header of RFC 3326 with a Q.850 cause.
func ReasonHeader(cause int) Header {
	return Header{Name: "Reason", Value: "Q.850;cause=" + strconv.Itoa(cause)}
}

// orAnswer gives the zero Outcome its meaning.
func (o Outcome) orAnswer() Outcome {
	if len(o.Replies) == 0 && !o.Mute {
		hold := o.Hold
		o = Answer()
		o.Hold = hold
	}
	return o
}
