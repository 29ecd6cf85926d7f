// Package live has the calls in progress, of every server, with their money.
//
//	ARI: looks and events ──▶ Board.Saw, Changed, Ended       which calls there are
//	keeper of this node ────┐
//	holds of other nodes ───┼─▶ Board.Picture ──▶ topics (stream), REST
//	records of calls ───────┘                      who calls whom, what it comes to
//
// Which calls there are is Asterisk's to say, so the list is right whatever node
// let them in, and after a restart of either side: events move it at once, and each
// look at the channels replaces it. Of a server whose ARI this node does not ask,
// the open holds tell. Nothing is looked up while nobody looks.
package live
