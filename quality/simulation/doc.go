// Package simulation plays carriers that fail, recover and change their prices
// against ways to order them: least cost, the usual threshold lock, package
// quality, and an oracle that knows what each carrier is about to do.
//
// Every chance is drawn once from a seed, before any policy plays, so that two
// policies that offer a call to the same carrier see the same thing happen. The
// same seed gives the same report, to the last digit.
//
// What is simulated: refusals (the hunt goes on), calls that ring into nothing,
// false answers (charged, and paid back to the caller), post-dial delay and
// callers who lose patience, a day on which fewer pick up at night, prices. Ends
// are told to the policies when they happen: an answered call is over when its
// talk is.
package simulation
