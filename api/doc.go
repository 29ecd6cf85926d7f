// Package api is the HTTP door.
//
//	Asterisk's hang-up handler ──POST /asterisk/end──▶ end.go ──▶ callflow.End   (peers only)
//	lines it kept while no node answered ──file──▶ collect.go ─┘
//	Asterisk's own call records ──file──▶ collect_cdr.go ──▶ CDRStore
//	calls in progress and their money ──▶ live_hub.go ──GET /live──▶ live.go         (this machine and peers only)
//	monitoring ──GET /healthz /readyz /metrics──▶ health.go, metrics.go
//
// The end report comes over HTTP because an AGI in a hang-up handler cannot be
// bounded in time, and CURL can. It is acknowledged with "ok" only when the
// record is committed or on disk.
package api
