package capacity

import (
	"tandem/internal/q850"
	"tandem/routing"
)

// Evidence is what the end of an attempt says about the way it took.
type Evidence uint8

// What an attempt can say.
const (
	Unknown Evidence = iota // nothing
	Healthy                 // the way carried the question to someone who answered it
	Failed                  // the way could not carry it
)

// String is the word for people.
func (e Evidence) String() string {
	switch e {
	case Healthy:
		return "healthy"
	case Failed:
		return "failed"
	default:
		return "unknown"
	}
}

// Weigh says what an attempt's end tells about the health of its way. It is not
// the stop rule: whether the hunt goes on is another question (routing.Judge),
// and a way that says 404 to everything is healthy and useless, which is for the
// quality figures to find.
func Weigh(o routing.Outcome) Evidence {
	switch {
	case o.Result == routing.ResultAnswer, o.Result == routing.ResultBusy:
		return Healthy
	case o.Result == routing.ResultCancel:
		// The caller left. That the far side had said more than 100 Trying by
		// then is all that can be learnt from it.
		if o.Rang || o.SIPStatus > 100 {
			return Healthy
		}
		return Unknown
	case o.SIPStatus >= 200:
		return weighStatus(o.SIPStatus, o.Rang)
	case o.Rang, o.SIPStatus > 100:
		return Healthy // it rang, or was heard, until our timer ended it
	}
	switch o.Result {
	case routing.ResultNoAnswer, routing.ResultCongestion, routing.ResultUnavailable:
		return weighCause(o.Cause)
	default:
		return Unknown // a word of Asterisk's for a mistake of our own
	}
}

// weighStatus weighs a final SIP answer.
func weighStatus(status int, rang bool) Evidence {
	switch {
	case status >= 500 && status < 600:
		// 503 no circuit, 500, 502 and 504 from further on: the carrier's network
		// failed (RFC 3261 §21.5), even if it rang before.
		return Failed
	case rang:
		return Healthy // whoever was rung has spoken, or did not pick up (408, 403, 480, 603)
	}
	switch status {
	case 401, 402, 403, 407:
		// The carrier does not know us, or we have no credit there. It refuses
		// single destinations with these too; half of all bids it does not.
		return Failed
	case 408:
		return Failed // the carrier's own question was not answered by anyone
	}
	// 404, 410, 484: the number. 480, 486, 600, 603: the called party. 3xx, 488
	// and the rest of 4xx: an answer to this call from a carrier that works.
	return Healthy
}

// weighCause weighs an attempt without a SIP answer: over IAX2 the cause is the
// answer, over SIP one means that the leg could not be made.
func weighCause(c q850.Cause) Evidence {
	switch c {
	case q850.UserBusy, q850.UnallocatedNumber, q850.NumberChanged, q850.InvalidNumberFormat:
		return Healthy
	default:
		return Failed
	}
}
