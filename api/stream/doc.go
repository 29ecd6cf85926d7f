// Package stream tells people what changes, by server-sent events: one stream a
// browser tab, with as many topics as it shows.
//
//	Topic.Next ── at most once an interval, while somebody listens ──▶ Hub ──Event──▶ Subscription ──▶ HTTP
//	Hub.Post ─── whole states of jobs, when there are some ────────────┘        └──▶ Subscription ──▶ HTTP
//
// Each event has a number. A listener who comes back with the last number it has
// gets what it missed, if that is still known, else the whole. The hub never waits
// for a listener: one that does not keep up is let go, and comes back for the
// whole.
//
// What a topic's Next says is the same on every node, for it comes from the database
// and from every Asterisk. What is posted is not: only listeners of the node that
// works on a job hear of it, so whoever shows a job asks for it now and then, too.
package stream
