// Package routing says which routes may carry a call, in which order, and why.
// It is pure: everything it knows is an immutable Snapshot, and what is going on
// right now is asked through the Request; so the live call, explain, replay and
// tests run the same code.
//
//	decks in force ──ratetable.go──▶ RateTable ┐  (merged from the one before; trie.go)
//	Data (rows) ─────snapshot.go──────────────▶ Snapshot
//	                                              │
//	Request (server, account, CLI, B-number, time, room, ticket)
//	                                              ▼
//	 lcr.go       Plan: refused? (rules.go) · every deck on its own longest prefix
//	                │   expected cost over the destination's call lengths (lengths.go)
//	                │   candidates = provider × tier × gate or address
//	 binding.go     │   the presented number decides: this gate, any open provider, or another server
//	 rules.go       │   prefer, force, block; Room: channels, calls per second, breakers
//	 policy.go      │   which policy orders the routes of this call
//	 order.go       │   by place, share, worth or cost; no route that loses
//	 dial.go        ▼   dial string in the server's dialect
//	              Route 1..10, and for every candidate left out a reason code
//	                │
//	 reasons.go     └─▶ the compact form that is kept with the call
//
//	 stop.go      after a failed attempt: next route, or stop with this cause
//
// A Plan is used again for one request after the other and then allocates
// nothing.
package routing
