// Command tandem is the brain beside Asterisk. This package is the only place
// that sees all others.
//
//	config.go   YAML and environment, strict
//	wire.go     database → snapshot → flow → doors
//	serve.go    the server and its drain; serve_capacity.go limits and ARI; serve_jobs.go dip, housekeeping
//	check.go    what is wrong, and what to do
//	explain.go  a plan with its reasons; call.go a call that was
//	deck*.go    rate sheets: import, preview, publish, roll back; replay*.go past calls decided anew
//	account*.go customers and their money; tariff.go, fx*.go what they are charged by; ledger*.go the books
//	render.go   snapshot and configuration → package dialplan
//	play.go     everything on one machine; bench*.go figures with their anchors
package main
