// Package rate says what seconds of talk cost. It is pure: no clock, no store.
//
//	Card: rates of a number, time zone
//	  answered, talk 31 s --grace, free seconds--> increments 30/6 --rate and step in force at the beginning of each-->
//	    billed 36 s x per minute / 60 + connection fee, at least the minimum --> Exact (128 bits)
//	      --currency of the card to that of the account, one rounding half up to 1e-6--> Amount
//
// It is the only place that prices. An increment belongs wholly to the rate and
// the step in force when it begins: windows of the week, dates and steps take
// hold at the next one.
//
// The cost is a closed formula for each stretch between two borders, so a call of
// a day takes no longer to price than one of a second.
package rate
