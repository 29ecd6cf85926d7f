// Package rate says what seconds of talk cost. It is pure: no clock, no store.
//
//	talk 31 s --increments 30/6--> billed 36 s --x per minute / 60--> + connection fee --one rounding--> Amount
//
// The cost is a closed formula, so a call of a day takes no longer to price
// than one of a second.
package rate
