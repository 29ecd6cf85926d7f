// Package capacity knows which ways out have room and health right now, in
// memory: channels in use, calls of this second, and whether a way keeps
// failing. No question it answers waits for a database.
//
//	plan    Room, AccountRoom ────▶ "" or the reason        reads only, no lock
//	route   Seize ─▶ account + first way with room ┐
//	next    Report, Move ─▶ the next way with room ├─ hold: one account channel and
//	end     Report, Release ─▶ nothing             ┘  one way (provider + gate) a call
//	restart Restore ◀── calls that Asterisk says are up
//	sync    Reconcile ◀── the same list: holds of calls that are gone are freed
//	qualify SetReachable ◀── Asterisk's own OPTIONS
//
// # Holds
//
// A call holds at most one channel of its account and one way out, under its
// call id. Release frees both once, however often it is called; a hold whose end
// nobody heard is freed by Reconcile, and at the latest when it is older than
// any call can be (Config.MaxAge). Counts are never written down, so they cannot
// drift: after a restart they are taken from Asterisk again.
//
// A question that is asked twice is paid once: a way that was granted and is
// still among those asked for was never dialled, so its call per second and its
// bid are taken back before the next grant.
//
// # Breaker
//
// Each way out, that is provider and gate or provider and address whatever the
// tier, has one:
//
//	        5 failures, and half of the bids,
//	        of the last 30 s                       time is up
//	closed ─────────────────────────────▶ open ─────────────▶ half open
//	  ▲                                    ▲                   │     ▲
//	  │                                    │ it failed:        │ one │ nobody learnt
//	  │                                    │ twice as long     ▼ call│ how it ended
//	  └──────────────────────────────────  └──────────────── probing ┘
//	     it did not fail, or outlived the silence limit
//
//	any ──no server reaches it──▶ unreachable ──one does──▶ half open
//
// What counts as a failure is in health.go, how failures are held against bids
// in window.go.
//
// # Nodes
//
// Several nodes share each limit without talking to each other: each enforces
// its part (share.go), and the parts add up to the limit exactly.
//
// # Time
//
// The clock is passed in. Pass time.Now() as it is: with its monotonic reading a
// clock that is set back or forth changes nothing here.
//
// # Locks
//
// Pool.mu guards every hold, count and breaker; Pool.setting is taken before it
// and keeps two changes of the limits apart. Room and AccountRoom take neither:
// whoever changes a count publishes, in one word, until when its answer is no.
package capacity
