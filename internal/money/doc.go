// Package money holds sums and prices as fixed-point integers.
//
//	text "0.0125" --ParseRate--> Rate (1e-8 per minute)
//	                               |  x seconds, 128-bit intermediate
//	                               v  one rounding
//	text "0.012500" <--String--  Amount (1e-6)
//
// No value here is ever a float: sums of many calls must add up to the last
// digit, whatever the order. DECIMAL(18,6) and DECIMAL(14,8) carry them in
// MariaDB, strings carry them in JSON.
package money
