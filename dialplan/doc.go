// Package dialplan renders the complete configuration of one Asterisk server
// (20.20.1 or 22.10.1 and later): Render makes the files, Write puts them in
// place. It knows nothing of routing; cmd/tandem fills a Server from its data.
// This comment is the one place that says what Asterisk and Tandem tell each
// other about a call.
//
//	  providers, gates        subscribers        neighbour servers
//	        |                      |                     |
//	     public              users_context        incoming_dialer
//	        \                      |                    /
//	         +-------> service: seize (clean, stamp, push "end")
//	                               |
//	                      service: ask -------- FastAGI route|incoming --> Tandem
//	                               |
//	  +-------------+--------------+-------------+
//	echo        redirect       make_a_call     reject (announce, Hangup)
//	                \              |             ^
//	                 +---> hunt: Dial(…U(predial)…), service: note
//	                               |             |
//	                      service: ask -------- FastAGI next ------------> Tandem
//	                               |
//	                      service: end -------- HTTP POST, or a file ----> Tandem
//
// # Questions (FastAGI)
//
// Arguments are positional and cleaned by the dialplan; an empty one is sent
// empty. The call id is agi_uniqueid, "systemname-epoch.sequence". Nothing else
// of the AGI environment says who is calling.
//
//	route,SERVER,ENDPOINT,SOURCE,DIALLED,CLI,HOPS         from a subscriber (HOPS 0) or a neighbour server (HOPS > 0)
//	incoming,SERVER,ENDPOINT,SOURCE,DIALLED,CLI,0         from a provider or a gate
//	next,SERVER,STARTED_MS,LOG,KEYS_LEFT,DIRECTION,PLACE  after a failed attempt
//
//	SERVER      Server.Name
//	ENDPOINT    the trusted name: Trunk.Endpoint, Gate.Endpoint or Subscriber.Login; for a neighbour, the user it
//	            called as, which is Server.IAX.Name for all of them
//	SOURCE      where the packet came from, "192.0.2.1:5060" or "[2001:db8::1]:5060"; for a neighbour its address alone
//	DIALLED     2 to 18 digits, or + and 7 to 15
//	CLI         the caller's number as the caller wrote it, digits and +, at most 20 characters; empty if it was
//	            anything else (a login, a name, "anonymous")
//	STARTED_MS  when the call was seized, ms since 1970
//	LOG         the attempt log, below
//	KEYS_LEFT   the keys of the list after the route just tried, joined by "/"; empty when it was the last
//	DIRECTION   out, in or redirect
//	PLACE       the place in the list of the route just tried, from 1: the j-th key of KEYS_LEFT stands at PLACE+j
//
// # Answers
//
// Channel variables, set by one EXEC MSet, and then, last and alone, by
// SET VARIABLE T_OK 1. What comes before T_OK does not count without it. Values
// hold only [A-Za-z0-9+@._:/-].
//
//	T_ACTION    dial, redirect, echo or reject; after next only dial or reject
//	T_DIR       out, in or redirect; empty leaves what the door says
//	T_ACCOUNT   the account that pays, digits; becomes the channel's accountcode
//	T_N         how many routes follow; at most 10 are tried
//	T_R1…       dial strings
//	T_C1…       the number that route shows; empty leaves CLI, and no number at all goes out as anonymous
//	T_K1…       route keys, [0-9a-z.]
//	T_A1…       answer time-out, whole seconds; 0 or empty leaves only what is left of Server.HuntBudget
//	T_P1…       no-progress time-out, whole seconds; 0 or empty means none
//	T_KEYS      all keys joined by "/"
//	T_MAX       talk (or echo) that is paid for, whole seconds; 0, empty or more than Server.MaxTalk means Server.MaxTalk
//	T_SPENT     sound the caller hears when that is over; empty means none, and a neighbour's call gets none
//	T_LANG      language of what the caller hears; empty leaves the server's
//	T_CAUSE     reject: a Q.850 cause that chan_pjsip maps; any other becomes 34 (503)
//	T_FILE      reject: announcement, played as early media; empty means none, and a neighbour's call gets none
//	T_I         after next: the place in the list of the route to try; it may skip
//
// The dialplan asks next after every attempt that was not answered, the last one
// too. It bounds each question by Server.ExchangeTimeout and asks the other nodes
// in turn; a call stays with the node that answered it. If none answers route or
// incoming, the caller hears Sounds.NoMorePaths and gets 503. If none answers
// next, the dialplan hunts on alone and asks no more in this call: BUSY ends
// with 17, NOANSWER after ringing with 19, anything else takes the next route,
// and the end of the list is NoMorePaths and 34. So are ten attempts, and the end
// of Server.HuntBudget.
//
// # The limit
//
// T_MAX is armed on the called leg when that leg answers, inside Asterisk: it
// strikes whether or not a Tandem lives. It strikes [LimitMargin] early, for
// Asterisk needs a moment to end the talk, and a started second is charged. The
// called leg is released at once; then the caller hears T_SPENT and is hung up.
// What the caller hears then is in no time of the report: ended_ms is the end of
// the talk, and only a caller who listens is still there after it.
//
// While the call is up, Tandem moves the limit over AMI (Setvar):
//
//	TIMEOUT(absolute)  on the called channel: seconds from now, with a fraction; never 0, which means none
//	limit              on the caller's channel: whole seconds of talk from the answer to then, for "cut"
//	spent              on the caller's channel: another T_SPENT
//
// and it reads (Getvar)
//
//	DIALEDPEERNAME     of the caller's channel: the called channel, from its answer on
//	TIMEOUT(absolute)  of the called channel: seconds left
//	since              of the called channel: when it answered, ms since 1970 by Asterisk's clock
//
// No endpoint may transfer (allow_transfer=no) and Dial has no t or T, so no call
// leaves the leg that carries its limit.
//
// # What ARI sees
//
// The caller's channel is in one of the contexts service, make_a_call and
// redirect from its seizure to the end of its report; its id is the call id and
// its accountcode T_ACCOUNT. During an attempt it executes Dial, whose arguments
// end in U(predial^LIMIT^KEY^DIRECTION^CHANNEL): the route key of the attempt in
// progress and the caller's channel.
//
// # Attempt log
//
// Entries joined by "/"; it lives on the channel, so it survives Tandem.
//
//	N:KEY:STARTED_MS:STATUS:CAUSE:SIP:RING_MS:PROGRESS_MS:ELAPSED_MS:ANSWERED_MS
//
//	N            1, 2, …: the attempt, not the place in the list
//	STATUS       DIALSTATUS; a 302, which is never followed, is CHANUNAVAIL with CAUSE 23 and SIP 302
//	CAUSE        Q.850, only if it belongs to this attempt: empty after our own time-outs and mostly after a CANCEL
//	SIP          the last SIP answer of the leg: final (486), or provisional (100, 180, 183) when our own time-out or
//	             the caller ended the attempt; empty if there was none or the leg was not SIP
//	RING_MS      from the leg's creation to 180, at least 1; empty if it never rang
//	PROGRESS_MS  the same to 183
//	ELAPSED_MS   the whole attempt, talk included
//	ANSWERED_MS  talk, 0 included; empty if not answered
//
// # End report
//
// POST http://NODE/asterisk/end, a form; the node answers 200 and "ok" only when
// the report is safe. Connecting is bounded by 1 s and the whole request by 2 s;
// then the other nodes are tried, and without one the same line is appended to
// Server.ReportFile. The caller's final answer (or BYE) is sent after that. The
// same report may arrive twice: a node may have stored it and answered too late.
//
//	v=1 call_id server direction endpoint source dialled cli hops
//	origin        call id at the server where the call began, if a neighbour sent it
//	started_ms ended_ms talk_ms     talk_ms is 0 if nobody answered; for an echo test, its length
//	by            who hung up: caller, called or asterisk (rejects, time-outs, the limit, no media, AMI)
//	cut           1 if the limit struck; then by is asterisk, whatever came after it
//	action        the last T_ACTION; empty when no node ever answered
//	reject_cause  the cause we refused with; empty if we did not
//	status        STATUS of the last attempt; empty without one
//	cause         HANGUPCAUSE of the caller's channel; 0 after an echo test, 127 after a CANCEL; it is the last
//	              attempt's when a caller leaves between two
//	log           the attempt log, the attempt in progress included
//	media         what Asterisk measured of the RTP stream of the answered leg, if it is SIP: CHANNEL(rtcp,all) of that
//	              leg as it ended, "ssrc=…;lp=…;rxcount=…;txjitter=…;txcount=…;rtt=…;…": txjitter is that of the packets
//	              received, rxjitter what the far side reports; lp is counted up to our last RTCP report, 5 s apart
//
// A caller who gave up has by=caller and no talk, whatever status says.
//
// # Media
//
// A called leg ends in a thread of its own, maybe a moment after its caller's. When
// the end report had to go without media, and the figures are there once the report
// is safe, they follow it, once, to the node that took the report:
//
//	POST http://NODE/asterisk/media
//	v=1 call_id server
//	attempt key began_ms   N, KEY and STARTED_MS of the answered attempt
//	media                  as above
//
// # Neighbour servers
//
// A redirect is an IAX2 call that carries IAXVAR(tandem_call), the first
// server's call id, and IAXVAR(tandem_hops), how many servers it has passed. A
// call that has passed Server.HopLimit servers is not redirected again: 34.
package dialplan
