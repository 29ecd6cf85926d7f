// Package view is records and money as people and scripts read them: the JSON that
// commands print and the HTTP API answers with is the same. Nothing is printed here.
//
//	account.go    an account: settings, money, calls in progress
//	posting.go    a posting of the ledger, with names in place of numbers
//	statement.go  what moved a balance, line by line, as long as it may be
//	call.go       a call with its attempts and reasons
//	story.go      all that is known of one call
//	fx.go         exchange rates
package view
