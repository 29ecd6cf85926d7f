package q850

import "strconv"

// Cause is a Q.850 cause value, 1 to 127; 0 means that none is known.
type Cause uint8

// The causes that telephone calls over SIP meet, under their Q.850 names.
const (
	None                 Cause = 0
	UnallocatedNumber    Cause = 1
	NoRouteToTransit     Cause = 2
	NoRouteToDestination Cause = 3
	NormalClearing       Cause = 16
	UserBusy             Cause = 17
	NoUserResponding     Cause = 18
	NoAnswer             Cause = 19
	SubscriberAbsent     Cause = 20
	CallRejected         Cause = 21
	NumberChanged        Cause = 22
	ExchangeRoutingError Cause = 25
	OutOfOrder           Cause = 27
	InvalidNumberFormat  Cause = 28
	FacilityRejected     Cause = 29
	NormalUnspecified    Cause = 31
	NoCircuit            Cause = 34
	NetworkOutOfOrder    Cause = 38
	TemporaryFailure     Cause = 41
	SwitchCongestion     Cause = 42
	NoSuchChannel        Cause = 44
	BearerNotAvailable   Cause = 58
	NotImplemented       Cause = 66
	RecoveryOnTimer      Cause = 102
	Interworking         Cause = 127
)

// FromSIP is the cause that Asterisk 22 gives to a final SIP answer
// (res/res_pjsip.c, ast_sip_hangup_sip2cause). Success and provisional answers
// have none.
func FromSIP(status int) Cause {
	switch status {
	case 401, 402, 403, 407, 603:
		return CallRejected
	case 404, 485, 604:
		return UnallocatedNumber
	case 408:
		return NoUserResponding
	case 410:
		return NumberChanged
	case 480:
		return NoAnswer
	case 484:
		return InvalidNumberFormat
	case 486, 600:
		return UserBusy
	case 488, 606:
		return BearerNotAvailable
	case 500:
		return NetworkOutOfOrder
	case 502:
		return OutOfOrder
	case 504:
		return RecoveryOnTimer
	}
	switch {
	case status >= 500 && status < 600:
		return NoCircuit
	case status >= 400 && status < 700:
		return Interworking
	}
	return None
}

// SIP is the answer that Asterisk 22 sends to a caller for Hangup(cause)
// (res/res_pjsip_session.c, hangup_cause2sip). mapped is false where Asterisk
// falls back to 603 Decline, which tells every switch before us to stop
// hunting; such a cause must not be sent.
func (c Cause) SIP() (status int, mapped bool) {
	switch c {
	case UnallocatedNumber, NoRouteToTransit, NoRouteToDestination:
		return 404, true
	case UserBusy:
		return 486, true
	case NoUserResponding:
		return 408, true
	case NoAnswer, SubscriberAbsent, NormalUnspecified:
		return 480, true
	case CallRejected:
		return 403, true
	case NumberChanged:
		return 410, true
	case InvalidNumberFormat:
		return 484, true
	case FacilityRejected:
		return 501, true
	case OutOfOrder:
		return 502, true
	case NoCircuit, SwitchCongestion, NotImplemented:
		return 503, true
	case NetworkOutOfOrder:
		return 500, true
	case BearerNotAvailable:
		return 488, true
	case Interworking:
		return 500, true
	default:
		return 603, false
	}
}

// String is the cause as the trade writes it, value and short name.
func (c Cause) String() string {
	if name := c.name(); name != "" {
		return strconv.Itoa(int(c)) + " " + name
	}
	return strconv.Itoa(int(c))
}

func (c Cause) name() string {
	switch c {
	case UnallocatedNumber:
		return "unallocated number"
	case NoRouteToTransit, NoRouteToDestination:
		return "no route"
	case NormalClearing:
		return "normal clearing"
	case UserBusy:
		return "user busy"
	case NoUserResponding:
		return "no user responding"
	case NoAnswer:
		return "no answer"
	case SubscriberAbsent:
		return "subscriber absent"
	case CallRejected:
		return "call rejected"
	case NumberChanged:
		return "number changed"
	case ExchangeRoutingError:
		return "exchange routing error"
	case OutOfOrder:
		return "destination out of order"
	case InvalidNumberFormat:
		return "invalid number format"
	case FacilityRejected:
		return "facility rejected"
	case NormalUnspecified:
		return "normal, unspecified"
	case NoCircuit:
		return "no circuit available"
	case NetworkOutOfOrder:
		return "network out of order"
	case TemporaryFailure:
		return "temporary failure"
	case SwitchCongestion:
		return "switch congestion"
	case NoSuchChannel:
		return "requested channel not available"
	case BearerNotAvailable:
		return "bearer capability not available"
	case NotImplemented:
		return "channel type not implemented"
	case RecoveryOnTimer:
		return "recovery on timer expiry"
	case Interworking:
		return "interworking"
	default:
		return ""
	}
}

// Blame says whose doing the end of an attempt was.
type Blame string

// The parties that can end or fail an attempt.
const (
	BlameNone   Blame = ""       // answered: nobody failed
	BlameCaller Blame = "caller" // gave up, or dialled a bad number
	BlameCalled Blame = "called" // busy, did not answer, declined
	BlameRoute  Blame = "route"  // the provider could not carry the call
	BlameUs     Blame = "us"     // our own configuration or overload
)

// BlameOf judges a failed attempt by its cause and by whether the far end rang.
// A refusal (21) after ringing is the called party's, before it the route's.
func (c Cause) BlameOf(rang bool) Blame {
	switch c {
	case UserBusy, NumberChanged:
		return BlameCalled
	case NoAnswer, NoUserResponding, SubscriberAbsent, CallRejected:
		if rang {
			return BlameCalled
		}
		return BlameRoute
	case InvalidNumberFormat, UnallocatedNumber:
		return BlameCaller
	case NoRouteToDestination, NoSuchChannel, NotImplemented:
		return BlameUs
	default:
		return BlameRoute
	}
}
