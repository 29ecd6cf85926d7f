// Package sip is the outer world of a play stack: simulated carriers and
// phones that speak real SIP over UDP on the loopback network. They serve as
// demo, as partners of the end-to-end tests and as both ends of a load.
//
//	Phone ──REGISTER, INVITE──▶ ┌──────────┐ ──INVITE──▶ Carrier A  503
//	(a subscriber)              │ Asterisk │ ──INVITE──▶ Carrier B  200
//	Phone ◀──────INVITE──────── └──────────┘ ◀──INVITE── Carrier C
//	                                                     (calls us)
//
//	Phone, Carrier           what a test asks for
//	    │
//	  agent                  one UDP socket, who is on it, what it was asked
//	    ├── inbound          a call to us: one goroutine plays its Outcome
//	    ├── Call             a call from us: INVITE, responses, ACK, BYE, CANCEL
//	    ├── recorder         what happened, and who waits for it
//	    └── registrar        who has registered
//	    │
//	  sipgo/sip              messages, transactions, retransmissions
//
// # Outcomes
//
// What becomes of a call to a carrier is decided by, in this order: an outcome
// set for the ending of its B-number (SetOutcomeFor), an outcome set for all
// calls (SetOutcome), the carrier's Profile. The default profile, Digits, reads
// the last four digits of the B-number; Outcomes returns the same table as
// data:
//
//	0SSS  refused at once with status SSS
//	1SSS  rings 1 s, then status SSS
//	2SSS  early media (183) for 1 s, then status SSS
//	5SSS  first carrier of the hunt: status SSS; the next one answers
//	5100  first carrier of the hunt: silent after 100; the next one answers
//	91NN  answered; the called party hangs up after NN s
//	92NN  rings NN s, then answers
//	9301  rings, never answers
//	9302  silent after 100 Trying
//	9303  no response at all
//	9304  early media (183), then answers
//	9305  rings; answers in the moment of the CANCEL
//	9306  302 redirect to another host
//	9307  answered at once
//	94CC  503 at once with Reason: Q.850;cause=CC
//	95CC  rings 1 s, then 480 with Reason: Q.850;cause=CC
//
// SSS is one of Statuses: 403 404 408 410 480 484 486 488 500 502 503 504 600
// 603 604. Any other ending rings after 50 ms, is answered 150 ms later and
// lasts until the caller hangs up. The two lines that speak of a hunt need
// carriers that share an Exchange.
//
// # What it does not do
//
// No TCP, no TLS, no IPv6 zones, no proxies between the parties (Record-Route),
// no PRACK, no transfer. Requests within a call go to the address the other
// side's messages come from. Messages over 1300 bytes are refused by sipgo.
// Media is silence in G.711, sent only if asked for; a phone counts what it
// hears.
package sip
