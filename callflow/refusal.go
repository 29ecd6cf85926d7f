package callflow

import (
	"tandem/internal/q850"
	"tandem/routing"
)

// Refusal is how a call is turned away: the reason that its record keeps, what
// the caller hears as early media, and the cause, always one that Asterisk maps
// to a SIP answer of its own (an unmapped one would become 603 and end the hunt
// of every switch before us).
type Refusal struct {
	Reason  string     `json:"reason"`
	Cause   q850.Cause `json:"cause"`
	Message Message    `json:"message,omitempty"`
}

// Message is what is said to the caller, by meaning; the dialplan has a sound
// for each.
type Message string

// The messages.
const (
	MessageNone      Message = ""
	MessageNoService Message = "no-service"  // not allowed, switched off
	MessageBadNumber Message = "bad-number"  // cannot be completed as dialled
	MessageAllBusy   Message = "all-busy"    // every route failed
	MessageNobody    Message = "nobody-here" // no one to ring
	MessageNoMoney   Message = "no-money"    // the account cannot pay for the call
	MessageLowTime   Message = "low-time"    // whispered: the money is almost spent
	MessageSpent     Message = "spent"       // the money is spent, the call is over
)

// Every reason to refuse a call.
var (
	unknownServer     = Refusal{"unknown_server", q850.CallRejected, MessageNoService}
	unknownEndpoint   = Refusal{"unknown_endpoint", q850.CallRejected, MessageNoService}
	subscriberOff     = Refusal{"subscriber_disabled", q850.CallRejected, MessageNoService}
	accountOff        = Refusal{"account_disabled", q850.CallRejected, MessageNoService}
	badNumber         = Refusal{"bad_number", q850.InvalidNumberFormat, MessageBadNumber}
	noRoute           = Refusal{"no_route", q850.NoRouteToDestination, MessageBadNumber}
	routesExhausted   = Refusal{"routes_exhausted", q850.NoCircuit, MessageAllBusy}
	budgetSpent       = Refusal{"hunt_budget_spent", q850.NoCircuit, MessageAllBusy}
	tooManyHops       = Refusal{"hop_limit", q850.NoCircuit, MessageNone}
	serverUnreachable = Refusal{"number_elsewhere", q850.NoCircuit, MessageAllBusy}
	foreignSource     = Refusal{"foreign_source", q850.CallRejected, MessageNoService}
	unknownNumber     = Refusal{"unknown_number", q850.UnallocatedNumber, MessageBadNumber}
	otherProvider     = Refusal{"number_of_other_provider", q850.CallRejected, MessageNoService}
	numberOff         = Refusal{"number_disabled", q850.UnallocatedNumber, MessageNoService}
	numberOutOnly     = Refusal{"number_out_only", q850.UnallocatedNumber, MessageNoService}
	otherServer       = Refusal{"number_of_other_server", q850.NoRouteToDestination, MessageNoService}
	nobodyToRing      = Refusal{"nobody_to_ring", q850.NoAnswer, MessageNobody}
)

// refusedBy is a call that routing will not make at all: forbidden, too many at
// once, or not sold.
func refusedBy(r routing.Reason) Refusal {
	switch r {
	case routing.ReasonAccountFull, routing.ReasonAccountCPS:
		return Refusal{string(r), q850.NoCircuit, MessageAllBusy}
	case routing.ReasonNoMoney, routing.ReasonDailyLimit, routing.ReasonCallLimit, routing.ReasonNoBalance:
		return Refusal{string(r), q850.CallRejected, MessageNoMoney}
	case routing.ReasonMoneyUnknown, routing.ReasonRateInvalid, routing.ReasonNoFX:
		return Refusal{string(r), q850.NoCircuit, MessageAllBusy}
	case routing.ReasonNoSellRate, routing.ReasonBlockedPrefix:
		return Refusal{string(r), q850.NoRouteToDestination, MessageBadNumber}
	default:
		return Refusal{string(r), q850.CallRejected, MessageNoService}
	}
}

// stopped is the end of a hunt by a stop rule; nothing is said, the cause tells.
func stopped(cause q850.Cause) Refusal { return Refusal{"stop_rule", cause, MessageNone} }
