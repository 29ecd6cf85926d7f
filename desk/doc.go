// Package desk is the work of a route manager, without a screen: rate sheets
// become drafts, drafts are compared and put in force, a call is explained, past
// calls are replayed. The commands print what it finds; the API serves it.
//
//	sheet ──▶ Import ──▶ Preview ──▶ draft ──▶ publish, roll back
//	            guess      losses        │
//	                                     └──▶ Replay: past calls through it
//
//	owner.go, world.go   who there is, and what is in force at a moment
//	sheet.go, import.go  a sheet becomes a draft
//	preview.go           what a deck would change; traffic.go, loss.go: in money
//	sound.go             rates that nothing can be reckoned with
//	explain.go           why a call took its routes, or would
//	replay.go            past calls through a draft of a deck or policy
//	imports.go, jobs.go  the same as work that outlives a visit and a restart
package desk
