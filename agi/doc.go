// Package agi is the FastAGI door: Asterisk connects, asks one question,
// gets its answer as channel variables, and is let go.
//
//	Asterisk (res_agi)                agi.Server                       Handler
//	     │  connect                       │                               │
//	     ├───────────────────────────────▶│ peer allowed? slot free?      │
//	     │  agi_network: yes … ⏎          │   no: closed at once, counted │
//	     ├───────────────────────────────▶│ environment (strict, bounded) │
//	     │                                ├────── ServeAGI(ctx, s) ──────▶│ decides
//	     │  EXEC MSet "T_ACTION=dial,…"   │◀───── s.Finish(ctx, vars) ────┤
//	     │◀───────────────────────────────┤                               │
//	     │  200 result=0                  │                               │
//	     ├───────────────────────────────▶│                               │
//	     │  SET VARIABLE "T_OK" "1"       │  the sentinel: alone, last    │
//	     │◀───────────────────────────────┤                               │
//	     │  200 result=1                  │                               │
//	     ├───────────────────────────────▶│                               │
//	     │                         close  │                               │
//	     │◀───────────────────────────────┤◀──────────── nil ─────────────┤
//
// Asterisk sets no read time-out on FastAGI and reports AGISTATUS=SUCCESS even
// when the server dies half-way. So the dialplan trusts one thing only: the
// variable T_OK. [Session.Finish] sets it last, and never after an error.
//
// # What is bounded
//
// Sessions at once, the time for the environment, for each command, for the
// whole session and for the drain, the bytes of the environment, of one value
// and of one reply, and the lines this package may write to the log
// (ten at once and one a second for each kind, the rest is counted).
//
// # What is refused
//
// A connection from an address the routing snapshot does not know, or over
// the limit, is accepted and closed at once: Asterisk reads the end of the
// stream, finds no T_OK and asks the next node without waiting. A connection
// left in the backlog would cost the caller the whole time-out instead.
//
// An environment in which a line is missing, doubled, out of order or
// unknown, or which is followed by more bytes, closes the connection: a line
// break smuggled into a caller's name (%0a in SIP) can forge lines, but not
// without one of these. After any error the session is closed, because after
// one misread line every later reply belongs to another command.
//
// # The library
//
// Commands and replies go through github.com/zaf/agi. Its environment parser
// is not used: it keeps the last of two equal keys, panics on "ab:c", and
// reads past the blank line into a buffer that it throws away, and with it a
// HANGUP that follows at once. The file environment.go reads it instead, and
// the library is handed an empty one.
package agi
