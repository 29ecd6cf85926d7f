// Package azdeck makes A–Z decks that no carrier sells, in the shape of those
// that carriers do: the same numbers in give the same rows out.
//
//	numbering plan (plan.go)      country codes, split again and again
//	      │
//	      ├─ deck.go     each provider its own part of it: some stop at the
//	      │              country, some go on to nine digits; own prices, own
//	      │              increments, some prices announced, some ending
//	      └─ numbers.go  numbers to call, mostly below a prefix of the plan
//
// Everything is handed out as a sequence, so that millions of rows are in memory
// only where the reader puts them.
package azdeck
