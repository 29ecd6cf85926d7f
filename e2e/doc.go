// Package e2e proves the whole exchange: real calls through a real Asterisk, a
// real MariaDB and the real program, between simulated telephones and carriers.
// Its tests carry the build tag e2e; `make e2e` runs them.
//
//	        ┌──────────── exchange: one play.Stack ─────────────┐
//	phone ──┤►  Asterisk ──FastAGI──► tandem ──► MariaDB        ├──► carriers
//	        │                         (built with -race)        │
//	        └───────────┬───────────────────────┬───────────────┘
//	                    ▼                       ▼
//	         what both ends of the wire   the record of the call:
//	         have seen                    calls and attempts
//
// A test places a call, looks at both ends of the wire, and then at the record,
// field by field. Most tests share one exchange and run side by side: each
// takes numbers of its own (exchange.number), whose last digits force what the
// carriers do (package play/sip). A test that kills, stops or changes something
// others need starts an exchange of its own.
//
// Nothing waits for a fixed time: tests wait for what they want to see, with a
// deadline (eventually). The tails of all logs are printed when a test fails,
// and the exchange's directory stays for a look.
package e2e
