// Package fx reads exchange rates in the European Central Bank's CSV form and
// says what they change.
//
//	eurofxref.csv         Date, USD, JPY, ...      one day, "20 November 2026"
//	eurofxref-hist.csv    Date,USD,JPY,...,        all days, "2026-11-20", N/A
//	 or the .zip of either
//	   └─ Read ─▶ File{Rates} ─┐
//	      rates that are there ─┴─ Compare ─▶ changes, and those that move too far
//
// A rate is how many units of a currency one euro buys, exact to its last digit,
// and counts from midnight UTC of its day. A file is read whole or not at all:
// everything that is wrong with it is told with line and column.
package fx
