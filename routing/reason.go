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
)
