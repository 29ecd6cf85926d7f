package routing

// Reason says in one stable word why a candidate was left out, or why a call
// goes somewhere else. The words are kept with the call and never renamed.
type Reason string

// Why a candidate is no route.
const (
	ReasonProviderDisabled Reason = "provider_disabled"
	ReasonNoRate           Reason = "no_rate"              // the provider's deck has no prefix for the number, or none in force
	ReasonNoFX             Reason = "no_exchange_rate"     // its currency cannot be compared
	ReasonRateInvalid      Reason = "rate_invalid"         // the rate cannot be priced
	ReasonTierTooLow       Reason = "tier_too_low"         // the account wants a better tier
	ReasonNoWayOut         Reason = "no_address"           // no OUT address over SIP, and no gate on this server
	ReasonGateDisabled     Reason = "gate_disabled"        //
	ReasonGateOtherServer  Reason = "gate_on_other_server" // the dial peer lives elsewhere
	ReasonGateOtherNumber  Reason = "gate_of_other_number" // the gate shows a number that is not the one presented
	ReasonGateTwin         Reason = "gate_twin"            // another row of the same dial peer already stands for it
	ReasonBoundToGate      Reason = "number_bound_to_gate" // this provider carries that number through its gate only
	ReasonCLINotAllowed    Reason = "cli_not_allowed"      // the provider shows only its own numbers
	ReasonCLINotOurs       Reason = "cli_not_ours"         // a number outside the pool needs a provider with dynamic calls
	ReasonNumberInOnly     Reason = "number_in_only"       // its own number, but rented for incoming calls only
	ReasonOverLimit        Reason = "over_limit"           // dearer than the tenth route
	ReasonServerUnbound    Reason = "number_elsewhere"     // the number's server has no path to send the call to
	ReasonBlockedPrefix    Reason = "destination_blocked"  // the provider's deck closes the destination
	ReasonRateCap          Reason = "over_rate_cap"        // dearer per minute than the account allows
	ReasonFeeCap           Reason = "over_fee_cap"         // a higher connection fee than the account allows
	ReasonWouldLose        Reason = "would_lose"           // costs more than the call is sold for, fees of earlier attempts included
	ReasonNoSellRate       Reason = "no_sell_rate"         // the account's tariff has no price for the number
	ReasonRuleBlocks       Reason = "rule_blocks"          // a route rule takes it out
	ReasonRuleForces       Reason = "rule_forces_other"    // a route rule allows only other routes
	ReasonNotInPolicy      Reason = "not_in_policy"        // the policy does not name it
	ReasonNoChannel        Reason = "no_channel"           // the provider's channels are all in use
	ReasonNoCPS            Reason = "calls_per_second"     // the provider's calls of this second are spent
	ReasonGateFull         Reason = "gate_full"            // the gate's channels are all in use
	ReasonGateCPS          Reason = "gate_calls_per_second"
	ReasonBreakerOpen      Reason = "breaker_open"    // it failed again and again; it rests
	ReasonProbing          Reason = "breaker_probing" // it rests, and another call is trying it
	ReasonUnreachable      Reason = "unreachable"     // Asterisk's own OPTIONS find nobody there
	ReasonAccountFull      Reason = "account_full"
	ReasonAccountCPS       Reason = "account_calls_per_second"
	ReasonBlockedA         Reason = "caller_blocked"     // the number shown is on a block list
	ReasonBlockedB         Reason = "called_blocked"     // the number called is on a block list
	ReasonNotAllowed       Reason = "called_not_allowed" // the account may call only other numbers
	ReasonNoBalance        Reason = "no_balance"         // the account is sold to, but has no balance to charge
	ReasonNoMoney          Reason = "no_money"           // balance and credit do not pay for a first increment
	ReasonDailyLimit       Reason = "daily_limit"        // the account has spent what it may today
	ReasonCallLimit        Reason = "call_limit"         // a first increment costs more than a call of the account may
	ReasonMoneyUnknown     Reason = "money_unknown"      // the balance cannot be asked now
	ReasonBlockedType      Reason = "blocked_type"       // a rule or a block forbids that type of number
	ReasonBlockedCountry   Reason = "blocked_country"    // a rule or a block forbids that country or region
	ReasonQuietHours       Reason = "quiet_hours"        // a rule forbids it at that hour where the number rings
)

// Passes says that the reason is a limit or a rest: the way may carry the next
// call.
func (r Reason) Passes() bool {
	switch r {
	case ReasonNoChannel, ReasonNoCPS, ReasonGateFull, ReasonGateCPS, ReasonBreakerOpen, ReasonProbing, ReasonUnreachable:
		return true
	default:
		return false
	}
}

// Protects says that the reason is a limit or a rest that may be lifted at any
// moment, or a price: what an operator wants to see counted.
func (r Reason) Protects() bool {
	switch r {
	case ReasonRateCap, ReasonFeeCap, ReasonWouldLose, ReasonNoSellRate, ReasonNoChannel, ReasonNoCPS, ReasonGateFull, ReasonGateCPS,
		ReasonBreakerOpen, ReasonProbing, ReasonUnreachable, ReasonAccountFull, ReasonAccountCPS,
		ReasonNoBalance, ReasonNoMoney, ReasonDailyLimit, ReasonCallLimit, ReasonMoneyUnknown:
		return true
	default:
		return false
	}
}
