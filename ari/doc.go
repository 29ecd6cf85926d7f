// Package ari is the ARI door: it asks Asterisk what is there. Which calls are
// up, which addresses answer their probes, whether Asterisk was started anew.
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
