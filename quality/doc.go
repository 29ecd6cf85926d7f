// Package quality measures how routes carry calls, and ranks them by it.
//
// # Measures
//
// Measures are sums over attempts: bids, seizures, answers, talk, money, blame
// and a Histogram of delays. Everything a report shows is derived from them
// (ABR, ASR, NER, ACD, PDD, short calls, each with its Wilson interval), and
// everything merges by adding.
//
// # Evidence
//
// Evidence answers one question in the middle of a call: in which order should
// these routes be tried? It is fed with finished attempts (by package callflow,
// through Settle) and holds, for each route and prefix of 3, 5 and 7 digits, how
// many of the last calls were answered.
//
//	attempt ─▶ Settle ─▶ Learn ─▶ memory of (route, prefix)      own calls
//	                              memory of (provider, anywhere)  borrowed from
//	                              memory of (all routes, prefix)  compared with
//
//	call ─▶ Weigh:  answered, at least   ─┐
//	                share that ends here ─┼─▶ worth in money ─▶ order
//	                waiting, price, cost ─┘        └ one call in fifty explores
//
// # What is compared with what
//
// Routes are compared with each other on the same destination, never with a
// threshold: where hardly anybody picks up, that is so for every route, and
// nothing changes between them. A route with few calls to a destination is
// expected to do there what all routes do, times what it does elsewhere compared
// with the others there: its answers at the shorter prefixes, and its provider's
// everywhere, divided by the answers that were to be expected of those calls.
// (Rates themselves are not borrowed: a provider that carries only to hard
// destinations would look bad everywhere.) The borrowed rate counts as 20 calls.
//
// Of the resulting rate the lower bound counts. So a few lucky calls do not put
// an unknown route first, and a few unlucky ones do not condemn it.
//
// # What is no evidence
//
//   - An answer with less than six seconds of talk is no answer. False answers
//     make a route look worse, not better. Real short calls hit all routes alike.
//   - An attempt after one that failed for the number's sake. The second route
//     would get all the numbers that do not exist.
//   - The same number on the same route within ten minutes.
//   - The order of ends. Failures are heard of sooner than answers, see Settle.
//
// # Change
//
// Each memory has a long window (200 calls, half of their weight gone after two
// hours) and a short one. When the short one contradicts what was known before
// it, the rest is forgotten: a failing carrier is left within some tens of its
// calls. When a provider as a whole turns for the better or worse, what is known
// of it at single prefixes is doubted.
//
// # Worth
//
//	answered × (margin + goodwill) − failed × attempt fee − seconds × impatience
//	────────────────────────────────────────────────────────────────────────────
//	        share of the route's calls after which the hunt does not go on
//
// The division makes the order right for hunts. A route that refuses at once and
// passes the call on costs little more than its time; one that rings into
// nothing costs the call. For attempts that do not depend on each other, sorting
// by this gives the most profitable of all orders; a test tries them all.
//
// # Coming back
//
// Two calls in a hundred explore: they go first to a route that may be better
// than is known, or that was not tried for a while. A demoted route is tried
// every five minutes, sooner when its tests go well, and its answers are evidence
// like any other. Nobody has to unlock anything. A route that could not be the
// best even if everybody answered is not tried for the sake of it. A route that
// is expected to be the best but is not known well enough may have ten calls in
// a hundred: that costs nothing on average.
//
// # Memory and locks
//
// The table has a fixed size. Like a processor's cache it gives each pair of a
// route and a prefix eight places to be, and when they are full the one that
// knows least goes: strange numbers push out strange numbers. Readers take no
// lock and allocate nothing. All is of this node's calls; nodes do not talk.
package quality
