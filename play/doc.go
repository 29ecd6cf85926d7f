// Package play runs the whole exchange on one machine and leaves nothing of it
// behind: the stack of `make run`, of the end-to-end tests and of the benches.
//
//	scripts/setup.sh ──► var/cache/tools.json ──► FindTools
//	                                                  │
//	┌─ one stack ─────────────────────────────────────┼────────────────────────┐
//	│  Loopback 127.A.B.0/24: addresses and ports of its own                   │
//	│                                                 ▼                        │
//	│  phone ──SIP──► Asterisk ──SIP──► carrier     Tools                      │
//	│  (play/sip)        │  ▲           (play/sip)                             │
//	│             FastAGI│  │answers                                           │
//	│                    ▼  │                                                  │
//	│                  Tandem ──unix socket──► MariaDB                         │
//	└──────────────────────────────────────────────────────────────────────────┘
//
// Every program is a Process: leader of a process group, with a log file, killed
// by the kernel when we die. Teardown ends them in the reverse order of their
// start. Everything a stack writes is under one instance folder; any number of
// stacks run at once.
//
// Linux only: process groups, parent-death signals, and the whole of 127.0.0.0/8
// on the loopback interface.
package play
