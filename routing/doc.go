// Package routing says which routes may carry a call, in which order, and why.
// It is pure: everything it knows is an immutable Snapshot, so the live call,
// explain and tests run the same code.
//
//	Data (rows) --NewSnapshot--> Snapshot
//	                               |
//	Request (server, account, CLI, B-number, time)
//	                               v
//	 lcr.go       Plan: every provider on its own longest prefix (trie.go)
//	                |   candidates = provider x tier x gate or address
//	 binding.go     |   the presented number decides: this gate, any open provider, or another server
//	 order.go       |   expected cost of a three-minute call, in one currency
//	 dial.go        v   dial string in the server's dialect
//	              Route 1..10, and for every candidate left out a reason code
//
//	 stop.go      after a failed attempt: next route, or stop with this cause
package routing
