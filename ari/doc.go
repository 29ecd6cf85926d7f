// Package ari is the door to a running Asterisk, over ARI and AMI: it asks what
// is there, and moves the limits of calls. Which calls are up, which addresses
// answer their probes, whether Asterisk was started anew; when a call's limit
// strikes.
//
//	                 one server                         whoever keeps limits
//	Asterisk (res_ari)      Client         Watch             Observer
//	     │                    │              │  every 2 s       │
//	     │◀── GET channels ───┤◀── Channels ─┤                  │
//	     │◀── GET endpoints ──┤◀── Endpoints ┤                  │
//	     │◀── GET info ───────┤◀── Info ─────┤                  │
//	     ├───────────────────▶│  whole,      ├── Restarted ────▶│
//	     │                    │  bounded,    ├── Up ───────────▶│
//	     │                    │  in time     ├── Reachable ────▶│
//	     │   no answer, half  │              │                  │
//	     │   an answer, 503   ├─── error ───▶│  nothing told    │
//	     │                    │              │                  │
//	     │◀── GET channels ───┤◀── CallsUp ──┼──── once, after a start of ours
//	     │◀── DELETE channel ─┤◀── Hangup ───┴──── on somebody's wish
//
// An answer counts only when it is whole. An error never looks like "no calls":
// that is what calls are closed by.
//
// # Calls in progress
//
//	Asterisk           what                      Line                 whoever pays
//	  │                                            │                      │
//	  │◀── AMI Getvar ── [AMI], one connection ────┤◀── Limit: how long? ─┤
//	  │◀── AMI Setvar ── of its own, kept up by Run┤◀── Arm: till then ───┤
//	  │◀── ARI snoop, play ── [Client] ────────────┤◀── Warn: a whisper ──┤
//	  ├─── ARI events ──────▶ [Stream] ── finished ┤                      │
//	  │
//	  └── the limit strikes inside Asterisk, whether or not anybody is there
//
// ARI cannot set variables of a channel that runs in the dialplan; AMI can, and
// its user has no other right. What an order to Arm says is relative to when the
// limit was read, and it arrives somewhat later: [Line.Arm] subtracts that. The
// variables are those of package dialplan, "The limit".
//
// A [Stream] loses what happens while it is away. It is for what is shown and
// for the ends of whispers: nothing is billed by it. After each connect whoever
// keeps a picture asks for the whole ([StreamConfig].OnConnect).
//
// A Stream of Everything hears of all channels, but only what has a handler: the
// rest, nine tenths of it, is left at Asterisk by an event filter. [CallHandlers]
// make of it which calls there are.
//
// What Asterisk or whoever sits there may say is bounded: AMI lines of 8 KiB and
// messages of 64 KiB, events of 1 MiB and 32 MiB of them waiting. What we do not
// know is passed over.
//
// # What a call looks like
//
// The caller's channel is the call; its id is the call id. It is in one of the
// dialplan's own contexts, and during an attempt the arguments of Dial end in
// the route key and the direction (package dialplan, "What ARI sees"), so one
// request tells of all calls. A call between two attempts occupies no route and
// shows none.
//
// # What offline means
//
// Asterisk shows an endpoint as offline until its first probe is answered, and
// spreads the first probes over the whole qualify interval. So for a while after
// each start, and for changed endpoints after each reload, offline may mean "not
// probed yet". [Watch] tells of an endpoint as unreachable only if it was online
// since then, or has had the time to be probed ([WatchConfig].Settle).
//
// # The library
//
// Types and time formats are those of github.com/CyCoreSystems/ari/v5. Its
// client is not used: docs/decisions/0009-ari-rest.md says why.
package ari
